/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/imap.h"

#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"
#include "daemon/imap_read.h"
#include "daemon/link.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	ANSWER_MS = 60 * 1000,
	IDLE_MS = 9 * 60 * 1000, /* servers and NATs forget after ten minutes and more (RFC 2177: 29) */
	LOGOUT_MS = 2000,
	COMMAND_MAX = 8000, /* RFC 2683 3.2.1.5 */
	IN_FLIGHT = 2,      /* more did not help, one costs a round trip a batch */
	LIST_COUNT = 500,
	BATCH_COUNT = 32,
	BATCH_BYTES = 8 << 20,
	PIECE = 1 << 20,        /* of a mail that is too large */
	LITERAL_SLACK = 1 << 20 /* a mail may be longer than its RFC822.SIZE said */
};

struct imap {
	CURL *h;
	curl_socket_t fd;
	const struct imap_account *account;
	const struct stop *stop;
	struct imap_reader *reader;
	struct buf caps; /* " IMAP4REV1 IDLE ID " */
	char name[LINK_NAME_MAX];
	char said[LINK_SAID_MAX]; /* the last line that refused something */
	unsigned tag;
	uint32_t exists;
	bool news;   /* EXISTS spoke of more than was known */
	bool broken; /* nothing more can be said */
};

/* What is done with each untagged response while an answer is awaited. False: e is set. */
typedef bool response_fn(struct imap *m, void *context, const struct imap_response *r, struct err *e);

void
imap_heads_free(struct imap_heads *h)
{
	free(h->at);
	*h = (struct imap_heads){0};
}

static bool
broken(struct imap *m, struct err *e, enum err_code code, const char *what)
{
	m->broken = true;
	return err_set(e, code, "%s: %s", m->name, what);
}

static int
answer_ms(const struct imap *m)
{
	return m->account->answer_ms ? m->account->answer_ms : ANSWER_MS;
}

/* ---- bytes ---- */

enum waited { WAITED_READY, WAITED_WAKE, WAITED_LATE, WAITED_STOP };

static enum waited
wait_ready(struct imap *m, short events, int wake_fd, int64_t deadline_ms)
{
	struct pollfd p[3] = {
	        {.fd = stop_fd(m->stop), .events = POLLIN},
	        {.fd = m->fd, .events = events},
	        {.fd = wake_fd, .events = POLLIN},
	};

	for (;;) {
		int left = clock_left_ms(deadline_ms);
		int n = poll(p, 3, left);

		if (stop_raised(m->stop))
			return WAITED_STOP;
		if (n > 0 && p[1].revents)
			return WAITED_READY;
		if (n > 0 && p[2].revents)
			return WAITED_WAKE;
		if (left == 0)
			return WAITED_LATE;
	}
}

/* Pointer and length stay as they are until all is sent: TLS wants a retry from the same place. */
static bool
send_all(struct imap *m, const char *p, size_t len, struct err *e)
{
	int64_t deadline = clock_mono_ms() + answer_ms(m);

	if (m->broken)
		return err_set(e, ERR_AGAIN, "%s: the connection is gone", m->name);
	while (len) {
		size_t n = 0;
		CURLcode c = curl_easy_send(m->h, p, len, &n);
		enum waited w = WAITED_READY;

		if (c != CURLE_OK && c != CURLE_AGAIN) {
			m->broken = true;
			return link_failed(e, c, m->name, "");
		}
		p += n;
		len -= n;
		if (c == CURLE_AGAIN)
			w = wait_ready(m, POLLOUT, -1, deadline);
		if (w == WAITED_STOP)
			return broken(m, e, ERR_INTERRUPTED, "told to stop");
		if (w != WAITED_READY)
			return broken(m, e, ERR_AGAIN, "it takes no command in time");
	}
	return true;
}

/* What happened while the next response was awaited. */
enum got { GOT_RESPONSE, GOT_WAKE, GOT_LATE, GOT_ERROR };

