/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/outline.h"

#include "config/text.h"
#include "parsers/charset.h"
#include "parsers/links.h"
#include "parsers/newtext.h"
#include "parsers/reader.h"

#include <string.h>

enum {
	TEXT_MAX = 4 << 20,
	SMALL_PICTURE = 12 << 10, /* a logo or a signature, as in walk.c */
};

struct outline {
	struct findings *out;
	const struct form *f;
	struct buf text;
	struct walk_unread **unread;
	struct walk_name **supplementary, **links;
};

static void
add_unread(struct outline *o, const char *source, enum err_code why)
{
	struct walk_unread *u = arena_alloc(o->out->arena, 1, sizeof *u);

	u->source = source;
	u->reason = why;
	u->why = "not opened: only the outline of the mail was read";
	*o->unread = u;
	o->unread = &u->next;
}

static void
add_name(struct arena *a, struct walk_name ***tail, const char *name)
{
	struct walk_name *n = arena_alloc(a, 1, sizeof *n);

	n->name = name;
	**tail = n;
	*tail = &n->next;
}

/* Tags become spaces, those that end a line its end; styles and scripts stay: words in them are none of ours.
 * No HTML parser: it may be what died. */
static const char *
without_tags(struct arena *a, const char *html)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	const char *text, *end = strchr(html, '>');

	while (*html) {
		if (end && end < html)
			end = strchr(html, '>');
		if (*html == '<' && end) {
			buf_ch(&b, strchr("bBpPdDtT/", html[1]) ? '\n' : ' ');
			html = end + 1;
		} else {
			buf_ch(&b, *html++);
		}
	}
	text = arena_str(a, b.at ? b.at : "");
	buf_free(&b);
	return text;
}

/* What the sender wrote now, for its words: a quoted letter must not mark the answer to it. */
static void
read_body(struct outline *o, const struct mail_part *p)
{
	static const char *const none[] = {NULL};
	struct arena *a = o->out->arena;
	const char *raw = charset_string(a, p->data, p->charset), *links[LINKS_MAX];
	const char *text = strcmp(p->type, "text/html") == 0 ? without_tags(a, raw) : raw;
	struct source s = {bytes_str(text), "", "text/plain", "utf-8", none};
	struct document *d = doc_new(a);
	struct buf plain = BUF_INIT(TEXT_MAX);
	size_t was = o->text.len, n = o->out->links ? 0 : links_find(a, o->f, raw, links);
	struct buf whole = BUF_INIT(TEXT_MAX);

	(void)reader_named("plain")->read(&s, d, NULL);
	doc_end(d);
	newtext_of(o->f, d, NEWTEXT_ALL, &plain);
	if (plain.at)
		text_fold(&o->text, plain.at);
	text_fold(&whole, text);
	n = links_written(links, n, o->text.at ? o->text.at + was : "", whole.at ? whole.at : "");
	buf_ch(&o->text, '\n');
	buf_free(&whole);
	buf_free(&plain);
	for (size_t i = 0; i < n; i++)
		add_name(a, &o->links, links[i]);
}

static void
note_file(struct outline *o, const struct mail_part *p, enum err_code why)
{
	const char *slash = strrchr(p->path, '/'), *path = p->path;
	bool picture = strncmp(p->type, "image/", 6) == 0;

	if (strcmp(p->type, "text/calendar") == 0)
		return;
	if (p->nameless) /* its kind, which would end the name, is not looked for */
		path = arena_fmt(o->out->arena, "%.*s附件%d.bin", slash ? (int)(slash - path) + 1 : 0, path,
		                 p->number ? p->number : 1);
	text_fold(&o->text, path);
	buf_ch(&o->text, '\n');
	if (picture && (*p->content_id || p->data.len < SMALL_PICTURE))
		add_name(o->out->arena, &o->supplementary, path);
	else
		add_unread(o, path, p->unread ? p->unread : why);
}

void
outline_mail(struct findings *out, const struct form *f, const struct mail *m, enum err_code why)
{
	struct outline o = {.out = out,
	                    .f = f,
	                    .text = BUF_INIT(TEXT_MAX),
	                    .unread = &out->unread,
	                    .supplementary = &out->supplementary,
	                    .links = &out->links};

	*out = (struct findings){.arena = m->arena, .form = f};
	text_fold(&o.text, m->subject);
	buf_ch(&o.text, '\n');
	for (const struct mail_part *p = m->parts; p; p = p->next) {
		if (p->role == MAIL_ATTACHMENT)
			note_file(&o, p, why);
		else if (p->role != MAIL_PLUMBING)
			read_body(&o, p);
	}
	if (!out->unread)
		add_unread(&o, arena_fmt(m->arena, "%s.eml", *m->subject ? m->subject : "邮件"), why);
	out->text = arena_str(m->arena, o.text.at ? o.text.at : "");
	out->documents = "";
	buf_free(&o.text);
}
