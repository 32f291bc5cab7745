/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/answer.h"

#include "config/clock.h"
#include "config/json_value.h"
#include "config/mem.h"
#include "daemon/mime.h"

#include <stdlib.h>
#include <string.h>

enum reply_kind
answer_kind(const struct decided *d)
{
	if (d->disposition == DISPOSITION_NO_FORM)
		return REPLY_NO_FORM;
	if (d->disposition == DISPOSITION_UNREADABLE)
		return REPLY_UNREADABLE;
	if (d->nothing_new)
		return REPLY_REPEATED;
	if (d->disposition == DISPOSITION_CORRECTION)
		return REPLY_CORRECTION;
	for (size_t i = 0; i < d->form_count; i++)
		if (d->forms[i].as == AS_REVISION)
			return REPLY_REVISED;
	return REPLY_ACCEPTED;
}

const char *
answer_recipient(const struct form *f, const struct decided *d, const struct reading *r)
{
	const char *to = *r->reply_to && !d->to_sender ? r->reply_to : r->from_addr;

	if (!mime_address_ok(to)) /* such a Reply-To helps nobody */
		to = r->from_addr;
	return *to && !form_own_address(f, to) ? to : NULL;
}

static bool
lists_word(const json_t *list, const char *word)
{
	size_t i;
	const json_t *item;

	json_array_foreach((json_t *)list, i,
	                   item) if (strcmp(json_string_value(item), word) == 0) return true;
	return false;
}

static const char *const *
strings(struct arena *a, const json_t *list)
{
	size_t n = json_array_size(list);
	const char **out = arena_alloc(a, n + 1, sizeof *out);

	for (size_t i = 0; i < n; i++)
		out[i] = json_string_value(json_array_get(list, i));
	return out;
}

static void
put_values(struct arena *a, const struct form *f, const struct decided_form *d, struct reply_form *to)
{
	struct reply_value *v = arena_alloc(a, f->field_count, sizeof *v);
	const json_t *doubtful = json_object_get(d->values, "doubtful");

	for (size_t i = 0; i < f->field_count; i++) {
		char *text = reading_value(d->values, &f->fields[i]);

		v[i] = (struct reply_value){f->fields[i].key, arena_str(a, text),
		                            lists_word(doubtful, f->fields[i].key)};
		free(text);
	}
	to->values = v;
	to->value_count = f->field_count;
}

static void
put_defects(struct arena *a, const struct decided_form *d, struct reply_form *to)
{
	const json_t *list = json_object_get(d->values, "defects"), *item;
	struct reply_defect *v = arena_alloc(a, json_array_size(list), sizeof *v);
	size_t i;

	json_array_foreach((json_t *)list, i, item) v[i] = (struct reply_defect){
	        json_text(item, "field"), json_text(item, "code"), json_text(item, "detail"),
	        json_text(item, "suggest"), strcmp(json_text(item, "severity"), "error") == 0};
	to->defects = v;
	to->defect_count = json_array_size(list);
}

static void
put_changes(struct arena *a, const struct decided_form *d, struct reply_form *to)
{
	struct reply_change *v = arena_alloc(a, d->change_count, sizeof *v);

	if (d->as != AS_REVISION)
		return;
	for (size_t i = 0; i < d->change_count; i++)
		v[i] = (struct reply_change){d->changes[i].field->key, d->changes[i].was, d->changes[i].now};
	to->changes = v;
	to->change_count = d->change_count;
}

static const struct reply_form *
put_forms(struct arena *a, const struct form *f, const struct decided *d)
{
	struct reply_form *v = arena_alloc(a, d->form_count, sizeof *v);

	for (size_t i = 0; i < d->form_count; i++) {
		const struct decided_form *from = &d->forms[i];

		v[i] = (struct reply_form){.receipt = from->receipt,
		                           .revision = from->revision,
		                           .source = json_text(from->values, "source"),
		                           .category = json_text(from->values, "category"),
		                           .late = d->late};
		put_values(a, f, from, &v[i]);
		put_defects(a, from, &v[i]);
		put_changes(a, from, &v[i]);
	}
	return v;
}

/* What could not be read, and what hides something. */
static const struct reply_unread *
put_unread(struct arena *a, const struct reading *r)
{
	size_t unread = json_array_size(r->unread), i;
	struct reply_unread *v = arena_alloc(a, unread + json_array_size(r->hidden), sizeof *v);
	const json_t *item;

	json_array_foreach((json_t *)r->unread, i, item) v[i] =
	        (struct reply_unread){json_text(item, "source"), json_text(item, "reason")};
	json_array_foreach((json_t *)r->hidden, i, item) v[unread + i] =
	        (struct reply_unread){json_string_value(item), "hidden"};
	return v;
}

bool
answer_compose(const struct reply_kit *kit, const struct form *f, const struct answer_from *from,
               const struct answer_facts *facts, const struct decided *d, const struct reading *r,
               struct buf *mail_r, struct err *e)
{
	struct arena *a = arena_new();
	struct reply_facts p = {
	        .kind = answer_kind(d),
	        .id = d->id,
	        .number = facts->number,
	        .own_name = from->name,
	        .own_addr = from->address,
	        .own_domain = from->domain,
	        .own_contact = from->contact,
	        .to_addr = answer_recipient(f, d, r),
	        .to_name = r->from_name,
	        .subject = r->subject,
	        .message_id = r->message_id,
	        .references = strings(a, r->references),
	        .received_at = facts->received_at,
	        .now = clock_now(),
	        .mail_sha256 = facts->message_sha256,
	        .log_seq = facts->head.seq,
	        .log_hash = facts->head.hash.hex,
	        .forms = put_forms(a, f, d),
	        .form_count = d->form_count,
	        .unread = put_unread(a, r),
	        .unread_count = json_array_size(r->unread) + json_array_size(r->hidden),
	        .links = strings(a, r->links),
	};
	bool ok = reply_compose(kit, &p, mail_r, e);

	arena_free(a);
	return ok;
}
