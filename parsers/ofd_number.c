/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ofd_number.h"

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',';
}

void
ofd_skip_blanks(struct bytes *b)
{
	while (b->len && is_blank(*b->at))
		*b = BYTES(b->at + 1, b->len - 1);
}

/* Not strtod(3): that follows the locale, and wants a NUL. */
bool
ofd_number(struct bytes *b, double *out)
{
	double v = 0, place = 1;
	bool minus, digits = false, point = false;
	size_t i;

	ofd_skip_blanks(b);
	minus = b->len && *b->at == '-';
	for (i = minus || (b->len && *b->at == '+'); i < b->len; i++) {
		unsigned char c = b->at[i];

		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		digits = true;
		if (point)
			v += (place /= 10) * (c - '0');
		else
			v = 10 * v + (c - '0');
	}
	if (!digits || v > 1e6)
		return false;
	*out = minus ? -v : v;
	*b = BYTES(b->at + i, b->len - i);
	return true;
}

bool
ofd_numbers(struct bytes b, double *out, int count)
{
	for (int i = 0; i < count; i++)
		if (!ofd_number(&b, &out[i]))
			return false;
	return true;
}

bool
ofd_next_distance(struct ofd_distances *d, double *out)
{
	double times = 1;

	if (d->times <= 0) {
		ofd_skip_blanks(&d->rest);
		if (d->rest.len && (*d->rest.at == 'g' || *d->rest.at == 'G')) {
			d->rest = BYTES(d->rest.at + 1, d->rest.len - 1);
			if (!ofd_number(&d->rest, &times))
				return false;
		}
		if (!ofd_number(&d->rest, &d->value))
			return false;
		d->times = times < 1 ? 1 : (int)times;
	}
	d->times--;
	*out = d->value;
	return true;
}
