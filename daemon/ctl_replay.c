/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl replay: every kept mail, read again by today's parser; what would come out otherwise. */
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "daemon/progress.h"
#include "daemon/replay.h"
#include "daemon/worker.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	CUT_LEN = 1 << 20, /* what is kept of a mail over the limit */
	JOBS_MAX = 16,
};

struct replaying {
	const struct ctl *c;
	struct spool *s;
	struct worker worker;
	bool json;
	size_t mails, differ, gone, failed;
	json_t *fields; /* {field: how often} */
};

static void
print_differences(const struct replaying *r, const struct query_message *m, const json_t *list)
{
	const struct term *t = &r->c->term;
	const json_t *d;
	size_t i;
	int half = (t->columns - 25) / 2;

	term_put(t, TERM_BOLD, m->id);
	(void)fputs("  ", t->out);
	term_cut(t, TERM_PLAIN, m->subject, t->columns - 20);
	(void)fputc('\n', t->out);
	json_array_foreach((json_t *)list, i, d)
	{
		(void)fputs("  ", t->out);
		term_text(t, TERM_DIM, json_text(d, "field"), 19);
		term_cut(t, TERM_BAD, json_text(d, "was") ? json_text(d, "was") : "(nothing)", half);
		(void)fputs(" → ", t->out);
		term_cut(t, TERM_GOOD, json_text(d, "now") ? json_text(d, "now") : "(nothing)", half);
		(void)fputc('\n', t->out);
	}
}

static void
count(struct replaying *r, const json_t *list)
{
	const json_t *d;
	size_t i;

	json_array_foreach((json_t *)list, i, d)
	{
		const char *field = json_text(d, "field");
		json_int_t n = json_int(r->fields, field);

		json_object_set_new(r->fields, field, json_integer(n + 1));
	}
}

static void
tell(struct replaying *r, const struct query_message *m, json_t *list)
{
	if (!json_array_size(list))
		return;
	r->differ++;
	count(r, list);
	if (r->json)
		ctl_json(r->c, json_pack("{s:s, s:s, s:o, s:O}", "message_sha256", m->message, "id", m->id,
		                         "received_at", ctl_json_time(m->received_at), "differs", list));
	else
		print_differences(r, m, list);
}

static void
tell_failed(struct replaying *r, const struct query_message *m, const struct err *e)
{
	r->failed++;
	if (r->json) {
		ctl_json(r->c, json_pack("{s:s, s:s, s:o}", "message_sha256", m->message, "id", m->id,
		                         "failed", json_sentence(e->text)));
		return;
	}
	term_put(&r->c->term, TERM_BOLD, m->id);
	(void)fputs("  ", r->c->term.out);
	term_text(&r->c->term, TERM_BAD, e->text, 0);
	(void)fputc('\n', r->c->term.out);
}

/* The reading that lies in the spool, as reading_open() gives it. */
static bool
stored(const struct replaying *r, const struct hash *id, struct reading *was, struct err *e)
{
	json_t *file = NULL;
	char *parsed;
	bool ok;

	if (!spool_reading(r->s, id, &file, e))
		return false;
	parsed = json_dumps(json_object_get(file, "parsed"), JSON_COMPACT);
	ok = parsed ? reading_open(was, r->c->form, parsed, e)
	            : err_set(e, ERR_SPOOL, "read/%.2s/%s.json holds no reading", id->hex, id->hex);
	free(parsed);
	json_decref(file);
	return ok;
}

static bool
was_cut(const struct reading *was, size_t len)
{
	const json_t *u;
	size_t i;

	json_array_foreach((json_t *)was->unread, i, u)
	{
		if (len == CUT_LEN && json_text(u, "reason") &&
		    strcmp(json_text(u, "reason"), "too_large") == 0)
			return true;
	}
	return false;
}

/* One mail on its way. */
struct job {
	const struct query_message *m;
	const struct worker *worker;
	struct buf mail;
	struct reading was;
	bool ran; /* the parser answered */
	char *answer;
	struct err e;
	pthread_t thread;
};

/* Mail and reading, from the spool. False: there is nothing to read again, and that is told. */
static bool
job_load(struct replaying *r, struct job *j, const struct query_message *m)
{
	struct hash id, reading;

	*j = (struct job){.m = m, .worker = &r->worker, .mail = BUF_INIT(STORE_BYTES_MAX)};
	if (hash_read(&id, m->message) && m->reading && hash_read(&reading, m->reading) &&
	    spool_mail(r->s, &id, &j->mail, &j->e) && stored(r, &reading, &j->was, &j->e)) {
		r->mails++;
		return true;
	}
	if (j->e.code == ERR_NOT_FOUND)
		r->gone++;
	else
		tell_failed(r, m, &j->e);
	buf_free(&j->mail);
	return false;
}

