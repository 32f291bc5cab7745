/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table is the largest connected thing with holes in it. Its four corners give one projective
 * warp; then horizontal rules are rows of pixels that are mostly ink, and vertical ones are sought row by
 * row, because cells are merged differently in each. */
#include "parsers/picture_grid.h"

#include <leptonica/allheaders.h>
#include <math.h>

enum {
	HOLES_MIN = 4,     /* cells of something that may be a table */
	HOLE_HEIGHT = 15,  /* of a cell */
	CORNER_RUN = 61,   /* shorter runs of ink are text, not rules */
	ACROSS_RUN = 30,   /* the same on the straight page */
	DOWN_RUN = 36,     /* taller than a character's stem */
	ROW_HEIGHT = 18,   /* least height of a row … */
	CELL_WIDTH = 30,   /* … and width of a cell */
	RULE_ACROSS = 60,  /* % of the table's width that a horizontal rule covers */
	RULE_DOWN = 70,    /* % of the row's height that a vertical one does … */
	RULE_LOW = 92,     /* … of a low row, where a character's stem is nearly as long … */
	RULE_BROKEN = 45,  /* … and of any row, where another has a rule at that place */
	LOW_ROW = 110,     /* … which is one of two lines or less */
	RULE_BETWEEN = 40, /* % of a cell's width: a rule between it and the cell above */
	SLACK = 10,        /* around the table: its frame may be broken by a stamp */
	NEAR = 14,         /* two vertical rules of different rows are one column's edge */
	RULE = 3,          /* half of a rule's thickness, and a little */
};

static const int thresholds[] = {185, 170, 200};

PIX *
grid_ink(PIX *gray, int threshold)
{
	PIX *even = pixBackgroundNormSimple(gray, NULL, NULL);
	PIX *ink = pixThresholdToBinary(even ? even : gray, threshold);

	pixDestroy(&even);
	return ink;
}

/* ---- skew ---- */

/* How far the page lies askew, in radians, clockwise; 0 where it hardly does or nobody can tell. */
static double
skew_of(PIX *even)
{
	PIX *ink = pixThresholdToBinary(even, 170);
	l_float32 angle = 0, sure = 0;
	bool askew = ink && pixFindSkew(ink, &angle, &sure) == 0 && fabsf(angle) > 0.1F && sure > 2;

	pixDestroy(&ink);
	return askew ? (double)angle * M_PI / 180 : 0;
}

/* Where a point of the page that was turned by angle around its middle came from. */
static void
turn_back(const PIX *page, double angle, int *x, int *y)
{
	double middle_x = pixGetWidth(page) / 2.0, middle_y = pixGetHeight(page) / 2.0;
	double right = *x - middle_x, down = *y - middle_y;

	*x = (int)lround(middle_x + right * cos(angle) + down * sin(angle));
	*y = (int)lround(middle_y - right * sin(angle) + down * cos(angle));
}

static void
turn_straight(struct picture_page *page, double angle)
{
	l_float32 by = (l_float32)angle;

	(void)picture_replace(&page->gray,
	                      pixRotate(page->gray, by, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
	if (page->red)
		(void)picture_replace(&page->red,
		                      pixRotate(page->red, by, L_ROTATE_SAMPLING, L_BRING_IN_BLACK, 0, 0));
}

/* ---- the largest thing with holes ---- */

static int
count_holes(PIX *thing)
{
	int w = pixGetWidth(thing), h = pixGetHeight(thing), holes = 0;
	PIX *inside = pixInvert(NULL, thing);
	BOXA *boxes = inside ? pixConnComp(inside, NULL, 4) : NULL;

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		int x, y, bw, bh;

		(void)boxaGetBoxGeometry(boxes, i, &x, &y, &bw, &bh);
		holes += x > 0 && y > 0 && x + bw < w && y + bh < h && bw > w / 25 && bh > HOLE_HEIGHT;
	}
	boxaDestroy(&boxes);
	pixDestroy(&inside);
	return holes;
}

/* The table's pixels and its place on the page; NULL: none. */
static PIX *
largest_grid(PIX *ink, BOX **place_r)
{
	int page_w = pixGetWidth(ink), page_h = pixGetHeight(ink), best = -1;
	PIX *joined = pixCloseBrick(NULL, ink, 3, 3), *found = NULL;
	PIXA *things = NULL;
	BOXA *boxes = joined ? pixConnComp(joined, &things, 8) : NULL;
	double best_area = 0;

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		int x, y, w, h;
		PIX *thing;

		(void)boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		if (w < page_w / 4 || h < page_h / 30 || (double)w * h <= best_area)
			continue;
		thing = pixaGetPix(things, i, L_CLONE);
		if (count_holes(thing) >= HOLES_MIN) {
			best = i;
			best_area = (double)w * h;
		}
		pixDestroy(&thing);
	}
	if (best >= 0) {
		found = pixaGetPix(things, best, L_COPY);
		*place_r = boxaGetBox(boxes, best, L_COPY);
	}
	boxaDestroy(&boxes);
	pixaDestroy(&things);
	pixDestroy(&joined);
	return found;
}

