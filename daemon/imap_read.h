/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what an IMAP server says: bytes in, in any pieces, responses out (RFC 3501 7 and 9, literal8 of
 * RFC 3516).
 *
 * A response is handed out once it is there as a whole, literals and all; so the answer is the same
 * however the bytes were cut. Limits: a line of 4 MiB (a SEARCH of half a million), literals of literal_max
 * together in one response, and those of imap_cursor.h, imap_fetched.h and imap_response.h. */
#ifndef MINGPIAN_DAEMON_IMAP_READ_H
#define MINGPIAN_DAEMON_IMAP_READ_H

#include "config/err.h"
#include "daemon/imap_response.h"

#include <stddef.h>

enum { IMAP_LINE_MAX = 4 << 20 };

enum imap_read { IMAP_READ_MORE, IMAP_READ_RESPONSE, IMAP_READ_BROKEN };

struct imap_reader;

struct imap_reader *imap_reader_new(size_t literal_max) __attribute__((returns_nonnull));
void imap_reader_free(struct imap_reader *r); /* NULL is fine */

/* Another ceiling for literals, from the next response on. */
void imap_reader_limit(struct imap_reader *r, size_t literal_max);

/* Where bytes go next: *room_r of them, 32 KiB or more; then say how many came. */
void *imap_reader_room(struct imap_reader *r, size_t *room_r);
void imap_reader_filled(struct imap_reader *r, size_t len);

/* The next whole response; its bytes are borrowed until the reader is used again. BROKEN: e says what the
 * server did (ERR_PROTOCOL); nothing further can be read. MORE: give it more bytes. */
enum imap_read imap_reader_next(struct imap_reader *r, struct imap_response *resp_r, struct err *e);

#endif
