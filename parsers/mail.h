/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message, taken apart by gmime: its headers decoded, its leaves in the order in which a reader
 * meets them. Knows MIME and charsets, and nothing of what the leaves hold.
 * RFC 5322, 2045-2047, 2231, 3462, 3676.
 *
 * What a mail program opens by itself is opened here and is no step of a path: multiparts, S/MIME that
 * is signed and opaque, uuencode in the text. winmail.dat is a file like any other to this module. */
#ifndef MINGPIAN_PARSERS_MAIL_H
#define MINGPIAN_PARSERS_MAIL_H

#include "config/buf.h"
#include "config/err.h"
#include "config/mem.h"
#include "parsers/header.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* Ceilings, looked at before gmime sees the bytes: it overflows the stack on deep address groups and
 * takes gigabytes for a million empty parts. */
enum {
	MAIL_HEADER_MAX = 256 * 1024, /* bytes of one header block */
	MAIL_DEPTH_MAX = 20,          /* multiparts and messages in each other */
	MAIL_PARTS_MAX = 2000,
	MAIL_ADDRESSES_MAX = 2000,
	MAIL_BYTES_MAX = 96 << 20,
	MAIL_OUTLINE_MAX = 1 << 20, /* bytes of the mail that an outline looks at */
};

enum mail_role {
	MAIL_BODY,       /* text of the message itself: to be read, and read for words */
	MAIL_BODY_TWIN,  /* the same text in another format (multipart/alternative) */
	MAIL_ATTACHMENT, /* a file, named or not, inline or not */
	MAIL_PLUMBING,   /* by its type shown to nobody; a file where its bytes are a document's */
};

struct mail_part {
	struct mail_part *next;
	enum mail_role role;
	const char *path; /* "登记表.docx", "津市市.eml/登记表.docx"; "body" for a body, "x.eml/body" */
	const char *name; /* last step of path, "" for a body; 附件N.EXT is given later, by kind */
	bool nameless;
	int number;          /* N: place among the attachments, 1-based */
	const char *type;    /* declared, lower case */
	const char *charset; /* declared, or "" */
	const char *content_id;
	struct bytes data;    /* decoded from its transfer encoding; format=flowed lines joined (RFC 3676) */
	enum err_code unread; /* why it could not be opened (S/MIME, an empty message), or ERR_NONE */
	int depth;            /* 0: of this message; 1: of a message attached to it … */
};

struct mail {
	struct arena *arena;
	const char *message_id;                        /* with <>; "" where none */
	const char *subject;                           /* decoded, one line */
	struct mail_address from, sender, return_path; /* return_path.addr "<>" for the null path */
	struct mail_address reply_to;                  /* the only one; addr "" where none or several */
	bool reply_to_many;
	const char *date; /* as RFC 3339, "" where unreadable */
	const char *in_reply_to;
	const char *const *references; /* NULL-terminated, with <> */
	struct mail_part *parts;
	bool too_large; /* a ceiling was met: what was read stands, the rest was left */
	const char *too_large_why;
	char content_sha256[65]; /* of the bytes behind the header block */
	const char *const
	        *inner_ids;  /* Message-IDs of messages attached, and of headers returned in a report */
	struct bytes header; /* the header block, raw; the caller's bytes */
};

/* Set gmime up. Before a sandbox; a second call does nothing. */
void mail_init(void);

/* Take bytes apart; they must outlive m, as a lives. False: ERR_NOT_MAIL, this is no message. Where a
 * ceiling is met (too_large) the header stands and the parts that were reached. */
bool mail_open(struct mail **m_r, struct arena *a, struct bytes bytes, struct err *e);

/* The same for an outline: parts are looked for in the first MAIL_OUTLINE_MAX bytes only. content_sha256 is
 * that of the whole. */
bool mail_open_outline(struct mail **m_r, struct arena *a, struct bytes bytes, struct err *e);

/* The same for a message that is a file: the paths of its parts begin with path and "/", and they lie
 * one message deep. */
bool mail_open_file(struct mail **m_r, struct arena *a, struct bytes bytes, const char *path, struct err *e);

/* Does a file begin with a message's header, whole and beyond doubt? A letter that names 发件人 or a
 * quoted header is none. */
bool mail_is_file(struct bytes bytes);

/* All values of a header field, decoded, in order (NULL-terminated). name without colon. */
const char *const *mail_header(const struct mail *m, const char *name);

/* The first of them, or "". */
const char *mail_header_first(const struct mail *m, const char *name);

#endif
