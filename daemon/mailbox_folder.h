/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A look at one folder of a mailbox: what is there, what of it is new, and its way into the queue. Between
 * the files of mailbox.h only; the mailbox's own thread. */
#ifndef MINGPIAN_DAEMON_MAILBOX_FOLDER_H
#define MINGPIAN_DAEMON_MAILBOX_FOLDER_H

#include "daemon/mailbox.h"
#include "daemon/mailbox_health.h"

/* What is known of a folder between two looks. Zero but for its name: never looked at. */
struct folder {
	const char *name;     /* borrowed */
	uint32_t uidvalidity; /* 0: not looked at yet */
	uint32_t highest;     /* UID seen; new mail has a higher one (RFC 3501 2.3.1.1) */
	int64_t full_at_ms;   /* when the next full sweep is due; 0: at once */
	bool asked;           /* a person wants to hear how it compares with the log */
	/* handed over of late, and before: they may have no line yet */
	struct imap_uids fresh, fresh_before;
	int64_t turned_ms; /* when the one became the other */
	bool absent;       /* it could not be opened: not tried again before full_at_ms */
	struct err last;   /* why something of it was left */
};

void folder_clear(struct folder *f); /* frees what it holds */

/* Whose folder it is, and where its mails go. */
struct folder_owner {
	const struct mailbox_config *c;
	struct queue *arrivals;
	const struct stop *stop;
	struct mailbox_health *health;
};

enum folder_look {
	FOLDER_WHOLE, /* all that is new was handed over */
	FOLDER_LEFT,  /* it is not there, or some of it was not given (e): asked for again in ten minutes */
	FOLDER_CUT    /* the connection is of no more use (e) */
};

/* Open the folder and hand over what is new in it: a full sweep where one is due. Waits as long as the queue
 * is full. */
enum folder_look folder_look(struct folder *f, const struct folder_owner *o, struct imap *imap,
                             struct err *e);

#endif
