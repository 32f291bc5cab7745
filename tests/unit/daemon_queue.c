/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: nothing that is put into a queue is lost, doubled or reordered; ceilings make producers wait;
 * deadline, stop and close each end a wait. Made to be run under ThreadSanitizer as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/clock.h"
#include "config/mem.h"
#include "daemon/queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int alive; /* bodies not yet freed */

static void
drop(void *body)
{
	free(body);
	atomic_fetch_sub(&alive, 1);
}

static struct queue_item
item(int number, size_t weight)
{
	int *body = mem_alloc(1, sizeof *body);

	*body = number;
	atomic_fetch_add(&alive, 1);
	return (struct queue_item){.kind = 7, .body = body, .weight = weight, .drop = drop};
}

static int
take_number(struct queue *q)
{
	struct queue_item it = {0};
	int n = -1;

	if (queue_take(q, &it, 0, NULL) != QUEUE_DONE)
		return -1;
	n = *(int *)it.body;
	assert_int_equal(it.kind, 7);
	it.drop(it.body);
	return n;
}

static void
ceilings(void **state)
{
	/* weights put one after the other into a queue of 3 items and 100 bytes; the last is refused */
	static const struct {
		const char *name;
		size_t weights[5];
		int want_taken;
	} rows[] = {
	        {"count", {1, 1, 1, 1}, 3},
	        {"bytes", {60, 40, 1}, 2},
	        {"bytes, no room for the second", {60, 41}, 1},
	        {"heavy one alone", {500, 1}, 1},
	        {"heavy one waits behind others", {1, 500}, 1},
	        {"a weight that would wrap", {60, SIZE_MAX}, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct queue *q = queue_new(3, 100);

		for (int n = 0; n <= rows[i].want_taken; n++) {
			struct queue_item it = item(n, rows[i].weights[n]);
			enum queue_answer a = queue_put(q, it, 0, NULL);

			assert_int_equal(a, n < rows[i].want_taken ? QUEUE_DONE : QUEUE_TIMEOUT);
			if (a != QUEUE_DONE)
				drop(it.body); /* what is refused stays ours */
		}
		assert_int_equal(queue_count(q), rows[i].want_taken);
		for (int n = 0; n < rows[i].want_taken; n++)
			assert_int_equal(take_number(q), n);
		assert_int_equal(queue_bytes(q), 0);
		assert_int_equal(take_number(q), -1);
		queue_free(q);
	}
	assert_int_equal(alive, 0);
}

/* Urgent ones come first, in their order, and find room where nothing else does; the others lose none. */
static void
urgent_goes_first(void **state)
{
	struct queue *q = queue_new(3, 10);
	static const int want[] = {10, 11, 12, 13, 0, 1, 2};

	(void)state;
	for (int n = 0; n < 3; n++)
		assert_int_equal(queue_put(q, item(n, 3), 0, NULL), QUEUE_DONE);
	for (int n = 0; n <= QUEUE_URGENT_MAX; n++) {
		struct queue_item it = item(10 + n, 3);

		assert_int_equal(queue_put_urgent(q, it, 0, NULL),
		                 n < QUEUE_URGENT_MAX ? QUEUE_DONE : QUEUE_TIMEOUT);
		if (n == QUEUE_URGENT_MAX)
			drop(it.body);
	}
	assert_int_equal(queue_count(q), 7);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_int_equal(take_number(q), want[i]);
	assert_int_equal(queue_bytes(q), 0);
	/* and again, where the ring's end lies elsewhere */
	for (int n = 0; n < 2; n++)
		assert_int_equal(queue_put(q, item(n, 3), 0, NULL), QUEUE_DONE);
	assert_int_equal(queue_put_urgent(q, item(2, 3), 0, NULL), QUEUE_DONE);
	assert_int_equal(take_number(q), 2);
	assert_int_equal(take_number(q), 0);
	assert_int_equal(take_number(q), 1);
	queue_free(q);
	assert_int_equal(alive, 0);
}

static void
close_gives_what_is_left(void **state)
{
	struct queue *q = queue_new(4, 100);
	struct queue_item it = {0};

	(void)state;
	assert_int_equal(queue_put(q, item(1, 1), 0, NULL), QUEUE_DONE);
	queue_close(q);
	it = item(2, 1);
	assert_int_equal(queue_put(q, it, -1, NULL), QUEUE_CLOSED);
	drop(it.body);
	assert_int_equal(take_number(q), 1);
	assert_int_equal(queue_take(q, &it, -1, NULL), QUEUE_CLOSED);
	queue_free(q);
	assert_int_equal(alive, 0);
}

static void
free_drops_what_is_left(void **state)
{
	struct queue *q = queue_new(4, 100);

	(void)state;
	assert_int_equal(queue_put(q, item(1, 1), 0, NULL), QUEUE_DONE);
	assert_int_equal(queue_put(q, item(2, 1), 0, NULL), QUEUE_DONE);
	queue_free(q);
	queue_free(NULL);
	assert_int_equal(alive, 0);
}

static void
deadline_is_kept(void **state)
{
	struct queue *q = queue_new(1, 100);
	struct queue_item it = {0};
	int64_t begin = clock_mono_ms();

	(void)state;
	assert_int_equal(queue_take(q, &it, begin + 100, NULL), QUEUE_TIMEOUT);
	assert_true(clock_mono_ms() - begin >= 99);
	assert_true(clock_mono_ms() - begin < 3000);
	queue_free(q);
}

struct waiter {
	struct queue *q;
	struct stop *stop;
	bool puts;
	enum queue_answer answer;
};

static void *
wait_without_end(void *arg)
{
	struct waiter *w = arg;
	struct queue_item it = {0};

	if (w->puts)
		it = item(9, 1);
	w->answer = w->puts ? queue_put(w->q, it, -1, w->stop) : queue_take(w->q, &it, -1, w->stop);
	if (w->puts && w->answer != QUEUE_DONE)
		drop(it.body);
	return NULL;
}

/* Many rounds without a pause, so that the wake falls before, into and behind the begin of the wait. */
static void
a_wait_ends(void **state)
{
	static const struct {
		const char *name;
		bool puts, closes;
		enum queue_answer want;
	} rows[] = {
	        {"put, stopped", true, false, QUEUE_STOPPED},
	        {"put, closed", true, true, QUEUE_CLOSED},
	        {"take, stopped", false, false, QUEUE_STOPPED},
	        {"take, closed", false, true, QUEUE_CLOSED},
	};

	(void)state;
	for (int round = 0; round < 200; round++) {
		size_t i = (size_t)round % (sizeof rows / sizeof *rows);
		struct waiter w = {.q = queue_new(1, 10), .puts = rows[i].puts};
		pthread_t t;

		assert_true(stop_new(&w.stop, NULL));
		if (w.puts)
			assert_int_equal(queue_put(w.q, item(0, 1), 0, NULL), QUEUE_DONE);
		assert_int_equal(pthread_create(&t, NULL, wait_without_end, &w), 0);
		if (rows[i].closes) {
			queue_close(w.q);
		} else {
			stop_raise(w.stop);
			queue_wake(w.q);
		}
		pthread_join(t, NULL);
		assert_int_equal(w.answer, rows[i].want);
		queue_free(w.q);
		stop_free(w.stop);
	}
	assert_int_equal(alive, 0);
}

enum { PRODUCERS = 4, EACH = 2000 };

struct producer {
	struct queue *q;
	int base;
};

static void *
produce(void *arg)
{
	struct producer *p = arg;

	for (int n = 0; n < EACH; n++)
		assert_int_equal(queue_put(p->q, item(p->base + n, (size_t)n % 50), -1, NULL), QUEUE_DONE);
	return NULL;
}

static void
many_producers_one_consumer(void **state)
{
	struct queue *q = queue_new(8, 100);
	struct producer p[PRODUCERS] = {0};
	pthread_t t[PRODUCERS];
	int next[PRODUCERS] = {0};

	(void)state;
	for (int i = 0; i < PRODUCERS; i++) {
		p[i] = (struct producer){q, i * EACH};
		assert_int_equal(pthread_create(&t[i], NULL, produce, &p[i]), 0);
	}
	for (int n = 0; n < PRODUCERS * EACH; n++) {
		struct queue_item it = {0};
		int number = 0;

		assert_int_equal(queue_take(q, &it, clock_mono_ms() + 20000, NULL), QUEUE_DONE);
		number = *(int *)it.body;
		/* each producer's items come in its own order */
		assert_int_equal(number % EACH, next[number / EACH]++);
		it.drop(it.body);
		assert_true(queue_bytes(q) <= 100 && queue_count(q) <= 8);
	}
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(queue_count(q), 0);
	queue_free(q);
	assert_int_equal(alive, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ceilings),
	        cmocka_unit_test(urgent_goes_first),
	        cmocka_unit_test(close_gives_what_is_left),
	        cmocka_unit_test(free_drops_what_is_left),
	        cmocka_unit_test(deadline_is_kept),
	        cmocka_unit_test(a_wait_ends),
	        cmocka_unit_test(many_producers_one_consumer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
