/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OLE2 compound files ([MS-CFB]): the container of .doc, .xls, .wps, .et, .msg and of locked OOXML.
 *
 * Our own, for what real and hostile files need and libgsf 1.14.50 does not give: a file that ends in
 * mid-sector yields all that it holds (libgsf loses every stream that the last sector has a part in),
 * where the cut took sectors of the allocation table the streams are taken to be contiguous, as almost
 * all programs write them; and no file recurses (a directory of 200,000 entries overflows libgsf's
 * stack). Nothing is followed for longer than the file is: cycles end there. */
#ifndef MINGPIAN_PARSERS_OLE_H
#define MINGPIAN_PARSERS_OLE_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>
#include <stdint.h>

struct ole;

/* Does it begin as one does? */
bool ole_is(struct bytes data);

/* Look the file over; data is borrowed until ole_close(). NULL: it is no such file (ERR_UNSUPPORTED), or
 * too little is left of it (ERR_DAMAGED); e may be NULL. */
struct ole *ole_open(struct bytes data, struct err *e);
void ole_close(struct ole *o); /* NULL is fine */

/* Does a stream of this name (ASCII, case does not matter) stand in the root? */
bool ole_has(const struct ole *o, const char *name);

/* Is a part of the directory missing? Then there may be streams that are not seen. */
bool ole_is_cut(const struct ole *o);

/* Append the stream to out: shorter than its size where the file is cut off. False: there is none. */
bool ole_stream(const struct ole *o, const char *name, struct buf *out);

/* Storages, the file's folders, by number; the root is 0. The next one within another, by name, whose
 * name begins with prefix; after: the last that was given, 0 for the first. 0: there are no more. */
size_t ole_storage(const struct ole *o, size_t within, const char *prefix, size_t after);

/* Append the stream that stands in this storage, as ole_stream() does. */
bool ole_has_in(const struct ole *o, size_t storage, const char *name);
bool ole_stream_in(const struct ole *o, size_t storage, const char *name, struct buf *out);

/* How long the directory says that this stream is, whatever is left of it; 0: there is none. */
uint32_t ole_size_in(const struct ole *o, size_t storage, const char *name);

/* Does anything stand in this storage under a name that is none of these (NULL-terminated)? */
bool ole_has_more(const struct ole *o, size_t storage, const char *const *names);

/* Append a copy of the file whose root is this storage: what is put into a document is a storage that might
 * as well be a file. */
void ole_rooted(const struct ole *o, size_t storage, struct buf *out);

/* The first of these names (NULL-terminated) whose stream a file holds; NULL: none, or no OLE2 file. */
const char *ole_holds(struct bytes data, const char *const *names);

/* ---- the formats inside are little-endian; what lies beyond the end reads as 0 ---- */

uint16_t ole_u16(struct bytes b, size_t at);
uint32_t ole_u32(struct bytes b, size_t at);

/* The part [at, at + len) of b, as much of it as there is. */
struct bytes ole_part(struct bytes b, size_t at, size_t len);

#endif
