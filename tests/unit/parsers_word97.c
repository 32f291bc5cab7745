/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a Word 97 document gives its text and tables as they are seen, however it keeps them; one that
 * is locked, old or cut off says so. */
#include "parsers/word97.h"
#include "parsers/word97_picture.h"

#include "config/text.h"
#include "tests/unit/olefile.h"

#include <time.h>

enum { TEXT_PLACE = 0x400, PAGE = 512, PARAGRAPHS_MAX = 20 };

/* A paragraph of the synthetic document: text, the mark at its end, what changes its properties (a list of
 * sprms), and those of all its characters. */
struct para {
	const char *text;
	int mark;
	struct bytes changes, run;
};

struct docfile {
	struct para paragraphs[PARAGRAPHS_MAX];
	bool compressed;                /* a byte a character: the text is Latin-1 */
	unsigned ident, version, flags; /* 0: what Word writes */
	uint32_t boxes;                 /* characters at the end that are in text boxes, */
	uint32_t header_boxes;          /* and behind them those of a header's */
	struct bytes data;              /* the stream Data */
	size_t cut;                     /* of the stream's end */
	unsigned repeated;              /* the text stands there so many times more */
};

static void
put_units(struct buf *b, const char *s, bool compressed)
{
	uint32_t c;

	if (compressed) {
		buf_str(b, s);
		return;
	}
	while ((c = text_next(&s)) != 0) {
		if (c > 0xFFFF) {
			put16(b, 0xD800 + ((c - 0x10000) >> 10));
			c = 0xDC00 + ((c - 0x10000) & 0x3FF);
		}
		put16(b, c);
	}
}

/* A page of properties: the places, then for each where its list stands, the lists from the end. */
static void
put_page(struct buf *b, const uint32_t *places, const struct bytes *lists, size_t n, bool paragraphs)
{
	unsigned char page[PAGE] = {0};
	size_t at = PAGE - 2, i, entry = paragraphs ? 13 : 1;
	struct buf head = BUF_INIT(PAGE);

	for (i = 0; i <= n; i++)
		put32(&head, places[i]);
	memcpy(page, head.at, head.len);
	for (i = 0; i < n; i++) {
		size_t len = lists[i].len;

		if (!len)
			continue;
		/* paragraphs: 0, words, style, list; runs: length, list */
		at = (at - len - 4) & ~(size_t)1;
		assert_true(at > 4 * (n + 1) + entry * n);
		page[4 * (n + 1) + entry * i] = (unsigned char)(at / 2);
		if (paragraphs) {
			page[at + 1] = (unsigned char)((len + 3) / 2);
			memcpy(page + at + 4, lists[i].at, len);
		} else {
			page[at] = (unsigned char)len;
			memcpy(page + at + 1, lists[i].at, len);
		}
	}
	page[PAGE - 1] = (unsigned char)n;
	buf_add(b, page, PAGE);
	buf_free(&head);
}

static void
set32(struct buf *b, size_t at, uint32_t n)
{
	struct buf v = BUF_INIT(4);

	put32(&v, n);
	memcpy(b->at + at, v.at, 4);
	buf_free(&v);
}

static struct bytes
document(const struct docfile *f)
{
	struct buf b = BUF_INIT(1 << 16), table = BUF_INIT(1 << 16);
	uint32_t places[PARAGRAPHS_MAX + 1] = {TEXT_PLACE}, count;
	struct bytes changes[PARAGRAPHS_MAX], runs[PARAGRAPHS_MAX], file;
	struct ole_part parts[] = {
	        {.name = "WordDocument"}, {.name = "1Table"}, {.name = "Data", .data = f->data}, {0}};
	size_t n = 0, i, width = f->compressed ? 1 : 2;

	put16(&b, f->ident ? f->ident : 0xA5EC);
	put16(&b, f->version ? f->version : 0xC1);
	put_fill(&b, 0x0A, 0);
	put16(&b, 0x0200 | f->flags);
	put_fill(&b, TEXT_PLACE, 0);
	for (; f->paragraphs[n].text; n++) {
		put_units(&b, f->paragraphs[n].text, f->compressed);
		buf_ch(&b, (char)f->paragraphs[n].mark);
		if (!f->compressed)
			buf_ch(&b, 0);
		places[n + 1] = (uint32_t)b.len;
		changes[n] = f->paragraphs[n].changes;
		runs[n] = f->paragraphs[n].run;
	}
	count = (uint32_t)((b.len - TEXT_PLACE) / width);
	set32(&b, 0x4C, count * (f->repeated + 1) - f->boxes - f->header_boxes);
	set32(&b, 0x64, f->boxes);
	set32(&b, 0x68, f->header_boxes);
	put_fill(&b, PAGE, 0);

	/* the table of pieces, behind a list of changes; then the tables of pages */
	buf_add(&table, "\1\2\0\0\0\2\x10\0\0\0", 10);
	set32(&table, 6, 4 + 12 * (f->repeated + 1));
	for (i = 0; i <= f->repeated + 1; i++)
		put32(&table, count * i);
	for (i = 0; i <= f->repeated; i++) {
		put16(&table, 0);
		put32(&table, f->compressed ? TEXT_PLACE * 2 | 1u << 30 : TEXT_PLACE);
		put16(&table, 0);
	}
	set32(&b, 0x1A6, (uint32_t)table.len);
	set32(&b, 0xFA, (uint32_t)table.len);
	set32(&b, 0xFE, 12);
	put32(&table, TEXT_PLACE);
	put32(&table, places[n]);
	put32(&table, (uint32_t)(b.len / PAGE));
	put_page(&b, places, runs, n, false);
	set32(&b, 0x102, (uint32_t)table.len);
	set32(&b, 0x106, 12);
	put32(&table, TEXT_PLACE);
	put32(&table, places[n]);
	put32(&table, (uint32_t)(b.len / PAGE));
	put_page(&b, places, changes, n, true);

	parts[0].data = BYTES(b.at, b.len - f->cut);
	parts[1].data = buf_bytes(&table);
	file = ole_of(parts);
	buf_free(&b);
	buf_free(&table);
	return file;
}

