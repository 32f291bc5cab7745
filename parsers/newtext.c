/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/newtext.h"

#include "config/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PASSWORD_MIN = 3, PASSWORD_MAX = 40, LINE_MAX_BYTES = 4096 };

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

static bool add_blocks(const struct form *f, const struct doc_block *b, enum newtext how, struct buf *out);

static bool
add_cells(const struct form *f, const struct doc_table *t, enum newtext how, struct buf *out)
{
	for (const struct doc_row *r = t->first; r; r = r->next)
		for (const struct doc_cell *c = r->first; c; c = c->next) {
			size_t was = out->len;

			if (!add_blocks(f, c->first, how, out))
				return false;
			/* the cell's last line goes on in the next cell */
			if (out->len > was)
				out->at[--out->len] = '\0';
			buf_ch(out, c->next ? '\t' : '\n');
		}
	return true;
}

/* False: quoted text begins, to the end. */
static bool
add_blocks(const struct form *f, const struct doc_block *b, enum newtext how, struct buf *out)
{
	for (; b; b = b->next) {
		const char *s = b->text ? b->text : "";

		if (b->quoted || (b->indented && how == NEWTEXT_PLAIN))
			continue;
		if (b->table && !add_cells(f, b->table, how, out))
			return false;
		while (*s) {
			size_t n = strcspn(s, "\n");

			if (begins_quote(f, s, n))
				return false;
			if (*s != '>') {
				buf_add(out, s, n);
				buf_ch(out, '\n');
			}
			s += n + (s[n] == '\n');
		}
	}
	return true;
}

void
newtext_of(const struct form *f, const struct document *d, enum newtext how, struct buf *out)
{
	(void)add_blocks(f, d->first, how, out);
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
