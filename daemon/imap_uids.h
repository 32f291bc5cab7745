/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of UIDs (RFC 3501 2.3.1.1): never 0, at most 32 bits. */
#ifndef MINGPIAN_DAEMON_IMAP_UIDS_H
#define MINGPIAN_DAEMON_IMAP_UIDS_H

#include "config/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise. Functions that give one give it ascending, each UID once. */
struct imap_uids {
	uint32_t *at;
	size_t count, cap;
};

void imap_uids_free(struct imap_uids *u); /* leaves it empty */
void imap_uids_add(struct imap_uids *u, uint32_t uid);
void imap_uids_sort(struct imap_uids *u);                    /* ascending, doubles out */
bool imap_uids_has(const struct imap_uids *u, uint32_t uid); /* u must be sorted */

/* The same, and its place in u. */
bool imap_uids_find(const struct imap_uids *u, uint32_t uid, size_t *place_r);

/* Append UIDs from place `from` on as a sequence set ("1:3,7"), no more than count_max of them and no
 * more than set_max bytes; returns the place of the first one left out. u must be sorted. */
size_t imap_uids_set(const struct imap_uids *u, size_t from, size_t count_max, size_t set_max, struct buf *b);

#endif
