/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl review: what waits for a person, and what a person decides of it. */
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "daemon/mask.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { SETS_MAX = 32 };

static void
print_item(const struct ctl *c, const struct query_item *it, const struct mask *m)
{
	const struct term *t = &c->term;
	char when[24];

	(void)fprintf(t->out, "%s ", ctl_short_time(it->since, when));
	term_text(t, TERM_BOLD, it->item, 18);
	(void)fputc(' ', t->out);
	term_text(t, ctl_style(it->what), it->what, 11);
	term_text(t, TERM_DIM, it->why ? it->why : "", 15);
	term_text(t, TERM_PLAIN, mask_text(m, it->sender), 28);
	(void)fputc(' ', t->out);
	if (it->receipt && strcmp(it->what, "undecided") == 0) /* what it is about */
		(void)fprintf(t->out, "%s ", it->receipt);
	/* a stranger's subject may name anybody */
	term_text(t, TERM_DIM, it->subject && !m ? it->subject : "", t->columns > 100 ? t->columns - 92 : 0);
	(void)fputc('\n', t->out);
}

static void
print_item_json(const struct ctl *c, const struct query_item *it, const struct mask *m)
{
	ctl_json(c, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "item", it->item, "what", it->what,
	                      "why", ctl_json_text(it->why), "receipt", ctl_json_text(it->receipt),
	                      "message_sha256", ctl_json_text(it->message), "sender",
	                      ctl_json_text(mask_text(m, it->sender)), "since", ctl_json_time(it->since)));
}

static int
list(struct ctl *c, bool mask, bool json)
{
	struct query_item *items = NULL;
	struct spool *s = NULL;
	struct err e = {0};
	struct arena *a;
	const struct mask *m;
	size_t count = 0;
	int status = EX_OK;

	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	a = arena_new();
	m = mask ? mask_new(a) : NULL;
	if (!query_items(spool_index(s), a, &items, &count, &e))
		status = ctl_fail(&e);
	for (size_t i = 0; i < count; i++)
		json ? print_item_json(c, &items[i], m) : print_item(c, &items[i], m);
	if (!json && status == EX_OK && !count)
		term_put(&c->term, TERM_GOOD, "nothing waits for a person\n");
	arena_free(a);
	spool_close(s);
	return status;
}

/* Take each --set KEY=VALUE out of argv into an object; the rest moves up. */
static bool
take_sets(int *argc, char **argv, json_t *set)
{
	int kept = 0;

	for (int i = 0; i < *argc; i++) {
		char *eq;

		if (strcmp(argv[i], "--set") != 0) {
			argv[kept++] = argv[i];
			continue;
		}
		if (i + 1 >= *argc || !(eq = strchr(argv[i + 1], '=')) || json_object_size(set) >= SETS_MAX)
			return false;
		*eq = '\0';
		if (json_object_set_new(set, argv[i + 1], json_string(eq + 1)) != 0)
			return false; /* not UTF-8 */
		i++;
	}
	*argc = kept;
	return true;
}

/* Other acts (act.h) have commands of their own, which look and ask first. */
static bool
is_act(const char *act)
{
	static const char *const acts[] = {"release", "accept", "dismiss", "join"};

	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (strcmp(acts[i], act) == 0)
			return true;
	return false;
}

int
ctl_review(struct ctl *c, int argc, char **argv)
{
	const char *why = NULL, *into = NULL;
	bool mask = false, json = false;
	const struct ctl_option options[] = {{"why", NULL, &why},
	                                     {"into", NULL, &into},
	                                     {"mask", &mask, NULL},
	                                     {"json", &json, NULL},
	                                     {NULL, NULL, NULL}};
	json_t *set = json_object(), *request;
	int n;

	if (!set)
		mem_die("reading options");
	if (!take_sets(&argc, argv, set)) {
		json_decref(set);
		return ctl_usage("review", "--set wants KEY=VALUE, in UTF-8");
	}
	n = ctl_options(argc, argv, options);
	if (n < 0 || n == 0 || (n == 1 && strcmp(argv[1], "list") == 0)) {
		json_decref(set);
		return n < 0 ? EX_USAGE : list(c, mask, json);
	}
	if (!ctl_why("review", why)) {
		json_decref(set);
		return EX_USAGE;
	}
	if (n == 2 && !is_act(argv[1])) {
		json_decref(set);
		return ctl_usage("review", "no such act: it wants release, accept, dismiss or join");
	}
	request = n == 2 ? json_pack("{s:s, s:s, s:s, s:O}", "act", argv[1], "item", argv[2], "why",
	                             why ? why : "", "set", set)
	                 : NULL;
	json_decref(set);
	if (!request)
		return ctl_usage("review", "wants an act and an item in UTF-8, or nothing");
	if (into && json_object_set_new(request, "into", json_string(into)) != 0) {
		json_decref(request);
		return ctl_usage("review", "--into wants a receipt");
	}
	return ctl_act(c, request);
}
