/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/walk_inner.h"

#include "config/text.h"
#include "parsers/charset.h"
#include "parsers/merge.h"
#include "parsers/newtext.h"
#include "parsers/order.h"

#include <string.h>

enum { TEXT_MAX = 4 << 20 /* of folded text for words */ };

/* ---- what is found ---- */

void
walk_add_unread(struct walker *w, const char *source, enum err_code reason, const char *why)
{
	struct walk_unread *u;

	if (w->unread_count++ >= WALK_UNREAD_MAX)
		return;
	u = arena_alloc(w->a, 1, sizeof *u);
	u->source = source;
	u->reason = reason >= ERR_ENCRYPTED ? reason : ERR_DAMAGED;
	u->why = arena_str(w->a, why);
	*w->unread = u;
	w->unread = &u->next;
}

void
walk_add_supplementary(struct walker *w, const char *source)
{
	struct walk_name *n = arena_alloc(w->a, 1, sizeof *n);

	n->name = source;
	*w->supplementary = n;
	w->supplementary = &n->next;
}

bool
walk_counts(struct walker *w, const char *path, int depth)
{
	if (depth == 0 || w->files < WALK_FILES_MAX) {
		w->files += depth > 0;
		return true;
	}
	if (!w->full)
		walk_add_unread(w, path, ERR_TOO_LARGE, "more files than are looked at");
	w->full = true;
	return false;
}

static struct walk_form *
form_new(struct walker *w, const char *source, const struct found_form *found, bool body)
{
	struct walk_form *n = arena_alloc(w->a, 1, sizeof *n);

	n->source = source;
	n->found = found;
	n->checked = check_form(w->a, w->f, found, w->sender);
	n->body = body;
	n->print = merge_print_of(w->a, w->f, n);
	return n;
}

void
walk_add_forms(struct walker *w, struct walk_form *list)
{
	while (list) {
		struct walk_form *next = list->next;

		list->next = NULL;
		if (list->found->quoted) {
			list->next = w->quoted;
			w->quoted = list;
		} else {
			*w->forms = list;
			w->forms = &list->next;
		}
		list = next;
	}
}

struct walk_form *
walk_forms_of(struct walker *w, const struct document *d, const char *source, bool body, bool *blank_r)
{
	struct walk_form *list = NULL, **tail = &list;

	for (const struct found_form *x = recognise(w->f, d); x; x = x->next) {
		if (x->cut)
			walk_add_unread(w, source, ERR_TOO_LARGE, "more forms in it than are read");
		if (x->blank) {
			*blank_r = *blank_r || !x->quoted;
			continue;
		}
		*tail = form_new(w, source, x, body);
		tail = &(*tail)->next;
	}
	return list;
}

bool
walk_is_whole(const struct walker *w, const struct walk_form *x)
{
	for (size_t i = 0; i < w->f->field_count; i++)
		if (w->f->fields[i].required && !x->checked->values[i].text)
			return false;
	return true;
}

size_t
walk_room(const struct walker *w)
{
	return w->bytes < WALK_BYTES_MAX ? WALK_BYTES_MAX - w->bytes : 0;
}

/* ---- the message's parts ---- */

static struct source
part_source(const struct walker *w, const struct mail_part *p)
{
	return (struct source){.data = p->data,
	                       .name = p->name,
	                       .type = p->type,
	                       .charset = p->charset,
	                       .passwords = w->passwords};
}

/* The reader of a body; NULL where its bytes are a file's after all. */
static const struct reader *
body_reader(const struct walker *w, const struct mail_part *p)
{
	struct source s = part_source(w, p);
	const struct reader *r = reader_for(&s), *plain = reader_named("plain"), *html = reader_named("html");

	if (strcmp(p->type, "text/html") == 0 && html)
		return html;
	if (strcmp(p->type, "text/rtf") == 0) /* of a message that Outlook kept */
		return reader_named("rtf");
	if (r == html)
		return html;
	/* a text that begins as a header does is a text: 发件人 and the like put there by hand */
	return r == plain || (!r->read && !r->unpack) ? plain : NULL;
}

/* The letter that an answer quotes shows the form that it answers for. */
static bool
all_quoted(const struct walk_form *list)
{
	while (list && list->found->quoted)
		list = list->next;
	return !list;
}

