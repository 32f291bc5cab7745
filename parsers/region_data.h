/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables that parsers/region_data.awk makes of parsers/data/ at build time. Only region_table.c
 * includes this; everybody else asks it. Offsets instead of pointers: nothing is relocated when the
 * program starts, nothing is read that is not asked for. */
#ifndef MINGPIAN_PARSERS_REGION_DATA_H
#define MINGPIAN_PARSERS_REGION_DATA_H

#include "parsers/region_table.h"

#include <stddef.h>
#include <stdint.h>

struct region_row_data {
	uint32_t name;       /* offset into region_data_text */
	uint32_t short_name; /* the same where none is shorter */
	uint32_t code;
	int16_t parent; /* row, or -1 */
	uint16_t flags; /* enum row_flag */
	uint16_t next;  /* first of its successors in region_data_next */
	uint8_t nexts;
	uint8_t level; /* enum row_level */
};

struct region_name_data {
	uint32_t text;
	uint16_t row; /* of region_data_rows, or of region_data_zones */
	uint8_t kind; /* enum name_kind */
};

struct region_zone_data {
	uint32_t name;
	int16_t host; /* row, or -1: it spans provinces */
	uint8_t rank; /* enum zone_rank */
};

struct region_dial_data {
	uint16_t dial; /* without its leading 0 */
	int16_t row;   /* or -1: the code is no longer in use */
	uint8_t digits;
};

extern const char region_data_text[];
extern const struct region_row_data region_data_rows[]; /* by code; of one code, the one in force first */
extern const size_t region_data_row_count;
extern const int16_t region_data_next[];
extern const struct region_name_data region_data_names[]; /* by bytes of text, then kind */
extern const size_t region_data_name_count;
extern const size_t region_data_name_longest;
extern const struct region_zone_data region_data_zones[];
extern const struct region_name_data region_data_zone_names[]; /* by bytes of text */
extern const size_t region_data_zone_name_count;
extern const struct region_dial_data region_data_dials[]; /* by dial */
extern const size_t region_data_dial_count;

#endif
