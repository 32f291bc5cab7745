/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing: login, capabilities (RFC 3501 6.1.1), ID (RFC 2971), LOGOUT. */
#include "daemon/imap_dialogue.h"

#include "config/clock.h"
#include "config/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	LOGOUT_MS = 2000,
	LITERAL_MAX = 2 << 20 /* of what is said before mails are fetched */
};

static size_t
on_header(char *p, size_t size, size_t n, void *context)
{
	struct imap *m = context;

	link_said(m->said, p, size * n, m->account->password);
	return size * n;
}

static int
on_progress(void *context, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un)
{
	(void)dt, (void)dn, (void)ut, (void)un;
	return stop_raised(context);
}

/* "Not now" in the disguise of "not you" (RFC 5530 3). */
static bool
login_is_busy(const char *said)
{
	static const char *const codes[] = {"[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]"};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcasestr(said, codes[i]))
			return true;
	return false;
}

static bool
connect_and_login(struct imap *m, struct err *e)
{
	const struct imap_account *a = m->account;
	struct link_config c = {.url = a->url,
	                        .schemes = "imap,imaps",
	                        .user = a->user,
	                        .password = a->password,
	                        .ca_file = a->ca_file,
	                        .oauth2 = a->oauth2,
	                        .tls_none = a->tls_none};
	CURLcode code = CURLE_OK;

	if (!link_setup(m->h, &c, m->name, e))
		return false;
	curl_easy_setopt(m->h, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(m->h, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(m->h, CURLOPT_HEADERDATA, m);
	curl_easy_setopt(m->h, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(m->h, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(m->h, CURLOPT_XFERINFODATA, (void *)m->stop);
	if (a->answer_ms)
		curl_easy_setopt(m->h, CURLOPT_CONNECTTIMEOUT_MS, (long)a->answer_ms);
	code = link_perform(m->h);
	if (code == CURLE_LOGIN_DENIED && login_is_busy(m->said))
		return err_set(e, ERR_AGAIN, "%s: no login now; the server said: %s", m->name, m->said);
	if (code != CURLE_OK)
		return link_failed(e, code, m->name, m->said);
	code = curl_easy_getinfo(m->h, CURLINFO_ACTIVESOCKET, &m->fd);
	if (code != CURLE_OK || m->fd == CURL_SOCKET_BAD)
		return err_set(e, ERR_AGAIN, "%s: the connection is gone", m->name);
	return true;
}

static bool
on_capability(struct imap *m, void *context, const struct imap_response *r, struct err *e)
{
	(void)context, (void)e;
	if (r->word == IMAP_CAPABILITY) {
		buf_clear(&m->caps);
		buf_ch(&m->caps, ' ');
		buf_add(&m->caps, r->text.at, r->text.len);
		buf_ch(&m->caps, ' ');
	}
	return true;
}

bool
imap_can(const struct imap *m, const char *capability)
{
	size_t n = strlen(capability);
	const char *p = m->caps.at;

	while (p && (p = strcasestr(p, capability))) {
		if (p[-1] == ' ' && p[n] == ' ') /* caps begins with a space */
			return true;
		p += n;
	}
	return false;
}

bool
imap_open(struct imap **m_r, const struct imap_account *account, const struct stop *stop, struct err *e)
{
	struct imap *m = mem_alloc(1, sizeof *m);
	bool refused = false;

	*m_r = NULL;
	m->account = account;
	m->stop = stop;
	m->caps = BUF_INIT(16 << 10);
	m->reader = imap_reader_new(LITERAL_MAX);
	m->broken = true; /* until it is connected */
	m->h = curl_easy_init();
	if (!m->h)
		mem_die("a connection");
	if (!connect_and_login(m, e))
		goto out;
	m->broken = false;
	/* What libcurl was told before the login is not ours to see, and may change by it. */
	if (!dialogue_ask(m, on_capability, NULL, NULL, e, "CAPABILITY"))
		goto out;
	if (imap_can(m, "ID") && !dialogue_ask(m, NULL, NULL, &refused, e,
	                                       "ID (\"name\" \"mingpian\" \"version\" \"%s\")", VERSION))
		goto out;
	*m_r = m;
	m = NULL;
out:
	imap_close(m);
	return *m_r != NULL;
}

void
imap_close(struct imap *m)
{
	if (!m)
		return;
	m->end_ms = clock_mono_ms() + LOGOUT_MS;
	m->stop = NULL; /* a clean goodbye even when told to stop: it has its own deadline */
	if (!m->broken)
		(void)dialogue_ask(m, NULL, NULL, NULL, NULL, "LOGOUT"); /* ends at BYE */
	curl_easy_cleanup(m->h);
	imap_reader_free(m->reader);
	buf_free(&m->caps);
	free(m);
}
