/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/quoting.h"

#include "config/text.h"

#include <stdlib.h>
#include <string.h>

enum {
	HEADER_LINES = 6, /* of a quoted header that are looked at */
	HEADER_ENOUGH = 2 /* fields beside the sender's */
};

/* All words as text_fold() leaves them: half-width, lower case, no spaces. */
static const char *const rules[] = {
        "原始邮件", "原邮件",   "转发邮件",        "转发的邮件",       "转发信件",
        "原始信件", "邮件原文", "originalmessage", "forwardedmessage", "forwardedby",
};
static const char *const senders[] = {"发件人:", "寄件人:", "寄件者:", "from:"};
static const char *const fields[] = {
        "发送时间:", "发送日期:", "日期:", "时间:", "收件人:", "收件者:", "抄送:",
        "抄送人:",   "主题:",     "date:", "sent:", "to:",     "cc:",     "subject:",
};

static bool
begins_with_one(const char *s, const char *const *words, size_t count)
{
	size_t i;

	while (*s == '*' || *s == '>')
		s++;
	for (i = 0; i < count; i++)
		if (strncmp(s, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* ------------------ 原始邮件 ------------------ */
static bool
is_rule(const char *s)
{
	size_t i;

	if (strncmp(s, "--", 2) != 0)
		return false;
	for (i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (strstr(s, rules[i]))
			return true;
	return false;
}

/* 在 2022-06-10 10:05:00，"张三" <z@example.cn> 写道： */
static bool
is_wrote(const char *s)
{
	struct bytes b = bytes_str(s);

	if (bytes_end(b, "写道:"))
		return bytes_begin(b, "在") || bytes_begin(b, "于") || strchr(s, '@') ||
		       strpbrk(s, "0123456789");
	return bytes_end(b, "wrote:") && (bytes_begin(b, "on") || bytes_begin(b, "at") || strchr(s, '@'));
}

static const struct doc_block *
next_line(const struct doc_block *k)
{
	do
		k = k->next;
	while (k && k->kind == DOC_PARAGRAPH && !*k->text);
	return k && k->kind == DOC_PARAGRAPH ? k : NULL;
}

/* The sender's line with other fields of a header below it. */
static bool
is_header(const struct doc_block *k, const char *folded)
{
	struct buf line = BUF_INIT(DOC_TEXT_MAX);
	int i, found = 0;

	if (!begins_with_one(folded, senders, sizeof senders / sizeof senders[0]))
		return false;
	for (i = 0; i < HEADER_LINES && (k = next_line(k)); i++) {
		buf_clear(&line);
		text_fold(&line, k->text);
		if (line.at && begins_with_one(line.at, fields, sizeof fields / sizeof fields[0]))
			found++;
	}
	buf_free(&line);
	return found >= HEADER_ENOUGH;
}

/* Has the reader marked anything itself? Then 写道： speaks of that. */
static bool
any_quoted(const struct doc_block *k)
{
	const struct doc_row *r;
	const struct doc_cell *c;

	for (; k; k = k->next) {
		if (k->quoted)
			return true;
		for (r = k->table ? k->table->first : NULL; r; r = r->next)
			for (c = r->first; c; c = c->next)
				if (any_quoted(c->first))
					return true;
	}
	return false;
}

static bool
lays_out(const struct doc_block *k)
{
	struct doc_block alone = *k;

	alone.next = NULL;
	return k->table && !k->quoted && any_quoted(&alone);
}

/* The blocks of all cells, then k, which is left an empty paragraph: a builder may still hold its place. */
static struct doc_block *
without_table(struct doc_block *k)
{
	struct doc_table *t = k->table;
	struct doc_block *first = k, **tail = &first;

	k->kind = DOC_PARAGRAPH;
	k->table = NULL;
	for (struct doc_row *r = t->first; r; r = r->next)
		for (struct doc_cell *c = r->first; c; c = c->next) {
			for (*tail = c->first; *tail;)
				tail = &(*tail)->next;
			*tail = k;
		}
	return first;
}

static void
dissolve(struct doc_block **at)
{
	for (; *at; at = &(*at)->next)
		while (lays_out(*at))
			*at = without_table(*at);
}

static bool
begins_quote(const struct doc_block *k, bool marked)
{
	struct buf line = BUF_INIT(DOC_TEXT_MAX);
	bool begins = false;

	text_fold(&line, k->text);
	if (line.len)
		begins = is_rule(line.at) || is_header(k, line.at) || (!marked && is_wrote(line.at));
	buf_free(&line);
	return begins;
}

static void
mark(struct doc_block *k, bool marked, bool *quoted)
{
	struct doc_row *r;
	struct doc_cell *c;

	for (; k; k = k->next) {
		if (!*quoted && !k->quoted && k->kind == DOC_PARAGRAPH)
			*quoted = begins_quote(k, marked);
		k->quoted |= *quoted;
		for (r = k->table ? k->table->first : NULL; r; r = r->next)
			for (c = r->first; c; c = c->next)
				mark(c->first, marked, quoted);
	}
}

void
quoting_mark(struct document *d)
{
	bool quoted = false;

	doc_end_paragraph(d);
	mark(d->first, any_quoted(d->first), &quoted);
	dissolve(&d->first);
}
