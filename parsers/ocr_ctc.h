/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a reading network's answer to text, and how sure it is. The answer is a table: for each step
 * along the line a probability for each class, of which 0 is the blank (CTC, connectionist temporal
 * classification: the likeliest class of each step, repeats and blanks left out).
 *
 * Classes that differ in their width alone (， and ,) or are all quotes, or all dashes, count as
 * one: which of them stands there is no doubt about the text. Spaces count for nothing. */
#ifndef MINGPIAN_PARSERS_OCR_CTC_H
#define MINGPIAN_PARSERS_OCR_CTC_H

#include "config/buf.h"
#include "config/err.h"

enum { CTC_CLASSES_MAX = 8000, CTC_TEXT_MAX = 4096, CTC_GAPS_MAX = 4, CTC_WEAK_MAX = 20 };

struct ctc_classes {
	char *at[CTC_CLASSES_MAX];
	int twin[CTC_CLASSES_MAX]; /* the next of those that count as one, in a ring; 0: it is alone */
	int count;
};

/* Room for a character between two that were read, of the line's width. */
struct ctc_gap {
	double from, to;
};

/* 0 to 1 each. */
struct ctc_reading {
	double least;      /* of its least sure character, at the step where that is surest; 0 without text */
	double least_word; /* the same, of what is no mark; 1 without any */
	double least_else; /* of its least sure character that is none of the weak ones, nor a space */
	char weak[CTC_WEAK_MAX]; /* what is no mark, and is less sure than a word should be, "" where that is
	                          * more than this holds, or nothing */
	double lost;             /* of the likeliest character that was passed over for a blank */
	double begin; /* of the line's width, where its first character is surest to stand: 0 to 1, */
	double end;   /* and its last */
	/* Where two Chinese characters, or two digits, stand farther apart than they do elsewhere in the
	 * line, or a bracket's far side from the character there, and no space was read: it is one, or what
	 * stands there was lost. The first few. */
	struct ctc_gap gaps[CTC_GAPS_MAX];
	int gap_count;
};

/* Read a dictionary, a class a line, blank and space not in it. False: ERR_UNSUPPORTED. */
bool ctc_load(struct ctc_classes *c, const char *path, struct err *e);

/* For tests: the classes of a list that ends with NULL, blank and space not in it. */
void ctc_classes_of(struct ctc_classes *c, const char *const *list);

/* Is there a class for this character? */
bool ctc_knows(const struct ctc_classes *c, const char *character);

void ctc_free(struct ctc_classes *c);

/* Append what steps × classes probabilities say to text, bounded by its ceiling. */
struct ctc_reading ctc_decode(const struct ctc_classes *c, const float *at, int steps, int classes,
                              struct buf *text);

#endif
