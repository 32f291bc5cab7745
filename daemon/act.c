/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/act.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/reading.h"
#include "daemon/redact.h"
#include "daemon/relook.h"
#include "spool/query.h"

#include <stdlib.h>
#include <string.h>

/* An act on its way. */
struct acting {
	const struct form *form;
	struct spool *s;
	struct arena *a;
	const char *act, *item, *why, *by, *into;
	const json_t *set;
	struct buf *said;
};

/* Put the file that says who and why, and what values he set; NULL: none. */
static bool
put_decision(const struct acting *g, const json_t *values, struct hash *id_r, struct err *e)
{
	json_t *file =
	        json_made(json_pack("{s:s, s:s, s:s}", "kind", "decision", "by", g->by, "why", g->why));
	bool ok;

	json_object_set(file, "values", values ? (json_t *)values : json_null());
	json_object_set(file, "defects", values ? json_object_get(values, "defects") : json_null());
	ok = spool_put_reading(g->s, file, id_r, e);
	json_decref(file);
	return ok;
}

/* What an act makes of a registration. */
struct revised {
	const char *receipt;
	int revision; /* 0: none; changed and values stand for nothing then */
	int errors;   /* that it is left with */
	const json_t *values, *changed;
};

/* Put the decision's file, and stage `reviewed`. */
static bool
stage(const struct acting *g, const struct revised *v, struct err *e)
{
	json_t *line;
	struct hash id;

	if (!put_decision(g, v->values, &id, e))
		return false;
	line = json_made(json_pack("{s:s, s:s, s:s, s:s}", "event", "reviewed", "item", g->item, "act",
	                           g->act, "decision", id.hex));
	if (v->receipt)
		json_object_set_new(line, "receipt", json_string(v->receipt));
	if (v->revision) {
		json_object_set_new(line, "revision", json_integer(v->revision));
		json_object_set_new(line, "errors", json_integer(v->errors));
		json_object_set(line, "changed", (json_t *)v->changed);
	}
	return spool_line(g->s, line, NULL, e);
}

static bool
wrong_state(const struct acting *g, const char *state, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s is %s: there is nothing to %s", g->item, state, g->act);
}

static bool
has_word(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(s, *words) == 0)
			return true;
	return false;
}

/* ---- acts ---- */

