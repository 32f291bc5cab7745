/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of a winmail.dat comes each attachment under the name that a person gave it, by whichever of the
 * ways a program wrote it; and no length in it is believed. */
#include "parsers/tnef.h"
#include "tests/unit/unpacking.h"

static void
le(struct buf *b, unsigned long v, int n)
{
	while (n-- > 0) {
		buf_ch(b, (char)(v & 0xFF));
		v >>= 8;
	}
}

static void
attribute(struct buf *b, int level, unsigned long id, const void *value, size_t len)
{
	buf_ch(b, (char)level);
	le(b, id, 4);
	le(b, len, 4);
	buf_add(b, value, len);
	le(b, 0, 2);
}

/* A property of variable length. */
static void
property(struct buf *b, unsigned tag, unsigned type, const void *value, size_t len)
{
	le(b, type, 2);
	le(b, tag, 2);
	le(b, 1, 4);
	le(b, len, 4);
	buf_add(b, value, len);
	le(b, 0, (int)((4 - len % 4) % 4));
}

static void
begin(struct buf *b)
{
	le(b, 0x223E9F78, 4);
	le(b, 1, 2);
	attribute(b, 1, 0x00069007, "\xA8\x03\0\0\0\0\0\0", 8); /* code page 936 */
	attribute(b, 1, 0x0002800C, "the text", 9);
}

static void
begin_attachment(struct buf *b, const char *title)
{
	attribute(b, 2, 0x00069002, "\1\0\xFF\xFF\xFF\xFF\0\0\0\0\0\0\0\0", 14);
	if (title)
		attribute(b, 2, 0x00018010, title, strlen(title) + 1);
}

/* All ways of saying a name and data in one. */
static struct bytes
make(void)
{
	static const char gbk[] = "\xB5\xC7\xBC\xC7\xB1\xED.doc",
	                  wide[] = "\x7B\x76\xB0\x8B\x68\x88.\0d\0o\0c\0\0";
	struct buf b = BUF_INIT(100000), p = BUF_INIT(10000);

	begin(&b);
	begin_attachment(&b, "8_3~1.DOC");
	attribute(&b, 2, 0x0006800F, "one", 3);
	le(&p, 5, 4);
	le(&p, 0x0003, 2); /* a number, before what counts */
	le(&p, 0x3705, 2);
	le(&p, 1, 4);
	le(&p, 0x0003, 2); /* one with a name of its own */
	le(&p, 0x8001, 2);
	buf_add(&p, "GUIDGUIDGUIDGUID", 16);
	le(&p, 1, 4);
	le(&p, 6, 4);
	buf_add(&p, "a\0b\0\0\0\0", 8);
	le(&p, 1, 4);
	le(&p, 0x101F, 2); /* many strings */
	le(&p, 0x3A00, 2);
	le(&p, 2, 4);
	le(&p, 2, 4);
	le(&p, 'x', 4);
	le(&p, 4, 4);
	le(&p, 'y', 4);
	property(&p, 0x3704, 0x1E, "8_3~1.DOC", 10);
	property(&p, 0x3707, 0x1F, wide, sizeof wide - 1);
	attribute(&b, 2, 0x00069005, p.at, p.len);
	begin_attachment(&b, gbk);
	attribute(&b, 2, 0x0006800F, "two", 3);
	begin_attachment(&b, NULL);
	buf_clear(&p);
	le(&p, 2, 4);
	property(&p, 0x3001, 0x1E, "..\\shown.txt", 13);
	property(&p, 0x3701, 0x0102, "three: in a property", 20);
	attribute(&b, 2, 0x00069005, p.at, p.len);
	begin_attachment(&b, NULL);
	attribute(&b, 2, 0x0006800F, "no name", 7);
	begin_attachment(&b, "message");
	buf_clear(&p);
	le(&p, 1, 4);
	property(&p, 0x3701, 0x000D, "GUIDGUIDGUIDGUID\x78\x9F\x3E\x22rest", 24);
	attribute(&b, 2, 0x00069005, p.at, p.len);
	buf_free(&p);
	return BYTES(b.at, b.len);
}

static void
test_all(void **state)
{
	struct bytes data = make();
	struct source s = source_of(data);
	struct container_sink sink = {0};

	(void)state;
	assert_string_equal(reader_for(&s)->name, "tnef");
	expect_unpacked(
	        "all", &tnef_reader, &s,
	        "登记表.doc: one\n登记表.doc: two\nshown.txt: three: in a property\n附件4.txt: no name\n"
	        "message: \x78\x9F\x3E\x22rest\n");
	s.data = LITERAL("\x78\x9F\x3E\x22\1\0");
	assert_true(tnef_reader.unpack(&s, &sink, NULL));
	assert_true(sink.transparent);
	free((void *)(uintptr_t)data.at);
}

