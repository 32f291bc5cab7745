/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl log: the log, as it is (--json) or a line a fact for a person. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct filter {
	const struct ctl *c;
	bool json;
	const char *receipt, *event;
	time_t since;
};

/* Does a line speak of this receipt: in a form, a reply's id, an item? */
static bool
speaks_of(const json_t *line, const char *receipt)
{
	static const char *const keys[] = {"receipt", "id", "reply", "item"};
	const json_t *forms = json_object_get(line, "forms"), *f;
	size_t i, n = strlen(receipt);

	for (i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *v = json_string_value(json_object_get(line, keys[i]));

		if (v && strncmp(v, receipt, n) == 0 && (v[n] == '\0' || v[n] == '.'))
			return true;
	}
	json_array_foreach((json_t *)forms, i, f)
	{
		const char *v = json_string_value(json_object_get(f, "receipt"));

		if (v && strcmp(v, receipt) == 0)
			return true;
	}
	return false;
}

static bool
wanted(const struct filter *f, const json_t *line)
{
	const char *event = json_string_value(json_object_get(line, "event"));
	const char *at = json_string_value(json_object_get(line, "at"));
	time_t when = 0;

	if (f->event && (!event || strcmp(event, f->event) != 0))
		return false;
	if (f->since && (!at || !clock_parse(at, &when) || when < f->since))
		return false;
	return !f->receipt || speaks_of(line, f->receipt);
}

/* The members that a person wants to see, each "key value", hashes cut. */
static void
print_members(const struct term *t, const json_t *line)
{
	const char *key;
	const json_t *v;

	json_object_foreach((json_t *)line, key, v)
	{
		const char *text = json_string_value(v);

		if (strcmp(key, "seq") == 0 || strcmp(key, "at") == 0 || strcmp(key, "event") == 0 ||
		    strcmp(key, "prev") == 0 || strcmp(key, "more") == 0 || json_is_null(v))
			continue;
		(void)fputc(' ', t->out);
		term_put(t, TERM_DIM, key);
		(void)fputc('=', t->out);
		if (text)
			term_text(t, TERM_PLAIN, text, strlen(text) == HASH_HEX ? 9 : 0);
		else if (json_is_integer(v))
			(void)fprintf(t->out, "%lld", (long long)json_integer_value(v));
		else if (json_is_boolean(v))
			(void)fputs(json_is_true(v) ? "yes" : "no", t->out);
		else
			(void)fprintf(t->out, "[%zu]", json_array_size(v));
	}
}

static void
print_forms(const struct term *t, const json_t *forms)
{
	size_t i;
	const json_t *f;

	json_array_foreach((json_t *)forms, i, f)
	{
		(void)fputs("                              ", t->out);
		term_text(t, TERM_BOLD, json_string_value(json_object_get(f, "receipt")), 0);
		(void)fprintf(t->out, " r%lld ",
		              (long long)json_integer_value(json_object_get(f, "revision")));
		term_text(t, TERM_PLAIN, json_string_value(json_object_get(f, "as")), 0);
		(void)fputc(' ', t->out);
		term_text(t, TERM_PLAIN, json_string_value(json_object_get(f, "region_key")), 0);
		(void)fprintf(t->out, ", %lld errors\n",
		              (long long)json_integer_value(json_object_get(f, "errors")));
	}
}

static void
print_line(const struct term *t, const struct log_line *line)
{
	const char *event = json_string_value(json_object_get(line->object, "event"));
	const char *at = json_string_value(json_object_get(line->object, "at"));
	time_t when = 0;
	char shown[24];

	if (at && clock_parse(at, &when))
		(void)ctl_short_time(when, shown);
	else
		shown[0] = '\0';
	(void)fprintf(t->out, "%5lld ", (long long)line->head.seq);
	term_put(t, TERM_DIM, shown);
	(void)fputc(' ', t->out);
	term_text(t, TERM_BOLD, event, 9);
	print_members(t, line->object);
	(void)fputc('\n', t->out);
	print_forms(t, json_object_get(line->object, "forms"));
}

static bool
visit(void *context, const struct log_line *line, struct err *e)
{
	const struct filter *f = context;

	(void)e;
	if (!wanted(f, line->object))
		return true;
	if (f->json)
		(void)fprintf(f->c->term.out, "%.*s\n", (int)line->text.len, (const char *)line->text.at);
	else
		print_line(&f->c->term, line);
	return true;
}

int
ctl_log(struct ctl *c, int argc, char **argv)
{
	struct filter f = {.c = c};
	const char *since = NULL;
	const struct ctl_option options[] = {{"json", &f.json, NULL},
	                                     {"since", NULL, &since},
	                                     {"event", NULL, &f.event},
	                                     {NULL, NULL, NULL}};
	struct spool *s = NULL;
	struct err e = {0};
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n < 0)
		return EX_USAGE;
	if (n > 1)
		return ctl_usage("log", "takes one receipt at the most");
	if (since && !clock_parse(since, &f.since) && !clock_parse_day(since, 0, &f.since))
		return ctl_usage("log", "--since wants a day (2022-06-10) or a time (RFC 3339)");
	f.receipt = n ? argv[1] : NULL;
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	if (!log_each(spool_log(s), &LOG_START, visit, &f, &e))
		status = ctl_fail(&e);
	spool_close(s);
	return status;
}
