/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl export: the workbook, as of now. */
#include "daemon/ctl_spool.h"
#include "daemon/mask.h"
#include "daemon/progress.h"
#include "daemon/workbook.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void
mask_registration(const struct report *r, struct report_registration *g, const struct mask *m)
{
	struct query_registration *q = arena_alloc(r->arena, 1, sizeof *q);

	*q = *g->q;
	q->sender = mask_text(m, q->sender);
	q->sender_name = mask_person(m, q->sender_name);
	g->source = mask_text(m, g->source);
	g->q = q;
	for (size_t k = 0; k < r->form->field_count; k++)
		g->values[k] = r->form->fields[k].kind == FORM_CONTACT ? mask_person(m, g->values[k])
		                                                       : mask_text(m, g->values[k]);
	for (size_t k = 0; k < g->defect_count; k++)
		((struct report_defect *)g->defects)[k].detail = mask_text(m, g->defects[k].detail);
}

/* Is it a place of ours ("own@address INBOX UID 7"), and no file as a stranger named it? */
static bool
is_ours(const struct config *c, const char *what)
{
	for (size_t i = 0; what && i < c->mailbox_count; i++)
		if (strncmp(what, c->mailboxes[i].address, strlen(c->mailboxes[i].address)) == 0)
			return true;
	return false;
}

/* Of what strangers wrote nothing is left whole that names a person. */
static void
mask_report(struct report *r, struct arena *a)
{
	struct mask *m = mask_new(a);
	const struct form_field *contact = form_field_of(r->form, FORM_CONTACT);

	for (size_t i = 0; i < r->registration_count; i++) {
		mask_learn(m, r->form, r->registrations[i].q->sender_name);
		for (size_t k = 0; k < r->form->field_count; k++)
			if (r->form->fields[k].kind == FORM_CONTACT)
				mask_learn(m, r->form, r->registrations[i].values[k]);
	}
	for (size_t i = 0; i < r->registration_count; i++)
		mask_registration(r, &r->registrations[i], m);
	for (size_t i = 0; i < r->change_count; i++) {
		struct report_change *k = &r->changes[i];
		bool person = contact && k->label && strcmp(k->label, contact->label) == 0;

		k->was = person ? mask_person(m, k->was) : mask_text(m, k->was);
		k->now = person ? mask_person(m, k->now) : mask_text(m, k->now);
		k->who = mask_text(m, k->who);
	}
	for (size_t i = 0; i < r->item_count; i++) {
		struct query_item *q = arena_alloc(r->arena, 1, sizeof *q);

		*q = *r->items[i].q;
		q->sender = mask_text(m, q->sender);
		q->subject = mask_text(m, q->subject);
		r->items[i].q = q;
	}
	for (size_t i = 0; i < r->sent_count; i++) {
		struct query_reply *q = arena_alloc(r->arena, 1, sizeof *q);

		*q = *r->sent[i].q;
		q->recipient = mask_text(m, q->recipient);
		r->sent[i].q = q;
	}
	for (size_t i = 0; i < r->anomaly_count; i++) {
		struct report_anomaly *x = &r->anomalies[i];

		x->detail = mask_text(m, x->detail);
		x->what = is_ours(r->config, x->what) ? x->what : mask_text(m, x->what);
	}
}

int
ctl_export(struct ctl *c, int argc, char **argv)
{
	bool mask = false, ok;
	struct progress p;
	const struct report_watch watch = {progress_step, &p};
	const struct ctl_option options[] = {{"mask", &mask, NULL}, {NULL, NULL, NULL}};
	struct arena *a;
	struct spool *s = NULL;
	struct report *r = NULL;
	struct err e = {0};
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n != 1)
		return n < 0 ? EX_USAGE : ctl_usage("export", "wants one file name, FILE.xlsx");
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	a = arena_new();
	p = progress_begin(stderr, "exporting", "registrations");
	ok = report_read(&r, c->config, c->form, s, &watch, &e);
	if (ok && mask)
		mask_report(r, a);
	ok = ok && workbook_write(argv[1], r, &e);
	progress_end(&p);
	if (ok)
		(void)fprintf(c->term.out, "%zu registrations in %s\n", r->registration_count, argv[1]);
	else
		status = ctl_fail(&e);
	report_free(r);
	arena_free(a);
	spool_close(s);
	return status;
}