/* Links that the sender wrote now; an answer may quote others. */
static void
find_links(struct walker *w, const struct mail_part *p, const struct document *d, const char *new_text)
{
	struct buf whole = BUF_INIT(TEXT_MAX), plain = BUF_INIT(TEXT_MAX), written = BUF_INIT(TEXT_MAX);
	size_t n = links_find(w->a, w->f, charset_string(w->a, p->data, p->charset), w->links);

	if (n) {
		doc_plain(d, &plain);
		text_fold(&whole, plain.at ? plain.at : "");
		text_fold(&written, new_text);
		n = links_written(w->links, n, written.at ? written.at : "", whole.at ? whole.at : "");
	}
	w->link_count = n;
	buf_free(&whole);
	buf_free(&plain);
	buf_free(&written);
}

static void
find_orders(struct walker *w, const struct document *d)
{
	struct buf plain = BUF_INIT(TEXT_MAX);

	newtext_of(w->f, d, NEWTEXT_PLAIN, &plain);
	if (plain.at)
		w->out->order_count = order_find(w->a, w->f, plain.at, w->out->orders, w->out->order_count);
	buf_free(&plain);
}

/* A text that was read up to a limit is told, once for its twins. */
static void
tell_limit(struct walker *w, const struct mail_part *p, const struct document *d, const struct err *e)
{
	const struct walk_unread *u = w->out->unread;

	if (!d->too_large && !walk_is_limit(e))
		return;
	while (u && strcmp(u->source, p->path) != 0)
		u = u->next;
	if (!u)
		walk_add_unread(w, p->path, walk_is_limit(e) ? e->code : ERR_TOO_LARGE,
		                d->too_large_why ? d->too_large_why : "more text than is read");
}

/* The forms of one body text, and its words. */
struct walk_form *
walk_body(struct walker *w, const struct mail_part *p)
{
	const struct reader *r = body_reader(w, p);
	struct source s = part_source(w, p);
	struct document *d = doc_new(w->a);
	struct buf plain = BUF_INIT(TEXT_MAX);
	struct walk_form *list;
	struct err e = {0};
	bool blank = false;

	if (!r || !r->read)
		return NULL;
	(void)r->read(&s, d, &e);
	doc_end(d);
	tell_limit(w, p, d, &e);
	walk_dump(w, r, p->path, d);
	newtext_of(w->f, d, NEWTEXT_ALL, &plain);
	if (plain.at) {
		text_fold(&w->text, plain.at);
		buf_ch(&w->text, '\n');
		w->password_count += newtext_passwords(w->a, w->f, plain.at, w->passwords + w->password_count,
		                                       WALK_PASSWORDS_MAX - w->password_count);
	}
	if (!w->link_count)
		find_links(w, p, d, plain.at ? plain.at : "");
	buf_free(&plain);
	if (p->depth == 0)
		find_orders(w, d);
	list = walk_forms_of(w, d, p->path, true, &blank);
	if (!list)
		list = walk_body_pictures(w, d, p->path);
	w->out->blank = w->out->blank || blank;
	if (all_quoted(list) && !w->out->values && p->depth == 0)
		w->out->values = recognise_values(w->f, d);
	return list;
}

/* Both twins say the same; one of them says it best: HTML keeps the table that the plain text lost,
 * or holds it where the plain text is a stub. */
static int
twin_worth(const struct walk_form *list)
{
	int worth = 0;

	for (; list; list = list->next)
		worth += merge_worth(list) * (list->found->quoted ? 1 : 2);
	return worth;
}

static void
walk_bodies(struct walker *w, const struct mail *m)
{
	for (const struct mail_part *p = m->parts; p;) {
		const struct mail_part *next = p->next;
		struct walk_form *best;

		if (p->role != MAIL_BODY) {
			p = next;
			continue;
		}
		best = walk_body(w, p);
		for (; next && next->role != MAIL_BODY; next = next->next) {
			struct walk_form *other;

			if (next->role != MAIL_BODY_TWIN)
				continue;
			other = walk_body(w, next);
			if (twin_worth(other) >= twin_worth(best))
				best = other;
		}
		walk_add_forms(w, best);
		p = next;
	}
}

static void
walk_attachment(struct walker *w, const struct mail_part *p, int depth)
{
	struct item item = {.source = part_source(w, p),
	                    .path = p->path,
	                    .depth = depth,
	                    .embedded = *p->content_id != '\0'};

	if (p->nameless || p->role == MAIL_BODY || p->role == MAIL_BODY_TWIN) {
		const char *slash = strrchr(p->path, '/');

		item.source.name = arena_fmt(w->a, "附件%d.%s", p->number ? p->number : 1,
		                             reader_for(&item.source)->extension);
		item.path = arena_fmt(w->a, "%.*s%s", slash ? (int)(slash - p->path) + 1 : 0, p->path,
		                      item.source.name);
	}
	if (p->unread)
		walk_add_unread(w, item.path, p->unread,
		                p->unread == ERR_DAMAGED ? "it cannot be opened, or is empty" : "S/MIME");
	else
		walk_file(w, &item);
}

