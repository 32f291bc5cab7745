/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telephone numbers: can Beijing dial them? Sources: libphonenumber (CN), the dial codes in
 * parsers/data. The text is cut into groups of digits and the gaps between them; a number is the
 * fewest groups that together have the digits of one. */
#include "parsers/check.h"

#include "config/text.h"

#include <string.h>

enum { GROUPS_MAX = 1000, GROUP_DIGITS_MAX = 32, JOIN_MAX = 5, NUMBER_MAX = 64, TEXT_MAX = 64 * 1024 };

/* What stands before a group of digits. */
enum gap {
	GAP_SOFT, /* blanks, dashes, brackets: may stand inside a number */
	GAP_DASH, /* dashes alone: as soft, and may part an extension */
	GAP_EXT,  /* 转, 分机, ext, *, a bracket alone: an extension follows */
	GAP_HARD, /* a mark or a word: ends a number */
};

struct group {
	const char *at; /* its digits, in the text */
	size_t len;
	enum gap gap;
	bool plus; /* a + stands before it */
};

struct numbers {
	const char *text;
	struct group groups[GROUPS_MAX];
	size_t count;
	const char *area; /* area code of the last good landline: what follows may lean on it */
	size_t area_len;
	bool home; /* dialled inside Beijing: eight digits are enough */
	struct buf bad;
	int good, wrong;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_dash(uint32_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == '_' ||
	       c == '~' || c == 0x2500;
}

static enum gap
gap_of(const char *at, size_t len)
{
	static const char *const extension[] = {"转", "轉", "分机", "内线", "ext", "EXT", "Ext", "*", "#"};
	struct bytes b = BYTES(at, len);
	const char *s = at;
	bool soft = true;
	bool dash = false;

	for (size_t i = 0; i < sizeof extension / sizeof *extension; i++)
		if (bytes_find(b, extension[i]) < len)
			return GAP_EXT;
	while (s < at + len) {
		uint32_t c = text_next(&s);

		if (is_dash(c))
			dash = true;
		else if (!text_is_space(c) && !text_is_unsafe(c) &&
		         (c > 0x7F ? c != 0xB7 : !strchr("().+[]", (int)c)))
			soft = false;
		if (!soft || c == '\n')
			return GAP_HARD;
	}
	return dash && !memchr(at, '(', len) && !memchr(at, '+', len) ? GAP_DASH : GAP_SOFT;
}

static void
cut_groups(struct numbers *n, const char *s)
{
	const char *gap = s;

	n->text = s;
	while (*s && n->count < GROUPS_MAX) {
		struct group *g = &n->groups[n->count];

		if (!is_digit(*s)) {
			s++;
			continue;
		}
		g->at = s;
		while (is_digit(*s))
			s++;
		g->len = (size_t)(s - g->at);
		g->plus = memchr(gap, '+', (size_t)(g->at - gap)) != NULL;
		g->gap = n->count ? gap_of(gap, (size_t)(g->at - gap)) : GAP_HARD;
		n->count++;
		gap = s;
	}
}

/* ---- is this run of digits a number? ---- */

static bool
is_mobile(const char *d, size_t len)
{
	return len == 11 && d[0] == '1' && d[1] >= '3';
}

static bool
is_service(const char *d, size_t len)
{
	return len == 10 && (strncmp(d, "400", 3) == 0 || strncmp(d, "800", 3) == 0);
}

/* The length of the area code of a whole landline number, or 0. */
static size_t
landline(const char *d, size_t len)
{
	size_t area_len = d[0] == '0' && (d[1] == '1' || d[1] == '2') ? 3 : 4;
	char area[5] = "";
	int digits = 0;

	if (d[0] != '0' || len < area_len + 7 || len > area_len + 8)
		return 0;
	memcpy(area, d, area_len);
	if (!region_dial_code(area, &digits) || (digits && len != area_len + (size_t)digits))
		return 0;
	return d[area_len] >= '2' ? area_len : 0;
}

/* Bare digits behind a landline share its area code: 0512-57300001/57300002. */
static bool
is_neighbour(const struct numbers *n, const char *d, size_t len)
{
	char whole[NUMBER_MAX];

	if (!n->area || (len != 7 && len != 8))
		return false;
	memcpy(whole, n->area, n->area_len);
	memcpy(whole + n->area_len, d, len);
	return landline(whole, n->area_len + len) != 0;
}

/* Take off +86, 0086 or 86; what is left may lack its 0. */
static const char *
without_country(const char *d, size_t *len, bool *had_r)
{
	size_t cut = 0;

	*had_r = false;
	if (strncmp(d, "0086", 4) == 0)
		cut = 4;
	else if (strncmp(d, "86", 2) == 0 && *len > 9)
		cut = 2;
	*had_r = cut > 0;
	*len -= cut;
	return d + cut;
}

static bool
is_number(const char *d, size_t len, size_t *area_len_r)
{
	*area_len_r = 0;
	if (is_mobile(d, len) || is_service(d, len))
		return true;
	if (len == 12 && d[0] == '0' && is_mobile(d + 1, 11))
		return true;
	*area_len_r = landline(d, len);
	return *area_len_r > 0;
}

/* A mobile of ten digits, a landline shorter by one than its place has them, a service number of nine. */
static bool
lacks_digit(const char *d, size_t len)
{
	size_t area_len = d[0] == '0' && (d[1] == '1' || d[1] == '2') ? 3 : 4;
	char area[5] = "";
	int digits = 0;

	if (d[0] == '1')
		return len == 10 && d[1] >= '3';
	if (d[0] != '0')
		return len == 9 && (strncmp(d, "400", 3) == 0 || strncmp(d, "800", 3) == 0);
	if (len <= area_len)
		return false;
	memcpy(area, d, area_len);
	return region_dial_code(area, &digits) && len == area_len + (size_t)(digits ? digits : 7) - 1;
}

static bool
is_foreign(const struct group *g)
{
	return g->plus && strncmp(g->at, "86", 2) != 0;
}

/* Are the first `count` groups from g together a number? */
static bool
match(struct numbers *n, const struct group *g, size_t count)
{
	char d[JOIN_MAX * GROUP_DIGITS_MAX + 2] = "0"; /* room for the 0 that +86 leaves out */
	size_t len = 0;
	size_t area_len = 0;
	const char *rest = NULL;
	bool country = false;

	for (size_t i = 0; i < count; i++) {
		if (g[i].len > GROUP_DIGITS_MAX)
			return false;
		memcpy(d + 1 + len, g[i].at, g[i].len);
		len += g[i].len;
	}
	d[len + 1] = '\0';
	rest = without_country(d + 1, &len, &country);
	if (is_foreign(g))
		return false;
	if (is_number(rest, len, &area_len)) {
		n->area = area_len ? g->at : NULL;
	} else if (country && rest > d && *rest != '0') {
		d[rest - d - 1] = '0';
		if (!is_number(rest - 1, len + 1, &area_len))
			return false;
		n->area = NULL;
	} else {
		return (n->home && len == 8 && rest[0] >= '2') || is_neighbour(n, rest, len);
	}
	/* kept only where it lies in the text as it is: 0512 in one group */
	n->area_len = area_len;
	if (country || g->len < area_len)
		n->area = NULL;
	return true;
}

static bool
is_area_code(const struct group *g)
{
	char area[5] = "";

	if (g->len >= sizeof area)
		return false;
	memcpy(area, g->at, g->len);
	return region_dial_code(area, NULL);
}

/* May the k-th group from i be part of the number that begins there? Behind an area code alone any mark
 * may stand: 0512/57310086, 区号0512，电话57310086. */
static bool
may_join(const struct numbers *n, size_t i, size_t k)
{
	enum gap gap = n->groups[i + k - 1].gap;

	return gap == GAP_SOFT || gap == GAP_DASH ||
	       (k == 2 && gap == GAP_HARD && is_area_code(&n->groups[i]));
}

/* How many groups from i make a number; 0: none. */
static size_t
number_at(struct numbers *n, size_t i)
{
	for (size_t k = 1; k <= JOIN_MAX && i + k <= n->count; k++) {
		if (k > 1 && !may_join(n, i, k))
			break;
		if (match(n, &n->groups[i], k))
			return k;
	}
	return 0;
}

/* Does group i only lengthen or vary the good number before it (-8001, 转8001, 、02)? */
static bool
leans_on_last(const struct numbers *n, size_t i, bool after_good)
{
	const struct group *g = &n->groups[i];

	if (!after_good || g->len > 5 || g->at[-1] == '+')
		return false;
	if (g->gap == GAP_EXT || g->gap == GAP_DASH || g->at[-1] == '(')
		return true;
	return n->area && g->len <= 4 && g->gap == GAP_HARD;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_of_name(char c)
{
	return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
}

/* Does what stands before at, blanks and colons left out, end in a word for something that has digits and is
 * no telephone? */
static bool
is_called_otherwise(const char *text, const char *at)
{
	static const char *const words[] = {"QQ",   "qq",       "QQ号", "qq号", "QQ号码", "微信",  "微信号",
	                                    "邮编", "邮政编码", "短号", "小号", "虚拟网", "集群网"};
	size_t len;

	while (at > text && (at[-1] == ' ' || at[-1] == ':'))
		at--;
	len = (size_t)(at - text);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t word = strlen(words[i]);

		if (len >= word && memcmp(at - word, words[i], word) == 0)
			return true;
	}
	return false;
}

/* Digits that nobody dials: of an address (123456@qq.com), a QQ number, a name (微信：zs13912), a postcode.
 */
static bool
is_no_telephone(const struct numbers *n, const struct group *g)
{
	const char *begin = g->at, *end = g->at + g->len;

	while (begin > n->text && is_of_name(begin[-1]))
		begin--;
	while (is_of_name(*end))
		end++;
	return *end == '@' || is_called_otherwise(n->text, begin) || is_called_otherwise(n->text, g->at);
}

static void
add_bad(struct numbers *n, const struct group *first, const struct group *last)
{
	if (n->bad.len)
		buf_str(&n->bad, "、");
	if (first->plus)
		buf_ch(&n->bad, '+');
	buf_add(&n->bad, first->at, (size_t)(last->at + last->len - first->at));
	n->wrong++;
}

/* The groups from i that are no number, up to a mark or to where a number begins. */
static size_t
bad_at(struct numbers *n, size_t i)
{
	size_t end = i + 1;
	size_t digits = n->groups[i].len;

	bool foreign = is_foreign(&n->groups[i]);

	for (; end < n->count && n->groups[end].gap != GAP_HARD && (foreign || !number_at(n, end)); end++)
		digits += n->groups[end].len;
	/* a floor, a room, "2 numbers": fewer digits than any number has */
	if ((digits >= 5 || n->count == end - i) && !is_no_telephone(n, &n->groups[i]))
		add_bad(n, &n->groups[i], &n->groups[end - 1]);
	return end - i;
}

static void
judge(struct numbers *n)
{
	bool after_good = false;

	for (size_t i = 0; i < n->count;) {
		size_t k = 0;

		if (leans_on_last(n, i, after_good)) {
			i++;
			continue;
		}
		k = number_at(n, i);
		after_good = k > 0;
		if (k)
			n->good++;
		else
			k = bad_at(n, i);
		i += k;
	}
}

enum phone_verdict
check_phone_from(struct arena *a, const char *s, bool beijing, const char **bad_r)
{
	struct buf half = BUF_INIT(TEXT_MAX);
	struct numbers n = {.home = beijing, .bad = BUF_INIT(TEXT_MAX)};
	enum phone_verdict v = PHONE_GOOD;

	text_halfwidth(&half, s);
	cut_groups(&n, half.at ? half.at : "");
	judge(&n);
	if (!n.good && !n.wrong)
		buf_str(&n.bad, half.at);
	if (!n.good)
		v = PHONE_BAD;
	else if (n.wrong)
		v = PHONE_PARTLY_BAD;
	if (bad_r)
		*bad_r = arena_dup0(a, n.bad.at, n.bad.len);
	buf_free(&n.bad);
	buf_free(&half);
	return v;
}

bool
check_phone_lacks_digit(const char *bad)
{
	struct numbers n = {0};
	char d[JOIN_MAX * GROUP_DIGITS_MAX + 1];

	cut_groups(&n, bad);
	for (size_t i = 0, k; i < n.count; i = k) {
		const char *whole;
		bool country;
		size_t len = 0;

		for (k = i; k < n.count && (k == i || n.groups[k].gap != GAP_HARD); k++) {
			if (len + n.groups[k].len >= sizeof d)
				return false;
			memcpy(d + len, n.groups[k].at, n.groups[k].len);
			len += n.groups[k].len;
		}
		d[len] = '\0';
		whole = without_country(d, &len, &country);
		if (lacks_digit(whole, len))
			return true;
	}
	return false;
}

enum phone_verdict
check_phone(struct arena *a, const char *s, const char **bad_r)
{
	return check_phone_from(a, s, false, bad_r);
}
