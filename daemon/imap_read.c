/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/imap_read.h"

#include "config/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ROOM = 32 << 10, KEEP = 1 << 20 };

struct imap_reader {
	unsigned char *at;
	size_t len, cap;
	size_t done;     /* bytes of the response given last, still in front */
	size_t line;     /* begin of the line (after a literal: of the rest of it) that is looked at */
	size_t scan;     /* no LF between line and here */
	size_t literals; /* bytes of literals in this response */
	size_t literal_max;
	bool data; /* literals may stand in this response */
	bool first_line;
};

struct imap_reader *
imap_reader_new(size_t literal_max)
{
	struct imap_reader *r = mem_alloc(1, sizeof *r);

	r->literal_max = literal_max;
	r->first_line = true;
	return r;
}

void
imap_reader_free(struct imap_reader *r)
{
	if (!r)
		return;
	free(r->at);
	free(r);
}

void
imap_reader_limit(struct imap_reader *r, size_t literal_max)
{
	r->literal_max = literal_max;
}

/* Forget the response that was given. */
static void
shift(struct imap_reader *r)
{
	if (r->done == 0)
		return;
	memmove(r->at, r->at + r->done, r->len - r->done);
	r->len -= r->done;
	r->line -= r->done;
	r->scan -= r->done;
	r->done = 0;
	if (r->cap > KEEP && r->len < ROOM) { /* a large mail is over: give its memory back */
		r->cap = 2 * ROOM;
		r->at = mem_grow(r->at, r->cap, 1);
	}
}

/* Memory follows what came in, never what was announced. */
void *
imap_reader_room(struct imap_reader *r, size_t *room_r)
{
	shift(r);
	if (r->cap - r->len < ROOM) {
		r->cap = r->cap * 2 + ROOM;
		r->at = mem_grow(r->at, r->cap, 1);
	}
	*room_r = r->cap - r->len;
	return r->at + r->len;
}

void
imap_reader_filled(struct imap_reader *r, size_t len)
{
	r->len += len;
}

/* ---- a cursor over one response ---- */

struct cursor {
	unsigned char *p, *end;
};

static bool
take(struct cursor *c, char ch)
{
	if (c->p == c->end || *c->p != (unsigned char)ch)
		return false;
	c->p++;
	return true;
}

static void
spaces(struct cursor *c)
{
	while (take(c, ' '))
		;
}

static bool
number64(struct cursor *c, uint64_t max, uint64_t *n_r)
{
	unsigned char *begin = c->p;
	uint64_t n = 0;

	for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
		unsigned d = *c->p - '0';

		if (n > (max - d) / 10)
			return false;
		n = n * 10 + d;
	}
	*n_r = n;
	return c->p > begin;
}

static bool
number32(struct cursor *c, uint32_t *n_r)
{
	uint64_t n = 0;

	if (!number64(c, UINT32_MAX, &n))
		return false;
	*n_r = (uint32_t)n;
	return true;
}

/* Up to a space, a parenthesis or the end; of "BODY[HEADER (X)]<0>" the section whole. */
static struct bytes
atom(struct cursor *c)
{
	unsigned char *begin = c->p;
	bool section = false;

	for (; c->p < c->end; c->p++) {
		if (*c->p == '[')
			section = true;
		else if (*c->p == ']')
			section = false;
		else if (*c->p == '\n' || (!section && *c->p && strchr(" ()\r\"", *c->p)))
			break;
	}
	return BYTES(begin, (size_t)(c->p - begin));
}

static bool
is(struct bytes b, const char *word)
{
	return b.len == strlen(word) && strncasecmp((const char *)b.at, word, b.len) == 0;
}

/* "quoted" (unescaped where it stands: the buffer is ours). Broken: no closing quote in the line. */
static bool
quoted(struct cursor *c, struct bytes *b_r)
{
	unsigned char *begin = c->p, *out = c->p;

	for (; c->p < c->end && *c->p != '\n'; c->p++) {
		if (*c->p == '"') {
			c->p++;
			*b_r = BYTES(begin, (size_t)(out - begin));
			return true;
		}
		if (*c->p == '\\' && c->p + 1 < c->end)
			c->p++;
		*out++ = *c->p;
	}
	return false;
}

