/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/digest_values.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/text.h"
#include "daemon/digest_mail.h"
#include "daemon/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

enum {
	DAY = 86400,
	DAYS_SHOWN = 14,
	NEWS_SHOWN = 40,
	ITEMS_SHOWN = 80,
	SENT_SHOWN = 60,
	ANOMALIES_SHOWN = 12,
	DUE_SHOWN = 20,
	BAR_CHARS = 24,
	PLACES_SHOWN = 10,
	BAR_NAME_COLUMNS = 20, /* 副省级（省会）城市 and some */
	CELL_COLUMNS = 10,     /* of the map in plain text */
	TEXT_SHOWN = 60,       /* characters of a stranger's text */
	BAR_PERCENT = 85,      /* of the widest bar: the number stands behind it */
};

static const struct template_name names[] = {
        {"id", TEMPLATE_TEXT, NULL},         /* D-20220610 */
        {"title", TEMPLATE_TEXT, NULL},      /* of the form */
        {"own", TEMPLATE_TEXT, NULL},        /* who we are */
        {"as_of", TEMPLATE_TEXT, NULL},      /* 2022年6月10日8时30分 */
        {"day_long", TEMPLATE_TEXT, NULL},   /* 2022年6月10日 */
        {"since", TEMPLATE_TEXT, NULL},      /* time of the last digest */
        {"deadline", TEMPLATE_TEXT, NULL},   /* 6月30日 */
        {"counted", TEMPLATE_TEXT, NULL},    /* registrations that count */
        {"fresh", TEMPLATE_TEXT, NULL},      /* of these: since the last digest */
        {"late", TEMPLATE_TEXT, NULL},       /* 0 is empty, here and below */
        {"correction", TEMPLATE_TEXT, NULL}, /* 0 is 0 */
        {"conflict", TEMPLATE_TEXT, NULL},
        {"heard", TEMPLATE_TEXT, NULL},        /* departments with a registration */
        {"silent", TEMPLATE_TEXT, NULL},       /* and without */
        {"silent_names", TEMPLATE_TEXT, NULL}, /* 西藏自治区、厦门市 */
        {"elsewhere", TEMPLATE_TEXT, NULL},    /* registrations of no department */
        {"item_count", TEMPLATE_TEXT, NULL},
        {"oldest", TEMPLATE_TEXT, NULL},     /* days that the oldest item has waited */
        {"left", TEMPLATE_TEXT, NULL},       /* days until the deadline */
        {"over", TEMPLATE_TEXT, NULL},       /* days since */
        {"code_days", TEMPLATE_TEXT, NULL},  /* how long a code is good for */
        {"items_more", TEMPLATE_TEXT, NULL}, /* how many are not listed here */
        {"news_more", TEMPLATE_TEXT, NULL},
        {"sent_more", TEMPLATE_TEXT, NULL},
        {"anomalies_more", TEMPLATE_TEXT, NULL},
        {"sent_count", TEMPLATE_TEXT, NULL},
        {"anomaly_count", TEMPLATE_TEXT, NULL}, /* those that are open */
        {"due_count", TEMPLATE_TEXT, NULL},
        {"due", TEMPLATE_TEXT, NULL},  /* receipts */
        {"head", TEMPLATE_TEXT, NULL}, /* of the log: 128:abcdef… */
        {"some_items", TEMPLATE_FLAG, NULL},
        {"some_news", TEMPLATE_FLAG, NULL},
        {"first", TEMPLATE_FLAG, NULL},    /* there was no digest before */
        {"last_day", TEMPLATE_FLAG, NULL}, /* the deadline is today */
        {"conserved", TEMPLATE_FLAG, NULL},
        {"categories", TEMPLATE_LIST, NULL},
        {"name", TEMPLATE_TEXT, "categories"},
        {"count", TEMPLATE_TEXT, "categories"},
        {"name_padded", TEMPLATE_TEXT, "categories"},
        {"percent", TEMPLATE_TEXT, "categories"}, /* of the widest */
        {"bar", TEMPLATE_TEXT, "categories"},     /* for plain text */
        {"some", TEMPLATE_FLAG, "categories"},
        {"end", TEMPLATE_FLAG, "categories"}, /* the last of them */
        {"places", TEMPLATE_LIST, NULL},      /* departments, most registrations first */
        {"name", TEMPLATE_TEXT, "places"},
        {"name_padded", TEMPLATE_TEXT, "places"},
        {"count", TEMPLATE_TEXT, "places"},
        {"percent", TEMPLATE_TEXT, "places"},
        {"bar", TEMPLATE_TEXT, "places"},
        {"some", TEMPLATE_FLAG, "places"},
        {"some_places", TEMPLATE_FLAG, NULL},
        {"places_more", TEMPLATE_TEXT, NULL}, /* departments with registrations that are not listed */
        {"rows", TEMPLATE_LIST, NULL},        /* of the map */
        {"cells", TEMPLATE_LIST, "rows"},
        {"empty", TEMPLATE_FLAG, "cells"},
        {"none", TEMPLATE_FLAG, "cells"}, /* no registration */
        {"tile", TEMPLATE_TEXT, "cells"}, /* 江苏 */
        {"size", TEMPLATE_TEXT, "cells"}, /* of its letters, in pixels */
        {"count", TEMPLATE_TEXT, "cells"},
        {"mend", TEMPLATE_TEXT, "cells"}, /* of these to be corrected; 0 is empty */
        {"fill", TEMPLATE_TEXT, "cells"}, /* colours */
        {"ink", TEMPLATE_TEXT, "cells"},
        {"padded", TEMPLATE_TEXT, "cells"}, /* for plain text: all of one width */
        {"days", TEMPLATE_LIST, NULL},
        {"day", TEMPLATE_TEXT, "days"}, /* 6月10日 */
        {"day_padded", TEMPLATE_TEXT, "days"},
        {"count", TEMPLATE_TEXT, "days"},
        {"percent", TEMPLATE_TEXT, "days"}, /* of the widest */
        {"bar", TEMPLATE_TEXT, "days"},     /* for plain text */
        {"some", TEMPLATE_FLAG, "days"},
        {"deadline_day", TEMPLATE_FLAG, "days"},
        {"items", TEMPLATE_LIST, NULL},
        {"number", TEMPLATE_TEXT, "items"},
        {"shown", TEMPLATE_TEXT, "items"},
        {"item", TEMPLATE_TEXT, "items"}, /* CYMP-2022-0042.1 */
        {"region", TEMPLATE_TEXT, "items"},
        {"sender", TEMPLATE_TEXT, "items"},
        {"subject", TEMPLATE_TEXT, "items"},
        {"waited", TEMPLATE_TEXT, "items"}, /* that it has waited; 0 is empty */
        {"words", TEMPLATE_TEXT, "items"},  /* “放行”或“不予处理” */
        {"code", TEMPLATE_TEXT, "items"},
        {"news", TEMPLATE_LIST, NULL},
        {"receipt", TEMPLATE_TEXT, "news"},
        {"region", TEMPLATE_TEXT, "news"},
        {"category", TEMPLATE_TEXT, "news"},
        {"state", TEMPLATE_TEXT, "news"},
        {"sent", TEMPLATE_LIST, NULL},
        {"time", TEMPLATE_TEXT, "sent"}, /* 6月10日10:05 */
        {"kind", TEMPLATE_TEXT, "sent"},
        {"recipient", TEMPLATE_TEXT, "sent"},
        {"region", TEMPLATE_TEXT, "sent"},
        {"reply", TEMPLATE_TEXT, "sent"},
        {"bounced", TEMPLATE_FLAG, "sent"},
        {"anomalies", TEMPLATE_LIST, NULL},
        {"kind", TEMPLATE_TEXT, "anomalies"},
        {"what", TEMPLATE_TEXT, "anomalies"},
        {"detail", TEMPLATE_TEXT, "anomalies"},
        {"time", TEMPLATE_TEXT, "anomalies"},
};

