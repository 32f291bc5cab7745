/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/text.h"

#include <string.h>

/* Inclusive ranges of code points, in rising order. */
struct range {
	uint32_t first, last;
};

static bool
in_ranges(const struct range *r, size_t count, uint32_t c)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c > r[mid].last)
			low = mid + 1;
		else if (c < r[mid].first)
			high = mid;
		else
			return true;
	}
	return false;
}

#define IN(table, c) in_ranges(table, sizeof(table) / sizeof *(table), c)

/* ---- UTF-8 ---- */

enum { REPLACEMENT = 0xFFFD };

/* What may follow a first byte: how many bytes, and the bounds of the second, which rule out
 * surrogates, overlong forms and what lies beyond U+10FFFF (RFC 3629, section 4). */
static const struct lead {
	unsigned char first, last; /* of the first byte */
	unsigned char more;        /* bytes behind it */
	unsigned char low, high;   /* of the second */
} leads[] = {
        {0x00, 0x7F, 0, 0x00, 0x00}, {0xC2, 0xDF, 1, 0x80, 0xBF}, {0xE0, 0xE0, 2, 0xA0, 0xBF},
        {0xE1, 0xEC, 2, 0x80, 0xBF}, {0xED, 0xED, 2, 0x80, 0x9F}, {0xEE, 0xEF, 2, 0x80, 0xBF},
        {0xF0, 0xF0, 3, 0x90, 0xBF}, {0xF1, 0xF3, 3, 0x80, 0xBF}, {0xF4, 0xF4, 3, 0x80, 0x8F},
};

static const struct lead *
lead_of(unsigned char c)
{
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
		if (c >= leads[i].first && c <= leads[i].last)
			return &leads[i];
	}
	return NULL;
}

/* The length of the whole character at p, 0 where none is; the character itself in *c_r. */
static size_t
decode(const unsigned char *p, size_t len, uint32_t *c_r)
{
	const struct lead *lead = lead_of(p[0]);
	uint32_t c = p[0];

	if (!lead || len <= lead->more)
		return 0;
	if (lead->more) {
		if (p[1] < lead->low || p[1] > lead->high)
			return 0;
		c &= 0x3FU >> lead->more;
		for (size_t i = 1; i <= lead->more; i++) {
			if ((p[i] & 0xC0) != 0x80)
				return 0;
			c = c << 6 | (p[i] & 0x3FU);
		}
	}
	*c_r = c;
	return 1 + (size_t)lead->more;
}

/* As text_next(), telling a broken byte from a U+FFFD that stands there. */
static uint32_t
next(const char **s, bool *broken_r)
{
	uint32_t c = 0;
	size_t n;

	*broken_r = false;
	if ((unsigned char)**s < 0x80) {
		c = (unsigned char)**s;
		*s += c != 0;
		return c;
	}
	n = decode((const unsigned char *)*s, strnlen(*s, 4), &c);
	if (n == 0) {
		*broken_r = true;
		c = REPLACEMENT;
		n = 1;
	}
	*s += n;
	return c;
}

uint32_t
text_next(const char **s)
{
	bool broken;

	return next(s, &broken);
}

bool
text_is_utf8(struct bytes b)
{
	size_t at = 0, n;
	uint32_t c;

	for (; at < b.len; at += n) {
		n = decode(b.at + at, b.len - at, &c);
		if (n == 0)
			return false;
	}
	return true;
}

