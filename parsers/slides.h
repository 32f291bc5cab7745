/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slides: known, named by their kind where they bear no name, and not read. */
#ifndef MINGPIAN_PARSERS_SLIDES_H
#define MINGPIAN_PARSERS_SLIDES_H

#include "parsers/reader.h"

#define SLIDES97_STREAM "PowerPoint Document" /* [MS-PPT] 2.1.2 */

extern const struct reader slides_reader;   /* .pptx */
extern const struct reader slides97_reader; /* .ppt, .dps: OLE2 */

#endif
