/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the spool bears: rounds of K mails each, every round on disk before the next begins.
 *   spool_bench FOLDER ROUNDS K      prints rounds a second and mails a second */
#include "config/clock.h"
#include "spool/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
no_head(void *context, struct bytes mail, struct buf *address, struct buf *message_id)
{
	(void)context;
	(void)mail;
	(void)address;
	(void)message_id;
}

/* A mail of some 2 KiB and its line. */
static bool
put(struct spool *s, long n, struct err *e)
{
	char mail[2048];
	struct hash id;

	(void)snprintf(mail, sizeof mail, "Message-ID: <%ld@example.org>\r\n\r\n%01900d\r\n", n, 0);
	return spool_put_mail(s, bytes_str(mail), &id, e) &&
	       spool_line(s,
	                  json_pack("{s:s, s:s, s:i, s:s, s:s, s:i, s:I, s:s, s:s, s:b}", "event", "received",
	                            "message", id.hex, "size", (int)strlen(mail), "mailbox",
	                            "forms@example.org", "folder", "INBOX", "uidvalidity", 1, "uid",
	                            (json_int_t)n, "received_at", "2022-06-10T10:05:00+08:00", "way", "imap",
	                            "answered", 0),
	                  NULL, e);
}

int
main(int argc, char **argv)
{
	long rounds = argc == 4 ? strtol(argv[2], NULL, 10) : 0,
	     each = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	struct spool_options o = {.program = "bench", .mode = SPOOL_WRITE, .reply_head = no_head};
	struct spool *s = NULL;
	struct err e = {0};
	double begin, took;
	bool ok;

	if (rounds < 1 || each < 1) {
		(void)fputs("usage: spool_bench FOLDER ROUNDS K\n", stderr);
		return EX_USAGE;
	}
	o.dir = argv[1];
	ok = clock_zone("Asia/Shanghai", &e) && spool_open(&s, &o, &e);
	begin = seconds();
	for (long r = 0; ok && r < rounds; r++) {
		for (long i = 0; ok && i < each; i++)
			ok = put(s, r * each + i + 1, &e);
		ok = ok && spool_commit(s, &e);
	}
	took = seconds() - begin;
	spool_close(s);
	if (!ok) {
		(void)fprintf(stderr, "spool_bench: %s\n", e.text);
		return err_exit(e.code);
	}
	(void)printf("%.1f\t%.1f\n", (double)rounds / took, (double)(rounds * each) / took);
	return EX_OK;
}
