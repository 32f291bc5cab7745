/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/links.h"

#include "config/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 300 };

/* What is in the address of a page that mail programs link to by themselves. */
static const char *const own_pages[] = {"/dashi/", "/signature", "businesscard", "/readtemplate"};

/* The host at s, up to its page: one of the cloud's? */
static bool
cloud_host(const struct form *f, const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

	for (form_list h = f->cloud_hosts; *h; h++) {
		size_t len = strlen(*h);

		if (n >= len && strncasecmp(s + n - len, *h, len) == 0 &&
		    (n == len || s[n - len - 1] == '.') && s[n] == '/')
			return true;
	}
	return false;
}

/* The text of an anchor whose tag ends at s: up to </a>, without tags. */
static const char *
anchor_text(struct arena *a, const char *s)
{
	const char *end = strcasestr(s, "</a");
	struct buf text = BUF_INIT(NAME_MAX_BYTES), plain = BUF_INIT(NAME_MAX_BYTES);
	const char *out;
	bool tag = false;

	for (; *s && s != end; s++) {
		if (*s == '<')
			tag = true;
		else if (*s == '>')
			tag = false;
		else if (!tag)
			buf_ch(&text, *s);
	}
	text_plain(&plain, text.at ? text.at : "", 0);
	out = plain.at ? plain.at : "";
	while (*out == ' ')
		out++;
	out = arena_str(a, out);
	buf_free(&text);
	buf_free(&plain);
	return out;
}

/* "x.zip (182.4M, … 到期)" → "x.zip": where it ends like a file's name. */
static const char *
without_size(struct arena *a, const char *name)
{
	const char *dot = strrchr(name, '.'), *open = NULL;

	for (const char *p = name; (p = strchr(p, '(')); p++)
		if (isdigit((unsigned char)p[1]))
			open = p;
	if (!dot || !open)
		return name;
	while (open > name && open[-1] == ' ')
		open--;
	return arena_dup0(a, name, (size_t)(open - name));
}

/* Does it end like a file's name: a dot, and two to five letters or digits? */
static bool
ends_like_file(const char *s)
{
	const char *dot = strrchr(s, '.');
	size_t n = dot ? strlen(dot + 1) : 0;

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)dot[1 + i]))
			return false;
	return n >= 2 && n <= 5;
}

/* 中转站文件：材料.zip, 「材料.zip」: the file's name alone. */
static const char *
file_name(struct arena *a, const char *s)
{
	static const char *const marks[] = {"：", ":", "「", "《"};
	static const char *const closing[] = {"：", ":", "」", "》"};
	struct bytes b = bytes_str(s);
	const char *whole = s;

	for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
		if (bytes_end(b, closing[i]))
			s = arena_dup0(a, s, b.len -= strlen(closing[i]));
	if (!ends_like_file(s))
		return whole;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		for (const char *p; (p = strstr(s, marks[i])) && p[strlen(marks[i])];)
			s = p + strlen(marks[i]);
	while (*s == ' ')
		s++;
	return s;
}

/* 链接：, 下载链接: what stands before a link and names nothing. */
static bool
names_link_only(const char *s)
{
	static const char *const words[] = {"链接", "網址", "网址", "地址", "下载"};
	size_t len = strlen(s);

	while (len && (s[len - 1] == ':' || s[len - 1] == ' '))
		len--;
	if (len >= 3 && memcmp(s + len - 3, "：", 3) == 0)
		len -= 3;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (bytes_end(BYTES(s, len), words[i]))
			return true;
	return false;
}

/* A link that was met. */
struct link {
	const char *url;  /* with its scheme, if it has one */
	const char *host; /* behind it */
	size_t len;       /* from url on */
};

struct links {
	struct arena *arena;
	const char *source;
	struct link met[LINKS_MAX];
	size_t met_count;
	const char **names;
	size_t count;
};

static struct bytes
address(struct link link)
{
	return BYTES(link.host, link.len - (size_t)(link.host - link.url));
}

/* The same link stands twice, its name first and 下载 then: once is enough. */
static bool
is_new(struct links *l, struct link link)
{
	for (size_t i = 0; i < l->met_count; i++)
		if (bytes_equal(address(l->met[i]), address(link)))
			return false;
	l->met[l->met_count++] = link;
	return true;
}

/* The text before link on its line, or on the one above: what stands behind the link before it, a tag, a mark
 * of quotation. */
static const char *
text_before(const struct links *l, const char *link)
{
	const struct link *last = l->met_count > 1 ? &l->met[l->met_count - 2] : NULL;
	const char *from = last && last->url < link ? last->url + last->len : l->source;
	const char *end = link, *begin;
	struct buf plain = BUF_INIT(NAME_MAX_BYTES), name = BUF_INIT(NAME_MAX_BYTES);
	const char *out;

	while (end > from && isspace((unsigned char)end[-1]))
		end--;
	for (begin = end; begin > from && !strchr("\n>", begin[-1]) && end - begin < NAME_MAX_BYTES - 4;)
		begin--;
	text_plain(&plain, arena_dup0(l->arena, begin, (size_t)(end - begin)), 0);
	text_trim(&name, plain.at ? plain.at : "");
	out = arena_str(l->arena, name.at ? name.at : "");
	buf_free(&plain);
	buf_free(&name);
	return out;
}