/* Read until libcurl has nothing more before waiting: bytes may lie decrypted inside it, where poll()
 * does not see them. */
static enum got
next_response(struct imap *m, int wake_fd, int64_t deadline_ms, struct imap_response *r, struct err *e)
{
	for (;;) {
		size_t room = 0, n = 0;
		void *p = NULL;
		CURLcode c = CURLE_OK;

		switch (imap_reader_next(m->reader, r, e)) {
		case IMAP_READ_RESPONSE: return GOT_RESPONSE;
		case IMAP_READ_BROKEN:
			m->broken = true;
			err_wrap(e, "%s", m->name);
			return GOT_ERROR;
		case IMAP_READ_MORE: break;
		}
		if (stop_raised(m->stop)) {
			broken(m, e, ERR_INTERRUPTED, "told to stop");
			return GOT_ERROR;
		}
		p = imap_reader_room(m->reader, &room);
		c = curl_easy_recv(m->h, p, room, &n);
		if (c == CURLE_OK && n) {
			imap_reader_filled(m->reader, n);
			continue;
		}
		if (c != CURLE_AGAIN) { /* nothing without an error is the end of the stream */
			broken(m, e, ERR_AGAIN, "the server closed the connection");
			return GOT_ERROR;
		}
		switch (wait_ready(m, POLLIN, wake_fd, deadline_ms)) {
		case WAITED_READY: break;
		case WAITED_WAKE: return GOT_WAKE;
		case WAITED_LATE: return GOT_LATE;
		case WAITED_STOP: broken(m, e, ERR_INTERRUPTED, "told to stop"); return GOT_ERROR;
		}
	}
}

/* What may come at any time, whatever was asked. */
static bool
unasked(struct imap *m, const struct imap_response *r, struct err *e)
{
	if (r->word == IMAP_EXISTS) {
		m->news = m->news || r->number > m->exists;
		m->exists = r->number;
	} else if (r->word == IMAP_EXPUNGE && m->exists) {
		m->exists--;
	} else if (r->word == IMAP_BYE) {
		link_said(m->said, (const char *)r->text.at, r->text.len, m->account->password);
		m->broken = true;
		return err_set(e, ERR_AGAIN, "%s: the server ends the connection: %s", m->name, m->said);
	}
	return true;
}

/* ---- commands ---- */

