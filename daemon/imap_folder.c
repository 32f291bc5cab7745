/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a folder for reading, and searching in it (RFC 3501 6.3.2 and 6.4.4). */
#include "daemon/imap_dialogue.h"

#include <string.h>

enum { SINCE_SLACK = 2 * 24 * 60 * 60 };

static bool
on_examine(struct imap *m, void *context, const struct imap_response *r, struct err *e)
{
	struct imap_folder *f = context;
	uint32_t n = 0;

	(void)m, (void)e;
	if (r->word == IMAP_EXISTS)
		f->exists = r->number;
	else if (imap_code_number(r, "UIDVALIDITY", &n))
		f->uidvalidity = n;
	else if (imap_code_number(r, "UIDNEXT", &n))
		f->uidnext = n;
	return true;
}

/* folder as a quoted string of modified UTF-7. */
static bool
quote_folder(struct buf *b, const char *folder)
{
	struct buf name = BUF_INIT(2000);
	bool ok = imap_folder_name(&name, folder) && name.len && !name.over;

	buf_ch(b, '"');
	for (size_t i = 0; ok && i < name.len; i++) {
		if (name.at[i] == '"' || name.at[i] == '\\')
			buf_ch(b, '\\');
		buf_ch(b, name.at[i]);
	}
	buf_ch(b, '"');
	buf_free(&name);
	return ok;
}

bool
imap_examine(struct imap *m, const char *folder, struct imap_folder *f_r, struct err *e)
{
	struct buf b = BUF_INIT(4100);
	bool ok = false, refused = false;

	*f_r = (struct imap_folder){0};
	m->exists = 0;
	if (!quote_folder(&b, folder)) {
		err_set(e, ERR_CONFIG, "%s: a folder's name must be UTF-8, and not empty", m->name);
		goto out;
	}
	if (!dialogue_ask(m, on_examine, f_r, &refused, e, "EXAMINE %s", b.at))
		goto out;
	if (refused)
		err_set(e, ERR_NOT_FOUND, "%s: folder %s cannot be opened; the server said: %s", m->name,
		        b.at, m->said);
	else if (f_r->uidvalidity == 0)
		err_set(e, ERR_PROTOCOL, "%s: no UIDVALIDITY: mails could not be told apart", m->name);
	else
		ok = true;
	m->news = false;
out:
	buf_free(&b);
	return ok;
}

static bool
on_search(struct imap *m, void *context, const struct imap_response *r, struct err *e)
{
	if ((r->word == IMAP_SEARCH || r->word == IMAP_ESEARCH) && !imap_response_uids(r, context))
		return dialogue_broken(m, e, ERR_PROTOCOL, "its answer to SEARCH cannot be read");
	return true;
}

bool
imap_search_since(struct imap *m, time_t since, struct imap_uids *uids_r, struct err *e)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm = {0};

	*uids_r = (struct imap_uids){0};
	since -= SINCE_SLACK;
	(void)gmtime_r(&since, &tm);
	if (!dialogue_ask(m, on_search, uids_r, NULL, e, "UID SEARCH SINCE %d-%s-%04d", tm.tm_mday,
	                  months[tm.tm_mon], tm.tm_year + 1900)) {
		imap_uids_free(uids_r);
		return false;
	}
	imap_uids_sort(uids_r);
	return true;
}

bool
imap_search_from(struct imap *m, uint32_t first, struct imap_uids *uids_r, struct err *e)
{
	size_t below = 0;

	*uids_r = (struct imap_uids){0};
	if (!dialogue_ask(m, on_search, uids_r, NULL, e, "UID SEARCH UID %u:*", first)) {
		imap_uids_free(uids_r);
		return false;
	}
	imap_uids_sort(uids_r);
	while (below < uids_r->count && uids_r->at[below] < first)
		below++;
	if (below)
		memmove(uids_r->at, uids_r->at + below, (uids_r->count - below) * sizeof *uids_r->at);
	uids_r->count -= below;
	return true;
}
