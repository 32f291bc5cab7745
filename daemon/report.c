/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/report.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "daemon/reading.h"
#include "daemon/report_log.h"
#include "daemon/words.h"

#include <stdlib.h>
#include <string.h>

const char *const report_categories[REPORT_CATEGORIES] = {"sub_provincial", "prefecture", "county",
                                                          "cluster"};

enum { DAY = 86400 };

/* ---- one registration ---- */

static void
put_defects(struct arena *a, const json_t *form, struct report_registration *g)
{
	const json_t *list = json_object_get(form, "defects"), *d;
	struct report_defect *v = arena_alloc(a, json_array_size(list) + 1, sizeof *v);
	size_t i;

	json_array_foreach((json_t *)list, i, d)
	{
		const char *severity = json_text(d, "severity");

		v[i] = (struct report_defect){
		        arena_str(a, json_text(d, "field")),
		        arena_str(a, json_text(d, "code")),
		        arena_str(a, json_text(d, "detail")),
		        severity && strcmp(severity, "error") == 0,
		};
	}
	g->defects = v;
	g->defect_count = json_array_size(list);
}

static const char *
labels_of(struct arena *a, const struct form *f, const json_t *keys)
{
	const char *list = NULL;
	const json_t *key;
	size_t i;

	json_array_foreach((json_t *)keys, i, key)
	{
		const struct form_field *field =
		        json_is_string(key) ? form_field(f, json_string_value(key)) : NULL;

		if (field)
			list = list ? arena_fmt(a, "%s、%s", list, field->label) : field->label;
	}
	return list;
}

static void
put_values(struct arena *a, const struct form *f, const json_t *form, const char **values)
{
	for (size_t k = 0; k < f->field_count; k++) {
		char *value = reading_value(form, &f->fields[k]);

		values[k] = arena_str(a, value);
		free(value);
	}
}

static json_t *
form_of(const struct query_revision *v)
{
	return v && v->form ? json_loads(v->form, 0, NULL) : NULL;
}

static bool
has_state(const struct query_registration *q, const char *state)
{
	return strcmp(q->state, state) == 0;
}

static bool
read_registration(struct report *r, struct index *i, const struct query_registration *q,
                  struct report_registration *g, struct err *e)
{
	struct query_revision *newest = NULL;
	json_t *form;

	if (!query_newest(i, r->arena, q->receipt, &newest, e))
		return false;
	*g = (struct report_registration){
	        .q = q,
	        .received_at = newest ? newest->received_at : q->created_at,
	        .department = department_of(q->region_code, q->region),
	        .counts = !has_state(q, "withdrawn") && !has_state(q, "joined"),
	        .fresh = q->seq > r->since_seq,
	};
	form = form_of(newest);
	put_values(r->arena, r->form, form, g->values);
	put_defects(r->arena, form, g);
	g->doubtful = labels_of(r->arena, r->form, json_object_get(form, "doubtful"));
	g->source = arena_str(r->arena, json_text(form, "source"));
	json_decref(form);
	return true;
}

/* ---- sums ---- */

static size_t
category_of(const char *category)
{
	for (size_t i = 0; category && i < REPORT_CATEGORIES; i++)
		if (strcmp(category, report_categories[i]) == 0)
			return i;
	return REPORT_CATEGORIES;
}

static void
add_up(struct report *r, const struct report_registration *g)
{
	struct report_department *d = &r->departments[g->department];
	const struct query_registration *q = g->q;
	size_t category = category_of(q->category);

	r->withdrawn += has_state(q, "withdrawn");
	r->joined += has_state(q, "joined");
	if (g->received_at > d->last_heard)
		d->last_heard = g->received_at;
	if (!g->counts)
		return;
	r->counted++;
	r->fresh += g->fresh;
	r->correction += has_state(q, "correction");
	r->conflict += has_state(q, "conflict");
	r->late += q->late;
	r->category[category]++;
	d->registered++;
	d->fresh += g->fresh;
	d->correction += has_state(q, "correction");
	d->conflict += has_state(q, "conflict");
	d->late += q->late;
	if (category < REPORT_CATEGORIES)
		d->category[category]++;
	else
		d->uncategorised++;
}

static time_t
day_of(time_t t)
{
	struct tm tm;

	if (!localtime_r(&t, &tm))
		return t;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return mktime(&tm);
}

/* From the day of the first registration to the last one's or the deadline's, whichever is later; at most a
 * year of them. */
