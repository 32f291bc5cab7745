/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What connections by libcurl have in common, whatever is spoken over them: TLS, login, limits, and
 * libcurl's errors in our words. */
#ifndef MINGPIAN_DAEMON_LINK_H
#define MINGPIAN_DAEMON_LINK_H

#include "config/err.h"
#include "daemon/stop.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

enum { LINK_NAME_MAX = 160, LINK_SAID_MAX = 256, LINK_CONNECT_MS = 30000, LINK_SILENT_MS = 60000 };

struct link_config {
	const char *url, *schemes; /* schemes: libcurl's list: "imap,imaps" */
	const char *user, *password, *ca_file;
	bool oauth2, tls_none;
};

/* Set up h: TLS 1.2 or later, verified, without fallback; name and password; no proxy of the
 * environment's, no signals. name receives scheme://host for messages. False (ERR_CONFIG): the
 * url is none of the schemes, or wants no TLS elsewhere than at 127.0.0.1.
 * At the first call SIGPIPE is ignored in the whole process, and libcurl initialised. */
bool link_setup(CURL *h, const struct link_config *c, char name[static LINK_NAME_MAX], struct err *e);

/* A code of libcurl's as an error about the server called name; said: its last words ("": none),
 * already safe to print. False always, as err_set(). */
bool link_failed(struct err *e, CURLcode code, const char *name, const char *said);

/* code by what CURLOPT_ERRORBUFFER says of it: a connection that was cut in the midst of the handshake is no
 * fault of TLS, and a poll(2) that failed is no lack of memory: CURLE_RECV_ERROR stands for both instead of
 * libcurl's. */
CURLcode link_cut(CURLcode code, const char *why);

/* curl_easy_perform(), looked at so. */
CURLcode link_perform(CURL *h);

/* One line of a server's made safe to print; empty where it holds the password. */
void link_said(char said[static LINK_SAID_MAX], const char *line, size_t len, const char *password);

#endif
