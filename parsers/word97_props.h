/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formatting in Word 97 files ([MS-DOC] 2.6, 2.9.5 to 2.9.7): as much of it as decides what text is seen
 * and how tables stand. Text has places, offsets in the stream WordDocument; pages of 512 bytes tell the
 * properties of each place, as lists of changes ("sprms"). */
#ifndef MINGPIAN_PARSERS_WORD97_PROPS_H
#define MINGPIAN_PARSERS_WORD97_PROPS_H

#include "config/buf.h"
#include "parsers/word97_styles.h"

#include <stdbool.h>
#include <stdint.h>

enum { WORD97_CELLS_MAX = 63 };

struct word97_cell {
	int right;                                           /* where it ends, in twips */
	bool row_first, row_more, column_first, column_more; /* merged downwards; to the right */
};

/* A row's definition: it belongs to the mark that ends the row. */
struct word97_row {
	int left, count;
	struct word97_cell cells[WORD97_CELLS_MAX];
};

struct word97_paragraph {
	int depth; /* of the table that it stands in; 0: none */
	bool ends_row;
	bool ends_inner_row, ends_inner_cell; /* of a table in a table */
	struct word97_row row;
};

struct word97_run {
	uint32_t begin, end; /* places that have these properties */
	bool deleted, hidden;
	bool hidden_told;     /* by itself, not by a style */
	unsigned char struck; /* word97_change_is_on(): by itself, as its style or the paragraph's, or not */
	bool style_hides, style_strikes;
	bool special;     /* the character stands for something else: */
	uint32_t symbol;  /* one of a symbol font, */
	uint32_t picture; /* a picture, by its offset in Data, */
	bool has_picture;
	bool field_data; /* or the data of a form's field */
};

struct word97_props {
	struct bytes document, table, data; /* the streams */
	struct bytes paragraphs, runs;      /* PlcBtePapx, PlcBteChpx: places to pages */
	struct word97_run run;              /* the last one asked for */
	size_t spent;                       /* bytes of changes that were looked at */
	struct word97_styles styles;
	uint32_t hiding_begin, hiding_end; /* the last answer of word97_paragraph_hides(), */
	bool hiding, striking;             /* and for which places it holds */
};

/* Streams are borrowed. */
void word97_props_init(struct word97_props *p, struct bytes document, struct bytes table, struct bytes data);

/* The properties of the paragraph whose mark stands at this place; plain ones where none are told. */
void word97_paragraph_at(struct word97_props *p, uint32_t place, struct word97_paragraph *to);

/* Does the style of the paragraph around this place hide its text; does it strike it out? */
bool word97_paragraph_hides(struct word97_props *p, uint32_t place);
bool word97_paragraph_strikes(struct word97_props *p, uint32_t place);

/* Those of the character at this place; valid until the next call. */
const struct word97_run *word97_run_at(struct word97_props *p, uint32_t place);

/* A file asks for more work than any document does: stop. */
bool word97_props_over(const struct word97_props *p);

#endif
