/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/wordml.h"

#include "config/mem.h"
#include "config/text.h"
#include "parsers/symbol.h"
#include "parsers/wordfield.h"
#include "parsers/wordtable.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct wordml {
	struct document *d;
	const struct wordstyles *styles;
	wordml_picture *picture;
	void *context;
	struct wordtable table;
	int skip;                 /* depth inside an element that is left out; 0: in none */
	int properties;           /* depth inside pPr */
	bool run;                 /* in a run */
	unsigned hidden;          /* bits of wordstyles.h: how it is … */
	unsigned paragraph_hides; /* … and how the paragraph's style has it */
	bool text;                /* in an element whose characters are text, */
	bool code;                /* or a field's code */
	bool joined;              /* this paragraph's mark is deleted: the next one goes on in it */
	struct wordfield field;
	struct nest controls;     /* flag: shows its prompt only */
	struct nest alternatives; /* flag: one of them was taken */
};

static bool
text_counts(const struct wordml *x)
{
	return !x->hidden && !x->properties && !x->controls.flags && !wordfield_is_code(&x->field);
}

static void
put(struct wordml *x, const char *s)
{
	if (x->run && text_counts(x))
		doc_text(x->d, s, strlen(s));
}

static void
begin_paragraph(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	wordtable_fill(&x->table);
	x->joined = false;
	x->paragraph_hides = 0;
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
	(void)t;
	wordtable_begin(&x->table);
}

static void
end_table(struct wordml *x)
{
	wordtable_end(&x->table);
}

static void
begin_row(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	wordtable_begin_row(&x->table);
}

static void
end_row(struct wordml *x)
{
	wordtable_end_row(&x->table);
}

static void
begin_cell(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	if (!wordtable_begin_cell(&x->table))
		x->skip = 1;
}

static void
end_cell(struct wordml *x)
{
	wordtable_end_cell(&x->table);
}

static void
grid_before(struct wordml *x, const struct xml_tag *t)
{
	wordtable_row_before(&x->table, xml_attribute_number(t, "val", 0, DOC_COLUMNS_MAX));
}

static void
grid_span(struct wordml *x, const struct xml_tag *t)
{
	wordtable_cell_span(&x->table, xml_attribute_number(t, "val", 1, DOC_COLUMNS_MAX));
}

static void
v_merge(struct wordml *x, const struct xml_tag *t)
{
	wordtable_cell_merge(&x->table,
	                     xml_attribute_is(t, "val", "restart") ? DOC_MERGE_FIRST : DOC_MERGE_MORE);
}

/* The way of old files, and of some converters: as many cells as columns, the first of them reaches over the
 * others. */
static void
h_merge(struct wordml *x, const struct xml_tag *t)
{
	wordtable_cell_covered(&x->table, !xml_attribute_is(t, "val", "restart"));
}

static void
row_heading(struct wordml *x, const struct xml_tag *t)
{
	wordtable_row_heading(&x->table, xml_attribute_on(t, "val"));
}

/* A row that does not show, as one that is deleted. */
static void
row_hidden(struct wordml *x, const struct xml_tag *t)
{
	if (wordtable_in_row(&x->table))
		wordtable_row_left_out(&x->table, xml_attribute_on(t, "val"));
}

/* As an element around runs: what is in it is gone. As a property: of a row, or of a paragraph's mark. */
static void
deleted(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	if (x->properties)
		x->joined = true;
	else if (wordtable_in_row(&x->table))
		wordtable_row_left_out(&x->table, true);
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
	x->hidden = x->paragraph_hides;
}

static void
end_run(struct wordml *x)
{
	x->run = false;
	x->hidden = 0;
}

static void
paragraph_style(struct wordml *x, const struct xml_tag *t)
{
	x->paragraph_hides = wordstyles_hide(x->styles, xml_attribute(t, "val"));
}

static void
run_style(struct wordml *x, const struct xml_tag *t)
{
	if (x->run && !x->properties)
		x->hidden |= wordstyles_hide(x->styles, xml_attribute(t, "val"));
}

