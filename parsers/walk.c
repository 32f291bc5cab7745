/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/walk.h"

#include "config/text.h"
#include "parsers/charset.h"
#include "parsers/links.h"
#include "parsers/member.h"
#include "parsers/merge.h"
#include "parsers/newtext.h"
#include "parsers/ocr.h"
#include "parsers/order.h"
#include "parsers/patience.h"
#include "parsers/reader.h"

#include <string.h>
#include <strings.h>

enum {
	TEXT_MAX = 4 << 20, /* of folded text for words */
	TITLE_MAX = 200,    /* characters beside a scan put into a document: a title, a line of a letter */
	SMALL_PICTURE = 12 << 10, /* bytes of a logo or a signature; a page has more, or many pixels */
};

struct walker {
	struct findings *out;
	struct arena *a;
	const struct form *f;
	const struct mail *m;
	struct buf *dump;
	struct buf text, documents;
	const char *passwords[WALK_PASSWORDS_MAX + 1];
	const char *links[LINKS_MAX];
	size_t password_count, link_count;
	struct walk_form **forms, *quoted; /* tail; forms in quoted text, apart */
	struct walk_form *unseen;          /* in hidden rows, columns and sheets, the last first */
	struct walk_unread **unread;
	struct walk_name **supplementary;
	size_t files, bytes; /* of archives and messages in the mail */
	bool full;           /* a file was not looked at for their number */
	const char *sender;
};

/* A file to be looked at. */
struct item {
	struct source source;
	const char *path;
	int depth;     /* archives around it */
	bool embedded; /* an image shown in the text (Content-ID) */
};

/* ---- what is found ---- */

static void
add_unread(struct walker *w, const char *source, enum err_code reason, const char *why)
{
	struct walk_unread *u = arena_alloc(w->a, 1, sizeof *u);

	u->source = source;
	u->reason = reason >= ERR_ENCRYPTED ? reason : ERR_DAMAGED;
	u->why = arena_str(w->a, why);
	*w->unread = u;
	w->unread = &u->next;
}

static void
add_supplementary(struct walker *w, const char *source)
{
	struct walk_name *n = arena_alloc(w->a, 1, sizeof *n);

	n->name = source;
	*w->supplementary = n;
	w->supplementary = &n->next;
}

/* May one more file be looked at? What lies in the mail itself always is, whatever its archives held; the
 * first file too many is told, for all of them. */
static bool
counts(struct walker *w, const char *path, int depth)
{
	if (depth == 0 || w->files < WALK_FILES_MAX) {
		w->files += depth > 0;
		return true;
	}
	if (!w->full)
		add_unread(w, path, ERR_TOO_LARGE, "more files than are looked at");
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
	return n;
}

static void
append_forms(struct walker *w, struct walk_form *list)
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

/* The filled-in forms of a document; *blank_r says that there are blank ones. Where it holds more than
 * are read, it is told as unread beside them. */
static struct walk_form *
forms_of(struct walker *w, const struct document *d, const char *source, bool body, bool *blank_r)
{
	struct walk_form *list = NULL, **tail = &list;

	for (const struct found_form *x = recognise(w->f, d); x; x = x->next) {
		if (x->cut)
			add_unread(w, source, ERR_TOO_LARGE, "more forms in it than are read");
		if (x->blank) {
			*blank_r = *blank_r || !x->quoted;
			continue;
		}
		*tail = form_new(w, source, x, body);
		tail = &(*tail)->next;
	}
	return list;
}

/* Does a form hold all that is asked for? What a damaged file still gave counts only then. */
static bool
is_whole(const struct walker *w, const struct walk_form *x)
{
	for (size_t i = 0; i < w->f->field_count; i++)
		if (w->f->fields[i].required && !x->checked->values[i].text)
			return false;
	return true;
}

/* ---- files ---- */

static void walk_file(struct walker *w, const struct item *item);
static void walk_message(struct walker *w, const struct item *item);

