/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/charset.h"

#include "config/text.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>

enum { LABEL_MAX = 40, CHUNK = 4096 };

/* The charsets that mail and old documents from Chinese desks use. `labels`: letters and digits only,
 * in lower case, each with a space before and behind. */
static struct charset {
	const char *iconv;
	const char *labels;
	bool latin; /* believed only when nothing else fits */
	bool hz;    /* in the seven bits of RFC 1843 */
	bool opened;
	iconv_t cd; /* (iconv_t)-1: this system has none */
} charsets[] = {
        {.iconv = "UTF-8", .labels = " utf8 unicode11utf8 cp65001 65001 "},
        {.iconv = "GB18030",
         .labels =
                 " gb18030 gb2312 gbk cp936 936 ms936 windows936 xgbk csgb2312 gb231280 euccn xeuccn chinese "
                 "gb18030gb18030 csgb18030 gb180302000 gb180302005 gb180302022 "},
        {.iconv = "UTF-16LE", .labels = " utf16le utf16 unicode ucs2le ucs2 "},
        {.iconv = "UTF-16BE", .labels = " utf16be ucs2be "},
        /* Microsoft's, whose 0xA3E1 and box drawings differ from the standard's; HKSCS adds to it */
        {.iconv = "BIG5-HKSCS", .labels = " big5 cp950 950 big5hkscs csbig5 xxbig5 cnbig5 big5eten "},
        {.iconv = "WINDOWS-1252",
         .latin = true,
         .labels = " iso88591 latin1 windows1252 cp1252 1252 usascii ascii ansix341968 iso885915 us "},
        {.iconv = "UTF-32LE", .labels = " utf32le utf32 "},
        {.iconv = "UTF-32BE", .labels = " utf32be "},
        {.iconv = "UTF-7", .labels = " utf7 "},
        {.iconv = "ISO-2022-CN", .labels = " iso2022cn "},
        {.iconv = "GB18030", .hz = true, .labels = " hzgb2312 hz cshzgb2312 "},
        {.iconv = "EUC-TW", .labels = " euctw "},
        {.iconv = "CP932", .labels = " shiftjis sjis cp932 932 windows31j xsjis "},
        {.iconv = "EUC-JP", .labels = " eucjp xeucjp "},
        {.iconv = "ISO-2022-JP", .labels = " iso2022jp csiso2022jp "},
        {.iconv = "CP949", .labels = " euckr ksc56011987 cp949 949 uhc "},
        {.iconv = "KOI8-R", .labels = " koi8r "},
        {.iconv = "WINDOWS-1251", .labels = " windows1251 cp1251 1251 "},
        {.iconv = "WINDOWS-1250", .labels = " windows1250 cp1250 1250 iso88592 latin2 "},
};

enum { UTF8, GB18030, UTF16LE, UTF16BE };
enum { CHARSETS = sizeof charsets / sizeof *charsets };

/* -fanalyzer takes the handle for lost, in an element of the table whose number it does not know. */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

static struct charset *
charset_open(struct charset *c)
{
	if (!c->opened) {
		c->cd = iconv_open("UTF-8", c->iconv);
		c->opened = true;
	}
	return c->cd == (iconv_t)-1 ? NULL : c;
}

#ifndef __clang__
#pragma GCC diagnostic pop
#endif

void
charset_preload(void)
{
	for (size_t i = 0; i < CHARSETS; i++)
		(void)charset_open(&charsets[i]);
}

/* The charset of a label, or NULL. */
static struct charset *
charset_find(const char *label)
{
	char key[LABEL_MAX];
	size_t n = 0;

	if (!label)
		return NULL;
	key[n++] = ' ';
	for (; *label; label++) {
		if (n >= sizeof key - 2)
			return NULL;
		if (isalnum((unsigned char)*label))
			key[n++] = (char)tolower((unsigned char)*label);
	}
	if (n == 1)
		return NULL;
	key[n++] = ' ';
	key[n] = '\0';
	for (size_t i = 0; i < CHARSETS; i++)
		if (strstr(charsets[i].labels, key))
			return charset_open(&charsets[i]);
	return NULL;
}

