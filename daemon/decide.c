/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/decide.h"

#include "config/buf.h"
#include "config/json_value.h"
#include "config/text.h"
#include "daemon/applicant.h"
#include "daemon/journal.h"
#include "daemon/overlay.h"
#include "spool/query.h"
#include "spool/spool.h"

#include <stdlib.h>
#include <string.h>

enum { JOINS_MAX = 100 /* a chain of joins longer than this is a circle */ };

static const char *const as_names[DECIDED_AS] = {
        [AS_NEW] = "new",       [AS_REVISION] = "revision", [AS_SAME] = "same",
        [AS_SENDER] = "sender", [AS_CONFLICT] = "conflict",
};

const char *
decided_as_name(enum decided_as as)
{
	return as_names[as];
}

/* All that the steps below look at. */
struct deciding {
	struct decided *d;
	struct arena *a;
	struct index *index;
	const struct decide_rules *rules;
	const struct decide_facts *facts;
	const struct reading *r;
	const char **thread; /* Message-IDs that it answers */
	size_t thread_count;
	int64_t next_receipt; /* 0: not asked for yet */
};

/* A registration that a form may belong to, as far as the rules look at it. */
struct candidate {
	const char *receipt;
	int revision;
	const json_t *values; /* of its newest revision; NULL: redacted */
	const char *region_key;
	bool region_defect; /* its newest revision's region was itself the defect */
};

/* ---- values ---- */

static bool
same_text(const char *x, const char *y)
{
	struct buf fx = BUF_INIT(4 << 20), fy = BUF_INIT(4 << 20);
	bool same;

	text_fold(&fx, x ? x : "");
	text_fold(&fy, y ? y : "");
	same = bytes_equal(buf_bytes(&fx), buf_bytes(&fy));
	buf_free(&fx);
	buf_free(&fy);
	return same;
}

/* The fields in which now differs from was; their number. Spaces and full-width forms do not count: the
 * same form comes as Word and as PDF. */
static size_t
differences(const struct deciding *g, const json_t *was, const json_t *now, const struct decided_change **out)
{
	const struct form *f = g->rules->form;
	struct decided_change *list = arena_alloc(g->a, f->field_count, sizeof *list);
	size_t n = 0;

	for (size_t i = 0; i < f->field_count; i++) {
		char *x = reading_value(was, &f->fields[i]), *y = reading_value(now, &f->fields[i]);

		if (!same_text(x, y))
			list[n++] = (struct decided_change){&f->fields[i], arena_str(g->a, x),
			                                    arena_str(g->a, y)};
		free(x);
		free(y);
	}
	*out = list;
	return n;
}

/* Does the region itself stand among these defects? */
static bool
region_is_defect(const struct form *f, const json_t *defects)
{
	size_t i;
	const json_t *d;

	json_array_foreach((json_t *)defects, i, d)
	{
		const struct form_field *field = form_field(f, json_text(d, "field"));

		if (field && field->kind == FORM_REGION)
			return true;
	}
	return false;
}

static bool
candidate_load(const struct deciding *g, const struct query_registration *q, struct candidate *c_r,
               struct err *e)
{
	struct query_revision *rev = NULL;
	json_t *values = NULL;

	if (!query_newest(g->index, g->a, q->receipt, &rev, e))
		return false;
	*c_r = (struct candidate){
	        .receipt = q->receipt, .revision = q->revision, .region_key = q->region_key};
	if (rev && rev->form)
		values = json_loads(rev->form, 0, NULL);
	if (values) {
		json_array_append_new(g->d->kept, values);
		c_r->values = values;
		c_r->region_defect = !q->region_key ||
		                     region_is_defect(g->rules->form, json_object_get(values, "defects"));
	}
	return true;
}

/* ---- whose is it? ---- */

static bool
has_sent(const struct deciding *g, const char *address, const char *receipt, bool *r, struct err *e)
{
	const char *domain = applicant_domain(address);

	*r = false;
	if (!domain)
		return true;
	return query_is_sender(g->index, receipt, address, !applicant_free_mail(domain), r, e);
}

static bool
is_applicant(const struct deciding *g, const char *receipt, bool *r, struct err *e)
{
	return has_sent(g, g->r->from_addr, receipt, r, e);
}

/* Of a registration that staff joined to another: that one, whatever region it bears. */
static bool
follow_join(const struct deciding *g, const struct query_registration **q, struct err *e)
{
	for (int hops = 0; (*q)->joined && hops < JOINS_MAX; hops++) {
		struct query_registration *next = NULL;

		if (!query_registration(g->index, g->a, (*q)->joined, &next, e))
			return false;
		if (!next)
			break;
		*q = next;
	}
	return true;
}

