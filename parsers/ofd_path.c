/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ofd_path.h"

#include "parsers/ofd_number.h"

#include <math.h>

/* How many numbers follow a letter of a path, and which two of them are where it ends. */
static int
operands(unsigned char letter)
{
	switch (letter) {
	case 'S':
	case 'M':
	case 'L': return 2;
	case 'Q': return 4;
	case 'B': return 6;
	case 'A': return 7;
	case 'C': return 0;
	default: return -1;
	}
}

struct pen {
	struct ofd_place start, at;
	struct page_box box; /* of the outline so far */
	bool straight, any;
};

static void
pen_reach(struct pen *n, struct ofd_place to)
{
	n->box.x0 = fmin(n->box.x0, to.x);
	n->box.y0 = fmin(n->box.y0, to.y);
	n->box.x1 = fmax(n->box.x1, to.x);
	n->box.y1 = fmax(n->box.y1, to.y);
	n->at = to;
}

static void
outline_end(const struct ofd_path_events *to, void *context, const struct pen *n)
{
	if (n->any && n->straight)
		to->outline(context, n->box);
}

static void
outline_begin(struct pen *n, struct ofd_place at)
{
	*n = (struct pen){at, at, {at.x, at.y, at.x, at.y}, true, false};
}

static void
pen_line(const struct ofd_path_events *to, void *context, struct pen *n, struct ofd_place at)
{
	to->line(context, n->at, at);
	pen_reach(n, at);
	n->any = true;
}

void
ofd_path_read(struct bytes b, const struct ofd_path_events *events, void *context)
{
	struct pen pen = {0};
	double v[7];
	struct ofd_place to;

	for (ofd_skip_blanks(&b); b.len; ofd_skip_blanks(&b)) {
		unsigned char letter = *b.at;
		int count = operands(letter);

		b = BYTES(b.at + 1, b.len - 1);
		if (count < 0)
			break;
		for (int i = 0; i < count; i++)
			if (!ofd_number(&b, &v[i]))
				return;
		if (letter == 'C') {
			pen_line(events, context, &pen, pen.start);
			continue;
		}
		to = events->place(context, v[count - 2], v[count - 1]);
		if (letter == 'S' || letter == 'M') {
			outline_end(events, context, &pen);
			outline_begin(&pen, to);
		} else if (letter == 'L') {
			pen_line(events, context, &pen, to);
		} else {
			pen.straight = false;
			pen_reach(&pen, to);
		}
	}
	outline_end(events, context, &pen);
}
