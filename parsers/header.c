/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/header.h"

#include "config/text.h"
#include "parsers/charset.h"

#include <ctype.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	VALUE_MAX = 256 * 1024, /* bytes of one value, decoded */
	CHARSET_MAX = 40,
	PIECES_MAX = 100, /* of one parameter (RFC 2231) */
};

/* ---- the block ---- */

static size_t
line_end(struct bytes b, size_t at)
{
	const unsigned char *p = at < b.len ? memchr(b.at + at, '\n', b.len - at) : NULL;

	return p ? (size_t)(p - b.at) + 1 : b.len;
}

static bool
is_blank(struct bytes b, size_t at, size_t end)
{
	while (at < end && (b.at[at] == '\r' || b.at[at] == '\n'))
		at++;
	return at == end;
}

bool
header_next(struct bytes block, size_t *at, struct header_field *f_r)
{
	while (*at < block.len) {
		size_t begin = *at, end = line_end(block, begin), colon;

		if (is_blank(block, begin, end)) {
			*at = end;
			return false;
		}
		for (colon = begin; colon < end && block.at[colon] > ' ' && block.at[colon] != ':';)
			colon++;
		while (end < block.len && (block.at[end] == ' ' || block.at[end] == '\t') &&
		       !is_blank(block, end, line_end(block, end)))
			end = line_end(block, end);
		*at = end;
		f_r->name = BYTES(block.at + begin, colon - begin);
		while (colon < end && (block.at[colon] == ' ' || block.at[colon] == '\t'))
			colon++; /* "Subject : x", obsolete syntax of RFC 5322, 4.5 */
		if (f_r->name.len && colon < end && block.at[colon] == ':') {
			f_r->value = BYTES(block.at + colon + 1, end - colon - 1);
			return true;
		}
	}
	return false;
}

bool
header_is(const struct header_field *f, const char *name)
{
	return f->name.len == strlen(name) && strncasecmp((const char *)f->name.at, name, f->name.len) == 0;
}

/* ---- encoded words ---- */

struct word {
	char charset[CHARSET_MAX];
	bool base64;
	struct bytes text;
	size_t len; /* of the whole word */
};

/* An encoded word at the begin of s? Spaces inside its text are let pass: some clients forget to
 * write them as "_". */
static bool
word_at(struct bytes s, struct word *w)
{
	size_t i = 2, n = 0;

	if (!bytes_begin(s, "=?"))
		return false;
	for (; i < s.len && s.at[i] != '?'; i++) {
		if (s.at[i] <= ' ' || s.at[i] >= 0x7F || n + 1 >= sizeof w->charset)
			return false;
		w->charset[n++] = (char)s.at[i];
	}
	w->charset[n] = '\0';
	w->charset[strcspn(w->charset, "*")] = '\0'; /* a language, RFC 2231, 5 */
	if (!n || s.len - i < 5 || s.at[i + 2] != '?' || !strchr("bBqQ", s.at[i + 1]))
		return false;
	w->base64 = s.at[i + 1] == 'b' || s.at[i + 1] == 'B';
	i += 3;
	n = bytes_find(BYTES(s.at + i, s.len - i), "?=");
	if (n == s.len - i)
		return false;
	w->text = BYTES(s.at + i, n);
	w->len = i + n + 2;
	return true;
}

static int
hex(unsigned char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Undo "=41" or "%41", whichever sign marks it. */
static void
unhex(struct buf *out, struct bytes s, char sign)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == (unsigned char)sign && s.len - i > 2 && isxdigit(s.at[i + 1]) &&
		    isxdigit(s.at[i + 2])) {
			buf_ch(out, (char)(hex(s.at[i + 1]) << 4 | hex(s.at[i + 2])));
			i += 2;
		} else {
			buf_ch(out, s.at[i] == '_' && sign == '=' ? ' ' : (char)s.at[i]);
		}
	}
}

static void
word_decode(struct buf *out, const struct word *w)
{
	int state = 0;
	guint save = 0;
	unsigned char *to;

	if (!w->base64) {
		unhex(out, w->text, '=');
		return;
	}
	to = buf_room(out, w->text.len + 4);
	if (!to)
		return;
	out->len += g_base64_decode_step((const char *)w->text.at, w->text.len, to, &state, &save);
	buf_seal(out);
}

