/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's configuration (mingpian.cfg, libconfig's syntax), as one plain struct.
 *
 * Every key stands in one table in config_keys.c, with its kind, range and default; config/mingpian.cfg is
 * the commented sample. What the parser must know of a campaign stands in form.cfg (config/form.h). */
#ifndef MINGPIAN_CONFIG_CONFIG_H
#define MINGPIAN_CONFIG_CONFIG_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* A server and the account there. */
struct config_server {
	const char *url;           /* imaps://host[:port]; with imap: and smtp: STARTTLS is required */
	const char *user;          /* "": no login (smtp only) */
	const char *password_file; /* as written, for credential_load(); "" where user is "" */
	const char *ca_file;       /* absolute; "": the system's */
	bool oauth2;               /* what password_file holds is an OAuth 2 access token */
	bool tls_none;             /* no TLS at all: 127.0.0.1 only */
};

struct config_mailbox {
	const char *address;
	const char *contact; /* how applicants reach a person, for replies; "" */
	struct config_server imap;
	const char *const *folders; /* UTF-8, NULL-terminated, one at least */
	int poll_seconds, look_seconds;
	struct config_server smtp;
};

struct config_campaign {
	const char *name;
	const char *form;           /* absolute */
	const char *zone;           /* the process's zone, after config_load() */
	time_t since;               /* mail received before is not looked at */
	time_t deadline_end;        /* the first second that is late */
	time_t closes_end;          /* the first second in which no reply goes out any more */
	time_t keep_end;            /* the first second in which nothing need be kept */
	const char *receipt_prefix; /* "CYMP-2022-" */
};

struct config {
	const char *named; /* as config_load() was told: to read it again */
	const char *file;  /* where it was read from, absolute */
	const char *dir;   /* the folder of that file, absolute */

	struct config_campaign *campaigns; /* one at least; all of one zone */
	size_t campaign_count;

	struct {
		const char *name;
		const char *const *domains;      /* lower case, NULL-terminated, one at least */
		const char *trusted_authserv_id; /* RFC 8601; "": none is trusted */
	} own;

	struct {
		const char *dir; /* absolute */
	} spool;

	struct config_mailbox *mailboxes; /* one at least, no address twice */
	size_t mailbox_count;

	struct {
		int at_minutes;           /* of the day, in the campaign's zone */
		const char *from;         /* one of the mailboxes' addresses, as that one spells it */
		const char *const *to;    /* NULL-terminated; empty: none is sent */
		const char *const *staff; /* who may settle things by mail beside `to` and the mailboxes */
	} digest;

	struct {
		time_t since; /* 0: from the first start on */
		int per_thread_per_day, per_hour, per_address_per_hour;
		int retry_days;
	} replies;

	struct {
		int message_mb;
		int parse_seconds;
		int parse_memory_mb;
		int workers; /* 0: as many as cores */
	} limits;

	bool shadow;           /* record everything, send nothing */
	bool sandbox_required; /* else neither the daemon nor its parser narrows itself */
	const char *templates; /* the folder of the letters' templates, absolute */

	const char *metrics; /* file for Prometheus, absolute; "": none is written */

	struct arena *arena; /* holds all of it */
};

/* Read file. False (ERR_CONFIG): e says file, line, key, what was expected and what stands there; *c_r is
 * NULL. Also makes the campaign's zone the process's (clock_zone), for a day begins in it: call it
 * before threads are started. Free with config_free(). */
bool config_load(struct config **c_r, const char *file, struct err *e);
void config_free(struct config *c); /* NULL is fine */

/* Append all that is in force, defaults and all, in the syntax of the file. config_load() of it gives the
 * same again. No password is in it: they stand in files of their own. */
void config_print(const struct config *c, struct buf *b);

/* The mailbox of this address (case ignored), or NULL. */
const struct config_mailbox *config_mailbox(const struct config *c, const char *address);

#endif
