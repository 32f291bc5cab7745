/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl ingest: mail that came by another way, handed to the daemon that runs, or taken in here. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/control.h"
#include "daemon/ctl_spool.h"
#include "daemon/journal.h"
#include "daemon/service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* Where mails are handed in: to the daemon, or to a service of our own (none yet: NULL). */
struct desk {
	const struct ctl *c;
	const json_t *request;
	bool alone;
	struct service *own;
};

/* What comes by a pipe, as a file in memory. */
static bool
gather(int from, int *fd_r, struct err *e)
{
	char piece[65536];
	ssize_t n;
	bool ok = true;

	*fd_r = memfd_create("mail", MFD_CLOEXEC);
	if (*fd_r < 0)
		return err_sys(e, ERR_OS, errno, "no memory file");
	while (ok && (n = read(from, piece, sizeof piece)) != 0)
		ok = n > 0 && write(*fd_r, piece, (size_t)n) == n;
	return ok || err_sys(e, ERR_INPUT, errno, "it cannot be read");
}

static bool
open_mail(const char *path, int *fd_r, struct err *e)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool ok = true;

	*fd_r = fd;
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_sys(e, ERR_INPUT, errno, "it cannot be opened");
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT, "it is a folder; name the files in it");
	if (!S_ISREG(st.st_mode)) {
		ok = gather(fd, fd_r, e);
		(void)close(fd);
	}
	return ok;
}

static bool
hand_in(struct desk *d, int fd, char said[static INGEST_SAID_MAX], struct err *e)
{
	char *word = NULL;
	bool answered = false, ok;

	if (!d->alone) {
		ok = control_ask(d->c->config->spool.dir, d->request, fd, &answered, &word, e);
		if (word)
			(void)snprintf(said, INGEST_SAID_MAX, "%s", word);
		free(word);
		if (answered)
			return ok;
		d->alone = true;
		if (!service_start(&d->own, d->c->config, PIPELINE_HAND_IN, e))
			return false;
	}
	return d->own ? service_hand_in(d->own, d->request, fd, said, e)
	              : err_set(e, ERR_AGAIN, "not taken in, as the first was not");
}

static int
hand_in_file(struct desk *d, const char *path)
{
	char said[INGEST_SAID_MAX] = "";
	struct err e = {0};
	int fd = -1;
	bool ok = open_mail(path, &fd, &e) && hand_in(d, fd, said, &e);

	if (fd >= 0)
		(void)close(fd);
	if (!ok) {
		err_wrap(&e, "%s", path);
		return ctl_fail(&e);
	}
	term_text(&d->c->term, TERM_PLAIN, path, 0);
	(void)fprintf(d->c->term.out, ": %s\n", said);
	return EX_OK;
}

static int
close_desk(struct desk *d)
{
	struct err e = {0};

	if (!d->own)
		return EX_OK;
	if (service_finish(d->own, &e) && service_wait(d->own, -1) && service_stop(d->own, true, &e))
		return EX_OK;
	return ctl_fail(&e);
}

static const char *
known_mailbox(const struct config *c, const char *address)
{
	if (!address)
		return c->mailboxes[0].address;
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (strcmp(c->mailboxes[i].address, address) == 0)
			return c->mailboxes[i].address;
	return NULL;
}

int
ctl_ingest(struct ctl *c, int argc, char **argv)
{
	const char *mailbox = NULL, *received = NULL;
	const struct ctl_option options[] = {
	        {"mailbox", NULL, &mailbox}, {"received", NULL, &received}, {NULL, NULL, NULL}};
	char when[CLOCK_RFC3339_MAX];
	time_t t = clock_now();
	struct desk d = {.c = c};
	json_t *request;
	int n = ctl_options(argc, argv, options), status = EX_OK, one;

	if (n <= 0)
		return n < 0 ? EX_USAGE : ctl_usage("ingest", "wants files");
	mailbox = known_mailbox(c->config, mailbox);
	if (!mailbox)
		return ctl_usage("ingest", "--mailbox wants a mailbox of the configuration");
	if (received && !clock_parse(received, &t))
		return ctl_usage("ingest", "--received wants a time (RFC 3339)");
	request = json_pack("{s:s, s:s, s:s}", "act", "ingest", "mailbox", mailbox, "received_at",
	                    clock_rfc3339(t, when));
	if (!request)
		mem_die("handing in a mail");
	d.request = request;
	journal_open(JOURNAL_WARNING);
	for (int i = 1; i <= n; i++) {
		one = hand_in_file(&d, argv[i]);
		status = status == EX_OK ? one : status;
	}
	one = close_desk(&d);
	json_decref(request);
	return status == EX_OK ? one : status;
}
