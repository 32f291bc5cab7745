/* SPDX-License-Identifier: GPL-3.0-or-later */
/* form.cfg into struct form. What may stand in the file is told by tables of keys; everything that
 * is not in them is an error, because a word misspelt in silence is a rule that never holds. */
#include "config/form.h"

#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"

#include <ctype.h>
#include <errno.h>
#include <libconfig.h>
#include <openssl/evp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FILE_MAX = 1 << 20, WORD_MAX = 4096 };

/* A form with what it lives in; `form` is first, so that form_free() finds the whole. */
struct store {
	struct form form;
	struct arena *arena;
	struct form_kept kept;
	const char *deadline; /* as written: needs the zone, which may stand behind it */
};

enum type {
	STRING,
	LIST,    /* of strings, as they are */
	FOLDED,  /* of strings, folded: they are looked for in folded text */
	LOWERED, /* of strings, ASCII lowered */
	NUMBER,
	YES_NO,
	KIND,
};

struct key {
	const char *name;
	size_t at; /* where its value goes, from the base of what is read */
	enum type type;
	bool required;
};

#define TOP(member)   offsetof(struct store, form.member)
#define FIELD(member) offsetof(struct form_field, member)

static const struct key top_keys[] = {
        {"name", TOP(name), STRING, true},
        {"title", TOP(title), STRING, true},
        {"titles", TOP(titles), LIST, false},
        {"timezone", TOP(zone), STRING, true},
        {"deadline", offsetof(struct store, deadline), STRING, true},
        {"receipt_prefix", TOP(receipt_prefix), STRING, true},
};

static const struct key evidence_keys[] = {
        {"labels", TOP(evidence_labels), NUMBER, true},
        {"specific", TOP(evidence_specific), NUMBER, true},
        {"titled", TOP(evidence_titled), NUMBER, true},
};

static const struct key own_keys[] = {
        {"addresses", TOP(own_addresses), LOWERED, true},
        {"domains", TOP(own_domains), LOWERED, true},
        {"trusted_authserv_id", TOP(trusted_authserv_id), STRING, false},
        {"message_id_prefix", TOP(message_id_prefix), STRING, true},
        {"loop_header", TOP(loop_header), STRING, true},
};

static const struct key word_keys[] = {
        {"form", TOP(words_form), FOLDED, true},
        {"programme", TOP(words_programme), FOLDED, true},
        {"sending", TOP(words_sending), FOLDED, true},
        {"letter", TOP(words_letter), FOLDED, true},
        {"quote", TOP(words_quote), FOLDED, true},
        {"signature", TOP(words_signature), FOLDED, true},
        {"placeholder", TOP(words_placeholder), FOLDED, true},
        {"password", TOP(words_password), FOLDED, true},
        {"position", TOP(words_position), FOLDED, true},
        {"withdraw", TOP(words_withdraw), FOLDED, true},
        {"order_release", TOP(words_order_release), LIST, false},
        {"order_accept", TOP(words_order_accept), LIST, false},
        {"order_dismiss", TOP(words_order_dismiss), LIST, false},
        {"other_label", TOP(words_other_label), FOLDED, true},
        {"label_extra", TOP(words_label_extra), FOLDED, true},
        {"remark", TOP(words_remark), FOLDED, true},
        {"auto_subject", TOP(words_auto_subject), FOLDED, true},
        {"bounce", TOP(words_bounce), FOLDED, true},
        {"cloud_hosts", TOP(cloud_hosts), LOWERED, true},
};

static const struct key field_keys[] = {
        {"key", FIELD(key), STRING, true},          {"label", FIELD(label), STRING, true},
        {"synonyms", FIELD(synonyms), LIST, false}, {"parts", FIELD(parts), LIST, false},
        {"hint", FIELD(hint), STRING, false},       {"hints", FIELD(hints), LIST, false},
        {"kind", FIELD(kind), KIND, true},          {"required", FIELD(required), YES_NO, true},
        {"generic", FIELD(generic), YES_NO, false}, {"max", FIELD(max), NUMBER, false},
        {"example", FIELD(example), STRING, false},
};

static const char *const kind_names[] = {
        [FORM_REGION] = "region",   [FORM_UNIT] = "unit",       [FORM_NAMES] = "names", [FORM_TEXT] = "text",
        [FORM_PROFILE] = "profile", [FORM_CONTACT] = "contact", [FORM_PHONE] = "phone",
};
_Static_assert(sizeof kind_names / sizeof *kind_names == FORM_KINDS, "a name for each kind");

static const struct group {
	const char *name;
	const struct key *keys;
	size_t count;
} groups[] = {
        {"evidence", evidence_keys, sizeof evidence_keys / sizeof *evidence_keys},
        {"own", own_keys, sizeof own_keys / sizeof *own_keys},
        {"words", word_keys, sizeof word_keys / sizeof *word_keys},
};
enum { GROUPS = sizeof groups / sizeof *groups, TOP_KEYS = sizeof top_keys / sizeof *top_keys };

