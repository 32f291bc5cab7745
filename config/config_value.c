/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/config_value.h"

#include "config/clock.h"
#include "config/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXT_MAX = 1000, ADDRESS_MAX = 254, FOUND_COLUMNS = 40 };

static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char DIGITS[] = "0123456789";

/* What a reader of one kind gets. */
struct source {
	const struct config_key *key;
	const config_setting_t *s; /* NULL: the fallback */
	const char *text;          /* of a string or a fallback, else NULL */
	const char *dir;
	struct arena *a;
};

static void
put_str(void *to, const char *s)
{
	*(const char **)to = s;
}

/* ---- kinds of strings ---- */

/* One line: nothing that could end a header, a log line or a terminal's peace of mind. */
static bool
is_line(const char *s)
{
	uint32_t c;

	if (!text_is_utf8(bytes_str(s)) || strlen(s) > TEXT_MAX)
		return false;
	while ((c = text_next(&s))) {
		if (text_is_unsafe(c))
			return false;
	}
	return true;
}

/* Only characters of the two sets in s[0..n). */
static bool
only(const char *s, size_t n, const char *set, const char *more)
{
	for (size_t i = 0; i < n; i++) {
		if (!s[i] || (!strchr(set, s[i]) && !strchr(DIGITS, s[i]) && !strchr(more, s[i])))
			return false;
	}
	return true;
}

static bool
is_domain(const char *s, size_t n)
{
	return n > 0 && n <= 253 && only(s, n, LETTERS, ".-") && s[0] != '.' && s[0] != '-' &&
	       s[n - 1] != '.' && s[n - 1] != '-' && !memmem(s, n, "..", 2);
}

/* What SMTP takes without quoting (RFC 5321, Dot-string); it goes out raw in MAIL FROM. */
static bool
is_address(const char *s)
{
	const char *at = strrchr(s, '@');

	return at && at > s && strlen(s) <= ADDRESS_MAX &&
	       only(s, (size_t)(at - s), LETTERS, ".!#$%&'*+-/=?^_`{|}~") &&
	       is_domain(at + 1, strlen(at + 1));
}

/* The first or second of the words in "a|b"; its length in *n_r. */
static const char *
word(const char *words, int i, size_t *n_r)
{
	const char *bar = strchr(words, '|');

	*n_r = i == 0 ? (size_t)(bar - words) : strlen(bar + 1);
	return i == 0 ? words : bar + 1;
}

/* scheme://host[:port] and no more: user, path and query have keys of their own or no meaning. */
static bool
is_url(const char *s, const char *schemes)
{
	const char *host = NULL, *name, *end;
	size_t n;
	long port;
	char *tail;

	for (int i = 0; i < 2 && !host; i++) {
		name = word(schemes, i, &n);
		if (strncmp(s, name, n) == 0 && strncmp(s + n, "://", 3) == 0)
			host = s + n + 3;
	}
	if (!host)
		return false;
	if (*host == '[') {
		n = strspn(host + 1, "0123456789abcdefABCDEF:.");
		end = host + 1 + n;
		if (n == 0 || *end++ != ']')
			return false;
	} else {
		end = host + strcspn(host, ":/");
		if (!is_domain(host, (size_t)(end - host)))
			return false;
	}
	if (*end == ':') {
		if (!strchr(DIGITS, end[1]))
			return false;
		port = strtol(end + 1, &tail, 10);
		if (port < 1 || port > 65535)
			return false;
		end = tail;
	}
	return *end == '\0' || strcmp(end, "/") == 0;
}

/* M- begins the numbers of messages without a registration. */
static bool
is_prefix(const char *s)
{
	size_t n = strlen(s);

	return n >= 2 && n <= 24 && only(s, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "-") && s[0] != '-' &&
	       s[n - 1] == '-' && strcmp(s, "M-") != 0;
}

/* ---- readers, one a kind ---- */

static bool
read_text(const struct source *f, void *to)
{
	if (!f->text || !is_line(f->text) || strlen(f->text) < (size_t)f->key->min)
		return false;
	put_str(to, arena_str(f->a, f->text));
	return true;
}

static bool
read_int(const struct source *f, void *to)
{
	long long v = 0;

	if (f->s) {
		if (config_setting_type(f->s) != CONFIG_TYPE_INT &&
		    config_setting_type(f->s) != CONFIG_TYPE_INT64)
			return false;
		v = config_setting_get_int64(f->s);
	} else {
		v = strtoll(f->text, NULL, 10);
	}
	if (v < f->key->min || v > f->key->max)
		return false;
	*(int *)to = (int)v;
	return true;
}

