/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/act.h"

#include "config/buf.h"
#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "config/text.h"
#include "daemon/overlay.h"
#include "daemon/reading.h"
#include "daemon/redact.h"
#include "daemon/relook.h"
#include "spool/query.h"

#include <stdlib.h>
#include <string.h>

/* An act on its way. */
struct acting {
	const struct form *form;
	const struct worker *worker;
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

/* What a registration is known by. */
struct place {
	const char *key, *code, *category; /* NULL: none */
};

/* What an act makes of a registration. */
struct revised {
	const char *receipt;
	int revision;              /* 0: none; what follows stands for nothing then */
	int errors;                /* that it is left with */
	bool late;                 /* what it is made of came so */
	const struct place *place; /* where it is another's from now on; NULL: it stays what it was */
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
		json_object_set_new(line, "late", json_boolean(v->late));
	}
	if (v->revision && v->place) {
		json_object_set_new(line, "region_key", json_text_or_null(v->place->key));
		json_object_set_new(line, "region_code", json_text_or_null(v->place->code));
		json_object_set_new(line, "category", json_text_or_null(v->place->category));
	}
	return spool_line(g->s, line, NULL, e);
}

static bool
wrong_state(const struct acting *g, const char *state, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s is %s: there is nothing to %s", g->item, state, g->act);
}

/* A join that ends takes nothing back: who acts should look at the other one. r: may be NULL. */
static void
say_what_stays(const struct acting *g, const struct query_registration *r)
{
	if (r && r->joined)
		buf_fmt(g->said, "; the values that it brought to %s stay there until others are set",
		        r->joined);
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
	say_what_stays(g, reg);
	return stage(g, &(struct revised){.receipt = reg ? g->item : NULL}, e);
}

/* A registration as an act finds it. */
struct found {
	struct query_registration *r;
	struct query_revision *newest;
	json_t *form; /* the newest's values; json_decref() */
};

static bool
find(const struct acting *g, const char *receipt, struct found *f_r, struct err *e)
{
	struct query_revision *newest = NULL;

	*f_r = (struct found){0};
	if (!query_registration(spool_index(g->s), g->a, receipt, &f_r->r, e) ||
	    !query_newest(spool_index(g->s), g->a, receipt, &newest, e))
		return false;
	if (!f_r->r)
		return err_set(e, ERR_NOT_FOUND, "no registration %s; mingpianctl list shows all", receipt);
	f_r->newest = newest;
	f_r->form = newest && newest->form ? json_loads(newest->form, 0, NULL) : NULL;
	return f_r->form || err_set(e, ERR_INPUT, "%s: its values were taken out", receipt);
}

static void
add_name(json_t *list, const char *at, size_t len)
{
	struct buf raw = BUF_INIT(ACT_REQUEST_MAX), name = BUF_INIT(ACT_REQUEST_MAX);

	buf_add(&raw, at, len);
	text_trim(&name, raw.at ? raw.at : "");
	if (name.len)
		json_array_append_new(list, json_made(json_stringn(name.at, name.len)));
	buf_free(&raw);
	buf_free(&name);
}

/* One value as a person types it into the form's JSON, trimmed; names are parted by 、. NULL: it is none. */
static json_t *
typed_value(const struct form_field *f, const char *text)
{
	json_t *list = json_made(json_array()), *value;

	for (const char *end; *text; text = *end ? end + strlen("、") : end) {
		end = f->kind == FORM_NAMES ? strstr(text, "、") : NULL;
		if (!end)
			end = text + strlen(text);
		add_name(list, text, (size_t)(end - text));
	}
	value = f->kind == FORM_NAMES ? list : json_array_get(list, 0);
	if (!json_array_size(list))
		value = NULL;
	json_incref(value);
	json_decref(list);
	return value;
}

static void
drop_of_field(json_t *list, const char *key)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		const json_t *x = json_array_get(list, i);
		const char *field = json_is_string(x) ? json_string_value(x) : json_text(x, "field");

		if (field && strcmp(field, key) == 0)
			json_array_remove(list, i);
	}
}

/* What was said against the value that stood there says nothing of a person's. */
static void
drop_doubts(json_t *form, const char *key)
{
	drop_of_field(json_object_get(form, "defects"), key);
	drop_of_field(json_object_get(form, "doubtful"), key);
	drop_of_field(json_object_get(form, "conflicts"), key);
}

