/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/order.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "daemon/act.h"
#include "daemon/alarms.h"
#include "daemon/mime.h"
#include "daemon/words.h"
#include "spool/query_digest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DAY = 86400 };

/* What became of one order; also the word in the log. */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_WRONG,   /* no digest gave out that code */
	OUTCOME_FOREIGN, /* another digest did */
	OUTCOME_USED,
	OUTCOME_EXPIRED,
	OUTCOME_REFUSED, /* what it settles is not in a state for this act */
	OUTCOMES
};

static const struct {
	const char *token, *chinese;
} outcomes[OUTCOMES] = {
        [OUTCOME_DONE] = {"done", NULL},
        [OUTCOME_WRONG] = {"wrong", "验证码不符"},
        [OUTCOME_FOREIGN] = {"foreign", "验证码属另一期日报，请回复该期日报"},
        [OUTCOME_USED] = {"used", "验证码已用过"},
        [OUTCOME_EXPIRED] = {"expired", "验证码已过期，请以新一期日报为准"},
        [OUTCOME_REFUSED] = {"refused", "该事项已办结，或不能这样办理"},
};

/* A mail with orders on its way. */
struct ordering {
	const struct digest_rules *g;
	struct spool *s;
	struct arena *a;
	const char *digest;
	const struct order_mail *m;
	struct hash submission; /* of Message-ID and content: the same in both mailboxes */
	json_t *log;            /* of `ordered` */
	struct digest_order *told;
	size_t told_count;
};

/* ---- whose mail ---- */

static bool
answered_digest(struct spool *s, struct arena *a, const char *id, char digest_r[DIGEST_ID_MAX], struct err *e)
{
	struct query_reply *reply = NULL;

	if (!id || !*id)
		return true;
	if (!query_reply_by_message_id(spool_index(s), a, id, &reply, e))
		return false;
	if (!reply || strcmp(reply->kind, "digest") != 0 || !digest_of_reply(reply->reply, digest_r))
		digest_r[0] = '\0';
	return true;
}

bool
order_answers(struct spool *s, struct arena *a, const struct reading *r, char digest_r[DIGEST_ID_MAX],
              struct err *e)
{
	bool ok = true;

	digest_r[0] = '\0';
	if (r->form_count)
		return true;
	ok = answered_digest(s, a, r->in_reply_to, digest_r, e);
	for (size_t i = json_array_size(r->references); ok && !digest_r[0] && i-- > 0;)
		ok = answered_digest(s, a, json_string_value(json_array_get(r->references, i)), digest_r, e);
	return ok;
}

static bool
among(const char *const *list, const char *address)
{
	for (; *list; list++)
		if (strcasecmp(*list, address) == 0)
			return true;
	return false;
}

/* Why nothing of this mail is carried out, or NULL. */
static const char *
why_refused(const struct ordering *o)
{
	const struct config *c = o->g->config;
	const struct reading *r = o->m->reading;

	if (r->machine)
		return "machine";
	if (!among(c->digest.to, r->from_addr) && !among(c->digest.staff, r->from_addr) &&
	    !config_mailbox(c, r->from_addr))
		return "sender";
	return r->dmarc && strcmp(r->dmarc, "pass") == 0 ? NULL : "authentication";
}

/* ---- one order ---- */

/* Whose code is it, if not this digest's? */
static bool
is_foreign(const struct ordering *o, const char *code, bool *foreign_r, struct err *e)
{
	const char **digests = NULL;
	size_t n = 0;

	*foreign_r = false;
	if (!query_code_digests(spool_index(o->s), o->a, clock_now() - 10L * DIGEST_CODE_DAYS * DAY, &digests,
	                        &n, e))
		return false;
	for (size_t i = 0; i < n && !*foreign_r; i++) {
		struct hash h = digest_code_hash(digests[i], code);
		struct query_code *known = NULL;

		if (!query_code(spool_index(o->s), o->a, h.hex, &known, e))
			return false;
		*foreign_r = known != NULL;
	}
	return true;
}

/* Act; a refusal is an outcome, trouble with the spool is not. */
static bool
act(const struct ordering *o, const char *verb, const char *item, enum outcome *outcome_r, struct err *e)
{
	struct buf said = BUF_INIT(1000);
	json_t *request = json_made(
	        json_pack("{s:s, s:s, s:o}", "act", verb, "item", item, "why",
	                  json_sprintf("回复日报%s办理（来信SHA-256 %s）", o->digest, o->m->message)));
	struct err why = {0};
	bool ok = act_perform(o->g->form, NULL, o->s, request, o->m->reading->from_addr, &said, &why);

	*outcome_r = ok ? OUTCOME_DONE : OUTCOME_REFUSED;
	if (!ok && why.code != ERR_USAGE && why.code != ERR_NOT_FOUND && why.code != ERR_INPUT)
		*e = why;
	else
		ok = true;
	json_decref(request);
	buf_free(&said);
	return ok;
}

static bool
carry_out(const struct ordering *o, const char *verb, const char *code, const struct hash *h,
          const char **item_r, enum outcome *outcome_r, struct err *e)
{
	struct query_code *known = NULL;
	bool foreign = false;

	*item_r = NULL;
	if (!query_code(spool_index(o->s), o->a, h->hex, &known, e))
		return false;
	if (!known) {
		if (!is_foreign(o, code, &foreign, e))
			return false;
		*outcome_r = foreign ? OUTCOME_FOREIGN : OUTCOME_WRONG;
		return true;
	}
	*item_r = known->item;
	*outcome_r = known->used                                                ? OUTCOME_USED
	             : clock_now() - known->at > (time_t)DIGEST_CODE_DAYS * DAY ? OUTCOME_EXPIRED
	                                                                        : OUTCOME_DONE;
	return *outcome_r != OUTCOME_DONE || act(o, verb, known->item, outcome_r, e);
}

