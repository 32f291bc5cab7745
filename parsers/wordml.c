/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/wordml.h"

#include "config/mem.h"
#include "parsers/symbol.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Elements of one kind in each other, with a flag for each of the innermost 64. */
struct nest {
	int depth;
	uint64_t flags;
};

/* A table that is open. A cell or row begins in the document when its properties are known. */
struct open_table {
	struct open_table *outer;
	bool row_pending, row_deleted, row_heading, cell_pending;
	int before, span;
	enum doc_merge merge;
};

struct wordml {
	struct document *d;
	wordml_picture *picture;
	void *context;
	struct open_table *table;
	int skip;                 /* depth inside an element that is left out; 0: in none */
	int properties;           /* depth inside pPr */
	bool run;                 /* in a run */
	bool hidden;              /* and it is hidden */
	bool text;                /* in an element whose characters are text */
	bool joined;              /* this paragraph's mark is deleted: the next one goes on in it */
	struct nest fields;       /* flag: still in its code, not in its result */
	struct nest controls;     /* flag: shows its prompt only */
	struct nest alternatives; /* flag: one of them was taken */
};

static uint64_t
nest_bit(const struct nest *n)
{
	return n->depth > 0 && n->depth <= 64 ? UINT64_C(1) << (n->depth - 1) : 0;
}

static void
nest_in(struct nest *n, bool flag)
{
	n->depth++;
	if (flag)
		n->flags |= nest_bit(n);
}

static void
nest_out(struct nest *n)
{
	n->flags &= ~nest_bit(n);
	if (n->depth)
		n->depth--;
}

static bool
text_counts(const struct wordml *x)
{
	return !x->hidden && !x->properties && !x->controls.flags && !x->fields.flags;
}

static void
put(struct wordml *x, const char *s)
{
	if (x->run && text_counts(x))
		doc_text(x->d, s, strlen(s));
}

/* Tell the document of the row and cell that are pending: something stands in the cell. */
static void
open_cell(struct wordml *x)
{
	struct open_table *t = x->table;

	if (!t || !t->cell_pending)
		return;
	if (t->row_pending) {
		doc_begin_row(x->d);
		doc_skip_columns(x->d, t->before);
		t->row_pending = false;
	}
	doc_begin_cell(x->d, t->span, 1, t->merge);
	if (t->row_heading)
		doc_cell_is_header(x->d);
	t->cell_pending = false;
}

static void
begin_paragraph(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	open_cell(x);
	x->joined = false;
}

static void
end_paragraph(struct wordml *x)
{
	if (!x->joined)
		doc_end_paragraph(x->d);
	x->joined = false;
}

static void
begin_table(struct wordml *x, const struct xml_tag *t)
{
	struct open_table *n;

	(void)t;
	open_cell(x);
	n = mem_alloc(1, sizeof *n);
	n->outer = x->table;
	x->table = n;
	doc_begin_table(x->d, NULL);
}

static void
end_table(struct wordml *x)
{
	struct open_table *t = x->table;

	if (!t)
		return;
	doc_end_table(x->d);
	x->table = t->outer;
	free(t);
}

static void
begin_row(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	if (x->table)
		*x->table = (struct open_table){.outer = x->table->outer, .row_pending = true};
}

static void
end_row(struct wordml *x)
{
	if (x->table)
		doc_end_row(x->d);
}

static void
begin_cell(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	if (!x->table)
		return;
	if (x->table->row_deleted) {
		x->skip = 1;
		return;
	}
	x->table->cell_pending = true;
	x->table->span = 1;
	x->table->merge = DOC_MERGE_NONE;
}

static void
end_cell(struct wordml *x)
{
	open_cell(x);
	if (x->table && !x->table->row_deleted)
		doc_end_cell(x->d);
}

static void
grid_before(struct wordml *x, const struct xml_tag *t)
{
	if (x->table)
		x->table->before = xml_attribute_number(t, "val", 0, DOC_COLUMNS_MAX);
}

static void
grid_span(struct wordml *x, const struct xml_tag *t)
{
	if (x->table)
		x->table->span = xml_attribute_number(t, "val", 1, DOC_COLUMNS_MAX);
}

static void
v_merge(struct wordml *x, const struct xml_tag *t)
{
	if (x->table)
		x->table->merge = xml_attribute_is(t, "val", "restart") ? DOC_MERGE_FIRST : DOC_MERGE_MORE;
}

static void
row_heading(struct wordml *x, const struct xml_tag *t)
{
	if (x->table)
		x->table->row_heading = xml_attribute_on(t, "val");
}

