/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a mail take a registration back? No program does so by itself: staff are shown such a mail. */
#ifndef MINGPIAN_PARSERS_WITHDRAW_H
#define MINGPIAN_PARSERS_WITHDRAW_H

#include "config/form.h"
#include "config/mem.h"

#include <stdbool.h>

/* text: subject and new text, folded. The receipt that is taken back; "" where an answer to us takes back
 * one that it does not name; NULL: the mail does not. In a. */
const char *withdraw_in(struct arena *a, const struct form *f, const char *text, bool answers_us);

#endif
