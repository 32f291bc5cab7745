/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person decides of what waits for one: an act of review. Each is a line in the log, and a file in
 * read/ that says who, when and why (docs/log.md: `reviewed`). The same code serves mingpianctl without a
 * daemon and the daemon when mingpianctl asks it. */
#ifndef MINGPIAN_DAEMON_ACT_H
#define MINGPIAN_DAEMON_ACT_H

#include "config/buf.h"
#include "config/err.h"
#include "config/form.h"
#include "daemon/worker.h"
#include "spool/spool.h"

#include <jansson.h>
#include <stdbool.h>

enum { ACT_WHY_MAX = 1000, ACT_REQUEST_MAX = 1 << 20 };

/* Check a request and stage its line; the caller commits.
 *
 * request: an object {"act", "item", "why", "set": {KEY: VALUE}, "into": RECEIPT}, anybody's; others than
 * `accept` take no `set`, others than `join` no `into`.
 *
 *   release  item: a reply that is withheld or failed. It becomes due.
 *   accept   item: a receipt. Its state becomes accepted, whatever defects it has, and one that was joined
 *            stands by itself again; with `set`, in a further revision with these values. A region that is
 *            set is looked up by the parser: the registration is known by it from now on.
 *   dismiss  item: a reply that is withheld, failed or bounced; the id of a message (M-…); or a receipt,
 *            which is withdrawn, and joined to nothing any more.
 *   join     item: a receipt that is accepted, in correction or in conflict; into: the receipt that it
 *            belongs to, which gets its values, and with them its region, as a further revision. It must
 *            not be joined itself.
 *   relook   item: a time (RFC 3339). What was left and received since then is to be fetched again.
 *   redact   item: a receipt, with "with_others": redact.h. It commits what it does itself.
 * w: asked for what a region that is set is; NULL: none can be set. by: who acts. said_r gets one line that
 * says what was done. False, nothing staged: ERR_USAGE (the request is none), ERR_NOT_FOUND (no such item),
 * ERR_INPUT (it is not in a state for this act); as overlay() says; or the spool's. */
bool act_perform(const struct form *f, const struct worker *w, struct spool *s, const json_t *request,
                 const char *by, struct buf *said_r, struct err *e);

/* After its commit: should the mailboxes look at once? */
bool act_asks_again(const json_t *request);

#endif
