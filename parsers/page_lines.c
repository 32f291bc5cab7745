/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/page_lines.h"

#include "config/buf.h"
#include "config/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1 << 20 };

/* In heights of a character. */
static const double SPACE = 0.18;     /* a gap that is a space */
static const double FAR = 2.5;        /* a gap that parts columns */
static const double INDENT = 1.2;     /* a first line is set in by two characters */
static const double CENTRED = 0.6;    /* the two sides of a centred line differ by less */
static const double SLACK = 0.3;      /* how exactly a program fills a line */
static const double PARAGRAPHS = 2.4; /* from line to line, at least, where an empty one lies between */
static const double PADDING = 6;      /* of a cell, in points: Word's is 5.4 */

/* ---- lines ---- */

static double
middle(const struct page_box *b)
{
	return (b->y0 + b->y1) / 2;
}

static int
by_middle(const void *pa, const void *pb)
{
	const struct page_glyph *const *a = pa, *const *b = pb;
	double ya = middle(&(*a)->box), yb = middle(&(*b)->box);

	return (ya > yb) - (ya < yb);
}

static int
by_left(const void *pa, const void *pb)
{
	const struct page_glyph *const *a = pa, *const *b = pb;
	double xa = (*a)->box.x0, xb = (*b)->box.x0;

	return (xa > xb) - (xa < xb);
}

static bool
is_space(const struct page_glyph *g)
{
	return strcmp(g->text, " ") == 0;
}

/* What stands between two characters that follow each other in a line. */
static const char *
between(const struct page_glyph *a, const struct page_glyph *b, double em, bool space, const char *gap)
{
	double wide = b->box.x0 - a->box.x1;

	if (wide > FAR * em)
		return gap;
	return space || wide > SPACE * em ? " " : "";
}

/* The line of these characters; false where they are blank. */
static bool
line_of(struct arena *a, struct page_glyph **g, size_t count, const char *gap, struct page_line *out)
{
	struct buf text = BUF_INIT(LINE_MAX_BYTES);
	const struct page_glyph *last = NULL;
	bool space = false;

	qsort(g, count, sizeof(struct page_glyph *), by_left);
	*out = (struct page_line){0};
	for (size_t i = 0; i < count; i++) {
		struct page_box *b = &g[i]->box;

		if (is_space(g[i])) {
			space = true;
			continue;
		}
		out->em = fmax(out->em, b->y1 - b->y0);
		if (!last)
			out->box = *b;
		else
			buf_str(&text, between(last, g[i], b->y1 - b->y0, space, gap));
		out->box.x1 = fmax(out->box.x1, b->x1);
		out->box.y0 = fmin(out->box.y0, b->y0);
		out->box.y1 = fmax(out->box.y1, b->y1);
		buf_str(&text, g[i]->text);
		last = g[i];
		space = false;
	}
	out->text = arena_dup0(a, text.at ? text.at : "", text.len);
	buf_free(&text);
	return last != NULL;
}

struct page_lines
page_lines(struct arena *a, struct page_glyph **g, size_t count, const char *gap)
{
	struct page_lines lines = {arena_alloc(a, count ? count : 1, sizeof *lines.at), 0};
	size_t i, k;

	qsort(g, count, sizeof(struct page_glyph *), by_middle);
	for (i = 0; i < count; i = k) {
		double at = middle(&g[i]->box);

		/* Large and small characters of a line share its middle, roughly. */
		for (k = i + 1; k < count; k++) {
			const struct page_box *b = &g[k]->box;
			double high = fmax(b->y1 - b->y0, g[i]->box.y1 - g[i]->box.y0);

			if (middle(b) - at > 0.45 * high)
				break;
		}
		lines.count += line_of(a, g + i, k - i, gap, &lines.at[lines.count]);
	}
	return lines;
}

/* ---- paragraphs ---- */

static bool
is_among(uint32_t c, const char *set)
{
	uint32_t x;

	while ((x = text_next(&set)))
		if (x == c)
			return true;
	return false;
}

/* Marks that no line begins with, or ends with. */
static const char closing[] = "，。、；：？！）》】”’」』〉］｝·…—％,.;:?!)]}%";
static const char opening[] = "（《【“‘「『〈［｛([{";

static bool
is_half(uint32_t c)
{
	return c && !text_is_full(c) && !text_is_space(c);
}

/* The characters at the begin of a line that no line's end may tear apart, in widths of a full one. */
static double
first_word(const char *s)
{
	double wide = 0;
	uint32_t c = text_next(&s), next;

	if (is_half(c)) {
		for (; is_half(c); c = text_next(&s))
			wide += 0.5;
		return wide;
	}
	wide = 1;
	next = text_next(&s);
	if (is_among(c, opening) || is_among(next, closing))
		wide += 1;
	return wide;
}

