/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl status: how things stand, in the manner of systemctl: the daemon as it says itself, the spool
 * as it lies there, what is wrong and what to do about it, what waits for a person. Exit 1 where something is
 * wrong, for monitoring. */
#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/alarms.h"
#include "daemon/control.h"
#include "daemon/ctl_spool.h"
#include "daemon/spawn.h"
#include "daemon/worker.h"
#include "spool/durable.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	UNSENT_HOURS = 1,  /* a reply that waits longer is shown as wrong */
	STOPPED_HOURS = 1, /* so is a daemon that has not run for longer (--once by cron is well) */
};

struct counts {
	const char *title;
	struct query_count *list;
	size_t count;
};

struct state {
	struct arena *a;
	struct spool *s;
	const char *dir;
	json_t *live; /* the daemon's own word; NULL: it gives none */
	struct counts messages, registrations, outbox;
	struct query_item *items;
	size_t item_count;
	struct query_held *held;
	size_t held_count;
	struct query_alarm *alarms;
	size_t alarm_count;
	struct query_comparison *comparisons;
	size_t comparison_count;
	int64_t unsent;
	time_t oldest_unsent;
	const char *started_at, *stopped_at, *replies_since;
	bool running;
	char engine[60];    /* that reads pictures; "": none */
	const char **wrong; /* sentences */
	size_t wrong_count;
};

static bool
ask(struct state *st, struct err *e)
{
	struct index *i = spool_index(st->s);
	struct arena *a = st->a;

	return query_dispositions(i, a, 0, 0, &st->messages.list, &st->messages.count, e) &&
	       query_states(i, a, &st->registrations.list, &st->registrations.count, e) &&
	       query_outbox(i, a, &st->outbox.list, &st->outbox.count, e) &&
	       query_items(i, a, &st->items, &st->item_count, e) &&
	       query_held(i, a, &st->held, &st->held_count, e) &&
	       query_alarms(i, a, 0, true, &st->alarms, &st->alarm_count, e) &&
	       query_comparisons(i, a, 0, true, &st->comparisons, &st->comparison_count, e) &&
	       query_unsent(i, &st->unsent, &st->oldest_unsent, e) &&
	       query_fact(i, a, "started_at", &st->started_at, e) &&
	       query_fact(i, a, "stopped_at", &st->stopped_at, e) &&
	       query_fact(i, a, "replies_since", &st->replies_since, e);
}

/* What the parser says of itself. */
static void
ask_engine(struct state *st)
{
	char path[PATH_MAX];
	int out[2] = {-1, -1}, none = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid = -1;
	ssize_t n = 0;

	if (none >= 0 && worker_find(path, NULL) && pipe2(out, O_CLOEXEC) == 0 &&
	    spawn(path, (const char *const[]){"mingpian-parse", "--engines", NULL},
	          (int[]){none, out[1], none}, &pid, NULL)) {
		(void)close(out[1]);
		out[1] = -1;
		n = read(out[0], st->engine, sizeof st->engine - 1);
		spawn_end(pid);
	}
	st->engine[n > 0 ? n : 0] = '\0';
	st->engine[strcspn(st->engine, "\n")] = '\0';
	for (int i = 0; i < 2; i++)
		if (out[i] >= 0)
			(void)close(out[i]);
	if (none >= 0)
		(void)close(none);
}

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_text(o, key);

	return s ? s : "";
}

/* ---- what is wrong ---- */

