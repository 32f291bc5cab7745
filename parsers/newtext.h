/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a message's own text says beside a form: its new text (not what it quotes), and passwords
 * for its attachments. */
#ifndef MINGPIAN_PARSERS_NEWTEXT_H
#define MINGPIAN_PARSERS_NEWTEXT_H

#include "config/form.h"
#include "config/mem.h"
#include "parsers/document.h"

#include <stddef.h>

enum newtext {
	NEWTEXT_ALL,
	NEWTEXT_PLAIN, /* without what is indented as a quotation, cited or not: for what is to be obeyed */
};

/* Append what the sender wrote now: up to the line that begins quoted text, without lines behind ">"
 * and blocks marked as quoted. */
void newtext_of(const struct form *f, const struct document *d, enum newtext how, struct buf *out);

/* Passwords as in "密码：123456"; returns how many were put into out. */
size_t newtext_passwords(struct arena *a, const struct form *f, const char *text, const char **out,
                         size_t max);

#endif
