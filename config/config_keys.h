/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All keys of the configuration, with their kinds, borders and fallbacks: config_read.c fills struct config
 * from this table, config_print() writes it back by it. */
#ifndef MINGPIAN_CONFIG_CONFIG_KEYS_H
#define MINGPIAN_CONFIG_CONFIG_KEYS_H

#include "config/config_value.h"

/* What stands at the top of a file, for struct config. */
extern const struct config_group config_keys;

#endif
