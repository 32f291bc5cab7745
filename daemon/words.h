/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Chinese words for what the program names in English: one table each, for replies, workbook,
 * digest and the operator's lists alike. */
#ifndef MINGPIAN_DAEMON_WORDS_H
#define MINGPIAN_DAEMON_WORDS_H

/* "county" → 区、县（市）. NULL (no category) gives "". */
const char *words_category(const char *category);

/* "bad_phone" → 号码无法拨通: the short name of a defect. What is asked for stands in the templates. */
const char *words_defect(const char *code);

/* "accepted" → 已登记: the state of a registration. */
const char *words_state(const char *state);

/* "correction" → 请补正: what became of a message. */
const char *words_disposition(const char *disposition);

/* "shadow" → 试运行: why a reply is kept for a person, or did not arrive; why a mail waits, or was refused.
 */
const char *words_withheld(const char *why);

/* "withheld" → 回复待放行: what waits for a person. */
const char *words_item(const char *what);

/* "bounced" → 退信: a reply's state that is out of the ordinary; NULL for one that is not. */
const char *words_anomaly(const char *state);

/* "encrypted" → 加密: why a file was not read. */
const char *words_unread(const char *reason);

/* "imap_credential" → 收信账号未通过: an alarm (docs/log.md). */
const char *words_alarm(const char *alarm);

/* "accepted" → 登记回执: the kind of a reply; "sent" → 已发出: its state. */
const char *words_kind(const char *kind);
const char *words_reply(const char *state);

/* "received" → 收到来信: an event of the log. */
const char *words_event(const char *event);

/* A word that no table has is given back as it came; NULL gives "". */

#endif