static bool
release(struct acting *g, struct err *e)
{
	struct query_reply *r = NULL;

	if (!query_reply(spool_index(g->s), g->a, g->item, &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND, "no reply %s; mingpianctl review shows what waits", g->item);
	if (!has_word(r->state, (const char *const[]){"withheld", "failed", NULL}))
		return wrong_state(g, r->state, e);
	if (!r->recipient)
		return err_set(e, ERR_INPUT, "%s: what it said was taken out", g->item);
	buf_fmt(g->said, "%s goes out", g->item);
	return stage(g, &(struct revised){0}, e);
}

static bool
dismiss(struct acting *g, struct err *e)
{
	struct query_reply *r = NULL;
	struct query_registration *reg = NULL;
	struct query_message *m = NULL;

	if (!query_reply(spool_index(g->s), g->a, g->item, &r, e) ||
	    !query_registration(spool_index(g->s), g->a, g->item, &reg, e) ||
	    !query_message_by_id(spool_index(g->s), g->a, g->item, &m, e))
		return false;
	if (!r && !reg && !m)
		return err_set(e, ERR_NOT_FOUND,
		               "no reply, receipt or message %s; mingpianctl review shows what waits",
		               g->item);
	if (r && !has_word(r->state, (const char *const[]){"withheld", "failed", "bounced", NULL}))
		return wrong_state(g, r->state, e);
	buf_fmt(g->said, reg ? "%s is withdrawn" : "%s is dealt with", g->item);
	return stage(g, &(struct revised){.receipt = reg ? g->item : NULL}, e);
}

static bool
registration(const struct acting *g, const char *receipt, struct query_registration **r_r, json_t **form_r,
             struct err *e)
{
	struct query_revision *newest = NULL;

	if (!query_registration(spool_index(g->s), g->a, receipt, r_r, e) ||
	    !query_newest(spool_index(g->s), g->a, receipt, &newest, e))
		return false;
	if (!*r_r)
		return err_set(e, ERR_NOT_FOUND, "no registration %s; mingpianctl list shows all", receipt);
	*form_r = newest && newest->form ? json_loads(newest->form, 0, NULL) : NULL;
	return *form_r || err_set(e, ERR_INPUT, "%s: its values were taken out", receipt);
}

/* One value as a person types it into the form's JSON; names are parted by 、. */
static json_t *
typed_value(const struct form_field *f, const char *text)
{
	json_t *list;
	const char *end;

	if (f->kind != FORM_NAMES)
		return json_made(json_string(text));
	list = json_made(json_array());
	for (; text; text = *end ? end + strlen("、") : NULL) {
		end = strstr(text, "、");
		if (!end)
			end = text + strlen(text);
		json_array_append_new(list, json_stringn(text, (size_t)(end - text)));
	}
	return list;
}

static void
drop_defects(json_t *form, const char *key)
{
	json_t *list = json_object_get(form, "defects"), *d;

	for (size_t i = json_array_size(list); i-- > 0;) {
		d = json_array_get(list, i);
		if (strcmp(json_text(d, "field"), key) == 0)
			json_array_remove(list, i);
	}
}

/* Put the request's values into form; their keys into changed. */
static bool
set_values(const struct acting *g, json_t *form, json_t *changed, struct err *e)
{
	const char *key;
	const json_t *v;

	json_object_foreach((json_t *)g->set, key, v)
	{
		const struct form_field *f = form_field(g->form, key);

		if (!f || !json_is_string(v) || !*json_string_value(v))
			return err_set(e, ERR_USAGE, "no field '%.40s' to set; see the keys in form.cfg",
			               key);
		json_object_set_new(form, key, typed_value(f, json_string_value(v)));
		json_array_append_new(changed, json_string(key));
		drop_defects(form, key);
	}
	return true;
}

static bool
accept(struct acting *g, struct err *e)
{
	struct query_registration *r = NULL;
	json_t *form = NULL, *changed = json_made(json_array());
	bool ok = registration(g, g->item, &r, &form, e) && set_values(g, form, changed, e);
	int revision = ok && json_array_size(changed) ? r->revision + 1 : 0;

	if (ok) {
		buf_fmt(g->said, revision ? "%s is accepted, as revision %d" : "%s is accepted", g->item,
		        revision);
		ok = stage(g, &(struct revised){g->item, revision, 0, revision ? form : NULL, changed}, e);
	}
	json_decref(form);
	json_decref(changed);
	return ok;
}

static json_t *
differing(const struct form *f, const json_t *was, const json_t *now)
{
	json_t *keys = json_made(json_array());

	for (size_t i = 0; i < f->field_count; i++)
		if (!json_equal(json_object_get(was, f->fields[i].key),
		                json_object_get(now, f->fields[i].key)))
			json_array_append_new(keys, json_string(f->fields[i].key));
	return keys;
}

static bool
join(struct acting *g, struct err *e)
{
	struct query_registration *from = NULL, *into = NULL;
	json_t *now = NULL, *was = NULL, *changed = NULL;
	bool ok = false;

	if (!g->into || strcmp(g->into, g->item) == 0)
		return err_set(e, ERR_USAGE, "join wants --into another RECEIPT");
	if (!registration(g, g->item, &from, &now, e) || !registration(g, g->into, &into, &was, e))
		goto out;
	if (!has_word(from->state, (const char *const[]){"conflict", "accepted", "correction", NULL})) {
		wrong_state(g, from->state, e);
		goto out;
	}
	if (strcmp(into->state, "joined") == 0) { /* in a circle of joins none would count */
		err_set(e, ERR_INPUT, "%s is joined to %s itself: join to that one", g->into, into->joined);
		goto out;
	}
	changed = differing(g->form, was, now);
	buf_fmt(g->said, "%s is joined to %s, as its revision %d", g->item, g->into, into->revision + 1);
	ok = stage(g, &(struct revised){g->into, into->revision + 1, from->errors, now, changed}, e);
out:
	json_decref(now);
	json_decref(was);
	json_decref(changed);
	return ok;
}

static bool
relook(struct acting *g, struct err *e)
{
	struct hash id;
	int64_t count = 0;
	time_t since = 0;

	if (!clock_parse(g->item, &since))
		return err_set(e, ERR_USAGE, "relook wants a time (RFC 3339)");
	if (!put_decision(g, NULL, &id, e) || !relook_stage(g->s, since, &id, &count, e))
		return false;
	if (count)
		buf_fmt(g->said, "%lld mails that were left are looked at again", (long long)count);
	else
		buf_str(g->said, "nothing was left since then");
	return true;
}

bool
act_asks_again(const json_t *request)
{
	const char *act = json_text(request, "act");

	return act && strcmp(act, "relook") == 0;
}

bool
act_perform(const struct form *f, struct spool *s, const json_t *request, const char *by, struct buf *said_r,
            struct err *e)
{
	static const struct {
		const char *name;
		bool (*does)(struct acting *g, struct err *e);
	} acts[] = {{"release", release},
	            {"accept", accept},
	            {"dismiss", dismiss},
	            {"join", join},
	            {"relook", relook}};
	struct acting g = {.form = f,
	                   .s = s,
	                   .act = json_text(request, "act"),
	                   .item = json_text(request, "item"),
	                   .why = json_text(request, "why"),
	                   .into = json_text(request, "into"),
	                   .set = json_object_get(request, "set"),
	                   .by = by,
	                   .said = said_r};
	bool ok = err_set(e, ERR_USAGE, "no such act of review");

	if (!g.act || !g.item)
		return ok;
	if (strcmp(g.act, "redact") == 0)
		return redact_perform(s, request, by, said_r, e);
	if (!g.why || !*g.why || strlen(g.why) > ACT_WHY_MAX)
		return err_set(e, ERR_USAGE,
		               "an act of review wants --why: a reason that an auditor can read");
	g.a = arena_new();
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (strcmp(acts[i].name, g.act) == 0)
			ok = acts[i].does(&g, e);
	arena_free(g.a);
	return ok;
}
