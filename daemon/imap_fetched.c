/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/imap_fetched.h"

#include "daemon/imap_cursor.h"

#include <string.h>
#include <strings.h>

static bool
number_up_to(struct cursor *c, int max, int *n_r)
{
	uint32_t n = 0;

	if (!cursor_number32(c, &n) || n > (uint32_t)max)
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

/* date-time of RFC 3501 9: "17-Jul-1996 02:44:25 -0700". */
static bool
date_time(struct bytes b, time_t *t_r)
{
	struct cursor c = {(unsigned char *)b.at, (unsigned char *)b.at + b.len};
	struct tm tm = {0};
	int year = 0, zone = 0;
	bool west = false;

	cursor_spaces(&c);
	if (!number_up_to(&c, 31, &tm.tm_mday) || tm.tm_mday == 0 || !cursor_take(&c, '-') ||
	    !month(&c, &tm.tm_mon) || !cursor_take(&c, '-') || !number_up_to(&c, 9999, &year) ||
	    year < 1970 || !cursor_take(&c, ' '))
		return false;
	if (!number_up_to(&c, 23, &tm.tm_hour) || !cursor_take(&c, ':') ||
	    !number_up_to(&c, 59, &tm.tm_min) || !cursor_take(&c, ':') || !number_up_to(&c, 60, &tm.tm_sec) ||
	    !cursor_take(&c, ' '))
		return false;
	west = cursor_take(&c, '-');
	if ((!west && !cursor_take(&c, '+')) || c.end - c.p != 4 || !number_up_to(&c, 2359, &zone) ||
	    c.p != c.end)
		return false;
	tm.tm_year = year - 1900;
	zone = (zone / 100 * 60 + zone % 100) * 60;
	*t_r = timegm(&tm) - (west ? -zone : zone);
	return true;
}

static bool
read_flags(struct cursor *c, struct imap_fetched *f)
{
	if (!cursor_take(c, '('))
		return false;
	f->has_flags = true;
	f->answered = false;
	for (int n = 0; n < IMAP_ITEMS_MAX; n++) {
		struct bytes flag = {0};

		cursor_spaces(c);
		if (cursor_take(c, ')'))
			return true;
		flag = cursor_atom(c);
		if (flag.len == 0)
			return false;
		if (atom_is(flag, "\\Answered"))
			f->answered = true;
	}
	return false;
}

static bool
read_date(struct cursor *c, struct imap_fetched *f)
{
	struct bytes b = {0};
	bool nil = false;

	if (!cursor_string(c, &b, &nil))
		return false;
	f->has_date = !nil && date_time(b, &f->date);
	return true;
}

static bool
read_body(struct cursor *c, struct bytes name, struct imap_fetched *f)
{
	bool nil = false;

	if (!cursor_string(c, &f->body, &nil))
		return false;
	f->has_body = !nil;
	f->partial = name.at[name.len - 1] == '>';
	return true;
}

/* Of "BODY[HEADER.FIELDS (X)]<0>" the section whole. Elsewhere a bracket is a character as others are:
 * "$[urgent" may be somebody's keyword. */
static struct bytes
item_name(struct cursor *c)
{
	unsigned char *begin = c->p;
	struct bytes name = cursor_atom(c);

	if (memchr(begin, '[', name.len) && !memchr(begin, ']', name.len)) {
		while (c->p < c->end && *c->p != ']' && *c->p != '\n')
			c->p++;
		(void)cursor_atom(c);
	}
	return BYTES(begin, (size_t)(c->p - begin));
}

static bool
read_item(struct cursor *c, struct imap_fetched *f)
{
	struct bytes name = item_name(c);

	if (name.len == 0)
		return false;
	cursor_spaces(c);
	if (atom_is(name, "UID")) {
		f->has_uid = cursor_number32(c, &f->uid) && f->uid != 0;
		return f->has_uid;
	}
	if (atom_is(name, "RFC822.SIZE")) {
		f->has_size = cursor_number64(c, UINT64_MAX / 2, &f->size);
		return f->has_size;
	}
	if (atom_is(name, "INTERNALDATE"))
		return read_date(c, f);
	if (atom_is(name, "FLAGS"))
		return read_flags(c, f);
	if (atom_is(name, "BODY[]") || atom_is(name, "BODY[]<0>") || atom_is(name, "BODY[TEXT]") ||
	    atom_is(name, "RFC822"))
		return read_body(c, name, f);
	return cursor_skip(c);
}

bool
imap_fetched_read(struct cursor *c, struct imap_fetched *f)
{
	cursor_spaces(c);
	if (!cursor_take(c, '('))
		return false;
	for (int n = 0; n < IMAP_ITEMS_MAX; n++) {
		cursor_spaces(c);
		if (cursor_take(c, ')'))
			return true;
		if (!read_item(c, f))
			return false;
	}
	return false;
}
