/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/question.h"

#include "config/mem.h"
#include "spool/query.h"

#include <pthread.h>

/* It lies on the asker's stack: he waits until it is closed. */
struct question {
	struct query_place place;
	struct imap_uids *known;
	struct err *e;
	bool ok, answered;
	pthread_mutex_t lock;
	pthread_cond_t done;
};

static void
shut(struct question *q, bool ok)
{
	(void)pthread_mutex_lock(&q->lock);
	q->ok = ok;
	q->answered = true;
	(void)pthread_cond_signal(&q->done);
	(void)pthread_mutex_unlock(&q->lock);
}

/* Nobody will answer any more: the queue was freed with the question in it. */
static void
drop(void *body)
{
	struct question *q = body;

	shut(q, err_set(q->e, ERR_INTERRUPTED, "the writer has ended"));
}

void
question_answer(struct question *q, const struct spool *s)
{
	struct arena *a = arena_new();
	uint32_t *uids = NULL;
	size_t count = 0;
	bool ok = query_uids(spool_index(s), a, &q->place, &uids, &count, q->e);

	for (size_t i = 0; ok && i < count; i++)
		imap_uids_add(q->known, uids[i]);
	arena_free(a);
	shut(q, ok);
}

bool
question_ask(struct queue *writer, int kind, const char *address, const char *folder, uint32_t uidvalidity,
             struct imap_uids *known_r, struct err *e)
{
	struct question q = {.place = {address, folder, uidvalidity}, .known = known_r, .e = e};
	struct queue_item item = {kind, &q, 0, drop};

	(void)pthread_mutex_init(&q.lock, NULL);
	(void)pthread_cond_init(&q.done, NULL);
	if (queue_put(writer, item, -1, NULL) == QUEUE_DONE) {
		(void)pthread_mutex_lock(&q.lock);
		while (!q.answered)
			(void)pthread_cond_wait(&q.done, &q.lock);
		(void)pthread_mutex_unlock(&q.lock);
	} else {
		err_set(e, ERR_INTERRUPTED, "the writer has ended");
	}
	(void)pthread_cond_destroy(&q.done);
	(void)pthread_mutex_destroy(&q.lock);
	return q.ok;
}
