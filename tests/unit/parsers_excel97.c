/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a workbook of Excel 97 or 95 gives its visible sheets with what is seen in them, at its place,
 * numbers with all their digits, strings however records cut them. */
#include "parsers/excel97.h"

#include "tests/unit/olefile.h"

#include <time.h>

enum { SHEET_PLACE = 4096 }; /* where the synthetic workbook's sheet begins */

static void
put_record(struct buf *b, unsigned type, const char *body, size_t len)
{
	put16(b, type);
	put16(b, (unsigned)len);
	buf_add(b, body, len);
}

#define R(b, type, literal) put_record(b, type, literal, sizeof(literal) - 1)

/* A workbook of one sheet: globals, and the sheet's records, as the bytes of records. */
static struct bytes
workbook(const char *stream, const char *version, struct bytes globals, struct bytes cells)
{
	struct buf b = BUF_INIT(1 << 20);
	struct ole_part parts[] = {{.name = stream}, {0}};
	struct bytes file;

	put16(&b, 0x809);
	put16(&b, 4);
	buf_add(&b, version, 2);
	put16(&b, 5);
	buf_add(&b, globals.at, globals.len);
	R(&b, 0x0A, "");
	while (b.len < SHEET_PLACE)
		buf_ch(&b, 0);
	put16(&b, 0x809);
	put16(&b, 4);
	buf_add(&b, version, 2);
	put16(&b, 0x10);
	buf_add(&b, cells.at, cells.len);
	R(&b, 0x0A, "");
	parts[0].data = buf_bytes(&b);
	file = ole_of(parts);
	buf_free(&b);
	return file;
}

#define SHEET8                   "\x85\0\x0A\0\0\x10\0\0\0\0\x02\0S1"
#define SHEET5                   "\x85\0\x09\0\0\x10\0\0\0\0\x02\xB1\xED"
#define GBK                      "\x42\0\x02\0\xA8\x03"
#define V8                       "\0\x06"
#define V5                       "\0\x05"
#define AT(row, column)          row "\0" column "\0\x0F\0"
#define TXO(length)              "\xB6\x01\x12\0\x12\x02\0\0\0\0\0\0\0\0" length "\0\x10\0\0\0\0\0"
#define CELL(column, style)      "\0\0" column "\0" style "\0"
#define SHARED(column, style, i) "\xFD\0\x0A\0" CELL(column, style) i "\0\0\0"
/* The fonts 0 to 3, and 5, which is struck through; the styles 0, and 1 with that font. */
#define PLAIN_FONT "\x31\0\x04\0\xC8\0\0\0"
#define STYLES                                      \
	PLAIN_FONT PLAIN_FONT PLAIN_FONT PLAIN_FONT \
	        "\x31\0\x04\0\xC8\0\x08\0\xE0\0\x04\0\0\0\0\0\xE0\0\x04\0\x05\0\0\0"
#define SST_HEAD "\x03\0\0\0\x03\0\0\0"

