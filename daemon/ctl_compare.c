/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/ctl_compare.h"

#include "config/credential.h"
#include "config/mem.h"
#include "daemon/compare.h"
#include "daemon/control.h"
#include "daemon/ctl_spool.h"
#include "daemon/imap.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_MS = 20000 };

/* What is not in the log is listed, as SEARCH names days and not times: only what came from since on counts.
 */
static bool
look(struct imap *m, const struct query_place_uid *logged, size_t count, struct compare_seen *seen,
     struct err *e)
{
	struct imap_uids all = {0}, known = {0}, unknown = {0};
	struct imap_heads heads = {0};
	bool ok = imap_search_since(m, seen->since, &all, e);

	for (size_t i = 0; i < count; i++)
		imap_uids_add(&known, logged[i].uid);
	imap_uids_sort(&known);
	seen->top = known.count ? known.at[known.count - 1] : 0;
	for (size_t i = 0; i < all.count; i++)
		imap_uids_add(imap_uids_has(&known, all.at[i]) ? &seen->there : &unknown, all.at[i]);
	ok = ok && (!unknown.count || imap_list(m, &unknown, &heads, e));
	for (size_t i = 0; ok && i < heads.count; i++)
		if (heads.at[i].internaldate >= seen->since)
			imap_uids_add(&seen->there, heads.at[i].uid);
	imap_uids_sort(&seen->there);
	imap_heads_free(&heads);
	imap_uids_free(&all);
	imap_uids_free(&known);
	imap_uids_free(&unknown);
	return ok;
}

static void
print(const struct ctl *c, const char *address, const char *folder, const struct comparison *r)
{
	const struct term *t = &c->term;

	term_put(t, r->missing ? TERM_BAD : TERM_GOOD, r->missing ? "wrong: " : "whole: ");
	term_text(t, TERM_PLAIN, address, 0);
	(void)fputs(", folder ", t->out);
	term_text(t, TERM_PLAIN, folder, 0);
	(void)fprintf(
	        t->out,
	        ": %lld mails: %lld recorded, %lld left, %lld held, %lld new, %lld missing; %lld gone\n",
	        (long long)r->on_server, (long long)r->recorded, (long long)r->left, (long long)r->held,
	        (long long)r->fresh, (long long)r->missing, (long long)r->gone);
	for (size_t i = 0; i < r->missing_uids.count; i++)
		(void)fprintf(t->out, "  UID %u has no line\n", r->missing_uids.at[i]);
}

static bool
compare_folder(struct ctl *c, struct imap *m, const struct config_mailbox *box, const char *folder,
               size_t *wrong, struct err *e)
{
	struct compare_seen seen = {.since = c->config->campaigns[0].since};
	struct query_place place = {box->address, folder, 0};
	struct query_place_uid *logged = NULL;
	struct imap_folder now = {0};
	struct arena *a = arena_new();
	struct comparison r = {0};
	struct spool *s = NULL;
	size_t count = 0;
	bool ok = imap_examine(m, folder, &now, e);

	place.uidvalidity = now.uidvalidity;
	/* The log is read after the folder was opened: what came before then may have its line by now. */
	ok = ok && ctl_spool_open(c, SPOOL_READ, &s, e) &&
	     query_place_uids(spool_index(s), a, &place, &logged, &count, e) &&
	     look(m, logged, count, &seen, e);
	if (ok) {
		compare_uids(logged, count, &seen, &r);
		print(c, box->address, folder, &r);
		*wrong += r.missing != 0;
	}
	imap_uids_free(&r.missing_uids);
	imap_uids_free(&seen.there);
	spool_close(s);
	arena_free(a);
	return ok;
}

static bool
compare_mailbox(struct ctl *c, const struct config_mailbox *box, size_t *wrong, struct err *e)
{
	char *secret = NULL;
	struct imap *m = NULL;
	bool ok = credential_load(&secret, c->config->dir, box->imap.password_file, e);
	struct imap_account account = {.url = box->imap.url,
	                               .user = box->imap.user,
	                               .password = secret,
	                               .ca_file = *box->imap.ca_file ? box->imap.ca_file : NULL,
	                               .oauth2 = box->imap.oauth2,
	                               .tls_none = box->imap.tls_none,
	                               .answer_ms = ANSWER_MS};

	ok = ok && imap_open(&m, &account, NULL, e);
	for (size_t i = 0; ok && box->folders[i]; i++)
		ok = compare_folder(c, m, box, box->folders[i], wrong, e);
	imap_close(m);
	credential_free(secret);
	return ok;
}

bool
ctl_compare_mailboxes(struct ctl *c, size_t *wrong_r, struct err *e)
{
	const struct term *t = &c->term;
	json_t *live = NULL;
	struct err why = {0};

	*wrong_r = 0;
	for (size_t i = 0; i < c->config->mailbox_count; i++) {
		*e = (struct err){0};
		if (compare_mailbox(c, &c->config->mailboxes[i], wrong_r, e))
			continue;
		if (e->code == ERR_SPOOL || e->code == ERR_DISK)
			return false;
		term_put(t, TERM_BAD, "wrong: ");
		term_text(t, TERM_PLAIN, e->text, 0);
		(void)fputc('\n', t->out);
		(*wrong_r)++;
	}
	*e = (struct err){0};
	if (control_ask_live(c->config->spool.dir, true, &live, &why))
		(void)fputs("the daemon compares as well, and fetches what is missing: "
		            "mingpianctl log --event compared\n",
		            t->out);
	else if (*wrong_r)
		(void)fputs("what is missing is fetched when mingpiand runs\n", t->out);
	json_decref(live);
	return true;
}
