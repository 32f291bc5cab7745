/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/mail_guard.h"

#include "parsers/mail.h"

#include <string.h>
#include <strings.h>

enum {
	DASHES_MAX = 10 * MAIL_PARTS_MAX, /* lines that may be a boundary: lists and signatures have some */
	NESTERS_MAX = MAIL_PARTS_MAX, /* mentions of multipart/ and message/: each may go a level deeper */
};

static bool
line_starts(struct bytes line, const char *word)
{
	size_t n = strlen(word);

	return line.len >= n && strncasecmp((const char *)line.at, word, n) == 0;
}

static bool
is_address_field(struct bytes line)
{
	static const char *const fields[] = {
	        "to:",     "cc:",       "bcc:",    "from:",
	        "sender:", "reply-to:", "resent-", "disposition-notification-to:"};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (line_starts(line, fields[i]))
			return true;
	return false;
}

/* Signs that open or part something in an address list. */
static size_t
address_signs(struct bytes line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.len; i++)
		n += line.at[i] == ':' || line.at[i] == ',' || line.at[i] == '(' || line.at[i] == '<' ||
		     line.at[i] == ';';
	return n;
}

/* "multipart/" and "message/" in a line, in any case. */
static size_t
nesters(struct bytes line)
{
	size_t n = 0;

	for (size_t i = 0; i + 8 < line.len; i++)
		if ((line.at[i] | 0x20) == 'm' &&
		    (line_starts(BYTES(line.at + i, line.len - i), "multipart/") ||
		     line_starts(BYTES(line.at + i, line.len - i), "message/")))
			n++;
	return n;
}

/* A field of a header, or a further line of one (RFC 5322 2.2). */
static bool
is_header_line(struct bytes line)
{
	size_t n = 0;

	while (n < line.len && line.at[n] > ' ' && line.at[n] < 0x7F && line.at[n] != ':')
		n++;
	return line.at[0] == ' ' || line.at[0] == '\t' || (n > 0 && n < line.len && line.at[n] == ':');
}

/* The header that a line may belong to. */
struct header {
	size_t len;  /* bytes so far; 0: none is open */
	bool holder; /* it tells of parts or a message within, whose own header comes behind the blank line */
};

/* One begins at the start, behind what may be a boundary, and at the start of a message within. */
static void
go_on_header(struct header *h, struct bytes line)
{
	bool blank = line.at[0] == '\n' || line.at[0] == '\r';

	if (line_starts(line, "--") || (blank && h->len && h->holder))
		*h = (struct header){.len = 1};
	else if (h->len && is_header_line(line))
		*h = (struct header){h->len + line.len, h->holder || nesters(line) > 0};
	else
		*h = (struct header){0};
}

const char *
mail_guard(struct bytes message)
{
	size_t dashes = 0, deep = 0, signs = 0, at = 0;
	struct header header = {.len = 1};
	bool addresses = false;

	if (message.len > MAIL_BYTES_MAX)
		return "a message beyond all measure";
	while (at < message.len) {
		const unsigned char *end = memchr(message.at + at, '\n', message.len - at);
		size_t next = end ? (size_t)(end - message.at) + 1 : message.len;
		struct bytes line = BYTES(message.at + at, next - at);

		if (line.at[0] != ' ' && line.at[0] != '\t') {
			addresses = is_address_field(line);
			signs = 0;
		}
		if (addresses && (signs += address_signs(line)) > 3 * MAIL_ADDRESSES_MAX)
			return "too many addresses";
		if (line_starts(line, "--") && ++dashes > DASHES_MAX)
			return "too many parts";
		go_on_header(&header, line);
		if (header.len > MAIL_HEADER_MAX)
			return "a part's header is too long";
		if ((deep += nesters(line)) > NESTERS_MAX)
			return "parts too deep in each other";
		at = next;
	}
	return NULL;
}
