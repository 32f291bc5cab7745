/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a workbook's styles what tells how a number is to be read: numfmt.h's masks. */
#ifndef MINGPIAN_PARSERS_XLSX_STYLES_H
#define MINGPIAN_PARSERS_XLSX_STYLES_H

#include "config/mem.h"
#include "parsers/zipxml.h"

enum { XLSX_STYLES_MAX = 65536, XLSX_FORMATS_MAX = 4096 };

struct xlsx_styles {
	const char **masks; /* of each style that a cell can name; NULL: none */
	size_t count;
};

/* Read the part; what is missing or broken has no masks. In a. */
struct xlsx_styles xlsx_styles_read(struct zipxml *z, struct arena *a, const char *part);

#endif