/* Files that systems put into archives for themselves. */
static bool
is_litter(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return strstr(path, "__MACOSX/") || strncmp(name, "._", 2) == 0 || strcmp(name, ".DS_Store") == 0 ||
	       strcasecmp(name, "Thumbs.db") == 0 || strcasecmp(name, "desktop.ini") == 0 ||
	       strncmp(name, "~$", 2) == 0;
}

/* The XML of a package that is too broken to be known as one: nobody put it there as a file. */
static bool
is_package_part(const char *path)
{
	static const char *const folders[] = {"xl/",    "word/",      "ppt/",           "docProps/",
	                                      "_rels/", "customXml/", "[Content_Types]"};
	struct bytes name = bytes_str(path);
	bool within = false;

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		within = within || bytes_begin(name, folders[i]);
	return within && (bytes_end(name, ".xml") || bytes_end(name, ".rels"));
}

struct opened {
	struct walker *w;
	const struct item *item;
	struct container_sink *sink;
	size_t members;
	bool stopped;
};

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What may come out of a container: what is left of the message's whole, and no more than its own size
 * lets expect. */
static size_t
room_for(const struct walker *w, const struct item *item)
{
	size_t own = smaller(item->source.data.len, WALK_BYTES_MAX) * WALK_RATIO_MAX;

	if (own < WALK_RATIO_FREE)
		own = WALK_RATIO_FREE;
	return smaller(own, WALK_BYTES_MAX - smaller(w->bytes, WALK_BYTES_MAX));
}

static const char *
path_within(const struct opened *o, const char *name)
{
	const char *slash = strrchr(o->item->path, '/');

	if (!o->sink->transparent)
		return arena_fmt(o->w->a, "%s/%s", o->item->path, name);
	return arena_fmt(o->w->a, "%.*s%s", slash ? (int)(slash - o->item->path) + 1 : 0, o->item->path,
	                 name);
}

static bool
take_member(void *context, const char *name, struct bytes data)
{
	struct opened *o = context;
	struct walker *w = o->w;
	const char *slash = strrchr(name, '/');
	struct item inner = {.path = path_within(o, name), .depth = o->item->depth + 1};

	o->members++;
	if (data.len > o->sink->room || w->files >= WALK_FILES_MAX || inner.depth > WALK_DEPTH_MAX) {
		o->stopped = true;
		return false;
	}
	w->bytes += data.len;
	o->sink->room -= data.len;
	if (is_litter(name) || is_package_part(name))
		return true;
	inner.source = (struct source){.data = data,
	                               .name = slash ? slash + 1 : name,
	                               .type = "",
	                               .charset = "",
	                               .passwords = w->passwords};
	walk_file(w, &inner);
	/* what came out of this one counts for all around it */
	o->sink->room = smaller(o->sink->room, WALK_BYTES_MAX - smaller(w->bytes, WALK_BYTES_MAX));
	return true;
}

static void
take_unread_member(void *context, const char *name, const struct err *why)
{
	struct opened *o = context;

	o->members++;
	if (!is_litter(name) && counts(o->w, path_within(o, name), o->item->depth + 1))
		add_unread(o->w, path_within(o, name), why->code, why->text);
}

static struct walk_form *walk_body(struct walker *w, const struct mail_part *p);

static void
take_text(void *context, const char *name, struct bytes data, const char *type, const char *charset)
{
	struct opened *o = context;
	struct mail_part p = {.role = MAIL_BODY,
	                      .path = path_within(o, name),
	                      .name = "",
	                      .type = type,
	                      .charset = charset,
	                      .content_id = "",
	                      .data = data,
	                      .depth = o->item->depth + 1};

	o->members++;
	append_forms(o->w, walk_body(o->w, &p));
}

