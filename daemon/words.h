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

/* "shadow" → 试运行: why a reply is kept for a person. */
const char *words_withheld(const char *why);

/* A word that no table has is given back as it came; NULL gives "". */

#endif
