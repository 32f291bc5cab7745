/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/report_log.h"

#include "config/json_value.h"
#include "daemon/words.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_MAX = 64, MONTHS_MAX = 600 };

/* ---- anomalies ---- */

struct gather {
	struct report *r;
	struct index *i;
	struct report_anomaly *list; /* grows; copied into the arena at the end */
	size_t count, cap;
};

static void
add(struct gather *g, struct report_anomaly x)
{
	if (g->count == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 64;
		g->list = mem_grow(g->list, g->cap, sizeof *g->list);
	}
	g->list[g->count++] = x;
}

static const char *
joined(struct gather *g, const char *a, const char *b)
{
	return a && *a && b && *b ? arena_fmt(g->r->arena, "%s，%s", a, b) : a && *a ? a : b ? b : "";
}

/* Replies that did not go as they should: open as long as they wait for a person. */
static bool
add_replies(struct gather *g, struct err *e)
{
	struct query_reply *list = NULL;
	size_t n = 0;

	if (!query_replies(g->i, g->r->arena, 0, &list, &n, e))
		return false;
	for (size_t k = 0; k < n; k++) {
		const struct query_reply *p = &list[k];
		const char *kind = words_anomaly(p->state);
		struct query_form *forms = NULL;
		size_t form_count = 0;

		if (!kind)
			continue;
		if (p->to_message && !query_forms(g->i, g->r->arena, p->to_message, &forms, &form_count, e))
			return false;
		add(g,
		    (struct report_anomaly){
		            kind, p->reply,
		            joined(g, strcmp(p->state, "bounced") == 0 ? p->status : words_withheld(p->why),
		                   p->recipient),
		            form_count ? forms[0].receipt : NULL, p->changed_at, !p->dismissed});
	}
	return true;
}

static bool
add_conflicts(struct gather *g)
{
	for (size_t k = 0; k < g->r->registration_count; k++) {
		const struct query_registration *q = g->r->registrations[k].q;

		if (strcmp(q->state, "conflict") == 0)
			add(g,
			    (struct report_anomaly){"登记冲突", q->receipt, joined(g, q->region, q->sender),
			                            q->receipt, q->created_at, true});
	}
	return true;
}

static void
add_unread_of(struct gather *g, const struct query_message *m, const json_t *reading)
{
	const json_t *list = json_object_get(json_object_get(reading, "parsed"), "unread"), *u;
	size_t i;

	json_array_foreach((json_t *)list, i, u)
	{
		const char *source = json_text(u, "source");
		const char *reason = words_unread(json_text(u, "reason"));
		const bool open = strcmp(m->disposition, "unreadable") == 0 && !m->reviewed;

		add(g, (struct report_anomaly){"附件未能打开", arena_str(g->r->arena, source ? source : ""),
		                               joined(g, reason, m->from_addr), NULL, m->recorded_at, open});
	}
}

static const struct query_form *
form_at(const struct query_form *forms, size_t count, int n)
{
	for (size_t i = 0; i < count; i++)
		if (forms[i].n == n)
			return &forms[i];
	return NULL;
}

/* What one file of a mail says otherwise than the one that was recorded; a person's name is not repeated, as
 * masks do not know it. */
static const char *
contradiction(struct gather *g, const struct form_field *f, const char *source, const char *value)
{
	if (f->kind == FORM_CONTACT || !value)
		return arena_fmt(g->r->arena, "%s与“%s”所填不同", f->label, source);
	return arena_fmt(g->r->arena, "%s在“%s”中作“%s”", f->label, source, value);
}

/* The same form came as two files that say different things: open as long as it is the newest revision of
 * what is still registered, and no person has accepted it so. */
static void
add_contradictions(struct gather *g, const struct query_message *m, const struct query_form *q,
                   const json_t *form)
{
	const struct report_registration *x = q ? report_find(g->r, q->receipt) : NULL;
	bool open = x && x->counts && !x->q->settled && x->q->newest && strcmp(x->q->newest, m->message) == 0;
	const json_t *c;
	size_t i;

	json_array_foreach(json_object_get(form, "conflicts"), i, c)
	{
		const char *key = json_text(c, "field"), *source = json_text(c, "source"),
		           *value = json_text(c, "value");

		const struct form_field *f = key ? form_field(g->r->form, key) : NULL;

		if (f && source && x)
			add(g, (struct report_anomaly){"两份材料所填不一致", x->q->receipt,
			                               contradiction(g, f, source, value), x->q->receipt,
			                               m->recorded_at, open});
	}
}