/* Append what iconv gave, without NULs. */
static void
append(struct buf *out, const char *p, size_t len)
{
	const char *nul;

	while (len && (nul = memchr(p, '\0', len))) {
		buf_add(out, p, (size_t)(nul - p));
		len -= (size_t)(nul - p) + 1;
		p = nul + 1;
	}
	buf_add(out, p, len);
}

/* Convert all of in; out may be NULL. Returns how many times it broke; with `strict` it stops at the
 * first. */
static size_t
convert(struct charset *c, struct bytes in, struct buf *out, bool strict)
{
	char chunk[CHUNK], *src = (char *)(uintptr_t)in.at;
	size_t left = in.len, broken = 0;
	bool flushed = false;

	(void)iconv(c->cd, NULL, NULL, NULL, NULL);
	for (;;) {
		char *dst = chunk;
		size_t room = sizeof chunk;
		size_t r = iconv(c->cd, left ? &src : NULL, &left, &dst, &room);
		int why = r == (size_t)-1 ? errno : 0;

		if (out)
			append(out, chunk, sizeof chunk - room);
		if (why == E2BIG)
			continue;
		if (!why && !left && flushed)
			break;
		if (!why) {
			flushed = !left; /* Big5-HKSCS holds its last character back */
			continue;
		}
		broken++;
		if (strict)
			break;
		if (out)
			buf_str(out, "\xEF\xBF\xBD");
		if (why == EINVAL || left <= 1)
			break; /* cut in the last character */
		src++;
		left--;
	}
	return broken;
}

/* NULs at one parity only, and often: UTF-16 with ASCII (line ends, digits) in it. */
static struct charset *
utf16_by_nuls(struct bytes b)
{
	size_t nul[2] = {0, 0};

	if (b.len < 2 || b.len % 2)
		return NULL;
	for (size_t i = 0; i < b.len; i++)
		if (!b.at[i])
			nul[i & 1]++;
	if (nul[0] + nul[1] == 0 || nul[0] + nul[1] < b.len / 200)
		return NULL;
	if (nul[0] <= nul[1] / 16)
		return &charsets[UTF16LE];
	if (nul[1] <= nul[0] / 16)
		return &charsets[UTF16BE];
	return NULL;
}

static bool
is_ascii(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.at[i] >= 0x80)
			return false;
	return true;
}

/* A character of three bytes or more, in text that is UTF-8. */
static bool
has_long_character(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.at[i] >= 0xE0)
			return true;
	return false;
}

/* UTF-8 with such a character, but for a last one that is cut: names and subjects are cut to a number of
 * bytes. */
static bool
is_cut_utf8(struct bytes b)
{
	size_t cut = 0;

	while (cut < 3 && cut < b.len && (b.at[b.len - 1 - cut] & 0xC0) == 0x80)
		cut++;
	if (cut == 3 || cut == b.len || b.at[b.len - 1 - cut] < 0xC2 || b.at[b.len - 1 - cut] > 0xF4)
		return false;
	b.len -= cut + 1;
	return has_long_character(b) && text_is_utf8(b);
}

/* What the bytes themselves say; the label, if any, did not hold. */
static struct charset *
sniff(struct bytes b, struct charset *label)
{
	struct charset *c = memchr(b.at, 0, b.len) ? utf16_by_nuls(b) : NULL;
	struct charset *gb = charset_open(&charsets[GB18030]), *utf8 = charset_open(&charsets[UTF8]);

	if (c && charset_open(c))
		return c;
	if (text_is_utf8(b))
		return utf8;
	if (gb && convert(gb, b, NULL, true) == 0)
		return gb;
	if (label)
		return label;
	return gb && convert(gb, b, NULL, false) < convert(utf8, b, NULL, false) ? gb : utf8;
}

