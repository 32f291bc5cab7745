/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WordprocessingML as events, for what wraps it: a ZIP (docx.c) or one XML file (wordxml.c).
 * ISO/IEC 29500-1 transitional and strict, and its forerunner of 2003, whose names are nearly the same.
 *
 * What counts is what a person sees on the page with all changes accepted. Left out: what is deleted
 * or moved away, hidden runs and rows, comments, field codes, the prompts of content controls, phonetic
 * guides, one of the two copies of a text box. Text in page headers and footers is marked as such. */
#ifndef MINGPIAN_PARSERS_WORDML_H
#define MINGPIAN_PARSERS_WORDML_H

#include "parsers/document.h"
#include "parsers/wordstyles.h"
#include "parsers/xml.h"

struct wordml;

/* A picture stands here; id: its relation. The receiver pushes it, or does not. */
typedef void wordml_picture(void *context, struct document *d, struct bytes id);

/* Events with a struct wordml as their context. */
extern const struct xml_events wordml_events;

/* styles: what they hide; borrowed, may be NULL. */
struct wordml *wordml_new(struct document *d, const struct wordstyles *styles, wordml_picture *receiver,
                          void *context);
void wordml_free(struct wordml *x); /* NULL is fine */

#endif
