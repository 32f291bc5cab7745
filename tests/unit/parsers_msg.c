/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of a message saved by Outlook comes its text, and each attachment under its long name, with the
 * messages inside it as steps of the path; a hostile one is an answer. */
#include "parsers/msg.h"
#include "tests/unit/olefile.h"
#include "tests/unit/unpacking.h"

#define PROPERTIES  "__properties_version1.0"
#define STREAM(tag) "__substg1.0_" tag
#define ATTACHMENT  "__attach_version1.0_#0000000"
#define TEXT(s)     BYTES(s, sizeof(s) - 1)

/* The head of the properties, and the code page 936 of 8-bit strings. */
#define HEAD_8     "\0\0\0\0\0\0\0\0"
#define PAGE_GBK   "\3\0\xFD\x3F\0\0\0\0\xA8\3\0\0\0\0\0\0"
#define ROOT_PAGE  TEXT(HEAD_8 HEAD_8 HEAD_8 HEAD_8 PAGE_GBK)
#define INNER_PAGE TEXT(HEAD_8 HEAD_8 HEAD_8 PAGE_GBK)

static const struct ole_part parts[] = {
        {PROPERTIES, ROOT_PAGE, 0, false},
        {STREAM("1000001E"), TEXT("\xC7\xEB\xB2\xE9\xCA\xD5"), 0, false},
        {ATTACHMENT "2", {0}, 0, true}, /* out of order: the names have it */
        {ATTACHMENT "0", {0}, 0, true},
        {ATTACHMENT "1", {0}, 0, true},
        {STREAM("37010102"), TEXT("one"), 4, false},
        {STREAM("3704001E"), TEXT("8_3~1.DOC"), 4, false},
        {STREAM("3707001F"), TEXT("\x7B\x76\xB0\x8B\x68\x88.\0d\0o\0c\0"), 4, false},
        {STREAM("37010102"), TEXT("two"), 5, false},
        {STREAM("3707001E"), TEXT("..\\\xC8\xE7\xB8\xDE.txt\0x"), 5, false},
        {STREAM("3701000D"), {0}, 3, true},
        {STREAM("3001001F"), TEXT("i\0n\0n\0e\0r\0"), 3, false},
        {PROPERTIES, INNER_PAGE, 11, false},
        {STREAM("10130102"), TEXT("<p>x</p>"), 11, false},
        {STREAM("1000001E"), TEXT("not this"), 11, false},
        {ATTACHMENT "0", {0}, 11, true},
        {STREAM("37010102"), TEXT("three"), 16, false},
        {ATTACHMENT "3", {0}, 0, true}, /* a link: no data */
        {STREAM("3707001E"), TEXT("link"), 18, false},
        {0}};

static void
test_all(void **state)
{
	struct bytes file = ole_of(parts);
	struct source s = source_of(file);
	char *got;

	(void)state;
	assert_string_equal(reader_for(&s)->name, "msg");
	expect_unpacked("all", &msg_reader, &s,
	                "body (text/plain): 请查收\n登记表.doc: one\n如皋.txt: two\n"
	                "inner/body (text/html): <p>x</p>\ninner/附件4.txt: three\n");
	got = unpack_with(&msg_reader, &s, ROOM, 1);
	assert_string_equal(got, "body (text/plain): 请查收\n登记表.doc: one\n");
	free(got);
	got = unpack_with(&msg_reader, &s, 2, SIZE_MAX);
	assert_true(strstr(got, "登记表.doc: too_large\n"));
	free(got);
	free_bytes(file);
}

/* Its text is RTF, packed: that has the tables. Where it cannot be unpacked, the plain text. */
static void
test_rtf(void **state)
{
	static const char packed[] = "\x18\0\0\0\x0C\0\0\0MELA\0\0\0\0{\\rtf1 text}";
	struct ole_part with[] = {{PROPERTIES, ROOT_PAGE, 0, false},
	                          {STREAM("1000001E"), TEXT("plain"), 0, false},
	                          {STREAM("10090102"), TEXT(packed), 0, false},
	                          {0}};
	struct bytes file = ole_of(with);
	struct source s = source_of(file);

	(void)state;
	expect_unpacked("RTF", &msg_reader, &s, "body (text/rtf): {\\rtf1 text}\n");
	free_bytes(file);
	with[2].data.len -= 3;
	file = ole_of(with);
	s = source_of(file);
	expect_unpacked("cut", &msg_reader, &s, "body (text/plain): plain\n");
	free_bytes(file);
}

/* A text longer than is read is told beside what was read of it. */
static void
test_long(void **state)
{
	struct buf text = BUF_INIT(5 << 20);
	struct ole_part with[] = {{PROPERTIES, ROOT_PAGE, 0, false}, {NULL, {0}, 0, false}, {0}};
	static const char *const streams[] = {STREAM("10130102"), STREAM("1000001E")};

	(void)state;
	while (text.len <= 4 << 20)
		buf_str(&text, "<p>0123456789</p>\n");
	with[1].data = buf_bytes(&text);
	for (size_t i = 0; i < 2; i++) {
		struct bytes file;
		struct source s;
		char *got, *begin;

		with[1].name = streams[i];
		file = ole_of_sectors(with, 16);
		s = source_of(file);
		got = unpack_with(&msg_reader, &s, ROOM, SIZE_MAX);
		begin = strchr(got, ':');
		assert_true(begin && bytes_begin(bytes_str(begin), ": <p>0123456789</p>"));
		assert_true(bytes_end(bytes_str(got), "\nbody: too_large\n"));
		free(got);
		free_bytes(file);
	}
	buf_free(&text);
}

