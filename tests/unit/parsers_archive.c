/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of an archive comes every member that is whole, under a name that a person can read; what does
 * not come is told by name and reason; and no archive, whatever it states, breaks or drowns the parser. */
#include "parsers/archive.h"
#include "parsers/member.h"
#include "parsers/rar_index.h"
#include "tests/unit/olefile.h"
#include "tests/unit/unpacking.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

enum { ARCHIVE_BYTES = 8 << 20 };

struct part {
	const char *name, *text;
	size_t zeros; /* so many of them instead of text */
	int type;     /* 0: a file */
};

/* Write the parts, up to one without a name, by libarchive. The caller frees at. */
static struct bytes
archive_of(int (*format)(struct archive *), int (*filter)(struct archive *), const char *options,
           const struct part *p)
{
	struct archive *out = archive_write_new();
	unsigned char *at = mem_alloc(ARCHIVE_BYTES, 1), zeros[4096] = {0};
	size_t len = 0, n;

	assert_int_equal(format(out), ARCHIVE_OK);
	if (filter)
		assert_int_equal(filter(out), ARCHIVE_OK);
	if (options) {
		assert_int_equal(archive_write_set_options(out, options), ARCHIVE_OK);
		assert_int_equal(archive_write_set_passphrase(out, "123456"), ARCHIVE_OK);
	}
	assert_int_equal(archive_write_open_memory(out, at, ARCHIVE_BYTES, &len), ARCHIVE_OK);
	for (; p->name; p++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, p->name);
		archive_entry_set_filetype(e, p->type ? (unsigned)p->type : AE_IFREG);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_size(e, (la_int64_t)(p->text ? strlen(p->text) : p->zeros));
		if (p->type == AE_IFLNK)
			archive_entry_set_symlink(e, "/etc/passwd");
		assert_true(archive_write_header(out, e) >= ARCHIVE_WARN);
		if (p->text)
			assert_true(archive_write_data(out, p->text, strlen(p->text)) >= 0);
		for (n = p->zeros; n; n -= n < sizeof zeros ? n : sizeof zeros)
			assert_true(archive_write_data(out, zeros, n < sizeof zeros ? n : sizeof zeros) > 0);
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_close(out), ARCHIVE_OK);
	assert_int_equal(archive_write_free(out), ARCHIVE_OK);
	return BYTES(at, len);
}

/* ---- ZIPs as no good program writes them ---- */

struct raw_part {
	const char *name;
	size_t name_len;
	const char *text;
	uint32_t stated;          /* 0: the true size */
	const char *unicode_name; /* in a field 0x7075 */
};

static void
le(struct buf *b, unsigned long v, int n)
{
	while (n-- > 0) {
		buf_ch(b, (char)(v & 0xFF));
		v >>= 8;
	}
}

/* What local header and directory share: version to lengths, APPNOTE.TXT 4.3.7. */
static void
raw_middle(struct buf *b, const struct raw_part *p, size_t extra)
{
	size_t len = strlen(p->text);

	le(b, 20, 2);
	le(b, 0, 4); /* no flags, stored */
	le(b, 0, 4);
	le(b, crc32(0, (const unsigned char *)p->text, (uInt)len), 4);
	le(b, len, 4);
	le(b, p->stated ? p->stated : len, 4);
	le(b, p->name_len, 2);
	le(b, extra, 2);
}

static void
raw_name(struct buf *b, const struct raw_part *p)
{
	buf_add(b, p->name, p->name_len);
	if (!p->unicode_name)
		return;
	le(b, 0x7075, 2);
	le(b, 5 + strlen(p->unicode_name), 2);
	buf_ch(b, 1);
	le(b, crc32(0, (const unsigned char *)p->name, (uInt)p->name_len), 4);
	buf_str(b, p->unicode_name);
}