const struct template_names digest_names = {names, COUNT(names)};

/* ---- small things ---- */

static json_t *
object(void)
{
	json_t *o = json_object();

	if (!o)
		mem_die("writing a digest");
	return o;
}

static json_t *
list_in(json_t *values, const char *name)
{
	json_t *list = json_array();

	if (!list || json_object_set_new(values, name, list) != 0)
		mem_die("writing a digest");
	return list;
}

static void put_fmt(json_t *o, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void
put_fmt(json_t *o, const char *name, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	letter_put(o, name, text);
}

/* 0 is left out, and so is empty. */
static void
put_some(json_t *o, const char *name, size_t n)
{
	if (n)
		letter_put_number(o, name, n);
}

/* A stranger's text: one line, cut. */
static void
put_shown(json_t *o, const char *name, const char *s)
{
	struct buf clean = BUF_INIT(4096), cut = BUF_INIT(4096);
	const char *p;
	size_t n = 0;
	uint32_t c;

	text_plain(&clean, s ? s : "", 0);
	p = clean.at ? clean.at : "";
	for (; n < TEXT_SHOWN && (c = text_next(&p)); n++)
		text_put(&cut, c);
	if (*p)
		buf_str(&cut, "…");
	letter_put(o, name, cut.at);
	buf_free(&clean);
	buf_free(&cut);
}

static void
put_time(json_t *o, const char *name, time_t t)
{
	struct tm tm;

	if (localtime_r(&t, &tm))
		put_fmt(o, name, "%d月%d日%02d:%02d", tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min);
}

static void
put_day(json_t *o, const char *name, time_t t)
{
	struct tm tm;

	if (localtime_r(&t, &tm))
		put_fmt(o, name, "%d月%d日", tm.tm_mon + 1, tm.tm_mday);
}

/* Text and blanks behind it, so many columns in all. */
static void
put_padded(json_t *o, const char *name, const char *text, size_t columns)
{
	struct buf b = BUF_INIT(500);

	buf_str(&b, text);
	for (size_t n = text_columns(text); n < columns; n++)
		buf_ch(&b, ' ');
	letter_put(o, name, b.at);
	buf_free(&b);
}

/* ---- figures ---- */

static void
put_figures(json_t *o, const struct report *r)
{
	const int left = report_days_left(r);
	const time_t oldest = r->item_count ? (r->now - r->items[0].q->since) / DAY : 0;

	letter_put_number(o, "counted", r->counted);
	letter_put_number(o, "fresh", r->fresh);
	letter_put_flag(o, "some_news", r->fresh > 0);
	letter_put_flag(o, "some_items", r->item_count > 0);
	put_some(o, "late", r->late);
	letter_put_number(o, "correction", r->correction);
	put_some(o, "conflict", r->conflict);
	letter_put_number(o, "heard", DEPARTMENTS - r->silent);
	put_some(o, "silent", r->silent);
	put_some(o, "elsewhere", r->departments[DEPARTMENT_NONE].registered);
	letter_put_number(o, "item_count", r->item_count);
	put_some(o, "oldest", oldest > 0 ? (size_t)oldest : 0);
	put_some(o, "left", left > 0 ? (size_t)left : 0);
	put_some(o, "over", left < 0 ? (size_t)-left : 0);
	letter_put_flag(o, "last_day", left == 0);
	letter_put_flag(o, "first", !r->since);
	letter_put_flag(o, "conserved", report_conserved(r));
}

static void
put_heading(json_t *o, const struct report *r, const char *id)
{
	char when[CLOCK_CHINESE_MAX];

	letter_put(o, "id", id);
	letter_put(o, "title", r->form->title);
	letter_put(o, "own", r->config->own.name);
	letter_put(o, "as_of", clock_chinese_minute(r->now, when));
	letter_put(o, "day_long", clock_chinese_day(r->now, when));
	put_time(o, "since", r->since);
	put_day(o, "deadline", r->form->deadline_end - 1);
	letter_put_number(o, "code_days", DIGEST_CODE_DAYS);
	put_fmt(o, "head", "%lld:%s", (long long)r->head.seq, r->head.hash.hex);
}

static void
put_silent(json_t *o, const struct report *r)
{
	struct buf b = BUF_INIT(4096);

	for (size_t i = 0; i < DEPARTMENTS; i++)
		if (!r->departments[i].registered)
			buf_fmt(&b, "%s%s", b.len ? "、" : "", departments[i].name);
	letter_put(o, "silent_names", b.at);
	buf_free(&b);
}

/* ---- bars ---- */

static void
put_bar(json_t *x, size_t count, size_t most)
{
	struct buf bar = BUF_INIT(500);

	for (size_t i = 0; i < count * BAR_CHARS / most; i++)
		buf_str(&bar, "█");
	letter_put(x, "bar", bar.at);
	letter_put_number(x, "percent", count * BAR_PERCENT / most + 1);
	letter_put_number(x, "count", count);
	letter_put_flag(x, "some", count > 0);
	buf_free(&bar);
}

static json_t *
named_bar(const char *name, size_t count, size_t most)
{
	json_t *x = object();

	letter_put(x, "name", name);
	put_padded(x, "name_padded", name, BAR_NAME_COLUMNS);
	put_bar(x, count, most);
	return x;
}

static void
put_categories(json_t *o, const struct report *r)
{
	json_t *list = list_in(o, "categories");
	const size_t n = REPORT_CATEGORIES + (r->category[REPORT_CATEGORIES] > 0);
	size_t most = 1;

	for (size_t i = 0; i < n; i++)
		most = r->category[i] > most ? r->category[i] : most;
	for (size_t i = 0; i < n; i++) {
		json_t *x =
		        named_bar(i < REPORT_CATEGORIES ? words_category(report_categories[i]) : "类别未定",
		                  r->category[i], most);

		letter_put_flag(x, "end", i + 1 == n);
		json_array_append_new(list, x);
	}
}

/* Most registrations first; of equal ones the official order. */
static void
put_places(json_t *o, const struct report *r)
{
	json_t *list = list_in(o, "places");
	bool taken[DEPARTMENTS] = {false};
	size_t most = 1, shown = 0;

	for (; shown < PLACES_SHOWN; shown++) {
		size_t best = DEPARTMENTS;

		for (size_t i = 0; i < DEPARTMENTS; i++)
			if (!taken[i] && r->departments[i].registered &&
			    (best == DEPARTMENTS ||
			     r->departments[i].registered > r->departments[best].registered))
				best = i;
		if (best == DEPARTMENTS)
			break;
		if (!shown)
			most = r->departments[best].registered;
		taken[best] = true;
		json_array_append_new(
		        list, named_bar(departments[best].name, r->departments[best].registered, most));
	}
	letter_put_flag(o, "some_places", shown > 0);
	put_some(o, "places_more", DEPARTMENTS - r->silent > shown ? DEPARTMENTS - r->silent - shown : 0);
}

/* ---- the map ---- */

/* Five steps up to the largest count; dark ones bear white letters. */
static void
put_shade(json_t *x, size_t count, size_t most)
{
	static const struct {
		const char *fill, *ink;
	} shades[] = {{"#ffffff", "#333333"}, {"#dbe9f6", "#16324f"}, {"#b3d0ea", "#16324f"},
	              {"#7fb0db", "#0b2239"}, {"#2e6da4", "#ffffff"}, {"#1b4670", "#ffffff"}};
	size_t i = !count ? 0 : 1 + (count - 1) * 5 / (most ? most : 1);

	letter_put(x, "fill", shades[i < COUNT(shades) ? i : COUNT(shades) - 1].fill);
	letter_put(x, "ink", shades[i < COUNT(shades) ? i : COUNT(shades) - 1].ink);
}

static json_t *
cell(const struct report *r, int row, int column, size_t most)
{
	json_t *x = object();
	char text[60];
	size_t i = 0;

	while (i < DEPARTMENTS && (departments[i].row != row || departments[i].column != column))
		i++;
	letter_put_flag(x, "empty", i == DEPARTMENTS);
	if (i == DEPARTMENTS) {
		put_padded(x, "padded", "", CELL_COLUMNS);
		return x;
	}
	letter_put(x, "tile", departments[i].tile);
	letter_put_number(x, "size", text_count(departments[i].tile) > 2 ? 11 : 13);
	letter_put_number(x, "count", r->departments[i].registered);
	letter_put_flag(x, "none", !r->departments[i].registered);
	put_some(x, "mend", r->departments[i].correction);
	put_shade(x, r->departments[i].registered, most);
	if (r->departments[i].registered)
		(void)snprintf(text, sizeof text, "%s%zu", departments[i].tile, r->departments[i].registered);
	else
		(void)snprintf(text, sizeof text, "%s-", departments[i].tile);
	put_padded(x, "padded", text, CELL_COLUMNS);
	return x;
}

static void
put_map(json_t *o, const struct report *r)
{
	json_t *rows = list_in(o, "rows");
	size_t most = 1;

	for (size_t i = 0; i < DEPARTMENTS; i++)
		if (r->departments[i].registered > most)
			most = r->departments[i].registered;
	for (int row = 0; row < MAP_ROWS; row++) {
		json_t *x = object(), *cells = list_in(x, "cells");

		for (int column = 0; column < MAP_COLUMNS; column++)
			json_array_append_new(cells, cell(r, row, column, most));
		json_array_append_new(rows, x);
	}
}

/* ---- days ---- */

static void
put_days(json_t *o, const struct report *r)
{
	json_t *list = list_in(o, "days");
	size_t end = r->day_count, most = 1, first;

	while (end && r->days[end - 1].day > r->now) /* not yet */
		end--;
	first = end > DAYS_SHOWN ? end - DAYS_SHOWN : 0;
	for (size_t i = first; i < end; i++)
		most = r->days[i].registered > most ? r->days[i].registered : most;
	for (size_t i = first; i < end; i++) {
		json_t *x = object();

		put_day(x, "day", r->days[i].day);
		put_padded(x, "day_padded", json_text(x, "day"), 10);
		put_bar(x, r->days[i].registered, most);
		letter_put_flag(x, "deadline_day", i == r->deadline_day);
		json_array_append_new(list, x);
	}
}

/* ---- lists ---- */

static void
put_items(json_t *o, const struct report *r)
{
	json_t *list = list_in(o, "items");
	const size_t n = r->item_count < ITEMS_SHOWN ? r->item_count : ITEMS_SHOWN;

	for (size_t i = 0; i < n; i++) {
		const struct report_item *it = &r->items[i];
		const time_t days = (r->now - it->q->since) / DAY;
		json_t *x = object();

		letter_put_number(x, "number", i + 1);
		letter_put(x, "shown", it->shown);
		letter_put(x, "item", it->q->item);
		put_shown(x, "region", it->region);
		put_shown(x, "sender", it->q->sender);
		put_shown(x, "subject", it->q->subject);
		put_some(x, "waited", days > 0 ? (size_t)days : 0);
		letter_put(x, "words",
		           it->release  ? "“放行”或“不予处理”"
		           : it->accept ? "“采纳”或“不予处理”"
		                        : "“不予处理”");
		letter_put(x, "code", it->code ? it->code : "（见正式日报）");
		json_array_append_new(list, x);
	}
	put_some(o, "items_more", r->item_count - n);
}

static void
put_news(json_t *o, const struct report *r)
{
	json_t *list = list_in(o, "news");
	size_t shown = 0;

	for (size_t i = r->registration_count; i-- > 0 && shown < NEWS_SHOWN;) {
		const struct report_registration *g = &r->registrations[i];
		json_t *x;

		if (!g->fresh || !g->counts)
			continue;
		x = object();
		letter_put(x, "receipt", g->q->receipt);
		put_shown(x, "region", g->q->region);
		letter_put(x, "category", words_category(g->q->category));
		letter_put(x, "state", words_state(g->q->state));
		json_array_append_new(list, x);
		shown++;
	}
	put_some(o, "news_more", r->fresh - shown);
}

static void
put_sent(json_t *o, const struct report *r)
{
	json_t *list = list_in(o, "sent");
	size_t shown = 0;

	for (size_t i = r->sent_count; i-- > 0 && shown < SENT_SHOWN; shown++) {
		const struct report_sent *s = &r->sent[i];
		json_t *x = object();

		put_time(x, "time", s->q->changed_at);
		letter_put(x, "kind", words_kind(s->q->kind));
		letter_put(x, "recipient", s->q->recipient);
		put_shown(x, "region", s->region);
		letter_put(x, "reply", s->q->reply);
		letter_put_flag(x, "bounced", strcmp(s->q->state, "bounced") == 0);
		json_array_append_new(list, x);
	}
	put_some(o, "sent_count", r->sent_count);
	put_some(o, "sent_more", r->sent_count - shown);
}

static void
put_anomalies(json_t *o, const struct report *r)
{
	json_t *list = list_in(o, "anomalies");
	size_t open = 0;

	while (open < r->anomaly_count && r->anomalies[open].open) /* these stand first */
		open++;
	for (size_t i = 0; i < open && i < ANOMALIES_SHOWN; i++) {
		const struct report_anomaly *a = &r->anomalies[i];
		json_t *x = object();

		letter_put(x, "kind", a->kind);
		put_shown(x, "what", a->what);
		put_shown(x, "detail", a->detail);
		put_time(x, "time", a->at);
		json_array_append_new(list, x);
	}
	put_some(o, "anomaly_count", open);
	put_some(o, "anomalies_more", open > ANOMALIES_SHOWN ? open - ANOMALIES_SHOWN : 0);
}

static void
put_due(json_t *o, const struct report *r)
{
	struct buf b = BUF_INIT(4096);

	for (size_t i = 0; i < r->due_count && i < DUE_SHOWN; i++)
		buf_fmt(&b, "%s%s", i ? "、" : "", r->due[i]);
	if (r->due_count > DUE_SHOWN)
		buf_str(&b, "等");
	put_some(o, "due_count", r->due_count);
	letter_put(o, "due", b.at);
	buf_free(&b);
}

json_t *
digest_values(const struct report *r, const char *id)
{
	json_t *o = object();

	put_heading(o, r, id);
	put_figures(o, r);
	put_silent(o, r);
	put_categories(o, r);
	put_places(o, r);
	put_map(o, r);
	put_days(o, r);
	put_items(o, r);
	put_news(o, r);
	put_sent(o, r);
	put_anomalies(o, r);
	put_due(o, r);
	return o;
}
