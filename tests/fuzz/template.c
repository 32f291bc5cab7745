/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A template that an office person wrote, and a stranger's value in it: any template is taken or refused with
 * a line number, and in HTML no value makes a tag, an attribute or an entity of its own. */
#include "tests/fuzz/fuzz.h"

#include "config/text.h"
#include "daemon/template.h"

static const struct template_name known[] = {
        {"text", TEMPLATE_TEXT, NULL},   {"flag", TEMPLATE_FLAG, NULL},   {"list", TEMPLATE_LIST, NULL},
        {"item", TEMPLATE_TEXT, "list"}, {"more", TEMPLATE_LIST, "list"}, {"leaf", TEMPLATE_TEXT, "more"},
};

static json_t *
values_of(const char *value, bool flag, unsigned items)
{
	json_t *list = json_array(), *more = json_array();

	json_array_append_new(more, json_pack("{s:s}", "leaf", value));
	for (unsigned i = 0; i < items; i++)
		json_array_append_new(list, json_pack("{s:s, s:O}", "item", value, "more", more));
	json_decref(more);
	return json_pack("{s:s, s:b, s:o}", "text", value, "flag", flag, "list", list);
}

/* Marks of HTML in it. */
static size_t
marks(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += strchr("<>\"'", b->at[i]) != NULL;
	return n;
}

static void
render(const struct template *t, const char *value, bool flag, unsigned items, struct buf *out)
{
	json_t *v = values_of(value, flag, items);

	buf_clear(out);
	template_render(t, v, out);
	json_decref(v);
}

static void
render_both(const struct template *t, const char *value, unsigned shape)
{
	struct buf theirs = BUF_INIT(64 << 20), harmless = BUF_INIT(64 << 20);

	render(t, value, shape & 1, shape >> 1 & 3, &theirs);
	render(t, "x", shape & 1, shape >> 1 & 3, &harmless);
	CHECK(marks(&theirs) == marks(&harmless), "a value makes marks of its own: %s", theirs.at);
	CHECK(fuzz_utf8(buf_bytes(&theirs)), "no UTF-8");
	buf_free(&theirs);
	buf_free(&harmless);
}

/* One character a line break would make of it is a tag of ours, and no mark of theirs. */
static const char *
clean(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT(1 << 20);
	const char *out;
	uint32_t c;

	while ((c = text_next(&s)))
		text_put(&b, c == '\n' ? ' ' : c);
	out = arena_str(a, b.len ? b.at : "-");
	buf_free(&b);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct template_names names = {known, sizeof known / sizeof *known};
	struct fuzz_input in = {data, data + size};
	struct arena *a = arena_new();
	unsigned shape = fuzz_byte(&in);
	const char *text = fuzz_string(&in, a), *value = clean(a, fuzz_string(&in, a));
	const char *file = fuzz_file((const uint8_t *)text, strlen(text), ".html");
	struct template *t = NULL;
	struct err e = {0};
	struct buf out = BUF_INIT(64 << 20);

	if (template_load(&t, file, &names, &e)) {
		render_both(t, value, shape);
		template_free(t);
	} else {
		CHECK(e.code == ERR_CONFIG && strstr(e.text, file), "%s", e.text);
	}
	(void)unlink(file);
	t = NULL;
	if (template_parse(&t, text, "texts.cfg", 7, &names, &e)) {
		render(t, value, shape & 1, shape >> 1 & 3, &out);
		template_free(t);
	}
	buf_free(&out);
	arena_free(a);
	return 0;
}
