/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens spools as the daemon does at its start, and verifies them: what tests/lib/powercut.py asks of what a
 * power cut left.
 *
 * usage: spool_recover <DIRS     prints a line of JSON for each: {"cut": N, "swept": N, "missing": N,
 *                                "seq": N, "faults": [TEXT …]}, or {"error": TEXT} where it does not open */
#include "config/clock.h"
#include "daemon/own_mail.h"
#include "spool/spool.h"
#include "spool/verify.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void
add_fault(void *context, const char *fault)
{
	json_array_append_new(context, json_string(fault));
}

static json_t *
recover(const char *dir)
{
	struct spool_options o = {.dir = dir,
	                          .program = "spool_recover",
	                          .mode = SPOOL_WRITE,
	                          .reply_head = own_mail_head,
	                          .told = own_mail_told};
	struct verify_options v = {.dir = dir, .reply_head = own_mail_head, .told = own_mail_told};
	struct verify_result result = {0};
	struct spool_mended mended;
	struct spool *s = NULL;
	struct err e = {0};
	json_t *faults = json_array();
	struct log_head head;

	if (!spool_open(&s, &o, &e))
		goto fail;
	mended = *spool_mended(s);
	head = spool_head(s);
	spool_close(s);
	if (!verify_spool(&v, add_fault, NULL, faults, &result, &e))
		goto fail;
	return json_pack("{s:i, s:i, s:i, s:i, s:I, s:o}", "cut", mended.cut, "swept", mended.swept,
	                 "set_aside", mended.set_aside, "missing", mended.missing, "seq",
	                 (json_int_t)head.seq, "faults", faults);
fail:
	json_decref(faults);
	return json_pack("{s:s}", "error", e.text);
}

int
main(void)
{
	char dir[4096];
	struct err e = {0};

	if (!clock_zone("Asia/Shanghai", &e)) {
		(void)fprintf(stderr, "spool_recover: %s\n", e.text);
		return EX_CONFIG;
	}
	while (fgets(dir, sizeof dir, stdin)) {
		json_t *o;

		dir[strcspn(dir, "\n")] = '\0';
		o = recover(dir);
		if (json_dumpf(o, stdout, JSON_COMPACT) != 0 || putchar('\n') == EOF || fflush(stdout) == EOF)
			return EX_IOERR;
		json_decref(o);
	}
	return EX_OK;
}