/* The run of half-width characters at a line's end, in widths of a full one. */
static double
last_word(const char *s)
{
	double wide = 0;
	uint32_t c;

	while ((c = text_next(&s)))
		wide = is_half(c) ? wide + 0.5 : 0;
	return wide;
}

struct column {
	double left, right; /* where lines begin and must end */
};

/* The width that a line uses: of a centred one its own, else with what it is indented by. */
static double
used(const struct page_line *l, const struct column *c)
{
	double before = l->box.x0 - c->left, after = c->right - l->box.x1;

	if (before > l->em && fabs(before - after) < CENTRED * l->em)
		return l->box.x1 - l->box.x0;
	return l->box.x1 - c->left;
}

static bool
has_room(const struct page_line *l, const struct column *c, double want)
{
	return c->right - c->left - used(l, c) >= want + SLACK * l->em;
}

/* Characters are a bit higher than wide in most fonts' boxes: measure width by the widest way that the
 * line itself shows. */
static double
full_width(const struct page_line *l)
{
	double halves = 0;
	const char *s = l->text;
	uint32_t c;

	while ((c = text_next(&s)))
		halves += is_half(c) || text_is_space(c) ? 1 : 2;
	return fmin(l->em, 2 * (l->box.x1 - l->box.x0) / fmax(halves, 1));
}

static bool
is_indented(const struct page_line *l, const struct column *c)
{
	double before = l->box.x0 - c->left, after = c->right - l->box.x1;

	return before > INDENT * full_width(l) && fabs(before - after) > CENTRED * l->em;
}

/* Does line b go on where a ended? */
static bool
goes_on(const struct page_line *a, const struct page_line *b, const struct column *c)
{
	if (b->box.y0 - a->box.y0 > PARAGRAPHS * fmax(a->em, b->em) || is_indented(b, c))
		return false;
	return !has_room(a, c, first_word(b->text) * full_width(b));
}

/* What a line's end hid: nothing between full-width characters, a space between words, unless one word
 * was too wide for its line. */
static const char *
seam(const char *a, size_t len, const char *b, double wide)
{
	const char *s = b;
	uint32_t before = text_last(a, len), after = text_next(&s);

	if (!is_half(before) || !is_half(after) || is_among(before, "-/@_") || is_among(after, "-/@_"))
		return "";
	return last_word(a) + first_word(b) > wide ? "" : " ";
}

static struct column
column_of(struct page_lines lines, double left, double right)
{
	struct column c = {HUGE_VAL, right};
	double padding;

	for (size_t i = 0; i < lines.count; i++)
		c.left = fmin(c.left, lines.at[i].box.x0);
	padding = fmax(0, fmin(c.left - left, PADDING));
	/* Centred lines say nothing about where a line begins: the cell does. */
	if (c.left - left > 2 * PADDING)
		c.left = left + padding;
	c.right = right - padding;
	return c;
}

struct page_text
page_paragraphs(struct arena *a, struct page_lines lines, double left, double right)
{
	struct page_text t = {.text = ""};
	struct buf b = BUF_INIT(16 * (size_t)LINE_MAX_BYTES);
	struct column c = column_of(lines, left, right);

	if (!lines.count)
		return t;
	for (size_t i = 0; i < lines.count; i++) {
		const struct page_line *l = &lines.at[i], *last = l - 1;

		if (i && goes_on(last, l, &c))
			buf_str(&b, seam(last->text, strlen(last->text), l->text,
			                 (c.right - c.left) / fmax(full_width(last), 1)));
		else if (i)
			buf_ch(&b, '\n');
		buf_str(&b, l->text);
	}
	t.full = !has_room(&lines.at[lines.count - 1], &c, full_width(&lines.at[lines.count - 1]));
	t.indented = is_indented(&lines.at[0], &c);
	t.text = arena_dup0(a, b.at, b.len);
	buf_free(&b);
	return t;
}

struct page_text
page_text_join(struct arena *a, struct page_text upper, struct page_text lower)
{
	const char *sep = "\n";

	if (!*upper.text)
		return lower;
	if (!*lower.text)
		return upper;
	if (upper.full && !lower.indented)
		sep = seam(upper.text, strlen(upper.text), lower.text, HUGE_VAL);
	lower.text = arena_fmt(a, "%s%s%s", upper.text, sep, lower.text);
	lower.indented = upper.indented;
	return lower;
}