/* {n}, {n+} or ~{n}, its line's end, and n bytes. The framing saw to it that they are there. */
static bool
literal(struct cursor *c, struct bytes *b_r)
{
	uint64_t n = 0;

	if (!number64(c, SIZE_MAX, &n))
		return false;
	(void)take(c, '+');
	if (!take(c, '}'))
		return false;
	(void)take(c, '\r');
	if (!take(c, '\n') || n > (size_t)(c->end - c->p))
		return false;
	*b_r = BYTES(c->p, (size_t)n);
	c->p += n;
	return true;
}

/* A string or NIL (*nil_r). False: neither, or broken. */
static bool
string(struct cursor *c, struct bytes *b_r, bool *nil_r)
{
	*nil_r = false;
	*b_r = (struct bytes){0};
	if (take(c, '"'))
		return quoted(c, b_r);
	(void)take(c, '~');
	if (take(c, '{'))
		return literal(c, b_r);
	*nil_r = is(atom(c), "NIL");
	return *nil_r;
}

/* Any value that we do not want: atom, string or list. Depth is counted, not recursed. */
static bool
skip_value(struct cursor *c)
{
	int depth = 0;

	do {
		struct bytes b = {0};
		bool nil = false;

		spaces(c);
		if (c->p == c->end)
			return false;
		if (take(c, '(')) {
			if (++depth > IMAP_DEPTH_MAX)
				return false;
		} else if (take(c, ')')) {
			if (--depth < 0)
				return false;
		} else if (*c->p == '"' || *c->p == '{' || *c->p == '~') {
			if (!string(c, &b, &nil))
				return false;
		} else if (atom(c).len == 0) {
			return false;
		}
	} while (depth);
	return true;
}

/* ---- FETCH (RFC 3501 7.4.2) ---- */

static bool
read_flags(struct cursor *c, struct imap_fetched *f)
{
	if (!take(c, '('))
		return false;
	f->has_flags = true;
	f->answered = false;
	for (int n = 0; n < IMAP_ITEMS_MAX; n++) {
		struct bytes flag = {0};

		spaces(c);
		if (take(c, ')'))
			return true;
		flag = atom(c);
		if (flag.len == 0)
			return false;
		if (is(flag, "\\Answered"))
			f->answered = true;
	}
	return false;
}

static bool
read_date(struct cursor *c, struct imap_fetched *f)
{
	struct bytes b = {0};
	bool nil = false;

	if (!string(c, &b, &nil))
		return false;
	f->has_date = !nil && imap_date(b, &f->date);
	return true;
}

static bool
read_body(struct cursor *c, struct bytes name, struct imap_fetched *f)
{
	bool nil = false;

	if (!string(c, &f->body, &nil))
		return false;
	f->has_body = !nil;
	f->partial = name.at[name.len - 1] == '>';
	return true;
}

static bool
read_item(struct cursor *c, struct imap_fetched *f)
{
	struct bytes name = atom(c);

	if (name.len == 0)
		return false;
	spaces(c);
	if (is(name, "UID")) {
		f->has_uid = number32(c, &f->uid) && f->uid != 0;
		return f->has_uid;
	}
	if (is(name, "RFC822.SIZE")) {
		f->has_size = number64(c, UINT64_MAX / 2, &f->size);
		return f->has_size;
	}
	if (is(name, "INTERNALDATE"))
		return read_date(c, f);
	if (is(name, "FLAGS"))
		return read_flags(c, f);
	if (is(name, "BODY[]") || is(name, "BODY[]<0>") || is(name, "BODY[TEXT]") || is(name, "RFC822"))
		return read_body(c, name, f);
	return skip_value(c);
}

static bool
read_fetch(struct cursor *c, struct imap_fetched *f)
{
	spaces(c);
	if (!take(c, '('))
		return false;
	for (int n = 0; n < IMAP_ITEMS_MAX; n++) {
		spaces(c);
		if (take(c, ')'))
			return true;
		if (!read_item(c, f))
			return false;
	}
	return false;
}

/* ---- a whole response ---- */

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
	struct bytes b = atom(c);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].numbered == numbered && is(b, words[i].name))
			return (int)i;
	return -1;
}

