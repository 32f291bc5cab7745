/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl verify --mailbox: has each mail on the servers its line in the log? */
#ifndef MINGPIAN_DAEMON_CTL_COMPARE_H
#define MINGPIAN_DAEMON_CTL_COMPARE_H

#include "daemon/ctl.h"

#include <stdbool.h>

/* Look into all folders (read-only), compare, and print a line for each. A running daemon is asked to do the
 * same: it logs what it finds, and fetches what is missing. *wrong_r: how many things are wrong: mails
 * without a line, folders that could not be looked into. */
bool ctl_compare_mailboxes(struct ctl *c, size_t *wrong_r, struct err *e);

#endif
