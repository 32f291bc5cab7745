/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a page's style sheet the classes that hide: Word writes a style whose text is hidden so, and mail
 * programs what they put before a text for lists of mails alone. Of rules that say both of an element, the
 * last counts: a page of several sheets of which one is shown hides them all first. Rules for some media only
 * (@media) count for nothing, nor do selectors that ask for more than a class and an element's name. */
#ifndef MINGPIAN_PARSERS_HTML_SHEET_H
#define MINGPIAN_PARSERS_HTML_SHEET_H

#include <stdbool.h>

enum { HTML_SHEET_RULES_MAX = 256, HTML_SHEET_CLASS_MAX = 40, HTML_SHEET_ELEMENT_MAX = 16 };

struct html_sheet {
	struct html_sheet_rule {
		char element[HTML_SHEET_ELEMENT_MAX]; /* "": any */
		char class[HTML_SHEET_CLASS_MAX];
		bool hides; /* else shows */
	} rules[HTML_SHEET_RULES_MAX];
	int count;
};

/* Is a sheet for the screen? media: of <style>, NULL where it has none. One for paper alone, or for screens
 * of some width, is not. */
bool html_sheet_is_for_screen(const char *media);

/* Add the rules of such a sheet: text of a <style>. */
void html_sheet_add(struct html_sheet *s, const char *text);

/* Is an element of this name hidden by its class attribute? NULL is none. */
bool html_sheet_hides(const struct html_sheet *s, const char *name, const char *classes);

#endif
