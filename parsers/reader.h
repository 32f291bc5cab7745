/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers: from a file's bytes to a document, or to the files inside it. One file a format, all of
 * one shape, found by the table in reader.c. A kind is told by the bytes, never by name or declared
 * type (those only break ties between kinds of plain text).
 *
 * A new format is one file and one line in the table. */
#ifndef MINGPIAN_PARSERS_READER_H
#define MINGPIAN_PARSERS_READER_H

#include "config/buf.h"
#include "config/err.h"
#include "parsers/document.h"

#include <stdbool.h>

/* What a reader is given; borrowed. */
struct source {
	struct bytes data;
	const char *name;             /* the file's own name, without a path; "" where it has none */
	const char *type;             /* declared MIME type in lower case, or "" */
	const char *charset;          /* declared charset, or "" */
	const char *const *passwords; /* NULL-terminated, to be tried on locked files; never NULL */
};

/* A container's member, as it comes out; data is borrowed for the call. name: UTF-8, with "/" between
 * folders, never empty, no "." or ".." steps. False from the receiver: stop, nothing more is wanted. */
typedef bool reader_member(void *context, const char *name, struct bytes data);

/* A member that could not be read, with the reason's code in why. */
typedef void reader_unread(void *context, const char *name, const struct err *why);

/* The text of a message that is itself a file (.eml, .msg): a body, no file of its own. name: "body", or
 * with the path of the message within the container; type: text/plain, text/html or text/rtf. */
typedef void reader_text(void *context, const char *name, struct bytes data, const char *type,
                         const char *charset);

struct container_sink {
	reader_member *member;
	reader_unread *unread;
	reader_text *text;
	void *context;
	size_t room;      /* bytes of members that are still taken; a member beyond it is `too_large` */
	bool transparent; /* out: its members count as parts of the mail itself (winmail.dat, S/MIME) */
};

/* A kind of file. Exactly one of read and unpack is set, or none: known, and not readable
 * (`unsupported`), no document at all (`ignored`: a calendar entry, a signature), or a message
 * (`message`), which is walked as the mail itself is. */
struct reader {
	const char *name;      /* "docx", for --explain and tests */
	const char *extension; /* for a nameless attachment: "docx" */

	/* Is it of this kind? Looks at the bytes; cheap; the first row that says yes has it. */
	bool (*is)(const struct source *s);

	/* Push the file into d (open; the caller ends it). False: e says why, one of the codes of the
	 * last group in err.h; what was pushed before stays, and counts if it holds a whole form. */
	bool (*read)(const struct source *s, struct document *d, struct err *e);

	/* Hand each member to the sink. False: the container itself could not be read to its end. */
	bool (*unpack)(const struct source *s, struct container_sink *sink, struct err *e);

	/* NULL: no picture. By its header: is it as large as a page, however few bytes it has? */
	bool (*is_page)(const struct source *s);

	bool picture; /* reading it takes a picture's time (patience.h) */
	bool ignored;
	bool message;
};

/* The row for these bytes; never NULL (the last row takes everything: unknown, `unsupported`). */
const struct reader *reader_for(const struct source *s);

/* The row by name, or NULL. For tests. */
const struct reader *reader_named(const char *name);

#endif
