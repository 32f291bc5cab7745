/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/doctor.h"

#include "config/clock.h"
#include "config/credential.h"
#include "config/mem.h"
#include "daemon/imap.h"
#include "daemon/link.h"
#include "daemon/smtp.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ANSWER_MS = 15000, DAYS_LEAST = 14 };

/* ---- TLS, without a login ---- */

/* What is wrong with a certificate, by OpenSSL's word; none: libcurl itself found the name to be another one.
 */
static const char *
why_untrusted(long verified)
{
	switch (verified) {
	case X509_V_OK:
	case X509_V_ERR_UNSPECIFIED: /* with which libcurl begins */
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return "the certificate is for another name: put the name that it bears into the url";
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "the certificate has expired: whoever runs the server must renew it (where others "
		       "find it "
		       "good, this machine's clock is wrong)";
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "the certificate is not valid yet: set this machine's clock";
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return "the certificate is signed by an authority that is not known here: where it is your "
		       "own, name "
		       "its certificate in ca_file beside the url; where not, somebody may be in between";
	default: return X509_verify_cert_error_string(verified);
	}
}

static size_t
swallow(char *p, size_t size, size_t n, void *context)
{
	(void)p;
	(void)context;
	return size * n;
}

/* When the server's certificate ends; 0: not known. */
static time_t
end_of_certificate(CURL *h)
{
	struct curl_certinfo *info = NULL;
	static const char key[] = "Expire date:";

	if (curl_easy_getinfo(h, CURLINFO_CERTINFO, &info) != CURLE_OK || !info || info->num_of_certs < 1)
		return 0;
	for (struct curl_slist *s = info->certinfo[0]; s; s = s->next)
		if (strncmp(s->data, key, sizeof key - 1) == 0)
			return curl_getdate(s->data + sizeof key - 1, NULL);
	return 0;
}

static void
say_end(struct doctor *d, const char *what, time_t end)
{
	long days = (long)((end - clock_now()) / 86400);
	char why[200], day[CLOCK_RFC3339_MAX];

	if (!end || days >= DAYS_LEAST) {
		doctor_say(d, DOCTOR_OK, what, "");
		return;
	}
	(void)snprintf(why, sizeof why, "the certificate ends on %.10s, in %ld days: see that it is renewed",
	               clock_rfc3339(end, day), days);
	doctor_say(d, DOCTOR_NOTE, what, why);
}

/* Connect and greet by TLS, with no name and no password. False: said, and no login need be tried. */
static bool
check_tls(struct doctor *d, const char *address, const char *kind, const struct config_server *s,
          const char *schemes)
{
	struct link_config c = {.url = s->url,
	                        .schemes = schemes,
	                        .user = "",
	                        .password = "",
	                        .ca_file = s->ca_file,
	                        .tls_none = s->tls_none};
	char name[LINK_NAME_MAX], what[300];
	CURL *h = curl_easy_init();
	struct err e = {0};
	long verified = 0;
	CURLcode code;
	bool ok;

	if (!h)
		mem_die("a connection");
	(void)snprintf(what, sizeof what, "%s: %s reached%s", address, kind,
	               s->tls_none ? ", without TLS" : " by TLS");
	ok = link_setup(h, &c, name, &e);
	if (ok) {
		curl_easy_setopt(h, CURLOPT_USERNAME, NULL);
		curl_easy_setopt(h, CURLOPT_PASSWORD, NULL);
		curl_easy_setopt(h, CURLOPT_CONNECT_ONLY, 1L);
		curl_easy_setopt(h, CURLOPT_CERTINFO, 1L);
		curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
		curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, swallow);
		code = link_perform(h);
		ok = code == CURLE_OK;
		if (!ok)
			link_failed(&e, code, name, "");
		if (code == CURLE_PEER_FAILED_VERIFICATION) {
			(void)curl_easy_getinfo(h, CURLINFO_SSL_VERIFYRESULT, &verified);
			err_set(&e, ERR_TLS, "%s: %s", name, why_untrusted(verified));
		}
	}
	if (ok)
		say_end(d, what, s->tls_none ? 0 : end_of_certificate(h));
	else
		doctor_verdict(d, false, what, &e);
	curl_easy_cleanup(h);
	return ok;
}

/* ---- logins ---- */

static void
check_imap(struct doctor *d, const struct config_mailbox *m)
{
	char *secret = NULL, what[600];
	struct err e = {0};
	struct imap *imap = NULL;
	struct imap_account a = {.url = m->imap.url,
	                         .user = m->imap.user,
	                         .ca_file = *m->imap.ca_file ? m->imap.ca_file : NULL,
	                         .oauth2 = m->imap.oauth2,
	                         .tls_none = m->imap.tls_none,
	                         .answer_ms = ANSWER_MS};

	if (!credential_load(&secret, d->c->config->dir, m->imap.password_file, &e))
		return; /* told by its own check */
	a.password = secret;
	(void)snprintf(what, sizeof what, "%s: IMAP login", m->address);
	if (doctor_verdict(d, imap_open(&imap, &a, NULL, &e), what, &e)) {
		for (size_t i = 0; m->folders[i]; i++) {
			struct imap_folder folder;

			(void)snprintf(what, sizeof what, "%s: folder %.200s", m->address, m->folders[i]);
			(void)doctor_verdict(d, imap_examine(imap, m->folders[i], &folder, &e), what, &e);
		}
		if (!imap_can(imap, "IDLE")) {
			(void)snprintf(what, sizeof what, "%s: IMAP IDLE", m->address);
			doctor_say(d, DOCTOR_NOTE, what,
			           "the server does not push new mail: it is asked every poll_seconds");
		}
	}
	imap_close(imap);
	credential_free(secret);
}

static void
check_smtp(struct doctor *d, const struct config_mailbox *m)
{
	char *secret = NULL, what[300];
	struct err e = {0};
	struct smtp *smtp;
	struct smtp_account a = {.address = m->address,
	                         .url = m->smtp.url,
	                         .user = *m->smtp.user ? m->smtp.user : NULL,
	                         .ca_file = *m->smtp.ca_file ? m->smtp.ca_file : NULL,
	                         .oauth2 = m->smtp.oauth2,
	                         .tls_none = m->smtp.tls_none,
	                         .answer_ms = ANSWER_MS};

	if (a.user && !credential_load(&secret, d->c->config->dir, m->smtp.password_file, &e))
		return;
	a.password = secret;
	smtp = smtp_new(&a, NULL);
	(void)snprintf(what, sizeof what, "%s: SMTP login", m->address);
	(void)doctor_verdict(d, smtp_login(smtp, &e), what, &e);
	smtp_free(smtp);
	credential_free(secret);
}

void
doctor_mailbox(struct doctor *d, const struct config_mailbox *m)
{
	if (check_tls(d, m->address, "IMAP", &m->imap, "imap,imaps"))
		check_imap(d, m);
	if (check_tls(d, m->address, "SMTP", &m->smtp, "smtp,smtps"))
		check_smtp(d, m);
}
