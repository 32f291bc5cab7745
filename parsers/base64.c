/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/base64.h"

#include <glib.h>

void
base64_decode(struct bytes text, struct buf *out)
{
	unsigned char *to = text.len ? buf_room(out, text.len / 4 * 3 + 3) : NULL;
	unsigned save = 0;
	int state = 0;

	if (!to)
		return;
	out->len += g_base64_decode_step((const char *)text.at, text.len, to, &state, &save);
	buf_seal(out);
}