static struct bytes
raw_zip(const struct raw_part *parts, size_t n)
{
	struct buf b = BUF_INIT(64 << 20), directory = BUF_INIT(64 << 20);
	size_t i, start, extra;

	for (i = 0; i < n; i++) {
		const struct raw_part *p = &parts[i];

		start = b.len;
		extra = p->unicode_name ? 9 + strlen(p->unicode_name) : 0;
		buf_str(&b, "PK\3\4");
		raw_middle(&b, p, extra);
		raw_name(&b, p);
		buf_str(&b, p->text);
		buf_str(&directory, "PK\1\2");
		le(&directory, 20, 2);
		raw_middle(&directory, p, extra);
		le(&directory, 0, 6);
		le(&directory, 0, 4);
		le(&directory, start, 4);
		raw_name(&directory, p);
	}
	start = b.len;
	if (directory.len)
		buf_add(&b, directory.at, directory.len);
	buf_str(&b, "PK\5\6");
	le(&b, 0, 4);
	le(&b, n & 0xFFFF, 2);
	le(&b, n & 0xFFFF, 2);
	le(&b, directory.len, 4);
	le(&b, start, 4);
	le(&b, 0, 2);
	buf_free(&directory);
	assert_false(b.over);
	return BYTES(b.at, b.len);
}

/* ---- RAR 5, by hand: nothing here writes it ---- */

static void
rar_block(struct buf *b, const char *header, size_t len, const char *data)
{
	struct buf head = BUF_INIT(1000);

	buf_ch(&head, (char)len);
	buf_add(&head, header, len);
	le(b, crc32(0, (const unsigned char *)head.at, (uInt)head.len), 4);
	buf_add(b, head.at, head.len);
	buf_str(b, data);
	buf_free(&head);
}

static void
rar_file(struct buf *b, const char *name, const char *text, bool locked)
{
	struct buf h = BUF_INIT(1000);

	buf_ch(&h, 2);              /* a file */
	buf_ch(&h, locked ? 3 : 2); /* with data, with an extra area */
	if (locked)
		buf_ch(&h, 3);
	buf_ch(&h, (char)strlen(text)); /* packed */
	buf_ch(&h, 4);                  /* a checksum is there */
	buf_ch(&h, (char)strlen(text));
	buf_ch(&h, 0x20);
	le(&h, crc32(0, (const unsigned char *)text, (uInt)strlen(text)) + locked, 4);
	buf_ch(&h, 0); /* stored */
	buf_ch(&h, 0); /* Windows */
	buf_ch(&h, (char)strlen(name));
	buf_str(&h, name);
	if (locked)
		buf_add(&h, "\2\1\0", 3); /* a record of two bytes: encryption, version 0 */
	rar_block(b, h.at, h.len, text);
	buf_free(&h);
}

static struct bytes
rar_of(bool locked)
{
	struct buf b = BUF_INIT(10000);

	buf_add(&b, "Rar!\x1A\x07\x01\0", 8);
	rar_block(&b, "\1\0\0", 3, "");
	rar_file(&b, "如皋/登记表.txt", "一", false);
	rar_file(&b, "二.txt", "二", locked);
	rar_file(&b, "三.txt", "三", false);
	rar_block(&b, "\5\0\0", 3, "");
	return BYTES(b.at, b.len);
}

/* ---- what comes out ---- */

static const struct part three[] = {{.name = "材料/一.txt", .text = "一"}, {.name = "材料", .type = AE_IFDIR},
                                    {.name = "二.txt", .text = "二"},      {.name = "link", .type = AE_IFLNK},
                                    {.name = "三.txt", .text = "三"},      {0}};
static const char want_three[] = "材料/一.txt: 一\n二.txt: 二\n三.txt: 三\n";

static void
expect(const char *name, const char *want_kind, struct bytes data, const char *const *passwords,
       const char *want)
{
	struct source s = source_of(data);
	const struct reader *r = reader_for(&s);

	s.name = "登记表.txt.gz";
	if (passwords)
		s.passwords = passwords;
	if (strcmp(r->name, want_kind) != 0)
		fail_msg("%s: %s, wanted %s", name, r->name, want_kind);
	expect_unpacked(name, r, &s, want);
	free((void *)(uintptr_t)data.at);
}