static void
walk_container(struct walker *w, const struct reader *r, const struct item *item)
{
	struct container_sink sink = {.member = take_member,
	                              .unread = take_unread_member,
	                              .text = take_text,
	                              .room = room_for(w, item)};
	struct opened o = {.w = w, .item = item, .sink = &sink};
	struct err e = {0};
	bool ok;

	sink.context = &o;
	ok = r->unpack(&item->source, &sink, &e);
	if (o.stopped)
		add_unread(w, item->path, ERR_TOO_LARGE, "more in it than can be looked at");
	else if (!ok)
		add_unread(w, item->path, e.code, e.text);
	else if (!o.members)
		add_supplementary(w, item->path);
}

/* One of a kind that is not known is a picture by its word; never what is a document by its bytes. */
static bool
is_picture_by_type(const struct item *item)
{
	const struct reader *r;

	if (strncmp(item->source.type, "image/", 6) != 0)
		return false;
	r = reader_for(&item->source);
	return !r->unpack && !r->message && (!r->read || r == reader_named("plain"));
}

static bool
is_picture(const struct item *item)
{
	struct bytes b = item->source.data;

	return is_picture_by_type(item) || bytes_begin(b, "\xFF\xD8\xFF") || bytes_begin(b, "\x89PNG") ||
	       bytes_begin(b, "GIF8") || bytes_begin(b, "BM") || bytes_begin(b, "II*") ||
	       bytes_begin(b, "MM");
}

/* As large as a page, however few bytes it takes? */
static bool
is_page(const struct reader *r, const struct source *s)
{
	return r->is_page && r->is_page(s);
}

/* Too small to be a page: not worth a reader's second. */
static bool
is_small_picture(const struct item *item)
{
	return is_picture(item) && item->source.data.len < SMALL_PICTURE &&
	       !is_page(reader_for(&item->source), &item->source);
}

/* Logos and signatures: too small, or shown in the text. */
static bool
is_decoration(const struct item *item)
{
	return is_small_picture(item) || (item->embedded && is_picture(item));
}

static void
note_document(struct walker *w, const struct document *d)
{
	struct buf plain = BUF_INIT(64 << 10); /* a letter says what it is on its first pages */

	doc_plain(d, &plain);
	if (plain.at)
		text_fold(&w->documents, plain.at);
	buf_free(&plain);
}

/* Characters of a text; none of white space. */
static size_t
text_length(const char *s)
{
	size_t n = 0;

	while (*s)
		n += text_next(&s) > ' ';
	return n;
}

/* What stands beside the pictures of a document in which no form was found. */
enum beside { NOTHING, TITLE, LETTER, OTHER_TEXT };

static enum beside
beside_pictures(const struct walker *w, const struct document *d)
{
	struct buf plain = BUF_INIT(64 << 10), folded = BUF_INIT(64 << 10);
	enum beside what = OTHER_TEXT;
	const char *words;
	size_t length;

	doc_plain(d, &plain);
	length = text_length(plain.at ? plain.at : "");
	text_fold(&folded, plain.at ? plain.at : "");
	words = folded.at ? folded.at : "";
	if (!length)
		what = NOTHING;
	else if (length <= TITLE_MAX)
		what = TITLE;
	else if (form_has_word(w->f->words_form, words) || form_has_word(w->f->words_programme, words))
		what = LETTER;
	buf_free(&plain);
	buf_free(&folded);
	return what;
}

static void
dump_document(struct walker *w, const struct reader *r, const char *path, const struct document *d)
{
	if (!w->dump)
		return;
	buf_fmt(w->dump, "== %s (%s)\n", path, r->name);
	doc_dump(d, w->dump);
}

/* Was a file read up to a limit? What came before it is as good as any. */
static bool
is_limit(const struct err *e)
{
	return e->code == ERR_TOO_LARGE || e->code == ERR_TIMEOUT;
}

/* Forms in the pictures of a document that holds none as text: a scan put into a Word file. False: no
 * picture could be read, or not all of them for want of time or by their number. */
