/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the index, as plain structs.
 *
 * Every string and list of an answer lives in the arena given, as does the struct behind an `**_r`; what
 * is not known is NULL there (a string) or 0 (a time, a count). "Not found" is an answer: true, with
 * *r NULL or a count of 0. False is trouble with the index itself (ERR_DISK, ERR_SPOOL).
 * Messages, readings and replies' bytes are named by their SHA-256 in hex; times are time_t. */
#ifndef MINGPIAN_SPOOL_QUERY_H
#define MINGPIAN_SPOOL_QUERY_H

#include "config/err.h"
#include "config/mem.h"
#include "spool/index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* ---- arrivals ---- */

struct query_place {
	const char *mailbox, *folder;
	uint32_t uidvalidity;
};

enum query_uid {
	QUERY_UID_NEW,   /* never met; or left, and to be looked at again (`relooked`) */
	QUERY_UID_HELD,  /* could not be parsed; to be tried again */
	QUERY_UID_KNOWN, /* recorded or left: need not be fetched */
};

bool query_uid(struct index *i, const struct query_place *p, uint32_t uid, enum query_uid *r, struct err *e);

/* All that are QUERY_UID_KNOWN, ascending. */
bool query_uids(struct index *i, struct arena *a, const struct query_place *p, uint32_t **uids_r,
                size_t *count_r, struct err *e);

struct query_held {
	const char *message, *mailbox, *folder, *why;
	uint32_t uidvalidity, uid;
	time_t received_at, at; /* at: when it was last tried */
	int attempt;
};

bool query_held(struct index *i, struct arena *a, struct query_held **r, size_t *count_r, struct err *e);

struct query_left {
	const char *message, *mailbox, *folder, *disposition;
	uint32_t uidvalidity, uid;
	time_t received_at, at;
	bool unread; /* its owner is told to look */
};

/* Left with `unread` since then (time of the log line), oldest first: for the digest. */
bool query_left_unread(struct index *i, struct arena *a, time_t since, struct query_left **r, size_t *count_r,
                       struct err *e);

/* How many are left that were received since then (0: all): what a `relooked` line would have fetched again.
 */
bool query_left_count(struct index *i, time_t since, int64_t *r, struct err *e);

/* Was a mail of these bytes left, here or in another place? */
bool query_was_left(struct index *i, const char *message, bool *r, struct err *e);

/* ---- messages ---- */

struct query_message {
	const char *message; /* SHA-256 */
	const char *id;      /* receipt or M-… */
	const char *reading;
	const char *disposition; /* NULL: received, not recorded */
	const char *withheld;    /* why, or NULL */
	const char *copy_of;     /* message, or NULL */
	const char *concerns; /* receipt that it speaks of without a form of it (it takes it back), or NULL */
	const char *thread;   /* message that it answers, or NULL */
	const char *root;     /* the message that began the thread: itself where it answers none */
	const char *mailbox;  /* that logged it first: replies go out from there */
	const char *folder;   /* of that arrival */
	const char *subject, *from_addr, *from_name, *message_id, *content_sha256;
	time_t date;
	time_t received_at; /* the earliest of its arrivals */
	time_t recorded_at;
	int64_t seq; /* of its `recorded` line */
	int forms;
	int progress; /* how many of them brought a registration or a revision */
	bool late, answered;
	bool reviewed; /* a person has dealt with it, or it was taken out */
};

/* By SHA-256, by id (a receipt finds the message that first brought it; M-… any message by its hash). */
bool query_message(struct index *i, struct arena *a, const char *message, struct query_message **r,
                   struct err *e);
bool query_message_by_id(struct index *i, struct arena *a, const char *id, struct query_message **r,
                         struct err *e);

/* The message that is one submission with this one (domain.md), the original where there are copies, only
 * recorded ones: by Message-ID and content; without a Message-ID ("") by From, Date (0: none) and content.
 * Equal bytes: query_message(). */
bool query_submission(struct index *i, struct arena *a, const char *message_id, const char *from_addr,
                      time_t date, const char *content_sha256, struct query_message **r, struct err *e);

