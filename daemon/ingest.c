/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/ingest.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "spool/query.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_BYTES = 1 << 20 }; /* of a mail over the limit */

struct ingest {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool done, abandoned; /* the second of the two that says so frees it */
	char said[INGEST_SAID_MAX];
	struct err e; /* ERR_NONE: it is recorded */
};

static struct ingest *
ingest_new(void)
{
	struct ingest *i = mem_alloc(1, sizeof *i);

	*i = (struct ingest){.said = ""};
	(void)pthread_mutex_init(&i->lock, NULL);
	(void)pthread_cond_init(&i->cond, NULL);
	return i;
}

static void
ingest_free(struct ingest *i)
{
	(void)pthread_cond_destroy(&i->cond);
	(void)pthread_mutex_destroy(&i->lock);
	free(i);
}

void
ingest_done(struct ingest *i, const char *said, const struct err *e)
{
	bool last;

	(void)pthread_mutex_lock(&i->lock);
	if (e)
		i->e = *e;
	(void)snprintf(i->said, sizeof i->said, "%s", said ? said : "");
	i->done = true;
	last = i->abandoned;
	(void)pthread_cond_signal(&i->cond);
	(void)pthread_mutex_unlock(&i->lock);
	if (last)
		ingest_free(i);
}

bool
ingest_fate(const struct spool *s, const struct parsed *p, enum record_fate fate,
            char said[static INGEST_SAID_MAX], struct err *e)
{
	struct hash id = hash_of(BYTES(p->arrival->bytes, p->arrival->len));
	struct arena *a;
	struct query_message *m = NULL;
	struct query_reply *r = NULL;
	size_t replies = 0;
	bool ok;

	if (fate == RECORD_NOT_NOW || fate == RECORD_HELD)
		return err_set(e, p->ok ? ERR_AGAIN : p->why.code, "it could not be read: %s", p->why.text);
	if (fate == RECORD_LEFT)
		return err_set(e, ERR_NOT_MAIL, "it is no registration (%s): nothing of it is kept",
		               disposition_name(p->reading.disposition));
	a = arena_new();
	ok = query_message(spool_index(s), a, id.hex, &m, e) &&
	     (m || err_set(e, ERR_SPOOL, "it is recorded, and cannot be found")) &&
	     query_replies_to(spool_index(s), a, id.hex, &r, &replies, e);
	if (ok && m)
		(void)snprintf(said, INGEST_SAID_MAX, "%s%s, %s%s%s", m->id,
		               m->forms > 1 ? " and further ones" : "",
		               fate == RECORD_COPY ? "known already" : m->disposition,
		               fate == RECORD_COPY ? ""
		               : m->withheld       ? ", no reply for now: "
		               : replies           ? ", its reply goes out"
		                                   : ", no reply",
		               m->withheld && fate != RECORD_COPY ? m->withheld : "");
	arena_free(a);
	return ok;
}

/* What fd holds, or its beginning. */
static bool
read_mail(int fd, size_t message_max, struct arrival *a, struct err *e)
{
	struct stat st;
	size_t want;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "it is no file");
	a->size = (uint64_t)st.st_size;
	a->too_large = a->size > message_max;
	want = a->too_large ? HEAD_BYTES : (size_t)a->size;
	a->bytes = mem_alloc(want + 1, 1);
	while (a->len < want) {
		ssize_t n = pread(fd, a->bytes + a->len, want - a->len, (off_t)a->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, ERR_INPUT, errno, "it cannot be read");
		if (n == 0)
			break;
		a->len += (size_t)n;
	}
	return a->len > 0 || err_set(e, ERR_NOT_MAIL, "it is empty");
}

static bool
arrival_of(const json_t *request, int fd, size_t message_max, struct arrival **a_r, struct err *e)
{
	const char *mailbox = json_text(request, "mailbox");
	const char *when = json_text(request, "received_at");
	struct arrival *a = mem_alloc(1, sizeof *a);

	*a = (struct arrival){.mailbox = mem_str(mailbox ? mailbox : ""), .folder = mem_str("")};
	*a_r = a;
	if (!mailbox || !when || !clock_parse(when, &a->internaldate))
		return err_set(e, ERR_USAGE, "a mail is handed in for a mailbox, with the time it came");
	return read_mail(fd, message_max, a, e);
}

/* False: stop was raised first, and i is its other owner's. */
static bool
await(struct ingest *i, const struct stop *stop)
{
	bool done;

	(void)pthread_mutex_lock(&i->lock);
	while (!i->done && !(stop && stop_raised(stop))) {
		struct timespec until;

		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec++;
		(void)pthread_cond_timedwait(&i->cond, &i->lock, &until);
	}
	done = i->done;
	i->abandoned = true;
	(void)pthread_mutex_unlock(&i->lock);
	return done;
}

bool
ingest_hand_in(struct queue *arrivals, size_t message_max, const json_t *request, int fd,
               const struct stop *stop, char said[static INGEST_SAID_MAX], struct err *e)
{
	struct queue_item item = {0, NULL, 0, arrival_free};
	struct arrival *a = NULL;
	struct ingest *i;
	bool ok;

	said[0] = '\0';
	if (!arrival_of(request, fd, message_max, &a, e)) {
		arrival_free(a);
		return false;
	}
	i = a->asker = ingest_new();
	item.body = a;
	item.weight = a->len;
	if (queue_put(arrivals, item, -1, stop) != QUEUE_DONE)
		arrival_free(a); /* which tells us that it went nowhere */
	if (!await(i, stop))
		return err_set(e, ERR_INTERRUPTED, "told to stop; mingpianctl log tells what became of it");
	ok = i->e.code == ERR_NONE;
	(void)snprintf(said, INGEST_SAID_MAX, "%s", i->said);
	if (!ok)
		*e = i->e;
	ingest_free(i);
	return ok;
}
