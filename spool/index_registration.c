/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/index_registration.h"

#include "spool/index_line.h"

#include "config/mem.h"

#include <stdlib.h>
#include <string.h>

bool
registration_insert(struct apply *a, const json_t *f, const char *message, const char *state, bool late,
                    struct err *e)
{
	const char *receipt = json_text(f, "receipt");
	size_t len = receipt ? strlen(receipt) : 0, digits = len;
	char *prefix = NULL;
	int64_t known = 0;
	bool ok = false;

	while (digits && receipt[digits - 1] >= '0' && receipt[digits - 1] <= '9')
		digits--;
	if (digits == len || len - digits > 15)
		return line_contradicts(a, "has no receipt, or one without a number:", receipt, e);
	if (!sql_number(a->q, "SELECT count(*) FROM registrations WHERE receipt = ?",
	                SQL_ARGS(SQL_T(receipt)), 0, &known, e))
		return false;
	if (known)
		return line_contradicts(a, "gives out a receipt for the second time:", receipt, e);
	prefix = mem_dup0(receipt, digits);
	ok = sql_run(
	        a->q,
	        "INSERT INTO registrations(receipt, prefix, number, region_key, region_code, category, state,"
	        " message, newest, mailbox, revision, errors, late, created_at, changed_at, logged_at, seq)"
	        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8,"
	        " (SELECT mailbox FROM messages WHERE message = ?8), 0, 0, ?9,"
	        " coalesce((SELECT received_at FROM messages WHERE message = ?8), ?10),"
	        " ?10, ?10, ?11)",
	        SQL_ARGS(SQL_T(receipt), SQL_T(prefix), SQL_N(strtoll(receipt + digits, NULL, 10)),
	                 member_text(f, "region_key"), member_text(f, "region_code"),
	                 member_text(f, "category"), SQL_T(state), SQL_T(message), SQL_N(late), SQL_N(a->at),
	                 SQL_N(a->seq)),
	        e);
	free(prefix);
	return ok;
}

bool
revision_insert(struct apply *a, const struct revision_row *r, struct err *e)
{
	static const char insert[] =
	        "INSERT INTO revisions(receipt, revision, message, n, changed, decision, errors, late,"
	        " received_at, seq, reading, form, defects) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
	        " coalesce((SELECT received_at FROM messages WHERE message = ?3), ?9), ?10, ?11, ?12, ?13)";
	/* conflict and joined end by a person's word only */
	static const char update[] =
	        "UPDATE registrations SET revision = ?2, newest = ?3, errors = ?4, logged_at = ?5,"
	        " changed_at = coalesce((SELECT received_at FROM messages WHERE message = ?3), ?5),"
	        " state = CASE WHEN state IN ('conflict', 'joined') THEN state"
	        "  WHEN ?4 > 0 THEN 'correction' ELSE 'accepted' END"
	        " WHERE receipt = ?1 AND revision = ?2 - 1";

	if (!sql_run(a->q, update,
	             SQL_ARGS(SQL_T(r->receipt), SQL_N(r->revision), SQL_T(r->message), SQL_N(r->errors),
	                      SQL_N(a->at)),
	             e))
		return false;
	if (sql_changes(a->q) != 1)
		return line_contradicts(a, "gives a revision that does not follow the last one of",
		                        r->receipt, e);
	return sql_run(a->q, insert,
	               SQL_ARGS(SQL_T(r->receipt), SQL_N(r->revision), SQL_T(r->message), SQL_N(r->n),
	                        SQL_T(r->changed), SQL_T(r->decision), SQL_N(r->errors), SQL_N(r->late),
	                        SQL_N(a->at), SQL_N(a->seq), SQL_T(r->reading), SQL_T(r->form),
	                        SQL_T(r->defects)),
	               e);
}