/* 我分享了「材料.zip」，点击链接即可保存: the file that is named in brackets; NULL: none is. */
static const char *
bracketed_file(struct arena *a, const char *line)
{
	static const char open[] = "「", close[] = "」";
	const char *end, *name;

	while ((line = strstr(line, open))) {
		line += sizeof open - 1;
		end = strstr(line, close);
		name = end ? arena_dup0(a, line, (size_t)(end - line)) : "";
		if (ends_like_file(name))
			return name;
	}
	return NULL;
}

/* In plain text the name stands before the link, on its line or, above a mere 链接：, on the line before. */
static const char *
name_before(const struct links *l, const char *url)
{
	const char *name = text_before(l, url);
	const char *line = url, *bracketed;

	if (*name && !names_link_only(name))
		return name;
	while (line > l->source && line[-1] != '\n')
		line--;
	name = text_before(l, line);
	bracketed = bracketed_file(l->arena, name);
	return bracketed ? bracketed : ends_like_file(name) ? name : "";
}

/* The value of a tag's attribute, which ends before `close`; "" where it has none. */
static const char *
attribute_before(struct arena *a, const char *tag, const char *close, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = tag; p < close; p++)
		if (isspace((unsigned char)p[-1]) && strncasecmp(p, name, len) == 0 && p[len] == '=' &&
		    p[len + 1] && strchr("\"'", p[len + 1])) {
			const char *value = p + len + 2, *end = strchr(value, p[len + 1]);

			return end && end < close ? arena_dup0(a, value, (size_t)(end - value)) : "";
		}
	return "";
}

/* The name that an anchor shows, or bears where it shows a picture; NULL: it is another's button, 下载. */
static const char *
name_of_anchor(const struct links *l, struct link link, const char *close)
{
	const char *shown = anchor_text(l->arena, close + 1), *name;
	bool button = names_link_only(shown);

	if (*shown && !button)
		return shown;
	name = attribute_before(l->arena, link.url + link.len, close, "download");
	if (ends_like_file(name))
		return name;
	return button && l->count ? NULL : shown;
}

static void
take(struct links *l, struct link link)
{
	bool attribute = link.url > l->source && strchr("\"'=", link.url[-1]);
	const char *close = attribute ? strchr(link.url, '>') : NULL, *name = "";

	if (close)
		name = name_of_anchor(l, link, close);
	else if (!attribute)
		name = name_before(l, link.url);
	if (!name)
		return;
	if (*name)
		name = file_name(l->arena, without_size(l->arena, name));
	if (!*name)
		name = arena_dup0(l->arena, link.url, link.len);
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->names[i], name) == 0)
			return;
	l->names[l->count++] = name;
}

/* Of a picture: <img src="https://…">. */
static bool
is_shown(const char *source, struct link link)
{
	const char *s = link.url;

	while (s > source && strchr("\"' ", s[-1]))
		s--;
	return s - source >= 4 && strncasecmp(s - 4, "src=", 4) == 0;
}

/* A host alone, or a page of the mail program's. */
static bool
is_no_file(struct link link)
{
	struct bytes b = address(link);

	for (size_t i = 0; i < sizeof own_pages / sizeof *own_pages; i++)
		if (bytes_find(b, own_pages[i]) < b.len)
			return true;
	return b.len && memchr(b.at, '/', b.len - 1) == NULL;
}

/* How long a URL at s is: to a mark that is none of it, or to Chinese that was written on at once. */
static size_t
url_length(const char *s)
{
	size_t n = 0;

	while (s[n] > ' ' && !strchr("\"'<>\x7F", s[n]))
		n++;
	return n;
}

static bool
begins_host(const char *source, const char *s)
{
	unsigned char before = s > source ? (unsigned char)s[-1] : ' ';

	return before <= ' ' || before > 0x7F || strchr(">:(,;", before);
}

/* The next link from s on; url NULL: there is none. People leave out its scheme: 链接：pan.baidu.com/s/… */
static struct link
next_link(const struct links *l, const struct form *f, const char *s)
{
	for (; *s; s++) {
		struct link link = {.url = s, .host = s};

		if (strncmp(s, "://", 3) == 0) {
			link.host += 3;
			while (link.url > l->source && isalpha((unsigned char)link.url[-1]))
				link.url--;
		} else if (!isalnum((unsigned char)*s) || !begins_host(l->source, s)) {
			continue;
		}
		if (!cloud_host(f, link.host))
			continue;
		link.len = (size_t)(link.host - link.url) + url_length(link.host);
		return link;
	}
	return (struct link){0};
}

size_t
links_find(struct arena *a, const struct form *f, const char *source, const char *names[LINKS_MAX])
{
	struct links l = {.arena = a, .source = source, .names = names};
	struct link link;

	for (const char *p = source; l.met_count < LINKS_MAX && (link = next_link(&l, f, p)).url;
	     p = link.url + link.len)
		if (!is_shown(source, link) && !is_no_file(link) && is_new(&l, link))
			take(&l, link);
	return l.count;
}

size_t
links_written(const char *names[LINKS_MAX], size_t count, const char *new_text, const char *whole)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct buf name = BUF_INIT(2 * NAME_MAX_BYTES);

		text_fold(&name, names[i]);
		if (!name.len || strstr(new_text, name.at) || !strstr(whole, name.at))
			names[kept++] = names[i];
		buf_free(&name);
	}
	return kept;
}
