/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/slides.h"

#include "parsers/ole.h"
#include "parsers/opc.h"

static bool
slides_is(const struct source *s)
{
	return opc_is_package(s->data, "ppt/presentation.xml", "ppt/");
}

static bool
slides97_is(const struct source *s)
{
	static const char *const names[] = {SLIDES97_STREAM, NULL};

	return ole_holds(s->data, names) != NULL;
}

const struct reader slides_reader = {.name = "slides", .extension = "pptx", .is = slides_is};
const struct reader slides97_reader = {.name = "slides", .extension = "ppt", .is = slides97_is};