/* Code, key and category of the region that form bears now are the parser's to say. */
static bool
place_region(const struct acting *g, const struct found *f, const char *key, struct err *e)
{
	static const char *const members[] = {"region_code", "region_key", "region_name", "category",
	                                      "category_reason"};
	json_t *values, *placed = NULL;
	struct reading_form rf = {0};
	bool ok;

	if (!g->worker)
		return err_set(e, ERR_USAGE, "%s cannot be set here: no parser is at hand to look it up",
		               key);
	values = json_made(json_pack("{s:O}", key, json_object_get(f->form, key)));
	ok = overlay(g->worker, g->form, f->form, values, f->r->sender ? f->r->sender : "", &placed, &rf, e);
	for (size_t i = 0; ok && i < sizeof members / sizeof *members; i++)
		json_object_set_new(f->form, members[i], json_text_or_null(json_text(placed, members[i])));
	json_decref(placed);
	json_decref(values);
	return ok;
}

/* Put the request's values into form; their keys into changed. region_r: the key of the region, if it was
 * set.
 */
static bool
set_values(const struct acting *g, json_t *form, json_t *changed, const char **region_r, struct err *e)
{
	const char *key;
	const json_t *v;

	*region_r = NULL;
	json_object_foreach((json_t *)g->set, key, v)
	{
		const struct form_field *f = form_field(g->form, key);
		json_t *value;

		if (!f || !json_is_string(v) || !*json_string_value(v))
			return err_set(e, ERR_USAGE, "no field '%.40s' to set; see the keys in form.cfg",
			               key);
		value = typed_value(f, json_string_value(v));
		if (!value)
			return err_set(e, ERR_USAGE, "%.40s: there is nothing in '%.40s'", key,
			               json_string_value(v));
		json_object_set_new(form, key, value);
		json_array_append_new(changed, json_string(key));
		drop_doubts(form, key);
		if (f->kind == FORM_REGION)
			*region_r = key;
	}
	return true;
}

static bool
accept(struct acting *g, struct err *e)
{
	struct found f;
	const char *region = NULL;
	json_t *changed = json_made(json_array());
	bool ok = find(g, g->item, &f, e) && set_values(g, f.form, changed, &region, e) &&
	          (!region || place_region(g, &f, region, e));
	struct revised v = {.receipt = g->item, .changed = changed};
	struct place place = {0};

	if (ok && json_array_size(changed)) {
		v.revision = f.r->revision + 1;
		v.values = f.form;
		v.late = f.newest->late;
	}
	if (ok && region) {
		place = (struct place){json_text(f.form, "region_key"), json_text(f.form, "region_code"),
		                       json_text(f.form, "category")};
		v.place = &place;
	}
	if (ok) {
		buf_fmt(g->said, v.revision ? "%s is accepted, as revision %d" : "%s is accepted", g->item,
		        v.revision);
		say_what_stays(g, f.r);
	}
	ok = ok && stage(g, &v, e);
	json_decref(f.form);
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
	struct found from = {0}, into = {0};
	struct revised v = {.receipt = g->into};
	struct place place = {0};
	json_t *changed = NULL;
	bool ok = false;

	if (!g->into || strcmp(g->into, g->item) == 0)
		return err_set(e, ERR_USAGE, "join wants --into another RECEIPT");
	if (!find(g, g->item, &from, e) || !find(g, g->into, &into, e))
		goto out;
	if (!has_word(from.r->state, (const char *const[]){"conflict", "accepted", "correction", NULL})) {
		wrong_state(g, from.r->state, e);
		goto out;
	}
	if (strcmp(into.r->state, "joined") == 0) { /* in a circle of joins none would count */
		err_set(e, ERR_INPUT, "%s is joined to %s itself: join to that one", g->into, into.r->joined);
		goto out;
	}
	v.revision = into.r->revision + 1;
	v.errors = from.r->errors;
	v.late = from.newest->late;
	place = (struct place){from.r->region_key, from.r->region_code, from.r->category};
	if (place.key && (!into.r->region_key || strcmp(place.key, into.r->region_key) != 0))
		v.place = &place;
	v.values = from.form;
	v.changed = changed = differing(g->form, into.form, from.form);
	buf_fmt(g->said, "%s is joined to %s, as its revision %d", g->item, g->into, v.revision);
	ok = stage(g, &v, e);
out:
	json_decref(from.form);
	json_decref(into.form);
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
act_perform(const struct form *f, const struct worker *w, struct spool *s, const json_t *request,
            const char *by, struct buf *said_r, struct err *e)
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
	                   .worker = w,
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
	if (json_object_size(g.set) && strcmp(g.act, "accept") != 0)
		return err_set(e, ERR_USAGE, "values can be set with accept alone");
	if (g.into && strcmp(g.act, "join") != 0)
		return err_set(e, ERR_USAGE, "--into goes with join alone");
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
