/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event of a mail that was read and decided on: the message, its forms, and what they make of
 * registrations. */
#include "spool/index_apply.h"
#include "spool/index_line.h"
#include "spool/index_registration.h"

#include <stdlib.h>
#include <string.h>

/* A message as its `recorded` line says, and what its reading says. */
struct recorded {
	const char *message;
	const char *reading; /* hash, or NULL */
	const json_t *parsed, *overlaid;
	bool late;
};

static bool
record_message(struct apply *a, const struct recorded *r, struct err *e)
{
	const json_t *o = a->line, *p = r->parsed;

	return sql_run(a->q, "INSERT OR IGNORE INTO messages(message) VALUES(?)", SQL_ARGS(SQL_T(r->message)),
	               e) &&
	       sql_run(a->q,
	               "UPDATE messages SET id = ?2, reading = ?3, disposition = ?4, withheld = ?5,"
	               " copy_of = ?6, thread = ?7, late = ?8, recorded_at = ?9, seq = ?10, forms = ?11, "
	               "concerns = ?12,"
	               " root = coalesce((SELECT root FROM messages m WHERE m.message = coalesce(?7, ?6)),"
	               "  ?7, ?6, ?1)"
	               " WHERE message = ?1",
	               SQL_ARGS(SQL_T(r->message), member_text(o, "id"), SQL_T(r->reading),
	                        member_text(o, "disposition"), member_text(o, "withheld"),
	                        member_text(o, "copy_of"), member_text(o, "thread"), SQL_N(r->late),
	                        SQL_N(a->at), SQL_N(a->seq),
	                        SQL_N(json_array_size(json_object_get(o, "forms"))),
	                        member_text(o, "concerns")),
	               e) &&
	       sql_run(a->q,
	               "UPDATE messages SET subject = ?, from_addr = ?, from_name = ?, message_id = ?,"
	               " content_sha256 = ?, date = ? WHERE message = ?",
	               SQL_ARGS(member_text(p, "subject"), member_text(p, "from_addr"),
	                        member_text(p, "from_name"), member_text(p, "message_id"),
	                        member_text(p, "content_sha256"), member_time(p, "date"), SQL_T(r->message)),
	               e);
}

/* The form n (from 1) of a reading; for 0 the one that values without a form made of an earlier one. */
static const json_t *
form_of(const struct recorded *r, int64_t n)
{
	return n > 0 ? json_array_get(json_object_get(r->parsed, "forms"), (size_t)n - 1) : r->overlaid;
}

static bool
revise_from(struct apply *a, const struct recorded *r, const json_t *f, struct err *e)
{
	const json_t *form = form_of(r, json_int(f, "n"));
	struct revision_row v = {
	        .receipt = json_text(f, "receipt"),
	        .revision = json_int(f, "revision"),
	        .message = r->message,
	        .n = json_int(f, "n"),
	        .reading = r->reading,
	        .errors = json_int(f, "errors"),
	        .late = r->late,
	};
	char *own = json_is_object(form) ? json_dumps(form, JSON_COMPACT) : NULL;
	char *defects = member_json(form, "defects"), *changed = member_json(f, "changed");
	bool ok;

	v.form = own;
	v.defects = defects;
	v.changed = changed;
	ok = revision_insert(a, &v, e);
	free(own);
	free(defects);
	free(changed);
	return ok;
}

/* What `as` does to registrations, and whether it brings something new. */
static const struct {
	const char *as, *makes; /* makes: a registration in that state, until its errors are known */
	bool revises;
} kinds_of_form[] = {
        {"new", "accepted", true}, {"conflict", "conflict", true}, {"revision", NULL, true},
        {"same", NULL, false},     {"sender", NULL, false},
};

static bool
record_form(struct apply *a, const struct recorded *r, const json_t *f, int place, struct err *e)
{
	const char *as = json_text(f, "as");
	char *codes = member_json(f, "defects");
	size_t k = 0, count = sizeof kinds_of_form / sizeof *kinds_of_form;
	bool ok;

	ok = sql_run(a->q,
	             "INSERT OR REPLACE INTO forms(message, place, n, receipt, revision, as_, region_key,"
	             " region_code, category, codes, errors, seq) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	             SQL_ARGS(SQL_T(r->message), SQL_N(place), member_number(f, "n"),
	                      member_text(f, "receipt"), member_number(f, "revision"), SQL_T(as),
	                      member_text(f, "region_key"), member_text(f, "region_code"),
	                      member_text(f, "category"), SQL_T(codes), member_number(f, "errors"),
	                      SQL_N(a->seq)),
	             e);
	free(codes);
	if (!ok)
		return false;
	while (k < count && (!as || strcmp(as, kinds_of_form[k].as) != 0))
		k++;
	if (k == count)
		return line_contradicts(a, "has a form with an unknown `as`:", as, e);
	if (kinds_of_form[k].makes &&
	    !registration_insert(a, f, r->message, kinds_of_form[k].makes, r->late, e))
		return false;
	if (!kinds_of_form[k].revises)
		return true;
	/* The region that it gives, if any, with all that is known of it, and nothing of the one before. */
	return revise_from(a, r, f, e) &&
	       sql_run(a->q,
	               "UPDATE registrations SET region_key = ?2, region_code = ?3, category = ?4"
	               " WHERE receipt = ?1 AND ?2 IS NOT NULL",
	               SQL_ARGS(member_text(f, "receipt"), member_text(f, "region_key"),
	                        member_text(f, "region_code"), member_text(f, "category")),
	               e) &&
	       sql_run(a->q, "UPDATE messages SET progress = progress + 1 WHERE message = ?",
	               SQL_ARGS(SQL_T(r->message)), e);
}

bool
apply_recorded(struct apply *a, struct err *e)
{
	const json_t *forms = json_object_get(a->line, "forms"), *f;
	struct recorded r = {
	        .message = json_text(a->line, "message"),
	        .reading = json_text(a->line, "reading"),
	        .late = json_flag(a->line, "late"),
	};
	json_t *file = NULL;
	bool ok = false;
	size_t i;

	if (!line_load_json(a, r.reading, &file, e))
		goto out;
	r.parsed = json_object_get(file, "parsed");
	r.overlaid = json_object_get(file, "overlaid");
	if (!r.message) {
		(void)line_contradicts(a, "names no", "message", e);
		goto out;
	}
	if (!record_message(a, &r, e))
		goto out;
	json_array_foreach(forms, i, f)
	{
		if (!record_form(a, &r, f, (int)i, e))
			goto out;
	}
	ok = true;
out:
	json_decref(file);
	return ok;
}
