/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of header fields, as they really come: encoded words that part a character (RFC 2047 forbids
 * it, Coremail does it), raw GBK, parameters in pieces (RFC 2231) or with encoded words in them (RFC
 * 2047 forbids that too, everybody does it). Each function takes a raw value, folded or not, decodes
 * what it can, and never fails; results live in the arena. */
#ifndef MINGPIAN_PARSERS_HEADER_H
#define MINGPIAN_PARSERS_HEADER_H

#include "config/buf.h"
#include "config/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct mail_address {
	const char *name; /* display name, decoded; "" where none */
	const char *addr; /* addr-spec, domain in lower case; "" where none */
};

/* One field of a header block; both parts borrowed from the block. */
struct header_field {
	struct bytes name;
	struct bytes value; /* raw: line ends and folding still in it */
};

/* Walk a header block: the field at *at, which moves behind it. False at the empty line that ends the
 * block or at the end of the bytes; *at then stands behind the empty line. A line that is no field is
 * passed over. */
bool header_next(struct bytes block, size_t *at, struct header_field *f_r);

/* Is this the field's name? Case is ignored. */
bool header_is(const struct header_field *f, const char *name);

/* An unstructured value: decoded, one line, without control characters, trimmed. */
const char *header_text(struct arena *a, struct bytes raw);

/* What stands before the first ";" ("text/plain", "attachment"), in lower case, without comments. */
const char *header_token(struct arena *a, struct bytes raw);

/* A parameter's value, decoded; NULL where there is none. */
const char *header_param(struct arena *a, struct bytes raw, const char *name);

/* The first max addresses of a list; returns how many there are in all. Groups are opened, never
 * nested: what a stranger nests 50,000 deep costs nothing. */
size_t header_addresses(struct arena *a, struct bytes raw, struct mail_address *out, size_t max);

/* The first max message identifiers, each with <>, one that lacks them gets them; returns their count. */
size_t header_ids(struct arena *a, struct bytes raw, const char **out, size_t max);

#endif
