/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/config.h"

#include "config/clock.h"
#include "config/config_value.h"
#include "config/mem.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- the keys ---- */

#define COUNT(t) (sizeof(t) / sizeof *(t))
#define KEY(key, k, at, ...)                                                        \
	{                                                                           \
		.name = (key), .kind = (k), .offset = (at), .fallback = __VA_ARGS__ \
	}
#define GROUP(t, type)                                               \
	{                                                            \
		.keys = (t), .count = COUNT(t), .size = sizeof(type) \
	}

/* A value may lean on one above it: days are read in the zone. */
#define AT(m) offsetof(struct config_campaign, m)
static const struct config_key campaign_keys[] = {
        KEY("name", KIND_TEXT, AT(name), NULL, .min = 1),
        KEY("form", KIND_PATH, AT(form), NULL, .min = 1),
        KEY("timezone", KIND_ZONE, AT(zone), "Asia/Shanghai"),
        KEY("since", KIND_DAY, AT(since), NULL),
        KEY("deadline", KIND_DAY_END, AT(deadline_end), NULL),
        KEY("closes", KIND_DAY_END, AT(closes_end), NULL),
        KEY("keep_until", KIND_DAY_END, AT(keep_end), NULL),
        KEY("receipt_prefix", KIND_PREFIX, AT(receipt_prefix), NULL),
};
#undef AT
static const struct config_group campaign_group = GROUP(campaign_keys, struct config_campaign);

#define AT(m) (offsetof(struct config, own.m) - offsetof(struct config, own))
static const struct config_key own_keys[] = {
        KEY("name", KIND_TEXT, AT(name), NULL, .min = 1),
        KEY("domains", KIND_LIST, AT(domains), NULL, .min = 1, .max = 16, .element = KIND_DOMAIN),
        KEY("trusted_authserv_id", KIND_TEXT, AT(trusted_authserv_id), ""),
};
#undef AT
static const struct config_group own_group = GROUP(own_keys, ((struct config *)0)->own);

#define AT(m) (offsetof(struct config, spool.m) - offsetof(struct config, spool))
static const struct config_key spool_keys[] = {
        KEY("dir", KIND_PATH, AT(dir), "/var/lib/mingpian", .min = 1),
};
#undef AT
static const struct config_group spool_group = GROUP(spool_keys, ((struct config *)0)->spool);

/* The keys of imap go to the mailbox, for two of them are no server's. */
#define AT(m) (offsetof(struct config_mailbox, m) - offsetof(struct config_mailbox, imap))
static const struct config_key imap_keys[] = {
        KEY("url", KIND_URL, AT(imap.url), NULL, .words = "imaps|imap"),
        KEY("user", KIND_TEXT, AT(imap.user), NULL, .min = 1),
        KEY("password_file", KIND_TEXT, AT(imap.password_file), NULL, .min = 1),
        KEY("ca_file", KIND_PATH, AT(imap.ca_file), ""),
        KEY("auth", KIND_CHOICE, AT(imap.oauth2), "password", .words = "password|oauth"),
        KEY("tls", KIND_CHOICE, AT(imap.tls_none), "required", .words = "required|none"),
        KEY("folders", KIND_LIST, AT(folders), "INBOX", .min = 1, .max = 32, .element = KIND_TEXT),
        KEY("poll_seconds", KIND_INT, AT(poll_seconds), "60", .min = 5, .max = 3600, .unit = "seconds"),
        KEY("look_seconds", KIND_INT, AT(look_seconds), "120", .min = 30, .max = 1740, .unit = "seconds"),
};
#undef AT
static const struct config_group imap_group = GROUP(imap_keys, struct config_mailbox);

#define AT(m) offsetof(struct config_server, m)
static const struct config_key smtp_keys[] = {
        KEY("url", KIND_URL, AT(url), NULL, .words = "smtps|smtp"),
        KEY("user", KIND_TEXT, AT(user), ""),
        KEY("password_file", KIND_TEXT, AT(password_file), ""),
        KEY("ca_file", KIND_PATH, AT(ca_file), ""),
        KEY("auth", KIND_CHOICE, AT(oauth2), "password", .words = "password|oauth"),
        KEY("tls", KIND_CHOICE, AT(tls_none), "required", .words = "required|none"),
};
#undef AT
static const struct config_group smtp_group = GROUP(smtp_keys, struct config_server);

