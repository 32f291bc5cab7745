/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/smtp.h"

#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"
#include "daemon/link.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	SOCKETS_MAX = 8,
	ANSWER_MS = 10 * 60 * 1000,
	/* Before the final dot nothing is lost by giving up, and others wait meanwhile. */
	STALL_MS = 2 * 60 * 1000,
	WAIT_MS = 1000,      /* between two looks at s->stop */
	GRACE_MS = 3 * 1000, /* for the answer to the final dot, once told to stop */
	ADDRESS_MAX = 254,
	LINE_MAX_SMTP = 998,       /* RFC 5322 2.1.1 */
	MAILS_PER_CONNECTION = 10, /* NetEase: 450 MI:DMC beyond some number that it does not tell */
	CONNECTION_AGE_S = 30
};

struct smtp {
	CURL *h;
	CURLM *m; /* holds its connection from mail to mail */
	const struct smtp_account *a;
	const struct stop *stop;
	bool ready;         /* h is set up */
	struct err refused; /* why it cannot be */
	char name[LINK_NAME_MAX];
	unsigned mails;           /* sent over this connection */
	int sockets[SOCKETS_MAX]; /* that libcurl has open; -1: none */

	/* of the mail on its way */
	struct bytes rest;
	bool all_read;      /* libcurl was told the mail's end: the final dot may be out */
	int64_t give_up_ms; /* 0: not told to stop yet */
	int64_t moved_ms;   /* monotonic: the server's last word, or its taking some of the mail */
	bool stalled;
	bool logged_in;           /* or, without a login, greeted: what is refused from here on is the mail */
	char said[LINK_SAID_MAX]; /* the last line */
	char said_no[LINK_SAID_MAX]; /* the last 4xx or 5xx: the answer to libcurl's QUIT comes after it */
};

static const char *const verdict_names[] = {"sent", "deferred", "refused", "unknown",
                                            "auth", "tls",      "invalid"};
_Static_assert(sizeof verdict_names / sizeof *verdict_names == SMTP_VERDICTS, "a name for each verdict");

const char *
smtp_verdict_name(enum smtp_verdict v)
{
	return (unsigned)v < SMTP_VERDICTS ? verdict_names[v] : "?";
}

struct smtp *
smtp_new(const struct smtp_account *a, const struct stop *stop)
{
	struct smtp *s = mem_alloc(1, sizeof *s);

	s->a = a;
	s->stop = stop;
	for (int i = 0; i < SOCKETS_MAX; i++)
		s->sockets[i] = -1;
	return s;
}

/* ---- libcurl waits two minutes for the answer to its QUIT, whatever it was told: so its sockets are
 * known here, and made to answer at once ---- */

static curl_socket_t
on_open(void *context, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct smtp *s = context;
	int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);

	(void)purpose;
	for (int i = 0; fd >= 0 && i < SOCKETS_MAX; i++)
		if (s->sockets[i] < 0) {
			s->sockets[i] = fd;
			break;
		}
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int
on_close(void *context, curl_socket_t fd)
{
	struct smtp *s = context;

	for (int i = 0; i < SOCKETS_MAX; i++)
		if (s->sockets[i] == fd)
			s->sockets[i] = -1;
	return close(fd);
}

/* how: SHUT_RD: QUIT still goes out, and no answer is awaited. SHUT_RDWR: nothing goes out either. */
static void
shut(const struct smtp *s, int how)
{
	for (int i = 0; i < SOCKETS_MAX; i++)
		if (s->sockets[i] >= 0)
			(void)shutdown(s->sockets[i], how);
}

void
smtp_free(struct smtp *s)
{
	if (!s)
		return;
	shut(s, SHUT_RD);
	curl_easy_cleanup(s->h);
	(void)curl_multi_cleanup(s->m);
	free(s);
}

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

bool
smtp_same_account(const struct smtp_account *a, const struct smtp_account *b)
{
	return same_text(a->address, b->address) && same_text(a->url, b->url) &&
	       same_text(a->user, b->user) && same_text(a->password, b->password) &&
	       same_text(a->ca_file, b->ca_file) && a->oauth2 == b->oauth2 && a->tls_none == b->tls_none;
}

