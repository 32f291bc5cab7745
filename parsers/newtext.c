/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/newtext.h"

#include "config/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PASSWORD_MIN = 3, PASSWORD_MAX = 40, NAME_MAX_BYTES = 300, LINE_MAX_BYTES = 4096 };

/* Does the line (of the document's plain text) begin quoted text? */
static bool
begins_quote(const struct form *f, const char *line, size_t len)
{
	struct buf folded = BUF_INIT(LINE_MAX_BYTES * 2);
	char *copy = mem_dup0(line, len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES);
	bool yes = false;

	text_fold(&folded, copy);
	for (form_list w = f->words_quote; folded.at && *w && !yes; w++)
		yes = strncmp(folded.at, *w, strlen(*w)) == 0;
	buf_free(&folded);
	free(copy);
	return yes;
}

void
newtext_of(const struct form *f, const struct document *d, struct buf *out)
{
	for (const struct doc_block *b = d->first; b; b = b->next) {
		const char *s = b->text ? b->text : "";

		if (b->quoted)
			continue;
		if (b->kind == DOC_TABLE) {
			struct document one = *d;
			struct doc_block alone = *b;

			alone.next = NULL;
			one.first = &alone;
			doc_plain(&one, out);
			continue;
		}
		while (*s) {
			size_t n = strcspn(s, "\n");

			if (begins_quote(f, s, n))
				return;
			if (*s != '>') {
				buf_add(out, s, n);
				buf_ch(out, '\n');
			}
			s += n + (s[n] == '\n');
		}
	}
}

/* ---- passwords ---- */

static bool
password_sign(unsigned char c)
{
	return c > ' ' && c < 0x7F && !strchr(",;()<>\"", c);
}

size_t
newtext_passwords(struct arena *a, const struct form *f, const char *text, const char **out, size_t max)
{
	struct buf half = BUF_INIT(1 << 20);
	size_t n = 0;

	text_halfwidth(&half, text);
	for (form_list w = f->words_password; half.at && *w; w++)
		for (const char *p = half.at; n < max && (p = strcasestr(p, *w)); p++) {
			const char *s = p + strlen(*w);
			size_t len = 0;

			for (bool more = true; more;) { /* 密码是：, 密码为 */
				more = true;
				if (*s == ' ' || *s == ':')
					s++;
				else if (strncmp(s, "是", 3) == 0 || strncmp(s, "为", 3) == 0)
					s += 3;
				else
					more = false;
			}
			while (password_sign((unsigned char)s[len]))
				len++;
			while (len && s[len - 1] == '.')
				len--;
			if (len >= PASSWORD_MIN && len <= PASSWORD_MAX)
				out[n++] = arena_dup0(a, s, len);
		}
	buf_free(&half);
	return n;
}

/* ---- cloud attachments ---- */

/* The host at s, up to "/", ":" or what ends a URL: one of the cloud's? */
static bool
cloud_host(const struct form *f, const char *s)
{
	size_t n = strcspn(s, "/:?\"'<> \t\r\n");

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

/* In plain text the name stands before the link, on its line or the one above. */
static const char *
text_before(struct arena *a, const char *source, const char *link)
{
	const char *end = link, *begin;
	struct buf plain = BUF_INIT(NAME_MAX_BYTES);
	const char *out;

	while (end > source && isspace((unsigned char)end[-1]))
		end--;
	for (begin = end; begin > source && begin[-1] != '\n' && end - begin < NAME_MAX_BYTES - 4;)
		begin--;
	text_plain(&plain, arena_dup0(a, begin, (size_t)(end - begin)), 0);
	out = arena_str(a, plain.at ? plain.at : "");
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

size_t
newtext_links(struct arena *a, const struct form *f, const char *source, const char **out, size_t max)
{
	size_t n = 0;

	for (const char *p = source; n < max && (p = strstr(p, "://")); p++) {
		const char *scheme = p, *close, *name;
		bool known = false;

		if (!cloud_host(f, p + 3))
			continue;
		while (scheme > source && isalpha((unsigned char)scheme[-1]))
			scheme--;
		if (scheme > source && strchr("\"'=", scheme[-1])) {
			close = strchr(p, '>');
			name = close ? anchor_text(a, close + 1) : "";
		} else {
			name = text_before(a, source, scheme);
		}
		if (!*name)
			name = arena_dup0(a, scheme, strcspn(scheme, "\"'<> \t\r\n"));
		name = without_size(a, name);
		for (size_t i = 0; i < n; i++)
			known = known || strcmp(out[i], name) == 0;
		if (!known)
			out[n++] = name;
	}
	return n;
}
