/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a region made plain, and small questions about Chinese text in UTF-8. */
#ifndef MINGPIAN_PARSERS_REGION_TEXT_H
#define MINGPIAN_PARSERS_REGION_TEXT_H

#include "config/mem.h"

#include <stdbool.h>
#include <stddef.h>

enum { REGION_NOTES_MAX = 4 };

/* What was written, in parts. All in the arena. Between names '/' stands for a separator and ','
 * for one that parts equals (、). */
struct region_text {
	const char *whole;                   /* brackets as ( ) */
	const char *bare;                    /* without brackets and separators: what keys are made of */
	const char *main;                    /* what stands outside brackets */
	const char *notes[REGION_NOTES_MAX]; /* what stands in them */
	size_t note_count;
};

/* Full-width and traditional forms become plain ones, white space and quotes go, parts of the hint
 * that were not filled in (XX省, ××市) go. */
struct region_text region_text_plain(struct arena *a, const char *s);

bool word_begins(const char *s, const char *with);
bool word_ends(const char *s, const char *with);

/* The first (longest is yours to put first) of the NULL-terminated words that s begins or ends with,
 * or NULL. */
const char *word_begins_any(const char *s, const char *const words[]);
const char *word_ends_any(const char *s, const char *const words[]);

/* Bytes of the character at s: 0 at the end, 1 for a byte that begins none. */
size_t word_step(const char *s);

/* a and b have as many characters and differ in exactly one, not the last. */
bool word_one_off(const char *a, const char *b);

/* s without its last drop bytes. */
const char *word_without_end(struct arena *a, const char *s, size_t drop);

#endif
