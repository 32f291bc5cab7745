/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person asks for at a shell, an act of review (act.h) or a digest, in a round of its own: so who is
 * told "done" can rely on it, and a refusal says why without dropping anybody's mail. The writer's. */
#ifndef MINGPIAN_DAEMON_ACT_ROUND_H
#define MINGPIAN_DAEMON_ACT_ROUND_H

#include "config/buf.h"
#include "config/err.h"
#include "daemon/control.h"
#include "daemon/writer.h"
#include "spool/spool.h"

#include <stdint.h>

struct act_round { /* ACT_ROUND_NONE to begin with */
	struct control_request
	        *next; /* was asked for, and waits for its round; the writer takes no more before */
	struct control_request *staged; /* waits for the commit */
	struct buf said;
};

#define ACT_ROUND_NONE ((struct act_round){.said = BUF_INIT(1024)})

/* How long staging the next one may take, at most; 0: no longer than any item of the queue. */
int64_t act_round_ms(const struct act_round *a);

/* There is a next one: stage it, or refuse it, with nothing staged. */
void act_round_perform(struct act_round *a, const struct writer_config *c, struct spool *s);

/* The round is committed (e NULL), or nothing of it is true: tell who asked, if anybody did. */
void act_round_answer(struct act_round *a, const struct writer_config *c, const struct err *e);

/* In a pause nothing can be written down: tell who asks next, if anybody does. */
void act_round_refuse(struct act_round *a);

/* The writer ends: who asks next, if anybody does, is told so. Here and now, for who asks keeps the control
 * socket from being closed, and that comes before the writer is joined. */
void act_round_end(struct act_round *a);

void act_round_free(struct act_round *a); /* both are answered */

#endif