/* Of the registrations with this key: the sender's own, else anybody's (own_r says which). Of one that was
 * joined, that to which it was; withdrawn ones are none, nor what was joined to them. */
static bool
find_by_key(const struct deciding *g, const char *key, struct candidate *c_r, bool *own_r, struct err *e)
{
	struct query_registration *list = NULL;
	const struct query_registration *found = NULL;
	size_t count = 0;

	*own_r = false;
	if (!query_by_region(g->index, g->a, key, &list, &count, e))
		return false;
	for (size_t i = 0; i < count && !*own_r; i++) {
		const struct query_registration *q = &list[i];

		if (!follow_join(g, &q, e))
			return false;
		if (strcmp(q->state, "withdrawn") == 0)
			continue;
		if (!is_applicant(g, q->receipt, own_r, e))
			return false;
		if (*own_r || !found)
			found = q;
	}
	return !found || candidate_load(g, found, c_r, e);
}

/* The last form of this very mail that belongs to the registration; NULL: none does. */
static const struct decided_form *
newest_in_mail(const struct deciding *g, const char *receipt)
{
	for (size_t i = g->d->form_count; i-- > 0;)
		if (strcmp(g->d->forms[i].receipt, receipt) == 0)
			return &g->d->forms[i];
	return NULL;
}

/* A thread decides only where the region is missing, unknown or was itself the defect, and only if
 * exactly one registration of the thread fits: a department sends 120 forms in one thread. What another form
 * of this mail belongs to does not fit: two forms are two regions'. */
static bool
find_by_thread(const struct deciding *g, const struct reading_form *form, struct candidate *c_r,
               struct err *e)
{
	struct query_registration *list = NULL;
	struct candidate c, fits = {0};
	size_t count = 0, fitting = 0;

