/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of changes ("sprms") in Word 97 files, [MS-DOC] 2.6.1 to 2.6.3: a number, and what it says. */
#ifndef MINGPIAN_PARSERS_WORD97_CHANGES_H
#define MINGPIAN_PARSERS_WORD97_CHANGES_H

#include "config/buf.h"

#include <stdbool.h>

enum { WORD97_CHANGES_MAX = 64 << 20 /* bytes looked at, in all */ };

/* Of characters (sprmC…), paragraphs (sprmP…), tables (sprmT…). */
enum {
	C_DELETED = 0x0800,
	C_FIELD_DATA = 0x0806,
	C_STRUCK = 0x0837,
	C_HIDDEN = 0x083C,
	C_SPECIAL = 0x0855,
	C_STRUCK_TWICE = 0x2A53,
	C_STYLE = 0x4A30,
	C_PICTURE = 0x6A03,
	C_SYMBOL = 0x6A09,
	P_IN_TABLE = 0x2416,
	P_ENDS_ROW = 0x2417,
	P_ENDS_INNER_CELL = 0x244B,
	P_ENDS_INNER_ROW = 0x244C,
	P_HUGE_OLD = 0x6645,
	P_HUGE = 0x6646,
	P_TABLE_PROPS = 0x646B,
	P_DEPTH = 0x6649,
	P_TABS = 0xC615,
	T_MERGE = 0x5624,
	T_DEFINITION = 0xD608,
	T_ROW_MERGE = 0xD62B,
};

struct word97_change {
	unsigned code;
	struct bytes value;
};

/* Take the next change from the list; its bytes are added to *spent. False: there is none that is whole, or
 * more was spent than may be. */
bool word97_change_next(struct bytes *list, struct word97_change *c, size_t *spent);

/* What an on/off value says where the style says `style`. */
bool word97_change_is_on(unsigned char toggle, bool style);

#endif
