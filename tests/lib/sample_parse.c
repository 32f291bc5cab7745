/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/sample_parse.h"

#include "config/mem.h"
#include "parsers/charset.h"
#include "parsers/region.h"
#include "parsers/region_table.h"
#include "parsers/result.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 64 << 20, DIALS = 1000 };

void
sample_parse_init(void)
{
	charset_preload();
	mail_init();
}

char *
sample_parse(const struct form *f, struct bytes mail, time_t received, struct err *e)
{
	struct arena *a = arena_new();
	struct result r = {.form = f};
	struct buf out = BUF_INIT(ANSWER_MAX);
	struct mail *m = NULL;

	if (!mail_open(&m, a, mail, e)) {
		arena_free(a);
		return NULL;
	}
	r.mail = m;
	r.machine = machine_judge(f, m);
	r.auth = auth_read(f, m);
	walk_mail(&r.found, f, m, NULL);
	result_settle(&r, received);
	result_json(&r, true, &out);
	arena_free(a);
	return buf_take(&out);
}

bool
sample_region(const char *text, char code[7])
{
	struct arena *a = arena_new();
	struct region r = region_resolve(a, text, &(struct region_hints){NULL, NULL, NULL});
	bool ok = r.verdict == REGION_KNOWN && r.category != REGION_NO_CATEGORY;

	(void)snprintf(code, 7, "%s", r.code);
	arena_free(a);
	return ok;
}

/* The area code of row, or of the prefecture above it. */
static unsigned
dial_of(int row)
{
	for (; row != ROW_NONE; row = division_parent(row))
		for (unsigned dial = 10; dial < DIALS; dial++) {
			size_t next = 0;

			for (int r = dial_row(dial, &next); r != ROW_NONE; r = dial_row(dial, &next))
				if (r == row)
					return dial;
		}
	return 0;
}

size_t
sample_division_count(void)
{
	return division_count();
}

bool
sample_division(size_t row, struct sample_division *d_r)
{
	int r = (int)row;

	if (division_by_code(division_code(r)) != r)
		return false;
	*d_r = (struct sample_division){row, division_code(r), (int)division_level(r)};
	return true;
}

char *
sample_division_name(size_t row, unsigned *dial_r, int *digits_r)
{
	struct arena *a = arena_new();
	char code[16];
	char *name;

	(void)snprintf(code, sizeof code, "%06u", division_code((int)row));
	name = mem_str(region_full_name(a, code));
	*dial_r = dial_of((int)row);
	*digits_r = dial_digits(*dial_r);
	arena_free(a);
	return name;
}