static void
count_days(struct report *r)
{
	const time_t deadline = day_of(r->form->deadline_end - 1);
	time_t first = 0, last = deadline;

	for (size_t i = 0; i < r->registration_count; i++) {
		const struct report_registration *g = &r->registrations[i];
		time_t day = g->counts ? day_of(g->q->created_at) : 0;

		if (!day)
			continue;
		first = !first || day < first ? day : first;
		last = day > last ? day : last;
	}
	if (!first)
		return;
	if (last - first > 366L * DAY)
		first = last - 366L * DAY;
	r->day_count = (size_t)((last - first + DAY / 2) / DAY) + 1;
	r->days = arena_alloc(r->arena, r->day_count, sizeof *r->days);
	r->deadline_day = deadline >= first ? (size_t)((deadline - first + DAY / 2) / DAY) : r->day_count;
	for (size_t k = 0; k < r->day_count; k++)
		r->days[k].day = day_of(first + (time_t)k * DAY + DAY / 2);
	for (size_t i = 0; i < r->registration_count; i++) {
		const struct report_registration *g = &r->registrations[i];
		time_t day = day_of(g->q->created_at);

		if (g->counts && day >= first)
			r->days[(day - first + DAY / 2) / DAY].registered++;
	}
}

static bool
read_registrations(struct report *r, struct index *i, const struct report_watch *w, struct err *e)
{
	struct query_registration *list = NULL;

	if (!query_registrations(i, r->arena, 0, &list, &r->registration_count, e))
		return false;
	r->registrations = arena_alloc(r->arena, r->registration_count + 1, sizeof *r->registrations);
	for (size_t k = 0; k < r->registration_count; k++) {
		if (!read_registration(r, i, &list[k], &r->registrations[k], e))
			return false;
		add_up(r, &r->registrations[k]);
		if (w)
			w->step(w->context, k + 1, r->registration_count);
	}
	for (size_t k = 0; k < DEPARTMENTS; k++)
		r->silent += r->departments[k].registered == 0;
	count_days(r);
	return true;
}

/* ---- revisions ---- */

static void
add_change(struct report *r, size_t *cap, struct report_change c)
{
	if (r->change_count == *cap) {
		*cap = *cap ? 2 * *cap : 64;
		r->changes = mem_grow(r->changes, *cap, sizeof *r->changes);
	}
	r->changes[r->change_count++] = c;
}

static bool
who_of(struct report *r, struct index *i, const struct query_revision *v, const char **who_r, struct err *e)
{
	struct query_message *m = NULL;

	*who_r = NULL;
	if (!v->message)
		return true;
	if (!query_message(i, r->arena, v->message, &m, e))
		return false;
	*who_r = m && m->from_addr ? m->from_addr : "";
	return true;
}

static bool
compare(struct report *r, struct index *i, const struct report_registration *g, size_t *cap,
        const struct query_revision *was, const struct query_revision *now, struct err *e)
{
	const char *before[FORM_FIELDS_MAX] = {0}, *after[FORM_FIELDS_MAX] = {0}, *who;
	json_t *old = form_of(was), *new = form_of(now);
	size_t found = 0;

	put_values(r->arena, r->form, old, before);
	put_values(r->arena, r->form, new, after);
	json_decref(old);
	json_decref(new);
	if (!who_of(r, i, now, &who, e))
		return false;
	for (size_t k = 0; k < r->form->field_count; k++) {
		const char *a = before[k] ? before[k] : "", *b = after[k] ? after[k] : "";

		if (strcmp(a, b) == 0)
			continue;
		found++;
		add_change(r, cap,
		           (struct report_change){g->q->receipt, g->q->region, r->form->fields[k].label,
		                                  before[k], after[k], who, now->revision, now->received_at});
	}
	if (!found)
		add_change(r, cap,
		           (struct report_change){g->q->receipt, g->q->region, NULL, NULL, NULL, who,
		                                  now->revision, now->received_at});
	return true;
}

static bool
read_changes(struct report *r, struct index *i, struct err *e)
{
	struct report_change *kept;
	size_t cap = 0;
	bool ok = true;

	for (size_t k = 0; ok && k < r->registration_count; k++) {
		const struct report_registration *g = &r->registrations[k];
		struct query_revision *list = NULL;
		size_t n = 0;

		if (g->q->revision < 2)
			continue;
		ok = query_revisions(i, r->arena, g->q->receipt, &list, &n, e);
		for (size_t v = 1; ok && v < n; v++)
			ok = compare(r, i, g, &cap, &list[v - 1], &list[v], e);
	}
	kept = arena_alloc(r->arena, r->change_count + 1, sizeof *kept);
	if (r->change_count)
		memcpy(kept, r->changes, r->change_count * sizeof *kept);
	free(r->changes);
	r->changes = kept;
	return ok;
}

/* ---- what waits, what went out ---- */

static const char *
region_of(const struct report *r, const char *receipt)
{
	const struct report_registration *g = receipt ? report_find(r, receipt) : NULL;

	return g ? g->q->region : NULL;
}

static void
put_item(struct report *r, const struct query_item *q, struct report_item *it)
{
	const bool reply = q->reply != NULL, conflict = strcmp(q->what, "conflict") == 0;
	const char *why = words_withheld(q->why);

	*it = (struct report_item){
	        .q = q,
	        .region = region_of(r, q->receipt),
	        .shown = conflict || !*why ? words_item(q->what)
	                                   : arena_fmt(r->arena, "%s（%s）", words_item(q->what), why),
	        .release = reply && strcmp(q->what, "bounced") != 0,
	        .accept = conflict,
	};
	it->command = arena_fmt(r->arena, "mingpianctl review %s %s --why \"…\"",
	                        it->release  ? "release"
	                        : it->accept ? "accept"
	                                     : "dismiss",
	                        q->item);
}

