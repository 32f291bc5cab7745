/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/eqfield.h"

#include <string.h>

static struct bytes
from(struct bytes b, size_t at)
{
	return at < b.len ? BYTES(b.at + at, b.len - at) : BYTES("", 0);
}

/* What stands between this bracket and its partner, behind the last comma that is in no other. */
static struct bytes
last_argument(struct bytes b)
{
	size_t depth = 0, begin = 1;

	for (size_t i = 0; i < b.len; i++) {
		unsigned char c = b.at[i];

		if (c == '\\')
			i++; /* a bracket or a comma that is text */
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return BYTES(b.at + begin, i - begin);
		else if ((c == ',' || c == ';') && depth == 1)
			begin = i + 1;
	}
	return BYTES("", 0);
}

struct bytes
eqfield_base(struct bytes code)
{
	size_t over;

	while (code.len && *code.at == ' ')
		code = from(code, 1);
	if (code.len < 3 || (memcmp(code.at, "EQ ", 3) != 0 && memcmp(code.at, "eq ", 3) != 0))
		return BYTES("", 0);
	over = bytes_find(code, "\\o");
	code = from(code, over);
	if (bytes_find(code, "\\s\\up") == code.len)
		return BYTES("", 0);
	return last_argument(from(code, bytes_find(code, "(")));
}
