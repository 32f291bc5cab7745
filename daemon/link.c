/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/link.h"

#include "config/buf.h"
#include "config/mem.h"
#include "config/text.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { KEEP_IDLE_S = 60, KEEP_INTERVAL_S = 15 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
prepare_process(void)
{
	/* A server that goes away while we write must be an error, not our end. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		mem_die("starting libcurl");
}

/* Scheme and host of url; false: it is no url. Both are curl_free()d by the caller. */
static bool
take_apart(const char *url, char **scheme_r, char **host_r)
{
	CURLU *u = curl_url();
	bool ok = false;

	*scheme_r = *host_r = NULL;
	if (!u)
		mem_die("reading a URL");
	ok = url && curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_SCHEME, scheme_r, 0) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_HOST, host_r, 0) == CURLUE_OK;
	curl_url_cleanup(u);
	return ok;
}

static bool
listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += n)
		if ((p == list || p[-1] == ',') && (p[n] == ',' || p[n] == '\0'))
			return true;
	return false;
}

static void
login(CURL *h, const struct link_config *c)
{
	if (!c->user || !*c->user)
		return;
	curl_easy_setopt(h, CURLOPT_USERNAME, c->user);
	if (!c->oauth2) {
		curl_easy_setopt(h, CURLOPT_PASSWORD, c->password);
		return;
	}
	curl_easy_setopt(h, CURLOPT_XOAUTH2_BEARER, c->password);
	/* Else libcurl falls back to PLAIN with an empty password where XOAUTH2 is not offered. */
	curl_easy_setopt(h, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
}

static void
secure(CURL *h, const struct link_config *c)
{
	curl_easy_setopt(h, CURLOPT_USE_SSL, (long)(c->tls_none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L);
	if (c->ca_file && *c->ca_file) {
		curl_easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
		curl_easy_setopt(h, CURLOPT_CAPATH, NULL);
	}
}

/* A peer that is gone, or whose connection a NAT forgot without a word, acknowledges nothing: then the
 * connection ends by itself, idle or not. */
static int
on_socket(void *context, curl_socket_t fd, curlsocktype purpose)
{
	const unsigned ms = LINK_SILENT_MS;

	(void)context;
	(void)purpose;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
	return CURL_SOCKOPT_OK;
}

bool
link_setup(CURL *h, const struct link_config *c, char name[static LINK_NAME_MAX], struct err *e)
{
	char *scheme = NULL, *host = NULL;
	bool ok = false;

	(void)pthread_once(&once, prepare_process);
	name[0] = '\0';
	if (!take_apart(c->url, &scheme, &host) || !listed(c->schemes, scheme)) {
		err_set(e, ERR_CONFIG, "the url must be one of %s, then ://HOST", c->schemes);
		goto out;
	}
	(void)snprintf(name, LINK_NAME_MAX, "%s://%s", scheme, host);
	if (c->tls_none && strcmp(host, "127.0.0.1") != 0) {
		err_set(e, ERR_CONFIG,
		        "%s: tls = \"none\" is for 127.0.0.1 only: the password would go out in clear", name);
		goto out;
	}
	curl_easy_setopt(h, CURLOPT_URL, c->url);
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, c->schemes);
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(h, CURLOPT_TCP_KEEPIDLE, (long)KEEP_IDLE_S);
	curl_easy_setopt(h, CURLOPT_TCP_KEEPINTVL, (long)KEEP_INTERVAL_S);
	curl_easy_setopt(h, CURLOPT_SOCKOPTFUNCTION, on_socket);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)LINK_CONNECT_MS);
	/* Giving up must not wait for a resolver that hangs. */
	curl_easy_setopt(h, CURLOPT_QUICK_EXIT, 1L);
	secure(h, c);
	login(h, c);
	ok = true;
out:
	curl_free(scheme);
	curl_free(host);
	return ok;
}

