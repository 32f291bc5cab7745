/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/mail.h"

#include "config/clock.h"
#include "config/text.h"
#include "parsers/mail_guard.h"
#include "parsers/unwrap.h"

#include <ctype.h>
#include <gmime/gmime.h>
#include <openssl/evp.h>
#include <string.h>
#include <strings.h>

enum { VALUES_MAX = 200, REFERENCES_MAX = 100, STEP_MAX = 200 };

/* Where the walk through the tree stands. */
struct walk {
	struct mail *m;
	struct mail_part **tail;
	const char *prefix; /* of the paths: "x.eml/" */
	int depth;          /* messages in messages */
	int level;          /* multiparts and messages in each other */
	int *attachments;   /* of this message, so far */
	bool twin;          /* inside an alternative whose text has been seen */
	int *parts;         /* in all */
	const char **inner;
	size_t *inner_count;
};

void
mail_init(void)
{
	g_mime_init();
}

/* ---- headers ---- */

static const char *const *
header_values(const struct mail *m, const char *name, bool first_only)
{
	const char **out = arena_alloc(m->arena, first_only ? 2 : VALUES_MAX + 1, sizeof *out);
	struct header_field f;
	size_t at = 0, n = 0;

	while (n < (first_only ? 1 : VALUES_MAX) && header_next(m->header, &at, &f))
		if (header_is(&f, name))
			out[n++] = header_text(m->arena, f.value);
	return out;
}

const char *const *
mail_header(const struct mail *m, const char *name)
{
	return header_values(m, name, false);
}

const char *
mail_header_first(const struct mail *m, const char *name)
{
	const char *const *v = header_values(m, name, true);

	return v[0] ? v[0] : "";
}

/* The raw value of the first such field; empty where there is none. */
static struct bytes
raw_header(struct bytes block, const char *name)
{
	struct header_field f;
	size_t at = 0;

	while (header_next(block, &at, &f))
		if (header_is(&f, name))
			return f.value;
	return BYTES("", 0);
}

static void
read_addresses(struct mail *m)
{
	struct mail_address one = {"", ""};

	m->from = m->sender = m->reply_to = m->return_path = one;
	(void)header_addresses(m->arena, raw_header(m->header, "From"), &m->from, 1);
	(void)header_addresses(m->arena, raw_header(m->header, "Sender"), &m->sender, 1);
	if (header_addresses(m->arena, raw_header(m->header, "Return-Path"), &m->return_path, 1) &&
	    !*m->return_path.addr && !*m->return_path.name)
		m->return_path.addr = "<>";
	if (header_addresses(m->arena, raw_header(m->header, "Reply-To"), &one, 1) > 1)
		m->reply_to_many = true;
	else
		m->reply_to = one;
}

static const char *
read_date(struct mail *m)
{
	const char *s = mail_header_first(m, "Date");
	GDateTime *t = *s ? g_mime_utils_header_decode_date(s) : NULL;
	char *out;

	if (!t)
		return "";
	out = arena_alloc(m->arena, 1, CLOCK_RFC3339_MAX);
	(void)clock_rfc3339((time_t)g_date_time_to_unix(t), out);
	g_date_time_unref(t);
	return out;
}

static void
read_header(struct mail *m)
{
	const char **refs = arena_alloc(m->arena, REFERENCES_MAX + 1, sizeof *refs), *id[1] = {""};

	(void)header_ids(m->arena, raw_header(m->header, "Message-ID"), id, 1);
	m->message_id = id[0];
	id[0] = "";
	(void)header_ids(m->arena, raw_header(m->header, "In-Reply-To"), id, 1);
	m->in_reply_to = id[0];
	(void)header_ids(m->arena, raw_header(m->header, "References"), refs, REFERENCES_MAX);
	m->references = refs;
	m->subject = header_text(m->arena, raw_header(m->header, "Subject"));
	m->date = read_date(m);
	read_addresses(m);
}

/* ---- parts ---- */

static void
stop(struct walk *w, const char *why)
{
	if (!w->m->too_large)
		w->m->too_large_why = why;
	w->m->too_large = true;
}