/* As an element around runs: what is in it is gone. As a property: of a row, or of a paragraph's mark. */
static void
deleted(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	if (x->properties)
		x->joined = true;
	else if (x->table && x->table->row_pending && !x->table->cell_pending)
		x->table->row_deleted = true;
	else
		x->skip = 1;
}

static void
skip(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	x->skip = 1;
}

static void
begin_properties(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	x->properties++;
}

static void
end_properties(struct wordml *x)
{
	x->properties--;
}

static void
begin_run(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	x->run = true;
	x->hidden = false;
}

static void
end_run(struct wordml *x)
{
	x->run = false;
	x->hidden = false;
}

/* Hidden, or struck through: who strikes a word out and writes another means the other. */
static void
vanish(struct wordml *x, const struct xml_tag *t)
{
	/* in a paragraph's properties it hides the mark alone */
	if (x->run && !x->properties)
		x->hidden = x->hidden || xml_attribute_on(t, "val");
}

static void
begin_text(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	x->text = true;
}

static void
end_text(struct wordml *x)
{
	x->text = false;
}

static void
tab(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	put(x, "\t"); /* in pPr, where the same name sets a tab stop, put() adds nothing */
}

static void
line_break(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	put(x, "\n");
}

static void
hyphen(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	put(x, "-");
}

static void
symbol(struct wordml *x, const struct xml_tag *t)
{
	struct bytes v = xml_attribute(t, "char");
	char hex[8] = "";
	struct buf b = BUF_INIT(8);

	if (!v.len || v.len >= sizeof hex)
		return;
	memcpy(hex, v.at, v.len);
	symbol_put(&b, (uint32_t)strtoul(hex, NULL, 16));
	if (b.len)
		put(x, b.at);
	buf_free(&b);
}

/* A field is code, then result: (begin) HYPERLINK "…" (separate) what is shown (end). */
static void
field_char(struct wordml *x, const struct xml_tag *t)
{
	if (xml_attribute_is(t, "fldCharType", "begin"))
		nest_in(&x->fields, true);
	else if (xml_attribute_is(t, "fldCharType", "separate"))
		x->fields.flags &= ~nest_bit(&x->fields);
	else if (xml_attribute_is(t, "fldCharType", "end"))
		nest_out(&x->fields);
}

static void
begin_control(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	nest_in(&x->controls, false);
}

static void
end_control(struct wordml *x)
{
	nest_out(&x->controls);
}

static void
prompt(struct wordml *x, const struct xml_tag *t)
{
	if (xml_attribute_on(t, "val"))
		x->controls.flags |= nest_bit(&x->controls);
}

/* The same thing for old and new programs, a text box mostly: the first one is taken. */
static void
begin_alternatives(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	nest_in(&x->alternatives, false);
}

static void
end_alternatives(struct wordml *x)
{
	nest_out(&x->alternatives);
}

static void
alternative(struct wordml *x, const struct xml_tag *t)
{
	uint64_t bit = nest_bit(&x->alternatives);

	(void)t;
	if (x->alternatives.flags & bit)
		x->skip = 1;
	x->alternatives.flags |= bit;
}

/* A text box hangs at a run in the middle of a paragraph. */
static void
begin_text_box(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	doc_end_paragraph(x->d);
}

static void
begin_header(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	doc_set_header(x->d, true);
}

static void
end_header(struct wordml *x)
{
	doc_set_header(x->d, false);
}

static void
picture(struct wordml *x, const struct xml_tag *t)
{
	struct bytes id = xml_attribute(t, strcmp(t->name, "blip") == 0 ? "embed" : "id");

	if (id.len && x->picture && text_counts(x))
		x->picture(x->context, x->d, id);
}

/* Flat OPC, all parts in one XML file: the document is the one to be read, and its headers and footers. */
static void
part(struct wordml *x, const struct xml_tag *t)
{
	struct bytes name = xml_attribute(t, "name");

	if (!bytes_equal(name, bytes_str("/word/document.xml")) && !bytes_begin(name, "/word/header") &&
	    !bytes_begin(name, "/word/footer"))
		x->skip = 1;
}

/* How Word 2003 XML marks changes. */
static void
annotation(struct wordml *x, const struct xml_tag *t)
{
	if (xml_attribute_is(t, "type", "Word.Deletion"))
		deleted(x, t);
}

enum { WORD = 1, MATH = 2, ALTERNATIVE = 4, OTHER = 8 };

