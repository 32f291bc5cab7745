/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the functions of index_apply.h share: a line's members as values for SQL, the files it names, facts,
 * and how to say that a line contradicts those before it. */
#ifndef MINGPIAN_SPOOL_INDEX_LINE_H
#define MINGPIAN_SPOOL_INDEX_LINE_H

#include "spool/index_apply.h"

#include "config/buf.h"
#include "config/json_value.h"

/* A member of o for a `?`: SQL's NULL where o has no such text or time, 0 where it has no such number or
 * flag. What is text stays o's own. */
struct sql_value member_text(const json_t *o, const char *key);
struct sql_value member_number(const json_t *o, const char *key);
struct sql_value member_flag(const json_t *o, const char *key);
struct sql_value member_time(const json_t *o, const char *key);

/* A member as compact JSON, whatever it is; NULL for null or none. free() it. */
char *member_json(const json_t *o, const char *key);

/* e: ERR_SPOOL, "line 7 (sent) what which". Always false. */
bool line_contradicts(const struct apply *a, const char *what, const char *which, struct err *e);

/* Appends the bytes of the file of that hash (NULL: none); nothing where it is gone or damaged: that is
 * verify's to tell, and an index must be made all the same. False: it cannot be read now, and what would be
 * made without it would differ from what is made with it. */
bool line_load_bytes(const struct apply *a, enum store_kind kind, const char *hash, struct buf *b,
                     struct err *e);

/* The same of read/, as JSON; *file_r is NULL where it is gone or damaged. */
bool line_load_json(const struct apply *a, const char *hash, json_t **file_r, struct err *e);

/* Put a fact in the place of the one of that name; a text of NULL changes nothing. */
bool fact_text(struct apply *a, const char *name, const char *value, struct err *e);
bool fact_number(struct apply *a, const char *name, int64_t n, struct err *e);

#endif
