/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/member.h"

#include "config/text.h"
#include "parsers/charset.h"
#include "parsers/reader.h"

#include <ctype.h>
#include <string.h>

static bool
is_drive(const char *step, size_t len)
{
	return len == 2 && step[1] == ':' && isalpha((unsigned char)step[0]);
}

/* Does this step name something, rather than a place? */
static bool
is_step(const char *step, size_t len)
{
	return len && !(len <= 2 && strncmp(step, "..", len) == 0) && !is_drive(step, len);
}

static void
add_step(struct buf *path, const char *step, size_t len)
{
	if (!is_step(step, len) || path->over)
		return;
	if (path->len)
		buf_ch(path, '/');
	buf_add(path, step, len);
}

/* text without what does not show, or shows otherwise than it is. */
static void
add_visible(struct buf *out, const char *text)
{
	uint32_t c;

	while ((c = text_next(&text)) != 0)
		if (!text_is_unsafe(c))
			text_put(out, c);
}

static const char *
clean(struct arena *a, const char *text)
{
	struct buf visible = BUF_INIT(MEMBER_NAME_MAX), path = BUF_INIT(MEMBER_NAME_MAX);
	const char *step, *result;
	size_t len;

	add_visible(&visible, text);
	for (step = visible.at ? visible.at : ""; *step; step += len + (step[len] != '\0')) {
		len = strcspn(step, "/\\");
		add_step(&path, step, len);
	}
	result = arena_str(a, path.at ? path.at : "");
	buf_free(&visible);
	buf_free(&path);
	return result;
}

const char *
member_path(struct arena *a, struct bytes raw)
{
	if (raw.len > MEMBER_NAME_MAX) {
		raw.len = MEMBER_NAME_MAX;
		while (raw.len > MEMBER_NAME_MAX - 3 && (raw.at[raw.len] & 0xC0) == 0x80)
			raw.len--; /* of UTF-8 no part of a character: what is none would be GBK */
	}
	/* "gb18030" and no label: 通知 in GBK happens to be UTF-8 for two letters of the Near East */
	return clean(a, charset_string(a, raw, "gb18030"));
}

const char *
member_name(struct arena *a, const char *name)
{
	const char *path = clean(a, name), *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *
member_unnamed(struct arena *a, size_t n, struct bytes data)
{
	static const char *const no_passwords[] = {NULL};
	struct source s = {.data = data, .name = "", .type = "", .charset = "", .passwords = no_passwords};

	return arena_fmt(a, "附件%zu.%s", n, reader_for(&s)->extension);
}