static void
test_kinds(void **state)
{
	static const struct part one[] = {{.name = "-", .text = "一"}, {0}};

	(void)state;
	expect("zip", "zip", archive_of(archive_write_set_format_zip, NULL, NULL, three), NULL, want_three);
	expect("tar", "tar", archive_of(archive_write_set_format_ustar, NULL, NULL, three), NULL, want_three);
	expect("tar of old", "tar", archive_of(archive_write_set_format_v7tar, NULL, NULL, three), NULL,
	       want_three);
	expect("tar.gz", "gz",
	       archive_of(archive_write_set_format_ustar, archive_write_add_filter_gzip, NULL, three), NULL,
	       want_three);
	expect("tar.bz2", "gz",
	       archive_of(archive_write_set_format_ustar, archive_write_add_filter_bzip2, NULL, three), NULL,
	       want_three);
	expect("tar.xz", "gz",
	       archive_of(archive_write_set_format_ustar, archive_write_add_filter_xz, NULL, three), NULL,
	       want_three);
	expect("gz", "gz", archive_of(archive_write_set_format_raw, archive_write_add_filter_gzip, NULL, one),
	       NULL, "登记表.txt: 一\n");
	expect("rar", "rar", rar_of(false), NULL, "如皋/登记表.txt: 一\n二.txt: 二\n三.txt: 三\n");
	expect("rar, one locked", "rar", rar_of(true), NULL,
	       "如皋/登记表.txt: 一\n二.txt: encrypted\n三.txt: 三\n");
}

static void
test_7z(void **state)
{
	static const struct part two[] = {
	        {.name = "a/1.txt", .text = "一"}, {.name = "2.txt", .text = "二"}, {0}};

	(void)state;
	expect("7z", "7z", archive_of(archive_write_set_format_7zip, NULL, NULL, two), NULL,
	       "a/1.txt: 一\n2.txt: 二\n");
}

static void
test_passwords(void **state)
{
	static const char *const right[] = {"000000", "", "123456", "654321", NULL},
	                         *const wrong[] = {"654321", "", "000000", NULL}, *const none[] = {"", NULL};
	static const char locked[] = "材料/一.txt: encrypted\n二.txt: encrypted\n三.txt: encrypted\n";
	static const char *const ways[] = {"zip:encryption=zipcrypt", "zip:encryption=aes256"};
	static const struct {
		const char *const *words;
		const char *want;
	} rows[] = {{NULL, locked}, {none, locked}, {wrong, locked}, {right, want_three}};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
			expect(ways[i], "zip", archive_of(archive_write_set_format_zip, NULL, ways[i], three),
			       rows[k].words, rows[k].want);
}

/* ZIP's old encryption tells a wrong password by one byte: each member of this file was locked with 123456,
 * with such a head that 000000 passes. What that makes of the data is no DEFLATE, or has another checksum. */
static void
test_wrong_word_passes(void **state)
{
	static const char *const right[] = {"000000", "1234567", "123456", NULL}, *const wrong[] = {"000000",
	                                                                                            "1234567",
	                                                                                            NULL};
	static const char locked[] = "材料/一.txt: encrypted\n二.txt: encrypted\n三.txt: encrypted\n";
	static const char open[] = "材料/一.txt: 162 bytes\n二.txt: 二\n三.txt: 135 bytes\n";
	static const char cut_open[] = "材料/一.txt: 162 bytes\n二.txt: 二\n三.txt: 135 bytes\n(damaged)\n";
	struct bytes file = test_file("zip/wrong-passes.zip");
	struct bytes cut = BYTES(file.at, bytes_find(file, "PK\1\2"));

	(void)state;
	assert_true(cut.len < file.len);
	expect("its directory is gone", "zip", BYTES(mem_dup0((const char *)cut.at, cut.len), cut.len), right,
	       cut_open);
	expect("a wrong word before", "zip", BYTES(mem_dup0((const char *)file.at, file.len), file.len),
	       right, open);
	expect("wrong words alone", "zip", file, wrong, locked);
}

