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

const char *
mail_guard(struct bytes message)
{
	size_t dashes = 0, deep = 0, signs = 0, at = 0;
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
		if ((deep += nesters(line)) > NESTERS_MAX)
			return "parts too deep in each other";
		at = next;
	}
	return NULL;
}
