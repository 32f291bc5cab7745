/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running text: "label：value", label above value, several on one line, values over several lines. */
#include "parsers/layout.h"

#include "config/text.h"

#include <stdlib.h>
#include <string.h>

enum { VALUE_MAX = 1 << 20, SHORT_LABEL = 2, GREETING_MAX = 60 /* bytes */ };

struct line {
	const char *text;
	struct doc_evidence evidence;
	bool blank;
};

/* The label that is open: its value is what comes until something ends it. */
struct open {
	struct label label;
	bool is;
	struct event base;
	struct line *lines; /* what stood behind it; freed by the text's end */
	size_t count, cap;
};

enum end { END_LABEL, END_TEXT };

struct text {
	bool cell; /* the text of a cell: no signature stands in it */
	struct layout *y;
	struct open open;
	struct found_place place;
	bool quoted;
	struct doc_evidence evidence; /* of the line at hand */
};

static void
open_add(struct open *o, const char *text, bool blank, struct doc_evidence ev)
{
	if (o->count == o->cap) {
		o->cap = o->cap ? 2 * o->cap : 16;
		o->lines = mem_grow(o->lines, o->cap, sizeof *o->lines);
	}
	o->lines[o->count++] = (struct line){text, ev, blank};
}

/* A rule of a table that is drawn with characters: +-----+-----+, ├──┼──┤ */
static bool
is_drawn_rule(const char *s)
{
	bool crosses = false;
	uint32_t c;

	while ((c = text_next(&s))) {
		bool drawn = c >= 0x2500 && c <= 0x257F;

		if (!drawn && c != '+' && c != '-' && c != '=' && c != '|' && !text_is_space(c))
			return false;
		crosses = crosses || drawn || c == '+';
	}
	return crosses;
}

/* │ and the like between its cells, as |. */
static const char *
with_pipes(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	const char *out = s;
	const char *at = s;
	uint32_t c = text_next(&at);

	if (c != 0x2502 && c != 0x2503 && c != 0x2551)
		return s;
	for (at = s; (c = text_next(&at)) != 0;)
		text_put(&b, c == 0x2502 || c == 0x2503 || c == 0x2551 ? '|' : c);
	out = arena_dup0(a, b.at, b.len);
	buf_free(&b);
	return out;
}

