/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl export: the workbook, as of now. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "daemon/reading.h"
#include "daemon/workbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void
put_defects(struct arena *a, const json_t *form, struct workbook_row *row)
{
	const json_t *list = json_object_get(form, "defects"), *d;
	struct workbook_defect *v = arena_alloc(a, json_array_size(list), sizeof *v);
	size_t i;

	json_array_foreach((json_t *)list, i, d)
	{
		v[i].key = arena_str(a, json_string_value(json_object_get(d, "field")));
		v[i].code = arena_str(a, json_string_value(json_object_get(d, "code")));
		v[i].detail = arena_str(a, json_string_value(json_object_get(d, "detail")));
	}
	row->defects = v;
	row->defect_count = json_array_size(list);
}

static bool
make_row(const struct ctl *c, struct index *i, struct arena *a, const struct query_registration *r,
         struct workbook_row *row, struct err *e)
{
	struct query_revision *rev = NULL;
	json_t *form;

	if (!query_newest(i, a, r->receipt, &rev, e))
		return false;
	*row = (struct workbook_row){.receipt = r->receipt,
	                             .region_code = r->region_code,
	                             .category = r->category,
	                             .state = r->state,
	                             .revision = r->revision,
	                             .late = r->late,
	                             .received_at = rev ? rev->received_at : r->created_at,
	                             .sender = r->sender,
	                             .mailbox = r->mailbox};
	form = rev && rev->form ? json_loads(rev->form, 0, NULL) : NULL;
	for (size_t k = 0; form && k < c->form->field_count; k++) {
		char *value = reading_value(form, &c->form->fields[k]);

		row->values[k] = arena_str(a, value);
		free(value);
	}
	put_defects(a, form, row);
	json_decref(form);
	return true;
}

static bool export(const struct ctl *c, struct spool *s, struct arena *a, const char *file, size_t *count_r,
                   struct err *e)
{
	struct query_registration *list = NULL;
	struct workbook w = {.form = c->form, .as_of = clock_now()};
	struct workbook_row *rows;
	size_t count = 0;

	if (!query_registrations(spool_index(s), a, 0, &list, &count, e))
		return false;
	rows = arena_alloc(a, count, sizeof *rows);
	for (size_t i = 0; i < count; i++)
		if (!make_row(c, spool_index(s), a, &list[i], &rows[i], e))
			return false;
	w.rows = rows;
	w.row_count = *count_r = count;
	return workbook_write(file, &w, e);
}

int
ctl_export(struct ctl *c, int argc, char **argv)
{
	const struct ctl_option options[] = {{NULL, NULL, NULL}};
	struct spool *s = NULL;
	struct err e = {0};
	struct arena *a;
	size_t count = 0;
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n != 1)
		return n < 0 ? EX_USAGE : ctl_usage("export", "wants one file name, FILE.xlsx");
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	a = arena_new();
	if (export(c, s, a, argv[1], &count, &e))
		(void)fprintf(c->term.out, "%zu registrations in %s\n", count, argv[1]);
	else
		status = ctl_fail(&e);
	arena_free(a);
	spool_close(s);
	return status;
}
