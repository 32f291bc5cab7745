/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/withdraw.h"

#include "config/text.h"

#include <string.h>

enum { DIGITS_MIN = 4, DIGITS_MAX = 9 };

/* The first receipt in folded text, as it is written in the register; NULL: none. */
static const char *
receipt_in(struct arena *a, const struct form *f, const char *text)
{
	struct buf prefix = BUF_INIT(1024);
	const char *found = NULL;

	text_fold(&prefix, f->receipt_prefix);
	for (const char *p = text; prefix.len && !found && (p = strstr(p, prefix.at)); p++) {
		const char *number = p + prefix.len;
		size_t digits = strspn(number, "0123456789");

		if (digits >= DIGITS_MIN && digits <= DIGITS_MAX)
			found = arena_fmt(a, "%s%.*s", f->receipt_prefix, (int)digits, number);
	}
	buf_free(&prefix);
	return found;
}

const char *
withdraw_in(struct arena *a, const struct form *f, const char *text, bool answers_us)
{
	const char *receipt;

	if (!form_has_word(f->words_withdraw, text))
		return NULL;
	receipt = receipt_in(a, f, text);
	return receipt || !answers_us ? receipt : "";
}
