/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl list: one line a registration, all or those asked for; or how many there are of each. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "daemon/departments.h"
#include "daemon/mask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct filter {
	const char *province, *state, *category, *since_text, *until_text, *count;
	bool late, unreached, silent, mask, json;
	time_t since, until;
};

static bool
is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static const char *const states[] = {"accepted", "correction", "conflict", "withdrawn", "joined", NULL};
static const char *const categories[] = {"sub_provincial", "prefecture", "county", "cluster", "none", NULL};
static const char *const counts[] = {"province", "state", "category", "day", NULL};

/* Does any department bear this name? 四川, 四川省; 兵团. */
static bool
province_known(const char *name)
{
	for (size_t i = 0; i < DEPARTMENTS; i++)
		if (strstr(departments[i].name, name))
			return true;
	return false;
}

/* NULL: the options are sensible; else what is wrong with them. */
static const char *
check(struct filter *f)
{
	if (f->state && !is_one_of(f->state, states))
		return "--state wants accepted, correction, conflict, withdrawn or joined";
	if (f->category && !is_one_of(f->category, categories))
		return "--category wants sub_provincial, prefecture, county, cluster or none";
	if (f->count && !is_one_of(f->count, counts))
		return "--count wants province, state, category or day";
	if (f->province && (!*f->province || !province_known(f->province)))
		return "--province names none of the 37 departments; one is 四川, 大连 or 兵团, say";
	if ((f->since_text && !clock_parse(f->since_text, &f->since) &&
	     !clock_parse_day(f->since_text, 0, &f->since)) ||
	    (f->until_text && !clock_parse(f->until_text, &f->until) &&
	     !clock_parse_day(f->until_text, 1, &f->until)))
		return "--since and --until want a day (2022-06-10) or a time (RFC 3339)";
	if (f->silent && (f->count || f->state || f->category || f->late || f->unreached))
		return "--silent stands alone, or with --json";
	return NULL;
}

/* Its place in departments[]; DEPARTMENT_NONE. */
static size_t
department(const struct query_registration *r)
{
	return department_of(r->region_code, r->region);
}

static bool
wanted(const struct filter *f, const struct query_registration *r)
{
	size_t d = department(r);

	if (f->province && (d == DEPARTMENT_NONE || !strstr(departments[d].name, f->province)))
		return false;
	if (f->state && strcmp(r->state, f->state) != 0)
		return false;
	if (f->category && strcmp(r->category ? r->category : "none", f->category) != 0)
		return false;
	if ((f->since && r->created_at < f->since) || (f->until && r->created_at >= f->until))
		return false;
	return (!f->late || r->late) && (!f->unreached || r->unreached);
}

/* ---- one by one ---- */

static void
print_json(const struct ctl *c, const struct query_registration *r, const struct mask *m)
{
	size_t d = department(r);
	json_t *o = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:i, s:s, s:b, s:b}", "receipt", r->receipt,
	                      "region", ctl_json_text(r->region), "region_code",
	                      ctl_json_text(r->region_code), "region_key", ctl_json_text(r->region_key),
	                      "category", ctl_json_text(r->category), "province",
	                      ctl_json_text(d == DEPARTMENT_NONE ? NULL : departments[d].name), "revision",
	                      r->revision, "state", r->state, "late", r->late, "unreached", r->unreached);

	json_object_set_new(o, "received_at", ctl_json_time(r->created_at));
	json_object_set_new(o, "changed_at", ctl_json_time(r->changed_at));
	json_object_set_new(o, "mailbox", ctl_json_text(r->mailbox));
	json_object_set_new(o, "sender", ctl_json_text(mask_text(m, r->sender)));
	json_object_set_new(o, "message_sha256", ctl_json_text(r->newest));
	ctl_json(c, o);
}

static void
print_row(const struct ctl *c, const struct query_registration *r, const struct mask *m)
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
	(void)fprintf(t->out, "%s%s", ctl_short_time(r->changed_at, when), r->late ? " late" : "");
	term_put(t, TERM_BAD, r->unreached ? " unreached" : "");
	if (t->columns > 100) {
		(void)fputc(' ', t->out);
		term_cut(t, TERM_DIM, mask_text(m, r->sender), t->columns - 102);
	}
	(void)fputc('\n', t->out);
}

/* ---- counted ---- */

struct tally {
	const char *what;
	size_t registered, correction;
	time_t last; /* received */
};

static const char *
what_of(struct arena *a, const char *by, const struct query_registration *r)
{
	char when[CLOCK_RFC3339_MAX];
	size_t d;

	if (strcmp(by, "state") == 0)
		return r->state;
	if (strcmp(by, "category") == 0)
		return r->category ? r->category : "none";
	if (strcmp(by, "day") == 0)
		return arena_dup0(a, clock_rfc3339(r->created_at, when), 10);
	d = department(r);
	return d == DEPARTMENT_NONE ? "none" : departments[d].name;
}

