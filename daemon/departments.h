/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The 37 departments that the notice went to: of the 31 provinces, autonomous regions and municipalities, of
 * the 5 separately planned cities, and of 新疆生产建设兵团. What belongs to one of the cities or to the 兵团
 * is not counted for its province as well. */
#ifndef MINGPIAN_DAEMON_DEPARTMENTS_H
#define MINGPIAN_DAEMON_DEPARTMENTS_H

#include <stddef.h>

enum {
	DEPARTMENTS = 37,
	DEPARTMENT_NONE = DEPARTMENTS, /* beyond the last: the region tells no department */
	MAP_ROWS = 8,
	MAP_COLUMNS = 9,
};

struct department {
	const char *code;   /* the digits that its regions' codes (GB/T 2260) begin with */
	const char *name;   /* 江苏省 */
	const char *tile;   /* on the map: 江苏 */
	const char *office; /* whom a letter is addressed to: 江苏省工业和信息化厅 */
	int row, column;    /* on the map, from 0 */
};

extern const struct department departments[DEPARTMENTS];

/* The department of a region by its code, six digits, or NULL, and its text as the form says it; or
 * DEPARTMENT_NONE. */
size_t department_of(const char *region_code, const char *region);

#endif