static bool
walk_pictures(struct walker *w, struct document *d, const struct item *item, struct walk_form **list,
              struct err *e)
{
	struct walk_form **tail = list;
	bool read = false, blank = false;
	int n = 0;

	for (const struct doc_block *b = d->first; b; b = b->next) {
		struct source s = {
		        .data = b->data, .name = "", .type = "", .charset = "", .passwords = w->passwords};
		const struct reader *r;
		struct document *page;
		struct patience_mark was;
		enum err_code why;
		bool ok;

		if (b->kind != DOC_PICTURE)
			continue;
		r = reader_for(&s);
		if (b->data.len < SMALL_PICTURE && !b->page && !is_page(r, &s))
			continue; /* but the picture of a page is one, however little ink is on it */
		if (n++ == WALK_PICTURES_MAX)
			return err_set(e, ERR_TOO_LARGE, "more pictures in it than are looked at");
		if (!r->read) {
			(void)err_set(e, ERR_UNSUPPORTED, "only a picture in it, and pictures are not read");
			continue;
		}
		page = doc_new(w->a);
		why = patience_begin(true, &was);
		if (why) {
			(void)err_set(e, why, "a picture in it takes too much");
			continue;
		}
		ok = r->read(&s, page, e);
		patience_end(was);
		if (!ok && e->code == ERR_TIMEOUT)
			return false;
		if (!ok)
			continue;
		doc_end(page);
		dump_document(w, r, item->path, page);
		read = true;
		d->illegible = page->illegible > d->illegible ? page->illegible : d->illegible;
		*tail = forms_of(w, page, item->path, false, &blank);
		while (*tail)
			tail = &(*tail)->next;
	}
	return read || n == 0;
}

/* A scan may stand under a title, or below the letter that goes with it. What is no scan there, a logo that
 * nobody can read, is no file that is missing. */
static bool
walk_scans(struct walker *w, struct document *d, const struct item *item, struct walk_form **list,
           struct err *e)
{
	enum beside what = beside_pictures(w, d);

	return what == OTHER_TEXT || walk_pictures(w, d, item, list, e) || (what != NOTHING && !is_limit(e));
}

static bool
shows_file(const struct document *d)
{
	const struct doc_file *f = d->files;

	while (f && *f->name)
		f = f->next;
	return f != NULL;
}

/* Files put into a document, where they are of a kind that is read; of others (formulas, drawings) the
 * document shows a picture, and no more was meant. */
static void
walk_files(struct walker *w, const struct document *d, const struct item *item)
{
	for (const struct doc_file *f = d->files; f; f = f->next) {
		const char *name = member_name(w->a, f->name);
		struct item inner = {.depth = item->depth + 1,
		                     .path = *name ? arena_fmt(w->a, "%s/%s", item->path, name) : item->path,
		                     .source = {.data = f->data,
		                                .name = name,
		                                .type = "",
		                                .charset = "",
		                                .passwords = w->passwords}};
		const struct reader *r = reader_for(&inner.source);

		if (f->unread.code) {
			add_unread(w, inner.path, f->unread.code, f->unread.text);
			continue;
		}
		if (!(r->read || r->unpack || r->message) || r == reader_named("ole"))
			continue;
		if (inner.depth > WALK_DEPTH_MAX ||
		    f->data.len > WALK_BYTES_MAX - smaller(w->bytes, WALK_BYTES_MAX))
			add_unread(w, inner.path, ERR_TOO_LARGE, "more in it than can be looked at");
		else
			walk_file(w, &inner);
		w->bytes += f->data.len;
	}
}

/* What counts of the forms in a file that was not read to its end: of a damaged one those that are whole,
 * before a limit all but a last one that the limit may have cut. */
static struct walk_form *
forms_kept(const struct walker *w, struct walk_form *list, bool limit)
{
	struct walk_form *kept = NULL, **tail = &kept;

	for (struct walk_form *x = list, *next; x; x = next) {
		next = x->next;
		x->next = NULL;
		if (!is_whole(w, x) && !(limit && next))
			continue;
		*tail = x;
		tail = &x->next;
	}
	return kept;
}