/* ---- corners, and the warp ---- */

struct corners {
	int x[4], y[4]; /* clockwise from the upper left */
};

/* The pixels of the rules that lie farthest out in the four diagonal directions. */
static struct corners
find_corners(PIX *rules)
{
	struct corners c = {{0}, {0}};
	int least[4];

	for (int k = 0; k < 4; k++)
		least[k] = INT32_MAX;
	for (int y = 0; y < pixGetHeight(rules); y++) {
		const l_uint32 *line = pixGetData(rules) + (size_t)y * (size_t)pixGetWpl(rules);

		for (int x = 0; x < pixGetWidth(rules); x++) {
			const int out[4] = {x + y, y - x, -x - y, x - y};

			if (!GET_DATA_BIT(line, x))
				continue;
			for (int k = 0; k < 4; k++) {
				if (out[k] >= least[k])
					continue;
				least[k] = out[k];
				c.x[k] = x;
				c.y[k] = y;
			}
		}
	}
	return c;
}

static PIX *
only_rules(PIX *table)
{
	PIX *across = pixOpenBrick(NULL, table, CORNER_RUN, 1),
	    *down = pixOpenBrick(NULL, table, 1, CORNER_RUN);

	if (across && down)
		(void)pixOr(across, across, down);
	pixDestroy(&down);
	return across;
}

/* Make the table, found on the page turned by angle, a rectangle there; its place on the page that results.
 * One warp does both: each takes some of the sharpness of the characters. */
static void
warp(struct picture_page *page, const struct corners *c, double angle, struct grid *g)
{
	const int left = (c->x[0] + c->x[3]) / 2, right = (c->x[1] + c->x[2]) / 2;
	const int top = (c->y[0] + c->y[1]) / 2, bottom = (c->y[2] + c->y[3]) / 2;
	const int to_x[4] = {left, right, right, left}, to_y[4] = {top, top, bottom, bottom};
	PTA *from = ptaCreate(4), *to = ptaCreate(4);
	bool off = angle != 0;

	for (int k = 0; k < 4; k++) {
		int x = c->x[k], y = c->y[k];

		turn_back(page->gray, angle, &x, &y);
		(void)ptaAddPt(from, (l_float32)x, (l_float32)y);
		(void)ptaAddPt(to, (l_float32)to_x[k], (l_float32)to_y[k]);
		off = off || abs(c->x[k] - to_x[k]) > 2 || abs(c->y[k] - to_y[k]) > 2;
	}
	if (off) {
		(void)picture_replace(&page->gray, pixProjectivePtaGray(page->gray, to, from, 255));
		if (page->red)
			(void)picture_replace(&page->red,
			                      pixProjectiveSampledPta(page->red, to, from, L_BRING_IN_BLACK));
	}
	ptaDestroy(&from);
	ptaDestroy(&to);
	g->x = left;
	g->y = top;
	g->w = right - left;
	g->h = bottom - top;
}

/* ink: of the page turned by angle, which the page itself is not yet. */
static bool
rectify(struct picture_page *page, PIX *ink, double angle, struct grid *g)
{
	BOX *place = NULL;
	PIX *table = largest_grid(ink, &place), *rules = table ? only_rules(table) : NULL;
	bool ok = false;

	if (rules) {
		struct corners c = find_corners(rules);
		int x = 0, y = 0;

		(void)boxGetGeometry(place, &x, &y, NULL, NULL);
		for (int k = 0; k < 4; k++) {
			c.x[k] += x;
			c.y[k] += y;
		}
		warp(page, &c, angle, g);
		ok = g->w > 4 * CELL_WIDTH && g->h > 2 * ROW_HEIGHT;
	}
	boxDestroy(&place);
	pixDestroy(&rules);
	pixDestroy(&table);
	return ok;
}

/* ---- rules ---- */

/* What is left of the ink after runs of one direction were kept, and thickened across it, so that a rule
 * that is not quite straight still counts as one. */
static PIX *
runs(PIX *ink, int across, int down)
{
	PIX *kept = pixOpenBrick(NULL, ink, across, down);
	PIX *thick = kept ? pixDilateBrick(NULL, kept, across > 1 ? 1 : 5, across > 1 ? 5 : 1) : NULL;

	pixDestroy(&kept);
	return thick;
}

