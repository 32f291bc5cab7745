/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threads that have mail parsed, as many as the machine has cores: each takes an arrival, runs a
 * worker on it, checks the answer, and hands both to the writer. A mail that takes long (it hangs the parser,
 * or holds many pictures) gives its turn to the next: a few slow ones hold up nobody for more than seconds.
 * Order is kept by tickets: the writer sees who came first. */
#ifndef MINGPIAN_DAEMON_PARSED_H
#define MINGPIAN_DAEMON_PARSED_H

#include "config/form.h"
#include "daemon/arrival.h"
#include "daemon/queue.h"
#include "daemon/reading.h"
#include "daemon/worker.h"

#include <stdbool.h>
#include <stdint.h>

/* An arrival with what the parser said of it: the body of a queue item. Free with parsed_free(). */
struct parsed {
	uint64_t ticket;         /* 1, 2, … in the order of arrival, without a gap */
	struct arrival *arrival; /* owned */
	bool ok;
	bool outlined;             /* not ok, but this much could be said (parsers/outline.h) */
	struct reading reading;    /* ok or outlined; owned */
	struct err why;            /* not ok: as worker_run() or reading_open() says */
	struct settings *settings; /* that it was read by; owned; NULL: the parser's first ones */
};

void parsed_free(void *parsed); /* NULL is fine; fits queue_item.drop */

struct parser_config { /* borrowed until parser_join() returned */
	struct worker worker;
	const struct form *form;
	int threads; /* mails at once; one over which the parser is slow counts no more after a while */
	int kind;    /* of the items put into `parsed` */
};

struct parser;
struct settings;

/* Start the threads; both queues are borrowed until parser_join() returned. They end when `arrivals` is
 * closed and empty, or when stopped. */
bool parser_start(struct parser **p_r, const struct parser_config *c, struct queue *arrivals,
                  struct queue *parsed, struct err *e);

/* From the next mail on, go by these (threads and kind stay). */
void parser_renew(struct parser *p, struct settings *s);

/* End at once: a running worker is killed, its mail is fetched again some day. */
void parser_stop(struct parser *p);

void parser_join(struct parser *p); /* and free */

#endif
