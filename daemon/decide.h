/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a mail means for the register: which registration each form belongs to, whether it is a first
 * form, a revision, the same again, another sender's, a conflict; what becomes of the message; and
 * whether its reply may go out by itself. Looks at the spool's index and changes nothing. The rules are
 * the domain's ("What one message can hold", "What becomes of a message"). */
#ifndef MINGPIAN_DAEMON_DECIDE_H
#define MINGPIAN_DAEMON_DECIDE_H

#include "config/err.h"
#include "config/form.h"
#include "config/mem.h"
#include "daemon/reading.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct spool;
struct worker;

enum decided_as {
	AS_NEW,      /* a registration of its own */
	AS_REVISION, /* a further revision of the applicant's registration */
	AS_SAME,     /* equal values from the same applicant: nothing new */
	AS_SENDER,   /* equal values from another sender: he is noted */
	AS_CONFLICT, /* other values from another sender: his own registration, until staff join them */
	DECIDED_AS
};

const char *decided_as_name(enum decided_as as); /* "new", … as in the log */

struct decided_change {
	const struct form_field *field;
	const char *was, *now; /* NULL: nothing */
};

struct decided_form {
	const struct reading_form *form;
	bool from_text;       /* made of the revision before and of values in the mail's text */
	const json_t *values; /* key → value, whole; what is recorded */
	const char *receipt;
	int revision;
	enum decided_as as;
	size_t errors;                        /* of defects with severity error */
	const struct decided_change *changes; /* against the revision before; NULL for others */
	size_t change_count;
};

struct decided {
	enum disposition disposition;
	bool late;
	const char *id;       /* first receipt, or M-… */
	const char *withheld; /* why the reply is kept for a person; NULL: it may go */
	bool answered;        /* a reply is owed at all */
	bool to_sender;       /* the reply goes to From, whatever Reply-To says */
	const char *concerns; /* receipt of the registration that it takes back, where that is known; NULL */
	bool undecided;       /* no reply: a person must say what it means; withheld says why */
	bool nothing_new;     /* forms, and all of them AS_SAME */
	struct decided_form *forms;
	size_t form_count;
	json_t *kept;           /* earlier revisions that the changes point into, and `overlaid` */
	const json_t *overlaid; /* the form that is from_text; NULL: none */
};

/* What the daemon knows of the message beside its reading. */
struct decide_facts {
	const char *message_sha256;
	time_t received_at;
	bool answered; /* bore \Answered when it was fetched */
	bool relooked; /* was left to the owner before */
};

/* What of the configuration decides. */
struct decide_rules {
	const struct form *form;
	const struct worker *worker; /* for values in a mail's text; NULL: staff are asked */
	const char *receipt_prefix;
	time_t replies_since;
	time_t restored_at; /* a backup was opened then: what came before may have been answered; 0: never */
	time_t closes;      /* replies to what came after are withheld; 0: never */
	bool shadow;
};

/* Decide. Strings and arrays live in a, in the reading, or until decided_free(), which is due in any case.
 * False: the spool could not be asked. */
bool decide(struct decided *d_r, struct arena *a, const struct spool *s, const struct decide_rules *rules,
            const struct decide_facts *facts, const struct reading *r, struct err *e);
void decided_free(struct decided *d);

#endif
