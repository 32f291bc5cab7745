/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quotes in text that was read from a picture: “ and ” are hard to tell from each other and from ", and
 * ”“ is easily read as one. */
#ifndef MINGPIAN_PARSERS_OCR_QUOTES_H
#define MINGPIAN_PARSERS_OCR_QUOTES_H

#include "config/buf.h"
#include "parsers/ocr.h"

/* For comparing two readings: all kinds of quotes become ". */
void ocr_quotes_plain(struct buf *b);

/* The lines of one cell, in reading order: each second quote closes what the one before it opened. Where
 * their number is odd, one was lost: it is put where the others then fit best, and unless they all do, and
 * there alone, that line is doubtful; so is one in which then nothing stands between two. */
void ocr_quotes_pair(struct arena *a, struct ocr_lines *lines);

/* The quotes in a text. */
int ocr_quotes_in(const char *text);

/* Do two quotes stand side by side in a text? */
bool ocr_quotes_close(const char *text);

/* Is the number of a cell's quotes odd? One was lost, or made up, or two were read as one. */
bool ocr_quotes_odd(const struct ocr_lines *cell);

/* Are two texts the same but for their quotes? Both are plain (ocr_quotes_plain). */
bool ocr_quotes_alone_differ(const char *x, const char *y);

#endif
