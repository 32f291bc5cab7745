/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/settings.h"

#include "config/credential.h"
#include "config/mem.h"
#include "spool/hash.h"

#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { MIB = 1 << 20, TEMPLATES_MAX = 16 << 20, THREADS_MAX = 16, FORM_FILE_MAX = 1 << 20 };

/* ---- reading ---- */

static bool
load_secret(struct settings *s, const struct config_server *server, char **secret_r, struct err *e)
{
	bool systemd = false;

	if (!*server->user)
		return true;
	(void)credential_changed(s->config->dir, server->password_file, &systemd);
	s->systemd = s->systemd || systemd;
	return credential_load(secret_r, s->config->dir, server->password_file, e);
}

static const char *
or_null(const char *text)
{
	return *text ? text : NULL;
}

static bool
load_mailbox(struct settings *s, size_t i, struct err *e)
{
	const struct config_mailbox *m = &s->config->mailboxes[i];
	char **secret = &s->secrets[2 * i];

	if (!load_secret(s, &m->imap, &secret[0], e) || !load_secret(s, &m->smtp, &secret[1], e))
		return err_wrap(e, "%s", m->address);
	s->mailboxes[i] = (struct mailbox_config){
	        .address = m->address,
	        .imap = {.url = m->imap.url,
	                 .user = m->imap.user,
	                 .password = secret[0],
	                 .ca_file = or_null(m->imap.ca_file),
	                 .oauth2 = m->imap.oauth2,
	                 .tls_none = m->imap.tls_none},
	        .folders = m->folders,
	        .poll_seconds = m->poll_seconds,
	        .look_seconds = m->look_seconds,
	        .since = s->config->campaigns[0].since,
	        .message_max = (size_t)s->config->limits.message_mb * MIB,
	};
	s->accounts[i] = (struct smtp_account){.address = m->address,
	                                       .url = m->smtp.url,
	                                       .user = or_null(m->smtp.user),
	                                       .password = secret[1],
	                                       .ca_file = or_null(m->smtp.ca_file),
	                                       .oauth2 = m->smtp.oauth2,
	                                       .tls_none = m->smtp.tls_none};
	return true;
}

static int
cores(const struct config *c)
{
	long n = c->limits.workers ? c->limits.workers : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (int)n;
}

static void
set_parser(struct settings *s, const char *parser)
{
	const struct config *c = s->config;

	s->parser = (struct parser_config){.worker = {.program = parser,
	                                              .form = c->campaigns[0].form,
	                                              .seconds = c->limits.parse_seconds,
	                                              .memory_mb = c->limits.parse_memory_mb,
	                                              .sandbox = c->sandbox_required},
	                                   .form = s->form,
	                                   .threads = cores(c),
	                                   .kind = WRITER_PARSED};
	s->servers_worker = s->parser.worker;
	s->parser.worker.servers = s->servers = servers_new(&s->servers_worker);
}

static void
set_writer(struct settings *s)
{
	const struct config *c = s->config;
	struct writer_config *w = &s->writer;

	w->form = s->form;
	w->kit = s->kit;
	w->rules = (struct decide_rules){.form = s->form,
	                                 .worker = &s->parser.worker,
	                                 .receipt_prefix = c->campaigns[0].receipt_prefix,
	                                 .replies_since = c->replies.since,
	                                 .closes = c->campaigns[0].closes_end,
	                                 .shadow = c->shadow};
	w->own_name = c->own.name;
	w->own_domain = c->own.domains[0];
	w->mailboxes = s->writer_mailboxes;
	w->mailbox_count = c->mailbox_count;
	w->per_thread_per_day = c->replies.per_thread_per_day;
	w->per_hour = c->replies.per_hour;
	w->per_address_per_hour = c->replies.per_address_per_hour;
	w->retry_days = c->replies.retry_days;
	s->digest = (struct digest_rules){c, s->form, s->digest_kit};
	w->digest = &s->digest;
	for (size_t i = 0; i < c->mailbox_count; i++) {
		const struct config_mailbox *m = &c->mailboxes[i];

		s->writer_mailboxes[i] = (struct writer_mailbox){
		        m->address, m->contact,
		        *m->smtp.user ? credential_changed(c->dir, m->smtp.password_file, NULL) : 0};
	}
}