static void
add_hidden_of(struct gather *g, const struct query_message *m, const json_t *reading)
{
	const json_t *list = json_object_get(json_object_get(reading, "parsed"), "hidden"), *name;
	size_t i;

	json_array_foreach((json_t *)list, i, name)
	        add(g, (struct report_anomaly){"附件中有隐藏内容",
	                                       arena_str(g->r->arena, json_string_value(name)), m->from_addr,
	                                       NULL, m->recorded_at, false});
}

static bool
add_contradictions_of(struct gather *g, const struct query_message *m, const json_t *reading, struct err *e)
{
	struct query_form *forms = NULL;
	size_t count = 0, i;
	const json_t *form;

	if (!query_forms(g->i, g->r->arena, m->message, &forms, &count, e))
		return false;
	json_array_foreach(json_object_get(json_object_get(reading, "parsed"), "forms"), i, form)
	        add_contradictions(g, m, form_at(forms, count, (int)i + 1), form);
	return true;
}

/* In the readings stand files that could not be read, or hide something, and what two files say differently.
 */
static bool
add_read(struct gather *g, struct spool *s, struct err *e)
{
	struct query_message *list = NULL;
	size_t n = 0;
	bool ok = query_messages(g->i, g->r->arena, 0, &list, &n, e);

	for (size_t k = 0; k < n && ok; k++) {
		json_t *reading = NULL;
		struct hash id;

		if (list[k].copy_of || !list[k].reading || !hash_read(&id, list[k].reading) ||
		    !spool_reading(s, &id, &reading, NULL))
			continue; /* taken out lawfully, or verify's to tell */
		add_unread_of(g, &list[k], reading);
		add_hidden_of(g, &list[k], reading);
		ok = add_contradictions_of(g, &list[k], reading, e);
		json_decref(reading);
	}
	return ok;
}

/* Mail of none of our business in which something could not be opened: its owner should look. */
static bool
add_left(struct gather *g, struct err *e)
{
	struct query_left *list = NULL;
	struct query_held *held = NULL;
	size_t n = 0, held_count = 0;

	if (!query_left_unread(g->i, g->r->arena, 0, &list, &n, e) ||
	    !query_held(g->i, g->r->arena, &held, &held_count, e))
		return false;
	for (size_t k = 0; k < n; k++)
		add(g, (struct report_anomaly){"留在邮箱的来信有附件未能打开",
		                               arena_fmt(g->r->arena, "%s %s UID %u", list[k].mailbox,
		                                         list[k].folder, list[k].uid),
		                               "请邮箱使用人查看", NULL, list[k].received_at, false});
	for (size_t k = 0; k < held_count; k++)
		add(g, (struct report_anomaly){"来信暂未能解析",
		                               arena_fmt(g->r->arena, "%s %s UID %u", held[k].mailbox,
		                                         held[k].folder, held[k].uid),
		                               arena_fmt(g->r->arena, "已试%d次，将再试", held[k].attempt),
		                               NULL, held[k].at, true});
	return true;
}

static bool
add_watch(struct gather *g, struct err *e)
{
	struct query_alarm *alarms = NULL;
	struct query_comparison *folders = NULL;
	size_t n = 0, m = 0;

	if (!query_alarms(g->i, g->r->arena, g->r->since, false, &alarms, &n, e) ||
	    !query_comparisons(g->i, g->r->arena, 0, true, &folders, &m, e))
		return false;
	for (size_t k = 0; k < n; k++)
		add(g, (struct report_anomaly){words_alarm(alarms[k].alarm), alarms[k].mailbox,
		                               arena_fmt(g->r->arena, "已试%d次%s", alarms[k].tries,
		                                         alarms[k].cleared_at ? "，已恢复" : ""),
		                               NULL, alarms[k].last_at, !alarms[k].cleared_at});
	for (size_t k = 0; k < m; k++)
		if (folders[k].missing > 0)
			add(g,
			    (struct report_anomaly){
			            "邮箱中有来信尚未登记",
			            arena_fmt(g->r->arena, "%s %s", folders[k].mailbox, folders[k].folder),
			            arena_fmt(g->r->arena, "%lld封，正在补取", (long long)folders[k].missing),
			            NULL, folders[k].at, true});
	return true;
}