static void wrong(struct state *st, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
wrong(struct state *st, const char *fmt, ...)
{
	char text[700];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	st->wrong = mem_grow(st->wrong, st->wrong_count + 1, sizeof *st->wrong);
	st->wrong[st->wrong_count++] = arena_str(st->a, text);
}

static void
judge_process(struct state *st)
{
	time_t started = 0, stopped = 0;

	if (st->running && !st->live)
		wrong(st, "a process holds the spool and does not say how it fares: is it stuck? "
		          "systemctl status mingpian");
	if (st->running || !st->started_at)
		return;
	(void)clock_parse(st->started_at, &started);
	if (st->stopped_at)
		(void)clock_parse(st->stopped_at, &stopped);
	if (stopped < started)
		wrong(st,
		      "mingpiand ended without a word after its start at %s: journalctl -u mingpian, then "
		      "systemctl start mingpian",
		      st->started_at);
	else if (clock_now() - stopped > STOPPED_HOURS * 3600L)
		wrong(st, "mingpiand has not run since %s: systemctl start mingpian", st->stopped_at);
}

static void
judge_live(struct state *st)
{
	size_t i;
	const json_t *m;

	json_array_foreach(json_object_get(st->live, "mailboxes"), i, m)
	{
		if (!json_is_null(json_object_get(m, "error")))
			wrong(st, "%s: %s", text_of(m, "address"), text_of(m, "error"));
	}
	json_array_foreach(json_object_get(st->live, "senders"), i, m)
	{
		if (strcmp(text_of(m, "state"), "resting") == 0)
			wrong(st, "%s: nothing is sent until %s: its SMTP server failed (%s)",
			      text_of(m, "address"), text_of(m, "next_try"), text_of(m, "error"));
	}
	if (st->live && json_is_false(json_object_get(st->live, "writer_alive")))
		wrong(st, "the writer does not answer: is the disk stuck? Mail waits on the servers");
	if (json_flag(st->live, "paused"))
		wrong(st, "no mail is taken in for now: %s", text_of(st->live, "paused_why"));
	if (*text_of(st->live, "reload_refused"))
		wrong(st, "the last reload was refused, the old files are in force: %s",
		      text_of(st->live, "reload_refused"));
}

/* What a backup that is newer or older than its log leaves. */
static void
judge_files(struct state *st)
{
	char first[STORE_PATH_MAX];
	struct err e = {0};
	int count = 0;

	if (!spool_missing(st->s, &count, first, &e))
		wrong(st, "%s", e.text);
	else if (count)
		wrong(st,
		      "%d files that the log names are not there, the first is %s: put them back from a "
		      "backup; "
		      "mingpianctl verify names all",
		      count, first);
	if (!spool_unnamed(st->s, &count, first, &e))
		wrong(st, "%s", e.text);
	else if (count)
		wrong(st,
		      "%d mails lie aside that no line of the log names, the first is %s: if the log is "
		      "older "
		      "than they are, put the newer log back; else mingpianctl ingest %s/%s takes it in",
		      count, first, st->dir, first);
}

static void
judge_spool(struct state *st)
{
	struct err e = {0};

	for (size_t i = 0; i < st->alarm_count; i++) {
		const char *advice = alarm_advice(st->alarms[i].alarm);

		wrong(st, "%s: %s", st->alarms[i].mailbox, advice ? advice : st->alarms[i].alarm);
	}
	for (size_t i = 0; i < st->comparison_count; i++) {
		const struct query_comparison *c = &st->comparisons[i];

		if (c->missing)
			wrong(st, "%s, folder %s: %lld mails had no line; they are fetched again (UIDs %s)",
			      c->mailbox, c->folder, (long long)c->missing, c->uids ? c->uids : "?");
	}
	if (!spool_room(st->s, 0, &e))
		wrong(st, "%s", e.text);
	judge_files(st);
	if (st->oldest_unsent && clock_now() - st->oldest_unsent > UNSENT_HOURS * 3600L)
		wrong(st, "a reply waits for more than %d h to go out: mingpianctl log --event deferred",
		      UNSENT_HOURS);
}

/* ---- JSON ---- */

static json_t *
counts_json(const struct counts *c)
{
	json_t *o = json_object();

	for (size_t i = 0; i < c->count; i++)
		json_object_set_new(o, c->list[i].what, json_integer(c->list[i].count));
	return o;
}

static json_t *
items_json(const struct state *st)
{
	json_t *list = json_array();

	for (size_t i = 0; i < st->item_count; i++) {
		const struct query_item *it = &st->items[i];

		json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "item", it->item, "what",
		                                      it->what, "why", ctl_json_text(it->why), "since",
		                                      ctl_json_time(it->since)));
	}
	return list;
}

static json_t *
alarms_json(const struct state *st)
{
	json_t *list = json_array();

	for (size_t i = 0; i < st->alarm_count; i++) {
		const struct query_alarm *al = &st->alarms[i];

		json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o, s:i, s:o}", "alarm", al->alarm,
		                                      "mailbox", al->mailbox, "raised_at",
		                                      ctl_json_time(al->raised_at), "last_at",
		                                      ctl_json_time(al->last_at), "tries", al->tries,
		                                      "advice", ctl_json_text(alarm_advice(al->alarm))));
	}
	return list;
}

static json_t *
comparisons_json(const struct state *st)
{
	json_t *list = json_array();

	for (size_t i = 0; i < st->comparison_count; i++) {
		const struct query_comparison *c = &st->comparisons[i];

		json_array_append_new(
		        list, json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "mailbox",
		                        c->mailbox, "folder", c->folder, "at", ctl_json_time(c->at),
		                        "on_server", (json_int_t)c->on_server, "recorded",
		                        (json_int_t)c->recorded, "left", (json_int_t)c->left, "held",
		                        (json_int_t)c->held, "new", (json_int_t)c->fresh, "missing",
		                        (json_int_t)c->missing, "gone", (json_int_t)c->gone));
	}
	return list;
}

