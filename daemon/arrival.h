/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mail that came in, on its way to the parser: from a mailbox, or from a person who hands it in. */
#ifndef MINGPIAN_DAEMON_ARRIVAL_H
#define MINGPIAN_DAEMON_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct ingest;

/* The queue's body. Free with arrival_free(). */
struct arrival {
	char *mailbox; /* the address of its configuration */
	char *folder;  /* UTF-8, as configured */
	uint32_t uidvalidity, uid;
	time_t internaldate;
	uint64_t size;        /* as the server says; of a mail that is whole: len */
	bool answered;        /* bore \Answered */
	bool too_large;       /* over message_max: bytes are its first MiB only */
	unsigned char *bytes; /* never NULL */
	size_t len;
	struct ingest *asker; /* who handed it in and waits (ingest.h); NULL: nobody. Owned: told by
	                       * arrival_free() that nothing came of it */
};

void arrival_free(void *arrival); /* NULL is fine; fits queue_item.drop */

#endif