static const char *const no_list[] = {NULL};

/* What the functions below hand on: where the strings go, and the file's name for messages. */
struct reading {
	struct arena *arena;
	const char *file;
	struct err *e;
};

static bool
wrong(const struct reading *r, const config_setting_t *s, const char *what)
{
	const char *name = config_setting_name(s);

	return err_set(r->e, ERR_CONFIG, "%s:%u: %s%s%s", r->file, config_setting_source_line(s),
	               name ? name : "", name ? ": " : "", what);
}

static const char *
shaped(struct arena *a, const char *s, enum type type)
{
	struct buf b = BUF_INIT(WORD_MAX);
	const char *copy = NULL;

	if (type == FOLDED)
		text_fold(&b, s);
	else
		for (; *s; s++)
			buf_ch(&b, type == LOWERED ? (char)tolower((unsigned char)*s) : *s);
	copy = arena_dup0(a, b.at, b.len);
	buf_free(&b);
	return copy;
}

static bool
read_list(const struct reading *r, config_setting_t *s, enum type type, form_list *list_r)
{
	int count = config_setting_length(s);
	const char **list = NULL;

	if (!config_setting_is_array(s) && !config_setting_is_list(s))
		return wrong(r, s, "expected a list of words, [ \"…\", \"…\" ]");
	list = arena_alloc(r->arena, (size_t)count + 1, sizeof *list);
	for (int i = 0; i < count; i++) {
		const char *word = config_setting_get_string_elem(s, i);

		if (!word)
			return wrong(r, s, "expected words in \"…\" only");
		list[i] = shaped(r->arena, word, type);
		/* an empty word is in every text: it would hold always */
		if (!*list[i])
			return wrong(r, s, "an empty word stands in this list");
	}
	*list_r = list;
	return true;
}

static bool
read_kind(const struct reading *r, const config_setting_t *s, enum form_kind *kind_r)
{
	const char *word = config_setting_get_string(s);

	for (int k = 0; word && k < FORM_KINDS; k++)
		if (strcmp(word, kind_names[k]) == 0) {
			*kind_r = (enum form_kind)k;
			return true;
		}
	return wrong(r, s, "expected one of region, unit, names, text, profile, contact, phone");
}

static bool
read_value(const struct reading *r, config_setting_t *s, const struct key *k, void *at)
{
	switch (k->type) {
	case STRING:
		if (config_setting_type(s) != CONFIG_TYPE_STRING)
			return wrong(r, s, "expected text in \"…\"");
		*(const char **)at = arena_str(r->arena, config_setting_get_string(s));
		if (k->required && !**(const char **)at)
			return wrong(r, s, "must not be empty");
		return true;
	case NUMBER:
		if (config_setting_type(s) != CONFIG_TYPE_INT || config_setting_get_int(s) < 0)
			return wrong(r, s, "expected a whole number, 0 or more");
		*(int *)at = config_setting_get_int(s);
		return true;
	case YES_NO:
		if (config_setting_type(s) != CONFIG_TYPE_BOOL)
			return wrong(r, s, "expected true or false");
		*(bool *)at = config_setting_get_bool(s);
		return true;
	case KIND: return read_kind(r, s, at);
	case LIST:
	case FOLDED:
	case LOWERED: return read_list(r, s, k->type, at);
	}
	return false;
}

static const struct key *
find_key(const struct key *keys, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* Give all that may be left out a value that is safe to read. */
static void
read_defaults(const struct key *keys, size_t count, void *base)
{
	for (size_t i = 0; i < count; i++) {
		void *at = (char *)base + keys[i].at;

		if (keys[i].type == STRING)
			*(const char **)at = "";
		else if (keys[i].type == LIST || keys[i].type == FOLDED || keys[i].type == LOWERED)
			*(form_list *)at = no_list;
	}
}

/* All keys of one group into base. also: is a member that keys does not have right all the same? */
static bool
read_keys(const struct reading *r, config_setting_t *group, const struct key *keys, size_t count, void *base,
          bool (*also)(const char *name))
{
	read_defaults(keys, count, base);
	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(s);
		const struct key *k = find_key(keys, count, name);

		if (!k && also && also(name))
			continue;
		if (!k)
			return wrong(r, s, "no such setting here; is it misspelt?");
		if (!read_value(r, s, k, (char *)base + k->at))
			return false;
	}
	for (size_t i = 0; i < count; i++)
		if (keys[i].required && !config_setting_get_member(group, keys[i].name))
			return err_set(r->e, ERR_CONFIG, "%s:%u: %s is missing", r->file,
			               config_setting_source_line(group), keys[i].name);
	return true;
}

