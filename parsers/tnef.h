/* SPDX-License-Identifier: GPL-3.0-or-later */
/* winmail.dat: the attachments that Outlook packs into a file of its own kind (MS-OXTNEF). Transparent:
 * what it holds counts as attached to the mail itself. Its text, as HTML or RTF, is read too: the plain text
 * in the mail has lost the tables. */
#ifndef MINGPIAN_PARSERS_TNEF_H
#define MINGPIAN_PARSERS_TNEF_H

#include "parsers/reader.h"

extern const struct reader tnef_reader;

#endif
