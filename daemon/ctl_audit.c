/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl audit: an evidence bundle. */
#include "daemon/bundle.h"
#include "daemon/ctl_spool.h"

#include <stdio.h>
#include <sysexits.h>

int
ctl_audit(struct ctl *c, int argc, char **argv)
{
	const char *out = NULL;
	bool json = false;
	const struct ctl_option options[] = {{"out", NULL, &out}, {"json", &json, NULL}, {NULL, NULL, NULL}};
	struct progress p = progress_begin(stderr, "writing the bundle", "files");
	struct bundle b = {.templates = c->config->templates, .progress = &p};
	struct bundle_result r;
	struct err e = {0};
	int n = ctl_options(argc, argv, options);
	bool ok;

	if (n < 0)
		return EX_USAGE;
	if (!out || !*out)
		return ctl_usage("audit", "wants --out DIR, a folder that is not there yet");
	b.dir = out;
	b.receipts = n ? (const char *const *)(argv + 1) : NULL;
	b.receipt_count = (size_t)n;
	if (!ctl_spool_open(c, SPOOL_READ, &b.s, &e))
		return ctl_fail(&e);
	ok = bundle_write(&b, &r, &e);
	progress_end(&p);
	spool_close(b.s);
	if (!ok)
		return ctl_fail(&e);
	if (json) {
		ctl_json(c, json_pack("{s:s, s:I, s:I, s:I, s:I, s:s, s:s}", "out", out, "lines",
		                      (json_int_t)r.lines, "files", (json_int_t)r.files, "shared",
		                      (json_int_t)r.shared, "head_seq", (json_int_t)r.head.seq, "head",
		                      r.head.hash.hex, "manifest_sha256", r.manifest.hex));
		return EX_OK;
	}
	(void)fprintf(c->term.out, "%s: %zu lines, %zu files", out, r.lines, r.files);
	if (r.shared)
		(void)fprintf(c->term.out, ", %zu of them with others' forms beside", r.shared);
	(void)fprintf(
	        c->term.out,
	        "\nmanifest %s\nhead %lld:%s\nWrite both down elsewhere; check it with: sh %s/check.sh\n",
	        r.manifest.hex, (long long)r.head.seq, r.head.hash.hex, out);
	return EX_OK;
}
