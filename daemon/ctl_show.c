/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl show: one registration, with its revisions, senders, messages and replies. */
#include "config/clock.h"
#include "config/mem.h"
#include "daemon/ctl_spool.h"
#include "daemon/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct life {
	struct query_registration *reg;
	struct query_revision *revisions;
	size_t revision_count;
	struct query_sender *senders;
	size_t sender_count;
	struct query_message *messages;
	size_t message_count;
};

static bool
ask(struct index *i, struct arena *a, const char *receipt, struct life *l, struct err *e)
{
	if (!query_registration(i, a, receipt, &l->reg, e))
		return false;
	if (!l->reg)
		return err_set(e, ERR_NOT_FOUND, "no registration %s; mingpianctl list shows all", receipt);
	return query_revisions(i, a, receipt, &l->revisions, &l->revision_count, e) &&
	       query_senders(i, a, receipt, &l->senders, &l->sender_count, e) &&
	       query_registration_messages(i, a, receipt, &l->messages, &l->message_count, e);
}

/* ---- JSON ---- */

static json_t *
parsed_or_null(const char *text)
{
	json_t *o = text ? json_loads(text, 0, NULL) : NULL;

	return o ? o : json_null();
}

static json_t *
revisions_json(const struct life *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->revision_count; i++) {
		const struct query_revision *r = &l->revisions[i];

		json_array_append_new(
		        list, json_pack("{s:i, s:o, s:o, s:b, s:o, s:o}", "revision", r->revision,
		                        "received_at", ctl_json_time(r->received_at), "message_sha256",
		                        ctl_json_text(r->message), "late", r->late, "changed",
		                        parsed_or_null(r->changed), "form", parsed_or_null(r->form)));
	}
	return list;
}

static bool
messages_json(struct index *i, struct arena *a, const struct life *l, json_t *list, struct err *e)
{
	for (size_t n = 0; n < l->message_count; n++) {
		const struct query_message *m = &l->messages[n];
		json_t *replies = json_array();
		struct query_reply *r = NULL;
		size_t count = 0;

		if (!query_replies_to(i, a, m->message, &r, &count, e)) {
			json_decref(replies);
			return false;
		}
		for (size_t k = 0; k < count; k++)
			json_array_append_new(replies,
			                      json_pack("{s:s, s:s, s:s, s:o, s:i, s:o}", "reply", r[k].reply,
			                                "kind", r[k].kind, "state", r[k].state, "why",
			                                ctl_json_text(r[k].why), "attempts", r[k].attempts,
			                                "message_sha256", ctl_json_text(r[k].message)));
		json_array_append_new(
		        list, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "message_sha256", m->message,
		                        "received_at", ctl_json_time(m->received_at), "sender",
		                        ctl_json_text(m->from_addr), "subject", ctl_json_text(m->subject),
		                        "disposition", ctl_json_text(m->disposition), "withheld",
		                        ctl_json_text(m->withheld), "replies", replies));
	}
	return true;
}

static bool
print_json(const struct ctl *c, struct index *i, struct arena *a, const struct life *l, struct err *e)
{
	const struct query_registration *r = l->reg;
	json_t *messages = json_array(), *senders = json_array(), *o;

	if (!messages_json(i, a, l, messages, e)) {
		json_decref(messages);
		json_decref(senders);
		return false;
	}
	for (size_t k = 0; k < l->sender_count; k++)
		json_array_append_new(senders, json_string(l->senders[k].address));
	o = json_pack("{s:s, s:o, s:o, s:o, s:o, s:i, s:s, s:b, s:b, s:o, s:o, s:o}", "receipt", r->receipt,
	              "region", ctl_json_text(r->region), "region_code", ctl_json_text(r->region_code),
	              "region_key", ctl_json_text(r->region_key), "category", ctl_json_text(r->category),
	              "revision", r->revision, "state", r->state, "late", r->late, "unreached", r->unreached,
	              "senders", senders, "revisions", revisions_json(l), "messages", messages);
	json_object_set_new(o, "received_at", ctl_json_time(r->created_at));
	json_object_set_new(o, "mailbox", ctl_json_text(r->mailbox));
	json_object_set_new(o, "sender", ctl_json_text(r->sender));
	json_object_set_new(o, "message_sha256", ctl_json_text(r->newest));
	ctl_json(c, o);
	return true;
}

/* ---- for a person ---- */

static void
print_defects(const struct term *t, const json_t *form, const char *key)
{
	const json_t *list = json_object_get(form, "defects"), *d;
	size_t i;

	json_array_foreach((json_t *)list, i, d)
	{
		const char *field = json_string_value(json_object_get(d, "field"));
		const char *severity = json_string_value(json_object_get(d, "severity"));

		if (!field || strcmp(field, key) != 0)
			continue;
		(void)fputs("  ", t->out);
		term_text(t, severity && strcmp(severity, "error") == 0 ? TERM_BAD : TERM_WARN,
		          json_string_value(json_object_get(d, "code")), 0);
		(void)fputc(' ', t->out);
		term_text(t, TERM_DIM, json_string_value(json_object_get(d, "detail")), 0);
	}
}