static void
add(struct tally *list, size_t *n, const char *what, const struct query_registration *r)
{
	size_t i = 0;

	while (i < *n && strcmp(list[i].what, what) != 0)
		i++;
	if (i == *n)
		list[(*n)++] = (struct tally){.what = what};
	if (!r)
		return;
	list[i].registered++;
	list[i].correction += strcmp(r->state, "correction") == 0;
	if (r->created_at > list[i].last)
		list[i].last = r->created_at;
}

static int
by_what(const void *a, const void *b)
{
	return strcmp(((const struct tally *)a)->what, ((const struct tally *)b)->what);
}

/* Withdrawn and joined ones are counted by state alone: elsewhere they are none. */
static bool
counts_for(const char *by, const struct query_registration *r)
{
	return strcmp(by, "state") == 0 ||
	       (strcmp(r->state, "withdrawn") != 0 && strcmp(r->state, "joined") != 0);
}

static void
print_tally(const struct ctl *c, const struct filter *f, const struct tally *k)
{
	const struct term *t = &c->term;
	char when[24];

	if (f->json) {
		ctl_json(c, json_pack("{s:s, s:I, s:I, s:o}", f->count ? f->count : "province", k->what,
		                      "registered", (json_int_t)k->registered, "correction",
		                      (json_int_t)k->correction, "last_received_at", ctl_json_time(k->last)));
		return;
	}
	term_text(t, k->registered ? TERM_PLAIN : TERM_WARN, k->what, 24);
	(void)fprintf(t->out, " %5zu", k->registered);
	if (k->correction && (!f->count || strcmp(f->count, "state") != 0))
		(void)fprintf(t->out, "  %zu in correction", k->correction);
	if (k->last && f->count && strcmp(f->count, "day") != 0)
		(void)fprintf(t->out, "  last %s", ctl_short_time(k->last, when));
	(void)fputc('\n', t->out);
}

static void
print_counts(const struct ctl *c, struct arena *a, const struct filter *f,
             const struct query_registration *list, size_t count)
{
	const char *by = f->count ? f->count : "province";
	struct tally *k = arena_alloc(a, count + DEPARTMENTS + 1, sizeof *k);
	size_t n = 0, all = 0;

	for (size_t i = 0; strcmp(by, "province") == 0 && i < DEPARTMENTS; i++)
		if (!f->province || strstr(departments[i].name, f->province))
			add(k, &n, departments[i].name, NULL);
	for (size_t i = 0; i < count; i++)
		if (wanted(f, &list[i]) && counts_for(by, &list[i])) {
			add(k, &n, what_of(a, by, &list[i]), &list[i]);
			all++;
		}
	if (strcmp(by, "province") != 0)
		qsort(k, n, sizeof *k, by_what);
	for (size_t i = 0; i < n; i++)
		if (!f->silent || !k[i].registered)
			print_tally(c, f, &k[i]);
	if (!f->json && !f->silent)
		(void)fprintf(c->term.out, "%zu in all\n", all);
}

static void
print_list(const struct ctl *c, struct arena *a, const struct filter *f,
           const struct query_registration *list, size_t count)
{
	const struct mask *m = f->mask ? mask_new(a) : NULL;
	size_t shown = 0;

	for (size_t i = 0; i < count; i++) {
		if (!wanted(f, &list[i]))
			continue;
		f->json ? print_json(c, &list[i], m) : print_row(c, &list[i], m);
		shown++;
	}
	if (!f->json && !shown)
		term_put(&c->term, TERM_DIM, count ? "no registration is so\n" : "no registrations yet\n");
}

int
ctl_list(struct ctl *c, int argc, char **argv)
{
	struct filter f = {0};
	const struct ctl_option options[] = {
	        {"json", &f.json, NULL},        {"province", NULL, &f.province},
	        {"state", NULL, &f.state},      {"category", NULL, &f.category},
	        {"since", NULL, &f.since_text}, {"until", NULL, &f.until_text},
	        {"late", &f.late, NULL},        {"unreached", &f.unreached, NULL},
	        {"count", NULL, &f.count},      {"silent", &f.silent, NULL},
	        {"mask", &f.mask, NULL},        {NULL, NULL, NULL}};
	struct query_registration *list = NULL;
	struct spool *s = NULL;
	struct err e = {0};
	struct arena *a;
	const char *wrong;
	size_t count = 0;
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n != 0)
		return n < 0 ? EX_USAGE : ctl_usage("list", "takes no argument but its options");
	wrong = check(&f);
	if (wrong)
		return ctl_usage("list", wrong);
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	a = arena_new();
	if (!query_registrations(spool_index(s), a, 0, &list, &count, &e))
		status = ctl_fail(&e);
	else if (f.count || f.silent)
		print_counts(c, a, &f, list, count);
	else
		print_list(c, a, &f, list, count);
	arena_free(a);
	spool_close(s);
	return status;
}
