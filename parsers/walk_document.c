/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file: a document with its forms, its pictures and the files put into it. */
#include "parsers/walk_inner.h"

#include "config/text.h"
#include "parsers/member.h"
#include "parsers/ocr.h"
#include "parsers/ole.h"
#include "parsers/oleobject.h"
#include "parsers/patience.h"

#include <string.h>

enum {
	TITLE_MAX = 200, /* characters beside a scan put into a document: a title, a line of a letter */
	SMALL_PICTURE = 12 << 10, /* bytes of a logo or a signature; a page has more, or many pixels */
};

static const char TOO_POOR[] = "a picture of a page, too poor to be read";

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
	if (!length || (length <= TITLE_MAX && form_has_word(w->f->words_form, words)))
		what = NOTHING; /* or the form's own title over it */
	else if (length <= TITLE_MAX)
		what = TITLE;
	else if (form_has_word(w->f->words_form, words) || form_has_word(w->f->words_programme, words))
		what = LETTER;
	buf_free(&plain);
	buf_free(&folded);
	return what;
}

void
walk_dump(struct walker *w, const struct reader *r, const char *path, const struct document *d)
{
	if (!w->dump)
		return;
	buf_fmt(w->dump, "== %s (%s)\n", path, r->name);
	doc_dump(d, w->dump);
}

bool
walk_is_limit(const struct err *e)
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
	struct err left = {0}; /* why one of them was not looked at */
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
		if (!r->read && d->files)
			continue; /* shows such a file, which is looked at for itself */
		if (n++ == WALK_PICTURES_MAX)
			return err_set(e, ERR_TOO_LARGE, "more pictures in it than are looked at");
		if (!r->read) {
			(void)err_set(e, ERR_UNSUPPORTED, "only a picture in it, and pictures are not read");
			continue;
		}
		page = doc_new(w->a);
		why = patience_begin(true, &was);
		if (why) {
			(void)err_set(&left, why, "a picture in it takes too much");
			continue;
		}
		ok = r->read(&s, page, e);
		patience_end(was);
		if (!ok && e->code == ERR_TIMEOUT)
			return false;
		if (!ok)
			continue;
		doc_end(page);
		walk_dump(w, r, item->path, page);
		read = true;
		d->illegible = page->illegible > d->illegible ? page->illegible : d->illegible;
		*tail = walk_forms_of(w, page, item->path, false, &blank);
		while (*tail)
			tail = &(*tail)->next;
	}
	if (left.code != ERR_NONE)
		*e = left;
	return left.code == ERR_NONE && (read || n == 0);
}

/* A scan may stand under a title, or below the letter that goes with it. What is no scan there, a logo that
 * nobody can read, is no file that is missing. */
static bool
walk_scans(struct walker *w, struct document *d, const struct item *item, struct walk_form **list,
           struct err *e)
{
	enum beside what = beside_pictures(w, d);

	return what == OTHER_TEXT || walk_pictures(w, d, item, list, e) ||
	       (what != NOTHING && !walk_is_limit(e));
}

/* Is there a page in it that may be the form, and that a person has to look at? What the mail shows in its
 * text is mostly a decoration, but no table. */
static bool
is_illegible(const struct document *d, const struct item *item)
{
	return d->illegible >= (item->embedded ? DOC_ILLEGIBLE_TABLE : DOC_ILLEGIBLE_PAGE);
}

struct walk_form *
walk_body_pictures(struct walker *w, struct document *d, const char *path)
{
	const struct item item = {.path = path, .embedded = true};
	struct walk_form *list = NULL;
	struct err e = {0};

	ocr_begin_file();
	if (!walk_pictures(w, d, &item, &list, &e) && walk_is_limit(&e))
		walk_add_unread(w, path, e.code, e.text);
	else if (!list && is_illegible(d, &item))
		walk_add_unread(w, path, ERR_UNSUPPORTED, TOO_POOR);
	return list;
}

static bool
shows_file(const struct document *d)
{
	const struct doc_file *f = d->files;

	while (f && *f->name)
		f = f->next;
	return f != NULL;
}

/* Files put into a document; of formulas, drawings and the like it shows a picture, and no more was meant. */
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

		if (f->unread.code) {
			walk_add_unread(w, inner.path, f->unread.code, f->unread.text);
			continue;
		}
		if (ole_is(f->data) && oleobject_is_shown(f->data))
			continue;
		if (inner.depth > WALK_DEPTH_MAX || f->data.len > walk_room(w))
			walk_add_unread(w, inner.path, ERR_TOO_LARGE, "more in it than can be looked at");
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
		if (!walk_is_whole(w, x) && !(limit && next))
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
		list = walk_forms_of(w, d->unseen, item->path, false, &blank);
	for (; list; list = next) {
		next = list->next;
		list->next = w->unseen;
		w->unseen = list;
	}
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
	walk_dump(w, r, item->path, d);
	list = walk_forms_of(w, d, item->path, false, &blank);
	if (!list && (ok || walk_is_limit(&e)))
		ok = walk_scans(w, d, item, &list, &e) && ok;
	illegible = ok && !list && is_illegible(d, item);
	if (illegible)
		ok = err_set(&e, ERR_UNSUPPORTED, "%s", TOO_POOR);
	if (!ok)
		list = forms_kept(w, list, walk_is_limit(&e));
	w->out->blank = w->out->blank || blank;
	note_unseen(w, d, item);
	walk_add_forms(w, list);
	if (!ok && (illegible || !is_decoration(item)) && (!list || walk_is_limit(&e))) {
		walk_add_unread(w, item->path, e.code, e.text);
	} else if (!list) {
		note_document(w, d);
		if (!shows_file(d)) /* that is listed in its place */
			walk_add_supplementary(w, item->path);
	}
	walk_files(w, d, item);
}

void
walk_file(struct walker *w, const struct item *item)
{
	static const struct reader too_small = {.name = "decoration"}; /* not worth a reader's second */
	const struct reader *r = reader_for(&item->source);
	struct patience_mark was;
	enum err_code why;

	if (r->ignored || !walk_counts(w, item->path, item->depth))
		return;
	text_fold(&w->text, item->path);
	buf_ch(&w->text, '\n');
	if (is_small_picture(item))
		r = &too_small;
	why = patience_begin(r->picture, &was);
	if (why)
		walk_add_unread(w, item->path, why, "it, or the mail, takes more than any form does");
	else if (r->message)
		walk_message(w, item);
	else if (r->unpack)
		walk_container(w, r, item);
	else if (r->read)
		walk_document(w, r, item);
	else if (is_decoration(item))
		walk_add_supplementary(w, item->path);
	else if (!item->source.data.len)
		walk_add_unread(w, item->path, ERR_DAMAGED, "the file is empty");
	else
		walk_add_unread(w, item->path, ERR_UNSUPPORTED, r->name);
	patience_end(was);
}
