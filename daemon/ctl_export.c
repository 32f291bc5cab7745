/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl export: the workbook, as of now. */
#include "daemon/ctl_spool.h"
#include "daemon/workbook.h"

#include <stdio.h>
#include <sysexits.h>

int
ctl_export(struct ctl *c, int argc, char **argv)
{
	const struct ctl_option options[] = {{NULL, NULL, NULL}};
	struct spool *s = NULL;
	struct report *r = NULL;
	struct err e = {0};
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n != 1)
		return n < 0 ? EX_USAGE : ctl_usage("export", "wants one file name, FILE.xlsx");
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	if (report_read(&r, c->config, c->form, s, &e) && workbook_write(argv[1], r, &e))
		(void)fprintf(c->term.out, "%zu registrations in %s\n", r->registration_count, argv[1]);
	else
		status = ctl_fail(&e);
	report_free(r);
	spool_close(s);
	return status;
}
