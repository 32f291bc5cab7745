/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a file that was put into a document comes out of its object under its name; what is no file (a
 * formula, a drawing) is none of ours. */
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

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_objects)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