/* All recorded messages since then (time of the log line), oldest first; 0: all. */
bool query_messages(struct index *i, struct arena *a, time_t since, struct query_message **r, size_t *count_r,
                    struct err *e);

/* What the Message-IDs (In-Reply-To first, then References from the last to the first) answer: the
 * message, and if it was a reply of ours, its id. The first that is known decides. */
struct query_answered {
	const char *message; /* a reply's: the message that the reply answers; may be NULL */
	const char *reply;   /* NULL: the mail answers a message, no reply of ours */
};

bool query_answered(struct index *i, struct arena *a, const char *const *message_ids, size_t count,
                    struct query_answered **r, struct err *e);

/* ---- registrations ---- */

struct query_registration {
	const char *receipt;
	const char *region_key, *region_code, *category; /* NULL: none */
	const char *region;                              /* as its newest form says it */
	const char *state;                               /* docs/log.md */
	const char *message;                             /* that first brought it */
	const char *newest;               /* that brought the newest revision; NULL: a person */
	const char *mailbox;              /* of the first */
	const char *sender, *sender_name; /* of the newest message of its own */
	const char *joined;               /* receipt that it was joined to, or NULL */
	int revision;                     /* the newest */
	int errors;                       /* defects of the newest that are errors */
	bool late;                        /* its first revision is */
	bool unreached;                   /* our last reply came back, and nobody has settled that */
	bool settled;                     /* a person accepted it as its newest revision stands */
	time_t created_at, changed_at;    /* received times of first and newest revision */
	int64_t seq;                      /* of the line of the log that made it */
};

struct query_revision {
	const char *receipt;
	int revision;
	const char *message;  /* NULL: a person's decision */
	int n;                /* which form of the reading, from 1; 0: values given without a form */
	const char *form;     /* JSON object: the form as the parser printed it, or NULL once redacted */
	const char *defects;  /* JSON array */
	const char *changed;  /* JSON array of keys, against the revision before */
	const char *decision; /* SHA-256, or NULL */
	int errors;
	bool late;
	time_t received_at;
};

bool query_registration(struct index *i, struct arena *a, const char *receipt, struct query_registration **r,
                        struct err *e);

/* All that bear this key (conflicts and joined ones too), in order of receipt; and those that bore it in a
 * form of their own, before another of another region was joined to them, ended since or not. */
bool query_by_region(struct index *i, struct arena *a, const char *region_key, struct query_registration **r,
                     size_t *count_r, struct err *e);

/* All registrations that the threads of these Message-IDs brought: of one that was joined, that to which it
 * was; withdrawn ones are left out. */
bool query_by_thread(struct index *i, struct arena *a, const char *const *message_ids, size_t count,
                     struct query_registration **r, size_t *count_r, struct err *e);

/* All, in order of receipt; changed since then (time of the log line; 0: all). */
bool query_registrations(struct index *i, struct arena *a, time_t since, struct query_registration **r,
                         size_t *count_r, struct err *e);

/* Its revisions, oldest first; the newest alone. */
bool query_revisions(struct index *i, struct arena *a, const char *receipt, struct query_revision **r,
                     size_t *count_r, struct err *e);
bool query_newest(struct index *i, struct arena *a, const char *receipt, struct query_revision **r,
                  struct err *e);

/* Did this address send to the registration, or to one that was joined to it; or, where whole_domain, any
 * address of its domain? The caller knows which domains are free mail. */
bool query_is_sender(struct index *i, const char *receipt, const char *address, bool whole_domain, bool *r,
                     struct err *e);

struct query_sender {
	const char *address, *name,
	        *as;         /* as: `new`, `revision`, `same`, `sender`, `conflict`, of its last */
	const char *message; /* its last */
	time_t received_at;
};

/* Each address once, in the order of their last messages. */
bool query_senders(struct index *i, struct arena *a, const char *receipt, struct query_sender **r,
                   size_t *count_r, struct err *e);

