/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/redact.h"

#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/act.h"
#include "spool/query.h"

#include <string.h>

/* A reply that is still to go must not lose its bytes under the sender's hands. */
static bool
none_on_its_way(struct spool *s, struct arena *a, const struct holdings *h, struct err *e)
{
	static const char *const waiting[] = {"due", "sending", "deferred", "unknown"};

	for (size_t i = 0; i < h->count; i++) {
		struct query_reply *r = NULL;

		if (h->at[i].kind != STORE_MAIL || h->at[i].gone)
			continue;
		if (!query_reply_of(spool_index(s), a, h->at[i].hash, &r, e))
			return false;
		for (size_t k = 0; r && !r->dismissed && k < sizeof waiting / sizeof *waiting; k++)
			if (strcmp(r->state, waiting[k]) == 0)
				return err_set(
				        e, ERR_INPUT,
				        "the reply %s is on its way (%s): wait until it is sent or has "
				        "failed, then ask again",
				        r->reply, r->state);
	}
	return true;
}

static size_t
left_of(const struct holdings *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++)
		n += !h->at[i].gone;
	return n;
}

bool
redact_look(struct spool *s, struct arena *a, const char *receipt, bool with_others, struct holdings *h_r,
            struct err *e)
{
	struct query_registration *reg = NULL;

	*h_r = (struct holdings){0};
	if (!query_registration(spool_index(s), a, receipt, &reg, e))
		return false;
	if (!reg)
		return err_set(e, ERR_NOT_FOUND, "no registration %s; mingpianctl list shows all", receipt);
	if (!holdings_find(spool_index(s), a, receipt, h_r, e))
		return false;
	if (!left_of(h_r))
		return err_set(e, ERR_INPUT,
		               "nothing of %s is left to take out; mingpianctl log %s shows when "
		               "it was done",
		               receipt, receipt);
	if (h_r->shared && !with_others)
		return err_set(
		        e, ERR_INPUT,
		        "%zu files of %s hold others' forms as well, and these would lose what was read "
		        "of them: say --with-others if they are to go, too",
		        h_r->shared, receipt);
	return none_on_its_way(s, a, h_r, e);
}

static bool
take_out(struct spool *s, const char *receipt, const struct holdings *h, const char *by, const char *why,
         struct err *e)
{
	json_t *decision = json_made(
	               json_pack("{s:s, s:s, s:s, s:n}", "kind", "decision", "by", by, "why", why, "values")),
	       *files = json_made(json_array());
	struct hash id;
	bool ok = spool_put_reading(s, decision, &id, e);

	json_decref(decision);
	for (size_t i = 0; i < h->count; i++)
		if (!h->at[i].gone)
			json_array_append_new(files, json_string(h->at[i].hash));
	if (!ok) {
		json_decref(files);
		return false;
	}
	return spool_redact(s,
	                    json_made(json_pack("{s:s, s:s, s:o, s:s}", "event", "redacted", "receipt",
	                                        receipt, "files", files, "decision", id.hex)),
	                    e);
}

bool
redact_perform(struct spool *s, const json_t *request, const char *by, struct buf *said_r, struct err *e)
{
	const char *receipt = json_text(request, "item");
	const char *why = json_text(request, "why");
	struct holdings h;
	struct arena *a;
	bool ok;

	if (!receipt)
		return err_set(e, ERR_USAGE, "redact wants a receipt");
	if (!why || !*why || strlen(why) > ACT_WHY_MAX)
		return err_set(e, ERR_USAGE, "redact wants --why: a reason that an auditor can read");
	a = arena_new();
	ok = redact_look(s, a, receipt, json_flag(request, "with_others"), &h, e) &&
	     take_out(s, receipt, &h, by, why, e);
	if (ok)
		buf_fmt(said_r, "%s: %zu files were taken out; line %lld of the log says so", receipt,
		        left_of(&h), (long long)spool_head(s).seq);
	arena_free(a);
	return ok;
}