bool
smtp_address_ok(const char *address)
{
	size_t len = address ? strlen(address) : 0;
	const char *at = len ? strrchr(address, '@') : NULL;

	if (len > ADDRESS_MAX || !at || at == address || at[1] == '\0' || strchr(address, '@') != at)
		return false;
	for (const char *p = address; *p; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '<' ||
		    *p == '>') /* bytes from 0x80 on are negative, or not ASCII */
			return false;
	return true;
}

/* ---- the mail's bytes ---- */

/* mail with CRLF at each line's end, into b. False: it is none that every server takes. */
static bool
to_wire(struct bytes mail, struct buf *b, const char **why_r)
{
	size_t line = 0;

	*why_r = mail.len ? NULL : "the mail is empty";
	for (size_t i = 0; i < mail.len && !*why_r; i++) {
		unsigned char c = mail.at[i];

		line = c == '\n' ? 0 : line + 1;
		if (c == 0 || c >= 0x80)
			*why_r = "the mail is not 7-bit";
		else if (c == '\r' && (i + 1 == mail.len || mail.at[i + 1] != '\n'))
			*why_r = "the mail holds a bare CR";
		else if (line > LINE_MAX_SMTP + 1)
			*why_r = "the mail has a line over 998 bytes";
		if (c == '\n' && (i == 0 || mail.at[i - 1] != '\r'))
			buf_ch(b, '\r');
		buf_ch(b, (char)c);
	}
	if (!*why_r && mail.at[mail.len - 1] != '\n')
		buf_str(b, "\r\n");
	return !*why_r;
}

static size_t
on_read(char *to, size_t size, size_t n, void *context)
{
	struct smtp *s = context;
	size_t room = size * n, len = s->rest.len < room ? s->rest.len : room;

	s->moved_ms = clock_mono_ms();
	memcpy(to, s->rest.at, len);
	s->rest = BYTES(s->rest.at + len, s->rest.len - len);
	/* From here on the final dot may go out without our being asked again. */
	s->all_read = s->rest.len == 0;
	return len;
}

/* One line of an answer. */
static size_t
on_header(char *p, size_t size, size_t n, void *context)
{
	struct smtp *s = context;
	size_t len = size * n;

	s->moved_ms = clock_mono_ms();
	link_said(s->said, p, len, s->a->password);
	if (len > 3 && memcmp(p, s->a->user && *s->a->user ? "235 " : "250 ", 4) == 0)
		s->logged_in = true;
	if (len && (p[0] == '4' || p[0] == '5'))
		memcpy(s->said_no, s->said, sizeof s->said_no);
	return len;
}

static int
on_progress(void *context, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un)
{
	struct smtp *s = context;

	(void)dt, (void)dn, (void)ut, (void)un;
	if (!s->all_read && clock_mono_ms() - s->moved_ms > (s->a->stall_ms ? s->a->stall_ms : STALL_MS)) {
		s->stalled = true;
		return 1;
	}
	if (!stop_raised(s->stop))
		return 0;
	if (!s->all_read)
		return 1;
	if (s->give_up_ms == 0)
		s->give_up_ms = clock_mono_ms() + GRACE_MS;
	return clock_mono_ms() >= s->give_up_ms;
}

/* ---- the outcome ---- */

/* NetEase's ways of saying "slower", and those that others use. */
static bool
is_rate_limit(int code, const char *said)
{
	static const char *const words[] = {"MI:SFQ", "MI:DMC", "HL:IFC",   "HL:ICC",  "HL:IPB",
	                                    "DT:SPM", "rate",   "too many", "frequen", "limit"};

	if (code == 421)
		return true;
	for (size_t i = 0; code / 100 == 4 && i < sizeof words / sizeof *words; i++)
		if (strcasestr(said, words[i]))
			return true;
	return false;
}

/* What a refused answer means for this mail. 552 is "mailbox full" or "too large" alike: final. */
static enum smtp_verdict
verdict_of_answer(int code)
{
	return code / 100 == 5 ? SMTP_REFUSED : SMTP_DEFERRED;
}

