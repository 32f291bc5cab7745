/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/mht.h"

#include "config/mem.h"
#include "parsers/html.h"
#include "parsers/mail.h"

#include <ctype.h>
#include <string.h>

enum { HEAD_MAX = 4096 };

/* Does a line of the head begin so? */
static bool
has_line(const char *head, const char *begin)
{
	const char *s;

	for (s = head; s; s = strchr(s, '\n'), s = s ? s + 1 : NULL)
		if (strncasecmp(s, begin, strlen(begin)) == 0)
			return true;
	return false;
}

static bool
mht_is(const struct source *s)
{
	struct buf head = BUF_INIT(HEAD_MAX);
	bool is = false;

	if (!s->data.len || !isalpha(s->data.at[0]))
		return false;
	buf_add(&head, s->data.at, s->data.len < HEAD_MAX ? s->data.len : HEAD_MAX);
	is = has_line(head.at, "MIME-Version:") && !has_line(head.at, "Received:") &&
	     !has_line(head.at, "Message-ID:") && !has_line(head.at, "To:") &&
	     (has_line(head.at, "Content-Location:") || has_line(head.at, "Snapshot-Content-Location:") ||
	      has_line(head.at, "X-Document-Type:") || has_line(head.at, "X-MimeOLE:"));
	buf_free(&head);
	return is;
}

static bool
mht_read(const struct source *s, struct document *d, struct err *e)
{
	struct arena *a = arena_new();
	struct mail *m = NULL;
	const struct mail_part *p;
	struct source page;
	bool ok = true, found = false;

	mail_init();
	if (!mail_open(&m, a, s->data, NULL)) {
		ok = err_set(e, ERR_DAMAGED, "the web archive has no header that can be read");
		goto out;
	}
	for (p = m->parts; p && ok; p = p->next) {
		if (strncmp(p->type, "image/", 6) == 0) /* a scan on a page that Word saved */
			doc_picture(d, p->data);
		if (strcmp(p->type, "text/html") != 0)
			continue;
		page = (struct source){.data = p->data,
		                       .name = "",
		                       .type = p->type,
		                       .charset = p->charset,
		                       .passwords = s->passwords};
		ok = html_reader.read(&page, d, e);
		found = true;
	}
	if (ok && !found)
		ok = err_set(e, ERR_DAMAGED, "the web archive holds no page");
	else if (ok && m->too_large)
		ok = err_set(e, ERR_TOO_LARGE, "the web archive holds more than is read: %s",
		             m->too_large_why);
out:
	arena_free(a);
	return ok;
}

const struct reader mht_reader = {
        .name = "mht",
        .extension = "mht",
        .is = mht_is,
        .read = mht_read,
};