/* sprms */
#define IN     "\x16\x24\x01"
#define TTP    "\x17\x24\x01"
#define DEPTH2 "\x49\x66\x02\0\0\0"
#define INNER  "\x4B\x24\x01"
#define INNERR "\x4C\x24\x01"
#define CELL   LITERAL(IN)
#define ROW2   LITERAL(IN TTP "\x08\xD6\x08\0\x02\0\0\0\x10\0\x20") /* two cells, no TC80 */
#define ROW1   LITERAL(IN TTP "\x08\xD6\x06\0\x01\0\0\0\x20")
#define TC     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define END    LITERAL("")
#define GONE   LITERAL("\x00\x08\x01")
#define HIDDEN LITERAL("\x3C\x08\x01")

static const struct {
	const char *name;
	struct docfile f;
	enum err_code code;
	const char *want;
} rows[] = {
        /* clang-format off */
        {"paragraphs", {.paragraphs = {{"甲\x0B乙𠮷\t\x1E\x01\x05", 13, END, END}, {"", 13, END, END}, {"丙", 12, END, END},
                         {"丁", 13, END, END}}}, ERR_NONE, "甲\\n乙𠮷\t-\n\n丙\n丁"},
        {"compressed", {.paragraphs = {{"a\x80\x93z\xE9", 13, END, END}}, .compressed = true}, ERR_NONE, "a€“zé"},
        {"fields", {.paragraphs = {{"\x13 DATE \x13 X \x14x\x15\x14" "6月\x13 T \x14" "14\x15\x15日\x13 NONE \x15。\x15\x14", 13, END, END}}},
         ERR_NONE, "6月14日。"},
        {"deleted and hidden", {.paragraphs = {{"甲", 13, END, END}, {"乙", 13, END, GONE}, {"丙", 13, END, END},
                                 {"丁", 13, END, HIDDEN}, {"戊", 13, END, LITERAL("\x3C\x08\x80")}}},
         ERR_NONE, "甲\n丙\n\n戊"},
        {"symbols", {.paragraphs = {{"((", 13, END, LITERAL("\x55\x08\x01\x09\x6A\x03\0\xFE\xF0")},
                      {"(", 13, END, LITERAL("\x55\x08\x01\x09\x6A\x03\0\xA8\xF0")},
                      {"(", 13, END, LITERAL("\x55\x08\x01\x09\x6A\x03\0\x41\xF0")},
                      {"(", 13, END, LITERAL("\x55\x08\x01\x09\x6A\x03\0\x32\x75")},
                      {"\uF0FE\uF041是", 13, END, END}}}, ERR_NONE, "☑☑\n□\n\n甲\n☑是"},
        {"a table", {.paragraphs = {{"题", 13, END, END}, {"甲", 7, CELL, END}, {"乙", 13, CELL, END}, {"丙", 7, CELL, END}, {"", 7, ROW2, END},
                      {"丁", 7, CELL, END}, {"", 7, ROW1, END}, {"后", 13, END, END}}},
         ERR_NONE, "题\ntable 1: 2x2\n[甲][乙\\n丙]\n[丁|2x1]\n后"},
        {"an empty last cell", {.paragraphs = {{"甲", 7, CELL, END}, {"", 7, CELL, END}, {"", 7, ROW2, END}}},
         ERR_NONE, "table 1: 2x1\n[甲][]"},
        {"merged by TC80",
         {.paragraphs = {{"甲", 7, CELL, END}, {"乙", 7, CELL, END},
           {"", 7, LITERAL(IN TTP "\x08\xD6\x30\0\x02\0\0\0\x10\0\x20" "\x60\0" TC "\0\0" TC), END},
           {"", 7, CELL, END}, {"丙", 7, CELL, END},
           {"", 7, LITERAL(IN TTP "\x08\xD6\x30\0\x02\0\0\0\x10\0\x20" "\x20\0" TC "\0\0" TC), END},
           {"丁", 7, CELL, END}, {"", 7, CELL, END},
           {"", 7, LITERAL(IN TTP "\x08\xD6\x30\0\x02\0\0\0\x10\0\x20" "\x01\0" TC "\x02\0" TC), END}}},
         ERR_NONE, "table 1: 2x3\n[甲|1x2][乙]\n(+1)[丙]\n[丁|2x1]"},
        {"merged by changes behind",
         {.paragraphs = {{"甲", 7, CELL, END}, {"乙", 7, CELL, END}, {"", 7, LITERAL(IN TTP "\x08\xD6\x08\0\x02\0\0\0\x10\0\x20\x2B\xD6\x02\x01\x03"), END},
           {"丙", 7, CELL, END}, {"", 7, CELL, END}, {"", 7, LITERAL(IN TTP "\x08\xD6\x08\0\x02\0\0\0\x10\0\x20\x2B\xD6\x02\x01\x01"), END},
           {"丁", 7, CELL, END}, {"", 7, CELL, END}, {"", 7, LITERAL(IN TTP "\x08\xD6\x08\0\x02\0\0\0\x10\0\x20\x24\x56\0\x02"), END}}},
         ERR_NONE, "table 1: 2x3\n[甲][乙|1x2]\n[丙]\n[丁|2x1]"},
        {"a definition in Data",
         {.paragraphs = {{"甲", 7, CELL, END}, {"乙", 7, CELL, END}, {"", 7, LITERAL("\x46\x66\x02\0\0\0"), END}, {"丙", 7, CELL, END}, {"", 7, ROW1, END}},
          .data = LITERAL("..\x11\0" IN TTP "\x08\xD6\x08\0\x02\0\0\0\x10\0\x20")},
         ERR_NONE, "table 1: 2x2\n[甲][乙]\n[丙|2x1]"},
        {"a definition in Data that names itself, one beyond it",
         {.paragraphs = {{"甲", 7, CELL, END}, {"", 7, LITERAL(IN TTP "\x46\x66\0\0\0\0\x46\x66\xFF\xFF\xFF\xFF"), END}},
          .data = LITERAL("\x06\0\x46\x66\0\0\0\0")}, ERR_NONE, "table 1: 1x1\n[甲]"},
        {"a row that is deleted",
         {.paragraphs = {{"甲", 7, CELL, GONE}, {"", 7, ROW1, GONE}, {"乙", 7, CELL, END}, {"", 7, ROW1, END}}},
         ERR_NONE, "table 1: 1x1\n[乙]"},
        {"a table in a cell",
         {.paragraphs = {{"甲", 13, CELL, END}, {"一", 13, LITERAL(IN DEPTH2 INNER), END}, {"二", 13, LITERAL(IN DEPTH2 INNER), END},
           {"", 13, LITERAL(IN DEPTH2 INNERR TTP "\x08\xD6\x08\0\x02\0\0\0\x10\0\x20"), END}, {"乙", 7, CELL, END}, {"", 7, ROW1, END}}},
         ERR_NONE, "table 1: 1x1\n[甲\\n{[一][二]}\\n乙]"},
        {"marks without properties", {.paragraphs = {{"甲", 7, END, END}, {"乙", 7, END, END}, {"丙", 13, END, END}}},
         ERR_NONE, "table 1: 2x1\n[甲][乙]\n丙"},
        {"a header's text boxes behind all", {.paragraphs = {{"甲", 13, END, END}, {"乙", 13, END, END}, {"丙", 7, CELL, END},
                         {"", 7, ROW1, END}}, .boxes = 2, .header_boxes = 3}, ERR_NONE, "甲\n乙\n^ table 1: 1x1\n[丙]"},
        {"text boxes behind the text", {.paragraphs = {{"甲", 13, END, END}, {"乙", 7, CELL, END}, {"", 7, ROW1, END}}, .boxes = 3},
         ERR_NONE, "甲\ntable 1: 1x1\n[乙]"},
        {"locked", {.paragraphs = {{"甲", 13, END, END}}, .flags = 0x100}, ERR_ENCRYPTED, ""},
        {"Word 6", {.paragraphs = {{"甲", 13, END, END}}, .ident = 0xA5DC, .version = 101}, ERR_UNSUPPORTED, ""},
        {"cut off in its head", {.paragraphs = {{"甲", 13, END, END}}, .cut = 0x3F0 + 1024 + 512}, ERR_DAMAGED, ""},
        {"cut off in its text", {.paragraphs = {{"甲", 13, END, END}, {"乙", 13, END, END}}, .cut = 512 + 1024 - 4}, ERR_DAMAGED, "甲"},
        /* clang-format on */
};

