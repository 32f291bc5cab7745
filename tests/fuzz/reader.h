/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reader's target: `#define READER "docx"`, and include this. Any bytes are read, or refused with a reason;
 * what comes out is a document that can be shown. */
#include "tests/fuzz/fuzz.h"

#include "parsers/charset.h"
#include "parsers/document.h"
#include "parsers/reader.h"

static bool
take_member(void *context, const char *name, struct bytes data)
{
	(void)data;
	CHECK(name[0] && fuzz_utf8(bytes_str(name)), "a member without a name");
	return ++*(size_t *)context < 1000;
}

static void
take_unread(void *context, const char *name, const struct err *why)
{
	(void)context;
	CHECK(why->code != ERR_NONE, "%s is unread for no reason", name);
}

static void
take_text(void *context, const char *name, struct bytes data, const char *type, const char *charset)
{
	(void)context;
	(void)data;
	CHECK(name[0] && type && charset, "a text without a type");
}

static void
unpack(const struct reader *r, const struct source *s)
{
	size_t members = 0;
	struct container_sink sink = {.member = take_member,
	                              .unread = take_unread,
	                              .text = take_text,
	                              .context = &members,
	                              .room = 64 << 20};
	struct err e = {0};

	if (!r->unpack(s, &sink, &e))
		CHECK(e.code != ERR_NONE && e.text[0], "refused without a word");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const passwords[] = {"123456", NULL};
	static bool ready;
	const struct reader *r = reader_named(READER);
	struct source s = {
	        .data = BYTES(data, size), .name = "", .type = "", .charset = "", .passwords = passwords};
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct buf dump = BUF_INIT(64 << 20);
	struct err e = {0};

	if (!ready) {
		(void)fuzz_form();
		charset_preload();
		ready = true;
	}
	(void)r->is(&s);
	if (r->read && !r->read(&s, d, &e))
		CHECK(e.code != ERR_NONE && e.text[0], "refused without a word");
	if (r->unpack)
		unpack(r, &s);
	doc_end(d);
	doc_dump(d, &dump);
	CHECK(!dump.len || fuzz_utf8(buf_bytes(&dump)), "no UTF-8");
	buf_free(&dump);
	arena_free(a);
	return 0;
}
