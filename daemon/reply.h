/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reply: from plain facts to the bytes of a complete mail. The words stand in files that an office
 * person can edit (config/templates/); here is what may stand in them. Nothing is sent, stored or
 * looked up here, and the same facts give the same bytes. */
#ifndef MINGPIAN_DAEMON_REPLY_H
#define MINGPIAN_DAEMON_REPLY_H

#include "config/buf.h"
#include "config/err.h"
#include "config/form.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum {
	REPLY_SUBJECT_MAX = 60, /* characters, ours and theirs together */
	REPLY_TABLES_MAX = 40, /* forms shown field by field; a larger bundle, or a wordier one, is listed one
	                         line a form */
	REPLY_RETURNED_MAX = 40, /* marked forms attached; the text says how many more there are */
	REPLY_ID_MAX = 64,
};

enum reply_kind {
	REPLY_ACCEPTED,   /* 已登记: one form or more, none with an error */
	REPLY_CORRECTION, /* 请补正: one form or more, one of them with an error */
	REPLY_NO_FORM,    /* 未见登记表: the blank form is attached */
	REPLY_UNREADABLE, /* 附件未能打开 */
	REPLY_REPEATED,   /* 已收悉过: nothing new in it */
	REPLY_REVISED,    /* 更正已登记: a revision without an error; says what changed */
	REPLY_KINDS
};

/* "accepted", "correction", …: as `kind` of `queued` in the log. */
const char *reply_kind_name(enum reply_kind kind);

struct reply_value {
	const char *key;   /* as in the form file; a key that it does not have is left out */
	const char *value; /* lists joined by 、; NULL or "": none */
	bool doubtful;     /* read from a picture and unsure: marked with the request to check it */
};

struct reply_defect {
	const char *key;     /* field */
	const char *code;    /* "bad_phone" */
	const char *detail;  /* from the parser: the bad number, the count, why not eligible; may be NULL */
	const char *suggest; /* from the parser: what may have been meant; may be NULL */
	bool error;          /* else a notice */
};

/* A field that differs from the revision before. Only where to_addr itself belongs to the applicant
 * of that revision (domain.md): whoever fills this in answers for that. */
struct reply_change {
	const char *key;
	const char *was; /* NULL or "": nothing */
	const char *now;
};

struct reply_form {
	const char *receipt;              /* "CYMP-2022-0042" */
	const char *source;               /* "材料.zip/昆山/登记表.doc", "body" */
	const char *category;             /* "county"; NULL: none */
	int revision;                     /* 1: first */
	bool late;                        /* this revision came after the deadline */
	const struct reply_value *values; /* in any order; shown in the form's */
	size_t value_count;
	const struct reply_defect *defects;
	size_t defect_count;
	const struct reply_change *changes;
	size_t change_count;
};

struct reply_unread {
	const char *source;
	const char *reason; /* encrypted, damaged, unsupported, too_large, timeout */
};

/* Something to attach beside what the kind attaches by itself. */
struct reply_file {
	const char *name;
	const char *type;
	struct bytes content;
};

/* All borrowed. Strings that are said to be strangers' may hold anything. */
struct reply_facts {
	enum reply_kind kind;
	const char *id; /* first receipt, or "M-…": ASCII letters, digits, - and . */
	int number;     /* of the reply to this id: 1, 2 … */

	/* who writes: the mailbox that was written to */
	const char *own_name; /* 工业和信息化部工业文化发展中心 */
	const char *own_addr;
	const char *own_domain;  /* right of @ in Message-ID */
	const char *own_contact; /* "联系人：…，电话：…" */

	/* what is answered; strangers' */
	const char *to_addr;
	const char *to_name; /* display name; "" or NULL: none. Never in a header */
	const char *subject;
	const char *message_id;
	const char *const *references; /* NULL-terminated or NULL */

	time_t received_at;
	time_t now;              /* Date, and the day under the signature */
	const char *mail_sha256; /* 64 hex digits, of the mail that is answered */
	int64_t log_seq;         /* head of the log when the reply is composed */
	const char *log_hash;

	const struct reply_form *forms;
	size_t form_count;
	const struct reply_unread *unread;
	size_t unread_count;
	const char *const *links; /* cloud attachments as shown; NULL-terminated or NULL; strangers' */
	const struct reply_file *files;
	size_t file_count;
};

/* The templates, texts and form that replies are made of: read once, then only read (any thread). */
struct reply_kit;

/* Read all templates and texts in dir and check every one of them. False: ERR_CONFIG with file, line
 * and what is known there. form is borrowed until reply_kit_free(). */
bool reply_kit_load(struct reply_kit **k_r, const char *dir, const struct form *form, struct err *e);
void reply_kit_free(struct reply_kit *k); /* NULL is fine */

/* Compose the reply into mail_r (cleared first; BUF_INIT it with what a server takes). Attached by
 * kind: REPLY_NO_FORM the blank form; REPLY_CORRECTION each form that has an error, filled in with
 * what was right and the fields to mend marked. False, mail_r empty: to_addr is no address that can
 * be answered, id is none (ERR_INPUT), or too large (ERR_TOO_LARGE). */
bool reply_compose(const struct reply_kit *k, const struct reply_facts *f, struct buf *mail_r, struct err *e);

/* "<mingpian.CYMP-2022-0042.1@domain>" into out (of size); the same as reply_compose() writes.
 * False where id or domain is not of safe characters. */
bool reply_message_id(const struct reply_kit *k, const char *id, int number, const char *domain, char *out,
                      size_t size, struct err *e);

#endif