/* Encode c into out (4 bytes); the length. A NUL would end every string it stands in: no character. */
static size_t
encode(uint32_t c, unsigned char *out)
{
	if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = REPLACEMENT;
	if (c < 0x80) {
		out[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (unsigned char)(0xC0 | c >> 6);
		out[1] = (unsigned char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (unsigned char)(0xE0 | c >> 12);
		out[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (unsigned char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (unsigned char)(0xF0 | c >> 18);
	out[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (unsigned char)(0x80 | (c & 0x3F));
	return 4;
}

void
text_put(struct buf *b, uint32_t c)
{
	unsigned char out[4];

	buf_add(b, out, encode(c, out));
}

size_t
text_count(const char *s)
{
	size_t n = 0;

	while (text_next(&s))
		n++;
	return n;
}

uint32_t
text_last(const char *s, size_t len)
{
	const char *end = s + len;
	uint32_t last = 0, c;

	while (s < end && (c = text_next(&s)) != 0)
		last = c;
	return last;
}

bool
text_is_blank(const char *s)
{
	uint32_t c;

	while ((c = text_next(&s)) != 0)
		if (!text_is_space(c))
			return false;
	return true;
}

/* ---- kinds of characters ---- */

/* White_Space of PropList.txt, with U+200B and U+FEFF. */
static const struct range spaces[] = {
        {0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},
        {0x1680, 0x1680}, {0x2000, 0x200B}, {0x2028, 0x2029}, {0x202F, 0x202F},
        {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF},
};

/* Blocks.txt, whole blocks: a character assigned later in one is Han as well. */
static const struct range han[] = {
        {0x3007, 0x3007},   /* 〇 */
        {0x3400, 0x4DBF},   /* extension A */
        {0x4E00, 0x9FFF},   /* the unified ideographs */
        {0xF900, 0xFAFF},   /* compatibility */
        {0x20000, 0x2A6DF}, /* extension B */
        {0x2A700, 0x2EE5F}, /* C to F, and I */
        {0x2F800, 0x2FA1F}, /* compatibility supplement */
        {0x30000, 0x3347F}, /* G, H and J */
};

/* Full-width beside Han. */
static const struct range full[] = {
        {0x2014, 0x2015}, /* — and ―: GB 2312's A1AA is decoded as either */
        {0x2018, 0x2019}, /* ‘ ’ */
        {0x201C, 0x201D}, /* “ ” */
        {0x2026, 0x2026}, /* … */
        {0x2E80, 0x2FFF}, /* radicals, description characters */
        {0x3001, 0x303F}, /* CJK punctuation, without the ideographic space */
        {0x3040, 0x312F}, /* kana, bopomofo */
        {0x3130, 0x33FF}, /* Hangul letters, strokes, ㈠ ㊣ ㎡ */
        {0xA000, 0xA4CF}, /* Yi */
        {0xAC00, 0xD7A3}, /* Hangul */
        {0xFE10, 0xFE19}, /* vertical forms */
        {0xFE30, 0xFE6F}, /* compatibility and small forms */
        {0xFF01, 0xFF60}, /* full-width forms; the half-width ones behind are not */
        {0xFFE0, 0xFFE6}, /* ￠ ￡ ￥ … */
};

static const struct range unsafe[] = {
        {0x01, 0x1F},       /* control */
        {0x7F, 0x9F},       /* DEL, and control of ISO 6429 */
        {0xAD, 0xAD},       /* soft hyphen: not seen */
        {0x061C, 0x061C},   /* Arabic letter mark */
        {0x115F, 0x1160},   /* Hangul fillers: not seen */
        {0x180E, 0x180E},   /* Mongolian vowel separator */
        {0x200B, 0x200F},   /* zero width, directional marks */
        {0x2028, 0x202E},   /* line and paragraph separator, embeddings, overrides */
        {0x2060, 0x206F},   /* word joiner, invisible operators, isolates */
        {0x3164, 0x3164},   /* Hangul filler */
        {0xFEFF, 0xFEFF},   /* zero width no-break space */
        {0xFFA0, 0xFFA0},   /* half-width Hangul filler */
        {0xFFF9, 0xFFFB},   /* interlinear annotation */
        {0xE0000, 0xE007F}, /* tags */
};

/* Marks that stand upon the character before: of the scripts met in Chinese mail (Tibetan, Mongolian,
 * Arabic for Uyghur included). One of another script counts a column too many, no more. */
static const struct range marks[] = {
        {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},   {0x0610, 0x061A}, {0x064B, 0x065F},
        {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x06DF, 0x06E4},   {0x06E7, 0x06E8}, {0x06EA, 0x06ED},
        {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},   {0x0F18, 0x0F19}, {0x0F35, 0x0F35},
        {0x0F37, 0x0F37}, {0x0F39, 0x0F39}, {0x0F71, 0x0F7E},   {0x0F80, 0x0F84}, {0x0F86, 0x0F87},
        {0x0F8D, 0x0FBC}, {0x0FC6, 0x0FC6}, {0x1161, 0x11FF},   {0x180B, 0x180D}, {0x180F, 0x180F},
        {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20F0},   {0x302A, 0x302D}, {0x3099, 0x309A},
        {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}, /* variation selectors of ideographs */
};

/* East_Asian_Width W and F, by blocks; the ambiguous ones (“ ” … —) take one column. */
static const struct range wide[] = {
        {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x2E80, 0x303E},   {0x3041, 0x4DBF},
        {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},
        {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F320}, {0x1F32D, 0x1F64F},
        {0x1F680, 0x1F6C5}, {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD},
};

bool
text_is_space(uint32_t c)
{
	return IN(spaces, c);
}

bool
text_is_han(uint32_t c)
{
	return IN(han, c);
}

bool
text_is_full(uint32_t c)
{
	return IN(han, c) || IN(full, c);
}

bool
text_is_unsafe(uint32_t c)
{
	return IN(unsafe, c);
}

int
text_width(uint32_t c)
{
	if (c == 0 || IN(unsafe, c) || IN(marks, c))
		return 0;
	return IN(wide, c) ? 2 : 1;
}

size_t
text_columns(const char *s)
{
	size_t n = 0;
	uint32_t c;

	while ((c = text_next(&s)))
		n += (size_t)text_width(c);
	return n;
}

/* ---- shaping ---- */

static uint32_t
halfwidth(uint32_t c)
{
	if (c == 0x3000)
		return ' ';
	return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
}

void
text_halfwidth(struct buf *b, const char *s)
{
	uint32_t c;

	while ((c = text_next(&s)))
		text_put(b, halfwidth(c));
}

void
text_fold(struct buf *b, const char *s)
{
	uint32_t c;

	while ((c = text_next(&s))) {
		c = halfwidth(c);
		if (c > ' ' && c < 0x7F) /* most of what is folded, and most often */
			buf_ch(b, (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
		else if (!text_is_space(c) && !text_is_unsafe(c))
			text_put(b, c);
	}
}

static bool
ends_line(uint32_t c)
{
	return (c >= 0x0A && c <= 0x0D) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* White space waits until something follows it in its line; so none stands at an end. */
void
text_trim(struct buf *b, const char *s)
{
	const char *gap = NULL, *at = s; /* gap: where the waiting white space begins */
	bool any = false, new_line = true;
	uint32_t c;

	for (; (c = text_next(&s)); at = s) {
		if (ends_line(c)) {
			new_line = true;
		} else if (text_is_space(c)) {
			gap = gap ? gap : at;
			continue;
		} else {
			if (new_line && any)
				buf_ch(b, '\n');
			else if (gap && any)
				buf_add(b, gap, (size_t)(at - gap));
			text_put(b, c);
			any = true;
			new_line = false;
		}
		gap = NULL;
	}
}

/* ---- escapers ---- */

void
text_plain(struct buf *b, const char *s, size_t max_columns)
{
	size_t columns = 0, cost, cut = b->len; /* cut: where the … goes, should it not all fit */
	bool broken, blank = false;
	uint32_t c;

	while ((c = next(&s, &broken))) {
		if (broken || text_is_unsafe(c)) {
			if (blank)
				continue;
			c = ' ';
			blank = true;
		} else {
			blank = false;
		}
		/* A mark costs a column here: else a line could bear any number of them. */
		cost = text_width(c) == 2 ? 2 : 1;
		if (max_columns && columns + cost > max_columns) {
			b->len = cut;
			buf_seal(b);
			buf_str(b, "…");
			return;
		}
		text_put(b, c);
		columns += cost;
		if (columns < max_columns)
			cut = b->len;
	}
}

/* The entity for a character of markup, or NULL. */
static const char *
entity(uint32_t c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	default: return NULL;
	}
}

void
text_html(struct buf *b, const char *s)
{
	uint32_t c;

	while ((c = text_next(&s))) {
		if (entity(c))
			buf_str(b, entity(c));
		else if (c == '\'')
			buf_str(b, "&#39;");
		else if (c == '\n')
			buf_str(b, "<br>");
		else if (c == '\t')
			buf_ch(b, ' ');
		else if (!text_is_unsafe(c))
			text_put(b, c);
	}
}

void
text_xml(struct buf *b, const char *s)
{
	uint32_t c;

	while ((c = text_next(&s))) {
		if (entity(c))
			buf_str(b, entity(c));
		else if ((c >= 0x20 || c == '\t' || c == '\n' || c == '\r') && c != 0xFFFE && c != 0xFFFF)
			text_put(b, c);
	}
}

/* ---- header values (RFC 2047) ---- */

enum {
	HEADER_LINE_MAX = 76,  /* of a line that holds an encoded word, section 2 */
	HEADER_WORD_MAX = 75,  /* of an encoded word */
	HEADER_FRAME = 12,     /* of "=?UTF-8?B?" and "?=" */
	HEADER_ASCII_MAX = 998 /* of any line, RFC 5322 section 2.1.1 */
};

/* Nothing to encode: printable ASCII that nobody takes for an encoded word. */
static bool
plain_ascii(const struct buf *b, size_t first_column)
{
	for (size_t i = 0; i < b->len; i++) {
		if (b->at[i] < 0x20 || b->at[i] > 0x7E)
			return false;
	}
	return bytes_find(buf_bytes(b), "=?") == b->len && first_column + b->len <= HEADER_ASCII_MAX;
}

static void
base64(struct buf *b, const unsigned char *p, size_t len)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t n = (uint32_t)p[i] << 16;

		n |= i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0;
		n |= i + 2 < len ? p[i + 2] : 0;
		buf_ch(b, digit[n >> 18 & 63]);
		buf_ch(b, digit[n >> 12 & 63]);
		buf_ch(b, i + 1 < len ? digit[n >> 6 & 63] : '=');
		buf_ch(b, i + 2 < len ? digit[n & 63] : '=');
	}
}

/* How many bytes of p, whole characters all, go into an encoded word of at most room octets. */
static size_t
word_len(const char *p, size_t room)
{
	size_t max = room > HEADER_FRAME ? (room - HEADER_FRAME) / 4 * 3 : 0, n = 0;
	const char *s = p;

	while (text_next(&s) && (size_t)(s - p) <= max)
		n = (size_t)(s - p);
	return n;
}

void
text_header(struct buf *b, const char *s, size_t first_column)
{
	struct buf clean = BUF_INIT(b->max);
	size_t room = first_column < HEADER_LINE_MAX ? HEADER_LINE_MAX - first_column : 0, n;
	const char *p;

	text_plain(&clean, s, 0);
	b->over = b->over || clean.over;
	if (plain_ascii(&clean, first_column)) {
		buf_add(b, clean.at, clean.len);
		goto out;
	}
	for (p = clean.at; *p; p += n) {
		n = word_len(p, room < HEADER_WORD_MAX ? room : HEADER_WORD_MAX);
		if (p != clean.at || n == 0)
			buf_str(b, "\r\n ");
		if (n == 0)
			n = word_len(p, HEADER_WORD_MAX);
		buf_str(b, "=?UTF-8?B?");
		base64(b, (const unsigned char *)p, n);
		buf_str(b, "?=");
		room = HEADER_LINE_MAX - 1;
	}
out:
	buf_free(&clean);
}
