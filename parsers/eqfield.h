/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Word's old way of text over text: the field EQ \o\ad(\s\up 9(rú),如) is a phonetic guide, and has no
 * result. */
#ifndef MINGPIAN_PARSERS_EQFIELD_H
#define MINGPIAN_PARSERS_EQFIELD_H

#include "config/buf.h"

/* The text under the guide, within code; an empty run where the field is something else. */
struct bytes eqfield_base(struct bytes code);

#endif
