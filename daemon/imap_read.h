/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what an IMAP server says: bytes in, in any pieces, responses out (RFC 3501 7 and 9,
 * RFC 9051, literal8 of RFC 3516, ESEARCH of RFC 4731, VANISHED of RFC 7162).
 *
 * A response is handed out once it is there as a whole, literals and all; so the answer is the same
 * however the bytes were cut. A literal is looked for in data responses only: never behind OK, NO,
 * BAD, BYE, PREAUTH, + or a tag, where "{12}" is text. Limits: a line of 4 MiB (a SEARCH of half a
 * million), literals of literal_max together in one response, 32 levels of lists, 256 FETCH items. */
#ifndef MINGPIAN_DAEMON_IMAP_READ_H
#define MINGPIAN_DAEMON_IMAP_READ_H

#include "config/buf.h"
#include "config/err.h"
#include "daemon/imap_uids.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum { IMAP_LINE_MAX = 4 << 20, IMAP_DEPTH_MAX = 32, IMAP_ITEMS_MAX = 256, IMAP_UIDS_MAX = 1 << 20 };

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

struct imap_fetched { /* has_*: the server said it, and it could be read */
	bool has_uid, has_size, has_date, has_flags, has_body;
	uint32_t uid;
	uint64_t size;
	time_t date;
	bool answered;
	bool partial;      /* BODY[]<0>: a piece */
	struct bytes body; /* of BODY[], BODY[TEXT] or RFC822; without has_body: NIL or not sent */
};

/* All bytes are borrowed until the reader is used again. */
struct imap_response {
	enum imap_kind kind;
	enum imap_word word;
	struct bytes tag;  /* of a tagged one */
	uint32_t number;   /* before EXISTS, EXPUNGE, FETCH */
	struct bytes code; /* between [ and ] of a status, without them */
	struct bytes text; /* behind it; of CAPABILITY, SEARCH, ESEARCH, VANISHED: what follows the word */
	struct imap_fetched fetched;
};

enum imap_read { IMAP_READ_MORE, IMAP_READ_RESPONSE, IMAP_READ_BROKEN };

struct imap_reader;

struct imap_reader *imap_reader_new(size_t literal_max) __attribute__((returns_nonnull));
void imap_reader_free(struct imap_reader *r); /* NULL is fine */

/* Another ceiling for literals, from the next response on. */
void imap_reader_limit(struct imap_reader *r, size_t literal_max);

/* Where bytes go next: *room_r of them, 32 KiB or more; then say how many came. */
void *imap_reader_room(struct imap_reader *r, size_t *room_r);
void imap_reader_filled(struct imap_reader *r, size_t len);

/* The next whole response. BROKEN: e says what the server did (ERR_PROTOCOL); nothing further can be
 * read. MORE: give it more bytes. */
enum imap_read imap_reader_next(struct imap_reader *r, struct imap_response *resp_r, struct err *e);

/* The number of a response code such as UIDVALIDITY. False: not this code, or no number. */
bool imap_code_number(const struct imap_response *r, const char *name, uint32_t *n_r);
bool imap_code_is(const struct imap_response *r, const char *name);

/* Append the UIDs that a SEARCH or ESEARCH response gives. False: it cannot be read. */
bool imap_response_uids(const struct imap_response *r, struct imap_uids *u);

/* date-time of RFC 3501 9, as INTERNALDATE has it: "17-Jul-1996 02:44:25 -0700". */
bool imap_date(struct bytes b, time_t *t_r);

#endif