/* Words of one charset that follow each other are joined as bytes and decoded once: one may end in
 * the middle of a character. */
static size_t
words_decode(struct buf *out, struct bytes s)
{
	struct buf raw = BUF_INIT(VALUE_MAX);
	struct word w = {0}, next = {0};
	size_t at, gap;

	(void)word_at(s, &w);
	word_decode(&raw, &w);
	for (at = w.len;; at = gap + next.len) {
		for (gap = at; gap < s.len && isspace(s.at[gap]);)
			gap++;
		if (!word_at(BYTES(s.at + gap, s.len - gap), &next))
			break;
		at = gap; /* white space between words is none */
		if (strcasecmp(next.charset, w.charset) != 0)
			break;
		word_decode(&raw, &next);
	}
	(void)charset_decode(out, buf_bytes(&raw), w.charset);
	buf_free(&raw);
	return at;
}

/* Where the last encoded word can end: no further one is looked for behind it, each to the value's end. */
static size_t
last_end(struct bytes s)
{
	size_t i = s.len;

	while (i >= 2 && !(s.at[i - 2] == '?' && s.at[i - 1] == '='))
		i--;
	return i >= 2 ? i - 2 : 0;
}

/* Decode without judging what comes out: line ends may still be in it. */
static void
decode(struct buf *out, struct bytes s)
{
	struct word w;
	size_t at = 0, plain = 0, last = last_end(s);

	while (at < s.len) {
		if (s.at[at] != '=' || at >= last || !word_at(BYTES(s.at + at, s.len - at), &w)) {
			at++;
			continue;
		}
		(void)charset_decode(out, BYTES(s.at + plain, at - plain), "");
		at += words_decode(out, BYTES(s.at + at, s.len - at));
		plain = at;
	}
	(void)charset_decode(out, BYTES(s.at + plain, s.len - plain), "");
}

/* A copy of s on one line: unfolded, control characters out, trimmed. */
static const char *
one_line(struct arena *a, const char *s)
{
	struct buf flat = BUF_INIT(VALUE_MAX), out = BUF_INIT(VALUE_MAX);
	const char *kept;

	for (const char *p = s; *p; p++)
		if (*p != '\r' && *p != '\n') /* folding: the white space behind it stays */
			buf_ch(&flat, *p);
	text_plain(&out, flat.at ? flat.at : "", 0);
	while (out.len && out.at[out.len - 1] == ' ')
		out.len--;
	kept = out.at ? out.at : "";
	while (out.len && *kept == ' ') {
		kept++;
		out.len--;
	}
	kept = arena_dup0(a, kept, out.len);
	buf_free(&flat);
	buf_free(&out);
	return kept;
}

const char *
header_text(struct arena *a, struct bytes raw)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	const char *s;

	decode(&b, raw);
	s = one_line(a, b.at ? b.at : "");
	buf_free(&b);
	return s;
}

/* ---- parameters ---- */

const char *
header_token(struct arena *a, struct bytes raw)
{
	struct buf b = BUF_INIT(256);
	char *s;

	for (size_t i = 0; i < raw.len && raw.at[i] != ';' && raw.at[i] != '('; i++)
		if (raw.at[i] > ' ' && raw.at[i] < 0x7F && raw.at[i] != '"')
			buf_ch(&b, (char)tolower(raw.at[i]));
	s = arena_dup0(a, b.at ? b.at : "", b.len);
	buf_free(&b);
	return s;
}

struct piece {
	int index;     /* -1: not numbered */
	bool extended; /* percent-encoded, with a charset in the first */
	struct bytes value;
};

/* "name", "name*", "name*2", "name*2*": is it the one we look for? */
static bool
piece_name(struct bytes got, const char *want, struct piece *p)
{
	size_t n = strlen(want);

	if (got.len < n || strncasecmp((const char *)got.at, want, n) != 0)
		return false;
	p->index = -1;
	p->extended = false;
	if (got.len == n)
		return true;
	if (got.at[n] != '*')
		return false;
	p->extended = got.at[got.len - 1] == '*';
	p->index = 0;
	for (n++; n < got.len && isdigit(got.at[n]) && p->index < 10000; n++)
		p->index = p->index * 10 + (got.at[n] - '0');
	return n == got.len || (n + 1 == got.len && got.at[n] == '*');
}

