/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: RAR 4 and 5 as WinRAR's own packer writes them (tests/files/rar, made by rar 6.23): packed, packed as
 * one run, locked, in several volumes. What comes is right by its sum; what cannot come is told by name, and
 * why. */
#include "parsers/archive.h"
#include "parsers/rar_index.h"
#include "parsers/rar_solid.h"
#include "tests/unit/unpacking.h"

#include <stdio.h>

enum { FILE_MAX = 4096, MEMBER = 891 /* bytes of each of the three texts */ };

#define LOCKED "如皋/登记表.txt: encrypted\n二.txt: encrypted\n三.txt: encrypted\n"
#define WHOLE  "如皋/登记表.txt: 891 bytes\n二.txt: 891 bytes\n三.txt: 891 bytes\n"

static struct bytes
file_of(const char *name)
{
	char path[200];
	unsigned char *at = mem_alloc(FILE_MAX, 1);
	size_t len;
	FILE *f;

	(void)snprintf(path, sizeof path, "tests/files/rar/%s.rar", name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("no %s", path);
	len = fread(at, 1, FILE_MAX, f);
	assert_true(len && len < FILE_MAX);
	(void)fclose(f);
	return BYTES(at, len);
}

static const struct {
	const char *name, *want;
} rows[] = {
        {"4-packed", WHOLE},
        {"4-ppmd", WHOLE},
        {"4-solid", WHOLE},
        {"4-locked", LOCKED},
        {"4-locked-solid", LOCKED},
        {"4-locked-names", "(encrypted)\n"},
        {"4-volumes.part1", "如皋/登记表.txt: unsupported\n"},
        {"4-volumes.part2", "如皋/登记表.txt: unsupported\n二.txt: unsupported\n"},
        {"4-volumes.part3", "二.txt: unsupported\n三.txt: unsupported\n"},
        {"4-volumes.part4", "三.txt: unsupported\n"},
        {"5-packed", WHOLE},
        {"5-solid", WHOLE},
        {"5-locked", LOCKED},
        {"5-locked-solid", LOCKED},
        {"5-locked-names", "(encrypted)\n"},
        {"5-volumes.part1", "如皋/登记表.txt: unsupported\n"},
        {"5-volumes.part2", "如皋/登记表.txt: unsupported\n二.txt: unsupported\n"},
        {"5-volumes.part3", "二.txt: unsupported\n三.txt: unsupported\n"},
        {"5-volumes.part4", "三.txt: unsupported\n"},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void
test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct bytes b = file_of(rows[i].name);
		struct source s = source_of(b);

		assert_ptr_equal(reader_for(&s), &rar_reader);
		expect_unpacked(rows[i].name, &rar_reader, &s, rows[i].want);
		free((void *)(uintptr_t)b.at);
	}
}

/* A cut takes what stands behind it, and no name that its header still gives is lost unseen. */
static void
test_cut(void **state)
{
	static const char *const names[] = {"4-packed", "4-solid", "5-packed", "5-solid"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct bytes b = file_of(names[i]);
		struct source s = source_of(BYTES(b.at, b.len / 2));
		char *got = unpack_with(&rar_reader, &s, ROOM, SIZE_MAX);

		if (!strstr(got, "damaged"))
			fail_msg("%s: %s", names[i], got);
		assert_null(strstr(got, "三.txt: 891"));
		free(got);
		free((void *)(uintptr_t)b.at);
	}
}

static char *
unpack_room(struct bytes b, size_t room)
{
	struct source s = source_of(b);

	return unpack_with(&rar_reader, &s, room, SIZE_MAX);
}

static void
test_ceilings(void **state)
{
	struct bytes b = file_of("4-solid");
	struct source s = source_of(b);
	char *got = unpack_room(b, MEMBER - 1);

	(void)state;
	assert_string_equal(got, "如皋/登记表.txt: too_large\n二.txt: too_large\n三.txt: too_large\n");
	free(got);
	got = unpack_with(&rar_reader, &s, ROOM, 2); /* the receiver has enough */
	assert_string_equal(got, "如皋/登记表.txt: 891 bytes\n二.txt: 891 bytes\n");
	free(got);
	free((void *)(uintptr_t)b.at);
}

static bool
count_member(void *context, const char *name, const struct buf *member, const struct err *e)
{
	int *n = context;

	(void)name, (void)member;
	*n += e->code == ERR_TOO_LARGE;
	return true;
}

/* What is unpacked only to be thrown away has a limit, too. */
static void
test_waste(void **state)
{
	struct bytes b = file_of("4-solid");
	struct buf member = BUF_INIT(10);
	struct err e = {0};
	int n = 0;

	(void)state;
	assert_false(rar_solid_unpack(b, &member, 2 * MEMBER, count_member, &n, &e));
	assert_int_equal(e.code, ERR_TOO_LARGE);
	assert_int_equal(n, 2);
	assert_false(rar_solid_unpack(BYTES("Rar!", 4), &member, MEMBER, count_member, &n, &e));
	assert_int_equal(e.code, ERR_DAMAGED);
	buf_free(&member);
	free((void *)(uintptr_t)b.at);
}

static void
test_index(void **state)
{
	struct arena *a = arena_new();
	struct rar_index x;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct bytes b = file_of(rows[i].name);

		rar_index(&x, a, b);
		assert_int_equal(x.version, rows[i].name[0] - '0');
		assert_int_equal(x.solid, strstr(rows[i].name, "solid") != NULL);
		for (size_t k = 0; k < x.count; k++)
			assert_non_null(
			        strstr("如皋/登记表.txt 二.txt 三.txt", rar_name(a, &x, &x.files[k])));
		if (strcmp(rows[i].want, WHOLE) == 0)
			assert_int_equal(x.count, 3);
		free((void *)(uintptr_t)b.at);
	}
	rar_index(&x, a, LITERAL("PK\3\4"));
	assert_int_equal(x.version, 0);
	arena_free(a);
}

static void
test_survives(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct bytes b = file_of(rows[i].name);

		expect_unpack_survives(&rar_reader, b, 3, 150);
		free((void *)(uintptr_t)b.at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_kinds), cmocka_unit_test(test_cut),   cmocka_unit_test(test_ceilings),
	        cmocka_unit_test(test_waste), cmocka_unit_test(test_index), cmocka_unit_test(test_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