/* The messages that held it, and those that concern it, oldest first. */
bool query_registration_messages(struct index *i, struct arena *a, const char *receipt,
                                 struct query_message **r, size_t *count_r, struct err *e);

/* The forms of a message, as its `recorded` line says. */
struct query_form {
	int n;
	const char *receipt, *as, *region_key, *region_code, *category;
	int revision, errors;
};

bool query_forms(struct index *i, struct arena *a, const char *message, struct query_form **r,
                 size_t *count_r, struct err *e);

/* The number of the next receipt with this prefix ("CYMP-2022-"): the highest ever, plus one, and
 * never less than a `restored` line says. Staged lines count. */
bool query_next_receipt(struct index *i, const char *prefix, int64_t *r, struct err *e);

/* ---- replies ---- */

struct query_reply {
	const char *reply;      /* id */
	const char *message;    /* SHA-256 of its bytes */
	const char *to_message; /* NULL for a digest */
	const char *kind, *mailbox;
	const char *state;      /* docs/log.md */
	const char *why;        /* of its state, or NULL */
	const char *recipient;  /* from its bytes; NULL once redacted */
	const char *message_id; /* from its bytes */
	const char *bounce;     /* message SHA-256 of the bounce, or NULL */
	const char *status;     /* of the bounce */
	int attempts, code;
	int unknown; /* how often it ended so, since it was last let out */
	bool dismissed;
	time_t queued_at, next, changed_at; /* next: 0 unless deferred */
	time_t due_at; /* when it was let out last: queued as due, or released; 0: never */
	int64_t seq;   /* of its `queued` line: the order in which they go */
};

bool query_reply(struct index *i, struct arena *a, const char *reply, struct query_reply **r, struct err *e);
bool query_reply_by_message_id(struct index *i, struct arena *a, const char *message_id,
                               struct query_reply **r, struct err *e);

/* The highest number that a reply to this id bears (ID.N), 0 for none. */
bool query_reply_number(struct index *i, const char *id, int64_t *r, struct err *e);

/* Of the replies to this id (a receipt) the newest that went out; a bounce may name no more. */
bool query_reply_sent_last(struct index *i, struct arena *a, const char *id, struct query_reply **r,
                           struct err *e);

/* Was the address told already, since the newest revision of this receipt, that nothing was new in what it
 * sent (a reply of kind `repeated`, whatever its state)? */
bool query_told_repeated(struct index *i, const char *receipt, const char *address, bool *r, struct err *e);

/* The reply or digest with these bytes. */
bool query_reply_of(struct index *i, struct arena *a, const char *message, struct query_reply **r,
                    struct err *e);

/* All replies to a message, oldest first. */
bool query_replies_to(struct index *i, struct arena *a, const char *to_message, struct query_reply **r,
                      size_t *count_r, struct err *e);

/* All replies, in the order in which they were queued; those that changed their state since then (time of the
 * log line; 0: all). Digests and confirmations of orders are among them. */
bool query_replies(struct index *i, struct arena *a, time_t since, struct query_reply **r, size_t *count_r,
                   struct err *e);

/* What is to be sent now, in order, at most max: `due`, `unknown`, and `deferred` whose next has come.
 * at_start: `sending` too: that attempt's process is dead, and its end cannot be known. but: a JSON array
 * of mailboxes from which nothing may go out now; NULL: none.
 * A next later than the longest wait there is (`next_max` seconds from now) was written by a clock that has
 * been set back since: it has come. */
struct query_due {
	time_t now, next_max;
	bool at_start;
	size_t max;
	const char *but;
};

bool query_due(struct index *i, struct arena *a, const struct query_due *d, struct query_reply **r,
               size_t *count_r, struct err *e);

/* When the next deferred one, of other mailboxes than these, comes due; 0: none is deferred. */
bool query_next_due(struct index *i, const char *but, time_t *r, struct err *e);

/* How many replies still are to go out, and when the oldest of them was queued; 0: none is. */
bool query_unsent(struct index *i, int64_t *count_r, time_t *oldest_r, struct err *e);