static void
test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bytes file = document(&rows[i].f);
		struct source s = source_of(file);

		assert_ptr_equal(reader_for(&s), &word97_reader);
		expect_read(rows[i].name, &word97_reader, &s, rows[i].code, rows[i].want);
		expect_survives(&word97_reader, file, 13, 400);
		free_bytes(file);
	}
}

/* Pieces that all stand for the same text: a small file, and no end of marks and changes. */
static void
test_bombs(void **state)
{
	static const char in[3] = {0x16, 0x24, 1}; /* IN */
	char many[20001];
	struct docfile f = {.paragraphs = {{many, 13, LITERAL("\x46\x66\0\0\0\0"), END}},
	                    .compressed = true,
	                    .repeated = 1200};
	char data[4000] = "\x90\x0F";
	struct timespec from, to;
	struct bytes file;
	struct source s;
	size_t i;

	(void)state;
	for (i = 2; i + 3 <= sizeof data; i += 3)
		memcpy(data + i, in, sizeof in);
	f.data = BYTES(data, sizeof data);
	for (i = 0; i < 4; i++) {
		memset(many, "\x0D\x07xx"[i], sizeof many - 1);
		many[sizeof many - 1] = '\0';
		f.paragraphs[0].changes = i < 3 ? END : LITERAL("\x46\x66\0\0\0\0");
		file = document(&f);
		s = source_of(file);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		expect_read("a bomb", &word97_reader, &s, ERR_TOO_LARGE, NULL);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
		assert_true(to.tv_sec - from.tv_sec < 20);
		free_bytes(file);
	}
}

