/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that the daemon takes from files, read whole and then never changed: configuration, form, letters,
 * passwords, and what each thread is told of them. SIGHUP makes another one beside it; each thread goes
 * over to that between two pieces of work, and lets the old one go. So a mail is parsed, decided and answered
 * by one of them, and a connection that need not change keeps the one it was made with. */
#ifndef MINGPIAN_DAEMON_SETTINGS_H
#define MINGPIAN_DAEMON_SETTINGS_H

#include "config/config.h"
#include "config/err.h"
#include "config/form.h"
#include "daemon/digest.h"
#include "daemon/mailbox.h"
#include "daemon/parsed.h"
#include "daemon/reply.h"
#include "daemon/servers.h"
#include "daemon/smtp.h"
#include "daemon/writer.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>

struct settings {
	atomic_uint holders;
	const struct config *config;
	struct config *own; /* the same, where it is ours to free */
	struct form *form;
	char *form_copy; /* path; NULL: none yet */
	struct reply_kit *kit;
	struct digest_kit *digest_kit;
	struct digest_rules digest;
	char templates[65];               /* SHA-256 of the letters' folder */
	char **secrets;                   /* two a mailbox */
	struct smtp_account *accounts;    /* one a mailbox, as the following */
	struct mailbox_config *mailboxes; /* what the service adds (context, note …) is not set here */
	struct writer_mailbox *writer_mailboxes;
	struct parser_config parser;
	struct worker servers_worker; /* as the parser's servers are started */
	struct servers *servers;
	struct writer_config writer; /* likewise; rules.replies_since as configured, 0: from the start on */
	bool systemd;                /* a password came from systemd's folder */
};

/* Read what c (borrowed) names. parser: path of mingpian-parse, borrowed. secrets: passwords as well. False
 * (ERR_CONFIG): e says which file and why. */
bool settings_load(struct settings **s_r, const struct config *c, const char *parser, bool secrets,
                   struct err *e);

/* Keep the form file as it was read, in dir (the spool; our own, the lock is held), until the last holder
 * drops these: parsers that start later read the same one, whatever is done to the file meanwhile. */
bool settings_keep_form(struct settings *s, const char *dir, struct err *e);

/* Remove what a process that was killed left of these. */
void settings_sweep_forms(const char *dir);

struct settings *settings_hold(struct settings *s) __attribute__((returns_nonnull));
void settings_drop(void *settings); /* NULL is fine; fits queue_item.drop. The last one frees */

/* May `now` take the place of `was` in a running daemon? False (ERR_CONFIG): e says what needs a restart. */
bool settings_may_follow(const struct settings *was, const struct settings *now, struct err *e);

/* What differs: a list of "configuration", "form", "templates", "credentials"; empty: nothing. */
json_t *settings_changes(const struct settings *was, const struct settings *now);

/* Is the mailbox i, at its IMAP server, the same in both? Else it must be connected to anew. */
bool settings_same_mailbox(const struct settings *a, const struct settings *b, size_t i);

#endif
