/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/mask.h"

#include "config/buf.h"
#include "config/json_value.h"
#include "config/text.h"

#include <ctype.h>
#include <string.h>

enum {
	NAMES_AT_FIRST = 64,
	TEXT_MAX = 64 << 20,
	NUMBER_DIGITS = 7, /* fewer are no telephone number: postcodes, codes of divisions */
	KEEP_DIGITS = 2,
	NAME_CHARS_MAX = 12, /* more are a sentence */
};

struct mask {
	struct arena *arena;
	const char **names; /* longest first where one begins another */
	size_t count, cap;
};

struct mask *
mask_new(struct arena *a)
{
	struct mask *m = arena_alloc(a, 1, sizeof *m);

	m->arena = a;
	m->cap = NAMES_AT_FIRST;
	m->names = arena_alloc(a, m->cap, sizeof *m->names);
	return m;
}

/* ---- names ---- */

static const char *
done(const struct mask *m, struct buf *b)
{
	const char *kept = arena_str(m->arena, b->at ? b->at : "");

	buf_free(b);
	return kept;
}

/* The first n characters of s as they stand, as bytes. */
static size_t
bytes_of(const char *s, size_t n)
{
	const char *at = s;

	while (n-- > 0 && *at)
		(void)text_next(&at);
	return (size_t)(at - s);
}

static void
hide(struct buf *b, const char *name)
{
	size_t n = text_count(name), last = n > 2 ? bytes_of(name, n - 1) : 0;

	buf_add(b, name, bytes_of(name, 1));
	for (size_t i = n > 2 ? 2 : 1; i < n; i++)
		buf_ch(b, '*');
	if (last)
		buf_str(b, name + last);
}

const char *
mask_person(const struct mask *m, const char *person)
{
	struct buf b = BUF_INIT(TEXT_MAX);

	if (!m || !person)
		return person;
	hide(&b, person);
	return done(m, &b);
}

/* Is word an office or a position, and nobody's name? */
static bool
is_position(const struct form *f, const char *word)
{
	static const char *const offices[] = {"局", "科", "处", "室", "部", "委", "办", "中心", "公司", NULL};
	struct buf folded = BUF_INIT(1000);
	bool is;

	text_fold(&folded, word);
	is = form_has_word(f->words_position, folded.at ? folded.at : "");
	buf_free(&folded);
	for (size_t i = 0; offices[i] && !is; i++) {
		size_t len = strlen(word), n = strlen(offices[i]);

		is = len >= n && strcmp(word + len - n, offices[i]) == 0;
	}
	return is;
}

/* No ceiling: what is not learnt is not hidden, and a campaign has thousands of names. */
static void
make_room(struct mask *m)
{
	const char **more;

	if (m->count < m->cap)
		return;
	more = arena_alloc(m->arena, 2 * m->cap, sizeof *more);
	memcpy(more, m->names, m->count * sizeof *more);
	m->names = more;
	m->cap *= 2;
}

static void
learn_word(struct mask *m, const struct form *f, const char *word)
{
	size_t n = text_count(word), k = m->count;

	if (n < 2 || n > NAME_CHARS_MAX || strchr(word, '@') || is_position(f, word))
		return;
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->names[i], word) == 0)
			return;
	make_room(m);
	while (k > 0 && strlen(m->names[k - 1]) < strlen(word)) {
		m->names[k] = m->names[k - 1];
		k--;
	}
	m->names[k] = arena_str(m->arena, word);
	m->count++;
}

/* Words are parted by anything that is neither a letter nor a character of a name. */
static bool
parts(uint32_t c)
{
	return text_is_space(c) || (c < 128 && !isalnum((int)c)) || (c >= 0x3000 && c <= 0x303f) ||
	       (c >= 0xff00 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20);
}

void
mask_learn(struct mask *m, const struct form *f, const char *person)
{
	struct buf word = BUF_INIT(1000);
	uint32_t c;

	if (!m || !person)
		return;
	do {
		const char *at = person;

		c = text_next(&person);
		if (c && !parts(c)) {
			buf_add(&word, at, (size_t)(person - at));
			continue;
		}
		if (word.len)
			learn_word(m, f, word.at);
		buf_clear(&word);
	} while (c);
	buf_free(&word);
}

void
mask_learn_form(struct mask *m, const struct form *f, const json_t *form)
{
	for (size_t i = 0; m && i < f->field_count; i++)
		if (f->fields[i].kind == FORM_CONTACT)
			mask_learn(m, f, json_text(form, f->fields[i].key));
}

/* ---- what is known by its look ---- */

static bool
joins_word(unsigned char c)
{
	return isalnum(c) || c == '-' || c == '_' || c == '.';
}

