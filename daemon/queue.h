/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one way in which threads hand each other things: a queue with a ceiling on items and on bytes,
 * first in, first out, for many producers and one consumer.
 *
 * An urgent item goes before all that are not, and has room of its own: what became of a reply must not wait
 * behind hundreds of mails.
 *
 * An item is a pointer that changes hands: what queue_put() took is the queue's, what queue_take()
 * gave is the taker's. What is refused stays the caller's. A full queue makes the producer wait: so
 * a slow disk holds a mailbox back. An item heavier than the whole queue is let in alone, when the
 * queue is empty: it must not wait for ever.
 *
 * Two threads that put into each other's queues must not both wait without end: one of them puts
 * with deadline 0 and keeps what is refused. With us that is the writer, towards the sender. */
#ifndef MINGPIAN_DAEMON_QUEUE_H
#define MINGPIAN_DAEMON_QUEUE_H

#include "daemon/stop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUEUE_URGENT_MAX = 4 };

struct queue_item {
	int kind;                 /* the consumer's own enumeration; 0 where there is one kind only */
	void *body;               /* owned */
	size_t weight;            /* bytes that it holds */
	void (*drop)(void *body); /* frees body; NULL: nothing to free */
};

enum queue_answer {
	QUEUE_DONE,
	QUEUE_TIMEOUT, /* the deadline came first */
	QUEUE_STOPPED, /* the waiting thread was told to stop */
	QUEUE_CLOSED   /* put: no more is accepted. take: closed, and nothing is left */
};

struct queue;

/* Never fails. items_max > 0. Free with queue_free() when no thread uses it any more: what is left
 * in it is dropped. */
struct queue *queue_new(size_t items_max, size_t bytes_max) __attribute__((returns_nonnull));
void queue_free(struct queue *q); /* NULL is fine */

/* Hand over item, waiting for room until deadline_ms (monotonic clock; -1: without end; 0: not at
 * all) or until stop (may be NULL) is raised. DONE: the item is the queue's; else it is still yours. */
enum queue_answer queue_put(struct queue *q, struct queue_item item, int64_t deadline_ms,
                            const struct stop *stop);

/* The same for what is urgent: room is short only where QUEUE_URGENT_MAX of its kind are there. */
enum queue_answer queue_put_urgent(struct queue *q, struct queue_item item, int64_t deadline_ms,
                                   const struct stop *stop);

/* Take the oldest item, an urgent one first, waiting likewise. What was put before queue_close() is still
 * given. */
enum queue_answer queue_take(struct queue *q, struct queue_item *item_r, int64_t deadline_ms,
                             const struct stop *stop);

/* From now on put answers CLOSED, and take does once the queue is empty. Wakes all who wait. */
void queue_close(struct queue *q);

/* Make all who wait look at their stop again. Call after stop_raise(). */
void queue_wake(struct queue *q);

/* What it holds now: for `status` and tests. */
size_t queue_count(struct queue *q);
size_t queue_bytes(struct queue *q);

#endif
