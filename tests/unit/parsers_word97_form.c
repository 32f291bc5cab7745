/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of a Word 97 file's style sheet comes which styles hide, of the data of a form's list what was
 * chosen; what is cut off, of another kind or nonsense gives nothing. */
#include "parsers/word97_form.h"
#include "parsers/word97_styles.h"

#include "tests/unit/reading.h"

static void
put_u16(struct buf *b, unsigned n)
{
	buf_ch(b, (char)(n & 0xFF));
	buf_ch(b, (char)(n >> 8 & 0xFF));
}

static void
put_u32(struct buf *b, unsigned n)
{
	put_u16(b, n & 0xFFFF);
	put_u16(b, n >> 16);
}

/* A text of ASCII in 16-bit units: length, units, and a zero where one stands behind it. */
static void
put_text(struct buf *b, const char *s, bool zero)
{
	put_u16(b, (unsigned)strlen(s));
	while (*s)
		put_u16(b, (unsigned char)*s++);
	if (zero)
		put_u16(b, 0);
}

/* ---- lists ---- */

/* The data of a field of this kind, of which entry `chosen` was taken, `otherwise` by default. */
static struct buf
field_of(unsigned kind, unsigned chosen, unsigned otherwise)
{
	struct buf b = BUF_INIT(4096);

	put_u32(&b, 0); /* the length: below */
	put_u16(&b, 8);
	put_u16(&b, 0);
	put_u32(&b, 0xFFFFFFFF);
	put_u16(&b, kind | chosen << 2);
	put_u32(&b, 0);
	put_text(&b, "name", true);
	put_u16(&b, otherwise);
	for (int i = 0; i < 5; i++)
		put_text(&b, i == 1 ? "help" : "", true);
	put_u16(&b, 0xFFFF);
	put_u16(&b, 3);
	put_u16(&b, 0);
	put_text(&b, "one", false);
	put_text(&b, "two", false);
	put_u16(&b, 3);
	put_u16(&b, 0x4E2D);
	put_u16(&b, 0xD842);
	put_u16(&b, 0xDFB7);
	b.at[0] = (char)b.len;
	return b;
}

static void
expect_choice(struct bytes data, const char *want)
{
	struct buf out = BUF_INIT(256);

	word97_form_choice(data, 0, &out);
	assert_string_equal(out.at ? out.at : "", want);
	buf_free(&out);
}

static void
test_choice(void **state)
{
	static const struct {
		unsigned kind, chosen, otherwise;
		const char *want;
	} rows[] = {
	        {2, 0, 1, "one"},  {2, 1, 0, "two"}, {2, 2, 0, "中𠮷"}, {2, 3, 0, ""},
	        {2, 25, 1, "two"}, {2, 25, 9, ""},   {1, 1, 1, ""},     {0, 1, 1, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = field_of(rows[i].kind, rows[i].chosen, rows[i].otherwise);

		expect_choice(buf_bytes(&b), rows[i].want);
		buf_free(&b);
	}
}

static void
test_choice_cut(void **state)
{
	struct buf b = field_of(2, 1, 0), out = BUF_INIT(256);

	(void)state;
	for (size_t len = 0; len < b.len; len++) {
		char *copy = mem_dup0(b.at, len);

		word97_form_choice(BYTES(copy, len), 0, &out);
		free(copy);
	}
	word97_form_choice(buf_bytes(&b), 0xFFFFFFFF, &out);
	buf_free(&out);
	buf_free(&b);
}

/* ---- styles ---- */

enum { FIB_STYLES = 0xA2, FIB_LEN = 0x200 };

/* A style: its kind, the one that it builds on, one change of its characters (0: none). */
static void
put_style(struct buf *b, unsigned kind, unsigned base, unsigned change, unsigned char value)
{
	struct buf s = BUF_INIT(256);

	put_u16(&s, 0);
	put_u16(&s, kind | base << 4);
	for (int i = 0; i < 3; i++)
		put_u16(&s, 0);
	put_text(&s, "s", true);
	if (kind == 1) { /* its paragraph's changes: three bytes, and one to fill */
		put_u16(&s, 3);
		buf_add(&s, "\1\1\1\0", 4);
	}
	put_u16(&s, change ? 3 : 0);
	if (change) {
		put_u16(&s, change);
		buf_ch(&s, (char)value);
	}
	put_u16(b, (unsigned)s.len);
	buf_add(b, s.at, s.len);
	if (s.len & 1)
		buf_ch(b, '\0');
	buf_free(&s);
}

static void
test_styles(void **state)
{
	struct buf sheet = BUF_INIT(4096);
	unsigned char document[FIB_LEN] = {0};
	static struct word97_styles styles;

	(void)state;
	put_u16(&sheet, 4);
	put_u16(&sheet, 9);
	put_u16(&sheet, 10);
	put_style(&sheet, 1, 0xFFF, 0, 0);      /* 0: plain */
	put_style(&sheet, 2, 0xFFF, 0x083C, 1); /* 1: hidden */
	put_style(&sheet, 2, 1, 0, 0);          /* 2: as 1 */
	put_style(&sheet, 2, 2, 0x083C, 0);     /* 3: shown again */
	put_style(&sheet, 2, 3, 0x0837, 1);     /* 4: struck */
	put_u16(&sheet, 0);                     /* 5: none */
	put_style(&sheet, 2, 7, 0, 0);          /* 6 and 7: a circle */
	put_style(&sheet, 2, 6, 0, 0);
	put_style(&sheet, 1, 0, 0x083C, 1); /* 8: a paragraph's, hidden */
	document[FIB_STYLES + 4] = (unsigned char)(sheet.len & 0xFF);
	document[FIB_STYLES + 5] = (unsigned char)(sheet.len >> 8);
	word97_styles_read(&styles, BYTES(document, FIB_LEN), buf_bytes(&sheet));
	for (unsigned i = 0; i < 12; i++) {
		assert_int_equal(word97_style_hides(&styles, i), i == 1 || i == 2 || i == 8);
		assert_int_equal(word97_style_strikes(&styles, i), i == 4);
	}
	assert_true(styles.paragraphs);
	assert_false(word97_style_hides(&styles, WORD97_STYLES_MAX));
	for (size_t len = 0; len < sheet.len; len++) {
		char *copy = mem_dup0(sheet.at, len);

		word97_styles_read(&styles, BYTES(document, FIB_LEN), BYTES(copy, len));
		free(copy);
	}
	word97_styles_read(&styles, BYTES(document, FIB_LEN), BYTES(sheet.at, sheet.len - 3));
	assert_true(word97_style_hides(&styles, 1));
	assert_false(styles.paragraphs); /* the last one is cut off */
	buf_free(&sheet);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_choice), cmocka_unit_test(test_choice_cut),
	                                   cmocka_unit_test(test_styles)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
