/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the configuration's file, key by key: between the files of config.c only. */
#ifndef MINGPIAN_CONFIG_CONFIG_READ_H
#define MINGPIAN_CONFIG_CONFIG_READ_H

#include "config/buf.h"
#include "config/config.h"
#include "config/config_value.h"

enum { CONFIG_PATH_MAX = 160, CONFIG_SENTENCE_MAX = 400 };

struct config_reader {
	const char *file; /* as the operator named it */
	struct config *c;
	config_t lib;
	struct buf path; /* of the key that is read: mailboxes.[0].imap.url */
	struct err *e;
};

/* Fill r->c from r->lib, by the table of config_keys.h. ERR_CONFIG: the first key that is not what it should
 * be, with file and line. */
bool config_read_all(struct config_reader *r);

/* What one key alone does not show: those that contradict each other (config_check.c). ERR_CONFIG, too. */
bool config_check(struct config_reader *r);

/* e: ERR_CONFIG, "FILE:LINE: r->path: what"; s is where it stands, NULL: at the file's begin. False. */
bool config_complain(struct config_reader *r, const config_setting_t *s, const struct buf *what);

#endif