static bool
read_bool(const struct source *f, void *to)
{
	if (f->s && config_setting_type(f->s) != CONFIG_TYPE_BOOL)
		return false;
	*(bool *)to = f->s ? config_setting_get_bool(f->s) : strcmp(f->text, "true") == 0;
	return true;
}

static bool
read_choice(const struct source *f, void *to)
{
	for (int i = 0; f->text && i < 2; i++) {
		size_t n;
		const char *w = word(f->key->words, i, &n);

		if (strlen(f->text) == n && memcmp(f->text, w, n) == 0) {
			*(bool *)to = i == 1;
			return true;
		}
	}
	return false;
}

static bool
read_day(const struct source *f, void *to)
{
	return f->text && clock_parse_day(f->text, f->key->kind == KIND_DAY_END, to);
}

static bool
read_since(const struct source *f, void *to)
{
	if (f->text && strcmp(f->text, "start") == 0) {
		*(time_t *)to = 0;
		return true;
	}
	return read_day(f, to);
}

static bool
read_hour(const struct source *f, void *to)
{
	const char *s = f->text;

	if (!s || strlen(s) != 5 || s[2] != ':' || strspn(s, DIGITS) != 2 || strspn(s + 3, DIGITS) != 2 ||
	    strncmp(s, "23", 2) > 0 || strcmp(s + 3, "59") > 0)
		return false;
	*(int *)to = ((s[0] - '0') * 10 + s[1] - '0') * 60 + (s[3] - '0') * 10 + s[4] - '0';
	return true;
}

static bool
read_url(const struct source *f, void *to)
{
	if (!f->text || !is_url(f->text, f->key->words))
		return false;
	put_str(to, arena_str(f->a, f->text));
	return true;
}

static bool
read_path(const struct source *f, void *to)
{
	if (!read_text(f, to))
		return false;
	if (f->text[0] && f->text[0] != '/')
		put_str(to, arena_fmt(f->a, "%s/%s", strcmp(f->dir, "/") == 0 ? "" : f->dir, f->text));
	return true;
}

static bool
read_address(const struct source *f, void *to)
{
	bool none = f->text && !*f->text && !f->s; /* an optional key that is left out */

	if (!f->text || (!none && !is_address(f->text)))
		return false;
	put_str(to, arena_str(f->a, f->text));
	return true;
}

static bool
read_domain(const struct source *f, void *to)
{
	char *s;

	if (!f->text || !is_domain(f->text, strlen(f->text)))
		return false;
	s = arena_str(f->a, f->text);
	put_str(to, s);
	for (; *s; s++)
		*s = *s >= 'A' && *s <= 'Z' ? (char)(*s + ('a' - 'A')) : *s;
	return true;
}

static bool
read_zone(const struct source *f, void *to)
{
	if (!f->text || !clock_zone(f->text, NULL))
		return false;
	put_str(to, arena_str(f->a, f->text));
	return true;
}

static bool
read_prefix(const struct source *f, void *to)
{
	if (!f->text || !is_prefix(f->text))
		return false;
	put_str(to, arena_str(f->a, f->text));
	return true;
}

/* ---- writers, one a shape ---- */

static void
print_str(struct buf *b, const struct config_key *key, const void *from)
{
	(void)key;
	buf_ch(b, '"');
	for (const char *s = *(const char *const *)from; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_ch(b, '\\');
		buf_ch(b, *s);
	}
	buf_ch(b, '"');
}

static void
print_int(struct buf *b, const struct config_key *key, const void *from)
{
	(void)key;
	buf_fmt(b, "%d", *(const int *)from);
}

static void
print_bool(struct buf *b, const struct config_key *key, const void *from)
{
	(void)key;
	buf_str(b, *(const bool *)from ? "true" : "false");
}

static void
print_choice(struct buf *b, const struct config_key *key, const void *from)
{
	size_t n;
	const char *w = word(key->words, *(const bool *)from, &n);

	buf_fmt(b, "\"%.*s\"", (int)n, w);
}

static void
print_day(struct buf *b, const struct config_key *key, const void *from)
{
	time_t t = *(const time_t *)from;
	char out[CLOCK_RFC3339_MAX];

	if (t == 0 && key->kind == KIND_SINCE) {
		buf_str(b, "\"start\"");
		return;
	}
	/* one second earlier it is the day before, whose end this is */
	(void)clock_rfc3339(key->kind == KIND_DAY_END ? t - 1 : t, out);
	buf_fmt(b, "\"%.10s\"", out);
}

