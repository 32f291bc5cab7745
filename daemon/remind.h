/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letters to departments that are silent, or have something to correct: drafts for a person to look through
 * and to send. Nothing goes out by itself. The words: config/templates/remind.txt. */
#ifndef MINGPIAN_DAEMON_REMIND_H
#define MINGPIAN_DAEMON_REMIND_H

#include "daemon/report.h"

struct remind_kit;

/* False: ERR_CONFIG with file, line and what is known there. */
bool remind_kit_load(struct remind_kit **k_r, const char *dir, struct err *e);
void remind_kit_free(struct remind_kit *k); /* NULL is fine */

/* Does this department get a letter? silent_r: it has registered nothing; else it has something to correct.
 */
bool remind_is_due(const struct report *r, size_t department, bool *silent_r);

/* The letter to a department: its text (the first line is the title), and the same as a Word file. */
bool remind_write(const struct remind_kit *k, const struct report *r, size_t department, struct buf *text_r,
                  struct buf *docx_r, struct err *e);

#endif
