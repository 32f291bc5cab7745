/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl log: the log, as it is (--json) or a line a fact for a person; -f goes on with what comes. */
#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "config/text.h"
#include "daemon/ctl_spool.h"
#include "daemon/mask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	INDENT = 29,     /* below "  seq  MM-DD HH:MM event     " */
	LOOK_MS = 1000,  /* -f: how long at the most until the log is looked at again */
	TAIL_LINES = 20, /* -f: what is shown of what was there */
	HASH_SHOWN = 9,
};

struct filter {
	const struct ctl *c;
	bool json, follow;
	struct mask *mask; /* NULL: nothing is hidden */
	const char *receipt, *event;
	time_t since, until;
	int64_t from_seq;     /* -f: lines before are passed over */
	struct log_head last; /* visited */
};

/* Does a line speak of this receipt: in a form, a reply's id, an item? */
static bool
speaks_of(const json_t *line, const char *receipt)
{
	static const char *const keys[] = {"receipt", "id", "reply", "item"};
	const json_t *forms = json_object_get(line, "forms"), *f;
	size_t i, n = strlen(receipt);

	for (i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *v = json_text(line, keys[i]);

		if (v && strncmp(v, receipt, n) == 0 && (v[n] == '\0' || v[n] == '.'))
			return true;
	}
	json_array_foreach((json_t *)forms, i, f)
	{
		const char *v = json_text(f, "receipt");

		if (v && strcmp(v, receipt) == 0)
			return true;
	}
	return false;
}

/* Is word in a list parted by commas? */
static bool
in_list(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (; list; list = strchr(list, ',') ? strchr(list, ',') + 1 : NULL)
		if (strncmp(list, word, n) == 0 && (list[n] == ',' || !list[n]))
			return true;
	return false;
}

static bool
wanted(const struct filter *f, const json_t *line)
{
	const char *event = json_text(line, "event");
	const char *at = json_text(line, "at");
	time_t when = 0;

	if (f->event && (!event || !in_list(f->event, event)))
		return false;
	if ((f->since || f->until) && (!at || !clock_parse(at, &when)))
		return false;
	if ((f->since && when < f->since) || (f->until && when >= f->until))
		return false;
	return !f->receipt || speaks_of(line, f->receipt);
}

/* ---- a line for a person, no wider than the terminal ---- */

/* What is put beside the last thing, or below it where the line is full. */
struct flow {
	const struct term *t;
	int column;
};

static void
flow_put(struct flow *w, const char *key, const char *value)
{
	int width = (int)(strlen(key) + 1 + text_columns(value)), room = w->t->columns - INDENT;

	if (w->column + 1 + width > w->t->columns && w->column > INDENT) {
		(void)fprintf(w->t->out, "\n%*s", INDENT, "");
		w->column = INDENT;
	} else if (w->column > INDENT) {
		(void)fputc(' ', w->t->out);
		w->column++;
	}
	term_put(w->t, TERM_DIM, key);
	(void)fputc('=', w->t->out);
	room -= (int)strlen(key) + 1;
	term_cut(w->t, TERM_PLAIN, value, room > 10 ? room : 10);
	w->column += width;
}

static const char *
shown(const json_t *v, char out[64])
{
	const char *text = json_string_value(v);

	if (text && strlen(text) == HASH_HEX && strspn(text, "0123456789abcdef") == HASH_HEX)
		(void)snprintf(out, 64, "%.*s…", HASH_SHOWN, text);
	else if (text)
		return text;
	else if (json_is_integer(v))
		(void)snprintf(out, 64, "%lld", (long long)json_integer_value(v));
	else if (json_is_boolean(v))
		return json_is_true(v) ? "yes" : "no";
	else
		(void)snprintf(out, 64, "%zu", json_array_size(v));
	return out;
}

/* The members that a person wants to see, each key=value, hashes cut. */
static void
print_members(struct flow *w, const json_t *line)
{
	static const char *const own[] = {"seq", "at", "event", "prev", "more", "forms"};
	char room[64];
	const char *key;
	const json_t *v;

	json_object_foreach((json_t *)line, key, v)
	{
		bool plain = !json_is_null(v);

		for (size_t i = 0; i < sizeof own / sizeof *own; i++)
			plain = plain && strcmp(key, own[i]) != 0;
		if (plain)
			flow_put(w, key, shown(v, room));
	}
	(void)fputc('\n', w->t->out);
}

static void
print_forms(const struct term *t, const json_t *forms)
{
	size_t i;
	const json_t *f;

	json_array_foreach((json_t *)forms, i, f)
	{
		json_int_t errors = json_int(f, "errors");

		(void)fprintf(t->out, "%*s", INDENT, "");
		term_text(t, TERM_BOLD, json_text(f, "receipt"), 0);
		(void)fprintf(t->out, " r%lld ", (long long)json_int(f, "revision"));
		term_text(t, TERM_PLAIN, json_text(f, "as"), 9);
		term_cut(t, TERM_DIM, json_text(f, "region_key"), t->columns - INDENT - 40);
		if (errors)
			(void)fprintf(t->out, " %lld %s", (long long)errors,
			              errors == 1 ? "error" : "errors");
		(void)fputc('\n', t->out);
	}
}