/* Entries of the store of pictures point to a place in the text's stream; here to one that holds many such
 * entries, which point there again. */
static void
test_pictures_loop(void **state)
{
	enum { HERE = 0x300, ENTRIES = 60, ENTRY_LEN = 8 + 36 };
	struct buf doc = BUF_INIT(1 << 16), table = BUF_INIT(1 << 16);
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct word97_pictures p = {0};

	(void)state;
	put_fill(&doc, HERE, 0);
	for (struct buf *b = &doc; b; b = b == &doc ? &table : NULL) {
		put16(b, 0x0F);
		put16(b, 0xF000);
		put32(b, ENTRIES * ENTRY_LEN);
		for (size_t i = 0; i < ENTRIES; i++) {
			put16(b, 0x02);
			put16(b, 0xF007);
			put32(b, ENTRY_LEN - 8);
			put_fill(b, b->len + 28, 0);
			put32(b, HERE);
			put32(b, 0);
		}
	}
	set32(&doc, 0x22E, (uint32_t)table.len);
	p.document = buf_bytes(&doc);
	p.table = buf_bytes(&table);
	word97_pictures_push(&p, d); /* ends */
	doc_end(d);
	assert_null(d->first);
	arena_free(a);
	buf_free(&doc);
	buf_free(&table);
}

/* Written by LibreOffice from form.fodt. */
static void
test_libreoffice(void **state)
{
	struct bytes file = test_file("ole/form.doc");
	struct source s = source_of(file);

	(void)state;
	expect_read("LibreOffice", &word97_reader, &s, ERR_NONE,
	            "题目，见链接，脚注止。\n"
	            "table 1: 4x4\n"
	            "[申请区域][江苏省苏州市昆山市|3x1]\n"
	            "[竖合并|1x2][二][三][四]\n"
	            "(+1)[五][六|2x1]\n"
	            "[上\\n{[内一][内二] / [内三][]}\\n下|2x1][简介一\\n二][]\n"
	            "表后\t𠮷½ €\n"
	            "框\n"
	            "\n"
	            "文本框的字\n"
	            "(picture, 74 bytes)\n"
	            "^ 页眉");
	expect_survives(&word97_reader, file, 11, 3000);
	free_bytes(file);
}

/* Written by LibreOffice: a style that strikes through, a run in it and a style built on it that do not. */
static void
test_unstruck(void **state)
{
	struct bytes file = test_file("ole/unstruck.doc");
	struct source s = source_of(file);

	(void)state;
	expect_read("unstruck.doc", &word97_reader, &s, ERR_NONE, "STANDS1\nSTANDS2");
	free_bytes(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_rows),          cmocka_unit_test(test_bombs),
	        cmocka_unit_test(test_pictures_loop), cmocka_unit_test(test_libreoffice),
	        cmocka_unit_test(test_unstruck),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