/* Positions along one axis at which more than percent of the other is ink: the middle of each peak. */
static int
peaks(PIX *rules, int x, int y, int w, int h, bool rows, int percent, int *at, int max)
{
	BOX *box = boxCreateValid(x < 0 ? 0 : x, y < 0 ? 0 : y, w, h);
	PIX *part = box ? pixClipRectangle(rules, box, NULL) : NULL;
	NUMA *counts = part ? (rows ? pixCountPixelsByRow(part, NULL) : pixCountPixelsByColumn(part)) : NULL;
	int n = 0, length = counts ? numaGetCount(counts) : 0;
	double least = part ? percent / 100.0 * (rows ? pixGetWidth(part) : pixGetHeight(part)) : 0;
	int base = rows ? (y < 0 ? 0 : y) : (x < 0 ? 0 : x);

	for (int i = 0; i < length && n < max; i++) {
		int begin = i, count = 0;

		for (; i < length && numaGetIValue(counts, i, &count) == 0 && count > least; i++)
			;
		if (i == begin)
			continue;
		if (n > 0 && base + (begin + i) / 2 - at[n - 1] < 2 * RULE + 2)
			continue; /* a double rule */
		at[n++] = base + (begin + i - 1) / 2;
	}
	numaDestroy(&counts);
	pixDestroy(&part);
	boxDestroy(&box);
	return n;
}

static bool
is_near(int x, const int *at, int n)
{
	for (int i = 0; i < n; i++)
		if (abs(at[i] - x) < NEAR)
			return true;
	return false;
}

/* The vertical rules of a row: those that are nearly whole, and broken ones where another row has one. */
static int
rules_of(const struct grid_row *row, PIX *down, const struct grid *g, const int *known, int known_count,
         int *at, int max)
{
	int whole[GRID_CELLS_MAX], broken[GRID_CELLS_MAX];
	int x = g->x - SLACK, y = row->y - RULE, w = g->w + 2 * SLACK, h = row->h + 2 * RULE, n = 0;
	int wholes = peaks(down, x, y, w, h, false, row->h < LOW_ROW ? RULE_LOW : RULE_DOWN, whole,
	                   GRID_CELLS_MAX);
	int all = peaks(down, x, y, w, h, false, RULE_BROKEN, broken, GRID_CELLS_MAX);

	for (int i = 0; i < all && n < max; i++)
		if (is_near(broken[i], whole, wholes) || is_near(broken[i], known, known_count))
			at[n++] = broken[i];
	return n;
}

/* The cells of a row; the table's own sides stand in where a rule there is broken. */
static void
cut_row(struct grid_row *row, PIX *down, const struct grid *g, const int *known, int known_count)
{
	int at[GRID_CELLS_MAX + 2], n;

	n = 1 + rules_of(row, down, g, known, known_count, at + 1, GRID_CELLS_MAX - 1);
	at[0] = g->x;
	if (n == 1 || at[1] < g->x + 2 * SLACK) { /* a left side was found: it is not needed twice */
		for (int i = 1; i < n; i++)
			at[i - 1] = at[i];
		n = n > 1 ? n - 1 : 1;
	}
	if (at[n - 1] < g->x + g->w - 2 * SLACK)
		at[n++] = g->x + g->w;
	row->count = 0;
	for (int i = 0; i + 1 < n && row->count < GRID_CELLS_MAX; i++)
		if (at[i + 1] - at[i] > CELL_WIDTH)
			row->cells[row->count++] = (struct grid_cell){
			        .x = at[i] + RULE, .w = at[i + 1] - at[i] - 2 * RULE, .columns = 1};
}

/* Is there a rule between the cell and the row above? */
static bool
ruled_above(PIX *across, const struct grid_row *row, const struct grid_cell *cell)
{
	int at[1];

	return peaks(across, cell->x, row->y - 2 * RULE - 2, cell->w, 4 * RULE, true, RULE_BETWEEN, at, 1) >
	       0;
}

static void
mark_merged(struct grid *g, PIX *across)
{
	for (int r = 1; r < g->count; r++) {
		const struct grid_row *above = &g->rows[r - 1];
		struct grid_row *row = &g->rows[r];

		for (int i = 0; i < row->count; i++) {
			struct grid_cell *c = &row->cells[i];
			bool same = false;

			for (int k = 0; k < above->count; k++)
				same = same || (abs(above->cells[k].x - c->x) < NEAR &&
				                abs(above->cells[k].w - c->w) < 2 * NEAR);
			c->more = same && !ruled_above(across, row, c);
		}
	}
}

/* ---- columns ---- */