/* Nothing but digits and what stands beside them: a further line of numbers. */
static bool
is_numbers(const char *s)
{
	int digits = 0;
	int han = 0;
	uint32_t c;

	while ((c = text_next(&s))) {
		digits += (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
		han += text_is_han(c);
	}
	return digits > 0 && han <= 4;
}

/* A group's heading between two forms: 二、祁县 */
static bool
is_numbered(const char *s)
{
	static const char *const begins[] = {"一、", "二、", "三、", "四、",   "五、",   "六、",  "七、",
	                                     "八、", "九、", "十",   "（一）", "（二）", "（三）"};

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (strncmp(s, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/* Does line i, with something before it, still belong to the value? A value that another label ends
 * may go on over lines; behind the last one stands a signature. */
static bool
goes_on(enum form_kind kind, const struct line *l, enum end end)
{
	switch (kind) {
	case FORM_PROFILE: return true;
	case FORM_PHONE: return is_numbers(l->text);
	default: return end == END_LABEL && !is_numbered(l->text);
	}
}

/* The lines of the open label that are its value, into b. */
static void
open_value(const struct open *o, const struct form *f, enum end end, struct buf *b, struct doc_evidence *ev)
{
	enum form_kind kind = f->fields[o->label.field].kind;

	for (size_t i = 0; i < o->count; i++) {
		const struct line *l = &o->lines[i];

		/* 联系电话： with nothing behind it, a blank line, a signature: the value is none. Above
		 * its value a label stands without a colon, and a blank line may stand between. */
		if (l->blank && !b->len && o->label.colon)
			break;
		if (l->blank && b->len && (kind != FORM_PROFILE || end != END_LABEL))
			break;
		if (l->blank)
			continue;
		if (b->len && !goes_on(kind, l, end))
			break;
		if (b->len)
			buf_ch(b, '\n');
		buf_str(b, l->text);
		*ev = doc_weaker(*ev, l->evidence);
	}
}

static void
open_close(struct text *t, enum end end)
{
	struct open *o = &t->open;
	struct buf b = BUF_INIT(VALUE_MAX);

	if (o->is && o->label.kind != LABEL_OTHER) {
		open_value(o, t->y->form, end, &b, &o->base.evidence);
		layout_value(t->y, &o->label, arena_dup0(t->y->doc->arena, b.at, b.len), o->base);
	}
	o->is = false;
	o->count = 0;
	buf_free(&b);
}

/* A label without colon or bracket may be a word of a sentence. */
static bool
is_told(const struct label *l, const char *line)
{
	if (l->kind == LABEL_NONE)
		return false;
	if (l->colon || l->bracket || !l->value)
		return true;
	return l->kind == LABEL_FIELD && text_count(line) - text_count(l->value) > SHORT_LABEL + 1;
}

static bool
is_profile(const struct text *t, const struct label *l)
{
	return l->field >= 0 && t->y->form->fields[l->field].kind == FORM_PROFILE;
}

/* A profile may speak of 主导产业：…, but contact and number, one behind the other, are what comes after it
 * in the same line: where they begin, or NULL. */
static const char *
contact_inside(const struct text *t, const char *profile)
{
	const struct form *f = t->y->form;
	const char *contact = NULL;

	for (const char *s = profile; (s = label_inside(t->y->labels, s)) != NULL;) {
		struct label l = label_line(t->y->labels, s, false);
		bool ours = l.kind == LABEL_FIELD && l.colon;

		if (contact)
			return ours && f->fields[l.field].kind == FORM_PHONE ? contact : NULL;
		if (ours && f->fields[l.field].kind == FORM_CONTACT && l.value)
			contact = s;
		s = l.value ? l.value : s + strlen(s);
	}
	return NULL;
}

/* The value that the next label in its line ends, without the mark between them; a profile keeps its stop. */
static const char *
value_before(const struct text *t, const struct label *l, const char *value, const char *next)
{
	static const char stop[] = "。";
	size_t len = layout_unmarked(value, next);

	if (is_profile(t, l) && strncmp(value + len, stop, strlen(stop)) == 0)
		len += strlen(stop);
	return arena_dup0(t->y->doc->arena, value, len);
}

/* Open the label; further ones on the same line close it and are opened in their turn. */
static void
open_label(struct text *t, struct label l)
{
	const char *counted = l.value;
	int depth = 0; /* brackets that are open there */
	bool aside = false;

	for (bool first = true;; first = false) {
		const char *value = l.value;
		const char *inside = NULL;

		open_close(t, END_LABEL);
		t->open.is = true;
		t->open.label = l;
		t->open.base = (struct event){.evidence = t->evidence,
		                              .place = t->place,
		                              .quoted = t->quoted,
		                              .told = l.colon || l.bracket,
		                              .aside = aside};
		if (!value)
			return;
		inside = is_profile(t, &l) ? contact_inside(t, value) : label_inside(t->y->labels, value);
		if (!inside) {
			const char *end = value + strlen(value);

			/* the pipe at a flattened row's end; the mark that parts one from the next */
			while (end > value && (end[-1] == '|' || end[-1] == ' '))
				end--;
			if (!first && !is_profile(t, &l))
				end = value + layout_unmarked(value, end);
			value = arena_dup0(t->y->doc->arena, value, (size_t)(end - value));
			open_add(&t->open, value, false, t->evidence);
			return;
		}
		open_add(&t->open, value_before(t, &l, value, inside), false, t->evidence);
		depth += layout_open_brackets(counted, inside);
		counted = inside;
		aside = depth > 0;
		l = label_line(t->y->labels, inside, false);
	}
}

/* Behind words that are none: labels enough for a form in one line (现将登记信息报上：申请区域：…；
 * 牵头单位：…；主导产业：…), or the form's first label behind a greeting (您好！申请区域：…). */
static bool
holds_labels(const struct text *t, const char *line)
{
	const char *first = label_inside(t->y->labels, line);
	int count = 0;

	if (first && first - line <= GREETING_MAX && label_line(t->y->labels, first, false).field == 0)
		return true;
	while (count < t->y->form->evidence_labels && (line = label_inside(t->y->labels, line)) != NULL) {
		struct label l = label_line(t->y->labels, line, false);

		count += l.kind == LABEL_FIELD;
	}
	return count >= t->y->form->evidence_labels;
}

static void
read_line(struct text *t, const char *line)
{
	const struct form *f = t->y->form;
	struct buf b = BUF_INIT(VALUE_MAX);
	struct label l;

	t->place.line += !t->cell;
	text_trim(&b, line);
	line = with_pipes(t->y->doc->arena, arena_dup0(t->y->doc->arena, b.at, b.len));
	buf_free(&b);
	if (is_drawn_rule(line))
		return;
	if (!*line) {
		open_add(&t->open, "", true, t->evidence);
		return;
	}
	l = label_line(t->y->labels, line, t->evidence.method == DOC_OCR);
	if (!t->open.is && !is_told(&l, line) && holds_labels(t, line)) {
		line = label_inside(t->y->labels, line);
		l = label_line(t->y->labels, line, false);
	}
	if (is_told(&l, line)) {
		open_label(t, l);
	} else if (label_title(t->y->labels, line)) {
		open_close(t, END_TEXT);
		layout_add(t->y, (struct event){.kind = EVENT_TITLE, .quoted = t->quoted});
	} else if (!t->open.is && label_foreign_title(t->y->labels, line)) {
		layout_add(t->y, (struct event){.kind = EVENT_FOREIGN, .quoted = t->quoted});
	} else if (!t->cell &&
	           (layout_begins(f->words_signature, line) || layout_begins(f->words_quote, line))) {
		/* what a signature ends is as whole as what a label ends */
		open_close(t, END_TEXT);
	} else if (t->open.is) {
		open_add(&t->open, line, false, t->evidence);
	}
}

/* A paragraph may hold lines that were broken by hand. */
static void
read_paragraph(struct text *t, const struct doc_block *b)
{
	const char *s = b->text ? b->text : "";

	t->evidence = b->evidence;
	if (b->quoted != t->quoted && !t->cell) {
		open_close(t, END_TEXT);
		t->quoted = b->quoted;
		layout_add(t->y, (struct event){.kind = EVENT_TEXT, .quoted = t->quoted});
	}
	for (;;) {
		size_t len = strcspn(s, "\n\r\v\f");

		read_line(t, arena_dup0(t->y->doc->arena, s, len));
		if (!s[len])
			return;
		s += len + 1;
	}
}

const struct doc_block *
layout_text(struct layout *y, const struct doc_block *b, struct found_place place)
{
	struct text t = {.y = y, .place = place, .quoted = b && b->quoted, .cell = place.table > 0};

	if (!t.cell)
		layout_add(y, (struct event){.kind = EVENT_TEXT, .quoted = t.quoted});
	for (; b && b->kind != DOC_TABLE; b = b->next) {
		if (b->page)
			t.place.page = b->page;
		if (b->kind == DOC_PARAGRAPH && (y->headers || !b->hidden_header))
			read_paragraph(&t, b);
	}
	open_close(&t, t.cell ? END_LABEL : END_TEXT);
	free(t.open.lines);
	return b;
}