static struct bytes
object_header(GMimeObject *o, const char *name)
{
	GMimeHeader *h = g_mime_header_list_get_header(g_mime_object_get_header_list(o), name);
	const char *raw = h ? g_mime_header_get_raw_value(h) : NULL;

	return bytes_str(raw ? raw : "");
}

/* A name as one step of a path: what would part or hide steps is taken out. */
static const char *
step_name(struct arena *a, const char *name)
{
	const char *slash = strrchr(name, '\\');
	char *s = arena_str(a, slash && slash[1] ? slash + 1 : name); /* C:\temp\form.doc of old Outlooks */

	for (char *p = s; *p; p++)
		if (*p == '/')
			*p = '_';
	return strcmp(s, ".") == 0 || strcmp(s, "..") == 0 ? "" : s;
}

static const char *
object_name(struct arena *a, GMimeObject *o)
{
	const char *s = header_param(a, object_header(o, "Content-Disposition"), "filename");

	if (!s || !*s)
		s = header_param(a, object_header(o, "Content-Type"), "name");
	return s ? step_name(a, s) : "";
}

static struct bytes
part_data(struct arena *a, GMimePart *p)
{
	GMimeDataWrapper *content = g_mime_part_get_content(p);
	GMimeStream *mem;
	GByteArray *bytes;
	struct bytes out = BYTES("", 0);

	if (!content)
		return out;
	mem = g_mime_stream_mem_new();
	(void)g_mime_data_wrapper_write_to_stream(content, mem);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem));
	out = BYTES(arena_dup0(a, bytes->data ? bytes->data : (const guint8 *)"", bytes->len), bytes->len);
	g_object_unref(mem);
	return out;
}

static struct mail_part *
part_add(struct walk *w, enum mail_role role, const char *name)
{
	struct arena *a = w->m->arena;
	struct mail_part *p = arena_alloc(a, 1, sizeof *p);

	p->role = role;
	p->name = role == MAIL_ATTACHMENT ? name : "";
	p->nameless = role == MAIL_ATTACHMENT && !*name;
	p->number = role == MAIL_ATTACHMENT ? ++*w->attachments : 0;
	p->path = arena_fmt(a, "%s%s", w->prefix, role == MAIL_ATTACHMENT ? name : "body");
	p->type = p->charset = p->content_id = "";
	p->depth = w->depth;
	*w->tail = p;
	w->tail = &p->next;
	return p;
}

static void walk_object(struct walk *w, GMimeObject *o);
static void walk_bytes(struct walk *w, struct bytes entity);

/* Files in uuencode become attachments, and leave the text. */
static void
take_uuencoded(struct walk *w, struct mail_part *body)
{
	struct arena *a = w->m->arena;
	struct buf file = BUF_INIT(MAIL_BYTES_MAX), text = BUF_INIT(MAIL_BYTES_MAX);
	struct bytes name = BYTES("", 0);
	size_t at = 0, kept = 0, begin = 0;

	while (unwrap_uuencoded(body->data, &at, &begin, &name, &file)) {
		struct mail_part *p;

		if (*w->parts >= MAIL_PARTS_MAX) {
			stop(w, "too many parts");
			break;
		}
		++*w->parts;
		p = part_add(w, MAIL_ATTACHMENT, step_name(a, header_text(a, name)));
		p->data = BYTES(arena_dup0(a, file.at ? file.at : "", file.len), file.len);
		buf_add(&text, body->data.at + kept, begin - kept);
		kept = at;
	}
	if (kept) {
		buf_add(&text, body->data.at + kept, body->data.len - kept);
		body->data = BYTES(arena_dup0(a, text.at ? text.at : "", text.len), text.len);
	}
	buf_free(&file);
	buf_free(&text);
}

static void
finish_body(struct walk *w, struct mail_part *p, struct bytes type_raw)
{
	struct arena *a = w->m->arena;
	const char *format = header_param(a, type_raw, "format"), *delsp = header_param(a, type_raw, "delsp");
	struct buf joined = BUF_INIT(MAIL_BYTES_MAX);

	if (strcmp(p->type, "text/html") == 0)
		return;
	if (format && strcasecmp(format, "flowed") == 0) {
		unwrap_flowed(p->data, delsp && strcasecmp(delsp, "yes") == 0, &joined);
		p->data = BYTES(arena_dup0(a, joined.at ? joined.at : "", joined.len), joined.len);
		buf_free(&joined);
	}
	take_uuencoded(w, p);
}