/* Hidden, or struck through: who strikes a word out and writes another means the other. */
static void
vanish(struct wordml *x, const struct xml_tag *t)
{
	unsigned bit = wordstyles_bit(t->name);

	/* in a paragraph's properties it hides the mark alone */
	if (!x->run || x->properties)
		return;
	if (xml_attribute_on(t, "val"))
		x->hidden |= bit;
	else
		x->hidden &= ~bit;
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
begin_code(struct wordml *x, const struct xml_tag *t)
{
	(void)t;
	x->code = true;
}

static void
end_code(struct wordml *x)
{
	x->code = false;
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

static void
field_char(struct wordml *x, const struct xml_tag *t)
{
	const char *shown = wordfield_mark(&x->field, t);

	if (shown)
		put(x, shown);
}

static void
field_chosen(struct wordml *x, const struct xml_tag *t)
{
	wordfield_chosen(&x->field, t);
}

static void
field_entry(struct wordml *x, const struct xml_tag *t)
{
	wordfield_entry(&x->field, t);
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

/* How Word 2003 XML marks changes and comments: of all that has content, only what was put in counts. */
static void
annotation(struct wordml *x, const struct xml_tag *t)
{
	if (xml_attribute_is(t, "type", "Word.Deletion"))
		deleted(x, t);
	else if (xml_attribute_is(t, "type", "Word.Comment") ||
	         xml_attribute_is(t, "type", "Word.Formatting"))
		x->skip = 1;
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
        {"default", WORD, field_chosen, NULL},
        {"del", WORD, deleted, NULL},
        {"dstrike", WORD, vanish, NULL},
        {"fldChar", WORD, field_char, NULL},
        {"ftr", WORD, begin_header, end_header},
        {"gridBefore", WORD, grid_before, NULL},
        {"gridSpan", WORD, grid_span, NULL},
        {"hMerge", WORD, h_merge, NULL},
        {"hdr", WORD, begin_header, end_header},
        {"hidden", WORD, row_hidden, NULL},
        {"hmerge", WORD, h_merge, NULL}, /* 2003 */
        {"imagedata", OTHER, picture, NULL},
        {"instrText", WORD, begin_code, end_code},
        {"listEntry", WORD, field_entry, NULL},
        {"moveFrom", WORD, deleted, NULL},
        {"noBreakHyphen", WORD, hyphen, NULL},
        {"p", WORD, begin_paragraph, end_paragraph},
        {"pPr", WORD, begin_properties, end_properties},
        {"pPrChange", WORD, skip, NULL},
        {"pStyle", WORD, paragraph_style, NULL},
        {"part", OTHER, part, NULL},
        {"ptab", WORD, tab, NULL},
        {"r", WORD | MATH, begin_run, end_run},
        {"rPrChange", WORD, skip, NULL},
        {"rStyle", WORD, run_style, NULL},
        {"result", WORD, field_chosen, NULL},
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

/* Characters of symbol fonts stand in a run's text as well as in w:sym. */
static void
put_text(struct wordml *x, const char *s, size_t len)
{
	for (size_t n; len; s += n, len -= n) {
		struct buf b = BUF_INIT(8);
		const char *at = s;

		n = symbol_find(s, len);
		doc_text(x->d, s, n);
		if (n == len)
			return;
		at += n;
		symbol_put(&b, text_next(&at));
		doc_text(x->d, b.at, b.len);
		buf_free(&b);
		n += SYMBOL_BYTES;
	}
}

static void
on_text(void *context, const char *s, size_t len)
{
	struct wordml *x = context;

	if (x->code && !x->skip && !x->hidden)
		wordfield_code(&x->field, s, len);
	if (!x->text || x->skip || !text_counts(x))
		return;
	put_text(x, s, len);
	x->field.filled = true;
}

const struct xml_events wordml_events = {on_begin, on_end, on_text};

struct wordml *
wordml_new(struct document *d, const struct wordstyles *styles, wordml_picture *receiver, void *context)
{
	struct wordml *x = mem_alloc(1, sizeof *x);

	x->d = x->table.d = d;
	x->styles = styles;
	x->picture = receiver;
	x->context = context;
	return x;
}

void
wordml_free(struct wordml *x)
{
	if (!x)
		return;
	wordtable_free(&x->table);
	wordfield_free(&x->field);
	free(x);
}
