/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/template.h"

#include "config/mem.h"
#include "config/text.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum node_type { NODE_LITERAL, NODE_VALUE, NODE_IF, NODE_UNLESS, NODE_END };

/* A template is a row of nodes; a section knows where its end is. */
struct node {
	enum node_type type;
	struct bytes literal;             /* NODE_LITERAL */
	const struct template_name *name; /* the others */
	size_t end;                       /* NODE_IF, NODE_UNLESS: the place of NODE_END */
};

struct template
{
	struct arena *arena;
	bool html;
	struct node *nodes;
	size_t count, cap;
};

/* ---- reading ---- */

/* A section that is open while reading. */
struct open {
	size_t node;
	const struct template_name *name;
	bool inverted; /* {{^name}}: no element of a list is at hand */
	int line;
};

struct reader {
	struct template *t;
	const struct template_names *names;
	const char *file;   /* that is read now, for messages */
	const char *folder; /* of parts; NULL: there are none */
	const char *text;   /* all of it */
	const char *at;     /* how far it is read */
	int line;           /* of `at` */
	int depth;          /* parts in parts */
	struct open open[TEMPLATE_DEPTH_MAX];
	size_t open_count, open_floor; /* a part may not close what was open before it */
	struct err *e;
};

/* A tag as it stands: {{SIGN NAME}}. */
struct tag {
	char sign; /* 0, or one of # ^ / ! > */
	const char *name;
	int line;
	const char *begin, *end;
};

static bool read_all(struct reader *r);

/* May n stand where r is: in the section of its list? */
static bool
name_reachable(const struct reader *r, const struct template_name *n)
{
	if (!n->in)
		return true;
	for (size_t i = 0; i < r->open_count; i++)
		if (!r->open[i].inverted && strcmp(r->open[i].name->name, n->in) == 0)
			return true;
	return false;
}

static void
name_unknown(struct reader *r, const struct tag *tag, const char *elsewhere)
{
	struct buf known = BUF_INIT(300);

	for (size_t i = 0; i < r->names->count; i++)
		if (name_reachable(r, &r->names->at[i]))
			buf_fmt(&known, "%s%s", known.len ? ", " : "", r->names->at[i].name);
	if (elsewhere)
		err_set(r->e, ERR_CONFIG, "%s:%d: “%s” can only stand between {{#%s}} and {{/%s}}", r->file,
		        tag->line, tag->name, elsewhere, elsewhere);
	else
		err_set(r->e, ERR_CONFIG, "%s:%d: unknown name “%s”; known here: %s%s", r->file, tag->line,
		        tag->name, known.at ? known.at : "none", known.over ? " …" : "");
	buf_free(&known);
}

/* The name of tag, if it may stand here; else NULL, and the error is set. */
static const struct template_name *
name_find(struct reader *r, const struct tag *tag)
{
	const char *elsewhere = NULL;

	for (size_t i = 0; i < r->names->count; i++) {
		const struct template_name *n = &r->names->at[i];

		if (strcmp(n->name, tag->name) != 0)
			continue;
		if (name_reachable(r, n))
			return n;
		elsewhere = n->in;
	}
	name_unknown(r, tag, elsewhere);
	return NULL;
}

static bool
node_add(struct reader *r, struct node n)
{
	struct template *t = r->t;

	if (t->count == TEMPLATE_NODES_MAX)
		return err_set(r->e, ERR_CONFIG, "%s:%d: more than %d tags in one template", r->file, r->line,
		               (int)TEMPLATE_NODES_MAX / 2);
	if (t->count == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->nodes = mem_grow(t->nodes, t->cap, sizeof(*t->nodes));
	}
	t->nodes[t->count++] = n;
	return true;
}

static bool
literal_add(struct reader *r, const char *from, const char *to)
{
	if (to <= from)
		return true;
	return node_add(r, (struct node){.type = NODE_LITERAL, .literal = BYTES(from, (size_t)(to - from))});
}

static bool
section_open(struct reader *r, const struct tag *tag)
{
	struct node n = {.type = tag->sign == '#' ? NODE_IF : NODE_UNLESS, .name = name_find(r, tag)};

	if (!n.name)
		return false;
	if (r->open_count == TEMPLATE_DEPTH_MAX)
		return err_set(r->e, ERR_CONFIG, "%s:%d: more than %d sections in each other", r->file,
		               tag->line, (int)TEMPLATE_DEPTH_MAX);
	if (!node_add(r, n))
		return false;
	r->open[r->open_count++] = (struct open){r->t->count - 1, n.name, tag->sign == '^', tag->line};
	return true;
}

static bool
section_close(struct reader *r, const struct tag *tag)
{
	const struct template_name *name;

	if (r->open_count == r->open_floor)
		return err_set(r->e, ERR_CONFIG, "%s:%d: {{/%s}} closes a section that is not open", r->file,
		               tag->line, tag->name);
	name = r->open[r->open_count - 1].name;
	if (strcmp(name->name, tag->name) != 0)
		return err_set(r->e, ERR_CONFIG,
		               "%s:%d: {{/%s}} where {{/%s}} is expected, opened in line %d", r->file,
		               tag->line, tag->name, name->name, r->open[r->open_count - 1].line);
	r->t->nodes[r->open[--r->open_count].node].end = r->t->count;
	return node_add(r, (struct node){.type = NODE_END, .name = name});
}