	if (!query_by_thread(g->index, g->a, g->thread, g->thread_count, &list, &count, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool own = false;

		if (!is_applicant(g, list[i].receipt, &own, e) || !candidate_load(g, &list[i], &c, e))
			return false;
		if (own && !newest_in_mail(g, c.receipt) && (form->region_defect || c.region_defect)) {
			fits = c;
			fitting++;
		}
	}
	if (fitting == 1)
		*c_r = fits;
	return true;
}

/* An earlier form of this very mail. */
static bool
find_in_mail(const struct deciding *g, const char *key, struct candidate *c_r)
{
	for (size_t i = g->d->form_count; i-- > 0;) {
		const struct decided_form *f = &g->d->forms[i];

		if (f->form->region_key && strcmp(f->form->region_key, key) == 0) {
			*c_r = (struct candidate){f->receipt, f->revision, f->values, key,
			                          f->form->region_defect};
			return true;
		}
	}
	return false;
}

static bool
new_receipt(struct deciding *g, const char **receipt_r, struct err *e)
{
	if (!g->next_receipt && !query_next_receipt(g->index, g->rules->receipt_prefix, &g->next_receipt, e))
		return false;
	*receipt_r = arena_fmt(g->a, "%s%04lld", g->rules->receipt_prefix, (long long)g->next_receipt++);
	return true;
}

static bool
begin_registration(struct deciding *g, struct decided_form *f, enum decided_as as, struct err *e)
{
	f->as = as;
	f->revision = 1;
	return new_receipt(g, &f->receipt, e);
}

static void
continue_registration(const struct deciding *g, struct decided_form *f, const struct candidate *c)
{
	f->receipt = c->receipt;
	f->change_count = differences(g, c->values, f->values, &f->changes);
	f->as = c->values && !f->change_count ? AS_SAME : AS_REVISION;
	f->revision = c->revision + (f->as == AS_REVISION);
}

static bool
decide_form(struct deciding *g, const struct reading_form *form, struct err *e)
{
	struct decided_form *f = &g->d->forms[g->d->form_count];
	const struct decided_change *unused;
	const struct decided_form *before;
	struct candidate c = {0};
	bool own = false;

	*f = (struct decided_form){.form = form, .values = form->json, .errors = form->errors};
	if (form->region_key && find_in_mail(g, form->region_key, &c)) {
		own = true;
	} else {
		if (form->region_key && !find_by_key(g, form->region_key, &c, &own, e))
			return false;
		before = c.receipt ? newest_in_mail(g, c.receipt) : NULL;
		if (before) { /* it came to it by the thread, or by a join */
			c.revision = before->revision;
			c.values = before->values;
		}
		if (!c.receipt) {
			if (g->thread_count && !find_by_thread(g, form, &c, e))
				return false;
			own = c.receipt != NULL;
		}
	}
	if (c.receipt && own) {
		continue_registration(g, f, &c);
	} else if (c.receipt && c.values && !differences(g, c.values, f->values, &unused)) {
		f->as = AS_SENDER;
		f->receipt = c.receipt;
		f->revision = c.revision;
	} else if (!begin_registration(g, f, c.receipt ? AS_CONFLICT : AS_NEW, e)) {
		return false;
	}
	g->d->form_count++;
	return true;
}

/* ---- values in the text of an answer ---- */

/* Was each of these fields itself at fault in the registration? */
static bool
mends(const struct candidate *c, const json_t *values)
{
	const char *key;
	const json_t *value;

	json_object_foreach((json_t *)values, key, value)
	{
		const json_t *d;
		bool fault = false;
		size_t i;

		json_array_foreach(json_object_get(c->values, "defects"), i, d)
		{
			const char *field = json_text(d, "field");

			fault = fault || (field && strcmp(field, key) == 0);
		}
		if (!fault)
			return false;
	}
	return true;
}

/* The sender's own registrations of the thread that the values may mend: the only one there is, else
 * the only one in which just these fields were at fault. *known_r: the thread holds any, anybody's. */
static bool
find_for_values(const struct deciding *g, struct candidate *c_r, bool *known_r, struct err *e)
{
	struct query_registration *list = NULL;
	struct candidate c, only = {0}, mended = {0};
	size_t count = 0, own = 0, fitting = 0;

	*known_r = false;
	if (!g->thread_count ||
	    !query_by_thread(g->index, g->a, g->thread, g->thread_count, &list, &count, e))
		return !g->thread_count;
	for (size_t i = 0; i < count; i++) {
		bool is_own = false;

		if (!is_applicant(g, list[i].receipt, &is_own, e) || !candidate_load(g, &list[i], &c, e))
			return false;
		if (!is_own || !c.values)
			continue;
		only = c;
		own++;
		if (mends(&c, g->r->values)) {
			mended = c;
			fitting++;
		}
	}
	*known_r = count > 0;
	if (own == 1)
		*c_r = only;
	else if (fitting == 1)
		*c_r = mended;
	return true;
}

/* May the registration bear the region that its form has now? A new region was its defect, and is nobody
 * else's: what else it may mean, a person must say. */
static bool
region_fits(const struct deciding *g, const struct candidate *c, const char *key, bool *fits_r, struct err *e)
{
	struct query_registration *list = NULL;
	size_t count = 0;

	*fits_r = true;
	if (!key || (c->region_key && strcmp(key, c->region_key) == 0))
		return true;
	if (!query_by_region(g->index, g->a, key, &list, &count, e))
		return false;
	*fits_r = c->region_defect && count == 0;
	return true;
}

static void
ask_staff(struct deciding *g, const char *why)
{
	g->d->undecided = true;
	g->d->withheld = why;
}

/* The form that comes of c and the values; NULL: it could not be made. */
static struct reading_form *
overlaid_form(const struct deciding *g, const struct candidate *c)
{
	struct reading_form *form = arena_alloc(g->a, 1, sizeof *form);
	struct err e = {0};
	json_t *json = NULL;

	if (!g->rules->worker || !overlay(g->rules->worker, g->rules->form, c->values, g->r->values,
	                                  g->r->from_addr, &json, form, &e)) {
		if (g->rules->worker)
			journal(JOURNAL_WARNING, "values for %s could not be checked: %s", c->receipt,
			        e.text);
		return NULL;
	}
	json_array_append_new(g->d->kept, json);
	return form;
}

/* Values without a form: a revision of the one registration that they fit, else a matter for staff. */
static bool
decide_values(struct deciding *g, struct err *e)
{
	struct decided_form *f = g->d->forms;
	struct reading_form *form;
	struct candidate c = {0};
	bool known = false, fits = false;

	if (!find_for_values(g, &c, &known, e))
		return false;
	if (!c.receipt) {
		if (known)
			ask_staff(g, "values_unplaced");
		return true;
	}
	form = overlaid_form(g, &c);
	if (form && !region_fits(g, &c, form->region_key, &fits, e))
		return false;
	if (!fits) {
		ask_staff(g, form ? "values_region" : "values_unchecked");
		return true;
	}
	*f = (struct decided_form){
	        .form = form, .from_text = true, .values = form->json, .errors = form->errors};
	continue_registration(g, f, &c);
	g->d->form_count = 1;
	g->d->overlaid = form->json;
	g->d->disposition = form->errors ? DISPOSITION_CORRECTION : DISPOSITION_ACCEPTED;
	g->d->late = g->facts->received_at >= g->rules->form->deadline_end;
	return true;
}

/* Which registration is taken back: the one that is named, else the sender's own of this thread if it is the
 * only one. Whoever asks: staff see who he is. */
static bool
find_withdrawn(struct deciding *g, struct err *e)
{
	struct query_registration *named = NULL, *list = NULL;
	size_t count = 0, own_count = 0;

	if (*g->r->withdraw) {
		if (!query_registration(g->index, g->a, g->r->withdraw, &named, e))
			return false;
		g->d->concerns = named ? named->receipt : NULL;
		return true;
	}
	if (g->thread_count && !query_by_thread(g->index, g->a, g->thread, g->thread_count, &list, &count, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool own = false;

		if (!is_applicant(g, list[i].receipt, &own, e))
			return false;
		own_count += own;
		if (own)
			g->d->concerns = own_count == 1 ? list[i].receipt : NULL;
	}
	return true;
}

/* A mail without a form may still say something of a registration. */
static bool
decide_text(struct deciding *g, struct err *e)
{
	if (g->d->disposition != DISPOSITION_NO_FORM && g->d->disposition != DISPOSITION_UNREADABLE)
		return true;
	if (g->r->withdraw) {
		ask_staff(g, "withdrawal");
		return find_withdrawn(g, e);
	}
	if (json_object_size(g->r->values))
		return decide_values(g, e);
	return true;
}

/* ---- may its reply go out by itself? ---- */

/* What a registration held before is told to those who sent to it only. A Reply-To is anybody's word: From
 * may be forged, and the reply would carry the applicant's values to whom the forger names. */
static bool
judge_reply_to(struct deciding *g, struct err *e)
{
	for (size_t i = 0; *g->r->reply_to && i < g->d->form_count; i++) {
		const struct decided_form *f = &g->d->forms[i];
		bool sent = true;

		if (f->as != AS_NEW && f->as != AS_CONFLICT &&
		    !has_sent(g, g->r->reply_to, f->receipt, &sent, e))
			return false;
		g->d->to_sender = g->d->to_sender || !sent;
	}
	return true;
}

static bool
authentication_failed(const struct reading *r)
{
	if (r->dmarc && strcmp(r->dmarc, "fail") == 0)
		return true;
	return r->spf && strcmp(r->spf, "fail") == 0 && !(r->dmarc && strcmp(r->dmarc, "pass") == 0);
}

static const char *
why_withheld(const struct deciding *g)
{
	const struct decide_rules *rules = g->rules;
	const struct decide_facts *facts = g->facts;
	const struct {
		bool holds;
		const char *why;
	} reasons[] = {
	        {rules->shadow, "shadow"},
	        {g->r->withheld, g->r->withheld_why ? g->r->withheld_why : "automatic"},
	        {authentication_failed(g->r), "authentication"},
	        {facts->received_at < rules->replies_since, "old"},
	        {facts->answered, "answered"},
	        {facts->received_at < rules->restored_at, "restored"},
	        {facts->relooked, "relooked"},
	        {rules->closes && facts->received_at >= rules->closes, "closed"},
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].holds)
			return reasons[i].why;
	return NULL;
}

static void
judge_message(struct deciding *g)
{
	struct decided *d = g->d;

	d->nothing_new = d->form_count > 0;
	for (size_t i = 0; i < d->form_count; i++)
		d->nothing_new = d->nothing_new && d->forms[i].as == AS_SAME;
	d->id = d->form_count ? d->forms[0].receipt : arena_fmt(g->a, "M-%.10s", g->facts->message_sha256);
	d->answered =
	        !d->undecided && d->disposition != DISPOSITION_OTHER && d->disposition != DISPOSITION_IGNORED;
	if (!d->undecided)
		d->withheld = why_withheld(g);
}

static void
collect_thread(struct deciding *g)
{
	size_t n = json_array_size(g->r->references), count = 0;

	g->thread = arena_alloc(g->a, n + 1, sizeof *g->thread);
	if (*g->r->in_reply_to)
		g->thread[count++] = g->r->in_reply_to;
	for (size_t i = n; i-- > 0;)
		g->thread[count++] = json_string_value(json_array_get(g->r->references, i));
	g->thread_count = count;
}

bool
decide(struct decided *d_r, struct arena *a, const struct spool *s, const struct decide_rules *rules,
       const struct decide_facts *facts, const struct reading *r, struct err *e)
{
	struct deciding g = {d_r, a, spool_index(s), rules, facts, r, NULL, 0, 0};

	*d_r = (struct decided){.disposition = r->disposition, .late = r->late, .kept = json_array()};
	if (!d_r->kept)
		mem_die("deciding");
	d_r->forms = arena_alloc(a, r->form_count + 1, sizeof *d_r->forms);
	collect_thread(&g);
	for (size_t i = 0; i < r->form_count; i++)
		if (!decide_form(&g, &r->forms[i], e))
			return false;
	if (!r->form_count && !decide_text(&g, e))
		return false;
	judge_message(&g);
	return judge_reply_to(&g, e);
}

void
decided_free(struct decided *d)
{
	json_decref(d->kept);
	*d = (struct decided){0};
}