static const struct {
	const char *name, *stream, *version;
	struct bytes globals, cells;
	enum err_code code;
	const char *want;
} rows[] = {
        /* clang-format off */
        {"nothing", "Workbook", V8, LITERAL(SHEET8), LITERAL(""), ERR_NONE, "--- page 1 S1"},
        {"a number, a small one, hundredths, a double's upper bits", "Workbook", V8, LITERAL(SHEET8),
         LITERAL("\x03\x02\x0E\0" AT("\0", "\0") "\0\0\x70\x62\xEC\xE9\x09\x42" /* 13912345678 */
                 "\x7E\x02\x0A\0" AT("\0", "\x01") "\xE6\xFF\xFF\xFF" /* -7 */
                 "\x7E\x02\x0A\0" AT("\0", "\x02") "\x73\x02\0\0" /* 156/100 */
                 "\xBD\0\x12\0\0\0\x03\0\x0F\0\0\0"
                 "\xF8\x3F\x0F\0\x06\0\0\0\x04\0"),
         ERR_NONE, "--- page 1 S1\ntable 1: 5x1\n[13912345678][-7][1.56][1.5][1]"},
        {"strings of their own", "Workbook", V8, LITERAL(SHEET8),
         LITERAL("\x04\x02\x0B\0" AT("\x01", "\x01") "\x02\0\0ab"
                 "\xD6\0\x0D\0" AT("\x01", "\x02") "\x02\0\x01\x32\x75\x59\x4E"),
         ERR_NONE, "--- page 1 S1\ntable 1: 2x1\n[ab][甲乙]"},
        {"results of formulas", "Workbook", V8, LITERAL(SHEET8),
         LITERAL("\x06\0\x0E\0" AT("\0", "\0") "\0\0\0\0\0\0\xFF\xFF"
                 "\x07\x02\x05\0\x02\0\0xy"
                 "\x07\x02\x05\0\x02\0\0zz" /* belongs to none */
                 "\x06\0\x0E\0" AT("\0", "\x01") "\x01\0\x01\0\0\0\xFF\xFF"
                 "\x06\0\x0E\0" AT("\0", "\x02") "\x02\0\x2A\0\0\0\xFF\xFF"
                 "\x06\0\x0E\0" AT("\0", "\x03") "\x03\0\0\0\0\0\xFF\xFF"
                 "\x06\0\x0E\0" AT("\0", "\x04") "\0\0\0\0\0\0\xF8\x3F"
                 "\x06\0\x08\0" AT("\0", "\x05") "\0"
                 "\0"),
         ERR_NONE, "--- page 1 S1\ntable 1: 3x1\n[xy][TRUE][1.5]"},
        {"truth and errors", "Workbook", V8, LITERAL(SHEET8),
         LITERAL("\x05\x02\x08\0" AT("\0", "\0") "\0\0"
                 "\x05\x02\x08\0" AT("\0", "\x01") "\x2A\x01"
                 "\x05\x02\x08\0" AT("\0", "\x02") "\x01\0"),
         ERR_NONE, "--- page 1 S1\ntable 1: 2x1\n[FALSE][TRUE]"},
        {"shared strings, cut with a change of width, with formats behind", "Workbook", V8,
         LITERAL(SHEET8 "\xFC\0\x0F\0" SST_HEAD "\x04\0\x01\x32\x75\x59\x4E"
                 "\x3C\0\x10\0\0cd\x01\0\x08\x01\0x\x01\0\0\0\x02\0\x04"
                 "\x3C\0\x09\0\x02\0\0\0yz\0\0\x3F"),
         LITERAL("\xFD\0\x0A\0" AT("\0", "\0") "\0\0\0\0"
                 "\xFD\0\x0A\0" AT("\0", "\x01") "\x01\0\0\0"
                 "\xFD\0\x0A\0" AT("\0", "\x02") "\x02\0\0\0"
                 "\xFD\0\x0A\0" AT("\0", "\x03") "\x03\0\0\0"
                 "\xFD\0\x0A\0" AT("\0", "\x04") "\xFF\xFF\xFF\xFF"),
         ERR_NONE, "--- page 1 S1\ntable 1: 3x1\n[甲乙cd][x][yz]"},
        {"struck through: by runs, by the cell's font, which what stands before the first run has", "Workbook", V8,
         LITERAL(STYLES SHEET8 "\xFC\0\x3C\0" SST_HEAD "\x02\0\x08\x01\0ab\x01\0\x05\0"
                 "\x03\0\x08\x02\0abc\0\0\x05\0\x01\0\0\0"
                 "\x06\0\x09\x02\0\0\0\x42\xD8\xB7\xDFx\0\x42\xD8\xB7\xDF\x03\0\x05\0\x04\0\0\0"),
         LITERAL(SHARED("\0", "\0", "\0") SHARED("\x01", "\0", "\x01") SHARED("\x02", "\0", "\x02")
                 SHARED("\x03", "\x01", "\0") SHARED("\x04", "\x01", "\x01")
                 "\x7E\x02\x0A\0" CELL("\x05", "\x01") "\x06\0\0\0"
                 "\xBD\0\x12\0\0\0\x06\0\x01\0\x06\0\0\0\0\0\x0A\0\0\0\x07\0"
                 "\xD6\0\x11\0" CELL("\x08", "\0") "\x02\0\0xy\x01\0\x01\0\x05\0"
                 "\x06\0\x0E\0" CELL("\x09", "\x01") "\0\0\0\0\0\0\xFF\xFF\x07\x02\x05\0\x02\0\0no"
                 "\x04\x02\x0B\0" CELL("\x0A", "\x01") "\x02\0\0no"
                 "\x05\x02\x08\0" CELL("\x0B", "\x01") "\x01\0"
                 "\x7E\x02\x0A\0" CELL("\x0C", "\0") "\x0E\0\0\0"
                 TXO("\x02") "\x3C\0\x03\0\0pq\x3C\0\x10\0\0\0\0\0\0\0\0\0\x01\0\x05\0\0\0\0\0"),
         ERR_NONE, "--- page 1 S1\ntable 1: 7x1\n[a][bc][𠮷𠮷][bc][2][x][3]\np"},
        {"a picture, cut", "Workbook", V8,
         LITERAL(SHEET8 "\xEB\0\x0A\0\0\x6E\x1E\xF0\x14\0\0\0dd"
                 "\x3C\0\x09\0ddddddddd"
                 "\xEB\0\x09\0dddddtPNG"),
         LITERAL(""), ERR_NONE, "--- page 1 S1\n(picture, 3 bytes)"},
        {"merged and hidden", "Workbook", V8, LITERAL(SHEET8),
         LITERAL("\x7E\x02\x0A\0" AT("\0", "\0") "\x06\0\0\0"
                 "\x7E\x02\x0A\0" AT("\0", "\x02") "\x0A\0\0\0"
                 "\x7E\x02\x0A\0" AT("\0", "\x03") "\x0A\0\0\0"
                 "\x7E\x02\x0A\0" AT("\x01", "\x02") "\x0E\0\0\0"
                 "\x7E\x02\x0A\0" AT("\x02", "\x02") "\x12\0\0\0"
                 "\x08\x02\x10\0\x02\0"
                 "\0\0\0\0\0\0\0\0\0\0"
                 "\x20\0\0\0"
                 "\x7D\0\x0C\0\x03\0"
                 "\x03\0\0\0\0\0\x01\0"
                 "\0\0"
                 "\xE5\0\x12\0\x02\0\0"
                 "\0\x01\0\0\0\x01\0"
                 "\x09\0\x08\0\0\0\0"
                 "\0"),
         ERR_NONE, "--- page 1 S1\ntable 1: 2x2\n[1|1x2][2]\n(+1)[3]"},
        {"a chart in the sheet", "WORKBOOK", V8, LITERAL(SHEET8),
         LITERAL("\x09\x08\x04\0\0\x06\x20\0\x7E\x02\x0A\0" AT("\0", "\0") "\x06\0\0\0\x0A\0\0\0"
                 "\x7E\x02\x0A\0" AT("\0", "\x01") "\x0A\0\0\0"),
         ERR_NONE, "--- page 1 S1\ntable 1: 1x1\n[2]"},
        {"text boxes, cut with a change of width; a comment is none", "Workbook", V8, LITERAL(SHEET8),
         LITERAL("\x7E\x02\x0A\0" AT("\0", "\0") "\x06\0\0\0"
                 "\x5D\0\x06\0\x15\0\x12\0\x06\0" TXO("\x05") "\x3C\0\x09\0\x01\x32\x75\x59\x4E\x0A\0z\0"
                 "\x3C\0\x02\0\0y\x3C\0\x04\0\0\0\0\0"
                 "\x5D\0\x06\0\x15\0\x12\0\x19\0" TXO("\x01") "\x3C\0\x02\0\0n\x3C\0\x02\0\0\0"
                 "\x5D\0\x06\0\x15\0\x12\0\x06\0" TXO("\x01") "\x3C\0\x02\0\0x"
                 "\xB6\x01\x04\0\0\0\0\0"),
         ERR_NONE, "--- page 1 S1\ntable 1: 1x1\n[1]\n甲乙\\nzy\\nx"},
        {"a sheet that is hidden, one that is a chart", "Workbook", V8,
         LITERAL("\x85\0\x0A\0\0\x10\0\0\x01\0\x02\0S1\x85\0\x0A\0\0\x10\0\0\0\x02\x02\0S1"),
         LITERAL("\x7E\x02\x0A\0" AT("\0", "\0") "\x06\0\0\0"), ERR_NONE, ""},
        {"Excel 95 in Chinese", "Book", V5, LITERAL(GBK SHEET5),
         LITERAL("\x04\x02\x0C\0" AT("\0", "\0") "\x04\0\xBC\xD7\xD2\xD2"
                 "\xD6\0\x0A\0" AT("\0", "\x01") "\x02\0\xB1\xFB"
                 "\x06\0\x0E\0" AT("\0", "\x02") "\0\0\0\0\0\0\xFF\xFF"
                 "\x07\x02\x04\0\x02\0\xB6\xA1"),
         ERR_NONE, "--- page 1 表\ntable 1: 3x1\n[甲乙][丙][丁]"},
        {"locked", "Workbook", V8, LITERAL("\x2F\0\x02\0\0\0" SHEET8), LITERAL(""), ERR_ENCRYPTED, ""},
        {"Excel 4", "Book", "\0\x04", LITERAL(""), LITERAL(""), ERR_UNSUPPORTED, ""},
        {"a sheet that is not where it should be", "Workbook", V8,
         LITERAL("\x85\0\x0A\0\x07\x10\0\0\0\0\x02\0S1" SHEET8),
         LITERAL("\x7E\x02\x0A\0" AT("\0", "\0") "\x06\0\0\0"), ERR_DAMAGED,
                 "--- page 1 S1\n--- page 2 S1\ntable 1: 1x1\n[1]"},
        /* clang-format on */
};

