/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a workbook's styles what tells how a number is to be read, numfmt.h's masks, and which cells are struck
 * through, taken back by who wrote them. */
#ifndef MINGPIAN_PARSERS_XLSX_STYLES_H
#define MINGPIAN_PARSERS_XLSX_STYLES_H

#include "config/mem.h"
#include "parsers/zipxml.h"

#include <stdbool.h>
#include <stddef.h>

enum { XLSX_STYLES_MAX = 65536, XLSX_FORMATS_MAX = 4096, XLSX_FONTS_MAX = 65536 };

struct xlsx_styles {
	const char **masks; /* of each style that a cell can name; NULL: none */
	bool *struck;       /* of each */
	size_t count;
};

/* Might one of them strike out? Cheaper than to read them, and nearly always no. */
bool xlsx_styles_may_strike(struct zipxml *z, const char *part);

/* Read the part; what is missing or broken has no masks and strikes nothing out. In a. */
struct xlsx_styles xlsx_styles_read(struct zipxml *z, struct arena *a, const char *part);

#endif
