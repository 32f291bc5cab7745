/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: streams come out of OLE2 files whole; of files cut off what is there; damaged ones end quickly. */
#include "parsers/ole.h"

#include "parsers/olekinds.h"
#include "tests/unit/olefile.h"

#include <time.h>

enum { BIG = 9000 };

static char big[BIG + 1];

static const struct ole_part *
parts(void)
{
	static struct ole_part p[] = {
	        {.name = "Small"}, {.name = "Big"}, {.name = "Empty"}, {.name = "WordDocument2"}, {0}};
	size_t i;

	for (i = 0; i < BIG; i++)
		big[i] = (char)('a' + i % 26);
	p[0].data = BYTES("one two three four five six seven eight nine ten eleven twelve thirteen", 71);
	p[1].data = BYTES(big, BIG);
	p[2].data = BYTES("", 0);
	p[3].data = BYTES(big, 200);
	return p;
}

static void
expect_stream(struct bytes file, const char *name, struct bytes want)
{
	struct err e;
	struct ole *o = ole_open(file, &e);
	struct buf b = BUF_INIT(1 << 20);

	if (!o)
		fail_msg("%s: %s", name, e.text);
	assert_true(ole_has(o, name));
	assert_true(ole_stream(o, name, &b));
	assert_int_equal(b.len, want.len);
	if (want.len)
		assert_memory_equal(b.at, want.at, want.len);
	buf_free(&b);
	ole_close(o);
}

static void
test_streams(void **state)
{
	const struct ole_part *p = parts();
	struct bytes file = ole_of(p);
	static const char *const names[] = {"none", "Big", "Small", NULL}, *const none[] = {"Bi", NULL};
	size_t i;

	(void)state;
	for (i = 0; p[i].name; i++)
		expect_stream(file, p[i].name, p[i].data);
	expect_stream(file, "BIG", p[1].data);
	assert_string_equal(ole_holds(file, names), "Big");
	assert_null(ole_holds(file, none));
	assert_null(ole_holds(BYTES("text", 4), names));
	free_bytes(file);
	/* version 4: larger sectors, and the header is one */
	file = ole_of_sectors(p, 12);
	for (i = 0; p[i].name; i++)
		expect_stream(file, p[i].name, p[i].data);
	free_bytes(file);
}

/* The table of sectors stands at the end of most files: without it streams are taken as contiguous. */
static void
test_cut(void **state)
{
	const struct ole_part *p = parts();
	struct bytes file = ole_of(p), cut = file;
	struct err e;
	int i;

	(void)state;
	for (cut.len = file.len - 1; cut.len > file.len - OLE_SECTOR; cut.len -= 100)
		expect_stream(cut, "Big", p[1].data);
	cut.len = file.len - OLE_SECTOR;
	for (i = 0; p[i].name; i++)
		expect_stream(cut, p[i].name, p[i].data);
	/* without the directory nothing is found */
	cut.len -= 2 * OLE_SECTOR;
	assert_null(ole_open(cut, &e));
	assert_int_equal(e.code, ERR_DAMAGED);
	cut.len = 100;
	assert_null(ole_open(cut, &e));
	assert_int_equal(e.code, ERR_DAMAGED);
	assert_null(ole_open(BYTES("no OLE2", 7), &e));
	assert_int_equal(e.code, ERR_UNSUPPORTED);
	free_bytes(file);
}

/* A chain that runs in a circle yields no more than the file's size. */
static void
test_circles(void **state)
{
	struct bytes file = ole_of(parts());
	unsigned char *at = (unsigned char *)(uintptr_t)file.at;
	size_t fat = file.len - OLE_SECTOR, i;
	struct err e;
	struct ole *o;
	struct buf b = BUF_INIT(1 << 20);

	(void)state;
	for (i = 0; i < OLE_SECTOR; i += 4)
		memset(at + fat + i, 0, 4);
	o = ole_open(file, &e);
	assert_non_null(o);
	(void)ole_stream(o, "Big", &b);
	assert_true(b.len <= file.len);
	ole_close(o);
	buf_free(&b);
	free_bytes(file);
}

/* A directory that is one long branch: no recursion, no time to speak of. */
static void
test_deep_directory(void **state)
{
	enum { MANY = 100000 };
	struct buf b = BUF_INIT((size_t)64 << 20);
	struct bytes head = ole_of(parts());
	unsigned char start[4] = {0, 0, 0, 0};
	struct timespec from, to;
	struct ole *o;
	int i;

	(void)state;
	buf_add(&b, head.at, OLE_SECTOR);
	put_entry(&b, "Root Entry", 5, 0xFFFFFFFF, 1, 0xFFFFFFFE, 0);
	for (i = 1; i < MANY; i++)
		put_entry(&b, i == MANY - 1 ? "last" : "x", 2, i + 1 < MANY ? (uint32_t)i + 1 : 1, 0xFFFFFFFF,
		          0xFFFFFFFE, 0);
	memcpy(b.at + 48, start, 4);
	memset(b.at + 44, 0, 4); /* no FAT: contiguous */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	o = ole_open(buf_bytes(&b), NULL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	assert_non_null(o);
	assert_true(ole_has(o, "last"));
	assert_true(to.tv_sec - from.tv_sec < 3);
	ole_close(o);
	buf_free(&b);
	free_bytes(head);
}

static void
test_kinds(void **state)
{
	const struct ole_part locked[] = {{.name = "EncryptionInfo", .data = BYTES("x", 1)},
	                                  {.name = "EncryptedPackage", .data = BYTES("y", 1)},
	                                  {0}};
	struct bytes file = ole_of(locked);
	struct source s = source_of(file);

	(void)state;
	assert_ptr_equal(reader_for(&s), &ooxml_locked_reader);
	expect_read("locked", &ooxml_locked_reader, &s, ERR_ENCRYPTED, "");
	free_bytes(file);
	file = ole_of(parts());
	s = source_of(file);
	assert_ptr_equal(reader_for(&s), &ole_reader);
	expect_read("unknown", &ole_reader, &s, ERR_UNSUPPORTED, "");
	s.data.len = 600;
	assert_ptr_equal(reader_for(&s), &ole_reader);
	expect_read("cut off", &ole_reader, &s, ERR_DAMAGED, "");
	/* the second sector of the directory is lost, with the last of the streams */
	s.data.len = file.len - 2 * OLE_SECTOR;
	assert_ptr_equal(reader_for(&s), &ole_reader);
	expect_read("cut off in its directory", &ole_reader, &s, ERR_DAMAGED, "");
	expect_survives(&ole_reader, file, 7, 3000);
	expect_survives(&ooxml_locked_reader, file, 97, 300);
	free_bytes(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_streams), cmocka_unit_test(test_cut),
	        cmocka_unit_test(test_circles), cmocka_unit_test(test_deep_directory),
	        cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