static json_t *
wrong_json(const struct state *st)
{
	json_t *list = json_array();

	for (size_t i = 0; i < st->wrong_count; i++)
		json_array_append_new(list, json_sentence(st->wrong[i]));
	return list;
}

static void
print_json(const struct ctl *c, const struct state *st)
{
	struct log_head head = spool_head(st->s);
	json_t *o = json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:s, s:I}", "running",
	                      st->running, "started_at", ctl_json_text(st->started_at), "replies_since",
	                      ctl_json_text(st->replies_since), "messages", counts_json(&st->messages),
	                      "registrations", counts_json(&st->registrations), "outbox",
	                      counts_json(&st->outbox), "items", items_json(st), "held",
	                      (json_int_t)st->held_count, "head_seq", (json_int_t)head.seq, "head",
	                      head.hash.hex, "free_bytes", (json_int_t)spool_free(st->s));

	if (!o)
		mem_die("printing the status");
	json_object_set_new(o, "oldest_unsent_at", ctl_json_time(st->oldest_unsent));
	json_object_set_new(o, "engine", *st->engine ? json_string(st->engine) : json_null());
	json_object_set_new(o, "sandbox", json_boolean(c->config->sandbox_required));
	json_object_set_new(o, "alarms", alarms_json(st));
	json_object_set_new(o, "comparisons", comparisons_json(st));
	json_object_set_new(o, "wrong", wrong_json(st));
	json_object_set(o, "live", st->live ? st->live : json_null());
	ctl_json(c, o);
}

/* ---- for a person ---- */

static const char *
ago(time_t t, char *out, size_t size)
{
	long long s = (long long)clock_now() - (long long)t;

	if (!t)
		(void)snprintf(out, size, "never");
	else if (s < 0)
		(void)snprintf(out, size, "in the future");
	else if (s < 120)
		(void)snprintf(out, size, "%lld s ago", s);
	else if (s < 7200)
		(void)snprintf(out, size, "%lld min ago", s / 60);
	else
		(void)snprintf(out, size, "%lld h ago", s / 3600);
	return out;
}

static time_t
time_of(const json_t *o, const char *key)
{
	time_t t = 0;

	(void)clock_parse(text_of(o, key), &t);
	return t;
}

static void
print_title(const struct term *t, const char *title)
{
	term_text(t, TERM_BOLD, title, 14);
	(void)fputs("  ", t->out);
}

static void
print_mailboxes(const struct term *t, const json_t *live)
{
	char contact[40], sweep[40];
	size_t i;
	const json_t *m;

	json_array_foreach(json_object_get(live, "mailboxes"), i, m)
	{
		bool ok = json_is_null(json_object_get(m, "error"));

		print_title(t, i ? "" : "mailboxes");
		term_put(t, ok ? TERM_GOOD : TERM_BAD, ok ? "● " : "× ");
		term_text(t, TERM_PLAIN, text_of(m, "address"), 0);
		(void)fprintf(t->out, "  %s%s, last contact %s, looked through %s", text_of(m, "state"),
		              json_flag(m, "idle") ? " (pushes)" : "",
		              ago(time_of(m, "last_contact"), contact, sizeof contact),
		              ago(time_of(m, "last_sweep"), sweep, sizeof sweep));
		if (json_int(m, "backlog"))
			(void)fprintf(t->out, ", %lld mails behind", (long long)json_int(m, "backlog"));
		(void)fputc('\n', t->out);
	}
}

static void
print_counts(const struct term *t, const struct counts *c)
{
	print_title(t, c->title);
	for (size_t i = 0; i < c->count; i++) {
		(void)fprintf(t->out, "%s%lld ", i ? ", " : "", (long long)c->list[i].count);
		term_text(t, ctl_style(c->list[i].what), c->list[i].what, 0);
	}
	(void)fputs(c->count ? "\n" : "none\n", t->out);
}

static void
print_comparison(const struct term *t, const struct state *st)
{
	int64_t on_server = 0, missing = 0, gone = 0;
	time_t oldest = 0;
	char when[40];

	for (size_t i = 0; i < st->comparison_count; i++) {
		const struct query_comparison *c = &st->comparisons[i];

		on_server += c->on_server;
		missing += c->missing;
		gone += c->gone;
		if (!oldest || c->at < oldest)
			oldest = c->at;
	}
	if (!st->comparison_count)
		return;
	print_title(t, "on the servers");
	(void)fprintf(t->out, "%lld mails, ", (long long)on_server);
	term_put(t, missing ? TERM_BAD : TERM_GOOD, missing ? "" : "each with its line");
	if (missing)
		(void)fprintf(t->out, "%lld without a line", (long long)missing);
	(void)fprintf(t->out, "; %lld tidied away; compared %s\n", (long long)gone,
	              ago(oldest, when, sizeof when));
}