/* Bodies first: passwords stand there. */
static void
walk_parts(struct walker *w, const struct mail *m, int depth)
{
	walk_bodies(w, m);
	for (const struct mail_part *p = m->parts; p; p = p->next)
		if (p->role == MAIL_ATTACHMENT || !body_reader(w, p))
			walk_attachment(w, p, depth);
}

void
walk_message(struct walker *w, const struct item *item)
{
	struct mail *m = NULL;
	struct err e = {0};

	if (item->depth >= WALK_DEPTH_MAX)
		walk_add_unread(w, item->path, ERR_TOO_LARGE, "messages too deep in each other");
	else if (!mail_open_file(&m, w->a, item->source.data, item->path, &e))
		walk_add_unread(w, item->path, ERR_DAMAGED, e.text);
	else
		walk_parts(w, m, item->depth + 1);
	if (m && m->too_large)
		walk_add_unread(w, item->path, ERR_TOO_LARGE, m->too_large_why);
}

/* Quoted forms count only where the answer itself holds none, and what is quoted is not our own reply
 * come back with its table of values. */
static void
settle_quoted(struct walker *w)
{
	bool ours = form_own_message_id(w->f, w->m->in_reply_to);

	for (size_t i = 0; w->m->references[i]; i++)
		ours = ours || form_own_message_id(w->f, w->m->references[i]);
	if (w->out->forms || ours || !w->quoted)
		return;
	for (struct walk_form *x = w->quoted, *next; x; x = next) { /* it is in reverse */
		next = x->next;
		x->next = w->out->forms;
		w->out->forms = x;
	}
}

/* What does not show is no registration: a template, last year's, a draft. But a row that a filter hides may
 * well be meant as one: it is told, once for a file, unless what shows says the same and no less. */
static void
tell_unseen(struct walker *w)
{
	for (const struct walk_form *x = w->unseen; x; x = x->next) {
		const struct walk_form *y = w->out->forms;
		struct walk_name **told = &w->out->hidden;

		while (*told && strcmp((*told)->name, x->source) != 0)
			told = &(*told)->next;
		while (!*told && y && !merge_covers(w->f, y, x))
			y = y->next;
		if (!y && !*told) {
			*told = arena_alloc(w->a, 1, sizeof **told);
			(*told)->name = x->source;
		}
	}
}

/* No more forms than an answer holds; the first that is left out says where the others are. */
static void
cut_forms(struct walker *w)
{
	struct walk_form *x = w->out->forms;

	for (size_t n = 1; x && n < WALK_FORMS_MAX; n++)
		x = x->next;
	if (!x || !x->next)
		return;
	walk_add_unread(w, x->next->source, ERR_TOO_LARGE, "more forms in the mail than are read");
	x->next = NULL;
}

static struct walk_name *
names_of(struct arena *a, const char *const *names, size_t n)
{
	struct walk_name *list = NULL;

	for (; n > 0; n--) {
		struct walk_name *x = arena_alloc(a, 1, sizeof *x);

		x->name = names[n - 1];
		x->next = list;
		list = x;
	}
	return list;
}

void
walk_mail(struct findings *out, const struct form *f, const struct mail *m, struct buf *dump)
{
	struct walker w = {.out = out,
	                   .a = m->arena,
	                   .f = f,
	                   .m = m,
	                   .dump = dump,
	                   .text = BUF_INIT(TEXT_MAX),
	                   .documents = BUF_INIT(TEXT_MAX),
	                   .forms = &out->forms,
	                   .unread = &out->unread,
	                   .supplementary = &out->supplementary};

	*out = (struct findings){.arena = m->arena, .form = f};
	out->orders = arena_alloc(w.a, ORDERS_MAX, sizeof *out->orders);
	w.sender = arena_fmt(w.a, "%s %s", m->from.name, m->from.addr);
	text_fold(&w.text, m->subject);
	buf_ch(&w.text, '\n');
	walk_parts(&w, m, 0);
	if (m->too_large)
		walk_add_unread(&w, "message", ERR_TOO_LARGE, m->too_large_why);
	settle_quoted(&w);
	tell_unseen(&w);
	merge_forms(out);
	cut_forms(&w);
	if (out->untold)
		walk_add_unread(&w, out->untold, ERR_TOO_LARGE, "more in it that differs than is told");
	out->links = names_of(w.a, w.links, w.link_count);
	out->text = arena_str(w.a, w.text.at ? w.text.at : "");
	out->documents = arena_str(w.a, w.documents.at ? w.documents.at : "");
	buf_free(&w.text);
	buf_free(&w.documents);
}
