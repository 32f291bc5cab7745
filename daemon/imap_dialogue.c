/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/imap_dialogue.h"

#include "config/clock.h"

#include <assert.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_MS = 60 * 1000 };

bool
dialogue_broken(struct imap *m, struct err *e, enum err_code code, const char *what)
{
	m->broken = true;
	return err_set(e, code, "%s: %s", m->name, what);
}

int
dialogue_answer_ms(const struct imap *m)
{
	return m->account->answer_ms ? m->account->answer_ms : ANSWER_MS;
}

/* Until when an answer may let us wait, where something of it came at heard_ms. */
static int64_t
late_at(const struct imap *m, int64_t heard_ms)
{
	int64_t at = heard_ms + dialogue_answer_ms(m);

	return m->end_ms && m->end_ms < at ? m->end_ms : at;
}

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
bool
dialogue_send(struct imap *m, const char *p, size_t len, struct err *e)
{
	int64_t deadline = late_at(m, clock_mono_ms());

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
			return dialogue_broken(m, e, ERR_INTERRUPTED, "told to stop");
		if (w != WAITED_READY)
			return dialogue_broken(m, e, ERR_AGAIN, "it takes no command in time");
	}
	return true;
}

/* Read until libcurl has nothing more before waiting: bytes may lie decrypted inside it, where poll()
 * does not see them. */
enum dialogue_got
dialogue_next(struct imap *m, int wake_fd, int64_t deadline_ms, struct imap_response *r, struct err *e)
{
	for (;;) {
		size_t room = 0, n = 0;
		void *p = NULL;
		CURLcode c = CURLE_OK;

		switch (imap_reader_next(m->reader, r, e)) {
		case IMAP_READ_RESPONSE: return DIALOGUE_RESPONSE;
		case IMAP_READ_BROKEN:
			m->broken = true;
			err_wrap(e, "%s", m->name);
			return DIALOGUE_ERROR;
		case IMAP_READ_MORE: break;
		}
		if (stop_raised(m->stop)) {
			dialogue_broken(m, e, ERR_INTERRUPTED, "told to stop");
			return DIALOGUE_ERROR;
		}
		p = imap_reader_room(m->reader, &room);
		c = curl_easy_recv(m->h, p, room, &n);
		if (c == CURLE_OK && n) {
			imap_reader_filled(m->reader, n);
			m->heard_ms = clock_mono_ms();
			continue;
		}
		if (c != CURLE_AGAIN) { /* nothing without an error is the end of the stream */
			dialogue_broken(m, e, ERR_AGAIN, "the server closed the connection");
			return DIALOGUE_ERROR;
		}
		switch (wait_ready(m, POLLIN, wake_fd, deadline_ms)) {
		case WAITED_READY: break;
		case WAITED_WAKE: return DIALOGUE_WAKE;
		case WAITED_LATE: return DIALOGUE_LATE;
		case WAITED_STOP:
			dialogue_broken(m, e, ERR_INTERRUPTED, "told to stop");
			return DIALOGUE_ERROR;
		}
	}
}

bool
dialogue_unasked(struct imap *m, const struct imap_response *r, struct err *e)
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

static bool begin(struct imap *m, struct err *e, const char *fmt, va_list a)
        __attribute__((format(printf, 3, 0)));

static bool
begin(struct imap *m, struct err *e, const char *fmt, va_list a)
{
	struct buf b = BUF_INIT(DIALOGUE_COMMAND_MAX + 512);
	char text[DIALOGUE_COMMAND_MAX + 256];
	bool ok = false;

	if (m->broken) /* nothing that is asked now will be answered */
		return err_set(e, ERR_AGAIN, "%s: the connection is gone", m->name);
	assert(m->due_count < DIALOGUE_IN_FLIGHT);
	(void)vsnprintf(text, sizeof text, fmt, a);
	buf_fmt(&b, "x%u ", ++m->tag);
	m->due[m->due_count++] = m->tag;
	buf_str(&b, text);
	buf_str(&b, "\r\n");
	ok = dialogue_send(m, b.at, b.len, e);
	buf_free(&b);
	return ok;
}

bool
dialogue_begin(struct imap *m, struct err *e, const char *fmt, ...)
{
	va_list a;
	bool ok = false;

	va_start(a, fmt);
	ok = begin(m, e, fmt, a);
	va_end(a);
	return ok;
}

static bool
has_tag(const struct imap_response *r, unsigned tag)
{
	char t[16];
	int n = snprintf(t, sizeof t, "x%u", tag);

	return r->tag.len == (size_t)n && memcmp(r->tag.at, t, (size_t)n) == 0;
}

bool
dialogue_answered(struct imap *m, const struct imap_response *r, struct err *e)
{
	for (size_t i = 0; i < m->due_count; i++)
		if (has_tag(r, m->due[i])) {
			m->due[i] = m->due[--m->due_count];
			return true;
		}
	return dialogue_broken(m, e, ERR_PROTOCOL, "it answers a command that was not given");
}

/* The next response of an answer that is due. LATE: the server was silent for too long (a large mail over a
 * slow line may take longer than that, as long as its bytes come), or it is the connection's end. */
static enum dialogue_got
await_response(struct imap *m, struct imap_response *r, struct err *e)
{
	int64_t deadline = late_at(m, clock_mono_ms());
	enum dialogue_got g = DIALOGUE_LATE;

	if (m->end_ms && clock_left_ms(m->end_ms) == 0) /* it may speak without end */
		return g;
	while ((g = dialogue_next(m, -1, deadline, r, e)) == DIALOGUE_LATE &&
	       clock_left_ms(late_at(m, m->heard_ms)) > 0)
		deadline = late_at(m, m->heard_ms);
	return g;
}

bool
dialogue_finish(struct imap *m, dialogue_fn *fn, void *context, bool *refused_r, struct err *e)
{
	for (;;) {
		struct imap_response r;
		enum dialogue_got g = await_response(m, &r, e);

		if (g == DIALOGUE_LATE)
			return dialogue_broken(m, e, ERR_AGAIN, "no answer in time");
		if (g != DIALOGUE_RESPONSE)
			return false;
		if (r.kind == IMAP_UNTAGGED) {
			if (!dialogue_unasked(m, &r, e))
				return false;
			if (fn && !fn(m, context, &r, e)) {
				m->broken = true; /* what was asked for is still coming */
				return false;
			}
		}
		if (r.kind != IMAP_TAGGED)
			continue;
		if (!dialogue_answered(m, &r, e))
			return false;
		if (refused_r)
			*refused_r = r.word != IMAP_OK;
		if (r.word == IMAP_OK)
			return true;
		link_said(m->said, (const char *)r.text.at, r.text.len, m->account->password);
		return refused_r ? true
		                 : err_set(e, ERR_REFUSED, "%s: the server refuses: %s", m->name, m->said);
	}
}

bool
dialogue_ask(struct imap *m, dialogue_fn *fn, void *context, bool *refused_r, struct err *e, const char *fmt,
             ...)
{
	va_list a;
	bool ok = false;

	va_start(a, fmt);
	ok = begin(m, e, fmt, a);
	va_end(a);
	return ok && dialogue_finish(m, fn, context, refused_r, e);
}
