/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums and products of what a file tells of places and lengths: 32 bits are a stranger's wish, and size_t may
 * have no more. Where it cannot hold the result, that is SIZE_MAX, which lies beyond the end of every file:
 * whoever asks ole_part() for it, or compares it with a length, finds nothing there. What a format's own
 * range keeps small (16 bits and a constant) needs none of this. */
#ifndef MINGPIAN_PARSERS_SPAN_H
#define MINGPIAN_PARSERS_SPAN_H

#include <stddef.h>
#include <stdint.h>

static inline size_t
span_sum(size_t a, size_t b)
{
	size_t sum;

	return __builtin_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

/* Where the n-th of things of this length begins. */
static inline size_t
span_times(size_t n, size_t length)
{
	size_t product;

	return __builtin_mul_overflow(n, length, &product) ? SIZE_MAX : product;
}

#endif
