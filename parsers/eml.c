/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/eml.h"

#include "parsers/mail.h"

static bool
eml_is(const struct source *s)
{
	return mail_is_file(s->data);
}

const struct reader eml_reader = {.name = "eml", .extension = "eml", .is = eml_is, .message = true};