/* The directory's entry of the part with this number, from 1. */
static unsigned char *
entry_of(struct bytes file, size_t part)
{
	return (unsigned char *)(uintptr_t)file.at + bytes_find(file, "R") / OLE_SECTOR * OLE_SECTOR +
	       part * 128;
}

/* What is cut off is told: a text by its length, what stood in the message by the directory. */
static void
test_cut(void **state)
{
	static const struct ole_part with[] = {
	        {PROPERTIES, ROOT_PAGE, 0, false}, {STREAM("1000001E"), TEXT("text"), 0, false}, {0}};
	struct bytes file = ole_of(with);
	struct source s = source_of(file);

	(void)state;
	entry_of(file, 2)[121] = 1; /* its size */
	expect_unpacked("the text", &msg_reader, &s, "body (text/plain): text\nbody: damaged\n");
	entry_of(file, 2)[121] = 0;
	entry_of(file, 2)[73] = 0; /* whose neighbour on the right none holds */
	expect_unpacked("the directory", &msg_reader, &s, "body (text/plain): text\n(damaged)\n");
	free_bytes(file);
}

/* An empty file is one; a link, which has no data either, is none. */
static void
test_empty(void **state)
{
	static const struct ole_part with[] = {
	        {PROPERTIES, ROOT_PAGE, 0, false},
	        {ATTACHMENT "0", {0}, 0, true},
	        {STREAM("3707001E"), TEXT("a.doc"), 2, false},
	        {PROPERTIES, TEXT(HEAD_8 "\3\0\5\x37\6\0\0\0\1\0\0\0\0\0\0\0"), 2, false},
	        {ATTACHMENT "1", {0}, 0, true},
	        {STREAM("3707001E"), TEXT("link"), 5, false},
	        {PROPERTIES, TEXT(HEAD_8 "\3\0\5\x37\6\0\0\0\7\0\0\0\0\0\0\0"), 5, false},
	        {0}};
	struct bytes file = ole_of(with);
	struct source s = source_of(file);

	(void)state;
	expect_unpacked("empty", &msg_reader, &s, "a.doc: \n");
	free_bytes(file);
}

/* A document that was put into the text is a file; what only shows a picture there is none. */
static void
test_object(void **state)
{
	const struct ole_part with[] = {
	        {PROPERTIES, ROOT_PAGE, 0, false},        {ATTACHMENT "0", {0}, 0, true},
	        {STREAM("3701000D"), {0}, 2, true},       {"WordDocument", TEXT("word"), 3, false},
	        {ATTACHMENT "1", {0}, 0, true},           {STREAM("3701000D"), {0}, 5, true},
	        {"Equation Native", TEXT("x"), 6, false}, {0}};
	struct bytes file = ole_of(with);
	struct source s = source_of(file);
	char want[64];

	(void)state;
	(void)snprintf(want, sizeof want, "附件1.doc: %zu bytes\n", file.len);
	expect_unpacked("object", &msg_reader, &s, want);
	free_bytes(file);
}

/* Messages in each other, deeper than anybody sends them. */
static void
test_deep(void **state)
{
	struct ole_part deep[OLE_STREAMS_MAX] = {{PROPERTIES, ROOT_PAGE, 0, false}};
	struct bytes file;
	struct source s;
	size_t n = 1, i;

	(void)state;
	for (i = 0; i <= MSG_DEPTH_MAX; i++) {
		deep[n] = (struct ole_part){ATTACHMENT "0", {0}, i ? n : 0, true};
		n++;
		deep[n] = (struct ole_part){STREAM("3701000D"), {0}, n, true};
		n++;
	}
	file = ole_of(deep);
	s = source_of(file);
	expect_unpacked("deep", &msg_reader, &s, "(too_large)\n");
	free_bytes(file);
}

/* A storage that stands in itself is met once. */
static void
test_circle(void **state)
{
	struct bytes file = ole_of(parts);
	unsigned char *at = (unsigned char *)(uintptr_t)file.at;
	size_t entry = bytes_find(file, "R") / OLE_SECTOR * OLE_SECTOR, i;
	struct source s = source_of(file);

	(void)state;
	assert_true(entry + 20 * 128 < file.len);
	for (i = 0; i < 20; i++) /* all children: the first attachment */
		if (at[entry + i * 128 + 66] == 1)
			memcpy(at + entry + i * 128 + 76, (const unsigned char[4]){3}, 4);
	free(unpack_with(&msg_reader, &s, ROOM, SIZE_MAX));
	free_bytes(file);
}

static void
test_survives(void **state)
{
	struct bytes file = ole_of(parts);

	(void)state;
	expect_unpack_survives(&msg_reader, file, 37, 2000);
	free_bytes(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_all),    cmocka_unit_test(test_deep),     cmocka_unit_test(test_rtf),
	        cmocka_unit_test(test_circle), cmocka_unit_test(test_survives), cmocka_unit_test(test_object),
	        cmocka_unit_test(test_long),   cmocka_unit_test(test_cut),      cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
