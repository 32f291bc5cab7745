/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/page_slant.h"

#include "config/mem.h"

#include <math.h>
#include <stdlib.h>

enum {
	STEPS_MIN = 3,
	WORD_MAX = 3, /* characters that a reader takes for one level word where they climb */
	NARROW_MIN = 2,
	NEAR_MAX = 64, /* pieces looked at for the next step: nothing that is read lies so close */
};

/* In heights of a character. */
static const double STEP_MIN = 0.3, STEP_MAX = 2; /* over a space */
static const double LEVEL = 0.12;                 /* what a line may climb */
/* The smaller side of a full-width character's box: at least so of what is upright, and less of what runs at
 * a slant, but never less than at 45 degrees, as a reader tells what is steeper as if it ran upwards. */
static const double UPRIGHT = 0.97, STEEPEST = 0.68;
/* dx of a step may be so little of dy: what is steeper stands in lines below each other. */
static const double STEEP = 0.14;

/* Characters that the reader took for a word: in one line, each beginning where the one before ends. */
struct piece {
	size_t first, count; /* marks */
	double x, y, end;    /* the middle of its first and its last character */
	double em;
	int style;
	bool level;
	int next[2];   /* falling, climbing; -1 where there is none */
	int steps[2];  /* from here on, this one counted … */
	int narrow[2]; /* … and the full-width characters on them that are too narrow to run level */
	bool led[2], marked[2]; /* led: another one steps to it */
};

/* On the same line, or below or above it in the same column? */
static bool
goes_on(const struct page_mark *a, const struct page_mark *b)
{
	const struct page_box *p = &a->box, *q = &b->box;
	double near = LEVEL * a->em;

	if (a->style != b->style)
		return false;
	if (p->y0 == q->y0 && p->y1 == q->y1)
		return fabs(q->x0 - p->x1) < near;
	return p->x0 == q->x0 && p->x1 == q->x1 && fmin(fabs(q->y0 - p->y1), fabs(q->y1 - p->y0)) < near;
}

static double
middle_x(const struct page_mark *m)
{
	return (m->box.x0 + m->box.x1) / 2;
}

static bool
is_narrow(const struct page_mark *m)
{
	double side = fmin(m->box.x1 - m->box.x0, m->box.y1 - m->box.y0);

	return m->full && side >= STEEPEST * m->em && side < UPRIGHT * m->em;
}

static int
by_x(const void *pa, const void *pb)
{
	const struct piece *a = pa, *b = pb;

	return (a->x > b->x) - (a->x < b->x);
}

static struct piece
piece_of(const struct page_mark *m, size_t first, size_t count)
{
	const struct page_mark *a = &m[first];
	struct piece p = {.first = first,
	                  .count = count,
	                  .x = middle_x(a),
	                  .end = middle_x(a + count - 1),
	                  .y = (a->box.y0 + a->box.y1) / 2,
	                  .em = a->em,
	                  .style = a->style,
	                  .level = count > WORD_MAX,
	                  .next = {-1, -1}};

	for (size_t i = 0; i < count; i++) {
		p.level = p.level || (a[i].full && !is_narrow(&a[i]));
		p.narrow[0] += is_narrow(&a[i]);
	}
	p.narrow[1] = p.narrow[0];
	return p;
}

static size_t
pieces_of(const struct page_mark *m, size_t count, struct piece *pieces)
{
	size_t n = 0;

	for (size_t i = 0, k; i < count; i = k) {
		for (k = i + 1; k < count && goes_on(&m[k - 1], &m[k]); k++)
			;
		pieces[n++] = piece_of(m, i, k - i);
	}
	qsort(pieces, n, sizeof *pieces, by_x);
	return n;
}

/* The length of the step from a to b, 0 where it is none; *way_r: 0 falls, 1 climbs. */
static double
step(const struct piece *a, const struct piece *b, int *way_r)
{
	double dx = b->x - a->end, dy = b->y - a->y, length;

	if (a->style != b->style || a->level || b->level || fabs(dy) < LEVEL * a->em ||
	    fabs(dy) > STEP_MAX * a->em || dx < STEEP * fabs(dy))
		return 0;
	*way_r = dy < 0;
	length = hypot(dx, dy);
	return length < STEP_MIN * a->em || length > STEP_MAX * a->em ? 0 : length;
}

static size_t
first_behind(const struct piece *pieces, size_t n, double x)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t half = (low + high) / 2;

		if (pieces[half].x <= x)
			low = half + 1;
		else
			high = half;
	}
	return low;
}

static void
find_next(struct piece *pieces, size_t n, struct piece *a)
{
	double best[2] = {HUGE_VAL, HUGE_VAL};
	size_t from = first_behind(pieces, n, a->end);

	for (size_t i = from; i < n && i - from < NEAR_MAX; i++) {
		int way = 0;
		double length = step(a, &pieces[i], &way);

		if (pieces[i].x > a->end + STEP_MAX * a->em)
			break;
		if (length > 0 && length < best[way]) {
			best[way] = length;
			a->next[way] = (int)i;
		}
	}
}

/* How many pieces a run has that begins here; a run ends to the right, so those are known. */
static void
count_steps(struct piece *pieces, size_t n)
{
	for (size_t i = n; i-- > 0;)
		for (int way = 0; way < 2; way++) {
			int next = pieces[i].next[way];

			pieces[i].steps[way] = 1;
			if (next < 0)
				continue;
			pieces[i].steps[way] += pieces[next].steps[way];
			pieces[i].narrow[way] += pieces[next].narrow[way];
			pieces[next].led[way] = true;
		}
}

static bool
is_alone(const struct piece *p)
{
	return p->steps[0] == 1 && p->steps[1] == 1 && !p->led[0] && !p->led[1];
}

/* Of a run that begins here all pieces, up to where another run was marked that ends as it does. */
static void
mark_run(struct page_mark *marks, struct piece *pieces, int i, int way)
{
	for (; i >= 0 && !pieces[i].marked[way]; i = pieces[i].next[way]) {
		pieces[i].marked[way] = true;
		for (size_t k = 0; k < pieces[i].count; k++)
			marks[pieces[i].first + k].slanted = true;
	}
}

void
page_slant_find(struct page_mark *marks, size_t count)
{
	struct piece *pieces = mem_alloc(count + 1, sizeof *pieces);
	size_t n = pieces_of(marks, count, pieces);
	bool level[PAGE_STYLES_MAX] = {false}; /* of this style something does not run so */

	for (size_t i = 0; i < n; i++)
		find_next(pieces, n, &pieces[i]);
	count_steps(pieces, n);
	for (size_t i = 0; i < n; i++)
		if (pieces[i].style < PAGE_STYLES_MAX && is_alone(&pieces[i]))
			level[pieces[i].style] = true;
	for (size_t i = 0; i < n; i++)
		for (int way = 0; way < 2; way++) {
			const struct piece *p = &pieces[i];
			bool pair = p->steps[way] > 1 && p->style < PAGE_STYLES_MAX && !level[p->style];

			if (!p->led[way] && p->narrow[way] >= NARROW_MIN &&
			    (pair || p->steps[way] >= STEPS_MIN))
				mark_run(marks, pieces, (int)i, way);
		}
	free(pieces);
}
