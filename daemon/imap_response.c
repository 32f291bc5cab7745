/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/imap_response.h"

#include "daemon/imap_cursor.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	enum imap_word word;
	bool status, numbered;
} words[] = {
        {"OK", IMAP_OK, true, false},
        {"NO", IMAP_NO, true, false},
        {"BAD", IMAP_BAD, true, false},
        {"BYE", IMAP_BYE, true, false},
        {"PREAUTH", IMAP_PREAUTH, true, false},
        {"CAPABILITY", IMAP_CAPABILITY, false, false},
        {"SEARCH", IMAP_SEARCH, false, false},
        {"ESEARCH", IMAP_ESEARCH, false, false},
        {"VANISHED", IMAP_VANISHED, false, false},
        {"EXISTS", IMAP_EXISTS, false, true},
        {"EXPUNGE", IMAP_EXPUNGE, false, true},
        {"FETCH", IMAP_FETCH, false, true},
};

/* The place in words[] of the word at c, or -1. */
static int
find_word(struct cursor *c, bool numbered)
{
	struct bytes b = cursor_atom(c);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].numbered == numbered && atom_is(b, words[i].name))
			return (int)i;
	return -1;
}

/* resp-text (RFC 3501 7.1): [CODE …] and what is for people. */
static void
read_text(struct cursor *c, struct imap_response *r)
{
	cursor_spaces(c);
	if (c->p < c->end && *c->p == '[') {
		unsigned char *close = memchr(c->p, ']', (size_t)(c->end - c->p));

		if (close) {
			r->code = BYTES(c->p + 1, (size_t)(close - c->p - 1));
			c->p = close + 1;
			cursor_spaces(c);
		}
	}
	r->text = BYTES(c->p, (size_t)(c->end - c->p));
}

static bool
read_response(struct cursor *c, struct imap_response *r)
{
	int w = -1;
	bool numbered = false;

	if (cursor_take(c, '+')) {
		r->kind = IMAP_CONTINUE;
		read_text(c, r);
		return true;
	}
	r->kind = cursor_take(c, '*') ? IMAP_UNTAGGED : IMAP_TAGGED;
	if (r->kind == IMAP_TAGGED && (r->tag = cursor_atom(c)).len == 0)
		return false;
	if (!cursor_take(c, ' '))
		return false;
	cursor_spaces(c);
	numbered = r->kind == IMAP_UNTAGGED && cursor_number32(c, &r->number);
	cursor_spaces(c);
	w = find_word(c, numbered);
	if (w < 0)
		return r->kind == IMAP_UNTAGGED; /* a tag answers with OK, NO or BAD and nothing else */
	r->word = words[w].word;
	if (words[w].status) {
		read_text(c, r);
		return true;
	}
	cursor_spaces(c);
	r->text = BYTES(c->p, (size_t)(c->end - c->p));
	if (r->kind == IMAP_TAGGED)
		return false;
	return r->word != IMAP_FETCH || imap_fetched_read(c, &r->fetched);
}

bool
imap_response_read(unsigned char *at, size_t len, struct imap_response *r_r)
{
	struct cursor c = {at, at + len};

	*r_r = (struct imap_response){0};
	return read_response(&c, r_r);
}

bool
imap_response_is_data(unsigned char *line, size_t len)
{
	struct cursor c = {line, line + len};
	int w = -1;

	if (!cursor_take(&c, '*'))
		return false;
	cursor_spaces(&c);
	w = find_word(&c, false);
	return w < 0 || !words[w].status;
}

static bool
code_is(const struct imap_response *r, const char *name)
{
	size_t n = strlen(name);

	return r->code.len >= n && strncasecmp((const char *)r->code.at, name, n) == 0 &&
	       (r->code.len == n || r->code.at[n] == ' ');
}

bool
imap_code_number(const struct imap_response *r, const char *name, uint32_t *n_r)
{
	struct cursor c = {0};

	if (!code_is(r, name))
		return false;
	c = (struct cursor){(unsigned char *)r->code.at + strlen(name),
	                    (unsigned char *)r->code.at + r->code.len};
	cursor_spaces(&c);
	return cursor_number32(&c, n_r);
}

/* One UID or a range of them; a range is a stranger's number too. */
static bool
read_range(struct cursor *c, struct imap_uids *u)
{
	uint32_t a = 0, b = 0;

	if (!cursor_number32(c, &a))
		return false;
	b = a;
	if (cursor_take(c, ':') && !cursor_number32(c, &b))
		return false;
	if (a > b) {
		uint32_t t = a;

		a = b;
		b = t;
	}
	if (a == 0 || u->count > IMAP_UIDS_MAX || b - a >= IMAP_UIDS_MAX - u->count)
		return false;
	for (; a < b; a++)
		imap_uids_add(u, a);
	imap_uids_add(u, b);
	return true;
}

static bool
read_esearch(struct cursor *c, struct imap_uids *u)
{
	while (cursor_spaces(c), c->p < c->end) {
		struct bytes word = {0};

		if (*c->p == '(') { /* (TAG "x1") */
			if (!cursor_skip(c))
				return false;
			continue;
		}
		word = cursor_atom(c);
		if (!word.len) /* none of an ESEARCH's words: no step further */
			return false;
		if (!atom_is(word, "ALL"))
			continue;
		cursor_spaces(c);
		do
			if (!read_range(c, u))
				return false;
		while (cursor_take(c, ','));
	}
	return true;
}

bool
imap_response_uids(const struct imap_response *r, struct imap_uids *u)
{
	struct cursor c = {(unsigned char *)r->text.at, (unsigned char *)r->text.at + r->text.len};

	if (r->word == IMAP_ESEARCH)
		return read_esearch(&c, u);
	while (cursor_spaces(&c), c.p < c.end) {
		if (*c.p == '(') /* (MODSEQ n), RFC 7162 */
			return cursor_skip(&c);
		if (!read_range(&c, u))
			return false;
	}
	return true;
}