/* Where a value was read: "登记表.docx, table 1, row 2, column 4, ocr 0.93". */
static void
print_place(const struct term *t, const json_t *place)
{
	static const char *const numbers[] = {"page", "table", "row", "column", "line"};
	const char *method = json_string_value(json_object_get(place, "method"));
	bool in_table = json_integer_value(json_object_get(place, "table")) > 0;

	if (!json_is_object(place))
		return;
	(void)fputs("                        ", t->out);
	term_text(t, TERM_DIM, json_string_value(json_object_get(place, "source")), 0);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		json_int_t n = json_integer_value(json_object_get(place, numbers[i]));
		bool of_table = strcmp(numbers[i], "row") == 0 || strcmp(numbers[i], "column") == 0;

		if (of_table && in_table) /* counted from 0 there, from 1 by people */
			n++;
		if (n > 0)
			(void)fprintf(t->out, ", %s %lld", numbers[i], (long long)n);
	}
	(void)fputs(", ", t->out);
	term_text(t, TERM_DIM, method ? method : "?", 0);
	if (method && strcmp(method, "ocr") == 0)
		(void)fprintf(t->out, " %.2f", json_number_value(json_object_get(place, "confidence")));
	(void)fputc('\n', t->out);
}

static void
print_form(const struct ctl *c, const char *text, bool why)
{
	const struct term *t = &c->term;
	json_t *form = text ? json_loads(text, 0, NULL) : NULL;

	if (!form) {
		term_put(t, TERM_DIM, "    its values were taken out\n");
		return;
	}
	for (size_t i = 0; i < c->form->field_count; i++) {
		const struct form_field *f = &c->form->fields[i];
		char *value = reading_value(form, f);

		(void)fputs("    ", t->out);
		term_text(t, TERM_DIM, f->label, 18);
		term_text(t, TERM_PLAIN, value ? value : "", f->kind == FORM_PROFILE ? t->columns - 24 : 0);
		print_defects(t, form, f->key);
		(void)fputc('\n', t->out);
		if (why)
			print_place(t, json_object_get(json_object_get(form, "places"), f->key));
		free(value);
	}
	json_decref(form);
}

static void
print_revisions(const struct ctl *c, const struct life *l, bool why)
{
	char when[24];

	for (size_t i = 0; i < l->revision_count; i++) {
		const struct query_revision *r = &l->revisions[i];

		(void)fprintf(c->term.out, "\n  %s ", ctl_short_time(r->received_at, when));
		(void)fprintf(c->term.out, "revision %d%s, from mail %.12s…", r->revision,
		              r->late ? ", late" : "", r->message ? r->message : "(a person)");
		if (r->changed && strcmp(r->changed, "[]") != 0)
			(void)fprintf(c->term.out, ", changed %s", r->changed);
		(void)fputc('\n', c->term.out);
		print_form(c, r->form, why);
	}
}

static bool
print_messages(const struct ctl *c, struct index *i, struct arena *a, const struct life *l, struct err *e)
{
	const struct term *t = &c->term;
	char when[24];

	for (size_t n = 0; n < l->message_count; n++) {
		const struct query_message *m = &l->messages[n];
		struct query_reply *r = NULL;
		size_t count = 0;

		if (!query_replies_to(i, a, m->message, &r, &count, e))
			return false;
		(void)fprintf(t->out, "\n  %s mail %.12s… to %s from ", ctl_short_time(m->received_at, when),
		              m->message, m->mailbox ? m->mailbox : "?");
		term_text(t, TERM_PLAIN, m->from_addr, 0);
		(void)fputs("\n    ", t->out);
		term_text(t, TERM_PLAIN, m->subject, 0);
		(void)fputc('\n', t->out);
		if (m->concerns && m->withheld)
			(void)fprintf(t->out, "    %s: review dismiss %s ends it\n", m->withheld,
			              m->concerns);
		for (size_t k = 0; k < count; k++) {
			(void)fprintf(t->out, "    %s reply %s (%s): ", ctl_short_time(r[k].changed_at, when),
			              r[k].reply, r[k].kind);
			term_text(t, ctl_style(r[k].state), r[k].state, 0);
			if (r[k].why)
				(void)fprintf(t->out, ", %s", r[k].why);
			(void)fputc('\n', t->out);
		}
	}
	return true;
}

static bool
print_plain(const struct ctl *c, struct index *i, struct arena *a, const struct life *l, bool why,
            struct err *e)
{
	const struct term *t = &c->term;
	const struct query_registration *r = l->reg;

	term_put(t, TERM_BOLD, r->receipt);
	(void)fputs("  ", t->out);
	term_text(t, TERM_PLAIN, r->region, 0);
	(void)fprintf(t->out, "  %s %s  ", r->region_code ? r->region_code : "",
	              r->category ? r->category : "");
	term_text(t, ctl_style(r->state), r->state, 0);
	(void)fputs(r->late ? ", late" : "", t->out);
	term_put(t, TERM_BAD, r->unreached ? ", could not be reached\n" : "\n");
	for (size_t k = 0; k < l->sender_count; k++) {
		(void)fputs("  sent by ", t->out);
		term_text(t, TERM_PLAIN, l->senders[k].address, 0);
		(void)fputc('\n', t->out);
	}
	print_revisions(c, l, why);
	return print_messages(c, i, a, l, e);
}

int
ctl_show(struct ctl *c, int argc, char **argv)
{
	bool json = false, why = false;
	const struct ctl_option options[] = {{"json", &json, NULL}, {"why", &why, NULL}, {NULL, NULL, NULL}};
	struct spool *s = NULL;
	struct life l = {0};
	struct err e = {0};
	struct arena *a;
	int n = ctl_options(argc, argv, options), status = EX_OK;

	if (n != 1)
		return n < 0 ? EX_USAGE : ctl_usage("show", "wants one receipt");
	if (!ctl_spool_open(c, SPOOL_READ, &s, &e))
		return ctl_fail(&e);
	a = arena_new();
	if (!ask(spool_index(s), a, argv[1], &l, &e) ||
	    !(json ? print_json(c, spool_index(s), a, &l, &e)
	           : print_plain(c, spool_index(s), a, &l, why, &e)))
		status = ctl_fail(&e);
	arena_free(a);
	spool_close(s);
	return status;
}