static bool
read_items(struct report *r, struct index *i, struct err *e)
{
	struct query_item *list = NULL;

	if (!query_items(i, r->arena, &list, &r->item_count, e))
		return false;
	r->items = arena_alloc(r->arena, r->item_count + 1, sizeof *r->items);
	for (size_t k = 0; k < r->item_count; k++)
		put_item(r, &list[k], &r->items[k]);
	return true;
}

static void
count_reply(struct report_replies *n, const char *state)
{
	const struct {
		const char *state;
		size_t *count;
	} states[] = {{"sent", &n->sent},
	              {"withheld", &n->withheld},
	              {"failed", &n->failed},
	              {"bounced", &n->bounced}};

	n->queued++;
	for (size_t k = 0; k < sizeof states / sizeof *states; k++)
		if (strcmp(states[k].state, state) == 0) {
			(*states[k].count)++;
			return;
		}
	n->waiting++;
}

static bool
read_replies(struct report *r, struct index *i, struct err *e)
{
	struct query_reply *list = NULL;
	size_t n = 0;

	if (!query_replies(i, r->arena, 0, &list, &n, e))
		return false;
	r->sent = arena_alloc(r->arena, n + 1, sizeof *r->sent);
	for (size_t k = 0; k < n; k++) {
		struct query_form *forms = NULL;
		size_t form_count = 0;
		struct report_sent *s = &r->sent[r->sent_count];

		count_reply(&r->replies, list[k].state);
		if ((strcmp(list[k].state, "sent") != 0 && strcmp(list[k].state, "bounced") != 0) ||
		    list[k].changed_at < r->since || !list[k].to_message)
			continue;
		if (!query_forms(i, r->arena, list[k].to_message, &forms, &form_count, e))
			return false;
		*s = (struct report_sent){.q = &list[k]};
		s->receipt = form_count ? forms[0].receipt : NULL;
		s->region = region_of(r, s->receipt);
		r->sent_count++;
	}
	return true;
}

/* ---- the whole ---- */

static bool
read_facts(struct report *r, struct index *i, struct err *e)
{
	struct query_digest *last = NULL;

	if (!query_last_digest(i, r->arena, &last, e) || !query_totals(i, &r->totals, e) ||
	    !query_fact(i, r->arena, "checkpoint_seq", &r->checkpoint, e))
		return false;
	r->since = last ? last->at : 0;
	r->since_seq = last ? last->seq : 0;
	r->last_digest = last ? last->date : NULL;
	return r->now < r->config->campaigns[0].keep_end ||
	       query_kept(i, r->arena, &r->due, &r->due_count, e);
}

bool
report_read(struct report **r_r, const struct config *c, const struct form *f, struct spool *s,
            const struct report_watch *w, struct err *e)
{
	struct report *r = mem_alloc(1, sizeof *r);
	struct index *i = spool_index(s);
	char day[CLOCK_RFC3339_MAX];

	*r = (struct report){.arena = arena_new(), .form = f, .config = c, .now = clock_now()};
	r->date = arena_dup0(r->arena, clock_rfc3339(r->now, day), 10);
	if (read_facts(r, i, e) && read_registrations(r, i, w, e) && read_changes(r, i, e) &&
	    read_items(r, i, e) && read_replies(r, i, e) && report_read_anomalies(r, s, e) &&
	    report_read_log(r, s, e)) {
		*r_r = r;
		return true;
	}
	report_free(r);
	*r_r = NULL;
	return false;
}

void
report_free(struct report *r)
{
	if (!r)
		return;
	arena_free(r->arena);
	free(r);
}

bool
report_conserved(const struct report *r)
{
	const struct query_totals *t = &r->totals;
	const struct report_replies *n = &r->replies;

	return t->messages == t->recorded + t->copies &&
	       n->queued == n->sent + n->waiting + n->withheld + n->failed + n->bounced;
}

int
report_days_left(const struct report *r)
{
	const time_t today = day_of(r->now), deadline = day_of(r->form->deadline_end - 1);
	const time_t apart = deadline - today;

	return (int)((apart + (apart < 0 ? -DAY / 2 : DAY / 2)) / DAY);
}

const struct report_registration *
report_find(const struct report *r, const char *receipt)
{
	size_t low = 0, high = r->registration_count;

	/* in order of receipt: numbers grow, and widths with them */
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const char *at = r->registrations[mid].q->receipt;
		size_t a = strlen(at), b = strlen(receipt);
		int order = a != b ? (a > b) - (a < b) : strcmp(at, receipt);

		if (order == 0)
			return &r->registrations[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