/* The edges of all cells' left sides, sorted, near ones made one. */
static int
column_edges(const struct grid *g, int *edges, int max)
{
	int n = 0;

	for (int r = 0; r < g->count; r++) {
		for (int i = 0; i < g->rows[r].count; i++) {
			int x = g->rows[r].cells[i].x, k = 0;

			while (k < n && edges[k] < x - NEAR)
				k++;
			if ((k < n && edges[k] <= x + NEAR) || n == max)
				continue;
			for (int m = n++; m > k; m--)
				edges[m] = edges[m - 1];
			edges[k] = x;
		}
	}
	return n;
}

static void
count_spans(struct grid *g)
{
	int edges[4 * GRID_CELLS_MAX], n = column_edges(g, edges, 4 * GRID_CELLS_MAX);

	for (int r = 0; r < g->count; r++) {
		for (int i = 0; i < g->rows[r].count; i++) {
			struct grid_cell *c = &g->rows[r].cells[i];
			int inside = 0;

			for (int k = 0; k < n; k++)
				inside += edges[k] > c->x + NEAR && edges[k] < c->x + c->w - NEAR;
			c->columns = 1 + inside;
		}
	}
}

static void
cut(struct grid *g, PIX *ink)
{
	PIX *across = runs(ink, ACROSS_RUN, 1), *down = runs(ink, 1, DOWN_RUN);
	int at[GRID_ROWS_MAX + 1], known[4 * GRID_CELLS_MAX], n = 0, known_count;

	if (!across || !down)
		goto out;
	n = peaks(across, g->x + RULE, g->y - SLACK, g->w - 2 * RULE, g->h + 2 * SLACK, true, RULE_ACROSS, at,
	          GRID_ROWS_MAX + 1);
	for (int i = 0; i + 1 < n; i++) {
		struct grid_row *row = &g->rows[g->count];

		if (at[i + 1] - at[i] < ROW_HEIGHT)
			continue;
		row->y = at[i] + RULE;
		row->h = at[i + 1] - at[i] - 2 * RULE;
		cut_row(row, down, g, NULL, 0);
		g->count++;
	}
	known_count = column_edges(g, known, 4 * GRID_CELLS_MAX);
	for (int r = 0; r < g->count; r++)
		cut_row(&g->rows[r], down, g, known, known_count);
	mark_merged(g, across);
	count_spans(g);
out:
	pixDestroy(&across);
	pixDestroy(&down);
}

/* How much like a table: its cells, and how much of its height its rows explain. */
static double
plausible(const struct grid *g)
{
	int cells = 0, high = 0;

	for (int r = 0; r < g->count; r++) {
		cells += g->rows[r].count;
		high += g->rows[r].h;
	}
	return cells >= HOLES_MIN && g->h > 0 ? (double)high / g->h + cells / 100.0 : 0;
}

/* The page as it was when it is tried with another threshold. */
static struct picture_page
again(const struct picture_page *page)
{
	return (struct picture_page){.gray = pixClone(page->gray),
	                             .red = page->red ? pixClone(page->red) : NULL,
	                             .paper = page->paper,
	                             .scale = page->scale};
}

/* The ink of a page whose background is even, turned. */
static PIX *
turned_ink(PIX *even, int threshold, double angle)
{
	PIX *ink = pixThresholdToBinary(even, threshold), *turned;

	if (!ink || angle == 0)
		return ink;
	turned = pixRotate(ink, (l_float32)angle, L_ROTATE_SAMPLING, L_BRING_IN_WHITE, 0, 0);
	pixDestroy(&ink);
	return turned;
}

const struct grid *
grid_find(struct arena *a, struct picture_page *page)
{
	struct grid *best = NULL;
	double best_worth = 0;
	struct picture_page found = {0};
	PIX *even = pixBackgroundNormSimple(page->gray, NULL, NULL);
	double angle;

	even = even ? even : pixClone(page->gray);
	angle = skew_of(even);
	for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds && best_worth < 0.95; i++) {
		struct grid *g = arena_alloc(a, 1, sizeof *g);
		struct picture_page tried = again(page);
		PIX *ink = turned_ink(even, thresholds[i], angle);

		if (ink && rectify(&tried, ink, angle, g) &&
		    picture_replace(&ink, grid_ink(tried.gray, thresholds[i])))
			cut(g, ink);
		pixDestroy(&ink);
		if (plausible(g) > best_worth) {
			picture_free(&found);
			found = tried;
			best = g;
			best_worth = plausible(g);
		} else {
			picture_free(&tried);
		}
	}
	pixDestroy(&even);
	if (best) {
		picture_free(page);
		*page = found;
	} else if (angle != 0) {
		turn_straight(page, angle);
	}
	return best;
}