/* A value at *at: quoted, or all up to the next ";" (names with spaces and no quotes are common). */
static struct bytes
piece_value(struct arena *a, struct bytes s, size_t *at)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	struct bytes v;
	bool quoted = *at < s.len && s.at[*at] == '"';

	for (*at += quoted; *at < s.len; (*at)++) {
		unsigned char c = s.at[*at];

		if (quoted ? c == '"' : c == ';')
			break;
		if (quoted && c == '\\' && s.len - *at > 1 && strchr("\"\\", s.at[*at + 1]))
			c = s.at[++*at];
		if (c != '\r' && c != '\n')
			buf_ch(&b, (char)c);
	}
	while (!quoted && b.len && isspace((unsigned char)b.at[b.len - 1]))
		b.len--;
	while (*at < s.len && s.at[*at] != ';')
		(*at)++;
	v = BYTES(arena_dup0(a, b.at ? b.at : "", b.len), b.len);
	buf_free(&b);
	return v;
}

/* All pieces of the parameter, in the order in which they stand. */
static size_t
pieces_collect(struct arena *a, struct bytes s, const char *name, struct piece *out)
{
	size_t n = 0, at = 0;
	bool quoted = false;

	for (; at < s.len && (quoted || s.at[at] != ';'); at++)
		quoted ^= s.at[at] == '"';
	while (at < s.len && n < PIECES_MAX) {
		size_t begin = ++at, end;
		bool wanted;

		while (begin < s.len && isspace(s.at[begin]))
			begin++;
		for (at = begin; at < s.len && s.at[at] != '=' && s.at[at] != ';';)
			at++;
		for (end = at; end > begin && isspace(s.at[end - 1]);)
			end--;
		wanted = piece_name(BYTES(s.at + begin, end - begin), name, &out[n]);
		if (at >= s.len || s.at[at] == ';')
			continue;
		for (at++; at < s.len && isspace(s.at[at]);)
			at++;
		out[n].value = piece_value(a, s, &at);
		n += wanted;
	}
	return n;
}

static int
by_index(const void *x, const void *y)
{
	const struct piece *p = x, *q = y;

	return (p->index > q->index) - (p->index < q->index);
}

/* charset'language' before the first extended value. */
static void
take_charset(struct bytes *v, char *charset)
{
	const unsigned char *first = memchr(v->at, '\'', v->len), *second;

	if (!first || first - v->at >= CHARSET_MAX)
		return;
	second = memchr(first + 1, '\'', v->len - (size_t)(first + 1 - v->at));
	if (!second)
		return;
	memcpy(charset, v->at, (size_t)(first - v->at));
	charset[first - v->at] = '\0';
	*v = BYTES(second + 1, v->len - (size_t)(second + 1 - v->at));
}

const char *
header_param(struct arena *a, struct bytes raw, const char *name)
{
	struct piece pieces[PIECES_MAX + 1] = {0};
	struct buf utf8 = BUF_INIT(VALUE_MAX), joined = BUF_INIT(VALUE_MAX);
	char charset[CHARSET_MAX] = "";
	const char *value = NULL;
	bool extended = false;
	size_t n, i = 0;

	(void)charset_decode(&utf8, raw, "");
	n = pieces_collect(a, buf_bytes(&utf8), name, pieces);
	if (!n)
		goto out;
	qsort(pieces, n, sizeof *pieces, by_index);
	while (i + 1 < n && pieces[i].index < 0)
		i++; /* the numbered ones say more */
	for (; i < n; i++) {
		if (!pieces[i].extended) {
			buf_add(&joined, pieces[i].value.at, pieces[i].value.len);
			continue;
		}
		if (!extended)
			take_charset(&pieces[i].value, charset);
		extended = true;
		unhex(&joined, pieces[i].value, '%');
	}
	if (extended) {
		buf_clear(&utf8);
		(void)charset_decode(&utf8, buf_bytes(&joined), charset);
		value = one_line(a, utf8.at ? utf8.at : "");
	} else {
		value = header_text(a, buf_bytes(&joined));
	}
out:
	buf_free(&utf8);
	buf_free(&joined);
	return value;
}

/* ---- addresses ---- */