/* libcurl's code decides first; then whether the mail's end was out while 354 was the last answer. */
static enum smtp_verdict
verdict_of(const struct smtp *s, CURLcode c, int code)
{
	struct err e = {0};

	if (c == CURLE_OK)
		return SMTP_SENT;
	if (s->all_read && code == 354)
		return SMTP_UNKNOWN;
	/* 55 and 8: the server answered MAIL, RCPT or the mail with a no; 421 can come at any point. */
	if ((c == CURLE_SEND_ERROR || c == CURLE_WEIRD_SERVER_REPLY || c == CURLE_RECV_ERROR) && code >= 400)
		return verdict_of_answer(code);
	link_failed(&e, c, s->name, "");
	switch (e.code) {
	case ERR_AUTH: return code / 100 == 4 ? SMTP_DEFERRED : SMTP_AUTH;
	case ERR_TLS: return SMTP_TLS;
	case ERR_CONFIG: return SMTP_INVALID;
	default: return SMTP_DEFERRED;
	}
}

/* A no to the connection, the greeting or the login; or to MAIL, where libcurl went on without the login that
 * it was not offered (after an EHLO that failed). */
static bool
is_servers_no(const struct smtp *s)
{
	long connects = 0;

	(void)curl_easy_getinfo(s->h, CURLINFO_NUM_CONNECTS, &connects);
	return connects > 0 && !s->logged_in;
}

static void
put_words(struct smtp_result *r, const char *words)
{
	(void)snprintf(r->words, sizeof r->words, "%s", words);
	/* a character that was cut in two goes */
	for (size_t n = strlen(r->words); n && !text_is_utf8(bytes_str(r->words));)
		r->words[--n] = '\0';
}

static void
put_result(const struct smtp *s, CURLcode c, struct smtp_result *r)
{
	struct err e = {0};
	long response = 0;
	int code = 0;

	/* libcurl keeps the last answer but that to its QUIT; 0 where this mail had none. */
	(void)curl_easy_getinfo(s->h, CURLINFO_RESPONSE_CODE, &response);
	code = (int)response;
	r->verdict = verdict_of(s, c, code);
	r->turned_away = (r->verdict == SMTP_REFUSED || r->verdict == SMTP_DEFERRED) && code >= 400 &&
	                 is_servers_no(s);
	if (r->turned_away)
		r->verdict = SMTP_DEFERRED;
	/* An answer from before the line was lost says nothing of this mail. */
	if (r->verdict == SMTP_SENT || (code >= 400 && r->verdict != SMTP_TLS))
		r->code = code;
	r->slow_down = r->verdict == SMTP_DEFERRED && is_rate_limit(r->code, s->said_no);
	if (r->verdict == SMTP_SENT) {
		put_words(r, s->said);
	} else if (r->verdict == SMTP_REFUSED || (r->verdict == SMTP_DEFERRED && r->code)) {
		put_words(r, s->said_no);
	} else {
		link_failed(&e, c, s->name, s->said_no);
		if (r->verdict == SMTP_UNKNOWN)
			(void)err_wrap(&e, "lost after the final dot, delivered or not");
		put_words(r, e.text);
	}
}

/* ---- sending ---- */

