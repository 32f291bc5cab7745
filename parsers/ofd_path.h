/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths of an OFD (GB/T 33190-2016, 9.3): letters, each with its points: "M 0 0 L 170 0". */
#ifndef MINGPIAN_PARSERS_OFD_PATH_H
#define MINGPIAN_PARSERS_OFD_PATH_H

#include "config/buf.h"
#include "parsers/page_grid.h"

struct ofd_place {
	double x, y;
};

struct ofd_path_events {
	/* Where a point of the path comes to lie on the page; the others are told of these. */
	struct ofd_place (*place)(void *context, double x, double y);

	void (*line)(void *context, struct ofd_place from, struct ofd_place to);
	void (*outline)(void *context, struct page_box box); /* of straight lines */
};

/* A path, up to what is none. */
void ofd_path_read(struct bytes b, const struct ofd_path_events *events, void *context);

#endif
