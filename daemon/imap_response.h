/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One response of an IMAP server, whole, and what it says (RFC 3501 7, RFC 9051, ESEARCH of RFC 4731,
 * VANISHED of RFC 7162). */
#ifndef MINGPIAN_DAEMON_IMAP_RESPONSE_H
#define MINGPIAN_DAEMON_IMAP_RESPONSE_H

#include "config/buf.h"
#include "daemon/imap_fetched.h"
#include "daemon/imap_uids.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IMAP_UIDS_MAX = 1 << 20 };

enum imap_kind { IMAP_UNTAGGED, IMAP_TAGGED, IMAP_CONTINUE };
enum imap_word {
	IMAP_OTHER, /* a response that we have no use for, or no status */
	IMAP_OK,
	IMAP_NO,
	IMAP_BAD,
	IMAP_BYE,
	IMAP_PREAUTH,
	IMAP_CAPABILITY,
	IMAP_SEARCH,
	IMAP_ESEARCH,
	IMAP_EXISTS,
	IMAP_EXPUNGE,
	IMAP_VANISHED,
	IMAP_FETCH
};

/* All bytes are borrowed from those that it was read of. */
struct imap_response {
	enum imap_kind kind;
	enum imap_word word;
	struct bytes tag;  /* of a tagged one */
	uint32_t number;   /* before EXISTS, EXPUNGE, FETCH */
	struct bytes code; /* between [ and ] of a status, without them */
	struct bytes text; /* behind it; of CAPABILITY, SEARCH, ESEARCH, VANISHED: what follows the word */
	struct imap_fetched fetched;
};

/* Read one of len bytes, literals and all, without its last line's end; quoted strings are unescaped where
 * they stand. False: it breaks the grammar, or a limit. */
bool imap_response_read(unsigned char *at, size_t len, struct imap_response *r_r);

/* May literals stand in the response whose first line this is? In data only: never behind OK, NO, BAD, BYE,
 * PREAUTH, + or a tag, where "{12}" is text. */
bool imap_response_is_data(unsigned char *line, size_t len);

/* The number of a response code such as UIDVALIDITY. False: not this code, or no number. */
bool imap_code_number(const struct imap_response *r, const char *name, uint32_t *n_r);

/* Append the UIDs that a SEARCH or ESEARCH response gives, IMAP_UIDS_MAX at most. False: it cannot be read.
 */
bool imap_response_uids(const struct imap_response *r, struct imap_uids *u);

#endif
