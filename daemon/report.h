/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a campaign stands: all that workbook, digest and reminders tell, read from the spool at one moment
 * and held as plain structs. Nothing is decided here, and nothing written. */
#ifndef MINGPIAN_DAEMON_REPORT_H
#define MINGPIAN_DAEMON_REPORT_H

#include "config/config.h"
#include "config/form.h"
#include "config/mem.h"
#include "daemon/departments.h"
#include "spool/query.h"
#include "spool/query_digest.h"
#include "spool/spool.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum {
	REPORT_CATEGORIES = 4,
	REPORT_MAIN_CARDS = 30,     /* 主名片: how many the programme is to have */
	REPORT_SPECIAL_CARDS = 100, /* 特色名片 */
};

/* sub_provincial, prefecture, county, cluster: the tokens, in this order. */
extern const char *const report_categories[REPORT_CATEGORIES];

struct report_defect {
	const char *key, *code, *detail; /* detail may be NULL */
	bool error;
};

struct report_registration {
	const struct query_registration *q;
	const char *values[FORM_FIELDS_MAX]; /* as form->fields; lists joined by 、; NULL: none */
	const struct report_defect *defects;
	size_t defect_count;
	const char *doubtful; /* labels of the fields that a picture's reading leaves unsure, joined by 、;
	                         NULL */
	const char *source;   /* where the newest form stood; NULL */
	time_t received_at;   /* of the newest revision */
	size_t department;
	bool counts; /* neither withdrawn nor joined to another */
	bool fresh;  /* first logged since the last digest */
};

/* A field that a revision changed. was, now: NULL where nothing stands. */
struct report_change {
	const char *receipt, *region, *label, *was, *now;
	const char *who; /* whose mail brought it; NULL: a person's decision here */
	int revision;
	time_t at;
};

struct report_department {
	size_t registered; /* that count */
	size_t category[REPORT_CATEGORIES], uncategorised;
	size_t correction, conflict, late, fresh;
	time_t last_heard; /* the last form; 0: none */
};

struct report_day {
	time_t day; /* its begin */
	size_t registered;
};

/* What needs a person. */
struct report_item {
	const struct query_item *q;
	const char *region;   /* of its receipt; NULL */
	const char *shown;    /* what it is, in Chinese */
	const char *command;  /* what settles it at a shell */
	bool release, accept; /* which words settle it by mail; 不予处理 always does */
	const char *code;     /* the one-time code; NULL: none was made */
};

/* What went out in the staff's name. */
struct report_sent {
	const struct query_reply *q;
	const char *receipt, *region; /* NULL where its mail held no form */
};

struct report_event {
	const char *name; /* as in the log */
	size_t count;
};

/* What is out of the ordinary and stands in the log or in a reading. */
struct report_anomaly {
	const char *kind;    /* in Chinese: 退信 … */
	const char *what;    /* which: a reply, a file, a receipt, a mailbox */
	const char *detail;  /* "" for none */
	const char *receipt; /* NULL: none */
	time_t at;
	bool open; /* nobody has settled it, and it has not passed by itself */
};

struct report_month {
	const char *file; /* 2022-06.jsonl */
	size_t lines;
	struct hash sha256; /* of the file */
};

/* Replies by their state now. waiting: due, deferred, unknown, being sent. */
struct report_replies {
	size_t queued, sent, waiting, withheld, failed, bounced;
};

struct report {
	struct arena *arena;
	const struct form *form;
	const struct config *config;
	time_t now, since;       /* since: of the last digest, 0: there was none */
	int64_t since_seq;       /* its line in the log, 0: there was none */
	const char *date;        /* the day that the digest is for, "2022-06-10" */
	struct log_head head;    /* up to where the log was read */
	const char *last_digest; /* its date, or NULL */
	const char *checkpoint;  /* seq of the last checkpoint, or NULL */

	struct report_registration *registrations;
	size_t registration_count, counted, fresh, correction, conflict, late, withdrawn, joined;
	size_t category[REPORT_CATEGORIES + 1]; /* last: none */
	struct report_department departments[DEPARTMENTS + 1];
	size_t silent; /* departments without a registration */
	struct report_day *days;
	size_t day_count, deadline_day; /* deadline_day: its place in days, or day_count */
	struct report_change *changes;
	size_t change_count;
	struct report_item *items;
	size_t item_count;
	struct report_sent *sent;
	size_t sent_count;
	struct report_anomaly *anomalies;
	size_t anomaly_count;
	struct report_event *events;
	size_t event_count;
	struct report_month *months;
	size_t month_count;
	struct query_totals totals;
	struct report_replies replies;
	const char **due; /* receipts that may be taken out, as keep_until is over */
	size_t due_count;
};

/* Who watches: told how many of the registrations were read. */
struct report_watch {
	void (*step)(void *context, size_t done, size_t of);
	void *context;
};

/* Read it all. s is open in any mode, with nothing staged; c, f and s are borrowed until report_free(). w may
 * be NULL. */
bool report_read(struct report **r_r, const struct config *c, const struct form *f, struct spool *s,
                 const struct report_watch *w, struct err *e);
void report_free(struct report *r); /* NULL is fine */

/* Does every mail and every reply have a place? */
bool report_conserved(const struct report *r);

/* Whole days from now until the deadline's day is over: 0 on the last day, negative after it. */
int report_days_left(const struct report *r);

/* The registration with this receipt, or NULL; its place is the result less r->registrations. */
const struct report_registration *report_find(const struct report *r, const char *receipt);

#endif
