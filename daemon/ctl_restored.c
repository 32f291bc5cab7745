/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl restored: a spool that came back from a backup is opened by a person's word. Between the backup
 * and its loss receipts were given out and replies were sent that this log does not know: so numbers go on
 * from a higher one, and what may have been answered already waits for a person. */
#include "config/mem.h"
#include "daemon/ctl_spool.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

enum { RECEIPT_MAX = 99999999 };

static bool
parse_number(const char *text, int64_t *n_r)
{
	char *end = NULL;

	errno = 0;
	*n_r = text && *text >= '0' && *text <= '9' ? strtoll(text, &end, 10) : 0;
	return end && !*end && errno == 0 && *n_r > 0 && *n_r <= RECEIPT_MAX;
}

static bool
stage(struct spool *s, int64_t from, const char *why, struct err *e)
{
	struct passwd *pw = getpwuid(getuid());
	struct hash id;
	char by[80];
	json_t *decision, *line;
	bool ok;

	(void)snprintf(by, sizeof by, "%.40s (uid %u)", pw ? pw->pw_name : "?", (unsigned)getuid());
	decision = json_pack("{s:s, s:s, s:s, s:{s:I}}", "kind", "decision", "by", by, "why", why, "values",
	                     "receipts_from", (json_int_t)from);
	if (!decision)
		mem_die("writing a decision");
	ok = spool_put_reading(s, decision, &id, e);
	json_decref(decision);
	if (!ok)
		return false;
	line = json_pack("{s:s, s:I, s:s}", "event", "restored", "receipts_from", (json_int_t)from,
	                 "decision", id.hex);
	if (!line)
		mem_die("writing a line of the log");
	return spool_line(s, line, NULL, e);
}

/* False: e. *waiting_r: how many replies were on their way out. */
static bool
restore(const struct ctl *c, int64_t from, const char *why, int64_t *waiting_r, struct err *e)
{
	const char *prefix = c->config->campaigns[0].receipt_prefix;
	struct spool *s = NULL;
	time_t oldest = 0;
	int64_t next = 0;
	/* The index may be newer than the log, or of another spool: it is made anew, once the line is true.
	 */
	bool ok = ctl_spool_open(c, SPOOL_RESTORE, &s, e) &&
	          query_next_receipt(spool_index(s), prefix, &next, e) &&
	          query_unsent(spool_index(s), waiting_r, &oldest, e);

	if (ok && from < next)
		ok = err_set(e, ERR_USAGE,
		             "--receipts-from %lld: this log itself has given out numbers up to %lld; take "
		             "one that "
		             "is above all that were ever given out (replies and old digests show them)",
		             (long long)from, (long long)next - 1);
	ok = ok && stage(s, from, why, e) && spool_commit(s, e) && spool_restored(s, e);
	spool_close(s);
	return ok;
}

int
ctl_restored(struct ctl *c, int argc, char **argv)
{
	const char *from = NULL, *why = NULL;
	const struct ctl_option options[] = {
	        {"receipts-from", NULL, &from}, {"why", NULL, &why}, {NULL, NULL, NULL}};
	int64_t number = 0, waiting = 0;
	struct err e = {0};
	int n = ctl_options(argc, argv, options);

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("restored", "takes no further words");
	if (!parse_number(from, &number))
		return ctl_usage("restored", "--receipts-from wants the next receipt's number, like 500");
	if (!why || !*why)
		return ctl_usage("restored", "wants --why: a reason that an auditor can read");
	if (!ctl_why("restored", why))
		return EX_USAGE;
	if (!restore(c, number, why, &waiting, &e))
		return ctl_fail(&e);
	(void)fprintf(
	        c->term.out,
	        "the spool is opened; receipts go on from %s%04lld; %lld replies that were on their way "
	        "out wait for a person, as do replies to mail received until now: mingpianctl review\n",
	        c->config->campaigns[0].receipt_prefix, (long long)number, (long long)waiting);
	return EX_OK;
}