/* For caps: how many replies were let out (queued as due, or released) since then. address, thread (any
 * message of it): NULL counts all of them; idle: only those whose message brought no registration and no
 * revision. */
struct query_cap {
	const char *address, *thread;
	time_t since;
	bool idle;
};

bool query_cap(struct index *i, const struct query_cap *c, int64_t *r, struct err *e);

/* ---- people ---- */

/* What waits for a person. */
struct query_item {
	const char *item; /* reply id, receipt, or M-…, which names a message: what `reviewed` names */
	const char *what; /* `withheld`, `failed`, `bounced`, `conflict`, `unreadable`, `undecided` */
	const char *why;
	const char *receipt, *message, *reply; /* NULL where it has none */
	const char *subject, *sender;
	time_t since;
};

bool query_items(struct index *i, struct arena *a, struct query_item **r, size_t *count_r, struct err *e);

/* ---- the daemon's surroundings ---- */

/* An alarm (docs/log.md: `alarm`) is up from `raised` to `cleared`. */
struct query_alarm {
	const char *alarm, *mailbox; /* "imap_credential", …; whose */
	const char *why;             /* of its last line: err_name() */
	int tries;                   /* that failed so far */
	time_t raised_at, last_at;   /* last_at: of the last try */
	time_t cleared_at;           /* 0: it is up */
};

/* All that are up and, since then (0: ever), were up; oldest first. open_only: those that are up. */
bool query_alarms(struct index *i, struct arena *a, time_t since, bool open_only, struct query_alarm **r,
                  size_t *count_r, struct err *e);

/* A comparison of a folder with the log (docs/log.md: `compared`). */
struct query_comparison {
	const char *mailbox, *folder;
	uint32_t uidvalidity;
	int64_t on_server; /* UIDs there from `since` on: the sum of the five below */
	int64_t recorded, left, held, fresh, missing;
	int64_t gone;     /* known to the log and no more on the server: no fault */
	const char *uids; /* JSON array: the first of those that are missing */
	time_t at;
};

/* How many alarms are up, and how many mails were missing at the last comparison of each folder. */
bool query_troubles(struct index *i, int64_t *alarms_r, int64_t *missing_r, struct err *e);

/* Since then (time of the log line), oldest first; newest_only: of each folder the last. */
bool query_comparisons(struct index *i, struct arena *a, time_t since, bool newest_only,
                       struct query_comparison **r, size_t *count_r, struct err *e);

/* What the log says of each UID at a place, ascending: for a comparison. */
struct query_place_uid {
	uint32_t uid;
	char kind;          /* 'r' recorded, 'l' left, 'h' held */
	time_t received_at; /* INTERNALDATE */
};

bool query_place_uids(struct index *i, struct arena *a, const struct query_place *p,
                      struct query_place_uid **r, size_t *count_r, struct err *e);

/* ---- counts ---- */

struct query_count {
	const char *what; /* a disposition, a state */
	int64_t count;
};

/* Submissions (copies are none) by disposition, `other` and `ignored` from what was left; registrations and
 * replies by state. since, until: times of the log line; 0: no limit. */
bool query_dispositions(struct index *i, struct arena *a, time_t since, time_t until, struct query_count **r,
                        size_t *count_r, struct err *e);
bool query_states(struct index *i, struct arena *a, struct query_count **r, size_t *count_r, struct err *e);
bool query_outbox(struct index *i, struct arena *a, struct query_count **r, size_t *count_r, struct err *e);

/* A single fact of the log, by name, as text; NULL where it was never said: "replies_since",
 * "started_at", "stopped_at", "version", "parser", "form", "shadow", "receipts_from", "digest_date",
 * "digest_at", "checkpoint_at", "checkpoint_seq", "relooked_since", "restored_at", "reloaded_at",
 * "first_started_at". Times as in the log line, RFC 3339. */
bool query_fact(struct index *i, struct arena *a, const char *name, const char **r, struct err *e);

#endif