#define AT(m) offsetof(struct config_mailbox, m)
static const struct config_key mailbox_keys[] = {
        KEY("address", KIND_ADDRESS, AT(address), NULL),
        KEY("contact", KIND_TEXT, AT(contact), ""),
        KEY("imap", KIND_GROUP, AT(imap), NULL, .group = &imap_group),
        KEY("smtp", KIND_GROUP, AT(smtp), NULL, .group = &smtp_group),
};
#undef AT
static const struct config_group mailbox_group = GROUP(mailbox_keys, struct config_mailbox);

#define AT(m) (offsetof(struct config, digest.m) - offsetof(struct config, digest))
static const struct config_key digest_keys[] = {
        KEY("at", KIND_HOUR, AT(at_minutes), "08:30"),
        KEY("from", KIND_ADDRESS, AT(from), ""), /* the first mailbox */
        KEY("to", KIND_LIST, AT(to), "", .max = 32, .element = KIND_ADDRESS),
        KEY("staff", KIND_LIST, AT(staff), "", .max = 32, .element = KIND_ADDRESS),
};
#undef AT
static const struct config_group digest_group = GROUP(digest_keys, ((struct config *)0)->digest);

#define AT(m) (offsetof(struct config, replies.m) - offsetof(struct config, replies))
static const struct config_key reply_keys[] = {
        KEY("since", KIND_SINCE, AT(since), "start"),
        KEY("per_thread_per_day", KIND_INT, AT(per_thread_per_day), "20", .min = 1, .max = 10000,
            .unit = "replies"),
        KEY("per_hour", KIND_INT, AT(per_hour), "200", .min = 1, .max = 100000, .unit = "replies"),
        KEY("per_address_per_hour", KIND_INT, AT(per_address_per_hour), "300", .min = 1, .max = 100000,
            .unit = "replies"),
        KEY("retry_days", KIND_INT, AT(retry_days), "3", .min = 1, .max = 30, .unit = "days"),
};
#undef AT
static const struct config_group reply_group = GROUP(reply_keys, ((struct config *)0)->replies);

#define AT(m) (offsetof(struct config, limits.m) - offsetof(struct config, limits))
static const struct config_key limit_keys[] = {
        KEY("message_mb", KIND_INT, AT(message_mb), "72", .min = 1, .max = 1024, .unit = "MiB"),
        KEY("parse_seconds", KIND_INT, AT(parse_seconds), "60", .min = 1, .max = 3600, .unit = "seconds"),
        KEY("parse_memory_mb", KIND_INT, AT(parse_memory_mb), "768", .min = 64, .max = 65536, .unit = "MiB"),
        KEY("workers", KIND_INT, AT(workers), "0", .min = 0, .max = 256, .unit = "processes"),
};
#undef AT
static const struct config_group limit_group = GROUP(limit_keys, ((struct config *)0)->limits);

#define AT(m) offsetof(struct config, m)
static const struct config_key root_keys[] = {
        KEY("campaigns", KIND_GROUPS, AT(campaigns), NULL, .min = 1, .max = 8, .group = &campaign_group,
            .count_offset = AT(campaign_count)),
        KEY("own", KIND_GROUP, AT(own), NULL, .group = &own_group),
        KEY("spool", KIND_GROUP, AT(spool), NULL, .group = &spool_group),
        KEY("mailboxes", KIND_GROUPS, AT(mailboxes), NULL, .min = 1, .max = 32, .group = &mailbox_group,
            .count_offset = AT(mailbox_count)),
        KEY("digest", KIND_GROUP, AT(digest), NULL, .group = &digest_group),
        KEY("replies", KIND_GROUP, AT(replies), NULL, .group = &reply_group),
        KEY("limits", KIND_GROUP, AT(limits), NULL, .group = &limit_group),
        KEY("shadow", KIND_BOOL, AT(shadow), "false"),
        KEY("sandbox", KIND_CHOICE, AT(sandbox_required), "required", .words = "off|required"),
        KEY("templates", KIND_PATH, AT(templates), "templates", .min = 1),
        KEY("metrics", KIND_PATH, AT(metrics), ""),
};
#undef AT
static const struct config_group root_group = GROUP(root_keys, struct config);

