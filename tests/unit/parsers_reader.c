/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: the table of readers holds together: each row has a name of its own and one way to be used, and
 * a kind is told by the bytes. What each reader takes is asked in its own test. */
#include "tests/unit/reading.h"

static const struct {
	const char *name, *want;
	struct bytes data;
} rows[] = {
        {"a calendar entry", "ignored", LITERAL("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")},
        {"a card behind a BOM", "ignored", LITERAL("\xEF\xBB\xBF\r\nbegin:vcard\r\n")},
        {"locked by PGP", "pgp", LITERAL("\n-----BEGIN PGP MESSAGE-----\n\nx\n")},
        {"AVIF", "avif",
         LITERAL("\0\0\0\x1c"
                 "ftypavif\0\0\0\0")},
        {"a signature", "ignored", LITERAL("-----BEGIN PGP SIGNATURE-----\n\nx\n")},
        {"a mail that speaks of one", "plain", LITERAL("see BEGIN:VCALENDAR")},
        {"bytes", "unknown", LITERAL("\1\2\3\4\5\6\1\2\3\4\5\6\x80\xff\x80\xff")},
        {"nothing", "unknown", LITERAL("")},
};

static void
test_kinds(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct source s = source_of(rows[i].data);
		const struct reader *r = reader_for(&s);

		if (strcmp(r->name, rows[i].want) != 0)
			fail_msg("%s: %s, wanted %s", rows[i].name, r->name, rows[i].want);
		assert_false((r->read != NULL) + (r->unpack != NULL) + r->ignored > 1);
		assert_ptr_equal(reader_named(r->name), r);
	}
	assert_null(reader_named("none such"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_kinds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
