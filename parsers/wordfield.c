/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/wordfield.h"

#include "parsers/eqfield.h"

#include <string.h>

enum { CHOICE_MAX = 4096, CODE_MAX = 1000, ENTRIES_MAX = 1000 };

uint64_t
nest_bit(const struct nest *n)
{
	return n->depth > 0 && n->depth <= 64 ? UINT64_C(1) << (n->depth - 1) : 0;
}

void
nest_in(struct nest *n, bool flag)
{
	n->depth++;
	if (flag)
		n->flags |= nest_bit(n);
}

void
nest_out(struct nest *n)
{
	n->flags &= ~nest_bit(n);
	if (n->depth)
		n->depth--;
}

bool
wordfield_is_code(const struct wordfield *f)
{
	return f->open.flags != 0;
}

static void
begin(struct wordfield *f)
{
	nest_in(&f->open, true);
	f->entry = 0;
	f->chosen = -1;
	buf_clear(&f->choice);
	f->choice.max = CHOICE_MAX;
	buf_clear(&f->code);
	f->code.max = CODE_MAX;
}

void
wordfield_code(struct wordfield *f, const char *s, size_t len)
{
	if (f->open.depth)
		buf_add(&f->code, s, len);
}

static void
separate(struct wordfield *f)
{
	f->open.flags &= ~nest_bit(&f->open);
	f->filled = false;
}

static const char *
end(struct wordfield *f)
{
	bool empty = (f->open.flags & nest_bit(&f->open)) || !f->filled;
	struct bytes base = eqfield_base(buf_bytes(&f->code));

	nest_out(&f->open);
	if (!f->choice.len)
		buf_add(&f->choice, base.at, base.len);
	buf_clear(&f->code);
	f->filled = true; /* the field around it, if there is one */
	return empty && f->choice.len ? f->choice.at : NULL;
}

const char *
wordfield_mark(struct wordfield *f, const struct xml_tag *t)
{
	const char *shown = NULL;

	if (xml_attribute_is(t, "fldCharType", "begin"))
		begin(f);
	else if (xml_attribute_is(t, "fldCharType", "separate"))
		separate(f);
	else if (xml_attribute_is(t, "fldCharType", "end"))
		shown = end(f);
	return shown;
}

void
wordfield_chosen(struct wordfield *f, const struct xml_tag *t)
{
	/* what was chosen stands before what would be without a choice (CT_FFDDList) */
	if (strcmp(t->name, "result") == 0 || f->chosen < 0)
		f->chosen = xml_attribute_number(t, "val", 0, ENTRIES_MAX);
}

void
wordfield_entry(struct wordfield *f, const struct xml_tag *t)
{
	struct bytes v = xml_attribute(t, "val");

	if (f->entry++ == (f->chosen < 0 ? 0 : f->chosen) && v.len)
		buf_add(&f->choice, v.at, v.len);
}

void
wordfield_free(struct wordfield *f)
{
	buf_free(&f->choice);
	buf_free(&f->code);
}