/* ---- messages ---- */

enum { PATH_MAX_LEN = 160, SENTENCE_MAX = 400, FILE_MAX = 1 << 20 };

struct reader {
	const char *file; /* as the operator named it */
	struct config *c;
	config_t lib;
	struct buf path; /* of the key that is read: mailboxes.[0].imap.url */
	struct err *e;
};

/* Where s stands; a key that stands nowhere is missing from the group around it. */
static const char *
source_file(const struct reader *r, const config_setting_t *s)
{
	const char *included = s ? config_setting_source_file(s) : NULL;

	return included ? included : r->file;
}

static unsigned
source_line(const config_setting_t *s)
{
	unsigned line = s ? config_setting_source_line(s) : 0;

	return line ? line : 1;
}

static bool
complain(struct reader *r, const config_setting_t *s, const struct buf *what)
{
	return err_set(r->e, ERR_CONFIG, "%s:%u: %s: %s", source_file(r, s), source_line(s), r->path.at,
	               what->at);
}

static bool
complain_value(struct reader *r, const struct config_key *key, const config_setting_t *s)
{
	struct buf b = BUF_INIT(SENTENCE_MAX);

	buf_str(&b, "expected ");
	config_value_expected(&b, key);
	buf_str(&b, ", found ");
	config_value_found(&b, s);
	complain(r, s, &b);
	buf_free(&b);
	return false;
}

static bool
complain_missing(struct reader *r, const struct config_key *key, const config_setting_t *around)
{
	struct buf b = BUF_INIT(SENTENCE_MAX);

	buf_str(&b, "expected ");
	config_value_expected(&b, key);
	buf_str(&b, ", found nothing: the key is missing");
	complain(r, around, &b);
	buf_free(&b);
	return false;
}

/* The path grows by ".name" or ".[i]"; returned is its length before, for path_back(). */
static size_t
path_into(struct reader *r, const char *name, int i)
{
	size_t was = r->path.len;

	if (was)
		buf_ch(&r->path, '.');
	if (name)
		buf_str(&r->path, name);
	else
		buf_fmt(&r->path, "[%d]", i);
	return was;
}

static void
path_back(struct reader *r, size_t was)
{
	r->path.len = was;
	buf_seal(&r->path);
}

/* ---- reading: the table against the file ---- */

static bool read_group(struct reader *r, const struct config_group *g, const config_setting_t *s,
                       const config_setting_t *around, void *to);

static bool
read_list(struct reader *r, const struct config_key *key, const config_setting_t *s, void *to)
{
	struct config_key element = {.kind = key->element, .fallback = key->fallback, .min = 1};
	int count = s ? config_setting_length(s) : (key->fallback[0] ? 1 : 0);
	const char **list;
	bool ok = true;

	if (s && (!config_setting_is_aggregate(s) || config_setting_is_group(s) || count < key->min ||
	          count > key->max))
		return complain_value(r, key, s);
	list = arena_alloc(r->c->arena, (size_t)count + 1, sizeof *list);
	for (int i = 0; ok && i < count; i++) {
		const config_setting_t *item = s ? config_setting_get_elem(s, (unsigned)i) : NULL;
		size_t was = path_into(r, NULL, i);

		ok = config_value_read(&element, item, r->c->dir, r->c->arena, &list[i]) ||
		     complain_value(r, &element, item);
		path_back(r, was);
	}
	memcpy(to, &list, sizeof list);
	return ok;
}

