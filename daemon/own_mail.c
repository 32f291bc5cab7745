/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/own_mail.h"

#include <string.h>
#include <strings.h>

/* The value of a header of ours, unfolded nowhere: mime.c writes both of these on one line. */
static struct bytes
header(struct bytes mail, const char *name)
{
	size_t n = strlen(name);

	while (mail.len) {
		size_t line = bytes_find(mail, "\n");
		size_t len = line;

		while (len && (mail.at[len - 1] == '\r'))
			len--;
		if (!len)
			break; /* the head ends here */
		if (len > n && strncasecmp((const char *)mail.at, name, n) == 0 && mail.at[n] == ':')
			return BYTES(mail.at + n + 1, len - n - 1);
		if (line == mail.len)
			break;
		mail = BYTES(mail.at + line + 1, mail.len - line - 1);
	}
	return BYTES(NULL, 0);
}

static struct bytes
trimmed(struct bytes b, const char *junk)
{
	while (b.len && strchr(junk, b.at[0]))
		b = BYTES(b.at + 1, b.len - 1);
	while (b.len && strchr(junk, b.at[b.len - 1]))
		b.len--;
	return b;
}

void
own_mail_head(void *context, struct bytes mail, struct buf *address, struct buf *message_id)
{
	struct bytes to = trimmed(header(mail, "To"), " \t<>"),
	             id = trimmed(header(mail, "Message-ID"), " \t");

	(void)context;
	buf_add(address, to.at, to.len);
	buf_add(message_id, id.at, id.len);
}