static void
note_unseen(struct walker *w, const struct document *d, const struct item *item)
{
	struct walk_form *list = NULL, *next;
	bool blank = false;

	if (d->unseen)
		list = forms_of(w, d->unseen, item->path, false, &blank);
	for (; list; list = next) {
		next = list->next;
		list->next = w->unseen;
		w->unseen = list;
	}
}

/* Is there a page in it that may be the form, and that a person has to look at? What the mail shows in its
 * text is mostly a decoration, but no table. */
static bool
is_illegible(const struct document *d, const struct item *item)
{
	return d->illegible >= (item->embedded ? DOC_ILLEGIBLE_TABLE : DOC_ILLEGIBLE_PAGE);
}

static void
walk_document(struct walker *w, const struct reader *r, const struct item *item)
{
	struct document *d = doc_new(w->a);
	struct walk_form *list;
	struct err e = {0};
	bool blank = false, illegible = false, ok;

	ocr_begin_file();
	ok = r->read(&item->source, d, &e);
	doc_end(d);
	if (ok && d->too_large)
		ok = err_set(&e, ERR_TOO_LARGE, "%s", d->too_large_why ? d->too_large_why : "too large");
	dump_document(w, r, item->path, d);
	list = forms_of(w, d, item->path, false, &blank);
	if (!list && (ok || is_limit(&e)))
		ok = walk_scans(w, d, item, &list, &e) && ok;
	illegible = ok && !list && is_illegible(d, item);
	if (illegible)
		ok = err_set(&e, ERR_UNSUPPORTED, "a picture of a page, too poor to be read");
	if (!ok)
		list = forms_kept(w, list, is_limit(&e));
	w->out->blank = w->out->blank || blank;
	note_unseen(w, d, item);
	append_forms(w, list);
	if (!ok && (illegible || !is_decoration(item)) && (!list || is_limit(&e))) {
		add_unread(w, item->path, e.code, e.text);
	} else if (!list) {
		note_document(w, d);
		if (!shows_file(d)) /* that is listed in its place */
			add_supplementary(w, item->path);
	}
	walk_files(w, d, item);
}

