/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/reply_kit.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- what may stand in which text ---- */

static const struct template_name reply_table[] = {
        {"address", TEMPLATE_TEXT, NULL},  /* 昆山市工业和信息化局： */
        {"title", TEMPLATE_TEXT, NULL},    /* of the form */
        {"receipts", TEMPLATE_TEXT, NULL}, /* CYMP-2022-0042等3份, or M-… */
        {"received", TEMPLATE_TEXT, NULL}, /* 2022年6月10日10时5分 */
        {"deadline", TEMPLATE_TEXT, NULL}, /* 2022年6月30日 */
        {"today", TEMPLATE_TEXT, NULL},
        {"signature", TEMPLATE_TEXT, NULL},
        {"contact", TEMPLATE_TEXT, NULL},
        {"mailbox", TEMPLATE_TEXT, NULL},
        {"sha256", TEMPLATE_TEXT, NULL},
        {"head", TEMPLATE_TEXT, NULL}, /* of the log: 128:abcdef… */
        {"form_count", TEMPLATE_TEXT, NULL},
        {"error_forms", TEMPLATE_TEXT, NULL}, /* forms with an error */
        {"errors", TEMPLATE_TEXT, NULL},      /* errors in all forms */
        {"unread_count", TEMPLATE_TEXT, NULL},
        {"returned", TEMPLATE_TEXT, NULL},      /* marked forms that are attached */
        {"several", TEMPLATE_FLAG, NULL},       /* more than one form */
        {"late", TEMPLATE_FLAG, NULL},          /* came after the deadline */
        {"past", TEMPLATE_FLAG, NULL},          /* the deadline is over now */
        {"more_returned", TEMPLATE_FLAG, NULL}, /* more are to be mended than are attached */
        {"some_unread", TEMPLATE_FLAG, NULL},
        {"some_links", TEMPLATE_FLAG, NULL},
        {"some_notices", TEMPLATE_FLAG, NULL},
        {"some_changes", TEMPLATE_FLAG, NULL},
        {"unread", TEMPLATE_LIST, NULL},
        {"file", TEMPLATE_TEXT, "unread"},
        {"reason", TEMPLATE_TEXT, "unread"},
        {"links", TEMPLATE_LIST, NULL},
        {"link", TEMPLATE_TEXT, "links"},
        {"forms", TEMPLATE_LIST, NULL},
        {"number", TEMPLATE_TEXT, "forms"}, /* 1, 2 … */
        {"receipt", TEMPLATE_TEXT, "forms"},
        {"region", TEMPLATE_TEXT, "forms"},
        {"category", TEMPLATE_TEXT, "forms"},
        {"source", TEMPLATE_TEXT, "forms"},
        {"revision", TEMPLATE_TEXT, "forms"},
        {"error_count", TEMPLATE_TEXT, "forms"},
        {"has_errors", TEMPLATE_FLAG, "forms"},
        {"detailed", TEMPLATE_FLAG, "forms"}, /* is shown field by field */
        {"values", TEMPLATE_LIST, "forms"},
        {"label", TEMPLATE_TEXT, "values"},
        {"value", TEMPLATE_TEXT, "values"},
        {"doubtful", TEMPLATE_FLAG, "values"},
        {"defects", TEMPLATE_LIST, "forms"},
        {"label", TEMPLATE_TEXT, "defects"},
        {"value", TEMPLATE_TEXT, "defects"},
        {"opinion", TEMPLATE_TEXT, "defects"},
        {"notices", TEMPLATE_LIST, "forms"},
        {"label", TEMPLATE_TEXT, "notices"},
        {"value", TEMPLATE_TEXT, "notices"},
        {"opinion", TEMPLATE_TEXT, "notices"},
        {"changes", TEMPLATE_LIST, "forms"},
        {"label", TEMPLATE_TEXT, "changes"},
        {"was", TEMPLATE_TEXT, "changes"},
        {"is", TEMPLATE_TEXT, "changes"},
};

static const struct template_name subject_table[] = {
        {"receipts", TEMPLATE_TEXT, NULL},
        {"subject", TEMPLATE_TEXT, NULL},
};

static const struct template_name address_table[] = {{"unit", TEMPLATE_TEXT, NULL}};

static const struct template_name opinion_table[] = {
        {"label", TEMPLATE_TEXT, NULL},   {"value", TEMPLATE_TEXT, NULL},   {"detail", TEMPLATE_TEXT, NULL},
        {"example", TEMPLATE_TEXT, NULL}, {"max", TEMPLATE_TEXT, NULL},     {"number", TEMPLATE_TEXT, NULL},
        {"digits", TEMPLATE_TEXT, NULL},  {"suggest", TEMPLATE_TEXT, NULL},
};

