/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl show: one registration's whole life: for a terminal, as JSON, as a page for the file. */
#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "daemon/life.h"
#include "daemon/life_page.h"
#include "daemon/reading.h"
#include "spool/durable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { LABEL_COLUMNS = 18, INDENT = 14 };

struct show {
	const struct ctl *c;
	const struct term *t;
	bool why, letters;
};

static void
indent(const struct show *s, int columns)
{
	(void)fprintf(s->t->out, "%*s", columns, "");
}

/* ---- a form ---- */

static void
print_defects(const struct show *s, const json_t *defects)
{
	const json_t *d;
	size_t i;

	json_array_foreach((json_t *)defects, i, d)
	{
		const char *severity = json_text(d, "severity");

		indent(s, INDENT + 2);
		term_text(s->t, severity && strcmp(severity, "error") == 0 ? TERM_BAD : TERM_WARN,
		          json_text(d, "code"), 0);
		if (json_text(d, "detail") && *json_text(d, "detail")) {
			(void)fputc(' ', s->t->out);
			term_cut(s->t, TERM_DIM, json_text(d, "detail"), s->t->columns - INDENT - 22);
		}
		(void)fputc('\n', s->t->out);
	}
}

/* Where a value was read: "登记表.docx, table 1, row 2, column 4, ocr 0.93", "汇总.xlsx, page 1, cell C5,
 * text". */
static void
print_place(const struct show *s, const json_t *place)
{
	static const char *const numbers[] = {"page", "table", "row", "column", "line"};
	const char *method = json_text(place, "method");
	const char *cell = json_text(place, "cell");
	bool in_table = json_int(place, "table") > 0;

	if (!json_is_object(place))
		return;
	indent(s, INDENT + LABEL_COLUMNS);
	term_text(s->t, TERM_DIM, json_text(place, "source"), 0);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		json_int_t n = json_int(place, numbers[i]);
		bool of_table = strcmp(numbers[i], "row") == 0 || strcmp(numbers[i], "column") == 0;

		if (cell && (of_table || strcmp(numbers[i], "table") == 0))
			continue;
		if (of_table && in_table) /* counted from 0 there, from 1 by people */
			n++;
		if (n > 0)
			(void)fprintf(s->t->out, ", %s %lld", numbers[i], (long long)n);
	}
	(void)fputs(cell ? ", cell " : "", s->t->out);
	term_text(s->t, TERM_DIM, cell ? cell : "", 0);
	(void)fputs(", ", s->t->out);
	term_text(s->t, TERM_DIM, method ? method : "?", 0);
	if (method && strcmp(method, "ocr") == 0)
		(void)fprintf(s->t->out, " %.2f", json_number_value(json_object_get(place, "confidence")));
	(void)fputc('\n', s->t->out);
}

/* What another file of the mail says of the field. */
static void
print_others(const struct show *s, const json_t *others)
{
	const json_t *o;
	size_t i;

	json_array_foreach((json_t *)others, i, o)
	{
		indent(s, INDENT + 2);
		term_text(s->t, TERM_WARN, json_text(o, "source"), 0);
		(void)fputs(" says ", s->t->out);
		term_cut(s->t, TERM_PLAIN, json_text(o, "value") ? json_text(o, "value") : "(empty)",
		         s->t->columns - INDENT - 22);
		(void)fputc('\n', s->t->out);
	}
}

static void
print_fields(const struct show *s, const json_t *fields)
{
	int room = s->t->columns - INDENT - LABEL_COLUMNS;
	const json_t *f;
	size_t i;

	json_array_foreach((json_t *)fields, i, f)
	{
		indent(s, INDENT);
		term_text(s->t, TERM_DIM, json_text(f, "label"), LABEL_COLUMNS);
		term_cut(s->t, json_flag(f, "doubtful") ? TERM_WARN : TERM_PLAIN,
		         json_text(f, "value") ? json_text(f, "value") : "", room);
		(void)fputc('\n', s->t->out);
		print_defects(s, json_object_get(f, "defects"));
		print_others(s, json_object_get(f, "others"));
		if (s->why)
			print_place(s, json_object_get(f, "place"));
	}
}

static void
print_changes(const struct show *s, const json_t *changes)
{
	int room = s->t->columns - INDENT - LABEL_COLUMNS - 4;
	const json_t *k;
	size_t i;

	json_array_foreach((json_t *)changes, i, k)
	{
		indent(s, INDENT);
		term_text(s->t, TERM_BOLD, json_text(k, "label"), LABEL_COLUMNS);
		term_put(s->t, TERM_BAD, "was ");
		term_cut(s->t, TERM_PLAIN, json_text(k, "was") ? json_text(k, "was") : "(empty)", room);
		(void)fputc('\n', s->t->out);
		indent(s, INDENT + LABEL_COLUMNS);
		term_put(s->t, TERM_GOOD, "now ");
		term_cut(s->t, TERM_PLAIN, json_text(k, "now") ? json_text(k, "now") : "(empty)", room);
		(void)fputc('\n', s->t->out);
	}
}

