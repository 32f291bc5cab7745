/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl doctor: looks at all that must be right before the daemon can work, and says of each thing
 * that is not what to do about it. --offline leaves the servers out. */
#include "config/credential.h"
#include "config/mem.h"
#include "daemon/ctl.h"
#include "daemon/imap.h"
#include "daemon/reply.h"
#include "daemon/worker.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { FREE_MIB_LEAST = 512 };

struct doctor {
	const struct ctl *c;
	int wrong;
};

/* Say how a check went. */
static void
verdict(struct doctor *d, bool ok, const char *what, const struct err *e)
{
	const struct term *t = &d->c->term;

	term_put(t, ok ? TERM_GOOD : TERM_BAD, ok ? "ok     " : "wrong  ");
	(void)fputs(what, t->out);
	if (!ok) {
		(void)fputs(": ", t->out);
		term_text(t, TERM_PLAIN, e->text, 0);
		d->wrong++;
	}
	(void)fputc('\n', t->out);
}

static void
check_templates(struct doctor *d)
{
	struct reply_kit *kit = NULL;
	struct err e = {0};
	bool ok = reply_kit_load(&kit, d->c->config->templates, d->c->form, &e);

	verdict(d, ok, "templates of the letters", &e);
	reply_kit_free(kit);
}

/* The deadline stands in two files: the daemon closes by one, the parser calls late by the other. */
static void
check_deadline(struct doctor *d)
{
	const struct config_campaign *k = &d->c->config->campaigns[0];
	struct err e = {0};
	bool ok = k->deadline_end == d->c->form->deadline_end;

	if (!ok)
		err_set(&e, ERR_CONFIG, "%s and %s name different days; make them the same",
		        d->c->config_file, k->form);
	verdict(d, ok, "one deadline in both files", &e);
}

static void
check_secret(struct doctor *d, const char *address, const char *what, const struct config_server *s)
{
	char *secret = NULL, name[300];
	struct err e = {0};
	bool ok = !*s->user || credential_load(&secret, d->c->config->dir, s->password_file, &e);

	(void)snprintf(name, sizeof name, "%s: password for %s", address, what);
	verdict(d, ok, name, &e);
	credential_free(secret);
}

static void
check_worker(struct doctor *d)
{
	const struct config *c = d->c->config;
	static const char mail[] = "From: a@example.org\r\nSubject: test\r\n\r\ntest\r\n";
	char path[PATH_MAX], *answer = NULL;
	struct worker w = {.program = path,
	                   .form = c->campaigns[0].form,
	                   .seconds = 20,
	                   .memory_mb = c->limits.parse_memory_mb,
	                   .sandbox = c->sandbox_required};
	struct err e = {0};
	bool ok = worker_find(path, &e) && worker_run(&w, bytes_str(mail), time(NULL), -1, &answer, &e);

	verdict(d, ok, "the parser answers, in its sandbox", &e);
	free(answer);
}

static void
check_spool(struct doctor *d)
{
	const char *dir = d->c->config->spool.dir;
	struct statvfs v;
	struct err e = {0};
	bool ok = access(dir, W_OK) == 0 && statvfs(dir, &v) == 0;

	if (!ok)
		err_sys(&e, ERR_DISK, errno, "%s: make it, owned by the service's user", dir);
	verdict(d, ok, "the spool's folder can be written", &e);
	if (!ok)
		return;
	ok = ((unsigned long long)v.f_bavail * v.f_frsize >> 20) >= FREE_MIB_LEAST;
	err_set(&e, ERR_DISK, "less than %d MiB are free in %s", FREE_MIB_LEAST, dir);
	verdict(d, ok, "room on the disk", &e);
}

static void
check_imap(struct doctor *d, const struct config_mailbox *m)
{
	char *secret = NULL, name[300];
	struct err e = {0};
	struct imap *imap = NULL;
	bool ok = credential_load(&secret, d->c->config->dir, m->imap.password_file, &e);
	struct imap_account a = {.url = m->imap.url,
	                         .user = m->imap.user,
	                         .password = secret,
	                         .ca_file = *m->imap.ca_file ? m->imap.ca_file : NULL,
	                         .oauth2 = m->imap.oauth2,
	                         .tls_none = m->imap.tls_none,
	                         .answer_ms = 15000};

	ok = ok && imap_open(&imap, &a, NULL, &e);
	(void)snprintf(name, sizeof name, "%s: IMAP connection and login", m->address);
	verdict(d, ok, name, &e);
	for (size_t i = 0; ok && m->folders[i]; i++) {
		struct imap_folder folder;
		bool there = imap_examine(imap, m->folders[i], &folder, &e);

		(void)snprintf(name, sizeof name, "%s: folder %s", m->address, m->folders[i]);
		verdict(d, there, name, &e);
	}
	imap_close(imap);
	credential_free(secret);
}

int
ctl_doctor(struct ctl *c, int argc, char **argv)
{
	bool offline = false;
	const struct ctl_option options[] = {{"offline", &offline, NULL}, {NULL, NULL, NULL}};
	struct doctor d = {c, 0};
	struct err none = {0};
	int n = ctl_options(argc, argv, options);

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("doctor", "takes no argument but --offline");
	verdict(&d, true, "configuration and form file", &none);
	check_deadline(&d);
	check_templates(&d);
	for (size_t i = 0; i < c->config->mailbox_count; i++) {
		const struct config_mailbox *m = &c->config->mailboxes[i];

		check_secret(&d, m->address, "IMAP", &m->imap);
		check_secret(&d, m->address, "SMTP", &m->smtp);
	}
	check_worker(&d);
	check_spool(&d);
	for (size_t i = 0; !offline && i < c->config->mailbox_count; i++)
		check_imap(&d, &c->config->mailboxes[i]);
	if (d.wrong)
		(void)fprintf(c->term.out, "%d things are wrong\n", d.wrong);
	return d.wrong ? EX_CONFIG : EX_OK;
}