static void
test_names(void **state)
{
#define NAME(s) .name = (s), .name_len = sizeof(s) - 1, .text = "x"
	static const struct {
		const char *name, *want;
		struct raw_part part;
	} rows[] = {
	        {"UTF-8 without a flag", "材料/登记表.txt: x\n", {NAME("材料/登记表.txt")}},
	        {"GBK",
	         "如皋市/登记表.doc: x\n",
	         {NAME("\xC8\xE7\xB8\xDE\xCA\xD0/\xB5\xC7\xBC\xC7\xB1\xED.doc")}},
	        {"GBK, half a character is a backslash", "乗.txt: x\n", {NAME("\x81\x5C.txt")}},
	        {"GBK that happens to be UTF-8", "通知.txt: x\n", {NAME("\xCD\xA8\xD6\xAA.txt")}},
	        {"a Unicode field", "县.txt: x\n", {NAME("?.txt"), .unicode_name = "县.txt"}},
	        {"backslashes", "a/b.txt: x\n", {NAME("a\\b.txt")}},
	        {"up and out", "etc/passwd: x\n", {NAME("../.././../etc/passwd")}},
	        {"absolute", "etc/passwd: x\n", {NAME("//etc//passwd")}},
	        {"a drive", "a/b.txt: x\n", {NAME("C:\\a\\..\\b.txt")}},
	        {"only dots", "附件1.txt: x\n", {NAME("..")}},
	        {"NUL", "a: x\n", {NAME("a\0b.txt")}},
	        {"no name", "附件1.txt: x\n", {NAME("")}},
	        {"text that turns", "atxt.exe: x\n", {NAME("a\xE2\x80\xAEtxt.exe")}},
	        {"control characters", "ab.txt: x\n", {NAME("a\n\x1B\x62.txt")}},
	        {"broken", "\xEF\xBF\xBD\xEF\xBF\xBD.txt: x\n", {NAME("\xFF\xFF.txt")}},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect(rows[i].name, "zip", raw_zip(&rows[i].part, 1), NULL, rows[i].want);
}

static void
test_long_name(void **state)
{
	static char name[60001];
	struct raw_part p = {.name = name, .name_len = 60000, .text = "x"};
	struct bytes zip;
	struct source s;
	char *got;

	(void)state;
	memset(name, 'a', 60000);
	zip = raw_zip(&p, 1);
	s = source_of(zip);
	got = unpack_with(&zip_reader, &s, ROOM, SIZE_MAX);
	assert_true(strlen(got) < 2100);
	free(got);
	free((void *)(uintptr_t)zip.at);
}

/* Cut within a character, a name is what was left of it, not all of it in another charset. */
static void
test_cut_name(void **state)
{
	struct arena *a = arena_new();
	struct buf name = BUF_INIT(4000);
	const char *got;

	(void)state;
	while (name.len <= MEMBER_NAME_MAX)
		buf_str(&name, "表");
	got = member_path(a, buf_bytes(&name));
	assert_int_equal(strlen(got), MEMBER_NAME_MAX / 3 * 3);
	assert_true(bytes_begin(buf_bytes(&name), got));
	buf_free(&name);
	arena_free(a);
}

/* Packages are files of their own. */
static void
test_packages(void **state)
{
	static const char *const inside[] = {"[Content_Types].xml", "mimetype", "OFD.xml",
	                                     "META-INF/MANIFEST.MF"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof inside / sizeof inside[0]; i++) {
		struct raw_part p = {.name = inside[i], .name_len = strlen(inside[i]), .text = "x"};
		struct bytes zip = raw_zip(&p, 1);
		struct source s = source_of(zip);

		assert_false(zip_reader.is(&s));
		free((void *)(uintptr_t)zip.at);
	}
}

static void
test_empty(void **state)
{
	struct source s = source_of(LITERAL("7z\xBC\xAF\x27\x1C\0\4"));

	(void)state;
	expect("an empty ZIP", "zip", raw_zip(NULL, 0), NULL, "");
	expect_unpacked("the head of a 7z", &sevenzip_reader, &s, "(damaged)\n");
}

/* ---- damaged ---- */

static const struct raw_part wholes[] = {
        {.name = "1.txt", .name_len = 5, .text = "number one"},
        {.name = "2.txt", .name_len = 5, .text = "number two"},
        {.name = "3.txt", .name_len = 5, .text = "number three"},
};

static void
test_damaged(void **state)
{
	struct bytes zip = raw_zip(wholes, 3);
	unsigned char *at = (unsigned char *)(uintptr_t)zip.at;
	struct source s = source_of(zip);
	size_t second = bytes_find(zip, "number two"), directory = bytes_find(zip, "PK\1\2");

	(void)state;
	at[second]++;
	expect_unpacked("a member with a wrong sum", &zip_reader, &s,
	                "1.txt: number one\n3.txt: number three\n(damaged)\n");
	at[second]--;
	s.data.len = directory;
	expect_unpacked("no directory", &zip_reader, &s,
	                "1.txt: number one\n2.txt: number two\n3.txt: number three\n(damaged)\n");
	s.data.len = second + 4;
	expect_unpacked("cut in the second", &zip_reader, &s, "1.txt: number one\n(damaged)\n");
	s.data.len = bytes_find(zip, "number one") + 4;
	expect_unpacked("cut in the first", &zip_reader, &s, "(damaged)\n");
	free(at);
}

static void
test_damaged_gz(void **state)
{
	static const struct part one[] = {{.name = "-", .zeros = 100000}, {0}};
	struct bytes gz = archive_of(archive_write_set_format_raw, archive_write_add_filter_gzip, NULL, one);
	struct source s = source_of(BYTES(gz.at, gz.len - 10));

	(void)state;
	s.name = "a.gz";
	expect_unpacked("cut short", &packed_reader, &s, "(damaged)\n");
	free((void *)(uintptr_t)gz.at);
}

static void
test_unknown_method(void **state)
{
	struct bytes zip = raw_zip(wholes, 1);
	unsigned char *at = (unsigned char *)(uintptr_t)zip.at;
	struct source s = source_of(zip);

	(void)state;
	at[8] = at[bytes_find(zip, "PK\1\2") + 10] = 1; /* shrunk, as in 1989 */
	expect_unpacked("shrunk", &zip_reader, &s, "1.txt: unsupported\n");
	free(at);
}

/* ---- ceilings ---- */

static char *
unpack_room(const struct reader *r, struct bytes data, size_t room)
{
	struct source s = source_of(data);

	return unpack_with(r, &s, room, SIZE_MAX);
}

/* One that unpacks to a hundred times what is taken, before one that is small. */
static void
test_bomb(void **state)
{
	static const struct part parts[] = {
	        {.name = "bomb.bin", .zeros = 10 << 20}, {.name = "a.txt", .text = "a"}, {0}};
	static const char want[] = "bomb.bin: too_large\na.txt: a\n";
	const struct {
		const struct reader *r;
		struct bytes data;
	} rows[] = {
	        {&zip_reader, archive_of(archive_write_set_format_zip, NULL, NULL, parts)},
	        {&packed_reader,
	         archive_of(archive_write_set_format_ustar, archive_write_add_filter_gzip, NULL, parts)},
	        {&sevenzip_reader, archive_of(archive_write_set_format_7zip, NULL, NULL, parts)},
	};
	size_t i;
	char *got;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_true(rows[i].data.len < 100000);
		got = unpack_room(rows[i].r, rows[i].data, 100000);
		assert_string_equal(got, want);
		free(got);
		free((void *)(uintptr_t)rows[i].data.at);
	}
}