static void
test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bytes file = workbook(rows[i].stream, rows[i].version, rows[i].globals, rows[i].cells);
		struct source s = source_of(file);

		assert_ptr_equal(reader_for(&s), &excel97_reader);
		expect_read(rows[i].name, &excel97_reader, &s, rows[i].code, rows[i].want);
		expect_survives(&excel97_reader, file, 61, 150);
		free_bytes(file);
	}
}

/* Many sheets at one place, many numbers there. */
static void
test_bomb(void **state)
{
	struct buf globals = BUF_INIT(1 << 16), cells = BUF_INIT(1 << 16);
	struct timespec from, to;
	struct bytes file;
	struct source s;
	int i, k;

	(void)state;
	for (i = 0; i < 150; i++)
		buf_add(&globals, SHEET8, sizeof SHEET8 - 1);
	for (i = 0; i < 4; i++) {
		put16(&cells, 0xBD);
		put16(&cells, 4 + 1300 * 6 + 2);
		put32(&cells, 0);
		for (k = 0; k < 1300 * 6 / 2; k++)
			put16(&cells, 0x4041);
		put16(&cells, 1300);
	}
	file = workbook("Workbook", V8, buf_bytes(&globals), buf_bytes(&cells));
	s = source_of(file);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	expect_read("a bomb", &excel97_reader, &s, ERR_TOO_LARGE, NULL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	assert_true(to.tv_sec - from.tv_sec < 10);
	buf_free(&globals);
	buf_free(&cells);
	free_bytes(file);
}

/* Written by LibreOffice from book.fods: its second sheet's strings run over several CONTINUEs, its third
 * one is hidden. */
static void
test_libreoffice(void **state)
{
	struct bytes file = test_file("ole/book.xls");
	struct source s = source_of(file);
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct buf out = BUF_INIT(DOC_TEXT_MAX);
	struct err e;
	int i;

	(void)state;
	assert_ptr_equal(reader_for(&s), &excel97_reader);
	assert_true(excel97_reader.read(&s, d, &e));
	doc_end(d);
	assert_int_equal(d->tables, 2);
	for (i = 0; i < 5; i++) {
		const struct doc_block *b = d->first;

		while (b->kind != DOC_TABLE || b->table->number != 2)
			b = b->next;
		assert_int_equal(strlen(doc_cell_text(d, doc_cell_at(b->table, i, 0), NULL)), 3 * 3001);
	}
	doc_dump(d, &out);
	assert_non_null(strstr(out.at, "--- page 1 登记表\n"
	                               "table 1: 5x4\n"
	                               "[联系电话|1x2][13912345678][51255484407][6.25][-3]\n"
	                               "(+1)[合并|3x1]\n"));
	assert_non_null(strstr(out.at, "[一 行\\n二行][Ascii][𠮷½]\n--- page 2 长\n"));
	buf_free(&out);
	arena_free(a);
	expect_survives(&excel97_reader, file, 197, 400);
	free_bytes(file);
}

/* Written by LibreOffice from struck.fods: a part of a cell, and whole cells, one of them with a part that is
 * not. */
static void
test_struck(void **state)
{
	struct bytes file = test_file("ole/struck.xls");
	struct source s = source_of(file);

	(void)state;
	expect_read("struck.xls", &excel97_reader, &s, ERR_NONE,
	            "--- page 1 登记表\ntable 1: 3x3\n[主导产业][电子信息][化工]\n"
	            "[联系电话](+1)[13912345679]\n(+1)[新]");
	free_bytes(file);
}

/* One workbook, encrypted by each method: computed by a program that has no line in common with the reader.
 */
static const struct {
	const char *name;
	struct bytes globals, cells;
} locked[] = {
        /* clang-format off */
        {"MD5, 40 bits, the known word",
         LITERAL("/\x00\x36\x00\x01\x00\x01\x00\x01\x00\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B"
                 "\x1C\x1D\x1E\x1F\xB9h\xE2!@!\x9C\xF6h\x82\xB5\xA0\xF7\xD7\xA4\xCBj\xACr-\xD4\xB3h\xEF"
                 "\x1F\xDF\xED\xEFH\x81\xCB\xE3\xE1\x00\x02\x00\xB0\x04\x85\x00\x0A\x00\x00\x10\x00\x00"
                 "\xC0\xDD\x88[\x17\x89UU\x02\x00\x9F\x95"),
         LITERAL("~\x02\x0A\x00\xCExh\xA4\xE4T>d\xA0\x9E\x04\x02\x0D\x00\xDD\xF1\xF2\x64k\xEBw\x91\xAB\x7F"
                 "\xCB\xF5\xE8")},
        {"MD5, 40 bits, a word of the mail",
         LITERAL("/\x00\x36\x00\x01\x00\x01\x00\x01\x00\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B"
                 "\x1C\x1D\x1E\x1F_\xAC}\xAF\xC9\x1D\xD7\xE4LI\xC7\x39\xE8\x88\xC9\x90\xBA\xE4w 3\x17\x44@"
                 "\xDE\xCE\xC2\x9Cn\x1E\xDD\x06\xE1\x00\x02\x00\xB0\x04\x85\x00\x0A\x00\x00\x10\x00\x00_'"
                 "\x01mz\x9AUU\x02\x00[\x85"),
         LITERAL("~\x02\x0A\x00\x81:\xDA\xCEW\xE4\xE5\x8E\x65X\x04\x02\x0D\x00\x9F\xB0m\xBDl\xBF\xC8'-\xFE"
                 "\x41k\xC1")},
        {"SHA1, 128 bits, the known word",
         LITERAL("/\x00p\x00\x01\x00\x04\x00\x02\x00\x04\x00\x00\x00&\x00\x00\x00\x04\x00\x00\x00\x00\x00"
                 "\x00\x00\x01h\x00\x00\x04\x80\x00\x00\x80\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
                 "\x00\x00\x00\x00M\x00S\x00\x00\x00\x10\x00\x00\x00\x10\x11\x12\x13\x14\x15\x16\x17\x18"
                 "\x19\x1A\x1B\x1C\x1D\x1E\x1F\x34\xD5OV\xA1U\x01\x9D\xA8,K\xCD\xC1\x1F\x45\x0C\x14\x00"
                 "\x00\x00r\xA5(\xE0\x31~\x18\xA6\x63\x1A\xB4\xCD~p\xF3g*\xEFx\x13\xE1\x00\x02\x00\xB0\x04"
                 "\x85\x00\x0A\x00\x00\x10\x00\x00\xAE\xD0$nc\xF3UU\x00\x00"),
         LITERAL("~\x02\x0A\x00\xFARd\x18-A\xD8t\x9C=\x04\x02\x0D\x00\xDBw\xECsq\xAC\xED\x31\xF4\x07\x90"
                 "\x89\xDE")},
        {"SHA1, 40 bits, the known word",
         LITERAL("/\x00p\x00\x01\x00\x02\x00\x02\x00\x04\x00\x00\x00&\x00\x00\x00\x04\x00\x00\x00\x00\x00"
                 "\x00\x00\x01h\x00\x00\x04\x80\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
                 "\x00\x00\x00\x00M\x00S\x00\x00\x00\x10\x00\x00\x00\x10\x11\x12\x13\x14\x15\x16\x17\x18"
                 "\x19\x1A\x1B\x1C\x1D\x1E\x1F\xE6\xE0\x9A\x61\x36Q;_\xC3\x11\xB9\xFA\xE5\xCF\xD4\x9B\x14"
                 "\x00\x00\x00\x0E\xFE\xF2\x1B\xDF\x0A\xF5&\xA1k\xD1\xE6\xB3t\xC8\xAE\x04\xC2\xCDZ\xE1\x00"
                 "\x02\x00\xB0\x04\x85\x00\x0A\x00\x00\x10\x00\x00\x12\x01\xCC\xE1\xB0\xB7UU\x00\x00"),
         LITERAL("~\x02\x0A\x00}\x99\xCA%\xBB\xDB\xF4\xF2\x04\xDD\x04\x02\x0D\x00\x81\x61@\xDE\x9E\x14\xE5"
                 ",\x88\x45\xC2m\x14")},
        {"SHA1, 56 bits, a word of the mail",
         LITERAL("/\x00p\x00\x01\x00\x04\x00\x02\x00\x04\x00\x00\x00&\x00\x00\x00\x04\x00\x00\x00\x00\x00"
                 "\x00\x00\x01h\x00\x00\x04\x80\x00\x00\x38\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
                 "\x00\x00\x00\x00M\x00S\x00\x00\x00\x10\x00\x00\x00\x10\x11\x12\x13\x14\x15\x16\x17\x18"
                 "\x19\x1A\x1B\x1C\x1D\x1E\x1F\xA0p\x09\x66\xBD\xE3\xEBP\x0B\x0Aij\x83_\x11_\x14\x00\x00"
                 "\x00\xB9\x12].\x82\xFF\x45y4]A\x0BLB\xED\xCC\xED_Co\xE1\x00\x02\x00\xB0\x04\x85\x00\x0A"
                 "\x00\x00\x10\x00\x00\xEDj\x06R~}UU\x00\x00"),
         LITERAL("~\x02\x0A\x00GL@\xA1~\x13\xAC\x88\xD3\x85\x04\x02\x0D\x00\xEE\xF6Zr\x89\xC9\xB6\x8F\xBD"
                 "\x03\x96-\xC7")},
        /* clang-format on */
};

#define UNLOCKED "--- page 1 S1\ntable 1: 1x2\n[7]\n[甲乙]"
static const char *const told[] = {"", "2026", "表2026😀", NULL};

static void
test_encrypted(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof locked / sizeof locked[0]; i++) {
		struct bytes file = workbook("Workbook", V8, locked[i].globals, locked[i].cells);
		struct source s = source_of(file);
		bool known = strstr(locked[i].name, "known") != NULL;

		expect_read(locked[i].name, &excel97_reader, &s, known ? ERR_NONE : ERR_ENCRYPTED,
		            known ? UNLOCKED : "");
		s.passwords = told;
		expect_read(locked[i].name, &excel97_reader, &s, ERR_NONE, UNLOCKED);
		expect_survives(&excel97_reader, file, 61, 150);
		free_bytes(file);
	}
}