static bool
used_here(const struct ordering *o, const char *code)
{
	size_t i;
	const json_t *x;

	json_array_foreach(o->log, i, x)
	{
		const char *was = json_text(x, "code");

		if (was && strcmp(was, code) == 0 && strcmp(json_text(x, "outcome"), "done") == 0)
			return true;
	}
	return false;
}

static bool
take_one(struct ordering *o, const json_t *order, struct err *e)
{
	const char *verb = json_text(order, "verb");
	const char *code = json_text(order, "code");
	struct hash h = digest_code_hash(o->digest, code);
	enum outcome outcome = OUTCOME_USED;
	const char *item = NULL;
	json_t *line;

	if (!used_here(o, h.hex) && !carry_out(o, verb, code, &h, &item, &outcome, e))
		return false;
	/* What is no code of ours may be anybody's words: it does not stand in the log. */
	line = json_made(json_pack(
	        "{s:s, s:o, s:o, s:s}", "act", verb, "code", item ? json_string(h.hex) : json_null(), "item",
	        item ? json_string(item) : json_null(), "outcome", outcomes[outcome].token));
	json_array_append_new(o->log, line);
	o->told[o->told_count++] =
	        (struct digest_order){json_text(order, "word"), item, outcomes[outcome].chinese};
	return true;
}

/* ---- what is logged and told ---- */

static bool
log_ordered(const struct ordering *o, const char *refused, struct err *e)
{
	const struct order_mail *m = o->m;
	char when[CLOCK_RFC3339_MAX];

	return spool_line(
	        o->s,
	        json_made(json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:o, s:O}", "event",
	                            "ordered", "message", m->message, "mailbox", m->mailbox, "folder",
	                            m->folder, "uidvalidity", (json_int_t)m->uidvalidity, "uid",
	                            (json_int_t)m->uid, "received_at", clock_rfc3339(m->received_at, when),
	                            "submission", o->submission.hex, "digest", o->digest, "refused",
	                            refused ? json_string(refused) : json_null(), "orders", o->log)),
	        NULL, e);
}

static bool
tell_sender(const struct ordering *o, struct err *e)
{
	const struct config *c = o->g->config;
	const struct reading *r = o->m->reading;
	const char *reply = arena_fmt(o->a, "O-%.10s.1", o->m->message);
	const struct digest_answer answer = {.digest = o->digest,
	                                     .sha256 = o->m->message,
	                                     .received_at = o->m->received_at,
	                                     .head = spool_head(o->s),
	                                     .orders = o->told,
	                                     .order_count = o->told_count};
	struct digest_envelope v = {
	        .own_name = c->own.name,
	        .to = r->from_addr,
	        .message_id =
	                arena_fmt(o->a, "<%s%s@%s>", o->g->form->message_id_prefix, reply, c->own.domains[0]),
	        .answers = r->message_id,
	        .loop_header = o->g->form->loop_header,
	        .loop_token = reply,
	        .date = clock_now(),
	};
	struct digest_text text = {0};
	struct buf mail = BUF_INIT(DIGEST_MAIL_MAX);
	struct hash id;
	bool ok = alarm_digest_from(o->s, c, &v.own_addr, e);

	if (ok)
		digest_render_answer(o->g->kit, &answer, &text);
	ok = ok && digest_mail(&text, &v, &mail, e) && spool_put_mail(o->s, buf_bytes(&mail), &id, e) &&
	     spool_line(o->s,
	                json_made(json_pack("{s:s, s:s, s:s, s:n, s:s, s:s, s:s, s:n}", "event", "queued",
	                                    "reply", reply, "message", id.hex, "to_message", "kind", "order",
	                                    "mailbox", v.own_addr, "state", "due", "why")),
	                NULL, e);
	digest_text_free(&text);
	buf_free(&mail);
	return ok;
}

bool
order_take(const struct digest_rules *g, struct spool *s, struct arena *a, const char *digest,
           const struct order_mail *m, struct err *e)
{
	const json_t *list = m->reading->orders, *x;
	struct ordering o = {.g = g, .s = s, .a = a, .digest = digest, .m = m};
	const char *refused;
	bool known = false, ok = true;
	size_t i;

	if (!g || !json_array_size(list))
		return true;
	o.submission = hash_of(
	        bytes_str(arena_fmt(a, "%s\n%s", m->reading->message_id, m->reading->content_sha256)));
	if (!query_ordered(spool_index(s), o.submission.hex, digest, &known, e))
		return false;
	if (known)
		return true;
	o.log = json_made(json_array());
	o.told = arena_alloc(a, json_array_size(list), sizeof *o.told);
	refused = why_refused(&o);
	json_array_foreach((json_t *)list, i, x)
	{
		ok = ok && (refused || take_one(&o, x, e));
	}
	ok = ok && log_ordered(&o, refused, e) &&
	     (refused || !mime_address_ok(m->reading->from_addr) || tell_sender(&o, e));
	json_decref(o.log);
	return ok;
}