/* A size that is stated too small, or too large, does not count. */
static void
test_lies(void **state)
{
	static const struct part parts[] = {{.name = "bomb.bin", .zeros = 10 << 20}, {0}};
	struct bytes zip = archive_of(archive_write_set_format_zip, NULL, NULL, parts);
	struct raw_part p = {.name = "a.txt", .name_len = 5, .text = "a", .stated = 0x7FFFFFFF};
	unsigned char *at = (unsigned char *)(uintptr_t)zip.at;
	char *got;

	(void)state;
	memset(at + 22, 0, 4);
	memset(at + bytes_find(zip, "PK\1\2") + 24, 0, 4);
	at[22] = at[bytes_find(zip, "PK\1\2") + 24] = 10;
	got = unpack_room(&zip_reader, zip, 100000);
	assert_true(strcmp(got, "bomb.bin: too_large\n") == 0 || strcmp(got, "(damaged)\n") == 0);
	free(got);
	free(at);
	zip = raw_zip(&p, 1);
	got = unpack_room(&zip_reader, zip, 100000);
	assert_string_equal(got, "a.txt: too_large\n");
	free(got);
	free((void *)(uintptr_t)zip.at);
}

static void
test_many_too_large(void **state)
{
	struct raw_part parts[100];
	struct bytes zip;
	size_t i, lines = 0;
	char *got, *s;

	(void)state;
	for (i = 0; i < 100; i++)
		parts[i] = (struct raw_part){.name = "a", .name_len = 1, .text = "a", .stated = 1 << 30};
	zip = raw_zip(parts, 100);
	got = unpack_room(&zip_reader, zip, 100000);
	for (s = got; (s = strchr(s, '\n')) != NULL; s++)
		lines++;
	assert_int_equal(lines, ARCHIVE_TOO_LARGE_MAX + 1);
	assert_true(bytes_end(bytes_str(got), "(too_large)\n"));
	free(got);
	free((void *)(uintptr_t)zip.at);
}