static bool begin(struct imap *m, struct err *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static bool
begin(struct imap *m, struct err *e, const char *fmt, ...)
{
	struct buf b = BUF_INIT(COMMAND_MAX + 512);
	char text[COMMAND_MAX + 256];
	va_list a;
	bool ok = false;

	va_start(a, fmt);
	(void)vsnprintf(text, sizeof text, fmt, a);
	va_end(a);
	buf_fmt(&b, "x%u ", ++m->tag);
	buf_str(&b, text);
	buf_str(&b, "\r\n");
	ok = send_all(m, b.at, b.len, e);
	buf_free(&b);
	return ok;
}

static bool
has_tag(const struct imap_response *r, unsigned tag)
{
	char t[16];
	int n = snprintf(t, sizeof t, "x%u", tag);

	return r->tag.len == (size_t)n && memcmp(r->tag.at, t, (size_t)n) == 0;
}

/* Await the answer to the command of this tag. *refused_r (may be NULL): it was NO or BAD, which is
 * then no failure of this function; its words are in m->said. */
static bool
finish(struct imap *m, unsigned tag, response_fn *fn, void *context, bool *refused_r, struct err *e)
{
	for (;;) {
		struct imap_response r;
		enum got g = next_response(m, -1, clock_mono_ms() + answer_ms(m), &r, e);

		if (g == GOT_LATE)
			return broken(m, e, ERR_AGAIN, "no answer in time");
		if (g != GOT_RESPONSE)
			return false;
		if (r.kind == IMAP_UNTAGGED) {
			if (!unasked(m, &r, e))
				return false;
			if (fn && !fn(m, context, &r, e)) {
				m->broken = true; /* what was asked for is still coming */
				return false;
			}
		}
		if (r.kind != IMAP_TAGGED)
			continue;
		if (!has_tag(&r, tag))
			return broken(m, e, ERR_PROTOCOL, "it answers a command that was not given");
		if (refused_r)
			*refused_r = r.word != IMAP_OK;
		if (r.word == IMAP_OK)
			return true;
		link_said(m->said, (const char *)r.text.at, r.text.len, m->account->password);
		return refused_r ? true
		                 : err_set(e, ERR_REFUSED, "%s: the server refuses: %s", m->name, m->said);
	}
}

/* ---- opening and closing ---- */

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
	m->reader = imap_reader_new(PIECE + LITERAL_SLACK);
	m->broken = true; /* until it is connected */
	m->h = curl_easy_init();
	if (!m->h)
		mem_die("a connection");
	if (!connect_and_login(m, e))
		goto out;
	m->broken = false;
	/* What libcurl was told before the login is not ours to see, and may change by it. */
	if (!begin(m, e, "CAPABILITY") || !finish(m, m->tag, on_capability, NULL, NULL, e))
		goto out;
	if (imap_can(m, "ID") && (!begin(m, e, "ID (\"name\" \"mingpian\" \"version\" \"%s\")", VERSION) ||
	                          !finish(m, m->tag, NULL, NULL, &refused, e)))
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
	struct imap_account quick;

	if (!m)
		return;
	quick = *m->account;
	quick.answer_ms = LOGOUT_MS;
	m->account = &quick; /* cppcheck-suppress autoVariables; m is gone before it is */
	m->stop = NULL;      /* a clean goodbye even when told to stop: it has its own deadline */
	if (!m->broken && begin(m, NULL, "LOGOUT"))
		(void)finish(m, m->tag, NULL, NULL, NULL, NULL); /* ends at BYE */
	curl_easy_cleanup(m->h);
	imap_reader_free(m->reader);
	buf_free(&m->caps);
	free(m);
}

/* ---- folders and searching ---- */

static bool
on_examine(struct imap *m, void *context, const struct imap_response *r, struct err *e)
{
	struct imap_folder *f = context;
	uint32_t n = 0;

	(void)m, (void)e;
	if (r->word == IMAP_EXISTS)
		f->exists = r->number;
	else if (imap_code_number(r, "UIDVALIDITY", &n))
		f->uidvalidity = n;
	else if (imap_code_number(r, "UIDNEXT", &n))
		f->uidnext = n;
	return true;
}

/* folder as a quoted string of modified UTF-7. */
static bool
quote_folder(struct buf *b, const char *folder)
{
	struct buf name = BUF_INIT(2000);
	bool ok = imap_folder_name(&name, folder) && name.len && !name.over;

	buf_ch(b, '"');
	for (size_t i = 0; ok && i < name.len; i++) {
		if (name.at[i] == '"' || name.at[i] == '\\')
			buf_ch(b, '\\');
		buf_ch(b, name.at[i]);
	}
	buf_ch(b, '"');
	buf_free(&name);
	return ok;
}

bool
imap_examine(struct imap *m, const char *folder, struct imap_folder *f_r, struct err *e)
{
	struct buf b = BUF_INIT(4100);
	bool ok = false, refused = false;

	*f_r = (struct imap_folder){0};
	m->exists = 0;
	if (!quote_folder(&b, folder)) {
		err_set(e, ERR_CONFIG, "%s: a folder's name must be UTF-8, and not empty", m->name);
		goto out;
	}
	if (!begin(m, e, "EXAMINE %s", b.at) || !finish(m, m->tag, on_examine, f_r, &refused, e))
		goto out;
	if (refused)
		err_set(e, ERR_NOT_FOUND, "%s: folder %s cannot be opened; the server said: %s", m->name,
		        b.at, m->said);
	else if (f_r->uidvalidity == 0)
		err_set(e, ERR_PROTOCOL, "%s: no UIDVALIDITY: mails could not be told apart", m->name);
	else
		ok = true;
	m->news = false;
out:
	buf_free(&b);
	return ok;
}

