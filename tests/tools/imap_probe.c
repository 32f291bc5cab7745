/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches one mailbox and says on standard output what it hands over, a line a mail, for tests:
 *   imap_probe [-o] [-n] [-q] [-a ANSWER_MS] [-c CA] [-s SINCE] [-m MAX] [-t SECONDS] [-k UID] URL USER
 * PASSWORD [FOLDER…] -o: one sweep, then end; exit 0: all reached, else the error's exit status. -n: no TLS.
 * -q: take nothing from the queue. -t: told to stop after so many seconds. -k: this UID and all below are
 * known. */
#include "config/clock.h"
#include "daemon/arrival.h"
#include "daemon/mailbox.h"

#include <getopt.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t known_up_to;

static bool
known(void *context, const char *address, const char *folder, uint32_t uidvalidity, struct imap_uids *u,
      struct err *e)
{
	(void)context, (void)address, (void)folder, (void)uidvalidity, (void)e;
	for (uint32_t uid = 1; uid <= known_up_to; uid++)
		imap_uids_add(u, uid);
	return true;
}

static void
say(void *context, const char *address, enum err_code error, time_t failing_since, const char *text)
{
	(void)failing_since;
	(void)context, (void)address;
	printf("note %s %s\n", err_name(error), text);
	(void)fflush(stdout);
}

static void *
take_all(void *context)
{
	struct queue_item it = {0};
	char at[CLOCK_RFC3339_MAX];

	while (queue_take(context, &it, -1, NULL) == QUEUE_DONE) {
		struct arrival *a = it.body;
		unsigned char hash[SHA256_DIGEST_LENGTH];

		SHA256(a->bytes, a->len, hash);
		printf("mail %s %u %u %s size=%llu len=%zu%s%s sha=%02x%02x%02x%02x\n", a->folder,
		       a->uidvalidity, a->uid, clock_rfc3339(a->internaldate, at),
		       (unsigned long long)a->size, a->len, a->answered ? " answered" : "",
		       a->too_large ? " too_large" : "", hash[0], hash[1], hash[2], hash[3]);
		(void)fflush(stdout);
		arrival_free(a);
	}
	return NULL;
}

static void
show_status(struct mailbox *m)
{
	struct mailbox_status s;

	mailbox_status(m, &s);
	printf("status connected=%d idle=%d handed=%llu backlog=%zu failures=%u last=%s swept=%d\n",
	       s.connected, s.idle, (unsigned long long)s.handed, s.backlog, s.failures,
	       err_name(s.last.code), s.last_sweep != 0);
}

/* Run the mailbox as configured; seconds < 0: until it ends. Returns the exit status. */
static int
watch(const struct mailbox_config *c, bool quiet, int seconds)
{
	struct queue *q = queue_new(quiet ? 4 : 64, 16 << 20);
	struct mailbox *m = NULL;
	struct err e = {0};
	pthread_t taker;
	int64_t begin = 0;
	bool ok = false;

	if (!mailbox_start(&m, c, q, &e))
		goto out;
	if (!quiet && pthread_create(&taker, NULL, take_all, q) != 0)
		abort();
	if (seconds >= 0) {
		(void)stop_sleep(NULL, clock_mono_ms() + (int64_t)seconds * 1000);
		show_status(m);
		begin = clock_mono_ms();
		mailbox_stop(m);
	}
	ok = mailbox_join(m, &e);
	mailbox_free(m);
	if (seconds >= 0)
		printf("stopped after %s\n", clock_mono_ms() - begin < 1000 ? "less than 1 s" : "TOO LONG");
	queue_close(q);
	if (!quiet)
		pthread_join(taker, NULL);
out:
	queue_free(q);
	if (!ok)
		printf("error %s %s\n", err_name(e.code), e.text);
	return ok ? 0 : err_exit(e.code);
}

int
main(int argc, char **argv)
{
	struct mailbox_config c = {.address = "probe@example.org",
	                           .known = known,
	                           .note = say,
	                           .poll_seconds = 1,
	                           .retry_ms = 200};
	bool quiet = false;
	int o = 0, seconds = -1;

	if (!clock_zone("Asia/Shanghai", NULL) || !clock_parse_day("2022-05-01", 0, &c.since))
		return 70;
	while ((o = getopt(argc, argv, "onqa:c:s:m:t:k:l:")) != -1) {
		switch (o) {
		case 'o': c.once = true; break;
		case 'n': c.imap.tls_none = true; break;
		case 'q': quiet = true; break;
		case 'a': c.imap.answer_ms = (int)strtol(optarg, NULL, 10); break;
		case 'c': c.imap.ca_file = optarg; break;
		case 's':
			if (!clock_parse_day(optarg, 0, &c.since))
				return 64;
			break;
		case 'l': c.look_seconds = (int)strtol(optarg, NULL, 10); break;
		case 'm': c.message_max = strtoul(optarg, NULL, 10); break;
		case 't': seconds = (int)strtol(optarg, NULL, 10); break;
		case 'k': known_up_to = (uint32_t)strtoul(optarg, NULL, 10); break;
		default: return 64;
		}
	}
	if (argc - optind < 3)
		return 64;
	c.imap.url = argv[optind];
	c.imap.user = argv[optind + 1];
	c.imap.password = argv[optind + 2];
	c.folders = (const char *const *)argv + optind + 3;
	return watch(&c, quiet, seconds);
}
