/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cursor over one response, and what responses are made of (RFC 3501 9): numbers, atoms, strings, lists.
 * Each function takes what it is named for and moves on; false: it does not stand there, and unless
 * something is said of it here the cursor is of no more use. What is given is borrowed from the response.
 * Between the files that read responses only. */
#ifndef MINGPIAN_DAEMON_IMAP_CURSOR_H
#define MINGPIAN_DAEMON_IMAP_CURSOR_H

#include "config/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IMAP_DEPTH_MAX = 32 }; /* levels of lists */

struct cursor {
	unsigned char *p, *end;
};

/* This one character. False: the cursor is where it was. */
bool cursor_take(struct cursor *c, char ch);

/* Any number of spaces, none as well: servers put them where none belong. */
void cursor_spaces(struct cursor *c);

/* Decimal digits. False: there are none (the cursor is where it was), or it is more than max (it is among
 * them). */
bool cursor_number64(struct cursor *c, uint64_t max, uint64_t *n_r);
bool cursor_number32(struct cursor *c, uint32_t *n_r);

/* Up to a space, a parenthesis, a quote or the line's end. Empty: there is none. */
struct bytes cursor_atom(struct cursor *c);

/* Is it this word? Case is ignored. */
bool atom_is(struct bytes atom, const char *word);

/* A quoted string (which is unescaped where it stands), a literal, or NIL (*nil_r). */
bool cursor_string(struct cursor *c, struct bytes *b_r, bool *nil_r);

/* Any value that is not wanted: atom, string or list. False: there is none, or it has too many levels. */
bool cursor_skip(struct cursor *c);

#endif