/* False: s->refused says why nothing can be sent with this account. */
static bool
set_up(struct smtp *s)
{
	const struct smtp_account *a = s->a;
	struct link_config c = {.url = a->url,
	                        .schemes = "smtp,smtps",
	                        .user = a->user,
	                        .password = a->password,
	                        .ca_file = a->ca_file,
	                        .oauth2 = a->oauth2,
	                        .tls_none = a->tls_none};

	if (s->ready || s->refused.code)
		return s->ready;
	s->h = curl_easy_init();
	s->m = curl_multi_init();
	if (!s->h || !s->m)
		mem_die("a connection");
	if (!link_setup(s->h, &c, s->name, &s->refused))
		return false;
	curl_easy_setopt(s->h, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(s->h, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(s->h, CURLOPT_READDATA, s);
	curl_easy_setopt(s->h, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(s->h, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(s->h, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(s->h, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(s->h, CURLOPT_XFERINFODATA, s);
	curl_easy_setopt(s->h, CURLOPT_TIMEOUT_MS, (long)(a->answer_ms ? a->answer_ms : ANSWER_MS));
	curl_easy_setopt(s->h, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(s->h, CURLOPT_OPENSOCKETDATA, s);
	curl_easy_setopt(s->h, CURLOPT_CLOSESOCKETFUNCTION, on_close);
	curl_easy_setopt(s->h, CURLOPT_CLOSESOCKETDATA, s);
	curl_easy_setopt(s->h, CURLOPT_MAXAGE_CONN, (long)CONNECTION_AGE_S);
	s->ready = true;
	return true;
}

/* As curl_easy_perform(), which says the mail's end to the server even where it could not wait for the
 * socket and much of the mail is not out (7.88): the server takes a mail by half, or an empty one. */
static CURLcode
perform(struct smtp *s)
{
	char why[CURL_ERROR_SIZE] = "";
	CURLMcode m = curl_multi_add_handle(s->m, s->h);
	CURLcode c = CURLE_SEND_ERROR;
	int running = 1, left = 0;

	curl_easy_setopt(s->h, CURLOPT_ERRORBUFFER, why);
	while (m == CURLM_OK && running) {
		m = curl_multi_perform(s->m, &running);
		if (m == CURLM_OK && running)
			m = curl_multi_poll(s->m, NULL, 0, WAIT_MS, NULL);
	}
	if (m != CURLM_OK)
		shut(s, SHUT_RDWR);
	for (const CURLMsg *said; (said = curl_multi_info_read(s->m, &left));)
		if (said->msg == CURLMSG_DONE)
			c = said->data.result;
	(void)curl_multi_remove_handle(s->m, s->h);
	curl_easy_setopt(s->h, CURLOPT_ERRORBUFFER, NULL);
	return link_cut(c, why);
}

/* What libcurl keeps ends, with a QUIT whose answer is not awaited, before the next mail begins a connection
 * of its own: servers count how many an account has at once. */
static void
hang_up(struct smtp *s)
{
	shut(s, SHUT_RD);
	(void)curl_multi_cleanup(s->m);
	s->m = curl_multi_init();
	if (!s->m)
		mem_die("a connection");
}

static CURLcode
transfer(struct smtp *s, const char *to, struct bytes wire)
{
	char from[ADDRESS_MAX + 3], rcpt[ADDRESS_MAX + 3];
	struct curl_slist *list = NULL;
	CURLcode c = CURLE_OK;

	(void)snprintf(from, sizeof from, "<%s>", s->a->address);
	(void)snprintf(rcpt, sizeof rcpt, "<%s>", to);
	list = curl_slist_append(NULL, rcpt);
	if (!list)
		mem_die("sending a mail");
	s->rest = wire;
	s->all_read = false;
	s->give_up_ms = 0;
	s->stalled = s->logged_in = false;
	s->moved_ms = clock_mono_ms();
	s->said[0] = s->said_no[0] = '\0';
	curl_easy_setopt(s->h, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(s->h, CURLOPT_MAIL_RCPT, list);
	curl_easy_setopt(s->h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)wire.len);
	if (s->mails % MAILS_PER_CONNECTION == 0)
		hang_up(s);
	c = perform(s);
	curl_easy_setopt(s->h, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(list);
	/* After a failure the next mail begins a connection of its own. */
	if (c != CURLE_OK)
		shut(s, SHUT_RDWR);
	s->mails = c == CURLE_OK ? s->mails + 1 : 0;
	if (s->stalled && c == CURLE_ABORTED_BY_CALLBACK)
		c = CURLE_OPERATION_TIMEDOUT;
	return c;
}

static void
invalid(struct smtp_result *r, const char *why)
{
	r->verdict = SMTP_INVALID;
	put_words(r, why);
}

void
smtp_send(struct smtp *s, const char *to, struct bytes mail, struct smtp_result *r)
{
	struct buf wire = BUF_INIT(SIZE_MAX / 2);
	const char *why = NULL;

	*r = (struct smtp_result){0};
	if (!smtp_address_ok(to))
		invalid(r, "the recipient's address must not be sent to a server");
	else if (!smtp_address_ok(s->a->address))
		invalid(r, "the sender's address must not be sent to a server");
	else if (!to_wire(mail, &wire, &why))
		invalid(r, why);
	else if (!set_up(s))
		invalid(r, s->refused.text);
	else
		put_result(s, transfer(s, to, buf_bytes(&wire)), r);
	buf_free(&wire);
}

bool
smtp_login(struct smtp *s, struct err *e)
{
	CURLcode c;

	if (!set_up(s)) {
		*e = s->refused;
		return false;
	}
	s->moved_ms = clock_mono_ms();
	s->said[0] = s->said_no[0] = '\0';
	curl_easy_setopt(s->h, CURLOPT_UPLOAD, 0L);
	curl_easy_setopt(s->h, CURLOPT_CONNECT_ONLY, 1L);
	c = link_perform(s->h);
	return c == CURLE_OK || link_failed(e, c, s->name, s->said_no);
}