static bool
value_add(struct reader *r, const struct tag *tag)
{
	struct node n = {.type = NODE_VALUE, .name = name_find(r, tag)};

	if (!n.name)
		return false;
	if (n.name->type != TEMPLATE_TEXT)
		return err_set(r->e, ERR_CONFIG, "%s:%d: “%s” is no text: write {{#%s}} … {{/%s}}", r->file,
		               tag->line, tag->name, tag->name, tag->name);
	return node_add(r, n);
}

/* Whole file as a string in a. */
static bool
file_read(struct arena *a, const char *file, const char **text_r, struct err *e)
{
	FILE *f = fopen(file, "rbe");
	char *text = NULL;
	size_t len = 0;
	bool ok = false;

	*text_r = "";
	if (!f)
		return err_sys(e, ERR_CONFIG, errno, "cannot read template %s", file);
	text = arena_alloc(a, TEMPLATE_FILE_MAX + 1, 1);
	len = fread(text, 1, TEMPLATE_FILE_MAX + 1, f);
	if (ferror(f))
		err_sys(e, ERR_CONFIG, errno, "cannot read template %s", file);
	else if (len > TEMPLATE_FILE_MAX)
		err_set(e, ERR_CONFIG, "template %s is larger than %d bytes", file, (int)TEMPLATE_FILE_MAX);
	else if (memchr(text, '\0', len) || !text_is_utf8(BYTES(text, len)))
		err_set(e, ERR_CONFIG, "template %s is no UTF-8 text: save it as UTF-8", file);
	else
		ok = true;
	(void)fclose(f);
	/* Editors on Windows put a byte order mark before UTF-8. */
	*text_r = text + (ok && bytes_begin(BYTES(text, len), "\xEF\xBB\xBF") ? 3 : 0);
	return ok;
}

