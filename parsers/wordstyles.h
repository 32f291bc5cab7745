/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which styles of WordprocessingML hide what they are of, by themselves or by the style that they build on
 * (ISO/IEC 29500-1, 17.7.4): Word gives what is copied from a web page the style z-窗体顶端, and its text is
 * hidden by that alone. */
#ifndef MINGPIAN_PARSERS_WORDSTYLES_H
#define MINGPIAN_PARSERS_WORDSTYLES_H

#include "parsers/xml.h"

#include <stdbool.h>

/* How text is taken out of what counts, as bits. */
enum { WORD_VANISHED = 1, WORD_STRUCK = 2 };

/* The bit of an on/off property of text: vanish, strike, dstrike; 0 for any other. */
unsigned wordstyles_bit(const char *property);

struct wordstyles;

/* May there be such styles in it? Most documents have none, and need not be read for them. */
bool wordstyles_may_hide(struct bytes xml);

/* Styles are noted wherever they stand in what is streamed into the events, with this as their context. */
struct wordstyles *wordstyles_new(void);
void wordstyles_free(struct wordstyles *s); /* NULL is fine */
extern const struct xml_events wordstyles_events;

/* All are known, also those that others build on. */
void wordstyles_end(struct wordstyles *s);

/* The bits of the style with this ID; 0 of one that is not known, or where s is NULL. */
unsigned wordstyles_hide(const struct wordstyles *s, struct bytes id);

#endif