static struct charset *
choose(struct bytes b, const char *declared)
{
	struct charset *label = charset_find(declared);
	bool wide =
	        label && (strncmp(label->iconv, "UTF-16", 6) == 0 || strncmp(label->iconv, "UTF-32", 6) == 0);
	bool shifted =
	        label && (strncmp(label->iconv, "ISO-2022", 8) == 0 || strcmp(label->iconv, "UTF-7") == 0);

	if (wide && utf16_by_nuls(b))
		return charset_open(utf16_by_nuls(b));
	if (wide || shifted)
		return convert(label, b, NULL, true) == 0 ? label : sniff(b, label);
	if (is_ascii(b) && !memchr(b.at, 0, b.len))
		return charset_open(&charsets[UTF8]);
	if (text_is_utf8(b) && has_long_character(b) && !memchr(b.at, 0, b.len))
		return charset_open(&charsets[UTF8]);
	if (label && !label->latin && convert(label, b, NULL, true) == 0 && !memchr(b.at, 0, b.len))
		return label;
	if (label == &charsets[UTF8] && is_cut_utf8(b))
		return label;
	return sniff(b, label);
}

/* RFC 1843: two bytes of seven bits are a character between ~{ and ~}, or the line's end; ~~ is a tilde, ~ at
 * a line's end joins it to the next. Into the eight bits of GB 2312. */
static void
unwrap_hz(struct bytes in, struct buf *out)
{
	bool chinese = false;

	for (size_t i = 0; i < in.len; i++) {
		unsigned char c = in.at[i], next = i + 1 < in.len ? in.at[i + 1] : 0;

		if (c == '~' && next == (chinese ? '}' : '{')) {
			chinese = !chinese;
			i++;
		} else if (c == '~' && !chinese && (next == '~' || next == '\n')) {
			if (next == '~')
				buf_ch(out, '~');
			i++;
		} else if (chinese && c > ' ' && next > ' ') {
			buf_ch(out, (char)(c | 0x80));
			buf_ch(out, (char)(next | 0x80));
			i++;
		} else {
			chinese = chinese && c != '\n';
			buf_ch(out, (char)c);
		}
	}
}

static void
decode_hz(struct charset *c, struct bytes in, struct buf *out)
{
	struct buf gb = BUF_INIT(in.len);

	unwrap_hz(in, &gb);
	(void)convert(c, buf_bytes(&gb), out, false);
	buf_free(&gb);
}

static const struct {
	unsigned char mark[4];
	size_t len;
	const char *charset;
} boms[] = {
        {{0xEF, 0xBB, 0xBF}, 3, "utf8"},
        {{0x84, 0x31, 0x95, 0x33}, 4, "gb18030"},
        {{0xFF, 0xFE, 0x00, 0x00}, 4, "utf32le"},
        {{0x00, 0x00, 0xFE, 0xFF}, 4, "utf32be"},
        {{0xFF, 0xFE}, 2, "utf16le"},
        {{0xFE, 0xFF}, 2, "utf16be"},
};

const char *
charset_decode(struct buf *out, struct bytes in, const char *declared)
{
	struct charset *c = NULL, *label = charset_find(declared);

	if (!in.len)
		return "UTF-8";
	if (label && label->hz && is_ascii(in)) {
		decode_hz(label, in, out);
		return "HZ-GB-2312";
	}
	for (size_t i = 0; i < sizeof boms / sizeof *boms && !c; i++)
		if (in.len >= boms[i].len && memcmp(in.at, boms[i].mark, boms[i].len) == 0) {
			in = BYTES(in.at + boms[i].len, in.len - boms[i].len);
			c = charset_find(boms[i].charset);
		}
	if (!c)
		c = choose(in, declared);
	if (!c)
		mem_die("opening UTF-8: this system's iconv has no converters");
	(void)convert(c, in, out, false);
	return c->iconv;
}

const char *
charset_string(struct arena *a, struct bytes in, const char *declared)
{
	/* GB18030 and UTF-16 grow by half, Latin at most by two, a broken byte by two */
	struct buf out = BUF_INIT(in.len * 3 + 16);
	char *s;

	(void)charset_decode(&out, in, declared);
	s = arena_dup0(a, out.at ? out.at : "", out.len);
	buf_free(&out);
	return s;
}