static bool
part_add(struct reader *r, const struct tag *tag)
{
	struct reader part = *r;

	if (!r->folder)
		return err_set(r->e, ERR_CONFIG, "%s:%d: no part can be taken in here", r->file, tag->line);
	if (!*tag->name || strspn(tag->name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(tag->name))
		return err_set(r->e, ERR_CONFIG, "%s:%d: “%s” is no name of a part (a-z 0-9 _ -)", r->file,
		               tag->line, tag->name);
	if (r->depth == TEMPLATE_DEPTH_MAX)
		return err_set(r->e, ERR_CONFIG, "%s:%d: parts in parts without end", r->file, tag->line);
	part.file = arena_fmt(r->t->arena, "%s%s.%s", r->folder, tag->name, r->t->html ? "html" : "txt");
	if (!file_read(r->t->arena, part.file, &part.text, r->e))
		return err_wrap(r->e, "%s:%d", r->file, tag->line);
	part.line = 1;
	part.depth++;
	part.open_floor = r->open_count;
	return read_all(&part);
}

static bool
tag_apply(struct reader *r, const struct tag *tag)
{
	switch (tag->sign) {
	case '!': return true;
	case '>': return part_add(r, tag);
	case '#':
	case '^': return section_open(r, tag);
	case '/': return section_close(r, tag);
	default: return value_add(r, tag);
	}
}

static int
lines_between(const char *from, const char *to)
{
	int n = 0;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

/* The name between from and to, without white space around it, safe to stand in a message. */
static const char *
tag_name(struct reader *r, const char *from, const char *to)
{
	struct buf name = BUF_INIT(TEMPLATE_FILE_MAX), safe = BUF_INIT(256), trimmed = BUF_INIT(256);
	const char *result;

	buf_add(&name, from, (size_t)(to - from));
	text_plain(&safe, name.at ? name.at : "", 40);
	text_trim(&trimmed, safe.at ? safe.at : "");
	result = arena_str(r->t->arena, trimmed.at ? trimmed.at : "");
	buf_free(&name);
	buf_free(&safe);
	buf_free(&trimmed);
	return result;
}

/* The tag that begins at begin. */
static bool
tag_read(struct reader *r, const char *begin, struct tag *tag)
{
	const char *p = begin + 2, *close = strstr(p, "}}");

	*tag = (struct tag){
	        .name = "", .line = r->line + lines_between(r->at, begin), .begin = begin, .end = begin + 2};
	if (!close)
		return err_set(r->e, ERR_CONFIG, "%s:%d: {{ without }}", r->file, tag->line);
	if (*p == '{')
		return err_set(r->e, ERR_CONFIG, "%s:%d: {{{…}}} is not known: values are always escaped",
		               r->file, tag->line);
	tag->end = close + 2;
	if (strchr("#^/!>", *p))
		tag->sign = *p++;
	tag->name = tag_name(r, p, close);
	return true;
}

/* A section's tag alone on its line: widen it to the whole line. */
static void
tag_take_line(const struct reader *r, struct tag *tag)
{
	const char *b = tag->begin, *n = tag->end;

	if (!tag->sign)
		return;
	while (b > r->text && (b[-1] == ' ' || b[-1] == '\t'))
		b--;
	n += strspn(n, " \t\r");
	if ((b > r->text && b[-1] != '\n') || (*n && *n != '\n'))
		return;
	tag->begin = b > r->at ? b : r->at;
	tag->end = *n ? n + 1 : n;
}

static bool
read_all(struct reader *r)
{
	const char *begin;
	struct tag tag;

	assert(r->text);
	r->at = r->text;
	while ((begin = strstr(r->at, "{{"))) {
		if (!tag_read(r, begin, &tag))
			return false;
		tag_take_line(r, &tag);
		if (!literal_add(r, r->at, tag.begin) || !tag_apply(r, &tag))
			return false;
		r->line += lines_between(r->at, tag.end);
		r->at = tag.end;
	}
	if (r->open_count > r->open_floor)
		return err_set(r->e, ERR_CONFIG, "%s:%d: {{#%s}} is never closed: {{/%s}} is missing",
		               r->file, r->open[r->open_count - 1].line,
		               r->open[r->open_count - 1].name->name, r->open[r->open_count - 1].name->name);
	return literal_add(r, r->at, r->at + strlen(r->at));
}

static bool
finish(struct reader *r, struct template **t_r)
{
	*t_r = r->t;
	if (read_all(r))
		return true;
	template_free(r->t);
	*t_r = NULL;
	return false;
}

static struct template *
template_new(bool html)
{
	struct template *t = mem_alloc(1, sizeof(*t));

	t->arena = arena_new();
	t->html = html;
	return t;
}

bool
template_load(struct template **t_r, const char *file, const struct template_names *names, struct err *e)
{
	struct template *t = template_new(bytes_end(bytes_str(file), ".html"));
	const char *slash = strrchr(file, '/');
	struct reader r = {.t = t, .names = names, .line = 1, .e = e};

	*t_r = NULL;
	r.file = arena_str(t->arena, file);
	r.folder = slash ? arena_dup0(t->arena, file, (size_t)(slash - file) + 1) : "";
	if (!file_read(t->arena, file, &r.text, e)) {
		template_free(t);
		return false;
	}
	return finish(&r, t_r);
}

bool
template_parse(struct template **t_r, const char *text, const char *file, int line,
               const struct template_names *names, struct err *e)
{
	struct template *t = template_new(false);
	struct reader r = {.t = t, .names = names, .line = line, .e = e};

	r.file = arena_str(t->arena, file);
	r.text = arena_dup0(t->arena, text, strlen(text));
	return finish(&r, t_r);
}

void
template_free(struct template *t)
{
	if (!t)
		return;
	free(t->nodes);
	arena_free(t->arena);
	free(t);
}

/* ---- rendering ---- */

/* Objects in which a name is looked for, the innermost first. */
struct scope {
	const json_t *object;
	const struct scope *outer;
};

static const json_t *
lookup(const struct scope *s, const char *name)
{
	const json_t *v = NULL;

	for (; s && !v; s = s->outer)
		v = json_object_get(s->object, name);
	return v;
}

static bool
is_true(const json_t *v)
{
	if (json_is_array(v))
		return json_array_size(v) > 0;
	if (json_is_string(v))
		return json_string_length(v) > 0;
	if (json_is_integer(v))
		return json_integer_value(v) != 0;
	return json_is_true(v);
}

/* Plain text: newlines stay, what turns or hides text goes. */
static void
put_plain(struct buf *out, const char *s)
{
	uint32_t c;

	while ((c = text_next(&s)))
		if (c == '\n' || !text_is_unsafe(c))
			text_put(out, c);
}

static void
put_value(const struct template *t, const json_t *v, struct buf *out)
{
	if (json_is_integer(v))
		buf_fmt(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_string(v) && t->html)
		text_html(out, json_string_value(v));
	else if (json_is_string(v))
		put_plain(out, json_string_value(v));
}

static void
render(const struct template *t, size_t from, size_t to, const struct scope *scope, struct buf *out)
{
	for (size_t i = from; i < to; i++) {
		const struct node *n = &t->nodes[i];
		const json_t *v = n->name ? lookup(scope, n->name->name) : NULL;

		switch (n->type) {
		case NODE_LITERAL: buf_add(out, n->literal.at, n->literal.len); break;
		case NODE_VALUE: put_value(t, v, out); break;
		case NODE_IF:
			for (size_t k = 0; json_is_array(v) && k < json_array_size(v); k++)
				render(t, i + 1, n->end, &(struct scope){json_array_get(v, k), scope}, out);
			if (!json_is_array(v) && is_true(v))
				render(t, i + 1, n->end, scope, out);
			i = n->end;
			break;
		case NODE_UNLESS:
			if (!is_true(v))
				render(t, i + 1, n->end, scope, out);
			i = n->end;
			break;
		case NODE_END: break;
		}
	}
}

void
template_render(const struct template *t, const json_t *values, struct buf *out)
{
	render(t, 0, t->count, &(struct scope){values, NULL}, out);
}