static bool
is_body_type(const char *type)
{
	return !*type || strcmp(type, "text/plain") == 0 || strcmp(type, "text/html") == 0 ||
	       strcmp(type, "text") == 0 || strcmp(type, "text/enriched") == 0;
}

/* Signatures and resource forks: what a mail program shows nobody. */
static bool
is_plumbing(const char *type)
{
	static const char *const types[] = {"application/pkcs7-signature", "application/x-pkcs7-signature",
	                                    "application/pgp-signature",   "application/applefile",
	                                    "application/pgp-encrypted",   NULL};

	for (size_t i = 0; types[i]; i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static bool
is_smime(const char *type)
{
	return strcmp(type, "application/pkcs7-mime") == 0 || strcmp(type, "application/x-pkcs7-mime") == 0;
}

/* S/MIME with its content inside: the content stands in its place. */
static void
walk_smime(struct walk *w, struct bytes data, const char *name, const char *type)
{
	struct buf entity = BUF_INIT(MAIL_BYTES_MAX);
	struct err e = {0};
	struct mail_part *p;

	if (unwrap_cms(data, &entity, &e)) {
		walk_bytes(w, BYTES(arena_dup0(w->m->arena, entity.at ? entity.at : "", entity.len),
		                    entity.len));
	} else {
		p = part_add(w, MAIL_ATTACHMENT, *name ? name : "smime.p7m");
		p->type = type;
		p->data = data;
		p->unread = e.code;
	}
	buf_free(&entity);
}

static void
note_returned(struct walk *w, struct bytes header)
{
	if (*w->inner_count < REFERENCES_MAX)
		*w->inner_count += header_ids(w->m->arena, raw_header(header, "Message-ID"),
		                              &w->inner[*w->inner_count], 1);
}

/* It counts for no attachment that a person would number. */
static void
add_plumbing(struct walk *w, const char *name, const char *type, struct bytes data)
{
	struct mail_part *p = part_add(w, MAIL_ATTACHMENT, name);

	p->role = MAIL_PLUMBING;
	p->type = type;
	p->data = data;
	--*w->attachments;
}

static void
walk_leaf(struct walk *w, GMimePart *o)
{
	struct arena *a = w->m->arena;
	struct bytes type_raw = object_header(GMIME_OBJECT(o), "Content-Type");
	const char *type = header_token(a, type_raw), *name = object_name(a, GMIME_OBJECT(o));
	const char *where = header_token(a, object_header(GMIME_OBJECT(o), "Content-Disposition"));
	const char *charset = header_param(a, type_raw, "charset");
	bool body = is_body_type(type) && !*name && strcmp(where, "attachment") != 0;
	struct bytes data;
	struct mail_part *p;

	data = part_data(a, o);
	if (unwrap_is_detached(data)) /* a signature, whatever it is called */
		return;
	if (is_plumbing(type)) {
		add_plumbing(w, name, type, data);
		return;
	}
	if (is_smime(type) || unwrap_is_cms(data)) {
		walk_smime(w, data, name, type);
		return;
	}
	if (strcmp(type, "text/rfc822-headers") == 0)
		note_returned(w, data);
	p = part_add(w, !body ? MAIL_ATTACHMENT : w->twin ? MAIL_BODY_TWIN : MAIL_BODY, name);
	p->type = type;
	p->charset = charset ? charset : "";
	p->content_id = header_text(a, object_header(GMIME_OBJECT(o), "Content-ID"));
	p->data = data;
	if (body)
		finish_body(w, p, type_raw);
}

/* A text of this message among the parts from p on? */
static bool
any_body(const struct mail_part *p, int depth)
{
	while (p && (p->role != MAIL_BODY || p->depth != depth))
		p = p->next;
	return p != NULL;
}

static void
walk_multipart(struct walk *w, GMimeMultipart *o)
{
	const char *type = header_token(w->m->arena, object_header(GMIME_OBJECT(o), "Content-Type"));
	bool alternative = strcmp(type, "multipart/alternative") == 0, was = w->twin;
	struct mail_part **begin = w->tail;
	int n = g_mime_multipart_get_count(o);

	for (int i = 0; i < n; i++) {
		walk_object(w, g_mime_multipart_get_part(o, i));
		/* what stands beside a text that bears a file's name is nobody's twin */
		w->twin = was || (alternative && any_body(*begin, w->depth));
	}
	w->twin = was;
}

/* A message attached to this one: a step of the path, its attachments numbered anew. */
static void
walk_message(struct walk *w, GMimeMessagePart *o)
{
	struct arena *a = w->m->arena;
	GMimeMessage *inner = g_mime_message_part_get_message(o);
	const char *name = object_name(a, GMIME_OBJECT(o)), *subject = "";
	struct walk in = *w;
	int attachments = 0;

	if (!inner) { /* without a byte in it */
		part_add(w, MAIL_ATTACHMENT, *name ? name : arena_fmt(a, "附件%d.eml", *w->attachments + 1))
		        ->unread = ERR_DAMAGED;
		return;
	}
	++*w->attachments;
	subject = header_text(a, object_header(GMIME_OBJECT(inner), "Subject"));
	if (!*name)
		name = *subject ? arena_fmt(a, "%s.eml", step_name(a, subject))
		                : arena_fmt(a, "附件%d.eml", *w->attachments);
	if (*w->inner_count < REFERENCES_MAX)
		*w->inner_count += header_ids(a, object_header(GMIME_OBJECT(inner), "Message-ID"),
		                              &w->inner[*w->inner_count], 1);
	in.prefix = arena_fmt(a, "%s%s/", w->prefix, name);
	in.depth++;
	in.attachments = &attachments;
	in.twin = false;
	walk_object(&in, g_mime_message_get_mime_part(inner));
	w->tail = in.tail;
}

static void
walk_object(struct walk *w, GMimeObject *o)
{
	if (!o)
		return;
	if (++*w->parts > MAIL_PARTS_MAX) {
		stop(w, "too many parts");
		return;
	}
	if (w->level >= MAIL_DEPTH_MAX) {
		stop(w, "parts too deep in each other");
		return;
	}
	w->level++;
	if (GMIME_IS_MULTIPART(o))
		walk_multipart(w, GMIME_MULTIPART(o));
	else if (GMIME_IS_MESSAGE_PART(o))
		walk_message(w, GMIME_MESSAGE_PART(o));
	else if (GMIME_IS_PART(o))
		walk_leaf(w, GMIME_PART(o));
	w->level--;
}

/* Parse a MIME entity (a message, or what stood in S/MIME) and walk it. */
static void
walk_bytes(struct walk *w, struct bytes entity)
{
	GMimeStream *mem;
	GMimeParser *parser;
	GMimeObject *o;
	const char *why = mail_guard(entity);

	if (why) {
		stop(w, why);
		return;
	}
	mem = g_mime_stream_mem_new_with_buffer((const char *)entity.at, entity.len);
	parser = g_mime_parser_new_with_stream(mem);
	o = g_mime_parser_construct_part(parser, NULL);
	if (o) {
		walk_object(w, o);
		g_object_unref(o);
	}
	g_object_unref(parser);
	g_object_unref(mem);
}

/* ---- the whole ---- */

static void
hash_content(struct mail *m, struct bytes content)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (!EVP_Digest(content.at, content.len, sum, &len, EVP_sha256(), NULL))
		mem_die("hashing a mail");
	for (unsigned i = 0; i < len && i < 32; i++) {
		m->content_sha256[2 * i] = "0123456789abcdef"[sum[i] >> 4];
		m->content_sha256[2 * i + 1] = "0123456789abcdef"[sum[i] & 15];
	}
}

/* Fields of which a message has at least one; a letter that begins with "致: " has none. */
static bool
looks_like_mail(struct bytes header)
{
	static const char *const names[] = {"From",     "To",           "Subject",     "Date",
	                                    "Received", "MIME-Version", "Return-Path", "Message-ID",
	                                    "Cc",       "Delivered-To", "Content-Type"};
	struct header_field f;
	size_t at = 0;

	while (header_next(header, &at, &f))
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (header_is(&f, names[i]))
				return true;
	return false;
}

/* Behind what a mailbox's file or an editor puts before the header: mbox's "From " line (RFC 4155), a byte
 * order mark. */
static struct bytes
header_begin(struct bytes b)
{
	size_t line;

	if (bytes_begin(b, "\xEF\xBB\xBF"))
		b = BYTES(b.at + 3, b.len - 3);
	if (bytes_begin(b, "From ")) {
		line = bytes_find(b, "\n");
		line += line < b.len;
		b = BYTES(b.at + line, b.len - line);
	}
	return b;
}

bool
mail_is_file(struct bytes bytes)
{
	bool from = false, date = false, about = false;
	struct header_field f;
	size_t at = 0;
	size_t begin = 0;

	bytes = header_begin(bytes);
	if (!bytes.len || !isalpha(bytes.at[0])) /* nearly all files: no further look */
		return false;
	for (; at < MAIL_HEADER_MAX && header_next(bytes, &at, &f); begin = at) {
		if (f.name.at != bytes.at + begin) /* a line that is no field was passed over */
			return false;
		from = from || header_is(&f, "From");
		date = date || header_is(&f, "Date") || header_is(&f, "Received") ||
		       header_is(&f, "Message-ID");
		about = about || header_is(&f, "Subject") || header_is(&f, "To") ||
		        header_is(&f, "MIME-Version") || header_is(&f, "Content-Type");
	}
	return from && date && about;
}

static bool
open_at(struct mail **m_r, struct arena *a, struct bytes bytes, size_t look, const char *prefix, int depth,
        struct err *e)
{
	struct mail *m = arena_alloc(a, 1, sizeof *m);
	int attachments = 0, parts = 0;
	size_t inner_count = 0, end = 0;
	struct walk w = {.m = m,
	                 .tail = &m->parts,
	                 .prefix = prefix,
	                 .depth = depth,
	                 .attachments = &attachments,
	                 .parts = &parts,
	                 .inner = arena_alloc(a, REFERENCES_MAX + 1, sizeof(char *)),
	                 .inner_count = &inner_count};
	struct header_field f;

	*m_r = NULL;
	bytes = header_begin(bytes);
	if (header_next(bytes, &end, &f)) /* gmime takes lines before the first field for the text */
		bytes = BYTES(f.name.at, bytes.len - (size_t)(f.name.at - bytes.at));
	end = 0;
	while (header_next(bytes, &end, &f) && end < MAIL_HEADER_MAX)
		continue;
	m->arena = a;
	m->header = BYTES(bytes.at, end < MAIL_HEADER_MAX ? end : MAIL_HEADER_MAX);
	if (m->header.len > bytes.len || !looks_like_mail(m->header))
		return err_set(e, ERR_NOT_MAIL, "no message: it does not begin with a mail's header fields");
	read_header(m);
	hash_content(m, BYTES(bytes.at + end, bytes.len - end));
	m->inner_ids = w.inner;
	if (end >= MAIL_HEADER_MAX)
		stop(&w, "a header beyond all measure");
	else
		walk_bytes(&w, BYTES(bytes.at, bytes.len < look ? bytes.len : look));
	*m_r = m;
	return true;
}

bool
mail_open(struct mail **m_r, struct arena *a, struct bytes bytes, struct err *e)
{
	return open_at(m_r, a, bytes, SIZE_MAX, "", 0, e);
}

bool
mail_open_outline(struct mail **m_r, struct arena *a, struct bytes bytes, struct err *e)
{
	return open_at(m_r, a, bytes, MAIL_OUTLINE_MAX, "", 0, e);
}

bool
mail_open_file(struct mail **m_r, struct arena *a, struct bytes bytes, const char *path, struct err *e)
{
	return open_at(m_r, a, bytes, SIZE_MAX, arena_fmt(a, "%s/", path), 1, e);
}
