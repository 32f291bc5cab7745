/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection as the functions of imap.h share it: commands go out, tagged and perhaps several at once;
 * responses come in, each awaited until a deadline (RFC 3501 2.2). Between the files of imap.h only; the
 * errors are those that it names. */
#ifndef MINGPIAN_DAEMON_IMAP_DIALOGUE_H
#define MINGPIAN_DAEMON_IMAP_DIALOGUE_H

#include "daemon/imap.h"

#include "daemon/imap_read.h"
#include "daemon/link.h"

#include <curl/curl.h>

enum {
	DIALOGUE_COMMAND_MAX = 8000, /* bytes: RFC 2683 3.2.1.5 */
	DIALOGUE_IN_FLIGHT = 2,      /* commands at once: more did not help, one costs a round trip a batch */
};

struct imap {
	CURL *h;
	curl_socket_t fd;
	const struct imap_account *account;
	const struct stop *stop;
	struct imap_reader *reader;
	struct buf caps; /* " IMAP4REV1 IDLE ID " */
	char name[LINK_NAME_MAX];
	char said[LINK_SAID_MAX];         /* the last line that refused something */
	unsigned tag;                     /* of the command begun last */
	unsigned due[DIALOGUE_IN_FLIGHT]; /* tags of those that have no answer yet */
	size_t due_count;
	int64_t heard_ms; /* monotonic: when bytes came last */
	int64_t end_ms;   /* monotonic: no answer is awaited any longer then; 0: not ending */
	uint32_t exists;
	bool news;         /* EXISTS spoke of more than was known */
	bool idle_refused; /* though it was offered */
	bool broken;       /* nothing more can be said */
};

/* What is done with each untagged response while an answer is awaited. False: e is set, and the connection is
 * of no more use. */
typedef bool dialogue_fn(struct imap *m, void *context, const struct imap_response *r, struct err *e);

/* Give one command, of DIALOGUE_COMMAND_MAX bytes at most, and await its answer. fn may be NULL. *refused_r:
 * it was NO or BAD, which is then no failure of this function; its words are in m->said. Where refused_r is
 * NULL it is one (ERR_REFUSED). */
bool dialogue_ask(struct imap *m, dialogue_fn *fn, void *context, bool *refused_r, struct err *e,
                  const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* The two halves of it, for DIALOGUE_IN_FLIGHT commands on their way that must not depend on each other: the
 * answer is that of any of them, as the server may end them in any order (RFC 3501 5.5). */
bool dialogue_begin(struct imap *m, struct err *e, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));
bool dialogue_finish(struct imap *m, dialogue_fn *fn, void *context, bool *refused_r, struct err *e);

/* A tagged response has come: one that is due has its answer. False: it answers a command that was not given,
 * or twice; e is set, the connection of no more use. */
bool dialogue_answered(struct imap *m, const struct imap_response *r, struct err *e);

/* What happened while the next response was awaited. ERROR: e is set, the connection of no more use. */
enum dialogue_got { DIALOGUE_RESPONSE, DIALOGUE_WAKE, DIALOGUE_LATE, DIALOGUE_ERROR };

/* The next response, whatever it is: borrowed, as imap_read.h says. WAKE: wake_fd (-1: none) is readable;
 * LATE: the deadline (monotonic; -1 never comes) passed. */
enum dialogue_got dialogue_next(struct imap *m, int wake_fd, int64_t deadline_ms, struct imap_response *r,
                                struct err *e);

/* What may come at any time, whatever was asked: news of mail, and the end (false). dialogue_finish() sees to
 * it. */
bool dialogue_unasked(struct imap *m, const struct imap_response *r, struct err *e);

/* Send bytes that are no command of their own. */
bool dialogue_send(struct imap *m, const char *p, size_t len, struct err *e);

/* How long the server may be silent while an answer is due. */
int dialogue_answer_ms(const struct imap *m);

/* The connection is of no more use, and e says so. Always false. */
bool dialogue_broken(struct imap *m, struct err *e, enum err_code code, const char *what);

#endif