static const struct {
	CURLcode curl;
	enum err_code code;
	const char *text;
} failures[] = {
        {CURLE_LOGIN_DENIED, ERR_AUTH,
         "name or password refused: check both; the authorization code of QQ, NetEase and the like lapses "
         "when the "
         "account's password changes: make a new one there and put it into the password file"},
        {CURLE_PEER_FAILED_VERIFICATION, ERR_TLS,
         "the certificate is not to be trusted: check the host's name, the clock, and ca_file"},
        {CURLE_SSL_CACERT_BADFILE, ERR_TLS, "ca_file cannot be read"},
        {CURLE_SSL_CONNECT_ERROR, ERR_TLS, "no TLS 1.2 or later to be had: check port and scheme"},
        {CURLE_USE_SSL_FAILED, ERR_TLS, "it offers no STARTTLS: use its TLS port, imaps: or smtps:"},
        {CURLE_SSL_CERTPROBLEM, ERR_TLS, "our certificate is not accepted"},
        {CURLE_SSL_CIPHER, ERR_TLS, "no cipher in common"},
        {CURLE_SSL_ISSUER_ERROR, ERR_TLS, "the certificate's issuer is not the one expected"},
        {CURLE_COULDNT_RESOLVE_HOST, ERR_AGAIN, "the host's name is not found: check it, and the network"},
        {CURLE_COULDNT_CONNECT, ERR_AGAIN, "not reached: check host, port, network and firewall"},
        {CURLE_OPERATION_TIMEDOUT, ERR_AGAIN, "no answer in time"},
        {CURLE_ABORTED_BY_CALLBACK, ERR_INTERRUPTED, "told to stop"},
        {CURLE_URL_MALFORMAT, ERR_CONFIG, "the url is wrong"},
        {CURLE_UNSUPPORTED_PROTOCOL, ERR_CONFIG, "libcurl was built without this scheme"},
        {CURLE_WEIRD_SERVER_REPLY, ERR_PROTOCOL, "what answers does not speak this protocol: check the port"},
};

bool
link_failed(struct err *e, CURLcode code, const char *name, const char *said)
{
	const char *before = *said ? "; the server said: " : "";

	if (code == CURLE_OUT_OF_MEMORY)
		mem_die("a connection");
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
		if (failures[i].curl == code)
			return err_set(e, failures[i].code, "%s: %s%s%s", name, failures[i].text, before,
			               said);
	return err_set(e, ERR_AGAIN, "%s: connection lost (%s)%s%s", name, curl_easy_strerror(code), before,
	               said);
}

CURLcode
link_cut(CURLcode code, const char *why)
{
	/* OpenSSL's own errors read "error:0A00010B:SSL routines::wrong version number"; an end is not one.
	 */
	if (code == CURLE_SSL_CONNECT_ERROR && (!strstr(why, "routines:") || strstr(why, "unexpected eof")))
		return CURLE_RECV_ERROR;
	/* What libcurl's dialogues (pingpong.c) make of a poll(2) that fails. */
	if (code == CURLE_OUT_OF_MEMORY && strstr(why, "poll error"))
		return CURLE_RECV_ERROR;
	return code;
}

CURLcode
link_perform(CURL *h)
{
	char why[CURL_ERROR_SIZE] = "";
	CURLcode code;

	curl_easy_setopt(h, CURLOPT_ERRORBUFFER, why);
	code = curl_easy_perform(h);
	curl_easy_setopt(h, CURLOPT_ERRORBUFFER, NULL);
	return link_cut(code, why);
}

void
link_said(char said[static LINK_SAID_MAX], const char *line, size_t len, const char *password)
{
	struct buf b = BUF_INIT(LINK_SAID_MAX - 1);
	char *s = mem_dup0(line, len < 1000 ? len : 1000);

	/* Columns: at most three bytes each for what is printed in one. */
	if (!password || !*password || !strstr(s, password))
		text_plain(&b, s, LINK_SAID_MAX / 3);
	(void)snprintf(said, LINK_SAID_MAX, "%s", b.at ? b.at : "");
	buf_free(&b);
	mem_wipe(s, strlen(s));
	free(s);
}
