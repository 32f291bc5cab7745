/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A letter as a Word document, laid out as offices do (GB/T 9704 in its main lines): title in 方正小标宋 22,
 * text in 仿宋 16, paragraphs begun with two characters' space, signature and day at the right. */
#ifndef MINGPIAN_DAEMON_LETTER_DOCX_H
#define MINGPIAN_DAEMON_LETTER_DOCX_H

#include "config/buf.h"
#include "config/err.h"

#include <stdbool.h>

/* text: the title on its first line, the addressee (ending in ：) on the second, signature and day on the
 * last two; blank lines fall away. docx_r is cleared first. False: see zip_package(). */
bool letter_docx(const char *text, struct buf *docx_r, struct err *e);

#endif
