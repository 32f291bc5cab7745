/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr.h"

#include "config/text.h"
#include "parsers/ocr_quotes.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGE_SECONDS = 8,  /* a page and what comes after it never take longer */
	FILE_SECONDS = 14, /* after so many no page of a file is begun: one takes a second or two, turned four
	                      times as long, and the whole is to be over in 20 */
};

/* Process-wide: see the header. */
static struct {
	char place[PATH_MAX + 16];
	const struct ocr_engine *open;
	bool asked;
	int elsewhere;     /* exit status; 0: pictures are read here */
	double file_begin; /* seconds of CPU time when the file at hand was begun */
} ocr;

/* ---- which engine ---- */

static bool
is_place(const char *dir, const char *below)
{
	static const char library[] = "/libonnxruntime.so.1";
	char file[sizeof ocr.place + sizeof library];

	if (snprintf(ocr.place, sizeof ocr.place, "%s%s", dir, below) >= (int)sizeof ocr.place)
		return false;
	(void)snprintf(file, sizeof file, "%s%s", ocr.place, library);
	return access(file, R_OK) == 0;
}

const char *
ocr_place(const char *dir)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;
	bool found;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	if (dir)
		found = is_place(dir, "");
	else
		found = is_place(self, "/ocr") || is_place(self, "/../lib/mingpian/ocr") ||
		        is_place(PREFIX, "/lib/mingpian/ocr");
	if (!found)
		ocr.place[0] = '\0';
	return found ? ocr.place : NULL;
}

static bool
open_engine(struct err *e)
{
	static const struct ocr_engine *const engines[] = {&ocr_paddle, &ocr_tesseract};

	for (size_t i = 0; !ocr.asked && !ocr.open && i < sizeof engines / sizeof engines[0]; i++)
		if (engines[i]->open(ocr.place[0] ? ocr.place : NULL, e))
			ocr.open = engines[i];
	ocr.asked = true;
	return ocr.open ? true
	                : err_set(e, ERR_UNSUPPORTED,
	                          "pictures are not read here: neither PP-OCRv4 nor tesseract is installed");
}

void
ocr_elsewhere(int status)
{
	ocr.elsewhere = status;
}

void
ocr_wanted(void)
{
	if (ocr.elsewhere)
		_exit(ocr.elsewhere);
}

const char *
ocr_engine_name(struct err *e)
{
	return open_engine(e) ? ocr.open->name : NULL;
}

double
ocr_sure(void)
{
	return ocr.open ? ocr.open->sure : 0;
}

bool
ocr_lacks(const char *s)
{
	while (ocr.open && ocr.open->knows && *s) {
		const char *at = s;
		char character[8] = "";

		(void)text_next(&s);
		memcpy(character, at, (size_t)(s - at) < sizeof character ? (size_t)(s - at) : 0);
		if (!ocr.open->knows(character))
			return true;
	}
	return false;
}

void
ocr_close(void)
{
	if (ocr.open)
		ocr.open->close();
	ocr.open = NULL;
	ocr.asked = false;
}

/* ---- reading ---- */

static double
cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

void
ocr_begin_file(void)
{
	ocr.file_begin = cpu_seconds();
}

bool
ocr_has_time(struct err *e)
{
	double now = cpu_seconds();
	struct rlimit cpu;

	if (now - ocr.file_begin > FILE_SECONDS)
		return err_set(e, ERR_TIMEOUT, "more pictures in the file than there is time for");
	if (getrlimit(RLIMIT_CPU, &cpu) == 0 && cpu.rlim_cur != RLIM_INFINITY &&
	    now + PAGE_SECONDS >= (double)cpu.rlim_cur)
		return err_set(e, ERR_TIMEOUT, "more pictures in the mail than there is time for");
	return true;
}

/* From top to bottom; what overlaps by half a height stands on one line, from left to right. */
static int
by_place(const void *x, const void *y)
{
	const struct ocr_box *a = &((const struct ocr_line *)x)->box, *b = &((const struct ocr_line *)y)->box;
	int middle_a = a->y + a->h / 2, middle_b = b->y + b->h / 2;

	return middle_a != middle_b ? middle_a - middle_b : a->x - b->x;
}

static int
by_x(const void *x, const void *y)
{
	return ((const struct ocr_line *)x)->box.x - ((const struct ocr_line *)y)->box.x;
}

/* Sorted by their middles, then each run that shares a line by its left side: no comparison of "on the
 * same line" goes into qsort, for it is not transitive. */
static void
put_in_order(struct ocr_lines *l)
{
	if (l->count < 2)
		return;
	qsort(l->at, l->count, sizeof *l->at, by_place);
	for (size_t from = 0, i = 1; i <= l->count; i++) {
		const struct ocr_box *first = &l->at[from].box;

		if (i < l->count && l->at[i].box.y + l->at[i].box.h / 2 < first->y + first->h)
			continue;
		qsort(l->at + from, i - from, sizeof *l->at, by_x);
		from = i;
	}
}

void
ocr_add(struct arena *a, struct ocr_lines *lines, struct ocr_line line)
{
	if (lines->count == lines->room) {
		size_t room = lines->room ? 2 * lines->room : 4;
		struct ocr_line *more = arena_alloc(a, room, sizeof *more);

		if (lines->count)
			memcpy(more, lines->at, lines->count * sizeof *more);
		lines->at = more;
		lines->room = room;
	}
	lines->at[lines->count++] = line;
}

bool
ocr_read(struct arena *a, struct Pix *gray, const struct ocr_box *cells, size_t n, struct ocr_lines *out,
         struct err *e)
{
	if (!open_engine(e) || !ocr_has_time(e))
		return false;
	if (!ocr.open->read(a, gray, cells, n, out, e))
		return false;
	for (size_t i = 0; i <= n; i++) {
		put_in_order(&out[i]);
		if (i < n)
			ocr_quotes_pair(a, &out[i]);
	}
	return true;
}
