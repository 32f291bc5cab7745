/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in a picture, whichever engine reads it: PP-OCRv4 where its files are, else tesseract. An engine
 * is loaded when the first picture asks for it, inside the sandbox: a mail without pictures pays nothing.
 *
 * Process-wide: the one engine that is open, and where its files lie. */
#ifndef MINGPIAN_PARSERS_OCR_H
#define MINGPIAN_PARSERS_OCR_H

#include "config/err.h"
#include "config/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct Pix; /* leptonica's */

struct ocr_box {
	int x, y, w, h;
};

/* A line of text, or a piece of one. */
struct ocr_line {
	struct ocr_box box;
	const char *text;
	double confidence; /* of its least sure character */
	bool doubtful;     /* a second reading said otherwise */
	bool hesitant;     /* read, and not at first sight */
	const char *weak;  /* doubtful for these characters alone, each look read them so; else NULL */
};

struct ocr_lines {
	struct ocr_line *at;
	size_t count, room;
};

/* An engine: one file each. */
struct ocr_engine {
	const char *name;
	double sure; /* confidence of what it read without a doubt: measured, not its own word */

	/* Load it; dir holds its files, NULL where there are none. False: e says what is missing. */
	bool (*open)(const char *dir, struct err *e);

	void (*close)(void);

	/* Can it read a character at all? NULL: it can read any. */
	bool (*knows)(const char *character);

	/* The lines of a gray page: out[i] those in cells[i], out[n] those in none; in a, in any order. */
	bool (*read)(struct arena *a, struct Pix *gray, const struct ocr_box *cells, size_t n,
	             struct ocr_lines *out, struct err *e);
};

extern const struct ocr_engine ocr_paddle, ocr_tesseract;

/* Where the better engine's files lie; looked for beside the program and below the prefix unless dir
 * says. "none": there are none. Asked before the sandbox is closed; NULL: not found. */
const char *ocr_place(const char *dir);

/* Pictures are read by another process: where one is met, this one ends at once, with this exit status. */
void ocr_elsewhere(int status);

/* A picture is about to be read: returns where that is done here. */
void ocr_wanted(void);

/* The name of the engine that reads, opening it; NULL and e where none can. */
const char *ocr_engine_name(struct err *e);

/* The confidence of an undoubted reading by the engine that is open; 0 without one. */
double ocr_sure(void);

/* Is there a character in s that the engine which is open cannot read, whatever the picture shows? */
bool ocr_lacks(const char *s);

/* Give back what the engine holds. */
void ocr_close(void);

/* A file begins whose pictures may take so much of the CPU's time: its pages beyond are ERR_TIMEOUT. */
void ocr_begin_file(void);

/* Is there time for one page more, in the file's share and the process's? False: ERR_TIMEOUT. */
bool ocr_has_time(struct err *e);

/* Read as an engine does, each list in reading order. False: no engine, or it failed (ERR_UNSUPPORTED),
 * or the time given to the process is nearly over (ERR_TIMEOUT). */
bool ocr_read(struct arena *a, struct Pix *gray, const struct ocr_box *cells, size_t n, struct ocr_lines *out,
              struct err *e);

/* For engines: put a line into a list. */
void ocr_add(struct arena *a, struct ocr_lines *lines, struct ocr_line line);

#endif
