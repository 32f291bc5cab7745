/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl relook: fetch again what was left to the mailboxes' owners. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"

#include <sysexits.h>

int
ctl_relook(struct ctl *c, int argc, char **argv)
{
	const char *since = NULL, *why = NULL;
	const struct ctl_option options[] = {
	        {"since", NULL, &since}, {"why", NULL, &why}, {NULL, NULL, NULL}};
	char when[CLOCK_RFC3339_MAX];
	json_t *request;
	time_t t = 0;
	int n = ctl_options(argc, argv, options);

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("relook", "takes no further words");
	if (!ctl_why("relook", why))
		return EX_USAGE;
	if (since && !clock_parse(since, &t) && !clock_parse_day(since, 0, &t))
		return ctl_usage("relook", "--since wants a day (2022-06-10) or a time (RFC 3339)");
	request = json_pack("{s:s, s:s, s:s}", "act", "relook", "item", clock_rfc3339(t, when), "why",
	                    why ? why : "a person asked for another look");
	if (!request)
		mem_die("asking for another look");
	return ctl_act(c, request);
}