static void
print_hour(struct buf *b, const struct config_key *key, const void *from)
{
	(void)key;
	buf_fmt(b, "\"%02d:%02d\"", *(const int *)from / 60, *(const int *)from % 60);
}

/* ---- the table of kinds ---- */

static const struct kind {
	bool (*read)(const struct source *f, void *to);
	void (*print)(struct buf *b, const struct config_key *key, const void *from);
	const char *expected; /* NULL: depends on the key */
} kinds[] = {
        [KIND_TEXT] = {read_text, print_str, NULL},
        [KIND_INT] = {read_int, print_int, NULL},
        [KIND_BOOL] = {read_bool, print_bool, "true or false"},
        [KIND_CHOICE] = {read_choice, print_choice, NULL},
        [KIND_DAY] = {read_day, print_day, "a day like \"2022-06-30\""},
        [KIND_DAY_END] = {read_day, print_day, "a day like \"2022-06-30\""},
        [KIND_SINCE] = {read_since, print_day, "\"start\" or a day like \"2022-06-30\""},
        [KIND_HOUR] = {read_hour, print_hour, "a time of day like \"08:30\""},
        [KIND_URL] = {read_url, print_str, NULL},
        [KIND_PATH] = {read_path, print_str, "a path in quotes"},
        [KIND_ADDRESS] = {read_address, print_str, "an address like \"name@example.org\""},
        [KIND_DOMAIN] = {read_domain, print_str, "a domain like \"example.org\""},
        [KIND_ZONE] = {read_zone, print_str, "a time zone of this system, like \"Asia/Shanghai\""},
        [KIND_PREFIX] =
                {read_prefix, print_str,
                 "2 to 24 capital letters, digits and dashes, a dash at the end, like \"CYMP-2022-\" (M- is "
                 "taken)"},
};
_Static_assert(sizeof kinds / sizeof *kinds == KIND_SCALARS, "a row for each kind of one value");

bool
config_value_read(const struct config_key *key, const config_setting_t *s, const char *dir, struct arena *a,
                  void *to)
{
	struct source f = {.key = key, .s = s, .dir = dir, .a = a};

	f.text = s ? config_setting_get_string(s) : key->fallback;
	return kinds[key->kind].read(&f, to);
}

void
config_value_print(struct buf *b, const struct config_key *key, const void *from)
{
	kinds[key->kind].print(b, key, from);
}

static void
expect_words(struct buf *b, const struct config_key *key)
{
	size_t n, m;
	const char *v = word(key->words, 0, &n), *w = word(key->words, 1, &m);

	if (key->kind == KIND_CHOICE)
		buf_fmt(b, "\"%.*s\" or \"%.*s\"", (int)n, v, (int)m, w);
	else
		buf_fmt(b, "a server like \"%.*s://host\" or \"%.*s://host:port\"", (int)n, v, (int)m, w);
}

void
config_value_expected(struct buf *b, const struct config_key *key)
{
	switch (key->kind) {
	case KIND_TEXT: buf_str(b, key->min ? "a line of text" : "a line of text, or \"\""); break;
	case KIND_INT:
		buf_fmt(b, "a whole number%s%s from %d to %d", key->unit ? " of " : "",
		        key->unit ? key->unit : "", key->min, key->max);
		break;
	case KIND_CHOICE:
	case KIND_URL: expect_words(b, key); break;
	case KIND_LIST: buf_fmt(b, "a list of %d to %d strings: [\"…\", \"…\"]", key->min, key->max); break;
	case KIND_GROUP: buf_str(b, "a group: { … }"); break;
	case KIND_GROUPS:
		buf_fmt(b, "a list of %d to %d groups: ( { … }, { … } )", key->min, key->max);
		break;
	default: buf_str(b, kinds[key->kind].expected); break;
	}
}

void
config_value_found(struct buf *b, const config_setting_t *s)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		buf_ch(b, '"');
		text_plain(b, config_setting_get_string(s), FOUND_COLUMNS);
		buf_ch(b, '"');
		break;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64: buf_fmt(b, "%lld", config_setting_get_int64(s)); break;
	case CONFIG_TYPE_FLOAT: buf_fmt(b, "%g", config_setting_get_float(s)); break;
	case CONFIG_TYPE_BOOL: buf_str(b, config_setting_get_bool(s) ? "true" : "false"); break;
	case CONFIG_TYPE_GROUP: buf_str(b, "a group"); break;
	default: buf_fmt(b, "a list of %d", config_setting_length(s)); break;
	}
}
