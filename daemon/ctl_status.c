/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl status: how things stand, and what needs a person. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "spool/durable.h"

#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

struct counts {
	const char *title;
	struct query_count *list;
	size_t count;
};

struct state {
	struct counts messages, registrations, outbox;
	struct query_item *items;
	size_t item_count;
	struct query_held *held;
	size_t held_count;
	const char *started_at, *replies_since;
	bool running;
};

static bool
ask(struct spool *s, struct arena *a, struct state *st, struct err *e)
{
	struct index *i = spool_index(s);

	return query_dispositions(i, a, 0, 0, &st->messages.list, &st->messages.count, e) &&
	       query_states(i, a, &st->registrations.list, &st->registrations.count, e) &&
	       query_outbox(i, a, &st->outbox.list, &st->outbox.count, e) &&
	       query_items(i, a, &st->items, &st->item_count, e) &&
	       query_held(i, a, &st->held, &st->held_count, e) &&
	       query_fact(i, a, "started_at", &st->started_at, e) &&
	       query_fact(i, a, "replies_since", &st->replies_since, e);
}

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

static void
print_json(const struct ctl *c, struct spool *s, const struct state *st)
{
	struct log_head head = spool_head(s);

	ctl_json(c, json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:s, s:I}", "running",
	                      st->running, "started_at", ctl_json_text(st->started_at), "replies_since",
	                      ctl_json_text(st->replies_since), "messages", counts_json(&st->messages),
	                      "registrations", counts_json(&st->registrations), "outbox",
	                      counts_json(&st->outbox), "items", items_json(st), "held",
	                      (json_int_t)st->held_count, "head_seq", (json_int_t)head.seq, "head",
	                      head.hash.hex, "free_bytes", (json_int_t)spool_free(s)));
}

static void
print_counts(const struct term *t, const struct counts *c)
{
	term_put(t, TERM_BOLD, c->title);
	for (size_t i = 0; i < c->count; i++) {
		(void)fprintf(t->out, "%s%lld ", i ? ", " : "  ", (long long)c->list[i].count);
		term_text(t, ctl_style(c->list[i].what), c->list[i].what, 0);
	}
	(void)fputs(c->count ? "\n" : "  none\n", t->out);
}

static void
print_items(const struct term *t, const struct state *st)
{
	char when[24];

	if (!st->item_count) {
		term_put(t, TERM_GOOD, "nothing waits for a person\n");
		return;
	}
	term_put(t, TERM_BOLD, "waits for a person:\n");
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
print_plain(const struct ctl *c, struct spool *s, const struct state *st)
{
	const struct term *t = &c->term;
	struct log_head head = spool_head(s);

	term_put(t, st->running ? TERM_GOOD : TERM_WARN, st->running ? "● running" : "○ not running");
	(void)fprintf(t->out, ", last started %s\n", st->started_at ? st->started_at : "never");
	(void)fprintf(t->out, "spool          %s, %lld MiB free\n", c->config->spool.dir,
	              (long long)(spool_free(s) >> 20));
	(void)fprintf(t->out, "log            %lld lines, head %.16s…\n", (long long)head.seq, head.hash.hex);
	print_counts(t, &st->messages);
	print_counts(t, &st->registrations);
	print_counts(t, &st->outbox);
	if (st->held_count)
		(void)fprintf(t->out, "%zu mails could not be parsed yet and are tried again\n",
		              st->held_count);
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
	struct state st = {.messages = {.title = "messages     "},
	                   .registrations = {.title = "registrations"},
	                   .outbox = {.title = "replies      "}};
	struct spool *s = NULL;
	struct err e = {0};
	struct arena *a;
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("status", "takes no argument");
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	st.running = writer_lives(c->config->spool.dir);
	a = arena_new();
	if (!ask(s, a, &st, &e))
		status = ctl_fail(&e);
	else if (json)
		print_json(c, s, &st);
	else
		print_plain(c, s, &st);
	arena_free(a);
	spool_close(s);
	return status;
}
