/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/act_round.h"

#include "config/json_value.h"
#include "daemon/act.h"
#include "daemon/digest.h"
#include "daemon/digest_round.h"

#include <string.h>

static bool
is_digest(const struct act_round *a)
{
	const char *act = json_text(control_json(a->next), "act");

	return act && strcmp(act, "digest") == 0;
}

int64_t
act_round_ms(const struct act_round *a)
{
	return is_digest(a) ? DIGEST_ROUND_MS : 0;
}

static bool
carry_out(struct act_round *a, const struct writer_config *c, struct spool *s, struct err *e)
{
	const json_t *request = control_json(a->next);
	const char *date = json_text(request, "date");

	if (is_digest(a))
		return c->digest ? digest_stage(c->digest, s, date ? date : "", &a->said, e)
		                 : err_set(e, ERR_USAGE, "this daemon makes no digests");
	return act_perform(c->form, c->rules.worker, s, request, control_by(a->next), &a->said, e);
}

void
act_round_perform(struct act_round *a, const struct writer_config *c, struct spool *s)
{
	struct err e = {0};

	buf_clear(&a->said);
	if (carry_out(a, c, s, &e)) {
		a->staged = a->next;
	} else {
		spool_rollback(s);
		control_done(a->next, NULL, &e);
	}
	a->next = NULL;
}

void
act_round_answer(struct act_round *a, const struct writer_config *c, const struct err *e)
{
	if (!a->staged)
		return;
	if (!e && act_asks_again(control_json(a->staged)))
		c->ask_again(c->context, 0);
	control_done(a->staged, a->said.at, e);
	a->staged = NULL;
}

void
act_round_refuse(struct act_round *a)
{
	struct err e = {0};

	err_set(&e, ERR_AGAIN, "the spool takes nothing for now; see mingpianctl doctor, then ask again");
	if (a->next)
		control_done(a->next, NULL, &e);
	a->next = NULL;
}

void
act_round_end(struct act_round *a)
{
	if (a->next)
		control_drop(a->next);
	a->next = NULL;
}

void
act_round_free(struct act_round *a)
{
	buf_free(&a->said);
}
