/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of values in the configuration: how each is read, what is expected, how it is written. */
#ifndef MINGPIAN_CONFIG_CONFIG_VALUE_H
#define MINGPIAN_CONFIG_CONFIG_VALUE_H

#include "config/buf.h"
#include "config/mem.h"

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

/* What a key holds; behind it the type of the member that it goes to. */
enum config_kind {
	KIND_TEXT,                /* one line of UTF-8, of min bytes at least: const char * */
	KIND_INT,                 /* a whole number from min to max: int */
	KIND_BOOL,                /* bool */
	KIND_CHOICE,              /* one of two words, "word0|word1": bool, true for the second */
	KIND_DAY,                 /* a day's first second: time_t */
	KIND_DAY_END,             /* the first second after a day: time_t */
	KIND_SINCE,               /* "start" (0), or a day's first second: time_t */
	KIND_HOUR,                /* a time of day: int, minutes */
	KIND_URL,                 /* of one of two schemes, "scheme0|scheme1": const char * */
	KIND_PATH,                /* made absolute: const char *; "" stays */
	KIND_ADDRESS,             /* const char * */
	KIND_DOMAIN,              /* lower case: const char * */
	KIND_ZONE,                /* const char *; becomes the process's zone as it is read */
	KIND_PREFIX,              /* of receipts: const char * */
	KIND_SCALARS,             /* so many kinds of one value */
	KIND_LIST = KIND_SCALARS, /* min to max values: const char *const *, NULL-terminated */
	KIND_GROUP,               /* a struct in the struct */
	KIND_GROUPS               /* min to max of them: struct *, and a size_t at count_offset */
};

struct config_group;

struct config_key {
	const char *name;
	const char *fallback; /* the value where the file has none, as it would stand there; of a list: its
	                         only element, "" for none. NULL: required */
	const char *unit;     /* of KIND_INT, for messages: "seconds" */
	const char *words;    /* of KIND_CHOICE and KIND_URL */
	const struct config_group *group; /* of KIND_GROUP and KIND_GROUPS */
	size_t offset;                    /* in the struct that its group fills */
	size_t count_offset;              /* of KIND_GROUPS */
	enum config_kind kind;
	enum config_kind element; /* of KIND_LIST: a kind that is stored as const char * */
	int min, max;
};

struct config_group {
	const struct config_key *keys;
	size_t count;
	size_t size; /* of the struct */
};

/* Read a scalar (s, or key's fallback where s is NULL) into *to; strings live in a, relative paths
 * begin in dir. False: it is not what config_value_expected() says; *to may have been written. */
bool config_value_read(const struct config_key *key, const config_setting_t *s, const char *dir,
                       struct arena *a, void *to);

/* Append what is expected: a whole number of seconds from 5 to 3600. */
void config_value_expected(struct buf *b, const struct config_key *key);

/* Append what stands there, short and printable: "soon", 7, a list … */
void config_value_found(struct buf *b, const config_setting_t *s);

/* Append the value as the file would have it. */
void config_value_print(struct buf *b, const struct config_key *key, const void *from);

#endif