static bool
is_group(const char *name)
{
	for (size_t i = 0; i < GROUPS; i++)
		if (strcmp(groups[i].name, name) == 0)
			return true;
	return strcmp(name, "fields") == 0;
}

/* A key becomes a member of JSON and a column of SQL elsewhere: keep it plain. */
static bool
plain_key(const char *key)
{
	if (!islower((unsigned char)*key))
		return false;
	for (; *key; key++)
		if (!islower((unsigned char)*key) && !isdigit((unsigned char)*key) && *key != '_')
			return false;
	return true;
}

static bool
read_field(const struct reading *r, config_setting_t *s, struct form *f)
{
	struct form_field *field = &f->fields[f->field_count];

	if (!config_setting_is_group(s))
		return wrong(r, s, "expected a field, { key = …; label = …; … }");
	if (!read_keys(r, s, field_keys, sizeof field_keys / sizeof *field_keys, field, NULL))
		return false;
	if (!plain_key(field->key))
		return wrong(r, s, "a key is made of small letters, digits and _");
	if (form_field(f, field->key))
		return err_set(r->e, ERR_CONFIG, "%s:%u: the key %s stands twice", r->file,
		               config_setting_source_line(s), field->key);
	f->field_count++;
	return true;
}

static bool
read_fields(const struct reading *r, config_setting_t *root, struct form *f)
{
	config_setting_t *s = config_setting_get_member(root, "fields");
	int count = s ? config_setting_length(s) : 0;

	if (!s)
		return err_set(r->e, ERR_CONFIG, "%s: fields is missing", r->file);
	if (!config_setting_is_list(s) || count < 1 || count > FORM_FIELDS_MAX)
		return err_set(r->e, ERR_CONFIG, "%s:%u: fields: expected a list of 1 to %d fields", r->file,
		               config_setting_source_line(s), FORM_FIELDS_MAX);
	for (int i = 0; i < count; i++)
		if (!read_field(r, config_setting_get_elem(s, (unsigned)i), f))
			return false;
	return true;
}

/* The n-th label of a field, its own first; NULL behind the last. */
static size_t
list_length(form_list list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

struct label {
	const char *folded, *written;
	const struct form_field *field;
};

/* By what is compared; those that are the same, in the order of the fields. */
static int
compare_labels(const void *x, const void *y)
{
	const struct label *a = x, *b = y;
	int order = strcmp(a->folded, b->folded);

	return order ? order : (a->field > b->field) - (a->field < b->field);
}

static struct label *
put_label(struct arena *a, struct label *at, const struct form_field *field, const char *written)
{
	*at = (struct label){shaped(a, written, FOLDED), written, field};
	return at + 1;
}

/* A label that stands for two fields could be read either way. */
static bool
check_labels(const struct reading *r, const struct form *f)
{
	const struct form_field *past = f->fields + f->field_count;
	struct arena *a = arena_new();
	size_t count = 0;
	struct label *labels, *end;
	bool ok = true;

	for (const struct form_field *field = f->fields; field < past; field++)
		count += 1 + list_length(field->synonyms) + list_length(field->parts);
	labels = end = arena_alloc(a, count, sizeof *labels);
	for (const struct form_field *field = f->fields; field < past; field++) {
		end = put_label(a, end, field, field->label);
		for (form_list l = field->synonyms; *l; l++)
			end = put_label(a, end, field, *l);
		for (form_list l = field->parts; *l; l++)
			end = put_label(a, end, field, *l);
	}
	qsort(labels, count, sizeof *labels, compare_labels);
	for (struct label *l = labels + 1; ok && l < end; l++)
		if (l->field != l[-1].field && strcmp(l->folded, l[-1].folded) == 0)
			ok = err_set(r->e, ERR_CONFIG, "%s: the label %s stands for two fields, %s and %s",
			             r->file, l[-1].written, l[-1].field->key, l->field->key);
	arena_free(a);
	return ok;
}

static bool
read_root(const struct reading *r, config_setting_t *root, struct store *st)
{
	if (!read_keys(r, root, top_keys, TOP_KEYS, st, is_group))
		return false;
	for (size_t i = 0; i < GROUPS; i++) {
		config_setting_t *s = config_setting_get_member(root, groups[i].name);

		if (!s || !config_setting_is_group(s))
			return err_set(r->e, ERR_CONFIG, "%s: the group %s: { … } is missing", r->file,
			               groups[i].name);
		if (!read_keys(r, s, groups[i].keys, groups[i].count, st, NULL))
			return false;
	}
	if (!read_fields(r, root, &st->form) || !check_labels(r, &st->form))
		return false;
	if (!clock_zone(st->form.zone, r->e))
		return err_wrap(r->e, "%s: timezone", r->file);
	if (!clock_parse_day(st->deadline, 1, &st->form.deadline_end))
		return err_set(r->e, ERR_CONFIG, "%s: deadline: expected a day as \"2022-06-30\"", r->file);
	return true;
}

static bool
read_file(const char *file, struct buf *b, struct err *e)
{
	char part[8192];
	FILE *in = fopen(file, "rbe");
	size_t n = 0;
	bool ok = false;

	if (!in)
		return err_sys(e, ERR_INPUT, errno, "cannot open the form file %s", file);
	while ((n = fread(part, 1, sizeof part, in)) > 0)
		buf_add(b, part, n);
	if (ferror(in))
		err_sys(e, ERR_INPUT, errno, "cannot read the form file %s", file);
	else if (b->over)
		err_set(e, ERR_CONFIG, "%s: larger than %d bytes: no form file", file, FILE_MAX);
	else if (!text_is_utf8(buf_bytes(b)) || (b->len && strlen(b->at) != b->len))
		err_set(e, ERR_CONFIG, "%s: is no UTF-8 text; save it with the encoding UTF-8", file);
	else
		ok = true;
	(void)fclose(in);
	return ok;
}

static const char *
version_of(struct arena *a, const struct buf *b)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1];
	unsigned int len = 0;

	if (!EVP_Digest(b->len ? b->at : "", b->len, sum, &len, EVP_sha256(), NULL))
		mem_die("hashing the form file");
	for (unsigned int i = 0; i < len; i++)
		(void)snprintf(hex + (size_t)2 * i, 3, "%02x", sum[i]);
	return arena_str(a, hex);
}