/* The character at *s, which moves behind it: half-width, a dash of any kind as '-', a blank as ' '. */
static uint32_t
next_sign(const char **s)
{
	uint32_t c = text_next(s);

	if (c > 0xFF00 && c <= 0xFF5E)
		c -= 0xFEE0;
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63)
		return '-';
	return c == 0x3000 || c == 0xA0 ? ' ' : c;
}

/* The one before *s, which moves there; 0: there is none. */
static uint32_t
last_sign(const char *text, const char **s)
{
	const char *at;

	if (*s == text)
		return 0;
	do
		(*s)--;
	while (*s > text && ((unsigned char)**s & 0xC0) == 0x80);
	at = *s;
	return next_sign(&at);
}

static bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Does a word of ours end before s, that goes on with it: CYMP-2022-0042, a hash? */
static bool
goes_on(const char *text, const char *s)
{
	uint32_t c;

	do
		c = last_sign(text, &s);
	while (c == '-' || c == '_' || c == '.');
	return is_digit(c) || is_letter(c);
}

/* "2022-06-10": a day, which nobody dials. */
static bool
is_day(const char *s)
{
	static const char day[] = "0000-00-00";

	for (const char *d = day; *d; d++) {
		uint32_t c = next_sign(&s);

		if (*d == '0' ? !is_digit(c) : c != (uint32_t)*d)
			return false;
	}
	return !is_digit(next_sign(&s));
}

/* How many bytes the telephone number has that begins at s; 0: none does. */
static size_t
number_at(const char *text, const char *s)
{
	size_t digits = 0;
	const char *at = s, *end = s;
	uint32_t c = next_sign(&at);

	if ((c != '+' && !is_digit(c)) || goes_on(text, s))
		return 0;
	for (; is_digit(c) || (c && c < 128 && strchr("+-() ", (int)c)); c = next_sign(&at)) {
		if (is_digit(c)) {
			digits++;
			end = at;
		}
	}
	at = end;
	if (digits < NUMBER_DIGITS || is_letter(next_sign(&at)) || is_day(s))
		return 0;
	return (size_t)(end - s);
}

static void
hide_number(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len;
	size_t digits = 0, seen = 0;

	for (const char *at = s; at < end;)
		digits += is_digit(next_sign(&at));
	while (s < end) {
		const char *at = s;
		bool digit = is_digit(next_sign(&s));

		seen += digit;
		if (digit && seen + KEEP_DIGITS <= digits)
			buf_ch(b, '*');
		else
			buf_add(b, at, (size_t)(s - at));
	}
}

/* How long the local part is that begins at s and is followed by an @ and a domain; 0: none. */
static size_t
local_part_at(const char *text, const char *s)
{
	size_t len = 0;

	if (s > text && (joins_word((unsigned char)s[-1]) || s[-1] == '+'))
		return 0;
	while (joins_word((unsigned char)s[len]) || s[len] == '+')
		len++;
	return len && s[len] == '@' && isalnum((unsigned char)s[len + 1]) ? len : 0;
}

static size_t
name_at(const struct mask *m, const char *s)
{
	for (size_t i = 0; i < m->count; i++)
		/* the first byte first: there are thousands of names, and this is asked at each character */
		if (*s == *m->names[i] && strncmp(s, m->names[i], strlen(m->names[i])) == 0)
			return i;
	return m->count;
}

const char *
mask_text(const struct mask *m, const char *text)
{
	struct buf b = BUF_INIT(TEXT_MAX);

	if (!m || !text)
		return text;
	for (const char *s = text; *s;) {
		size_t len, name;

		if ((len = local_part_at(text, s)) > 0) {
			buf_ch(&b, s[0]);
			buf_ch(&b, '*');
		} else if ((len = number_at(text, s)) > 0) {
			hide_number(&b, s, len);
		} else if ((name = name_at(m, s)) < m->count) {
			len = strlen(m->names[name]);
			hide(&b, m->names[name]);
		} else {
			len = bytes_of(s, 1);
			buf_add(&b, s, len);
		}
		s += len;
	}
	return done(m, &b);
}

static bool
is_spared(const char *key, const char *const *spared)
{
	for (; spared && *spared; spared++)
		if (strcmp(key, *spared) == 0)
			return true;
	return false;
}

void
mask_json(const struct mask *m, json_t *o, const char *const *spared)
{
	const char *key;
	json_t *v;
	void *next;
	size_t i;

	if (!m)
		return;
	if (json_is_string(o))
		(void)json_string_set(o, mask_text(m, json_string_value(o)));
	json_array_foreach(o, i, v) mask_json(m, v, spared);
	json_object_foreach_safe(o, next, key, v)
	{
		if (!is_spared(key, spared))
			mask_json(m, v, spared);
	}
}
