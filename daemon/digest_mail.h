/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the daily digest, and of the answer to what staff order by mail: from a report to the texts of
 * a mail. The words stand in config/templates/ (digest, order); the subject is the first line of the .txt,
 * behind 主题：. Nothing is sent, stored or looked up here, and the same report gives the same bytes. */
#ifndef MINGPIAN_DAEMON_DIGEST_MAIL_H
#define MINGPIAN_DAEMON_DIGEST_MAIL_H

#include "daemon/report.h"

enum {
	DIGEST_CODE_DAYS = 7, /* how long a one-time code is good for */
	DIGEST_BODY_MAX = 4 << 20,
	DIGEST_MAIL_MAX = 48 << 20,
	DIGEST_CODE_CHARS = 10, /* and a hyphen in the middle */
};

/* Templates, read once, then only read. */
struct digest_kit;

/* False: ERR_CONFIG with file, line and what is known there. */
bool digest_kit_load(struct digest_kit **k_r, const char *dir, struct err *e);
void digest_kit_free(struct digest_kit *k); /* NULL is fine */

struct digest_text {
	struct buf subject, text, html; /* BUF_INIT by digest_render(); free with digest_text_free() */
};

void digest_text_free(struct digest_text *t);

/* The digest `id`. */
void digest_render(const struct digest_kit *k, const struct report *r, const char *id,
                   struct digest_text *t_r);

/* What became of an order; strings borrowed. */
struct digest_order {
	const char *word; /* 放行, as it was written */
	const char *item; /* NULL: the code is none */
	const char *why;  /* in Chinese, why nothing was done; NULL: done */
};

struct digest_answer {
	const char *digest; /* which was answered: D-20220610 */
	const char *sha256; /* of the mail with the orders */
	time_t received_at;
	struct log_head head;
	const struct digest_order *orders;
	size_t order_count;
};

void digest_render_answer(const struct digest_kit *k, const struct digest_answer *a, struct digest_text *t_r);

/* The mail of a text: from whom to whom, with the workbook or without (NULL). answers: a Message-ID, or
 * NULL. False: see mime_write(). */
struct digest_envelope {
	const char *own_name, *own_addr, *to;
	const char *message_id, *answers;
	const char *loop_header, *loop_token;
	const struct buf *workbook;
	const char *workbook_name;
	time_t date;
};

bool digest_mail(const struct digest_text *t, const struct digest_envelope *v, struct buf *mail_r,
                 struct err *e);

#endif
