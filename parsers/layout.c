/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/layout.h"

#include "config/text.h"

#include <string.h>

enum {
	LINE_HEAD = 120,
	EVENTS_MAX = 4 << 20,
	PERSON_MIN = 2, /* characters of a name */
};

void
layout_add(struct layout *y, struct event e)
{
	if (y->count == EVENTS_MAX)
		return;
	if (y->count == y->cap) {
		y->cap = y->cap ? 2 * y->cap : 64;
		y->events = mem_grow(y->events, y->cap, sizeof *y->events);
	}
	y->events[y->count++] = e;
}

/* Where in "沈志远 科长 0512-57310086" the number begins: at a digit, + or bracket before one. */
static const char *
number_in(const char *s)
{
	const char *at = s;
	uint32_t c;

	for (; (c = text_next(&s)); at = s) {
		uint32_t half = c >= 0xFF08 && c <= 0xFF19 ? c - 0xFEE0 : c;
		const char *next = s;
		uint32_t after = text_next(&next);

		if ((half >= '0' && half <= '9') ||
		    (strchr("+(", (int)(half < 0x80 ? half : 'x')) && after >= '0' && after <= '9'))
			return at;
	}
	return at;
}

/* Who stands behind the numbers that text begins with: 0512-57310086 沈志远 科长; NULL: nobody. What a
 * bracket opens is said of the number. */
static const char *
person_behind(const char *text)
{
	const char *at = text, *behind = text;
	int han = 0;
	uint32_t c;

	while ((c = text_next(&at)))
		if ((c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19))
			behind = at;
	for (at = behind; (c = text_next(&at)) && !text_is_han(c); behind = at)
		if (c == '(' || c == 0xFF08)
			return NULL;
	for (at = behind; (c = text_next(&at)) && text_is_han(c);)
		han++;
	return behind > text && han >= PERSON_MIN ? behind : NULL;
}

int
layout_open_brackets(const char *s, const char *end)
{
	int depth = 0;
	uint32_t c;

	while (s < end && (c = text_next(&s))) {
		depth += c == '(' || c == 0xFF08;
		depth -= c == ')' || c == 0xFF09;
	}
	return depth;
}

size_t
layout_unmarked(const char *value, const char *end)
{
	static const char *const marks[] = {"；", "，", "。", "、", "｜", "　", "／", "（",
	                                    ";",  ",",  "|",  "/",  " ",  "\t", "\n", "("};
	static const char *const closing[] = {"）", ")"};
	int depth = layout_open_brackets(value, end);
	bool cut = true;

	while (cut) {
		struct bytes left = BYTES(value, (size_t)(end - value));
		const char *was = end;

		cut = false;
		for (size_t i = 0; i < sizeof marks / sizeof *marks && !cut; i++) {
			cut = bytes_end(left, marks[i]);
			if (cut)
				end -= strlen(marks[i]);
		}
		for (size_t i = 0; i < sizeof closing / sizeof *closing && !cut; i++) {
			cut = bytes_end(left, closing[i]) && depth < 0;
			if (cut)
				end -= strlen(closing[i]);
		}
		depth -= layout_open_brackets(end, was);
	}
	return (size_t)(end - value);
}

void
layout_split(const struct layout *y, const struct label *l, const char *text, const char **own_r,
             const char **second_r)
{
	struct arena *a = y->doc->arena;
	bool phone_first = y->form->fields[l->field].kind == FORM_PHONE;
	const char *cut = number_in(text);
	size_t before = layout_unmarked(text, cut);
	const char *person = before ? NULL : person_behind(text);

	*(phone_first ? second_r : own_r) = person ? person : arena_dup0(a, text, before);
	*(phone_first ? own_r : second_r) = person ? arena_dup0(a, cut, layout_unmarked(cut, person)) : cut;
}

void
layout_value(struct layout *y, const struct label *l, const char *text, struct event base)
{
	base.kind = EVENT_VALUE;
	base.field = l->field;
	base.part = l->kind == LABEL_PART;
	base.text = text;
	if (l->kind == LABEL_OTHER)
		return;
	if (l->second >= 0) {
		const char *own, *second;
		bool phone_first = y->form->fields[l->field].kind == FORM_PHONE;

		layout_split(y, l, text, &own, &second);
		base.field = phone_first ? l->second : l->field;
		base.text = phone_first ? second : own;
		layout_add(y, base);
		base.field = phone_first ? l->field : l->second;
		base.text = phone_first ? own : second;
	}
	layout_add(y, base);
}

bool
layout_begins(form_list words, const char *text)
{
	struct buf head = BUF_INIT(LINE_HEAD);
	struct buf b = BUF_INIT(LINE_HEAD);
	bool begins = false;

	buf_add(&head, text, strnlen(text, LINE_HEAD - 1));
	text_fold(&b, head.at ? head.at : "");
	for (; *words && !begins; words++)
		begins = bytes_begin(buf_bytes(&b), *words);
	buf_free(&b);
	buf_free(&head);
	return begins;
}

void
layout_blocks(struct layout *y, const struct doc_block *b, struct found_place place)
{
	while (b) {
		if (b->kind == DOC_PARAGRAPH || b->kind == DOC_PAGE || b->kind == DOC_PICTURE) {
			b = layout_text(y, b, place);
			continue;
		}
		layout_table(y, b);
		b = b->next;
	}
}