static void
test_enough(void **state)
{
	struct bytes data = make();
	struct source s = source_of(data);
	char *got = unpack_with(&tnef_reader, &s, ROOM, 1);

	(void)state;
	assert_string_equal(got, "登记表.doc: one\n");
	free(got);
	free((void *)(uintptr_t)data.at);
}

static void
test_broken(void **state)
{
	struct buf b = BUF_INIT(1000);
	struct source s;

	(void)state;
	begin(&b);
	begin_attachment(&b, "a.txt");
	attribute(&b, 2, 0x0006800F, "one", 3);
	buf_ch(&b, 2);
	le(&b, 0x0006800F, 4);
	le(&b, 0xFFFFFFFF, 4); /* longer than all there is */
	buf_str(&b, "two");
	s = source_of(buf_bytes(&b));
	expect_unpacked("a length of nonsense", &tnef_reader, &s, "a.txt: one\n(damaged)\n");
	buf_clear(&b);
	begin(&b);
	begin_attachment(&b, "a.txt");
	attribute(&b, 2, 0x00069005, "\xFF\xFF\xFF\xFF\2\1\1\x37\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16);
	attribute(&b, 2, 0x0006800F, "one", 3);
	s = source_of(buf_bytes(&b));
	expect_unpacked("properties of nonsense", &tnef_reader, &s, "a.txt: one\n");
	buf_free(&b);
}

/* The message's own text, as HTML in RTF and as RTF alone; where HTML is there, that. */
static void
test_text(void **state)
{
	static const char packed[] = "\x45\0\0\0\x39\0\0\0MELA\0\0\0\0"
	                             "{\\rtf1\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf x\\htmlrtf0 a}",
	                  rtf[] = "\x18\0\0\0\x0C\0\0\0MELA\0\0\0\0{\\rtf1 text}\0";
	struct buf b = BUF_INIT(1000), p = BUF_INIT(1000);
	struct source s;

	(void)state;
	begin(&b);
	le(&p, 1, 4);
	property(&p, 0x1009, 0x0102, packed, sizeof packed - 1);
	attribute(&b, 1, 0x00069003, p.at, p.len);
	s = source_of(buf_bytes(&b));
	expect_unpacked("HTML in RTF", &tnef_reader, &s, "body (text/html): <p>a\n");
	expect_unpack_survives(&tnef_reader, buf_bytes(&b), 1, 200);
	buf_clear(&b);
	buf_clear(&p);
	begin(&b);
	le(&p, 1, 4);
	property(&p, 0x1009, 0x0102, rtf, sizeof rtf - 1);
	attribute(&b, 1, 0x00069003, p.at, p.len);
	s = source_of(buf_bytes(&b));
	expect_unpacked("RTF", &tnef_reader, &s, "body (text/rtf): {\\rtf1 text}\n");
	buf_clear(&b);
	begin(&b);
	buf_clear(&p);
	le(&p, 2, 4);
	property(&p, 0x1009, 0x0102, rtf, sizeof rtf - 1);
	property(&p, 0x1013, 0x0102, "<p>b", 4);
	attribute(&b, 1, 0x00069003, p.at, p.len);
	s = source_of(buf_bytes(&b));
	expect_unpacked("HTML", &tnef_reader, &s, "body (text/html): <p>b\n");
	buf_free(&b);
	buf_free(&p);
}

/* Nothing is missing where only what fills up, or sums up, is. */
static void
test_bare_end(void **state)
{
	struct buf b = BUF_INIT(1000), p = BUF_INIT(1000);
	struct source s;

	(void)state;
	begin(&b);
	begin_attachment(&b, "a.txt");
	attribute(&b, 2, 0x0006800F, "one", 3);
	for (size_t cut = 1; cut <= 2; cut++) {
		s = source_of(BYTES(b.at, b.len - cut));
		expect_unpacked("no checksum", &tnef_reader, &s, "a.txt: one\n");
	}
	s = source_of(BYTES(b.at, b.len - 3));
	expect_unpacked("less", &tnef_reader, &s, "a.txt: on\n(damaged)\n");
	buf_clear(&b);
	begin(&b);
	begin_attachment(&b, "a.txt");
	le(&p, 1, 4);
	property(&p, 0x3701, 0x0102, "three: in a property!", 21);
	attribute(&b, 2, 0x00069005, p.at, p.len - 3);
	s = source_of(buf_bytes(&b));
	expect_unpacked("no padding", &tnef_reader, &s, "a.txt: three: in a property!\n");
	buf_free(&b);
	buf_free(&p);
}

static void
test_survives(void **state)
{
	struct bytes data = make();

	(void)state;
	expect_unpack_survives(&tnef_reader, data, 1, 2000);
	free((void *)(uintptr_t)data.at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_all),  cmocka_unit_test(test_enough),   cmocka_unit_test(test_broken),
	        cmocka_unit_test(test_text), cmocka_unit_test(test_survives), cmocka_unit_test(test_bare_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
