/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jansson's values, made and asked for. Jansson answers a value that it could not make with NULL and leaves
 * it out where it should be put; here the program ends instead (mem_die): no line is written that lacks a
 * member. */
#ifndef MINGPIAN_CONFIG_JSON_VALUE_H
#define MINGPIAN_CONFIG_JSON_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* o, which is not NULL. */
json_t *json_made(json_t *o);

/* New: of UTF-8; null for NULL. */
json_t *json_text_or_null(const char *s);

/* New: a sentence for a person (struct err's, say) as text_plain() makes it: it may have been cut in the
 * middle of a character, and what holds no UTF-8 no JSON can hold. */
json_t *json_sentence(const char *s);

/* New: as RFC 3339; null for 0. */
json_t *json_time_or_null(time_t t);

/* A member's text, o's own; NULL where there is none, or it is no text. */
const char *json_text(const json_t *o, const char *key);

/* A member's whole number; 0 where there is none, or it is no whole number. */
int64_t json_int(const json_t *o, const char *key);

/* Is the member true? */
bool json_flag(const json_t *o, const char *key);

#endif
