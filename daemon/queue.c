/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/queue.h"

#include "config/mem.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* A ring of items_max places, and some for what is urgent, which stands at its front. One condition for both
 * sides: threads are few, and a wake that finds nothing to do costs less than a wake that went to the wrong
 * side. */
struct queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct queue_item *ring;
	size_t size, items_max, bytes_max;
	size_t first, count, bytes;
	size_t urgent; /* of count: the first ones */
	bool closed;
};

struct queue *
queue_new(size_t items_max, size_t bytes_max)
{
	struct queue *q = mem_alloc(1, sizeof *q);
	pthread_condattr_t attr;

	assert(items_max > 0);
	q->size = items_max + QUEUE_URGENT_MAX;
	q->ring = mem_alloc(q->size, sizeof *q->ring);
	q->items_max = items_max;
	q->bytes_max = bytes_max;
	/* glibc's initialisers refuse only bad arguments. Waiting goes by the monotonic clock, so that a
	 * clock set back does not stretch a deadline. */
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->changed, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&q->lock, NULL);
	return q;
}

static struct queue_item
remove_first(struct queue *q)
{
	struct queue_item item = q->ring[q->first];

	q->ring[q->first] = (struct queue_item){0};
	q->first = (q->first + 1) % q->size;
	q->count--;
	q->urgent -= q->urgent > 0;
	q->bytes -= item.weight;
	return item;
}

static struct queue_item *
place(struct queue *q, size_t n)
{
	return &q->ring[(q->first + n) % q->size];
}

/* An urgent one behind those that are: they make a step towards the front for it. */
static void
insert(struct queue *q, struct queue_item item, bool urgent)
{
	size_t at = q->count;

	if (urgent) {
		q->first = (q->first + q->size - 1) % q->size;
		for (at = 0; at < q->urgent; at++)
			*place(q, at) = *place(q, at + 1);
		q->urgent++;
	}
	*place(q, at) = item;
	q->count++;
	q->bytes += item.weight;
}

void
queue_free(struct queue *q)
{
	if (!q)
		return;
	while (q->count) {
		struct queue_item item = remove_first(q);

		if (item.drop)
			item.drop(item.body);
	}
	pthread_cond_destroy(&q->changed);
	pthread_mutex_destroy(&q->lock);
	free(q->ring);
	free(q);
}

static bool
has_room(const struct queue *q, size_t weight, bool urgent)
{
	if (urgent)
		return q->urgent < QUEUE_URGENT_MAX;
	if (q->count == 0)
		return true;
	/* bytes may stand above bytes_max while a heavy item is in alone, or an urgent one */
	return q->count - q->urgent < q->items_max && q->bytes <= q->bytes_max &&
	       weight <= q->bytes_max - q->bytes;
}

/* Wait for a change, with the lock held. False: the deadline is past. */
static bool
await_change(struct queue *q, int64_t deadline_ms)
{
	struct timespec until = {0};

	if (deadline_ms < 0) {
		pthread_cond_wait(&q->changed, &q->lock);
		return true;
	}
	until.tv_sec = (time_t)(deadline_ms / 1000);
	until.tv_nsec = (long)(deadline_ms % 1000) * 1000000L;
	return pthread_cond_timedwait(&q->changed, &q->lock, &until) != ETIMEDOUT;
}

static enum queue_answer
put(struct queue *q, struct queue_item item, bool urgent, int64_t deadline_ms, const struct stop *stop)
{
	enum queue_answer answer = QUEUE_DONE;
	bool timely = true;

	pthread_mutex_lock(&q->lock);
	for (;;) {
		if (q->closed)
			answer = QUEUE_CLOSED;
		else if (stop_raised(stop))
			answer = QUEUE_STOPPED;
		else if (has_room(q, item.weight, urgent))
			answer = QUEUE_DONE;
		else if (timely) {
			timely = await_change(q, deadline_ms);
			continue; /* a change at the deadline's very moment still counts */
		} else
			answer = QUEUE_TIMEOUT;
		break;
	}
	if (answer == QUEUE_DONE) {
		insert(q, item, urgent);
		pthread_cond_broadcast(&q->changed);
	}
	pthread_mutex_unlock(&q->lock);
	return answer;
}

enum queue_answer
queue_put(struct queue *q, struct queue_item item, int64_t deadline_ms, const struct stop *stop)
{
	return put(q, item, false, deadline_ms, stop);
}

enum queue_answer
queue_put_urgent(struct queue *q, struct queue_item item, int64_t deadline_ms, const struct stop *stop)
{
	return put(q, item, true, deadline_ms, stop);
}

enum queue_answer
queue_take(struct queue *q, struct queue_item *item_r, int64_t deadline_ms, const struct stop *stop)
{
	enum queue_answer answer = QUEUE_DONE;
	bool timely = true;

	*item_r = (struct queue_item){0};
	pthread_mutex_lock(&q->lock);
	for (;;) {
		if (stop_raised(stop))
			answer = QUEUE_STOPPED;
		else if (q->count)
			answer = QUEUE_DONE;
		else if (q->closed)
			answer = QUEUE_CLOSED;
		else if (timely) {
			timely = await_change(q, deadline_ms);
			continue;
		} else
			answer = QUEUE_TIMEOUT;
		break;
	}
	if (answer == QUEUE_DONE) {
		*item_r = remove_first(q);
		pthread_cond_broadcast(&q->changed);
	}
	pthread_mutex_unlock(&q->lock);
	return answer;
}

void
queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

/* The lock is held so that nobody can be between having asked his stop and going to wait. */
void
queue_wake(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

size_t
queue_count(struct queue *q)
{
	size_t n = 0;

	pthread_mutex_lock(&q->lock);
	n = q->count;
	pthread_mutex_unlock(&q->lock);
	return n;
}

size_t
queue_bytes(struct queue *q)
{
	size_t n = 0;

	pthread_mutex_lock(&q->lock);
	n = q->bytes;
	pthread_mutex_unlock(&q->lock);
	return n;
}