static bool
read_groups(struct reader *r, const struct config_key *key, const config_setting_t *s, void *base)
{
	int count = config_setting_length(s);
	char *items;
	bool ok = true;

	if (!config_setting_is_list(s) || count < key->min || count > key->max)
		return complain_value(r, key, s);
	items = arena_alloc(r->c->arena, (size_t)count, key->group->size);
	for (int i = 0; ok && i < count; i++) {
		const config_setting_t *item = config_setting_get_elem(s, (unsigned)i);
		size_t was = path_into(r, NULL, i);

		ok = config_setting_is_group(item)
		             ? read_group(r, key->group, item, item, items + (size_t)i * key->group->size)
		             : complain_value(r, &(struct config_key){.kind = KIND_GROUP}, item);
		path_back(r, was);
	}
	memcpy((char *)base + key->offset, &items, sizeof items);
	*(size_t *)((char *)base + key->count_offset) = (size_t)count;
	return ok;
}

/* s may be NULL, where the file has no such key; around is the nearest group that it has. */
static bool
read_key(struct reader *r, const struct config_key *key, const config_setting_t *s,
         const config_setting_t *around, void *base)
{
	void *to = (char *)base + key->offset;

	/* A group that is left out is read as an empty one: what it lacks is named then. */
	if (key->kind == KIND_GROUP) {
		if (s && !config_setting_is_group(s))
			return complain_value(r, key, s);
		return read_group(r, key->group, s, s ? s : around, to);
	}
	if (!s && (!key->fallback || key->kind == KIND_GROUPS))
		return complain_missing(r, key, around);
	if (key->kind == KIND_GROUPS)
		return read_groups(r, key, s, base);
	if (key->kind == KIND_LIST)
		return read_list(r, key, s, to);
	if (config_value_read(key, s, r->c->dir, r->c->arena, to))
		return true;
	return s ? complain_value(r, key, s) : complain_missing(r, key, around);
}

static bool
known_key(struct reader *r, const struct config_group *g, const config_setting_t *s)
{
	struct buf b = BUF_INIT(SENTENCE_MAX);
	size_t was;

	for (size_t i = 0; i < g->count; i++) {
		if (strcmp(g->keys[i].name, config_setting_name(s)) == 0)
			return true;
	}
	buf_str(&b, "unknown key, expected one of ");
	for (size_t i = 0; i < g->count; i++)
		buf_fmt(&b, "%s%s", i ? ", " : "", g->keys[i].name);
	was = path_into(r, config_setting_name(s), 0);
	complain(r, s, &b);
	path_back(r, was);
	buf_free(&b);
	return false;
}

/* Unknown keys first: a misspelt key is named, and not the one that is missing for it. */
static bool
read_group(struct reader *r, const struct config_group *g, const config_setting_t *s,
           const config_setting_t *around, void *to)
{
	bool ok = true;

	for (int i = 0; s && i < config_setting_length(s); i++) {
		if (!known_key(r, g, config_setting_get_elem(s, (unsigned)i)))
			return false;
	}
	for (size_t i = 0; ok && i < g->count; i++) {
		const config_setting_t *member = s ? config_setting_get_member(s, g->keys[i].name) : NULL;
		size_t was = path_into(r, g->keys[i].name, 0);

		ok = read_key(r, &g->keys[i], member, around, to);
		path_back(r, was);
	}
	return ok;
}

/* ---- what one key alone does not show ---- */

/* Complain of the key at path, which may have been left out. */
static bool
contradiction(struct reader *r, const char *path, const char *expected)
{
	const config_setting_t *s = config_lookup(&r->lib, path);
	struct buf b = BUF_INIT(SENTENCE_MAX);

	buf_clear(&r->path);
	buf_str(&r->path, path);
	buf_fmt(&b, "expected %s, found ", expected);
	if (s)
		config_value_found(&b, s);
	else
		buf_str(&b, "nothing");
	for (char *dot; !s && (dot = strrchr(r->path.at, '.'));) { /* the nearest line there is */
		*dot = '\0';
		s = config_lookup(&r->lib, r->path.at);
	}
	buf_clear(&r->path);
	buf_str(&r->path, path);
	complain(r, s, &b);
	buf_free(&b);
	return false;
}

