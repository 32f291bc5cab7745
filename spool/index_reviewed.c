/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of people: what they decide of an item, and what they have taken out. */
#include "spool/index_apply.h"
#include "spool/index_line.h"
#include "spool/index_registration.h"

#include <stdlib.h>
#include <string.h>

static bool
on_release(struct apply *a, struct err *e)
{
	/* A reply that failed is let out again in the same way. */
	return sql_run(
	        a->q,
	        "UPDATE replies SET state = 'due', why = NULL, dismissed = 0, unknown = 0, due_at = ?2,"
	        " changed_at = ?2, next = NULL WHERE reply = ?1",
	        SQL_ARGS(member_text(a->line, "item"), SQL_N(a->at)), e);
}

static bool
on_dismiss(struct apply *a, struct err *e)
{
	struct sql_value item = member_text(a->line, "item");

	return sql_run(a->q, "UPDATE replies SET dismissed = 1, changed_at = ?2 WHERE reply = ?1",
	               SQL_ARGS(item, SQL_N(a->at)), e) &&
	       /* joined to another or not: what it brought there stays there, and it is out of both */
	       sql_run(a->q,
	               "UPDATE registrations SET state = 'withdrawn', joined = NULL, logged_at = ?2"
	               " WHERE receipt = ?1",
	               SQL_ARGS(item, SQL_N(a->at)), e) &&
	       /* who asked for that has got it */
	       sql_run(a->q,
	               "UPDATE messages SET reviewed = 1 WHERE concerns = ?1 AND withheld = 'withdrawal'",
	               SQL_ARGS(item), e);
}

/* A person's revision: the values of the decision, or of the registration that is joined. */
static bool
revise_by_person(struct apply *a, struct err *e)
{
	const json_t *o = a->line;
	const char *decision = json_text(o, "decision");
	json_t *file = NULL;
	char *values, *defects, *changed = member_json(o, "changed");
	struct revision_row v = {
	        .receipt = json_text(o, "receipt"),
	        .revision = json_int(o, "revision"),
	        .reading = decision,
	        .decision = decision,
	        .changed = changed,
	        .errors = json_int(o, "errors"),
	        .late = json_flag(o, "late"),
	};
	bool ok = line_load_json(a, decision, &file, e);

	v.form = values = member_json(file, "values");
	v.defects = defects = member_json(file, "defects");
	ok = ok && revision_insert(a, &v, e);
	free(values);
	free(defects);
	free(changed);
	json_decref(file);
	return ok;
}

/* Is there a revision in the line that is not there yet? And is its registration new? */
static bool
brings_revision(struct apply *a, bool *revision_r, bool *registration_r, struct err *e)
{
	const char *receipt = json_text(a->line, "receipt");
	int64_t now = -1;

	*revision_r = *registration_r = false;
	if (!receipt || json_int(a->line, "revision") <= 0)
		return true;
	if (!sql_number(a->q, "SELECT revision FROM registrations WHERE receipt = ?",
	                SQL_ARGS(SQL_T(receipt)), -1, &now, e))
		return false;
	*registration_r = now < 0;
	*revision_r = now < json_int(a->line, "revision");
	return true;
}

/* Where the line says of what region it is from now on, that is what it is known by: nothing of the old one
 * stays, not even where nothing is known of the new one. */
static bool
move_region(struct apply *a, const char *receipt, struct err *e)
{
	const json_t *o = a->line;

	return !json_object_get(o, "region_key") ||
	       sql_run(a->q,
	               "UPDATE registrations SET region_key = ?2, region_code = ?3, category = ?4"
	               " WHERE receipt = ?1",
	               SQL_ARGS(SQL_T(receipt), member_text(o, "region_key"), member_text(o, "region_code"),
	                        member_text(o, "category")),
	               e);
}

