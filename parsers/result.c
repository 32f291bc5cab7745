/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/result.h"

#include "parsers/withdraw.h"

#include <string.h>

static const char *const names[] = {
        [DISPOSITION_ACCEPTED] = "accepted", [DISPOSITION_CORRECTION] = "correction",
        [DISPOSITION_NO_FORM] = "no_form",   [DISPOSITION_UNREADABLE] = "unreadable",
        [DISPOSITION_OTHER] = "other",       [DISPOSITION_IGNORED] = "ignored",
};
_Static_assert(sizeof names / sizeof *names == DISPOSITIONS, "a name for each disposition");

const char *
result_disposition(enum disposition d)
{
	return names[d];
}

static bool
answers_ours(const struct form *f, const struct mail *m)
{
	if (form_own_message_id(f, m->in_reply_to))
		return true;
	for (size_t i = 0; m->references[i]; i++)
		if (form_own_message_id(f, m->references[i]))
			return true;
	return false;
}

/* It speaks of the form; or of the programme, and of sending something for it; or holds the blank form
 * or, speaking of the programme, a cloud link; or answers us. */
bool
result_marked(const struct form *f, const struct mail *m, const struct findings *found)
{
	bool programme = form_has_word(f->words_programme, found->text);
	bool sending = form_has_word(f->words_sending, found->text);
	bool letter = form_has_word(f->words_programme, found->documents) &&
	              (form_has_word(f->words_form, found->documents) ||
	               form_has_word(f->words_letter, found->text));

	return found->blank || letter || form_has_word(f->words_form, found->text) ||
	       (programme && (sending || found->links)) || answers_ours(f, m);
}

static bool
any_error(const struct findings *found)
{
	for (const struct walk_form *x = found->forms; x; x = x->next)
		if (x->checked->has_error)
			return true;
	return false;
}

/* Do all errors rest on values whose reading is doubtful? An empty field that a picture did not show
 * well counts as such where its evidence says so. */
static bool
errors_doubtful(const struct findings *found)
{
	for (const struct walk_form *x = found->forms; x; x = x->next)
		for (size_t i = 0; i < x->checked->defect_count; i++) {
			const struct defect *d = &x->checked->defects[i];
			size_t place = (size_t)(d->field - found->form->fields);

			if (defect_is_error(d->code) && !x->checked->values[place].found.evidence.doubtful)
				return false;
		}
	return true;
}

/* The first that holds, in domain.md's order. */
static enum disposition
decide(const struct result *r)
{
	const struct findings *found = &r->found;
	enum machine_class class = r->machine.class;

	if (class == MACHINE_CERTAIN || (class == MACHINE_LIKELY && !found->forms))
		return DISPOSITION_IGNORED;
	if (found->forms)
		return any_error(found) ? DISPOSITION_CORRECTION : DISPOSITION_ACCEPTED;
	if (form_own_domain(r->form, r->mail->from.addr))
		return DISPOSITION_OTHER;
	if (r->marked && found->unread)
		return DISPOSITION_UNREADABLE;
	return r->marked ? DISPOSITION_NO_FORM : DISPOSITION_OTHER;
}

static const char *
withheld_reason(const struct result *r)
{
	if (r->disposition == DISPOSITION_IGNORED || r->disposition == DISPOSITION_OTHER)
		return NULL;
	if (r->machine.class != MACHINE_PERSON)
		return "automatic";
	if (form_own_domain(r->form, r->mail->from.addr))
		return "own_domain";
	if (r->disposition == DISPOSITION_CORRECTION && errors_doubtful(&r->found))
		return "doubtful";
	return NULL;
}

/* A form or a value beside the words mends what was sent ("原表作废，以此为准"). */
static const char *
withdrawn(const struct result *r)
{
	const struct findings *found = &r->found;

	if (found->forms || found->values || found->unread || !found->text)
		return NULL;
	return withdraw_in(found->arena, r->form, found->text, answers_ours(r->form, r->mail));
}

/* Another programme's table asks for unit, industries and contact, too. Without a region's label, without our
 * title, in a mail that nothing marks as meant for us, it is no form of ours. */
static bool
is_strangers(const struct form *f, const struct walk_form *x)
{
	const struct form_field *region = form_field_of(f, FORM_REGION);

	/* of a picture, the label may not have been read */
	for (size_t i = 0; i < f->field_count; i++)
		if (x->found->values[i].evidence.method == DOC_OCR)
			return false;
	return region && !x->found->titled && !x->found->row && !x->found->values[region - f->fields].seen;
}

static void
drop_strangers(struct findings *found)
{
	struct walk_form **x = &found->forms;
	struct walk_name **end = &found->supplementary;

	while (*end)
		end = &(*end)->next;
	while (*x) {
		const struct walk_form *dropped = *x;

		if (!is_strangers(found->form, dropped)) {
			x = &(*x)->next;
			continue;
		}
		*x = dropped->next;
		if (dropped->body)
			continue;
		*end = arena_alloc(found->arena, 1, sizeof **end);
		(*end)->name = dropped->source;
		end = &(*end)->next;
	}
}

void
result_settle(struct result *r, time_t received)
{
	r->withdraw = withdrawn(r);
	r->marked = r->withdraw || result_marked(r->form, r->mail, &r->found);
	if (!r->marked)
		drop_strangers(&r->found);
	r->disposition = decide(r);
	if (r->disposition == DISPOSITION_IGNORED)
		r->found.forms = NULL; /* never a registration, whatever it holds */
	r->late = r->found.forms && received >= r->form->deadline_end;
	r->withheld_why = withheld_reason(r);
	r->withheld = r->withheld_why != NULL;
}
