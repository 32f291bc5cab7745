/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of things that a name's end tells: companies, towns, addresses, offices. */
#ifndef MINGPIAN_PARSERS_REGION_KIND_H
#define MINGPIAN_PARSERS_REGION_KIND_H

#include <stdbool.h>

enum region_kind {
	KIND_OTHER,
	KIND_COMPANY, /* and other bodies that are no region */
	KIND_TOWN,    /* 镇, 乡, 苏木, 团场 */
	KIND_STREET,  /* 街道 */
	KIND_VILLAGE, /* 村, 社区 */
	KIND_ADDRESS, /* … 路 88 号 */
	KIND_OFFICE,  /* a bureau or government of what stands before it */
	KIND_WIDE,    /* 全域, 产业 …: adds nothing to the division before it */
};

enum region_kind region_kind_of(const char *text);

#endif
