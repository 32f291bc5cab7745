/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl verify and rebuild: is the spool whole; the index anew. */
#include "daemon/ctl_compare.h"
#include "daemon/ctl_spool.h"
#include "daemon/own_mail.h"
#include "daemon/progress.h"
#include "spool/verify.h"

#include <stdio.h>
#include <sysexits.h>

struct verifying {
	const struct ctl *c;
	struct progress progress;
};

static void
step(void *context, size_t done, size_t of)
{
	progress_at(&((struct verifying *)context)->progress, done, of);
}

static void
report(void *context, const char *fault)
{
	struct verifying *v = context;
	const struct ctl *c = v->c;

	progress_end(&v->progress);
	term_put(&c->term, TERM_BAD, "wrong: ");
	term_text(&c->term, TERM_PLAIN, fault, 0);
	(void)fputc('\n', c->term.out);
}

int
ctl_verify(struct ctl *c, int argc, char **argv)
{
	bool mailbox = false;
	size_t apart = 0;
	struct verify_options o = {
	        .dir = c->config->spool.dir, .reply_head = own_mail_head, .told = own_mail_told};
	const struct ctl_option options[] = {
	        {"head", NULL, &o.head}, {"mailbox", &mailbox, NULL}, {NULL, NULL, NULL}};
	struct verifying v = {.c = c};
	struct verify_result r = {0};
	struct err e = {0};
	bool ok;
	int n = ctl_options(argc, argv, options);

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("verify", "takes no argument but --head and --mailbox");
	v.progress = progress_begin(stderr, "verifying", "files");
	ok = verify_spool(&o, report, step, &v, &r, &e);
	progress_end(&v.progress);
	if (!ok)
		return ctl_fail(&e);
	if (r.faults) {
		(void)fprintf(c->term.out,
		              "%zu things are wrong; keep the spool as it is and see docs/verify.md\n",
		              r.faults);
		return 1;
	}
	term_put(&c->term, TERM_GOOD, "whole");
	(void)fprintf(c->term.out, ": %lld lines, %zu files, %zu taken out lawfully; head %lld:%s\n",
	              (long long)r.head.seq, r.files, r.redacted, (long long)r.head.seq, r.head.hash.hex);
	if (mailbox && !ctl_compare_mailboxes(c, &apart, &e))
		return ctl_fail(&e);
	return apart ? 1 : EX_OK;
}

int
ctl_rebuild(struct ctl *c, int argc, char **argv)
{
	const struct ctl_option options[] = {{NULL, NULL, NULL}};
	struct spool_options o = {.dir = c->config->spool.dir,
	                          .program = "mingpianctl",
	                          .mode = SPOOL_REBUILD,
	                          .reply_head = own_mail_head,
	                          .told = own_mail_told,
	                          .progress = progress_step};
	struct progress p;
	struct spool *s = NULL;
	struct err e = {0};
	bool ok;
	int n = ctl_options(argc, argv, options);

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("rebuild", "takes no argument");
	p = progress_begin(stderr, "making the index anew", "lines");
	o.progress_context = &p;
	ok = spool_open(&s, &o, &e);
	progress_end(&p);
	if (!ok)
		return ctl_fail(&e);
	(void)fprintf(c->term.out, "the index was made anew from %lld lines\n", (long long)spool_head(s).seq);
	spool_close(s);
	return EX_OK;
}