static int
compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_file_name(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void
add_file(struct buf *b, const char *dir, const char *name)
{
	struct buf path = BUF_INIT(4096);
	char piece[8192];
	ssize_t n = 0;
	int fd;

	buf_fmt(&path, "%s/%s", dir, name);
	fd = open(path.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	buf_fmt(b, "%s\n", name);
	while (fd >= 0 && (n = read(fd, piece, sizeof piece)) > 0)
		buf_add(b, piece, (size_t)n);
	if (fd >= 0)
		(void)close(fd);
	buf_free(&path);
}

/* Only to tell whether a letter has changed: what cannot be read, reply_kit_load() has complained of. */
static void
hash_templates(struct settings *s)
{
	struct buf b = BUF_INIT(TEMPLATES_MAX);
	struct dirent **list = NULL;
	int n = scandir(s->config->templates, &list, is_file_name, compare_names);
	struct hash h;

	for (int i = 0; i < n; i++) {
		add_file(&b, s->config->templates, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	h = hash_of(buf_bytes(&b));
	(void)snprintf(s->templates, sizeof s->templates, "%s", h.hex);
	buf_free(&b);
}

bool
settings_load(struct settings **s_r, const struct config *c, const char *parser, bool secrets, struct err *e)
{
	struct settings *s = mem_alloc(1, sizeof *s);
	bool ok;

	*s_r = NULL;
	atomic_init(&s->holders, 1);
	s->config = c;
	s->secrets = mem_alloc(2 * c->mailbox_count, sizeof *s->secrets);
	s->accounts = mem_alloc(c->mailbox_count, sizeof *s->accounts);
	s->mailboxes = mem_alloc(c->mailbox_count, sizeof *s->mailboxes);
	s->writer_mailboxes = mem_alloc(c->mailbox_count, sizeof *s->writer_mailboxes);
	ok = form_load(&s->form, c->campaigns[0].form, e) &&
	     reply_kit_load(&s->kit, c->templates, s->form, e) &&
	     digest_kit_load(&s->digest_kit, c->templates, e);
	for (size_t i = 0; ok && secrets && i < c->mailbox_count; i++)
		ok = load_mailbox(s, i, e);
	if (!ok) {
		settings_drop(s);
		return false;
	}
	hash_templates(s);
	set_parser(s, parser);
	set_writer(s);
	*s_r = s;
	return true;
}

/* ---- the form file, as it was read ---- */

static const char COPY[] = "form.";

static bool
copy_form(const struct settings *s, int to, struct err *e)
{
	struct buf b = BUF_INIT(FORM_FILE_MAX);
	char piece[8192];
	ssize_t n = 0;
	struct hash h;
	bool ok = false;
	int from = open(s->config->campaigns[0].form, O_RDONLY | O_CLOEXEC);

	while (from >= 0 && (n = read(from, piece, sizeof piece)) > 0)
		buf_add(&b, piece, (size_t)n);
	h = hash_of(buf_bytes(&b));
	if (from < 0 || n < 0 || strcmp(h.hex, s->form->version) != 0)
		err_set(e, ERR_CONFIG, "%s changed while it was read: try again",
		        s->config->campaigns[0].form);
	else if (write(to, b.at, b.len) != (ssize_t)b.len)
		err_sys(e, ERR_DISK, errno, "%s cannot be kept for the parsers",
		        s->config->campaigns[0].form);
	else
		ok = true;
	if (from >= 0)
		(void)close(from);
	buf_free(&b);
	return ok;
}

bool
settings_keep_form(struct settings *s, const char *dir, struct err *e)
{
	static atomic_uint number;
	struct buf path = BUF_INIT(4096);
	bool ok;
	int fd;

	buf_fmt(&path, "%s/%s%u.cfg", dir, COPY, atomic_fetch_add(&number, 1));
	fd = open(path.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		err_sys(e, ERR_DISK, errno, "%s", path.at);
		buf_free(&path);
		return false;
	}
	ok = copy_form(s, fd, e);
	(void)close(fd);
	s->form_copy = buf_take(&path);
	s->parser.worker.form = s->servers_worker.form = s->form_copy;
	return ok;
}

void
settings_sweep_forms(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *f;
	const size_t n = strlen(COPY);

	while (d && (f = readdir(d))) { /* NOLINT(concurrency-mt-unsafe): the stream is ours alone */
		size_t digits = strncmp(f->d_name, COPY, n) == 0 ? strspn(f->d_name + n, "0123456789") : 0;

		if (digits && strcmp(f->d_name + n + digits, ".cfg") == 0)
			(void)unlinkat(dirfd(d), f->d_name, 0);
	}
	if (d)
		(void)closedir(d);
}

/* ---- holding ---- */

struct settings *
settings_hold(struct settings *s)
{
	atomic_fetch_add(&s->holders, 1);
	return s;
}

void
settings_drop(void *settings)
{
	struct settings *s = settings;

	if (!s || atomic_fetch_sub(&s->holders, 1) != 1)
		return;
	servers_free(s->servers);
	if (s->form_copy)
		(void)unlink(s->form_copy);
	free(s->form_copy);
	reply_kit_free(s->kit);
	digest_kit_free(s->digest_kit);
	form_free(s->form);
	for (size_t i = 0; i < 2 * s->config->mailbox_count; i++)
		credential_free(s->secrets[i]);
	free(s->secrets);
	free(s->accounts);
	free(s->mailboxes);
	free(s->writer_mailboxes);
	config_free(s->own);
	free(s);
}

/* ---- comparing ---- */

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool
same_list(const char *const *a, const char *const *b)
{
	while (*a && *b && strcmp(*a, *b) == 0)
		a++, b++;
	return !*a && !*b;
}

bool
settings_same_mailbox(const struct settings *a, const struct settings *b, size_t i)
{
	const struct mailbox_config *x = &a->mailboxes[i], *y = &b->mailboxes[i];

	return same_text(x->imap.url, y->imap.url) && same_text(x->imap.user, y->imap.user) &&
	       same_text(x->imap.password, y->imap.password) && same_text(x->imap.ca_file, y->imap.ca_file) &&
	       x->imap.oauth2 == y->imap.oauth2 && x->imap.tls_none == y->imap.tls_none &&
	       same_list(x->folders, y->folders) && x->poll_seconds == y->poll_seconds &&
	       x->look_seconds == y->look_seconds && x->since == y->since && x->message_max == y->message_max;
}

static bool
needs_restart(struct err *e, const char *what)
{
	return err_set(e, ERR_CONFIG, "%s: another one needs a restart (systemctl restart mingpian)", what);
}

/* The port of a url of the configuration, which checked it; 0: none. */
static long
port_of(const char *url)
{
	CURLU *u = curl_url();
	char *port = NULL;
	long n = 0;

	if (u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
		n = strtol(port, NULL, 10);
	curl_free(port);
	curl_url_cleanup(u);
	return n;
}

/* The sandbox lets only those be called that were known when it shut. */
static bool
port_is_known(const struct config *was, const char *url)
{
	long port = port_of(url);

	for (size_t i = 0; i < was->mailbox_count; i++)
		if (port_of(was->mailboxes[i].imap.url) == port ||
		    port_of(was->mailboxes[i].smtp.url) == port)
			return true;
	return false;
}

static bool
same_addresses(const struct config *a, const struct config *b)
{
	bool same = a->mailbox_count == b->mailbox_count;

	for (size_t i = 0; same && i < a->mailbox_count; i++)
		same = strcmp(a->mailboxes[i].address, b->mailboxes[i].address) == 0;
	return same;
}

bool
settings_may_follow(const struct settings *was, const struct settings *now, struct err *e)
{
	const struct config *a = was->config, *b = now->config;

	if (strcmp(a->spool.dir, b->spool.dir) != 0)
		return needs_restart(e, "spool.dir");
	if (!same_addresses(a, b))
		return needs_restart(e, "mailboxes: the list of addresses");
	if (strcmp(a->campaigns[0].zone, b->campaigns[0].zone) != 0)
		return needs_restart(e, "campaigns: timezone");
	if (cores(a) != cores(b))
		return needs_restart(e, "limits.workers");
	if (a->sandbox_required != b->sandbox_required)
		return needs_restart(e, "sandbox");
	if (strcmp(a->metrics, b->metrics) != 0)
		return needs_restart(e, "metrics");
	for (size_t i = 0; a->sandbox_required && i < b->mailbox_count; i++)
		if (!port_is_known(a, b->mailboxes[i].imap.url) ||
		    !port_is_known(a, b->mailboxes[i].smtp.url))
			return needs_restart(e, "mailboxes: a port that no server had at the start");
	return true;
}

static bool
same_config(const struct config *a, const struct config *b)
{
	struct buf x = BUF_INIT(MIB), y = BUF_INIT(MIB);
	bool same;

	config_print(a, &x);
	config_print(b, &y);
	same = same_text(x.at, y.at);
	buf_free(&x);
	buf_free(&y);
	return same;
}

static bool
same_secrets(const struct settings *a, const struct settings *b)
{
	bool same = true;

	for (size_t i = 0; same && i < 2 * a->config->mailbox_count; i++)
		same = same_text(a->secrets[i], b->secrets[i]);
	return same;
}

json_t *
settings_changes(const struct settings *was, const struct settings *now)
{
	const struct {
		const char *what;
		bool same;
	} rows[] = {
	        {"configuration", same_config(was->config, now->config)},
	        {"form", same_text(was->form->version, now->form->version)},
	        {"templates", same_text(was->templates, now->templates)},
	        {"credentials", same_secrets(was, now)},
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!rows[i].same && json_array_append_new(list, json_string(rows[i].what)) != 0)
			mem_die("comparing settings");
	return list;
}