/* What FilePass may say that nobody can open: a byte of it is another, of the row of MD5 (0) or of SHA-1 (2).
 */
static const struct {
	const char *name;
	size_t row, at;
	unsigned char byte;
} wrong[] = {
        {"XOR obfuscation", 0, 0, 0},
        {"a method nobody knows", 0, 2, 9},
        {"a later version of it", 0, 4, 2},
        {"another salt", 0, 6, 0xFF},
        {"another verifier", 0, 22, 0xFF},
        {"the last byte of the verifier's hash", 0, 53, 0xFF},
        {"a header too short", 2, 10, 31},
        {"a header beyond the record", 2, 10, 0xFF},
        {"a header beyond the file", 2, 13, 0xFF},
        {"not RC4", 2, 14 + 8, 0x0E},
        {"not SHA-1", 2, 14 + 12, 0x0C},
        {"32 bits", 2, 14 + 16, 32},
        {"127 bits", 2, 14 + 16, 127},
        {"136 bits", 2, 14 + 16, 136},
        {"a salt too long", 2, 14 + 38, 17},
        {"another salt of SHA-1", 2, 14 + 38 + 4, 0xFF},
        {"the last byte of SHA-1's hash", 2, 14 + 38 + 59, 0xFF},
};

static void
test_wrong_filepass(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct buf globals = BUF_INIT(1 << 16);
		struct bytes file;
		struct source s;

		buf_add(&globals, locked[wrong[i].row].globals.at, locked[wrong[i].row].globals.len);
		assert_int_not_equal((unsigned char)globals.at[4 + wrong[i].at], wrong[i].byte);
		globals.at[4 + wrong[i].at] = (char)wrong[i].byte;
		file = workbook("Workbook", V8, buf_bytes(&globals), locked[wrong[i].row].cells);
		s = source_of(file);
		s.passwords = told;
		expect_read(wrong[i].name, &excel97_reader, &s, ERR_ENCRYPTED, "");
		free_bytes(file);
		buf_free(&globals);
	}
}

