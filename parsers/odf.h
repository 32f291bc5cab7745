/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenDocument (ISO/IEC 26300): texts and spreadsheets in a ZIP or in one XML file. As with Word: what a
 * person sees with all changes accepted; hidden text, sheets, rows and columns are left out, notes too.
 * Cells of sheets come as they are shown, but for long numbers shown in powers of ten. */
#ifndef MINGPIAN_PARSERS_ODF_H
#define MINGPIAN_PARSERS_ODF_H

#include "parsers/reader.h"

extern const struct reader odt_reader, ods_reader;
extern const struct reader odf_flat_reader; /* .fodt, .fods */

#endif
