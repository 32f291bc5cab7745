/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/compare.h"

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/journal.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 23 * 3600 /* seconds: a little less, so that it does not creep */, UIDS_MAX = 100 };

void
compare_seen_free(void *seen)
{
	struct compare_seen *s = seen;

	if (!s)
		return;
	free(s->mailbox);
	free(s->folder);
	imap_uids_free(&s->there);
	imap_uids_free(&s->fresh);
	free(s);
}

static void
count_logged(const struct query_place_uid *u, struct comparison *r)
{
	if (u->kind == 'h')
		r->held++;
	else if (u->kind == 'r')
		r->recorded++;
	else
		r->left++;
}

void
compare_uids(const struct query_place_uid *logged, size_t count, const struct compare_seen *seen,
             struct comparison *r)
{
	size_t k = 0;

	*r = (struct comparison){.on_server = (int64_t)seen->there.count};
	for (size_t i = 0; i < seen->there.count; i++) {
		uint32_t uid = seen->there.at[i];

		for (; k < count && logged[k].uid < uid; k++)
			r->gone += logged[k].kind != 'h' && logged[k].received_at >= seen->since;
		if (k < count && logged[k].uid == uid) {
			count_logged(&logged[k++], r);
		} else if (uid > seen->top || imap_uids_has(&seen->fresh, uid)) {
			r->fresh++;
		} else {
			r->missing++;
			imap_uids_add(&r->missing_uids, uid);
		}
	}
	for (; k < count; k++)
		r->gone += logged[k].kind != 'h' && logged[k].received_at >= seen->since;
}

/* Is the last comparison of the folder of today? */
static bool
is_fresh(struct spool *s, struct arena *a, const struct compare_seen *seen, bool *fresh_r, struct err *e)
{
	struct query_comparison *list = NULL;
	size_t count = 0;
	time_t now = clock_now();

	*fresh_r = false;
	if (!query_comparisons(spool_index(s), a, now - DAY, true, &list, &count, e))
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].mailbox, seen->mailbox) == 0 &&
		    strcmp(list[i].folder, seen->folder) == 0 && list[i].uidvalidity == seen->uidvalidity)
			*fresh_r = list[i].at <= now;
	return true;
}

static json_t *
line_of(const struct compare_seen *seen, const struct comparison *c)
{
	json_t *uids = json_array(),
	       *line = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "event",
	                         "compared", "mailbox", seen->mailbox, "folder", seen->folder, "uidvalidity",
	                         (json_int_t)seen->uidvalidity, "on_server", (json_int_t)c->on_server,
	                         "recorded", (json_int_t)c->recorded, "left", (json_int_t)c->left, "held",
	                         (json_int_t)c->held, "new", (json_int_t)c->fresh, "missing",
	                         (json_int_t)c->missing, "gone", (json_int_t)c->gone, "uids", uids);

	if (!line)
		mem_die("writing a comparison");
	for (size_t i = 0; i < c->missing_uids.count && i < UIDS_MAX; i++)
		json_array_append_new(uids, json_integer(c->missing_uids.at[i]));
	return line;
}

bool
compare_stage(struct spool *s, const struct compare_seen *seen, struct err *e)
{
	struct query_place place = {seen->mailbox, seen->folder, seen->uidvalidity};
	struct arena *a = arena_new();
	struct query_place_uid *logged = NULL;
	struct comparison c = {0};
	size_t count = 0;
	bool fresh = false, ok = is_fresh(s, a, seen, &fresh, e);

	if (!ok || (fresh && !seen->asked))
		goto out;
	ok = query_place_uids(spool_index(s), a, &place, &logged, &count, e);
	if (!ok)
		goto out;
	compare_uids(logged, count, seen, &c);
	if (c.missing)
		journal_of(
		        JOURNAL_ERROR, &(struct journal_of){.mailbox = seen->mailbox},
		        "%s, folder %s: %lld of %lld mails had no line in the log; they are fetched again: "
		        "mingpianctl log --event compared",
		        seen->mailbox, seen->folder, (long long)c.missing, (long long)c.on_server);
	ok = spool_line(s, line_of(seen, &c), NULL, e);
out:
	imap_uids_free(&c.missing_uids);
	arena_free(a);
	return ok;
}
