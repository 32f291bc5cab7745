/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of Excel's binary files ([MS-XLS] 2.1.4), and the strings in them, which may run on in records
 * of the type CONTINUE. Damaged records yield what they hold; nothing here fails. */
#ifndef MINGPIAN_PARSERS_BIFF_H
#define MINGPIAN_PARSERS_BIFF_H

#include "config/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum { BIFF_RUN_LEN = 4 };

struct biff {
	struct bytes stream; /* borrowed */
	size_t next;         /* where the next record begins */
};

struct biff_record {
	unsigned type;
	struct bytes body; /* of this record alone */
};

/* The next record. False: the stream ends, or is cut off in the record, which is given all the same the
 * first time: body is shorter than the stream said. */
bool biff_next(struct biff *b, struct biff_record *r);

/* A reader over the record that came last and the CONTINUEs behind it. */
struct biff_text {
	struct biff *records; /* moves on as CONTINUEs are read */
	struct bytes left;    /* of the record that is open */
};

struct biff_text biff_text_of(struct biff *b, const struct biff_record *r, size_t skip);

/* Is there anything left? */
bool biff_text_more(struct biff_text *t);

/* Little-endian; 0 beyond the end. */
uint8_t biff_text_u8(struct biff_text *t);
uint16_t biff_text_u16(struct biff_text *t);

/* Append a Unicode string of BIFF8 of so many UTF-16 units, its flags first, NULs and all. To runs the runs
 * of its formatting, BIFF_RUN_LEN bytes each, as they stand ([MS-XLS] 2.5.129); other things behind it
 * (phonetic text) are passed over. */
void biff_text_string(struct biff_text *t, size_t units, struct buf *out, struct buf *runs);

/* Append so many bytes to out, as far as there are; NULL: pass over them. */
void biff_text_take(struct biff_text *t, uint64_t len, struct buf *out);

#endif
