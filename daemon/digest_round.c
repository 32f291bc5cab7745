/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/digest_round.h"

#include "config/clock.h"
#include "daemon/digest.h"
#include "daemon/journal.h"

enum { AGAIN = 600 /* seconds until a digest that failed is tried again */ };

void
digest_round_plan(struct digest_round *d, const struct writer_config *c, struct spool *s, time_t grace)
{
	const time_t now = clock_now();
	char date[11];
	struct err e = {0};

	if (!c->digest)
		return;
	if (!digest_next(c->digest, s, now, &d->at, date, &e)) {
		journal(JOURNAL_ERROR, "when the next digest is due cannot be told: %s", e.text);
		d->at = now + AGAIN;
	}
	if (d->at && d->at <= now)
		d->at = now + grace;
}

bool
digest_round_due(struct digest_round *d, const struct writer_config *c, struct spool *s, bool all_in,
                 char date_r[11])
{
	struct err e = {0};
	time_t at = 0;

	if (!d->at || (c->once ? !all_in : clock_now() < d->at))
		return false;
	if (digest_next(c->digest, s, clock_now(), &at, date_r, &e) && at && at <= clock_now())
		return true;
	d->at = c->once ? 0 : at; /* one went out by hand in the meantime */
	return false;
}

bool
digest_round_stage(struct digest_round *d, const struct writer_config *c, struct spool *s, const char *date)
{
	struct buf said = BUF_INIT(1024);
	struct err e = {0};
	bool ok = digest_stage(c->digest, s, date, &said, &e);

	if (ok) {
		journal(JOURNAL_NOTICE, "%s", said.at);
	} else {
		spool_rollback(s);
		journal(JOURNAL_ERROR, "no digest could be made, to be tried again: %s", e.text);
		d->at = c->once ? 0 : clock_now() + AGAIN;
	}
	buf_free(&said);
	return ok;
}
