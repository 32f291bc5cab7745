/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/imap_read.h"

#include "config/mem.h"
#include "daemon/imap_cursor.h"

#include <stdlib.h>
#include <string.h>

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
	if (!cursor_number64(&c, UINT64_MAX / 4, n_r))
		/* digits that no size holds are a size that is too large; else it is no literal */
		*n_r = UINT64_MAX;
	while (c.p < c.end && *c.p >= '0' && *c.p <= '9')
		c.p++;
	if (c.p == line + open + 1)
		return false;
	(void)cursor_take(&c, '+');
	return cursor_take(&c, '}') && c.p == c.end;
}

/* The line of len bytes at r->line is whole (next is behind its LF). Is the response? */
static enum imap_read
end_of_line(struct imap_reader *r, size_t len, size_t next, struct err *e)
{
	uint64_t n = 0;

	if (r->first_line)
		r->data = imap_response_is_data(r->at + r->line, len);
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
			size_t whole = r->line + len;

			r->done = r->line = r->scan = end + 1;
			r->literals = 0;
			r->first_line = true;
			if (imap_response_read(r->at, whole, resp_r))
				return IMAP_READ_RESPONSE;
			err_set(e, ERR_PROTOCOL, "the server's response cannot be read");
			return IMAP_READ_BROKEN;
		}
		if (answer == IMAP_READ_BROKEN)
			return answer;
	}
	return IMAP_READ_MORE;
}
