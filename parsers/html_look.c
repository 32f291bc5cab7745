/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/html_look.h"

#include "config/buf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { STYLE_MAX = 4096 };

const char *
html_attribute(const xmlChar **attributes, const char *name)
{
	for (; attributes && attributes[0]; attributes += 2)
		if (strcasecmp((const char *)attributes[0], name) == 0)
			return attributes[1] ? (const char *)attributes[1] : "";
	return NULL;
}

int
html_attribute_number(const xmlChar **attributes, const char *name, int otherwise, int max)
{
	const char *v = html_attribute(attributes, name);
	long n = v ? strtol(v, NULL, 10) : otherwise;

	return n < 0 ? otherwise : n > max ? max : (int)n;
}

bool
html_has_word(const xmlChar **attributes, const char *name, const char *word)
{
	const char *v = html_attribute(attributes, name);

	return v && strcasestr(v, word);
}

bool
html_has_style(const xmlChar **attributes, const char *declaration)
{
	const char *v = html_attribute(attributes, "style");
	struct buf b = BUF_INIT(STYLE_MAX);
	bool has;

	if (!v)
		return false;
	for (; *v; v++)
		if (!isspace((unsigned char)*v))
			buf_ch(&b, *v);
	has = b.at && strcasestr(b.at, declaration);
	buf_free(&b);
	return has;
}

/* What is struck through is taken back by who wrote it. */
static bool
is_struck(const char *name, const xmlChar **attributes)
{
	return strcmp(name, "s") == 0 || strcmp(name, "strike") == 0 || strcmp(name, "del") == 0 ||
	       html_has_style(attributes, "text-decoration:line-through") ||
	       html_has_style(attributes, "text-decoration-line:line-through");
}

/* Word's notes and comments: their signs in the text, and what they say, at the page's end. */
static bool
is_note(const xmlChar **attributes)
{
	static const char *const signs[] = {"MsoCommentReference", "msocomanchor", "MsoFootnoteReference",
	                                    "MsoEndnoteReference"};
	static const char *const lists[] = {"mso-element:comment", "mso-element:footnote",
	                                    "mso-element:endnote"};

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (html_has_word(attributes, "class", signs[i]))
			return true;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (html_has_style(attributes, lists[i]))
			return true;
	return false;
}

bool
html_is_displayed(const char *name, const xmlChar **attributes)
{
	static const char *const never[] = {"script", "style", "title", "template", "object"};
	size_t i;

	for (i = 0; i < sizeof never / sizeof never[0]; i++)
		if (strcmp(name, never[i]) == 0)
			return false;
	return !is_struck(name, attributes) && !is_note(attributes) &&
	       !html_attribute(attributes, "hidden") && !html_has_style(attributes, "display:none") &&
	       !html_has_style(attributes, "mso-hide:all");
}

bool
html_is_cite(const char *name, const xmlChar **attributes)
{
	static const char *const ids[] = {"isReplyContent", "isForwardContent", "origbody",
	                                  "mail-editor-reference-message-container"};
	size_t i;

	for (i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (html_has_word(attributes, "id", ids[i]))
			return true;
	return strcmp(name, "includetail") == 0 || html_has_word(attributes, "class", "gmail_quote") ||
	       (strcmp(name, "blockquote") == 0 &&
	        (html_has_word(attributes, "type", "cite") || html_attribute(attributes, "cite")));
}
