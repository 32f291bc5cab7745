/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/word97_changes.h"

#include "parsers/ole.h"

/* How many bytes a change's value has, the length inside it counted; b begins with it. */
static size_t
value_len(unsigned code, struct bytes b)
{
	static const unsigned char fixed[] = {1, 1, 2, 4, 2, 2, 0, 3};
	unsigned kind = code >> 13;
	size_t len = b.len ? b.at[0] : 0, deleted;

	if (kind != 6)
		return fixed[kind];
	if (code == T_DEFINITION)
		return (size_t)ole_u16(b, 0) + 1;
	if (code == P_TABS && len == 255) {
		/* the one list that is longer than its length can say */
		deleted = b.len > 1 ? b.at[1] : 0;
		return 2 + 4 * deleted + 1 +
		       3 * (size_t)(b.len > 2 + 4 * deleted ? b.at[2 + 4 * deleted] : 0);
	}
	return len + 1;
}

bool
word97_change_next(struct bytes *list, struct word97_change *c, size_t *spent)
{
	size_t len;

	if (list->len < 2 || *spent > WORD97_CHANGES_MAX)
		return false;
	c->code = ole_u16(*list, 0);
	*list = ole_part(*list, 2, list->len);
	len = value_len(c->code, *list);
	if (!len || len > list->len)
		return false;
	c->value = ole_part(*list, 0, len);
	*list = ole_part(*list, len, list->len);
	*spent += 2 + len;
	return true;
}

bool
word97_change_is_on(unsigned char toggle, bool style)
{
	if (toggle & 0x80) /* 0x80: as the style says, 0x81: the opposite */
		return (toggle & 1) != style;
	return toggle == 1;
}