/* resp-text (RFC 3501 7.1): [CODE …] and what is for people. */
static void
read_text(struct cursor *c, struct imap_response *r)
{
	spaces(c);
	if (c->p < c->end && *c->p == '[') {
		unsigned char *close = memchr(c->p, ']', (size_t)(c->end - c->p));

		if (close) {
			r->code = BYTES(c->p + 1, (size_t)(close - c->p - 1));
			c->p = close + 1;
			spaces(c);
		}
	}
	r->text = BYTES(c->p, (size_t)(c->end - c->p));
}

static bool
read_response(struct cursor *c, struct imap_response *r)
{
	int w = -1;
	bool numbered = false;

	*r = (struct imap_response){0};
	if (take(c, '+')) {
		r->kind = IMAP_CONTINUE;
		read_text(c, r);
		return true;
	}
	r->kind = take(c, '*') ? IMAP_UNTAGGED : IMAP_TAGGED;
	if (r->kind == IMAP_TAGGED && (r->tag = atom(c)).len == 0)
		return false;
	if (!take(c, ' '))
		return false;
	spaces(c);
	numbered = r->kind == IMAP_UNTAGGED && number32(c, &r->number);
	spaces(c);
	w = find_word(c, numbered);
	if (w < 0)
		return r->kind == IMAP_UNTAGGED; /* a tag answers with OK, NO or BAD and nothing else */
	r->word = words[w].word;
	if (words[w].status) {
		read_text(c, r);
		return true;
	}
	spaces(c);
	r->text = BYTES(c->p, (size_t)(c->end - c->p));
	if (r->kind == IMAP_TAGGED)
		return false;
	return r->word != IMAP_FETCH || read_fetch(c, &r->fetched);
}

/* May literals stand in the response that begins so? */
static bool
is_data(unsigned char *p, size_t len)
{
	struct cursor c = {p, p + len};
	int w = -1;

	if (!take(&c, '*'))
		return false;
	spaces(&c);
	w = find_word(&c, false);
	return w < 0 || !words[w].status;
}

/* Does this line (without its end) announce a literal? At most 20 digits are looked at. */
static bool
announces(unsigned char *line, size_t len, uint64_t *n_r)
{
	struct cursor c = {0};
	size_t open = 0;

	if (len < 3 || line[len - 1] != '}')
		return false;
	for (open = len - 2; open > 0 && line[open] != '{' && len - open < 24;)
		open--;
	if (line[open] != '{')
		return false;
	c = (struct cursor){line + open + 1, line + len};
	if (!number64(&c, UINT64_MAX / 4, n_r))
		/* digits that no size holds are a size that is too large; else it is no literal */
		*n_r = UINT64_MAX;
	while (c.p < c.end && *c.p >= '0' && *c.p <= '9')
		c.p++;
	if (c.p == line + open + 1)
		return false;
	(void)take(&c, '+');
	return take(&c, '}') && c.p == c.end;
}

/* The line of len bytes at r->line is whole (next is behind its LF). Is the response? */
static enum imap_read
end_of_line(struct imap_reader *r, size_t len, size_t next, struct err *e)
{
	uint64_t n = 0;

	if (r->first_line)
		r->data = is_data(r->at + r->line, len);
	r->first_line = false;
	if (!r->data || !announces(r->at + r->line, len, &n))
		return IMAP_READ_RESPONSE;
	if (n > r->literal_max || r->literals > r->literal_max - n) {
		err_set(e, ERR_PROTOCOL, "the server announces a literal over the limit of %zu bytes",
		        r->literal_max);
		return IMAP_READ_BROKEN;
	}
	r->literals += n;
	r->line = r->scan = next + n;
	return IMAP_READ_MORE;
}

enum imap_read
imap_reader_next(struct imap_reader *r, struct imap_response *resp_r, struct err *e)
{
	*resp_r = (struct imap_response){0};
	shift(r);
	while (r->scan < r->len) {
		unsigned char *lf = memchr(r->at + r->scan, '\n', r->len - r->scan);
		size_t end = lf ? (size_t)(lf - r->at) : r->len;
		size_t len = end - r->line;
		enum imap_read answer = IMAP_READ_MORE;

		r->scan = end;
		if (len > IMAP_LINE_MAX) {
			err_set(e, ERR_PROTOCOL, "the server's line is over the limit of %d bytes",
			        IMAP_LINE_MAX);
			return IMAP_READ_BROKEN;
		}
		if (!lf)
			return IMAP_READ_MORE;
		if (len && r->at[end - 1] == '\r')
			len--;
		answer = end_of_line(r, len, end + 1, e);
		if (answer == IMAP_READ_RESPONSE) {
			struct cursor c = {r->at, r->at + r->line + len};

			r->done = r->line = r->scan = end + 1;
			r->literals = 0;
			r->first_line = true;
			if (read_response(&c, resp_r))
				return IMAP_READ_RESPONSE;
			err_set(e, ERR_PROTOCOL, "the server's response cannot be read");
			return IMAP_READ_BROKEN;
		}
		if (answer == IMAP_READ_BROKEN)
			return answer;
	}
	return IMAP_READ_MORE;
}

