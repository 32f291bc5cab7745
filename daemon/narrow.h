/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon gives up what it does not need, once it has started and before its threads do. It holds two
 * people's passwords and talks to servers that may be hostile; should a library be taken over, this much
 * is left: its spool to write; its configuration, passwords and the system's libraries and tables to read;
 * the parser to start, and nothing else; the ports of its own mail servers (and of DNS) to call; no way to
 * look into or signal what is not its own, to mount, to load, to trace. The parser inherits it, and narrows
 * itself much further (parsers/sandbox.h). */
#ifndef MINGPIAN_DAEMON_NARROW_H
#define MINGPIAN_DAEMON_NARROW_H

#include "config/config.h"
#include "config/err.h"

#include <stdbool.h>

/* Keep all memory out of swap, where the limits allow it: passwords, and mails that are nobody's business.
 * False: e says what to do; going on is no fault, where nothing is swapped. */
bool narrow_lock_memory(struct err *e);

/* Give free memory back to the system, behind something large. Some milliseconds; unlocks all for that
 * moment. */
void narrow_give_back(void);

/* Shut the rest. parser: the path of mingpian-parse. What was named in the configuration later, and lies
 * elsewhere, needs a restart. False (ERR_OS): it does not hold; e says what lacks. A sanitizer's run time
 * cannot live in it: such a build is left as it is, true. */
bool narrow_enter(const struct config *c, const char *parser, struct err *e);

#endif
