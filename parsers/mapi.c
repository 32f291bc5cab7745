/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/mapi.h"

#include "config/text.h"
#include "parsers/charset.h"
#include "parsers/member.h"
#include "parsers/reader.h"
#include "parsers/rtf.h"
#include "parsers/rtfpack.h"

#include <string.h>

static const unsigned name_tags[] = {MAPI_ATTACH_LONG_FILENAME, MAPI_ATTACH_FILENAME, MAPI_DISPLAY_NAME};

enum { RTF_MAX = 32 << 20 };

enum { NAMES = sizeof name_tags / sizeof name_tags[0] };

_Static_assert(NAMES == sizeof((struct mapi_names *)0)->of / sizeof(struct mapi_name), "one for each tag");

void
mapi_note_name(struct mapi_names *n, uint32_t tag, struct bytes value)
{
	size_t i;

	for (i = 0; i < NAMES; i++)
		if (tag >> 16 == name_tags[i])
			n->of[i] = (struct mapi_name){.value = value, .type = tag & 0xFFFF};
}

const char *
mapi_name(struct arena *a, const struct mapi_names *n, const char *charset)
{
	const char *name = "";
	size_t i;

	for (i = 0; i < NAMES && !*name; i++)
		name = member_name(a, mapi_text(a, n->of[i].type, n->of[i].value, charset));
	return name;
}

/* UTF-16LE, up to a NUL. */
static const char *
wide(struct arena *a, struct bytes b)
{
	struct buf out = BUF_INIT(2 * b.len);
	const char *text;
	uint32_t c, low;
	size_t at;

	for (at = 0; at + 2 <= b.len && (c = ole_u16(b, at)) != 0; at += 2) {
		low = ole_u16(b, at + 2);
		if (c >= 0xD800 && c < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
			c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
			at += 2;
		}
		text_put(&out, c);
	}
	text = arena_str(a, out.at ? out.at : "");
	buf_free(&out);
	return text;
}

const char *
mapi_text(struct arena *a, unsigned type, struct bytes value, const char *charset)
{
	const unsigned char *nul;

	if (!value.len)
		return "";
	if (type == MAPI_UNICODE)
		return wide(a, value);
	nul = memchr(value.at, '\0', value.len);
	if (nul)
		value.len = (size_t)(nul - value.at);
	return charset_string(a, value, *charset ? charset : "gb18030");
}

bool
mapi_rtf(struct container_sink *sink, const char *name, struct bytes packed)
{
	struct buf rtf = BUF_INIT(RTF_MAX), html = BUF_INIT(RTF_MAX);
	bool is = rtfpack_open(packed, &rtf) && rtf.len > 0;

	if (is && rtf_html(buf_bytes(&rtf), &html))
		sink->text(sink->context, name, buf_bytes(&html), "text/html", "utf-8");
	else if (is)
		sink->text(sink->context, name, buf_bytes(&rtf), "text/rtf", "");
	buf_free(&html);
	buf_free(&rtf);
	return is;
}