/* FilePass cut at every byte; in a workbook of Excel 95, whose methods are others; and a second one, which
 * would encrypt anew what is open. */
static void
test_odd_filepass(void **state)
{
	static const size_t methods[] = {0, 2};
	struct buf globals = BUF_INIT(1 << 16);
	struct bytes file, pass;
	struct source s;
	size_t i, len;

	(void)state;
	for (i = 0; i < 2; i++) {
		pass = locked[methods[i]].globals;
		for (len = 0; len < ((size_t)pass.at[2] | (size_t)pass.at[3] << 8); len++) {
			buf_clear(&globals);
			put_record(&globals, 0x2F, (const char *)pass.at + 4, len);
			file = workbook("Workbook", V8, buf_bytes(&globals), LITERAL(""));
			s = source_of(file);
			expect_read("cut", &excel97_reader, &s, ERR_ENCRYPTED, "");
			free_bytes(file);
		}
	}
	file = workbook("Book", V5, locked[0].globals, LITERAL(""));
	s = source_of(file);
	expect_read("Excel 95", &excel97_reader, &s, ERR_ENCRYPTED, "");
	free_bytes(file);
	buf_clear(&globals);
	buf_add(&globals, locked[0].globals.at, locked[0].globals.len);
	put_record(&globals, 0x2F, "\1\0\1\0", 4);
	file = workbook("Workbook", V8, buf_bytes(&globals), locked[0].cells);
	s = source_of(file);
	expect_read("twice", &excel97_reader, &s, ERR_NONE, UNLOCKED);
	free_bytes(file);
	buf_free(&globals);
}

