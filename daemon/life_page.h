/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A registration's life as one self-contained page for the file, in Chinese, ready to print: life.h's object
 * through the template life.html. */
#ifndef MINGPIAN_DAEMON_LIFE_PAGE_H
#define MINGPIAN_DAEMON_LIFE_PAGE_H

#include "config/buf.h"
#include "config/err.h"
#include "config/form.h"

#include <jansson.h>
#include <stdbool.h>

enum { LIFE_PAGE_MAX = 64 << 20 };

/* Append the page. templates: the folder of the letters' templates. False (ERR_CONFIG): the template is not
 * as it must be. */
bool life_page(const struct form *f, const char *templates, const json_t *life, struct buf *out,
               struct err *e);

#endif
