/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a file that was put into a document comes out of its object under its name; what is no file (a
 * formula, a drawing) is none of ours; what may be one and is not read is named. */
#include "parsers/oleobject.h"
#include "tests/unit/olefile.h"
#include "tests/unit/unpacking.h"

#define NATIVE "\001Ole10Native"

/* As the packager writes it; label in GBK. */
static void
packaged(struct buf *b, const char *label, const char *data)
{
	buf_clear(b);
	put32(b, 0); /* the length of all; nobody needs it */
	put16(b, 2);
	buf_add(b, label, strlen(label) + 1);
	buf_add(b, "C:\\a.doc", 9);
	put32(b, 3 << 16);
	put32(b, 9);
	buf_add(b, "C:\\t.doc", 9);
	put32(b, (uint32_t)strlen(data));
	buf_str(b, data);
}

static void
expect(const char *name, const char *stream, struct bytes data, const char *want)
{
	const struct ole_part parts[] = {{.name = stream, .data = data}, {0}};
	struct bytes file = ole_of(parts);
	struct source s = source_of(file);
	const struct reader *r = reader_for(&s);

	if ((r == &oleobject_reader) != (want != NULL))
		fail_msg("%s: it is %s", name, r->name);
	if (want)
		expect_unpacked(name, &oleobject_reader, &s, want);
	expect_unpack_survives(&oleobject_reader, file, 64, 100);
	free((void *)(uintptr_t)file.at);
}

static void
test_objects(void **state)
{
	struct buf b = BUF_INIT(10000);

	(void)state;
	packaged(&b, "\xB5\xC7\xBC\xC7\xB1\xED.txt", "text");
	expect("a package", NATIVE, buf_bytes(&b), "登记表.txt: text\n");
	packaged(&b, "", "text");
	expect("without a name", NATIVE, buf_bytes(&b), "附件1.txt: text\n");
	expect("cut", NATIVE, BYTES(b.at, 20), NULL);
	b.at[4] = 3;
	expect("another kind", NATIVE, buf_bytes(&b), NULL);
	expect("a docx", "Package", LITERAL("PK\3\4x"), "附件1.zip: PK\3\4x\n");
	expect("no docx", "Package", LITERAL("x"), NULL);
	expect("a PDF", "CONTENTS", LITERAL("%PDF-1.4"), "附件1.pdf: %PDF-1.4\n");
	expect("a document of Works", "CONTENTS", LITERAL("CHNKWKS "), NULL);
	expect("a formula", "Equation Native", LITERAL("x"), NULL);
	buf_free(&b);
}

/* A picture of Paint's; what else an object of OLE 1.0 holds is no file of ours. */
static void
test_paint(void **state)
{
	struct buf b = BUF_INIT(100);

	(void)state;
	put32(&b, 2 + 4);
	buf_str(&b, "BM12345678");
	expect("Paint", NATIVE, buf_bytes(&b), "附件1.txt: BM1234\n");
	b.at[4] = 'C';
	expect("none", NATIVE, buf_bytes(&b), NULL);
	buf_free(&b);
}

/* Which objects are only what the document shows of them? */
static void
test_shown(void **state)
{
	static const struct {
		const char *name;
		bool shown;
	} cases[] = {{"Equation Native", true}, {"VisioDocument", true},        {"\003OCXNAME", true},
	             {"\001Ole", true},         {"PowerPoint Document", false}, {"CONTENTS", false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct ole_part parts[] = {{.name = cases[i].name, .data = LITERAL("x")}, {0}};
		struct bytes file = ole_of(parts);

		if (oleobject_is_shown(file) != cases[i].shown)
			fail_msg("%s: %d", cases[i].name, !cases[i].shown);
		free((void *)(uintptr_t)file.at);
	}
	assert_false(oleobject_is_shown(LITERAL("no OLE2 file")));
}

/* In a document of Word 97 each is a storage: a document is copied, as a file whose root is that storage. */
static void
test_pool(void **state)
{
	struct buf b = BUF_INIT(10000), word = BUF_INIT(10000);
	struct ole_part parts[] = {
	        {.name = "ObjectPool", .storage = true},
	        {.name = "_1", .within = 1, .storage = true},
	        {.name = "WordDocument", .within = 2},
	        {.name = "_2", .within = 1, .storage = true},
	        {.name = NATIVE, .within = 4},
	        {.name = "_3", .within = 1, .storage = true},
	        {.name = "Equation Native", .within = 6, .data = LITERAL("x")},
	        {.name = "other", .within = 1, .storage = true},
	        {.name = "Workbook", .within = 8, .data = LITERAL("x")},
	        {.name = "_4", .within = 1, .storage = true},
	        {.name = "PowerPoint Document", .within = 10, .data = LITERAL("x")},
	        {.name = "_5", .within = 1, .storage = true},
	        {.name = "VisioDocument", .within = 12, .data = LITERAL("x")},
	        {.name = "_6", .within = 1, .storage = true}, /* a link */
	        {.name = "\001Ole", .within = 14, .data = LITERAL("x")},
	        {.name = "\002OlePres000", .within = 14, .data = LITERAL("x")},
	        {.name = "_7", .within = 1, .storage = true},
	        {.name = "CONTENTS", .within = 17, .data = LITERAL("CHNKWKS ")},
	        {.name = "WordDocument", .data = LITERAL("outer")},
	        {0},
	};
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct bytes file;
	struct source s;
	struct ole *o;

	(void)state;
	packaged(&b, "\xB5\xC7\xBC\xC7\xB1\xED.txt", "text");
	for (int i = 0; i < 1000; i++)
		buf_str(&word, "inner");
	parts[2].data = buf_bytes(&word);
	parts[4].data = buf_bytes(&b);
	file = ole_of(parts);
	o = ole_open(file, NULL);
	oleobject_push(o, ole_storage(o, 0, "ObjectPool", 0), "_", d);
	ole_close(o);
	doc_end(d);
	expect_dump("a pool", d,
	            "(file 附件1.doc, 10240 bytes)\n(file 登记表.txt, 4 bytes)\n"
	            "(file 附件3.ppt: unsupported)\n(file 附件4.ole: unsupported)");
	s = source_of(d->files->data);
	o = ole_open(s.data, NULL);
	buf_clear(&b);
	assert_true(ole_stream(o, "WordDocument", &b));
	assert_true(bytes_equal(buf_bytes(&b), buf_bytes(&word)));
	assert_false(ole_has(o, "ObjectPool"));
	ole_close(o);
	arena_free(a);
	buf_free(&b);
	buf_free(&word);
	free((void *)(uintptr_t)file.at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_objects), cmocka_unit_test(test_paint),
	                                   cmocka_unit_test(test_shown), cmocka_unit_test(test_pool)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
