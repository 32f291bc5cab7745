/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One look at a line by the network of PP-OCRv4 that reads. */
#ifndef MINGPIAN_PARSERS_OCR_LOOK_H
#define MINGPIAN_PARSERS_OCR_LOOK_H

#include "config/buf.h"
#include "parsers/ocr.h"
#include "parsers/ocr_ctc.h"
#include "parsers/ocr_network.h"

enum {
	OCR_MARK_PART = 8,   /* a mark is more than this part of a line's height */
	OCR_INK_BELOW = 140, /* a gray level that is ink */
};

/* A line, or a piece of one. */
struct place {
	struct ocr_box box;   /* with its ends */
	struct ocr_box core;  /* without */
	int end;              /* up to where ink is looked for behind it */
	struct ocr_box above; /* the end of the line above it, or of another; without width: none */
	int looks;            /* at most */
	int edge;             /* of its cell, on the right; 0: it is in none, */
	bool free;            /* and no cell follows it */
};

/* One look at a line. */
struct look {
	bool wide;   /* with a little more above and below: the network marks lines narrowly */
	int narrow;  /* %: the line's width, of what the reading network is used to */
	bool behind; /* another line: a character or two alone are read for many a thing (工 for I) */
};

/* What it says there; text is the caller's to free. */
struct reading {
	struct buf text;
	struct ctc_reading sure;
	bool gap; /* ink between two characters, and none was read there */
};

/* Look at a line. True, and nothing read, where it is too small. */
bool ocr_look(const struct network *n, const struct ctc_classes *classes, PIX *gray, const struct place *p,
              struct look look, struct reading *r, struct err *e);

/* Is there something like a mark or a character in a part of a line? from_left: it may reach in from there;
 * at a line's begin that is a rule. */
bool ocr_has_ink(PIX *gray, struct ocr_box b, bool from_left);

#endif
