/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a web page saved in one file is read; a saved mail is not taken for one. */
#include "parsers/mht.h"
#include "tests/unit/reading.h"

#define HEAD "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n"
#define PAGE                                                                                                 \
	"\r\nSingle File Web Page\r\n--b\r\nContent-Location: file:///C:/1.htm\r\n"                          \
	"Content-Type: text/html; charset=\"gb2312\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" \
	"<html><p>=C0=A5=C9=BD</p><table><tr><td>1<td>2</table>\r\n--b\r\nContent-Type: "                    \
	"image/png\r\n\r\nx\r\n--b--\r\n"

static void
test_read(void **state)
{
	struct source s = source_of(bytes_str(HEAD PAGE));

	(void)state;
	assert_ptr_equal(reader_for(&s), &mht_reader);
	expect_read("a page", &mht_reader, &s, ERR_NONE, "昆山\ntable 1: 2x1\n[1][2]\n(picture, 1 bytes)");
	s = source_of(bytes_str("From: <Microsoft Word>\r\n" HEAD PAGE));
	assert_ptr_equal(reader_for(&s), &mht_reader);
	s = source_of(bytes_str("To: a@b.cn\r\n" HEAD PAGE));
	assert_false(mht_reader.is(&s));
	s = source_of(bytes_str("Received: x\r\n" HEAD PAGE));
	assert_false(mht_reader.is(&s));
	s = source_of(bytes_str(HEAD "Content-Location: x\r\n\r\n--b\r\n\r\nx"));
	assert_true(mht_reader.is(&s));
	expect_read("no page", &mht_reader, &s, ERR_DAMAGED, "");
	s = source_of(bytes_str(""));
	assert_false(mht_reader.is(&s));
}

static void
test_damage(void **state)
{
	(void)state;
	expect_survives(&mht_reader, bytes_str(HEAD PAGE), 1, 300);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_damage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
