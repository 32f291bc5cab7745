/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one hand on the spool: a thread that takes what was parsed and what became of replies, decides,
 * writes it down, and hands due replies to the sender.
 *
 * Many items share one commit. Nothing leaves this thread (a reply to the sender, an answer to a
 * mailbox) before the commit that it rests on. A commit that fails for want of room drops the batch, and
 * what comes until there is room again: the mails are on their server still, and are asked for then. A
 * disk that lied ends the process. */
#ifndef MINGPIAN_DAEMON_WRITER_H
#define MINGPIAN_DAEMON_WRITER_H

#include "config/err.h"
#include "config/form.h"
#include "daemon/decide.h"
#include "daemon/digest.h"
#include "daemon/reply.h"
#include "daemon/writer_live.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of items in the writer's queue, and their bodies (writer_words.h puts most of them). */
enum writer_item {
	WRITER_PARSED,   /* struct parsed */
	WRITER_DELIVERY, /* struct delivery */
	WRITER_KNOWN,    /* struct question */
	WRITER_NOTE,     /* struct alarm_note: how a mailbox's server fared */
	WRITER_COMPARE,  /* struct compare_seen: what a folder shows */
	WRITER_RENEW,    /* struct settings: decide and answer by these from now on */
	WRITER_ACT,      /* struct control_request: a person decided (act.h) */
	WRITER_FINISH,   /* no more mail will come: end when the outbox is done with */
	WRITER_STOP,     /* end now, with what is in hand committed */
};

/* A mailbox as far as its letters need it. */
struct writer_mailbox {
	const char *address, *contact;
	time_t password_changed; /* smtp's: when its file was written; 0: unknown */
};

struct writer_config { /* of settings.h */
	const struct form *form;
	const struct reply_kit *kit;
	struct decide_rules rules;
	const char *own_name, *own_domain;
	const struct writer_mailbox *mailboxes;
	size_t mailbox_count;
	int per_thread_per_day, per_hour, per_address_per_hour; /* caps on replies; 0: none */
	int retry_days;
	const struct digest_rules *digest; /* NULL: no digest, no orders by mail */
	bool once;                         /* a digest that is due goes out at the end of the run */
	/* The writer's thread calls these; neither is NULL, and they are the same in all settings. */
	void (*ask_again)(void *context, int ms); /* mail was not taken in: mailboxes should look in ms */
	void (*ended)(void *context);             /* the thread has ended, in whatever way */
	void *context;
};

/* What is left to do at the end, for --once and `status`. */
struct writer_result {
	uint64_t recorded, left, held, sent;
	uint64_t waiting; /* replies deferred: a later run sends them */
	bool paused;      /* at the end nothing could be written: why */
	bool failed;      /* the disk or the spool has failed for good: why */
	struct err why;
};

struct queue;
struct settings;
struct writer;

/* Start the thread. The spool is open for writing and is the writer's until writer_join() returned; both
 * queues are borrowed as long, and settings too, whatever others come (WRITER_RENEW): mail that was read by
 * them is decided by them. outgoing NULL: nothing is sent, what is due waits for a later run. */
bool writer_start(struct writer **w_r, struct settings *settings, struct spool *s, struct queue *in,
                  struct queue *outgoing, struct err *e);

/* As of its last round, from any thread. */
void writer_live(struct writer *w, struct writer_live *r);

/* Did it keep its word to be back by now? False: it hangs, in the disk most likely. Any thread. */
bool writer_alive(struct writer *w);

/* Wait for its end (WRITER_FINISH or WRITER_STOP was put, or the disk failed), and free it. At its end it
 * closes both queues. */
void writer_join(struct writer *w, struct writer_result *r_r);

#endif
