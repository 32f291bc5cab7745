/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/pdf_trace.h"

#include <cairo.h>
#include <math.h>
#include <time.h>

static const double SECONDS = 1; /* for a page: cairo is slow on twisted clips */

#ifdef __SANITIZE_ADDRESS__
/* cairo 1.16 forgets an observer's callbacks when it frees the observer: 96 bytes a page, of a process
 * that reads one mail. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:cairo_surface_observer_add";
}
#endif

/* A page as it is drawn. */
struct trace {
	cairo_t *cairo;
	struct page_table *t;
	struct pdf_drawn drawn;
	double until;
};

double
pdf_seconds_used(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
is_visible(cairo_t *c)
{
	double r, g, b, a;

	if (cairo_pattern_get_rgba(cairo_get_source(c), &r, &g, &b, &a) != CAIRO_STATUS_SUCCESS)
		return true; /* a pattern */
	return a > 0.05 && fmin(r, fmin(g, b)) < 0.95;
}

/* Count a shape. False: it need not be looked at. poppler cannot be told to stop: but a cairo that is in
 * an error does nothing more, and poppler is soon at the page's end. */
static bool
wants_shape(struct trace *r)
{
	if (++r->drawn.shapes == PDF_SHAPES_MAX || pdf_seconds_used() > r->until)
		(void)cairo_pop_group(r->cairo); /* that was never pushed */
	return r->drawn.shapes < PDF_SHAPES_MAX && is_visible(r->cairo);
}

struct point {
	double x, y;
};

static struct point
point_of(cairo_t *c, const cairo_path_data_t *data)
{
	struct point p = {data->point.x, data->point.y};

	cairo_user_to_device(c, &p.x, &p.y);
	return p;
}

static void
on_stroke(cairo_surface_t *s, cairo_surface_t *target, void *context)
{
	struct trace *r = context;
	cairo_path_t *path;
	struct point begin = {0, 0}, at = {0, 0}, to;

	(void)s, (void)target;
	if (!wants_shape(r))
		return;
	path = cairo_copy_path(r->cairo);
	for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
		const cairo_path_data_t *d = &path->data[i];

		switch (d->header.type) {
		case CAIRO_PATH_MOVE_TO: begin = at = point_of(r->cairo, d + 1); break;
		case CAIRO_PATH_CURVE_TO: at = point_of(r->cairo, d + 3); break;
		default:
			to = d->header.type == CAIRO_PATH_LINE_TO ? point_of(r->cairo, d + 1) : begin;
			page_table_stroke(r->t, at.x, at.y, to.x, to.y);
			at = to;
		}
	}
	cairo_path_destroy(path);
}

/* A filled outline: a rule where it is a thin box of straight lines. */
struct outline {
	struct page_box box;
	bool curved, begun;
};

static void
outline_end(struct trace *r, struct outline *o)
{
	if (o->begun && !o->curved)
		page_table_fill(r->t, o->box);
	*o = (struct outline){.box = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL}};
}

static void
outline_add(struct outline *o, struct point p)
{
	o->box.x0 = fmin(o->box.x0, p.x);
	o->box.y0 = fmin(o->box.y0, p.y);
	o->box.x1 = fmax(o->box.x1, p.x);
	o->box.y1 = fmax(o->box.y1, p.y);
}

static void
on_fill(cairo_surface_t *s, cairo_surface_t *target, void *context)
{
	struct trace *r = context;
	struct outline o = {.box = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL}};
	cairo_path_t *path;

	(void)s, (void)target;
	if (!wants_shape(r))
		return;
	path = cairo_copy_path(r->cairo);
	for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
		const cairo_path_data_t *d = &path->data[i];

		switch (d->header.type) {
		case CAIRO_PATH_MOVE_TO:
			outline_end(r, &o);
			outline_add(&o, point_of(r->cairo, d + 1));
			break;
		case CAIRO_PATH_LINE_TO:
			outline_add(&o, point_of(r->cairo, d + 1));
			o.begun = true;
			break;
		case CAIRO_PATH_CURVE_TO: o.curved = true; break;
		case CAIRO_PATH_CLOSE_PATH: break;
		}
	}
	outline_end(r, &o);
	cairo_path_destroy(path);
}

static void
on_glyphs(cairo_surface_t *s, cairo_surface_t *target, void *context)
{
	struct trace *r = context;

	(void)s, (void)target;
	r->drawn.strings++;
}

struct pdf_drawn
pdf_trace(struct page_table *t, PopplerPage *page)
{
	cairo_surface_t *nothing = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
	cairo_surface_t *seen = cairo_surface_create_observer(nothing, CAIRO_SURFACE_OBSERVER_NORMAL);
	struct trace r = {.cairo = cairo_create(seen), .t = t, .until = pdf_seconds_used() + SECONDS};

	cairo_surface_observer_add_stroke_callback(seen, on_stroke, &r);
	cairo_surface_observer_add_fill_callback(seen, on_fill, &r);
	cairo_surface_observer_add_glyphs_callback(seen, on_glyphs, &r);
	poppler_page_render(page, r.cairo);
	r.drawn.whole = r.drawn.shapes < PDF_SHAPES_MAX && pdf_seconds_used() <= r.until;
	cairo_destroy(r.cairo);
	cairo_surface_destroy(seen);
	cairo_surface_destroy(nothing);
	return r.drawn;
}
