/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that mail programs add by themselves and that hold no document: calendar entries, visiting
 * cards, detached signatures. */
#ifndef MINGPIAN_PARSERS_IGNORED_H
#define MINGPIAN_PARSERS_IGNORED_H

#include "parsers/reader.h"

extern const struct reader ignored_reader;

#endif