static bool
on_search(struct imap *m, void *context, const struct imap_response *r, struct err *e)
{
	if ((r->word == IMAP_SEARCH || r->word == IMAP_ESEARCH) && !imap_response_uids(r, context))
		return broken(m, e, ERR_PROTOCOL, "its answer to SEARCH cannot be read");
	return true;
}

bool
imap_search_since(struct imap *m, time_t since, struct imap_uids *uids_r, struct err *e)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm = {0};

	*uids_r = (struct imap_uids){0};
	(void)gmtime_r(&since, &tm);
	if (!begin(m, e, "UID SEARCH SINCE %d-%s-%04d", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900) ||
	    !finish(m, m->tag, on_search, uids_r, NULL, e)) {
		imap_uids_free(uids_r);
		return false;
	}
	imap_uids_sort(uids_r);
	return true;
}

bool
imap_search_from(struct imap *m, uint32_t first, struct imap_uids *uids_r, struct err *e)
{
	size_t below = 0;

	*uids_r = (struct imap_uids){0};
	if (!begin(m, e, "UID SEARCH UID %u:*", first) || !finish(m, m->tag, on_search, uids_r, NULL, e)) {
		imap_uids_free(uids_r);
		return false;
	}
	imap_uids_sort(uids_r);
	while (below < uids_r->count && uids_r->at[below] < first)
		below++;
	if (below)
		memmove(uids_r->at, uids_r->at + below, (uids_r->count - below) * sizeof *uids_r->at);
	uids_r->count -= below;
	return true;
}

/* ---- batches: several commands in flight ---- */

/* Makes the next command of a series into b; false: there is none left. */
typedef bool batch_fn(void *context, struct buf *b);

/* Run a series with IN_FLIGHT commands on their way. What is refused is passed over, *refused_r. */
static bool
run_batches(struct imap *m, batch_fn *next, response_fn *fn, void *context, bool *refused_r, struct err *e)
{
	struct buf b = BUF_INIT(COMMAND_MAX);
	unsigned first = m->tag + 1;
	bool more = true, ok = true;

	*refused_r = false;
	for (;;) {
		bool refused = false;

		while (ok && more && m->tag + 1 - first < IN_FLIGHT) {
			buf_clear(&b);
			more = next(context, &b);
			if (more)
				ok = begin(m, e, "%s", b.at);
		}
		if (!ok || first > m->tag)
			break;
		ok = finish(m, first++, fn, context, &refused, e);
		*refused_r = *refused_r || refused;
	}
	buf_free(&b);
	return ok;
}

static bool
refusal(struct imap *m, struct err *e)
{
	return err_set(e, ERR_REFUSED, "%s: the server refuses to give some mails: %s", m->name, m->said);
}

struct listing {
	const struct imap_uids *uids;
	size_t next;
	struct imap_heads *heads;
};

static bool
next_listing(void *context, struct buf *b)
{
	struct listing *l = context;

	if (l->next == l->uids->count)
		return false;
	buf_str(b, "UID FETCH ");
	l->next = imap_uids_set(l->uids, l->next, LIST_COUNT, COMMAND_MAX - 100, b);
	buf_str(b, " (UID INTERNALDATE RFC822.SIZE FLAGS)");
	return true;
}