/* Written by LibreOffice: one whose structure is protected, from protected.fods, and one with a password. */
static void
test_encrypted_libreoffice(void **state)
{
	static const char *const word[] = {"12345", "123456", NULL};
	struct bytes file = test_file("ole/protected.xls");
	struct source s = source_of(file);

	(void)state;
	assert_int_equal(bytes_find(file, "\x35\x75\x50\x5B"), file.len); /* 电子: it is encrypted */
	expect_read("protected.xls", &excel97_reader, &s, ERR_NONE,
	            "--- page 1 登记表\ntable 1: 2x2\n[主导产业][电子信息]\n[联系电话][13912345679]\n"
	            "--- page 2 乙\ntable 2: 1x1\n[第二页]");
	expect_survives(&excel97_reader, file, 197, 400);
	free_bytes(file);
	file = test_file("reasons/locked.xls");
	s = source_of(file);
	expect_read("locked.xls", &excel97_reader, &s, ERR_ENCRYPTED, "");
	s.passwords = word;
	expect_read("told", &excel97_reader, &s, ERR_NONE, NULL);
	expect_survives(&excel97_reader, file, 197, 400);
	free_bytes(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_rows),         cmocka_unit_test(test_bomb),
	        cmocka_unit_test(test_libreoffice),  cmocka_unit_test(test_struck),
	        cmocka_unit_test(test_encrypted),    cmocka_unit_test(test_wrong_filepass),
	        cmocka_unit_test(test_odd_filepass), cmocka_unit_test(test_encrypted_libreoffice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
