/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What PGP locked, in its armour of letters (RFC 9580, 6.2): `encrypted`, and no text. */
#ifndef MINGPIAN_PARSERS_PGP_H
#define MINGPIAN_PARSERS_PGP_H

#include "parsers/reader.h"

extern const struct reader pgp_reader;

#endif