static bool
check_campaign(struct reader *r, size_t i)
{
	const struct config_campaign *c = &r->c->campaigns[i];
	char path[PATH_MAX_LEN];
	const char *key = NULL, *want = NULL;

	if (c->deadline_end <= c->since) {
		key = "deadline";
		want = "a day not before since";
	} else if (c->closes_end < c->deadline_end) {
		key = "closes";
		want = "a day not before deadline";
	} else if (c->keep_end < c->closes_end) {
		key = "keep_until";
		want = "a day not before closes";
	} else if (strcmp(c->zone, r->c->campaigns[0].zone) != 0) {
		key = "timezone";
		want = "the same zone for all campaigns";
	}
	for (size_t j = 0; !key && j < i; j++) {
		if (strcmp(c->name, r->c->campaigns[j].name) == 0)
			key = "name";
		else if (strcmp(c->receipt_prefix, r->c->campaigns[j].receipt_prefix) == 0)
			key = "receipt_prefix";
		want = "one that no other campaign has";
	}
	if (!key)
		return true;
	(void)snprintf(path, sizeof path, "campaigns.[%zu].%s", i, key);
	return contradiction(r, path, want);
}

/* tls = "none" is for tests and tunnels, on this very machine. */
static bool
is_loopback(const char *url)
{
	const char *host = strstr(url, "://") + 3;

	return strcspn(host, ":/") == strlen("127.0.0.1") &&
	       strncmp(host, "127.0.0.1", strlen("127.0.0.1")) == 0;
}

static bool
check_server(struct reader *r, const struct config_server *s, size_t i, const char *which)
{
	char path[PATH_MAX_LEN];

	if (s->tls_none && (!is_loopback(s->url) || strncmp(s->url + 4, "://", 3) != 0)) {
		(void)snprintf(path, sizeof path, "mailboxes.[%zu].%s.tls", i, which);
		return contradiction(
		        r, path,
		        "\"required\" (\"none\" is for imap://127.0.0.1 and smtp://127.0.0.1 alone)");
	}
	if (s->user[0] && !s->password_file[0]) {
		(void)snprintf(path, sizeof path, "mailboxes.[%zu].%s.password_file", i, which);
		return contradiction(r, path, "the name of a file, as user is set");
	}
	return true;
}

static bool
check_mailbox(struct reader *r, size_t i)
{
	const struct config_mailbox *m = &r->c->mailboxes[i];
	char path[PATH_MAX_LEN];

	for (size_t j = 0; j < i; j++) {
		if (strcasecmp(m->address, r->c->mailboxes[j].address) == 0) {
			(void)snprintf(path, sizeof path, "mailboxes.[%zu].address", i);
			return contradiction(r, path, "an address that no other mailbox has");
		}
	}
	return check_server(r, &m->imap, i, "imap") && check_server(r, &m->smtp, i, "smtp");
}

/* The digest goes out by the account of one of the mailboxes. */
static bool
check_digest(struct reader *r)
{
	const char *from = r->c->digest.from;
	const struct config_mailbox *m = *from ? config_mailbox(r->c, from) : r->c->mailboxes;

	if (!m)
		return contradiction(r, "digest.from", "the address of one of the mailboxes");
	r->c->digest.from = m->address;
	return true;
}

static bool
check_all(struct reader *r)
{
	bool ok = true;

	for (size_t i = 0; ok && i < r->c->campaign_count; i++)
		ok = check_campaign(r, i);
	for (size_t i = 0; ok && i < r->c->mailbox_count; i++)
		ok = check_mailbox(r, i);
	return ok && check_digest(r);
}

/* ---- the file ---- */

/* Opened and looked at first: libconfig says of all that goes wrong here "file I/O error", and its
 * scanner ends the process at a folder. */
static FILE *
open_file(const char *file, struct err *e)
{
	FILE *f = fopen(file, "re");
	struct stat st;

	if (!f) {
		(void)err_sys(e, ERR_CONFIG, errno, "%s: the configuration cannot be read", file);
		return NULL;
	}
	if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		(void)err_set(e, ERR_CONFIG, "%s: the configuration cannot be read: no file of at most 1 MiB",
		              file);
		(void)fclose(f);
		return NULL;
	}
	return f;
}