static void
print_line(const struct term *t, const struct log_line *line)
{
	const char *event = json_text(line->object, "event");
	const char *at = json_text(line->object, "at");
	struct flow w = {t, INDENT};
	time_t when = 0;
	char shown_at[24];

	(void)ctl_short_time(at && clock_parse(at, &when) ? when : 0, shown_at);
	(void)fprintf(t->out, "%6lld ", (long long)line->head.seq);
	term_text(t, TERM_DIM, shown_at, 11);
	(void)fputc(' ', t->out);
	term_text(t, ctl_style(event) == TERM_PLAIN ? TERM_BOLD : ctl_style(event), event, 9);
	(void)fputc(' ', t->out);
	print_members(&w, line->object);
	print_forms(t, json_object_get(line->object, "forms"));
}

/* The log names nobody; but what a server said of a recipient may stand in a `why`. Masked, a line does not
 * chain any more. */
static void
print_masked(const struct filter *f, const struct log_line *line)
{
	static const char *const spared[] = {"mailbox", "at", "received_at", "next", "prev", NULL};
	json_t *o = json_deep_copy(line->object);
	struct log_line masked = *line;

	if (!o)
		mem_die("masking a line");
	mask_json(f->mask, o, spared);
	masked.object = o;
	if (f->json)
		ctl_json(f->c, json_incref(o));
	else
		print_line(&f->c->term, &masked);
	json_decref(o);
}

static bool
visit(void *context, const struct log_line *line, struct err *e)
{
	struct filter *f = context;

	(void)e;
	f->last = line->head;
	if (line->head.seq < f->from_seq || !wanted(f, line->object))
		return true;
	if (f->mask)
		print_masked(f, line);
	else if (f->json)
		(void)fprintf(f->c->term.out, "%.*s\n", (int)line->text.len, (const char *)line->text.at);
	else
		print_line(&f->c->term, line);
	return true;
}

/* ---- -f ---- */

static volatile sig_atomic_t told_to_end;

static void
on_signal(int number)
{
	(void)number;
	told_to_end = 1;
}

/* Wake when the folder changes: a line more, a new month's file. Without inotify, every LOOK_MS. */
static int
watch(const char *dir)
{
	struct buf path = BUF_INIT(4096);
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	buf_fmt(&path, "%s/log", dir);
	if (fd >= 0 && inotify_add_watch(fd, path.at, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
		(void)close(fd);
		fd = -1;
	}
	buf_free(&path);
	return fd;
}

static void
wait_for_more(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};
	char events[4096];

	(void)poll(&p, fd >= 0 ? 1 : 0, LOOK_MS);
	while (fd >= 0 && read(fd, events, sizeof events) > 0)
		;
}

static bool
follow(struct filter *f, struct spool *s, struct err *e)
{
	struct sigaction end = {.sa_handler = on_signal};
	int fd = watch(f->c->config->spool.dir);
	bool ok = true;

	(void)sigaction(SIGINT, &end, NULL);
	(void)sigaction(SIGTERM, &end, NULL);
	while (ok && !told_to_end) {
		ok = fflush(f->c->term.out) == 0;
		if (ok)
			wait_for_more(fd);
		ok = ok && log_each(spool_log(s), &f->last, visit, f, e);
	}
	if (fd >= 0)
		(void)close(fd);
	return ok || told_to_end || (ferror(f->c->term.out) != 0); /* the last is told by who prints */
}

static bool
read_time(const char *s, int plus_days, time_t *t_r)
{
	return !s || clock_parse(s, t_r) || clock_parse_day(s, plus_days, t_r);
}

int
ctl_log(struct ctl *c, int argc, char **argv)
{
	struct filter f = {.c = c, .last = LOG_START};
	const char *since = NULL, *until = NULL;
	bool mask = false;
	struct arena *a;
	const struct ctl_option options[] = {{"json", &f.json, NULL},   {"mask", &mask, NULL},
	                                     {"f", &f.follow, NULL},    {"follow", &f.follow, NULL},
	                                     {"since", NULL, &since},   {"until", NULL, &until},
	                                     {"event", NULL, &f.event}, {NULL, NULL, NULL}};
	struct spool *s = NULL;
	struct err e = {0};
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n < 0)
		return EX_USAGE;
	if (n > 1)
		return ctl_usage("log", "takes one receipt at the most");
	if (!read_time(since, 0, &f.since) || !read_time(until, 1, &f.until))
		return ctl_usage("log", "--since and --until want a day (2022-06-10) or a time (RFC 3339)");
	if (f.follow && f.until)
		return ctl_usage("log", "-f goes on for ever, so --until means nothing with it");
	f.receipt = n ? argv[1] : NULL;
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	a = arena_new();
	f.mask = mask ? mask_new(a) : NULL;
	if (f.follow && !f.receipt && !f.event && !f.since)
		f.from_seq = spool_head(s).seq - TAIL_LINES + 1;
	if (!log_each(spool_log(s), &LOG_START, visit, &f, &e) || (f.follow && !follow(&f, s, &e)))
		status = ctl_fail(&e);
	arena_free(a);
	spool_close(s);
	return status;
}
