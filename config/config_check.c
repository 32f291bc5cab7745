/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one key of the configuration alone does not show. */
#include "config/config_read.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Complain of the key at path, which may have been left out. */
static bool
contradiction(struct config_reader *r, const char *path, const char *expected)
{
	const config_setting_t *s = config_lookup(&r->lib, path);
	struct buf b = BUF_INIT(CONFIG_SENTENCE_MAX);

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
	config_complain(r, s, &b);
	buf_free(&b);
	return false;
}

static bool
check_campaign(struct config_reader *r, size_t i)
{
	const struct config_campaign *c = &r->c->campaigns[i];
	char path[CONFIG_PATH_MAX];
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
check_server(struct config_reader *r, const struct config_server *s, size_t i, const char *which)
{
	char path[CONFIG_PATH_MAX];

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
check_mailbox(struct config_reader *r, size_t i)
{
	const struct config_mailbox *m = &r->c->mailboxes[i];
	char path[CONFIG_PATH_MAX];

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
check_digest(struct config_reader *r)
{
	const char *from = r->c->digest.from;
	const struct config_mailbox *m = *from ? config_mailbox(r->c, from) : r->c->mailboxes;

	if (!m)
		return contradiction(r, "digest.from", "the address of one of the mailboxes");
	r->c->digest.from = m->address;
	return true;
}

bool
config_check(struct config_reader *r)
{
	bool ok = true;

	for (size_t i = 0; ok && i < r->c->campaign_count; i++)
		ok = check_campaign(r, i);
	for (size_t i = 0; ok && i < r->c->mailbox_count; i++)
		ok = check_mailbox(r, i);
	return ok && check_digest(r);
}