/* ---- events: each says what it is on its line, and more below it ---- */

static void
more(const struct show *s, const char *before, const char *value)
{
	if (!value || !*value)
		return;
	indent(s, INDENT);
	term_put(s->t, TERM_DIM, before);
	term_cut(s->t, TERM_PLAIN, value, s->t->columns - INDENT - (int)strlen(before));
	(void)fputc('\n', s->t->out);
}

/* "2022-06-10 10:05", in the campaign's zone. */
static const char *
minute(const char *at, char out[24])
{
	struct tm tm;
	time_t t = 0;

	out[0] = '\0';
	if (at && clock_parse(at, &t) && localtime_r(&t, &tm))
		(void)strftime(out, 24, "%Y-%m-%d %H:%M", &tm);
	return out;
}

static void
print_time(const struct show *s, const char *before, const char *at)
{
	char when[24];

	more(s, before, minute(at, when));
}

static void
show_arrived(const struct show *s, const json_t *e)
{
	(void)fprintf(s->t->out, "mail %.12s… to %s", json_text(e, "message_sha256"),
	              json_text(e, "mailbox"));
	(void)fputc('\n', s->t->out);
	print_time(s, "received ", json_text(e, "received_at"));
	more(s, "from ", json_text(e, "sender_name"));
	more(s, json_text(e, "sender_name") && *json_text(e, "sender_name") ? "     " : "from ",
	     json_text(e, "sender"));
	more(s, "subject ", json_text(e, "subject"));
}

static void
show_read(const struct show *s, const json_t *e)
{
	const char *as = json_text(e, "as");

	if (!as) {
		term_text(s->t, ctl_style(json_text(e, "disposition")), json_text(e, "disposition"), 0);
		(void)fprintf(s->t->out, ", no form of its own\n");
		if (json_text(e, "withheld"))
			more(s, "waits for a person: ", json_text(e, "withheld"));
		if (json_text(e, "withheld") && json_text(e, "concerns"))
			more(s, "it ends with: mingpianctl review dismiss ", json_text(e, "concerns"));
		return;
	}
	(void)fprintf(s->t->out, "%s r%lld, as ", json_text(e, "receipt"),
	              (long long)json_int(e, "revision"));
	term_text(s->t, TERM_BOLD, as, 0);
	(void)fputs(json_flag(e, "late") ? ", late\n" : "\n", s->t->out);
	more(s, "source ", json_text(e, "source"));
	more(s, "reply withheld: ", json_text(e, "withheld"));
	print_changes(s, json_object_get(e, "changes"));
	print_fields(s, json_object_get(e, "fields"));
}

static void
show_answered(const struct show *s, const json_t *e)
{
	(void)fprintf(s->t->out, "%s (%s), ", json_text(e, "reply"), json_text(e, "kind"));
	term_text(s->t, ctl_style(json_text(e, "state")), json_text(e, "state"), 0);
	(void)fputc('\n', s->t->out);
	more(s, "because ", json_text(e, "why"));
	more(s, "to ", json_text(e, "recipient"));
	if (s->letters)
		term_lines(s->t, "              | ", json_text(e, "text"));
}

static void
show_delivery(const struct show *s, const json_t *e)
{
	(void)fprintf(s->t->out, "%s", json_text(e, "reply"));
	if (json_int(e, "code"))
		(void)fprintf(s->t->out, ", the server says %lld", (long long)json_int(e, "code"));
	(void)fputc('\n', s->t->out);
	more(s, "", json_text(e, "why"));
	more(s, "status ", json_text(e, "status"));
	print_time(s, "again at ", json_text(e, "next"));
}

static void
show_reviewed(const struct show *s, const json_t *e)
{
	const char *item = json_text(e, "item"), *receipt = json_text(e, "receipt");

	term_text(s->t, TERM_BOLD, json_text(e, "act"), 0);
	(void)fprintf(s->t->out, " %s", item ? item : "?");
	if (item && receipt && strcmp(item, receipt) != 0)
		(void)fprintf(s->t->out, " into %s", receipt);
	(void)fputc('\n', s->t->out);
	more(s, "by ", json_text(e, "by"));
	more(s, "why ", json_text(e, "why"));
	print_changes(s, json_object_get(e, "changes"));
}