static void
walk_file(struct walker *w, const struct item *item)
{
	static const struct reader too_small = {.name = "decoration"}; /* not worth a reader's second */
	const struct reader *r = reader_for(&item->source);
	struct patience_mark was;
	enum err_code why;

	if (r->ignored || !counts(w, item->path, item->depth))
		return;
	text_fold(&w->text, item->path);
	buf_ch(&w->text, '\n');
	if (is_small_picture(item))
		r = &too_small;
	why = patience_begin(r->picture, &was);
	if (why)
		add_unread(w, item->path, why, "it, or the mail, takes more than any form does");
	else if (r->message)
		walk_message(w, item);
	else if (r->unpack)
		walk_container(w, r, item);
	else if (r->read)
		walk_document(w, r, item);
	else if (is_decoration(item))
		add_supplementary(w, item->path);
	else if (!item->source.data.len)
		add_unread(w, item->path, ERR_DAMAGED, "the file is empty");
	else
		add_unread(w, item->path, ERR_UNSUPPORTED, r->name);
	patience_end(was);
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

/* The forms of one body text, and its words. */
static void
find_orders(struct walker *w, const struct document *d)
{
	struct buf plain = BUF_INIT(TEXT_MAX);

	newtext_of(w->f, d, NEWTEXT_PLAIN, &plain);
	if (plain.at)
		w->out->order_count = order_find(w->a, w->f, plain.at, w->out->orders, w->out->order_count);
	buf_free(&plain);
}

static struct walk_form *
walk_body(struct walker *w, const struct mail_part *p)
{
	const struct reader *r = body_reader(w, p);
	struct source s = part_source(w, p);
	struct document *d = doc_new(w->a);
	struct buf plain = BUF_INIT(TEXT_MAX);
	struct walk_form *list;
	const char *raw;
	struct err e = {0};
	bool blank = false;

	if (!r || !r->read)
		return NULL;
	(void)r->read(&s, d, &e);
	doc_end(d);
	dump_document(w, r, p->path, d);
	newtext_of(w->f, d, NEWTEXT_ALL, &plain);
	if (plain.at) {
		text_fold(&w->text, plain.at);
		buf_ch(&w->text, '\n');
		w->password_count += newtext_passwords(w->a, w->f, plain.at, w->passwords + w->password_count,
		                                       WALK_PASSWORDS_MAX - w->password_count);
	}
	buf_free(&plain);
	if (p->depth == 0)
		find_orders(w, d);
	raw = charset_string(w->a, p->data, p->charset);
	if (!w->link_count)
		w->link_count = links_find(w->a, w->f, raw, w->links);
	list = forms_of(w, d, p->path, true, &blank);
	w->out->blank = w->out->blank || blank;
	if (all_quoted(list) && !w->out->values && p->depth == 0)
		w->out->values = recognise_values(w->f, d);
	return list;
}

/* Both twins say the same; one of them says it best: HTML keeps the table that the plain text lost,
 * or holds it where the plain text is a stub. */
static int
twin_worth(const struct walker *w, const struct walk_form *list)
{
	int worth = 0;

	for (; list; list = list->next)
		worth += merge_worth(w->f, list) * (list->found->quoted ? 1 : 2);
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
			if (twin_worth(w, other) >= twin_worth(w, best))
				best = other;
		}
		append_forms(w, best);
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

	if (p->nameless || p->role != MAIL_ATTACHMENT) {
		const char *slash = strrchr(p->path, '/');

		item.source.name = arena_fmt(w->a, "附件%d.%s", p->number ? p->number : 1,
		                             reader_for(&item.source)->extension);
		item.path = arena_fmt(w->a, "%.*s%s", slash ? (int)(slash - p->path) + 1 : 0, p->path,
		                      item.source.name);
	}
	if (p->unread)
		add_unread(w, item.path, p->unread, "S/MIME");
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

/* A message that came as a file. */
static void
walk_message(struct walker *w, const struct item *item)
{
	struct mail *m = NULL;
	struct err e = {0};

	if (item->depth >= WALK_DEPTH_MAX)
		add_unread(w, item->path, ERR_TOO_LARGE, "messages too deep in each other");
	else if (!mail_open_file(&m, w->a, item->source.data, item->path, &e))
		add_unread(w, item->path, ERR_DAMAGED, e.text);
	else
		walk_parts(w, m, item->depth + 1);
	if (m && m->too_large)
		add_unread(w, item->path, ERR_TOO_LARGE, m->too_large_why);
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

		while (y && !merge_covers(w->f, y, x))
			y = y->next;
		while (*told && strcmp((*told)->name, x->source) != 0)
			told = &(*told)->next;
		if (!y && !*told) {
			*told = arena_alloc(w->a, 1, sizeof **told);
			(*told)->name = x->source;
		}
	}
}

static struct walk_name *
names_of(struct arena *a, const char *const *names, size_t n)
{
	struct walk_name *list = NULL;

	while (n-- > 0) {
		struct walk_name *x = arena_alloc(a, 1, sizeof *x);

		x->name = names[n];
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
		add_unread(&w, "message", ERR_TOO_LARGE, m->too_large_why);
	settle_quoted(&w);
	tell_unseen(&w);
	merge_forms(out);
	out->links = names_of(w.a, w.links, w.link_count);
	out->text = arena_str(w.a, w.text.at ? w.text.at : "");
	out->documents = arena_str(w.a, w.documents.at ? w.documents.at : "");
	buf_free(&w.text);
	buf_free(&w.documents);
}