static const struct template_names reply_names = {reply_table, COUNT(reply_table)};

/* ---- which texts there are ---- */

static const char *const kinds[REPLY_KINDS] = {
        [REPLY_ACCEPTED] = "accepted",     [REPLY_CORRECTION] = "correction", [REPLY_NO_FORM] = "no_form",
        [REPLY_UNREADABLE] = "unreadable", [REPLY_REPEATED] = "repeated",     [REPLY_REVISED] = "revised",
};
static const char *const addresses[] = {"unit", "person", "nobody"};
static const char *const codes[] = {"missing",     "placeholder",    "too_many",
                                    "too_long",    "bad_phone",      "not_eligible",
                                    "no_position", "unknown_region", "phone_partly_bad"};
static const char *const variants[] = {"area", "landline", "mobile"};
static const char *const reasons[] = {"encrypted", "damaged", "unsupported",
                                      "too_large", "timeout", "hidden"};

static const struct group {
	const char *name;
	struct template_names names;
	const char *const *texts; /* each of them must be there */
	size_t text_count;
	bool forked; /* a text_field and a text_variant as well */
} groups[] = {
        {"subjects", {subject_table, COUNT(subject_table)}, kinds, REPLY_KINDS, false},
        {"address", {address_table, COUNT(address_table)}, addresses, COUNT(addresses), false},
        {"opinions", {opinion_table, COUNT(opinion_table)}, codes, COUNT(codes), true},
        {"unread", {NULL, 0}, reasons, COUNT(reasons), false},
};

const char *
reply_kind_name(enum reply_kind kind)
{
	return kinds[kind];
}

const struct template *
kit_text(const struct reply_kit *k, const char *group, const char *name)
{
	for (size_t i = 0; i < k->text_count; i++)
		if (strcmp(k->texts[i].group, group) == 0 && strcmp(k->texts[i].name, name) == 0)
			/* cppcheck-suppress CastIntegerToAddressAtReturn; template is no word of C */
			return k->texts[i].template;
	return NULL;
}

static const struct template *
opinion_of(const struct reply_kit *k, const char *code, const char *more)
{
	struct buf name = BUF_INIT(128);
	const struct template *t;

	buf_fmt(&name, "%s_%s", code, more);
	t = name.over ? NULL : kit_text(k, "opinions", name.at);
	buf_free(&name);
	/* cppcheck-suppress CastIntegerToAddressAtReturn; template is no word of C */
	return t;
}

const struct template *
kit_opinion(const struct reply_kit *k, const char *code, const char *key, const char *variant)
{
	const struct template *t = opinion_of(k, code, key);

	if (!t && variant)
		t = opinion_of(k, code, variant);
	return t ? t : kit_text(k, "opinions", code);
}

/* ---- reading ---- */

static bool
listed(const char *const *list, size_t count, const char *name, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == len && strncmp(list[i], name, len) == 0)
			return true;
	return false;
}

/* Is name a text of group g: one of its list, or one of these with _FIELD or _VARIANT behind? */
static bool
text_known(const struct reply_kit *k, const struct group *g, const char *name)
{
	if (listed(g->texts, g->text_count, name, strlen(name)))
		return true;
	for (const char *p = strchr(name, '_'); g->forked && p; p = strchr(p + 1, '_'))
		if (listed(g->texts, g->text_count, name, (size_t)(p - name)) &&
		    (form_field(k->form, p + 1) || listed(variants, COUNT(variants), p + 1, strlen(p + 1))))
			return true;
	return false;
}

static bool
unknown(const char *file, const config_setting_t *s, const char *where, const char *const *known,
        size_t count, struct err *e)
{
	struct buf list = BUF_INIT(300);

	for (size_t i = 0; i < count; i++)
		buf_fmt(&list, "%s%s", i ? ", " : "", known[i]);
	err_set(e, ERR_CONFIG, "%s:%u: unknown name “%.60s” in %s; known: %s", file,
	        config_setting_source_line(s), config_setting_name(s) ? config_setting_name(s) : "", where,
	        list.at ? list.at : "");
	buf_free(&list);
	return false;
}

static bool
text_read(struct reply_kit *k, const struct group *g, const char *file, const config_setting_t *s,
          struct err *e)
{
	struct kit_text *t = &k->texts[k->text_count];
	const char *value = config_setting_get_string(s);
	int line = (int)config_setting_source_line(s);

	if (!text_known(k, g, config_setting_name(s)))
		return unknown(file, s, g->name, g->texts, g->text_count, e);
	if (!value)
		return err_set(e, ERR_CONFIG, "%s:%d: %s is no text: write it between quotes", file, line,
		               config_setting_name(s));
	if (k->text_count == KIT_TEXTS_MAX)
		return err_set(e, ERR_CONFIG, "%s:%d: more than %d texts", file, line, (int)KIT_TEXTS_MAX);
	if (!template_parse(&t->template, value, file, line, &g->names, e))
		return false;
	t->group = g->name;
	t->name = arena_str(k->arena, config_setting_name(s));
	k->text_count++;
	return true;
}