/* Fill in where the file lies; it exists, for it is open. */
static void
locate(struct config *c, const char *file)
{
	char *real = realpath(file, NULL), *copy;

	c->named = arena_str(c->arena, file);
	c->file = arena_str(c->arena, real ? real : file);
	copy = arena_str(c->arena, c->file);
	c->dir = dirname(copy);
	free(real);
}

static struct config *
config_new(void)
{
	struct arena *a = arena_new();
	struct config *c = arena_alloc(a, 1, sizeof *c);

	c->arena = a;
	return c;
}

bool
config_load(struct config **c_r, const char *file, struct err *e)
{
	struct reader r = {.file = file, .path = BUF_INIT(PATH_MAX_LEN), .e = e};
	FILE *f = NULL;
	bool ok = false;

	*c_r = NULL;
	config_init(&r.lib);
	r.c = config_new();
	f = open_file(file, e);
	if (!f)
		goto out;
	locate(r.c, file);
	config_set_include_dir(&r.lib, r.c->dir);
	if (config_read(&r.lib, f) != CONFIG_TRUE) {
		(void)err_set(e, ERR_CONFIG, "%s:%d: expected libconfig's `key = value;`, found a %s",
		              config_error_file(&r.lib) ? config_error_file(&r.lib) : file,
		              config_error_line(&r.lib), config_error_text(&r.lib));
		goto out;
	}
	buf_str(&r.path, "");
	if (!read_group(&r, &root_group, config_root_setting(&r.lib), NULL, r.c) || !check_all(&r))
		goto out;
	*c_r = r.c;
	r.c = NULL;
	ok = true;
out:
	if (f)
		(void)fclose(f);
	config_free(r.c);
	buf_free(&r.path);
	config_destroy(&r.lib);
	return ok;
}

void
config_free(struct config *c)
{
	if (c)
		arena_free(c->arena);
}

const struct config_mailbox *
config_mailbox(const struct config *c, const char *address)
{
	for (size_t i = 0; i < c->mailbox_count; i++) {
		if (strcasecmp(c->mailboxes[i].address, address) == 0)
			return &c->mailboxes[i];
	}
	return NULL;
}

/* ---- printing: the table against the struct ---- */

static void print_group(struct buf *b, const struct config_group *g, const void *from, int depth);

static void
print_list(struct buf *b, const struct config_key *key, const void *from)
{
	struct config_key element = {.kind = key->element};
	const char *const *list;

	memcpy(&list, from, sizeof list);
	buf_ch(b, '[');
	for (size_t i = 0; list[i]; i++) {
		buf_str(b, i ? ", " : "");
		config_value_print(b, &element, &list[i]);
	}
	buf_ch(b, ']');
}

static void
print_groups(struct buf *b, const struct config_key *key, const void *base, int depth)
{
	size_t count = *(const size_t *)((const char *)base + key->count_offset);
	const char *items;

	memcpy(&items, (const char *)base + key->offset, sizeof items);
	buf_str(b, "(");
	for (size_t i = 0; i < count; i++) {
		buf_str(b, i ? ", {\n" : " {\n");
		print_group(b, key->group, items + i * key->group->size, depth + 1);
		buf_fmt(b, "%*s}", depth * 2, "");
	}
	buf_str(b, " )");
}

static void
print_group(struct buf *b, const struct config_group *g, const void *from, int depth)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct config_key *key = &g->keys[i];
		const void *at = (const char *)from + key->offset;

		buf_fmt(b, "%*s%s = ", depth * 2, "", key->name);
		if (key->kind == KIND_GROUP) {
			buf_str(b, "{\n");
			print_group(b, key->group, at, depth + 1);
			buf_fmt(b, "%*s}", depth * 2, "");
		} else if (key->kind == KIND_GROUPS) {
			print_groups(b, key, from, depth);
		} else if (key->kind == KIND_LIST) {
			print_list(b, key, at);
		} else {
			config_value_print(b, key, at);
		}
		buf_str(b, ";\n");
	}
}

void
config_print(const struct config *c, struct buf *b)
{
	print_group(b, &root_group, c, 0);
}
