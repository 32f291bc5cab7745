/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl redact: what holds a registration is listed, then taken out. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "daemon/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static void
print_holding(const struct ctl *c, const struct holding *h)
{
	const struct term *t = &c->term;
	char when[24];
	struct hash id;
	char path[STORE_PATH_MAX];

	(void)fprintf(t->out, "  %-11s ", ctl_short_time(h->at, when));
	term_text(t, h->gone ? TERM_DIM : TERM_BOLD, holding_name(h->what), 9);
	(void)fputc(' ', t->out);
	term_text(t, TERM_PLAIN, h->of, 18);
	(void)fprintf(t->out, " %.28s…", hash_read(&id, h->hash) ? store_path(h->kind, &id, path) : "?");
	if (h->gone)
		term_put(t, TERM_DIM, " (gone)");
	if (h->others) {
		(void)fputs("\n                        ", t->out);
		term_put(t, TERM_WARN, "holds as well: ");
		term_cut(t, TERM_WARN, h->others, t->columns - 40);
	}
	(void)fputc('\n', t->out);
}

static void
print_holding_json(const struct ctl *c, const struct holding *h)
{
	ctl_json(c,
	         json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:b}", "what", holding_name(h->what), "sha256",
	                   h->hash, "in", h->kind == STORE_MAIL ? "mail" : "read", "of", ctl_json_text(h->of),
	                   "others", ctl_json_text(h->others), "at", ctl_json_time(h->at), "gone", h->gone));
}

/* Look, list, and say whether it may be done. */
static bool
look(const struct ctl *c, const char *receipt, bool with_others, bool json, struct err *e)
{
	struct spool *s = NULL;
	struct arena *a;
	struct holdings h = {0};
	bool ok;

	if (!ctl_spool_open(c, SPOOL_READ, &s, e))
		return false;
	a = arena_new();
	ok = redact_look(s, a, receipt, with_others, &h, e);
	if (h.count && !json)
		(void)fprintf(c->term.out, "%s is held by %zu files:\n", receipt, h.count);
	for (size_t i = 0; i < h.count; i++)
		json ? print_holding_json(c, &h.at[i]) : print_holding(c, &h.at[i]);
	arena_free(a);
	spool_close(s);
	return ok;
}

/* At a terminal the receipt is to be typed once more: nothing brings back what goes. */
static bool
confirmed(const struct ctl *c, const char *receipt)
{
	char line[200] = "";

	if (!isatty(STDIN_FILENO))
		return false;
	(void)fprintf(c->term.out, "\nNothing brings these files back. Type %s to take them out: ", receipt);
	(void)fflush(c->term.out);
	if (!fgets(line, sizeof line, stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return strcmp(line, receipt) == 0;
}

static int
list_due(const struct ctl *c, bool json)
{
	const struct config_campaign *k = &c->config->campaigns[0];
	struct holding_due *list = NULL;
	struct spool *s = NULL;
	struct err e = {0};
	struct arena *a;
	size_t count = 0;
	int status = EX_OK;
	char when[CLOCK_RFC3339_MAX];

	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	a = arena_new();
	if (!holdings_kept(spool_index(s), a, &list, &count, &e))
		status = ctl_fail(&e);
	if (clock_now() < k->keep_end)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		if (json)
			ctl_json(c, json_pack("{s:s, s:o, s:o}", "receipt", list[i].receipt, "region_key",
			                      ctl_json_text(list[i].region_key), "changed_at",
			                      ctl_json_time(list[i].changed_at)));
		else
			(void)fprintf(c->term.out, "%s\n", list[i].receipt);
	}
	if (!json && status == EX_OK && !count)
		(void)fprintf(c->term.out, "nothing is due: the campaign keeps its papers until %.10s\n",
		              clock_rfc3339(k->keep_end - 1, when));
	arena_free(a);
	spool_close(s);
	return status;
}

int
ctl_redact(struct ctl *c, int argc, char **argv)
{
	bool yes = false, with_others = false, due = false, json = false;
	const char *why = NULL;
	const struct ctl_option options[] = {{"why", NULL, &why},   {"with-others", &with_others, NULL},
	                                     {"yes", &yes, NULL},   {"due", &due, NULL},
	                                     {"json", &json, NULL}, {NULL, NULL, NULL}};
	struct err e = {0};
	int n = ctl_options(argc, argv, options);

	if (n < 0)
		return EX_USAGE;
	if (due)
		return n ? ctl_usage("redact", "--due takes no receipt") : list_due(c, json);
	if (n != 1)
		return ctl_usage("redact", "wants one receipt, or --due");
	if (!ctl_why("redact", why))
		return EX_USAGE;
	if (yes && !why)
		return ctl_usage("redact", "wants --why: a reason that an auditor can read");
	if (!look(c, argv[1], with_others, json, &e))
		return ctl_fail(&e);
	if (!why)
		return EX_OK;
	if (!yes && !confirmed(c, argv[1])) {
		(void)fprintf(stderr, "mingpianctl: nothing was taken out; with --yes it is, unasked\n");
		return EX_USAGE;
	}
	return ctl_act(c, json_pack("{s:s, s:s, s:s, s:b}", "act", "redact", "item", argv[1], "why", why,
	                            "with_others", with_others));
}