bool
form_load(struct form **f_r, const char *file, struct err *e)
{
	static const char bom[] = "\xEF\xBB\xBF"; /* Windows' editor puts it first */
	struct buf b = BUF_INIT(FILE_MAX);
	struct store *st = mem_alloc(1, sizeof *st);
	struct reading r = {.e = e};
	config_t cfg;
	const char *text = NULL;
	bool ok = false;

	st->arena = r.arena = arena_new();
	st->form.file = r.file = arena_str(st->arena, file);
	st->form.kept = &st->kept;
	config_init(&cfg);
	if (!read_file(file, &b, e))
		goto out;
	st->form.version = version_of(st->arena, &b);
	text = b.at ? b.at : "";
	if (strncmp(text, bom, strlen(bom)) == 0)
		text += strlen(bom);
	if (!config_read_string(&cfg, text)) {
		err_set(e, ERR_CONFIG, "%s:%d: %s", file, config_error_line(&cfg), config_error_text(&cfg));
		goto out;
	}
	if (!read_root(&r, config_root_setting(&cfg), st))
		goto out;
	*f_r = &st->form;
	st = NULL;
	ok = true;
out:
	config_destroy(&cfg);
	buf_free(&b);
	form_free(st ? &st->form : NULL);
	return ok;
}

void
form_free(struct form *f)
{
	struct store *st = (struct store *)f;

	if (!st)
		return;
	if (st->kept.what)
		st->kept.drop(st->kept.what);
	arena_free(st->arena);
	free(st);
}

const struct form_field *
form_field(const struct form *f, const char *key)
{
	for (size_t i = 0; i < f->field_count; i++)
		if (strcmp(f->fields[i].key, key) == 0)
			return &f->fields[i];
	return NULL;
}

const struct form_field *
form_field_of(const struct form *f, enum form_kind kind)
{
	for (size_t i = 0; i < f->field_count; i++)
		if (f->fields[i].kind == kind)
			return &f->fields[i];
	return NULL;
}

bool
form_has_word(form_list words, const char *folded_text)
{
	for (; *words; words++)
		if (strstr(folded_text, *words))
			return true;
	return false;
}

bool
form_own_address(const struct form *f, const char *address)
{
	for (form_list l = f->own_addresses; *l; l++)
		if (strcasecmp(*l, address) == 0)
			return true;
	return false;
}

bool
form_own_domain(const struct form *f, const char *address)
{
	const char *at = strrchr(address, '@');

	for (form_list l = f->own_domains; at && *l; l++)
		if (strcasecmp(*l, at + 1) == 0)
			return true;
	return false;
}

bool
form_own_message_id(const struct form *f, const char *message_id)
{
	size_t prefix = strlen(f->message_id_prefix);
	char *inner;
	bool own = false;

	if (*message_id == '<')
		message_id++;
	if (strncasecmp(message_id, f->message_id_prefix, prefix) == 0) {
		inner = mem_dup0(message_id, strcspn(message_id, ">")); /* as long as a stranger likes */
		own = form_own_domain(f, inner);
		free(inner);
	}
	return own;
}