struct address_parse {
	struct arena *a;
	struct mail_address *out;
	size_t max, count;
	struct buf words, angle, comment; /* of the address that is open */
	bool has_angle;
};

static const char *
tidy_addr(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT(1024);
	const char *at = strrchr(s, '@');
	char *r;

	for (const char *p = s; *p; p++)
		if ((unsigned char)*p > ' ' && *p != 0x7F)
			buf_ch(&b, at && p > at ? (char)tolower((unsigned char)*p) : *p);
	r = arena_dup0(a, b.at ? b.at : "", b.len);
	buf_free(&b);
	return r;
}

static void
address_close(struct address_parse *p)
{
	const char *words = p->words.at ? p->words.at : "", *comment = p->comment.at ? p->comment.at : "";
	struct mail_address one = {"", ""};

	if (p->has_angle) {
		one.addr = tidy_addr(p->a, p->angle.at ? p->angle.at : "");
		one.name = header_text(p->a, bytes_str(words));
	} else if (strchr(words, '@')) {
		one.addr = tidy_addr(p->a, words);
	} else {
		one.name = header_text(p->a, bytes_str(words));
	}
	if (!*one.name)
		one.name = header_text(p->a, bytes_str(comment));
	if (*one.addr || *one.name || p->has_angle) {
		if (p->count < p->max)
			p->out[p->count] = one;
		p->count++;
	}
	buf_clear(&p->words);
	buf_clear(&p->angle);
	buf_clear(&p->comment);
	p->has_angle = false;
}

/* A quoted string at *s goes to out without its quotes. */
static const char *
address_quoted(struct buf *out, const char *s)
{
	for (s++; *s && *s != '"'; s++) {
		if (*s == '\\' && s[1])
			s++;
		buf_ch(out, *s);
	}
	return *s ? s : s - 1;
}

static const char *
address_comment(struct buf *out, const char *s)
{
	int depth = 0;

	for (; *s; s++) {
		if (*s == '(' && depth++ == 0)
			continue;
		if (*s == ')' && --depth == 0)
			return s;
		if (*s == '\\' && s[1])
			s++;
		buf_ch(out, *s);
	}
	return s - 1;
}

static const char *
address_angle(struct address_parse *p, const char *s)
{
	const char *end = strchr(s, '>');

	if (!end)
		end = s + strlen(s);
	buf_clear(&p->angle);
	buf_add(&p->angle, s + 1, (size_t)(end - s) - 1);
	p->has_angle = true;
	return *end ? end : end - 1;
}

size_t
header_addresses(struct arena *a, struct bytes raw, struct mail_address *out, size_t max)
{
	struct address_parse p = {.a = a,
	                          .out = out,
	                          .max = max,
	                          .words = BUF_INIT(VALUE_MAX),
	                          .angle = BUF_INIT(VALUE_MAX),
	                          .comment = BUF_INIT(VALUE_MAX)};
	struct buf utf8 = BUF_INIT(VALUE_MAX);

	(void)charset_decode(&utf8, raw, "");
	for (const char *s = utf8.at ? utf8.at : ""; *s; s++) {
		switch (*s) {
		case '"': s = address_quoted(&p.words, s); break;
		case '(': s = address_comment(&p.comment, s); break;
		case '<': s = address_angle(&p, s); break;
		case ':': buf_clear(&p.words); break; /* a group's name */
		case ',':
		case ';': address_close(&p); break;
		case '\r':
		case '\n': break;
		default: buf_ch(&p.words, *s);
		}
	}
	address_close(&p);
	buf_free(&utf8);
	buf_free(&p.words);
	buf_free(&p.angle);
	buf_free(&p.comment);
	return p.count;
}

size_t
header_ids(struct arena *a, struct bytes raw, const char **out, size_t max)
{
	const char *s = header_text(a, raw), *end;
	size_t n = 0;

	if (*s && !strchr(s, '<') && max) {
		out[0] = arena_fmt(a, "<%.*s>", (int)strcspn(s, " "), s);
		return 1;
	}
	while (n < max && (s = strchr(s, '<')) && (end = strchr(s, '>')) != NULL) {
		out[n++] = arena_dup0(a, s, (size_t)(end - s) + 1);
		s = end + 1;
	}
	return n;
}