static void
print_items(const struct term *t, const struct state *st)
{
	char when[24];

	if (!st->item_count) {
		term_put(t, TERM_GOOD, "nothing waits for a person\n");
		return;
	}
	term_put(t, TERM_BOLD, "waits for a person (mingpianctl review):\n");
	for (size_t i = 0; i < st->item_count; i++) {
		const struct query_item *it = &st->items[i];

		(void)fprintf(t->out, "  %s ", ctl_short_time(it->since, when));
		term_text(t, TERM_BOLD, it->item, 18);
		(void)fputc(' ', t->out);
		term_text(t, ctl_style(it->what), it->what, 11);
		term_text(t, TERM_DIM, it->why ? it->why : "", 0);
		(void)fputc('\n', t->out);
	}
}

static void
print_process(const struct term *t, const struct state *st)
{
	if (st->live)
		term_put(t, st->wrong_count ? TERM_WARN : TERM_GOOD, "● mingpiand runs");
	else
		term_put(t, TERM_WARN,
		         st->running ? "● mingpiand holds the spool and does not answer"
		                     : "○ mingpiand does not run");
	if (st->live)
		(void)fprintf(t->out, ", process %lld, since %s", (long long)json_int(st->live, "pid"),
		              text_of(st->live, "started_at"));
	else
		(void)fprintf(t->out, ", last started %s", st->started_at ? st->started_at : "never");
	(void)fputc('\n', t->out);
}

static void
print_plain(const struct ctl *c, const struct state *st)
{
	const struct term *t = &c->term;
	struct log_head head = spool_head(st->s);
	char when[40];

	print_process(t, st);
	print_mailboxes(t, st->live);
	print_counts(t, &st->messages);
	print_counts(t, &st->registrations);
	print_counts(t, &st->outbox);
	if (st->unsent)
		(void)fprintf(t->out, "%16s%lld still to go out, the oldest queued %s\n", "",
		              (long long)st->unsent, ago(st->oldest_unsent, when, sizeof when));
	print_comparison(t, st);
	print_title(t, "spool");
	(void)fprintf(t->out, "%s, %lld MiB free\n", c->config->spool.dir,
	              (long long)(spool_free(st->s) >> 20));
	print_title(t, "log");
	(void)fprintf(t->out, "%lld lines, head %.16s…\n", (long long)head.seq, head.hash.hex);
	print_title(t, "parser");
	(void)fprintf(t->out, "sandbox %s", c->config->sandbox_required ? "required" : "off");
	(void)fputs(*st->engine ? ", pictures are read by " : ", pictures are read by nothing: make ocr",
	            t->out);
	term_text(t, TERM_PLAIN, st->engine, 0);
	(void)fputc('\n', t->out);
	if (st->held_count)
		(void)fprintf(t->out, "%zu mails could not be parsed yet and are tried again\n",
		              st->held_count);
	for (size_t i = 0; i < st->wrong_count; i++) {
		term_put(t, TERM_BAD, "wrong: ");
		term_text(t, TERM_PLAIN, st->wrong[i], 0);
		(void)fputc('\n', t->out);
	}
	print_items(t, st);
}

static bool
writer_lives(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool lives = fd >= 0 && durable_locked(fd, "lock");

	if (fd >= 0)
		(void)close(fd);
	return lives;
}

int
ctl_status(struct ctl *c, int argc, char **argv)
{
	bool json = false;
	const struct ctl_option options[] = {{"json", &json, NULL}, {NULL, NULL, NULL}};
	struct state st = {.dir = c->config->spool.dir,
	                   .messages = {.title = "messages"},
	                   .registrations = {.title = "registrations"},
	                   .outbox = {.title = "replies"}};
	struct err e = {0}, none = {0};
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("status", "takes no argument");
	if (!ctl_spool_open(c, SPOOL_READ, &st.s, &e))
		return ctl_fail(&e);
	st.running = writer_lives(c->config->spool.dir);
	if (st.running)
		(void)control_ask_live(c->config->spool.dir, false, &st.live, &none);
	st.a = arena_new();
	if (!ask(&st, &e)) {
		status = ctl_fail(&e);
	} else {
		ask_engine(&st);
		judge_process(&st);
		judge_live(&st);
		judge_spool(&st);
		if (json)
			print_json(c, &st);
		else
			print_plain(c, &st);
		status = st.wrong_count ? 1 : EX_OK;
	}
	json_decref(st.live);
	free(st.wrong);
	arena_free(st.a);
	spool_close(st.s);
	return status;
}