static void
test_many_entries(void **state)
{
	enum { MANY = 60000 };
	struct raw_part *parts = mem_alloc(MANY, sizeof *parts);
	struct bytes zip;
	size_t i;
	char *got;

	(void)state;
	for (i = 0; i < MANY; i++)
		parts[i] = (struct raw_part){.name = "a/", .name_len = 2, .text = ""};
	zip = raw_zip(parts, MANY);
	got = unpack_room(&zip_reader, zip, 100000);
	assert_string_equal(got, "(too_large)\n");
	free(got);
	free((void *)(uintptr_t)zip.at);
	free(parts);
}

/* The receiver's word is the last. */
static void
test_enough(void **state)
{
	struct bytes zip = raw_zip(wholes, 3);
	struct source s = source_of(zip);
	char *got = unpack_with(&zip_reader, &s, ROOM, 2);

	(void)state;
	assert_string_equal(got, "1.txt: number one\n2.txt: number two\n");
	free(got);
	free((void *)(uintptr_t)zip.at);
}

static void
test_survives(void **state)
{
	const struct {
		const struct reader *r;
		struct bytes data;
	} rows[] = {
	        {&zip_reader, archive_of(archive_write_set_format_zip, NULL, NULL, three)},
	        {&zip_reader, raw_zip(wholes, 3)},
	        {&zip_reader, archive_of(archive_write_set_format_zip, NULL, "zip:encryption=aes256", three)},
	        {&sevenzip_reader, archive_of(archive_write_set_format_7zip, NULL, NULL, three + 2)},
	        {&rar_reader, rar_of(false)},
	        {&rar_reader, rar_of(true)},
	        {&packed_reader,
	         archive_of(archive_write_set_format_ustar, archive_write_add_filter_gzip, NULL, three)},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		expect_unpack_survives(rows[i].r, rows[i].data, 1, 400);
		free((void *)(uintptr_t)rows[i].data.at);
	}
}

static void
test_rar_index(void **state)
{
	struct bytes rar = rar_of(true);
	struct arena *a = arena_new();
	struct rar_index x;

	(void)state;
	rar_index(&x, a, rar);
	assert_int_equal(x.count, 3);
	assert_true(!x.files[0].locked && x.files[1].locked && !x.files[2].locked);
	for (size_t len = 0; len < rar.len; len++) {
		struct bytes cut = BYTES(mem_dup0((const char *)rar.at, len), len);

		rar_index(&x, a, cut);
		free((void *)(uintptr_t)cut.at);
	}
	arena_free(a);
	free((void *)(uintptr_t)rar.at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_kinds),          cmocka_unit_test(test_7z),
	        cmocka_unit_test(test_passwords),      cmocka_unit_test(test_wrong_word_passes),
	        cmocka_unit_test(test_names),          cmocka_unit_test(test_long_name),
	        cmocka_unit_test(test_cut_name),       cmocka_unit_test(test_packages),
	        cmocka_unit_test(test_empty),          cmocka_unit_test(test_damaged),
	        cmocka_unit_test(test_damaged_gz),     cmocka_unit_test(test_unknown_method),
	        cmocka_unit_test(test_bomb),           cmocka_unit_test(test_lies),
	        cmocka_unit_test(test_many_too_large), cmocka_unit_test(test_many_entries),
	        cmocka_unit_test(test_enough),         cmocka_unit_test(test_survives),
	        cmocka_unit_test(test_rar_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