static bool
group_read(struct reply_kit *k, const struct group *g, const char *file, const config_setting_t *group,
           struct err *e)
{
	if (!config_setting_is_group(group))
		return err_set(e, ERR_CONFIG, "%s:%u: %s is no group: write %s: { … };", file,
		               config_setting_source_line(group), g->name, g->name);
	for (int i = 0; i < config_setting_length(group); i++)
		if (!text_read(k, g, file, config_setting_get_elem(group, (unsigned)i), e))
			return false;
	return true;
}

static bool
endings_read(struct reply_kit *k, const char *file, const config_setting_t *s, struct err *e)
{
	int count = config_setting_length(s);
	const char **list = arena_alloc(k->arena, (size_t)count + 1, sizeof(*list));

	for (int i = 0; i < count; i++) {
		const char *word = config_setting_get_string_elem(s, i);

		if (!word || !*word)
			return err_set(e, ERR_CONFIG,
			               "%s:%u: unit_endings is a list of words: [ \"局\", \"委\" ]", file,
			               config_setting_source_line(s));
		list[i] = arena_str(k->arena, word);
	}
	k->unit_endings = list;
	return true;
}

/* One setting at the top of texts.cfg. */
static bool
setting_read(struct reply_kit *k, const char *file, const config_setting_t *s, struct err *e)
{
	static const char *const known[] = {"subjects", "address", "opinions", "unread", "unit_endings"};
	const char *name = config_setting_name(s);

	if (strcmp(name, "unit_endings") == 0)
		return endings_read(k, file, s, e);
	for (size_t i = 0; i < COUNT(groups); i++)
		if (strcmp(name, groups[i].name) == 0)
			return group_read(k, &groups[i], file, s, e);
	return unknown(file, s, "the file", known, COUNT(known), e);
}

static bool
texts_complete(const struct reply_kit *k, const char *file, struct err *e)
{
	for (size_t i = 0; i < COUNT(groups); i++)
		for (size_t j = 0; j < groups[i].text_count; j++)
			if (!kit_text(k, groups[i].name, groups[i].texts[j]))
				return err_set(e, ERR_CONFIG, "%s: %s lacks %s", file, groups[i].name,
				               groups[i].texts[j]);
	if (!k->unit_endings)
		return err_set(e, ERR_CONFIG, "%s lacks unit_endings", file);
	return true;
}

static bool
texts_load(struct reply_kit *k, const char *file, struct err *e)
{
	config_t cfg;
	const config_setting_t *root;
	bool ok = false;

	config_init(&cfg);
	if (config_read_file(&cfg, file) != CONFIG_TRUE) {
		err_set(e, ERR_CONFIG, "%s:%d: %s", file, config_error_line(&cfg), config_error_text(&cfg));
		goto out;
	}
	root = config_root_setting(&cfg);
	for (int i = 0; i < config_setting_length(root); i++)
		if (!setting_read(k, file, config_setting_get_elem(root, (unsigned)i), e))
			goto out;
	ok = texts_complete(k, file, e);
out:
	config_destroy(&cfg);
	return ok;
}

static bool
kinds_load(struct reply_kit *k, const char *dir, struct err *e)
{
	for (size_t i = 0; i < REPLY_KINDS; i++) {
		const char *text = arena_fmt(k->arena, "%s/%s.txt", dir, kinds[i]);
		const char *html = arena_fmt(k->arena, "%s/%s.html", dir, kinds[i]);

		if (!template_load(&k->text[i], text, &reply_names, e) ||
		    !template_load(&k->html[i], html, &reply_names, e))
			return false;
	}
	return true;
}

bool
reply_kit_load(struct reply_kit **k_r, const char *dir, const struct form *form, struct err *e)
{
	struct reply_kit *k = mem_alloc(1, sizeof(*k));

	*k_r = NULL;
	k->form = form;
	k->arena = arena_new();
	if (!kinds_load(k, dir, e) || !texts_load(k, arena_fmt(k->arena, "%s/texts.cfg", dir), e)) {
		reply_kit_free(k);
		return false;
	}
	*k_r = k;
	return true;
}

void
reply_kit_free(struct reply_kit *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < REPLY_KINDS; i++) {
		template_free(k->text[i]);
		template_free(k->html[i]);
	}
	for (size_t i = 0; i < k->text_count; i++)
		template_free(k->texts[i].template);
	arena_free(k->arena);
	free(k);
}
