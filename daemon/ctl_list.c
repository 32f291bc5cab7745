/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl list: one line a registration. */
#include "config/mem.h"
#include "daemon/ctl_spool.h"

#include <stdio.h>
#include <sysexits.h>

static void
print_json(const struct ctl *c, const struct query_registration *r)
{
	json_t *o =
	        json_pack("{s:s, s:o, s:o, s:o, s:o, s:i, s:s, s:b}", "receipt", r->receipt, "region",
	                  ctl_json_text(r->region), "region_code", ctl_json_text(r->region_code),
	                  "region_key", ctl_json_text(r->region_key), "category", ctl_json_text(r->category),
	                  "revision", r->revision, "state", r->state, "late", r->late);

	json_object_set_new(o, "unreached", json_boolean(r->unreached));
	json_object_set_new(o, "received_at", ctl_json_time(r->created_at));
	json_object_set_new(o, "changed_at", ctl_json_time(r->changed_at));
	json_object_set_new(o, "mailbox", ctl_json_text(r->mailbox));
	json_object_set_new(o, "sender", ctl_json_text(r->sender));
	json_object_set_new(o, "message_sha256", ctl_json_text(r->newest));
	ctl_json(c, o);
}

static void
print_row(const struct ctl *c, const struct query_registration *r)
{
	const struct term *t = &c->term;
	char when[24];
	int rest = t->columns - 15 - 6 - 3 - 14 - 11 - 11;

	term_text(t, TERM_BOLD, r->receipt, 15);
	(void)fputc(' ', t->out);
	term_text(t, TERM_PLAIN, r->region, rest > 36 ? 36 : 24);
	(void)fputc(' ', t->out);
	term_text(t, TERM_DIM, r->region_code ? r->region_code : "", 7);
	(void)fprintf(t->out, "r%-2d ", r->revision);
	term_text(t, ctl_style(r->state), r->state, 11);
	(void)fprintf(t->out, "%s%s ", ctl_short_time(r->changed_at, when), r->late ? " late" : "");
	term_put(t, TERM_BAD, r->unreached ? "unreached " : "");
	if (t->columns > 100)
		term_text(t, TERM_DIM, r->sender, t->columns - 92);
	(void)fputc('\n', t->out);
}

int
ctl_list(struct ctl *c, int argc, char **argv)
{
	bool json = false;
	const struct ctl_option options[] = {{"json", &json, NULL}, {NULL, NULL, NULL}};
	struct query_registration *list = NULL;
	struct spool *s = NULL;
	struct err e = {0};
	struct arena *a;
	size_t count = 0;
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("list", "takes no argument");
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	a = arena_new();
	if (!query_registrations(spool_index(s), a, 0, &list, &count, &e))
		status = ctl_fail(&e);
	for (size_t i = 0; i < count; i++)
		json ? print_json(c, &list[i]) : print_row(c, &list[i]);
	if (!json && status == EX_OK && !count)
		term_put(&c->term, TERM_DIM, "no registrations yet\n");
	arena_free(a);
	spool_close(s);
	return status;
}