static void
show_digested(const struct show *s, const json_t *e)
{
	(void)fprintf(s->t->out, "in the digest of %s\n", json_text(e, "date") ? json_text(e, "date") : "?");
}

static void
show_redacted(const struct show *s, const json_t *e)
{
	(void)fprintf(s->t->out, "%lld files taken out\n", (long long)json_int(e, "files"));
	more(s, "by ", json_text(e, "by"));
	more(s, "why ", json_text(e, "why"));
}

static void
print_event(const struct show *s, const json_t *e)
{
	static const struct {
		const char *event;
		void (*show)(const struct show *s, const json_t *e);
	} kinds[] = {{"arrived", show_arrived},   {"read", show_read},         {"answered", show_answered},
	             {"sent", show_delivery},     {"deferred", show_delivery}, {"unknown", show_delivery},
	             {"failed", show_delivery},   {"bounced", show_delivery},  {"reviewed", show_reviewed},
	             {"digested", show_digested}, {"redacted", show_redacted}};
	const char *event = json_text(e, "event");
	char when[24];

	(void)fprintf(s->t->out, "%-16s ", minute(json_text(e, "at"), when));
	term_text(s->t, ctl_style(event) == TERM_PLAIN ? TERM_BOLD : ctl_style(event), event, 9);
	for (size_t i = 0; event && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(event, kinds[i].event) == 0)
			kinds[i].show(s, e);
	if (json_flag(e, "gone"))
		more(s, "", "what it names was taken out of the spool");
}

static void
print_plain(const struct show *s, const json_t *life)
{
	const struct term *t = s->t;
	const json_t *v;
	size_t i;

	term_put(t, TERM_BOLD, json_text(life, "receipt"));
	(void)fputs("  ", t->out);
	term_text(t, TERM_PLAIN, json_text(life, "region"), 0);
	(void)fprintf(t->out, "  %s %s  ",
	              json_text(life, "region_code") ? json_text(life, "region_code") : "",
	              json_text(life, "category") ? json_text(life, "category") : "");
	term_text(t, ctl_style(json_text(life, "state")), json_text(life, "state"), 0);
	(void)fprintf(t->out, " r%lld", (long long)json_int(life, "revision"));
	(void)fputs(json_flag(life, "late") ? ", late" : "", t->out);
	term_put(t, TERM_BAD, json_flag(life, "unreached") ? ", could not be reached\n" : "\n");
	json_array_foreach(json_object_get(life, "senders"), i, v)
	{
		(void)fputs("  sent by ", t->out);
		term_text(t, TERM_PLAIN, json_string_value(v), 0);
		(void)fputc('\n', t->out);
	}
	(void)fputc('\n', t->out);
	json_array_foreach(json_object_get(life, "timeline"), i, v) print_event(s, v);
}

/* ---- the page ---- */

static bool
write_page(const struct ctl *c, const json_t *life, const char *file, struct err *e)
{
	struct buf page = BUF_INIT(LIFE_PAGE_MAX);
	bool ok = life_page(c->form, c->config->templates, life, &page, e) &&
	          ctl_write_file(file, buf_bytes(&page), e);

	buf_free(&page);
	if (ok)
		(void)fprintf(c->term.out, "the life of %s is in %s\n", json_text(life, "receipt"), file);
	return ok;
}

int
ctl_show(struct ctl *c, int argc, char **argv)
{
	struct show s = {.c = c, .t = &c->term};
	bool json = false, mask = false, ok;
	const char *html = NULL;
	const struct ctl_option options[] = {{"json", &json, NULL},         {"why", &s.why, NULL},
	                                     {"letters", &s.letters, NULL}, {"mask", &mask, NULL},
	                                     {"html", NULL, &html},         {NULL, NULL, NULL}};
	struct spool *spool = NULL;
	json_t *life = NULL;
	struct err e = {0};
	struct arena *a;
	int n = ctl_options(argc, argv, options);

	if (n != 1)
		return n < 0 ? EX_USAGE : ctl_usage("show", "wants one receipt");
	if (json && html)
		return ctl_usage("show", "wants --json or --html, not both");
	if (!ctl_spool_open(c, SPOOL_READ, &spool, &e))
		return ctl_fail(&e);
	a = arena_new();
	ok = life_tell(c->form, spool, argv[1], mask ? mask_new(a) : NULL, &life, &e);
	if (ok && mask)
		json_object_set_new(life, "masked", json_true());
	if (ok && html)
		ok = write_page(c, life, html, &e);
	else if (ok && json)
		ctl_json(c, json_incref(life));
	else if (ok)
		print_plain(&s, life);
	json_decref(life);
	arena_free(a);
	spool_close(spool);
	return ok ? EX_OK : ctl_fail(&e);
}
