/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What staff order in answer to a digest: a word and a one-time code, alone on their line, in new text. Who
 * writes, whether the code is one, and what it settles is the daemon's to know. */
#ifndef MINGPIAN_PARSERS_ORDER_H
#define MINGPIAN_PARSERS_ORDER_H

#include "config/form.h"
#include "config/mem.h"

#include <stddef.h>

enum { ORDERS_MAX = 200, ORDER_CODE_MIN = 6, ORDER_CODE_MAX = 40 };

struct order {
	const char *verb; /* "release", "accept", "dismiss" */
	const char *word; /* as form.cfg writes it: 放行 */
	const char *code; /* as written, in capitals and half-width */
};

/* Look through text, new text of a mail. A line is an order if it begins with one of the words, codes follow
 * (one or more, parted by blanks, commas or 、), and nothing else: who asks or explains orders nothing.
 * What is in list already (count of them) is not put there twice. The new count is returned. Strings live in
 * a or in f. */
size_t order_find(struct arena *a, const struct form *f, const char *text, struct order *list, size_t count);

#endif