/* A mail with orders that were not carried out: somebody else's, or codes that are none. */
static bool
add_orders(struct gather *g, struct err *e)
{
	struct query_order *list = NULL;
	size_t n = 0;

	if (!query_orders(g->i, g->r->arena, g->r->since, &list, &n, e))
		return false;
	for (size_t k = 0; k < n; k++)
		if (list[k].refused || list[k].undone)
			add(g,
			    (struct report_anomaly){"日报回复未执行", list[k].digest ? list[k].digest : "",
			                            list[k].refused ? words_withheld(list[k].refused)
			                                            : "验证码不符、已用或过期，或事项已办结",
			                            NULL, list[k].at, false});
	return true;
}

static int
newest_first(const void *a, const void *b)
{
	const struct report_anomaly *x = a, *y = b;

	if (x->open != y->open)
		return x->open ? -1 : 1;
	return (x->at < y->at) - (x->at > y->at);
}

bool
report_read_anomalies(struct report *r, struct spool *s, struct err *e)
{
	struct gather g = {.r = r, .i = spool_index(s)};
	bool ok = add_replies(&g, e) && add_conflicts(&g) && add_read(&g, s, e) && add_left(&g, e) &&
	          add_watch(&g, e) && add_orders(&g, e);

	r->anomalies = arena_alloc(r->arena, g.count + 1, sizeof *r->anomalies);
	r->anomaly_count = ok ? g.count : 0;
	if (g.count) {
		qsort(g.list, g.count, sizeof *g.list, newest_first);
		memcpy(r->anomalies, g.list, g.count * sizeof *g.list);
	}
	free(g.list);
	return ok;
}

/* ---- the log ---- */

struct counting {
	struct report *r;
	EVP_MD_CTX *digest; /* of the month that is being read */
};

static void
end_month(struct counting *c)
{
	struct report *r = c->r;
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (!r->month_count)
		return;
	if (EVP_DigestFinal_ex(c->digest, sum, &len) != 1)
		mem_die("hashing the log");
	for (unsigned i = 0; i < len && 2 * i + 2 < sizeof r->months[0].sha256.hex; i++)
		(void)snprintf(r->months[r->month_count - 1].sha256.hex + 2 * (size_t)i, 3, "%02x", sum[i]);
}

static void
count_event(struct report *r, const char *name)
{
	for (size_t i = 0; i < r->event_count; i++)
		if (strcmp(r->events[i].name, name) == 0) {
			r->events[i].count++;
			return;
		}
	if (r->event_count < EVENTS_MAX)
		r->events[r->event_count++] = (struct report_event){arena_str(r->arena, name), 1};
}

static bool
count_line(void *context, const struct log_line *line, struct err *e)
{
	struct counting *c = context;
	struct report *r = c->r;
	const char *event = json_text(line->object, "event");

	if (!r->month_count || strcmp(r->months[r->month_count - 1].file, line->file) != 0) {
		end_month(c);
		if (r->month_count == MONTHS_MAX)
			return err_set(e, ERR_SPOOL, "the log has more than %d files", (int)MONTHS_MAX);
		r->months[r->month_count++].file = arena_str(r->arena, line->file);
		if (EVP_DigestInit_ex(c->digest, EVP_sha256(), NULL) != 1)
			mem_die("hashing the log");
	}
	if (EVP_DigestUpdate(c->digest, line->text.at, line->text.len) != 1 ||
	    EVP_DigestUpdate(c->digest, "\n", 1) != 1)
		mem_die("hashing the log");
	r->months[r->month_count - 1].lines++;
	r->head = line->head;
	count_event(r, event ? event : "");
	return true;
}

bool
report_read_log(struct report *r, struct spool *s, struct err *e)
{
	struct counting c = {r, EVP_MD_CTX_new()};
	const struct log_head start = LOG_START;
	bool ok;

	if (!c.digest)
		mem_die("hashing the log");
	r->events = arena_alloc(r->arena, EVENTS_MAX, sizeof *r->events);
	r->months = arena_alloc(r->arena, MONTHS_MAX, sizeof *r->months);
	r->head = LOG_START;
	ok = log_each(spool_log(s), &start, count_line, &c, e);
	if (ok)
		end_month(&c);
	EVP_MD_CTX_free(c.digest);
	return ok;
}