static bool
on_accept(struct apply *a, struct err *e)
{
	const char *item = json_text(a->line, "item"), *receipt = json_text(a->line, "receipt");
	bool revision = false, registration = false;

	if (!brings_revision(a, &revision, &registration, e))
		return false;
	if (registration) { /* from a message that no program could read */
		if (!registration_insert(a, a->line, NULL, "accepted", json_flag(a->line, "late"), e) ||
		    !sql_run(a->q,
		             "UPDATE registrations SET message = m.message, mailbox = m.mailbox, "
		             " newest = m.message, created_at = coalesce(m.received_at, created_at)"
		             " FROM (SELECT message, mailbox, received_at FROM messages WHERE id = ?2) AS m"
		             " WHERE receipt = ?1",
		             SQL_ARGS(SQL_T(receipt), SQL_T(item)), e))
			return false;
	}
	if (revision && !revise_by_person(a, e))
		return false;
	/* joined to another before or not: now it stands by itself */
	return move_region(a, receipt, e) &&
	       sql_run(a->q,
	               "UPDATE registrations SET state = 'accepted', joined = NULL, errors = 0, logged_at = "
	               "?2"
	               " WHERE receipt = ?1",
	               SQL_ARGS(SQL_T(receipt ? receipt : item), SQL_N(a->at)), e);
}

static bool
on_join(struct apply *a, struct err *e)
{
	struct sql_value item = member_text(a->line, "item"), receipt = member_text(a->line, "receipt");
	bool revision = false, registration = false;

	if (!brings_revision(a, &revision, &registration, e))
		return false;
	if (registration)
		return line_contradicts(a, "joins to a receipt that is not there:", receipt.s, e);
	if (!sql_run(a->q,
	             "UPDATE registrations SET state = 'joined', joined = ?2, logged_at = ?3"
	             " WHERE receipt = ?1",
	             SQL_ARGS(item, receipt, SQL_N(a->at)), e))
		return false;
	return !revision || (revise_by_person(a, e) && move_region(a, receipt.s, e));
}

bool
apply_reviewed(struct apply *a, struct err *e)
{
	static const struct {
		const char *act;
		bool (*does)(struct apply *a, struct err *e);
	} acts[] = {
	        {"release", on_release}, {"accept", on_accept}, {"dismiss", on_dismiss}, {"join", on_join}};
	const json_t *o = a->line;
	const char *act = json_text(o, "act");
	struct sql_value item = member_text(o, "item");

	if (!sql_run(a->q,
	             "INSERT INTO decisions(seq, item, act, decision, receipt, revision, at)"
	             " VALUES(?, ?, ?, ?, ?, ?, ?)",
	             SQL_ARGS(SQL_N(a->seq), item, SQL_T(act), member_text(o, "decision"),
	                      member_text(o, "receipt"),
	                      json_int(o, "revision") ? member_number(o, "revision") : SQL_NONE,
	                      SQL_N(a->at)),
	             e) ||
	    !sql_run(a->q,
	             /* a message is M-…, even one that bears a receipt: that is the registration here */
	             "UPDATE messages SET reviewed = 1 WHERE length(?1) = 12 AND substr(?1, 1, 2) = 'M-'"
	             " AND message >= substr(?1, 3) AND message < substr(?1, 3) || 'g'",
	             SQL_ARGS(item), e))
		return false;
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		if (act && strcmp(act, acts[i].act) == 0)
			return acts[i].does(a, e);
	}
	return line_contradicts(a, "has an unknown act:", act, e);
}

static bool
redact_file(struct apply *a, const char *hash, struct err *e)
{
	struct sql_value h = SQL_T(hash);

	return sql_run(a->q, "UPDATE files SET redacted = ?2 WHERE hash = ?1", SQL_ARGS(h, SQL_N(a->seq)),
	               e) &&
	       sql_run(a->q,
	               "UPDATE messages SET subject = NULL, from_addr = NULL, from_name = NULL,"
	               " message_id = NULL, content_sha256 = NULL, date = NULL, reviewed = 1"
	               " WHERE reading = ?",
	               SQL_ARGS(h), e) &&
	       sql_run(a->q, "UPDATE revisions SET form = NULL, defects = NULL WHERE reading = ?",
	               SQL_ARGS(h), e) &&
	       sql_run(a->q,
	               "UPDATE replies SET recipient = NULL, message_id = NULL, dismissed = 1"
	               " WHERE message = ?",
	               SQL_ARGS(h), e);
}

bool
apply_redacted(struct apply *a, struct err *e)
{
	const json_t *files = json_object_get(a->line, "files"), *hash;
	size_t i;

	json_array_foreach(files, i, hash)
	{
		if (!redact_file(a, json_string_value(hash), e))
			return false;
	}
	return true;
}
