/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of a report that is read from the log itself and from readings: for report.c alone. */
#ifndef MINGPIAN_DAEMON_REPORT_LOG_H
#define MINGPIAN_DAEMON_REPORT_LOG_H

#include "daemon/report.h"

/* Bounces, withheld replies, unread files, conflicts, what was left unread, alarms, folders that lack mails.
 */
bool report_read_anomalies(struct report *r, struct spool *s, struct err *e);

/* The log's head, its events by count, its files with their hashes. */
bool report_read_log(struct report *r, struct spool *s, struct err *e);

#endif
