/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layouts: how labels and values stand in a document. Each layout reads a part of it and puts down
 * what it meets, in reading order, as a list of events; recognise.c makes forms of the list. */
#ifndef MINGPIAN_PARSERS_LAYOUT_H
#define MINGPIAN_PARSERS_LAYOUT_H

#include "parsers/document.h"
#include "parsers/label.h"
#include "parsers/recognise.h"

enum event_kind {
	EVENT_VALUE,   /* a label, and what stands at it */
	EVENT_TITLE,   /* the form's title */
	EVENT_FOREIGN, /* another form's title */
	EVENT_TABLE,   /* a table begins (a nested one, too) */
	EVENT_TEXT,    /* running text begins */
	EVENT_ROW,     /* a row under headings begins: a form of its own */
};

struct event {
	enum event_kind kind;
	int field;
	bool part;  /* a part of the field, to be put behind what is there */
	bool told;  /* running text: with a colon, or in 【】 */
	bool aside; /* in brackets behind another's value: 昆山市工信局（联系人：沈志远） */
	const char *text; /* as it stands there, lines parted by \n; "" where nothing; of EVENT_ROW:
	                     found_form's where */
	struct doc_evidence evidence;
	struct found_place place;
	bool quoted;
};

struct summary;

struct layout {
	const struct form *form;
	const struct document *doc;
	const struct labels *labels;
	struct event *events; /* grows; free() it */
	size_t count, cap;
	bool headers; /* page headers and footers are looked at, too */

	/* the summary whose rows went to the end of the last table, and may go on in the next
	 * (layout_headings.c) */
	struct summary *summary; /* NULL: none */
	size_t summary_end;      /* events when it ended */
};

void layout_add(struct layout *y, struct event e);

/* Put down a label and its text; 联系人及联系电话 becomes two events. base: evidence, place, quoted. */
void layout_value(struct layout *y, const struct label *l, const char *text, struct event base);

/* What text at l, which has a second field, gives for its own and for the second; "" for none. */
void layout_split(const struct layout *y, const struct label *l, const char *text, const char **own_r,
                  const char **second_r);

/* Paragraphs from b on, up to the first table or the end; returns where it stopped. */
const struct doc_block *layout_text(struct layout *y, const struct doc_block *b, struct found_place place);

/* A table with all that lies in it. */
void layout_table(struct layout *y, const struct doc_block *b);

/* All blocks of a flow: of the document, or of a cell. */
void layout_blocks(struct layout *y, const struct doc_block *b, struct found_place place);

/* How many round brackets are open at end, of those from s on; less than 0: more are closed than opened. */
int layout_open_brackets(const char *s, const char *end);

/* The length of what stands from value to end without blanks and marks at its end (；，、/ and |), and
 * without brackets there whose other half is missing. */
size_t layout_unmarked(const char *value, const char *end);

/* Does folded text begin with one of the words? */
bool layout_begins(form_list words, const char *text);

#endif