static bool
on_listing(struct imap *m, void *context, const struct imap_response *r, struct err *e)
{
	struct listing *l = context;
	const struct imap_fetched *f = &r->fetched;
	struct imap_heads *h = l->heads;

	(void)m, (void)e;
	/* A FETCH of news about flags has no size; one of a mail not asked for is none of our business. */
	if (r->word != IMAP_FETCH || !f->has_uid || !f->has_size || !imap_uids_has(l->uids, f->uid))
		return true;
	if (h->count == h->cap) {
		h->cap = h->cap ? h->cap * 2 : 64;
		h->at = mem_grow(h->at, h->cap, sizeof *h->at);
	}
	h->at[h->count++] = (struct imap_head){
	        .uid = f->uid,
	        .size = f->size,
	        .internaldate = f->has_date ? f->date : clock_now(),
	        .answered = f->answered,
	};
	return true;
}

static int
compare_heads(const void *a, const void *b)
{
	const struct imap_head *x = a, *y = b;

	return (x->uid > y->uid) - (x->uid < y->uid);
}

bool
imap_list(struct imap *m, const struct imap_uids *uids, struct imap_heads *heads_r, struct err *e)
{
	struct listing l = {.uids = uids, .heads = heads_r};
	bool refused = false;
	size_t n = 0;

	*heads_r = (struct imap_heads){0};
	if (!run_batches(m, next_listing, on_listing, &l, &refused, e) || (refused && !refusal(m, e))) {
		imap_heads_free(heads_r);
		return false;
	}
	if (heads_r->count)
		qsort(heads_r->at, heads_r->count, sizeof *heads_r->at, compare_heads);
	for (size_t i = 0; i < heads_r->count; i++) /* the same one told twice counts once */
		if (n == 0 || heads_r->at[i].uid != heads_r->at[n - 1].uid)
			heads_r->at[n++] = heads_r->at[i];
	heads_r->count = n;
	return true;
}

struct fetching {
	const struct imap_heads *heads;
	size_t next;
	size_t mail_max;
	bool *given; /* one for each head: a server may answer twice */
	size_t given_count;
	imap_mail_fn *fn;
	void *context;
};

static bool
is_large(const struct fetching *t, size_t i)
{
	return t->heads->at[i].size > t->mail_max;
}

static bool
next_fetching(void *context, struct buf *b)
{
	struct fetching *t = context;
	const struct imap_heads *h = t->heads;
	struct imap_uids uids = {0};
	uint64_t bytes = 0;
	bool large = false;

	if (t->next == h->count)
		return false;
	large = is_large(t, t->next);
	do {
		bytes += h->at[t->next].size;
		imap_uids_add(&uids, h->at[t->next++].uid);
	} while (!large && t->next < h->count && uids.count < BATCH_COUNT && !is_large(t, t->next) &&
	         h->at[t->next].size < BATCH_BYTES && bytes + h->at[t->next].size <= BATCH_BYTES);
	buf_str(b, "UID FETCH ");
	(void)imap_uids_set(&uids, 0, BATCH_COUNT, COMMAND_MAX - 100, b);
	if (large)
		buf_fmt(b, " (UID FLAGS BODY.PEEK[]<0.%d>)", PIECE);
	else
		buf_str(b, " (UID FLAGS BODY.PEEK[])");
	imap_uids_free(&uids);
	return true;
}

static bool
on_fetching(struct imap *m, void *context, const struct imap_response *r, struct err *e)
{
	struct fetching *t = context;
	const struct imap_fetched *f = &r->fetched;
	struct imap_head key = {.uid = f->uid}, *head = NULL;
	struct imap_mail mail = {0};
	size_t i = 0;

	(void)m;
	if (r->word != IMAP_FETCH || !f->has_uid || !f->has_body)
		return true;
	head = bsearch(&key, t->heads->at, t->heads->count, sizeof key, compare_heads);
	i = head ? (size_t)(head - t->heads->at) : 0;
	if (!head || i >= t->next || t->given[i])
		return true;
	t->given[i] = true;
	t->given_count++;
	mail = (struct imap_mail){.head = *head, .bytes = f->body};
	if (f->has_flags)
		mail.head.answered = f->answered;
	/* Some servers leave the <0> away that says "a piece". Larger than it said it was: likewise. */
	mail.too_large = is_large(t, i) || f->body.len > t->mail_max;
	if (mail.too_large && mail.bytes.len > PIECE)
		mail.bytes.len = PIECE;
	return t->fn(t->context, &mail, e);
}

