/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of WordprocessingML (ISO/IEC 29500-1, 17.16): code, then result: (begin) HYPERLINK "…" (separate)
 * what is shown (end). A list to choose from (FORMDROPDOWN) has no result: what is shown stands in its data;
 * nor has a phonetic guide of eqfield.h: its text stands in the code. */
#ifndef MINGPIAN_PARSERS_WORDFIELD_H
#define MINGPIAN_PARSERS_WORDFIELD_H

#include "config/buf.h"
#include "parsers/xml.h"

#include <stdbool.h>
#include <stdint.h>

/* Elements of one kind in each other, with a flag for each of the innermost 64. */
struct nest {
	int depth;
	uint64_t flags;
};

uint64_t nest_bit(const struct nest *n); /* of the innermost; 0 beyond 64 */
void nest_in(struct nest *n, bool flag);
void nest_out(struct nest *n);

/* Zero-initialise. */
struct wordfield {
	struct nest open;  /* flag: still in its code, not in its result */
	int chosen, entry; /* of a list, from 0; chosen is -1 where it does not say */
	struct buf choice; /* the list's entry that is shown */
	struct buf code;   /* w:instrText of the field that began last */
	bool filled;       /* out: whoever puts text sets it; the result is not empty */
};

/* Is what stands here a field's code, and not shown? */
bool wordfield_is_code(const struct wordfield *f);

/* Text of the code comes. */
void wordfield_code(struct wordfield *f, const char *s, size_t len);

/* w:fldChar. What an ending list or guide shows; NULL otherwise. Valid until the next call. */
const char *wordfield_mark(struct wordfield *f, const struct xml_tag *t);

/* w:result or w:default, and w:listEntry, of a list. */
void wordfield_chosen(struct wordfield *f, const struct xml_tag *t);
void wordfield_entry(struct wordfield *f, const struct xml_tag *t);

void wordfield_free(struct wordfield *f);

#endif
