/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a page's style sheet the classes that hide: Word writes a style whose text is hidden so, and mail
 * programs what they put before a text for lists of mails alone. Rules for some media only (@media) count for
 * nothing, nor do selectors that ask for more than a class. */
#ifndef MINGPIAN_PARSERS_HTML_SHEET_H
#define MINGPIAN_PARSERS_HTML_SHEET_H

#include <stdbool.h>

enum { HTML_SHEET_CLASSES_MAX = 64, HTML_SHEET_CLASS_MAX = 40 };

struct html_sheet {
	char classes[HTML_SHEET_CLASSES_MAX][HTML_SHEET_CLASS_MAX];
	int count;
};

/* Add the classes that this sheet hides: text of a <style>. */
void html_sheet_add(struct html_sheet *s, const char *text);

/* Is an element hidden by its class attribute? NULL is none. */
bool html_sheet_hides(const struct html_sheet *s, const char *classes);

#endif