/* ---- what stands inside ---- */

bool
imap_code_is(const struct imap_response *r, const char *name)
{
	size_t n = strlen(name);

	return r->code.len >= n && strncasecmp((const char *)r->code.at, name, n) == 0 &&
	       (r->code.len == n || r->code.at[n] == ' ');
}

bool
imap_code_number(const struct imap_response *r, const char *name, uint32_t *n_r)
{
	struct cursor c = {0};

	if (!imap_code_is(r, name))
		return false;
	c = (struct cursor){(unsigned char *)r->code.at + strlen(name),
	                    (unsigned char *)r->code.at + r->code.len};
	spaces(&c);
	return number32(&c, n_r);
}

/* One UID or a range of them; a range is a stranger's number too. */
static bool
read_range(struct cursor *c, struct imap_uids *u)
{
	uint32_t a = 0, b = 0;

	if (!number32(c, &a))
		return false;
	b = a;
	if (take(c, ':') && !number32(c, &b))
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
	while (spaces(c), c->p < c->end) {
		struct bytes word = {0};

		if (*c->p == '(') { /* (TAG "x1") */
			if (!skip_value(c))
				return false;
			continue;
		}
		word = atom(c);
		if (!word.len) /* none of an ESEARCH's words: no step further */
			return false;
		if (!is(word, "ALL"))
			continue;
		spaces(c);
		do
			if (!read_range(c, u))
				return false;
		while (take(c, ','));
	}
	return true;
}

bool
imap_response_uids(const struct imap_response *r, struct imap_uids *u)
{
	struct cursor c = {(unsigned char *)r->text.at, (unsigned char *)r->text.at + r->text.len};

	if (r->word == IMAP_ESEARCH)
		return read_esearch(&c, u);
	while (spaces(&c), c.p < c.end) {
		if (*c.p == '(') /* (MODSEQ n), RFC 7162 */
			return skip_value(&c);
		if (!read_range(&c, u))
			return false;
	}
	return true;
}

static bool
two_digits(struct cursor *c, int max, int *n_r)
{
	uint32_t n = 0;

	if (!number32(c, &n) || n > (uint32_t)max)
		return false;
	*n_r = (int)n;
	return true;
}

static bool
month(struct cursor *c, int *m_r)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (*m_r = 0; *m_r < 12 && c->end - c->p >= 3; ++*m_r)
		if (strncasecmp(names + (size_t)*m_r * 3, (const char *)c->p, 3) == 0) {
			c->p += 3;
			return true;
		}
	return false;
}

bool
imap_date(struct bytes b, time_t *t_r)
{
	struct cursor c = {(unsigned char *)b.at, (unsigned char *)b.at + b.len};
	struct tm tm = {0};
	int year = 0, zone = 0;
	bool west = false;

	spaces(&c);
	if (!two_digits(&c, 31, &tm.tm_mday) || tm.tm_mday == 0 || !take(&c, '-') || !month(&c, &tm.tm_mon) ||
	    !take(&c, '-') || !two_digits(&c, 9999, &year) || year < 1970 || !take(&c, ' '))
		return false;
	if (!two_digits(&c, 23, &tm.tm_hour) || !take(&c, ':') || !two_digits(&c, 59, &tm.tm_min) ||
	    !take(&c, ':') || !two_digits(&c, 60, &tm.tm_sec) || !take(&c, ' '))
		return false;
	west = take(&c, '-');
	if ((!west && !take(&c, '+')) || c.end - c.p != 4 || !two_digits(&c, 2359, &zone) || c.p != c.end)
		return false;
	tm.tm_year = year - 1900;
	zone = (zone / 100 * 60 + zone % 100) * 60;
	*t_r = timegm(&tm) - (west ? -zone : zone);
	return true;
}