bool
imap_fetch(struct imap *m, const struct imap_heads *heads, size_t mail_max, imap_mail_fn *fn, void *context,
           size_t *given_r, struct err *e)
{
	struct fetching t = {.heads = heads, .mail_max = mail_max, .fn = fn, .context = context};
	bool refused = false, ok = true;

	*given_r = 0;
	if (heads->count == 0)
		return true;
	t.given = mem_alloc(heads->count, sizeof *t.given);
	imap_reader_limit(m->reader, (mail_max > PIECE ? mail_max : PIECE) + LITERAL_SLACK);
	ok = run_batches(m, next_fetching, on_fetching, &t, &refused, e);
	*given_r = t.given_count;
	free(t.given);
	return ok && (!refused || refusal(m, e));
}

/* ---- waiting ---- */

bool
imap_noop(struct imap *m, bool *new_r, struct err *e)
{
	bool ok = begin(m, e, "NOOP") && finish(m, m->tag, NULL, NULL, NULL, e);

	*new_r = ok && m->news;
	m->news = false;
	return ok;
}

/* One IDLE, until news, wake or deadline. *on_r: nothing happened, go on. */
static bool
idle(struct imap *m, int wake_fd, int64_t deadline_ms, bool *on_r, struct err *e)
{
	enum got g = GOT_RESPONSE;
	bool going = false; /* the server said "+": only then may DONE be said */
	int64_t first = clock_mono_ms() + answer_ms(m);

	*on_r = false;
	if (!begin(m, e, "IDLE"))
		return false;
	while (g == GOT_RESPONSE && !(going && m->news)) {
		struct imap_response r;

		g = next_response(m, going ? wake_fd : -1, going ? deadline_ms : first, &r, e);
		if (g != GOT_RESPONSE)
			break;
		if (r.kind == IMAP_CONTINUE) {
			going = true;
		} else if (r.kind == IMAP_TAGGED) { /* NO or BAD, or an OK too early: no IDLE with this one */
			buf_clear(&m->caps);
			*on_r = true;
			return true;
		} else if (!unasked(m, &r, e)) {
			return false;
		}
	}
	if (g == GOT_ERROR)
		return false;
	if (!going)
		return broken(m, e, ERR_AGAIN, "no answer to IDLE in time");
	*on_r = g == GOT_LATE;
	return send_all(m, "DONE\r\n", 6, e) && finish(m, m->tag, NULL, NULL, NULL, e);
}

bool
imap_wait(struct imap *m, int wake_fd, int64_t deadline_ms, bool *new_r, struct err *e)
{
	bool on = !m->news, ok = true;

	*new_r = false;
	while (ok && on && clock_left_ms(deadline_ms)) {
		int64_t until = clock_mono_ms() + IDLE_MS;

		if (deadline_ms >= 0 && deadline_ms < until)
			until = deadline_ms;
		if (imap_can(m, "IDLE")) {
			ok = idle(m, wake_fd, until, &on, e);
		} else {
			struct pollfd p[2] = {{.fd = stop_fd(m->stop), .events = POLLIN},
			                      {.fd = wake_fd, .events = POLLIN}};

			on = poll(p, 2, clock_left_ms(until)) <= 0;
			if (stop_raised(m->stop))
				return broken(m, e, ERR_INTERRUPTED, "told to stop");
			ok = imap_noop(m, new_r, e);
			m->news = *new_r;
			on = on && !m->news;
		}
	}
	*new_r = ok && m->news;
	m->news = false;
	return ok;
}