static const struct element {
	const char *name;
	unsigned namespaces;
	void (*begin)(struct wordml *x, const struct xml_tag *t);
	void (*end)(struct wordml *x);
} elements[] = {
        /* sorted by name, for element_find() */
        {"AlternateContent", ALTERNATIVE, begin_alternatives, end_alternatives},
        {"Choice", ALTERNATIVE, alternative, NULL},
        {"Fallback", ALTERNATIVE, alternative, NULL},
        {"annotation", OTHER, annotation, NULL},
        {"blip", OTHER, picture, NULL},
        {"br", WORD, line_break, NULL},
        {"cr", WORD, line_break, NULL},
        {"del", WORD, deleted, NULL},
        {"dstrike", WORD, vanish, NULL},
        {"fldChar", WORD, field_char, NULL},
        {"ftr", WORD, begin_header, end_header},
        {"gridBefore", WORD, grid_before, NULL},
        {"gridSpan", WORD, grid_span, NULL},
        {"hdr", WORD, begin_header, end_header},
        {"imagedata", OTHER, picture, NULL},
        {"moveFrom", WORD, deleted, NULL},
        {"noBreakHyphen", WORD, hyphen, NULL},
        {"p", WORD, begin_paragraph, end_paragraph},
        {"pPr", WORD, begin_properties, end_properties},
        {"pPrChange", WORD, skip, NULL},
        {"part", OTHER, part, NULL},
        {"ptab", WORD, tab, NULL},
        {"r", WORD | MATH, begin_run, end_run},
        {"rPrChange", WORD, skip, NULL},
        {"rt", WORD, skip, NULL},
        {"sdt", WORD, begin_control, end_control},
        {"sectPrChange", WORD, skip, NULL},
        {"showingPlcHdr", WORD, prompt, NULL},
        {"strike", WORD, vanish, NULL},
        {"sym", WORD, symbol, NULL},
        {"t", WORD | MATH, begin_text, end_text},
        {"tab", WORD, tab, NULL},
        {"tbl", WORD, begin_table, end_table},
        {"tblHeader", WORD, row_heading, NULL},
        {"tblPrChange", WORD, skip, NULL},
        {"tblPrExChange", WORD, skip, NULL},
        {"tc", WORD, begin_cell, end_cell},
        {"tcPrChange", WORD, skip, NULL},
        {"tr", WORD, begin_row, end_row},
        {"trPrChange", WORD, skip, NULL},
        {"txbxContent", WORD, begin_text_box, NULL},
        {"vMerge", WORD, v_merge, NULL},
        {"vanish", WORD, vanish, NULL},
        {"vmerge", WORD, v_merge, NULL}, /* 2003 */
};

static unsigned
namespace_kind(const char *ns)
{
	struct bytes b = bytes_str(ns);

	if (bytes_end(b, "/wordprocessingml/2006/main") || bytes_end(b, "/wordprocessingml/main") ||
	    bytes_end(b, "/word/2003/wordml"))
		return WORD;
	if (bytes_end(b, "/math"))
		return MATH;
	return bytes_end(b, "/markup-compatibility/2006") ? ALTERNATIVE : OTHER;
}

static int
element_compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct element *)row)->name);
}

static const struct element *
element_find(const char *ns, const char *name)
{
	const struct element *row = bsearch(name, elements, sizeof elements / sizeof *elements,
	                                    sizeof *elements, element_compare);

	return row && (row->namespaces & namespace_kind(ns)) ? row : NULL;
}

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct wordml *x = context;
	const struct element *row;

	if (x->skip) {
		x->skip++;
		return;
	}
	row = element_find(t->ns, t->name);
	if (row)
		row->begin(x, t);
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct wordml *x = context;
	const struct element *row;

	if (x->skip) {
		x->skip--;
		return;
	}
	row = element_find(ns, name);
	if (row && row->end)
		row->end(x);
}

static void
on_text(void *context, const char *s, size_t len)
{
	struct wordml *x = context;

	if (x->text && !x->skip && text_counts(x))
		doc_text(x->d, s, len);
}

const struct xml_events wordml_events = {on_begin, on_end, on_text};

struct wordml *
wordml_new(struct document *d, wordml_picture *receiver, void *context)
{
	struct wordml *x = mem_alloc(1, sizeof *x);

	x->d = d;
	x->picture = receiver;
	x->context = context;
	return x;
}

void
wordml_free(struct wordml *x)
{
	while (x && x->table) {
		struct open_table *t = x->table;

		x->table = t->outer;
		free(t);
	}
	free(x);
}