static void *
job_run(void *context)
{
	struct job *j = context;

	j->ran = worker_run(j->worker, buf_bytes(&j->mail), j->m->received_at, -1, &j->answer, &j->e);
	return NULL;
}

static void
job_end(struct replaying *r, struct job *j)
{
	struct reading now;

	if (j->ran && reading_open(&now, r->c->form, j->answer, &j->e)) {
		json_t *list;

		if (was_cut(&j->was, j->mail.len))
			reading_cut_short(&now);
		list = replay_compare(r->c->form, &j->was, &now);
		tell(r, j->m, list);
		json_decref(list);
		reading_close(&now);
	} else {
		tell_failed(r, j->m, &j->e);
	}
	reading_close(&j->was);
	free(j->answer);
	buf_free(&j->mail);
}

/* As many parsers at once as there are processors; told in the order of the mails. */
static void
replay_all(struct replaying *r, const struct query_message *list, size_t n)
{
	struct progress p = progress_begin(stderr, "reading again", "mails");
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	const size_t width = processors < 1 ? 1 : processors > JOBS_MAX ? JOBS_MAX : (size_t)processors;
	struct job jobs[JOBS_MAX];

	for (size_t i = 0; i < n;) {
		bool threads[JOBS_MAX];
		size_t k = 0;

		for (; k < width && i < n; i++)
			if (!list[i].copy_of && job_load(r, &jobs[k], &list[i]))
				k++;
		for (size_t t = 0; t < k; t++)
			threads[t] = pthread_create(&jobs[t].thread, NULL, job_run, &jobs[t]) == 0;
		for (size_t t = 0; t < k; t++) {
			if (threads[t])
				(void)pthread_join(jobs[t].thread, NULL);
			else
				(void)job_run(&jobs[t]);
			job_end(r, &jobs[t]);
		}
		progress_at(&p, i, n);
	}
	progress_end(&p);
}

static void
summary(struct replaying *r)
{
	const struct term *t = &r->c->term;
	const char *field;
	const json_t *n;

	if (r->json) {
		ctl_json(r->c, json_pack("{s:I, s:I, s:I, s:I, s:O}", "mails", (json_int_t)r->mails, "differ",
		                         (json_int_t)r->differ, "failed", (json_int_t)r->failed, "gone",
		                         (json_int_t)r->gone, "fields", r->fields));
		return;
	}
	(void)fprintf(t->out, "%zu mails were read again: ", r->mails);
	term_put(t, r->differ ? TERM_WARN : TERM_GOOD, r->differ ? "" : "all the same");
	if (r->differ)
		(void)fprintf(t->out, "%zu otherwise", r->differ);
	json_object_foreach(r->fields, field, n)(void)
	        fprintf(t->out, ", %s %lld", field, (long long)json_integer_value(n));
	if (r->failed)
		(void)fprintf(t->out, "; %zu could not be read or compared", r->failed);
	if (r->gone)
		(void)fprintf(t->out, "; %zu were taken out or are missing", r->gone);
	(void)fputs("\nnothing was sent or changed\n", t->out);
}

int
ctl_replay(struct ctl *c, int argc, char **argv)
{
	const struct config *k = c->config;
	char path[PATH_MAX];
	struct replaying r = {.c = c,
	                      .worker = {.program = path,
	                                 .form = k->campaigns[0].form,
	                                 .seconds = k->limits.parse_seconds,
	                                 .memory_mb = k->limits.parse_memory_mb,
	                                 .sandbox = k->sandbox_required}};
	const struct ctl_option options[] = {{"json", &r.json, NULL}, {NULL, NULL, NULL}};
	struct query_message *list = NULL;
	struct err e = {0};
	struct arena *a;
	size_t n = 0;
	int given = ctl_options(argc, argv, options), status = EX_OK;

	if (given != 0)
		return given < 0 ? EX_USAGE : ctl_usage("replay", "takes no argument but --json");
	if (!worker_find(path, &e) || !ctl_spool_open(c, SPOOL_READ, &r.s, &e))
		return ctl_fail(&e);
	a = arena_new();
	r.fields = json_object();
	if (!query_messages(spool_index(r.s), a, 0, &list, &n, &e))
		status = ctl_fail(&e);
	if (status == EX_OK) {
		replay_all(&r, list, n);
		summary(&r);
	}
	json_decref(r.fields);
	arena_free(a);
	spool_close(r.s);
	return status;
}
