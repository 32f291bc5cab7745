/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registration form as a Word document (ECMA-376, transitional): blank, or filled in with what
 * an applicant wrote and marked where something is to be mended. */
#ifndef MINGPIAN_DAEMON_FORM_DOCX_H
#define MINGPIAN_DAEMON_FORM_DOCX_H

#include "config/buf.h"
#include "config/err.h"
#include "config/form.h"

#include <stdbool.h>
#include <stddef.h>

#define FORM_DOCX_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

enum { FORM_DOCX_MAX = 4 * 1024 * 1024 };

struct form_docx_field {
	const char *key;
	const char *value; /* whole, a newline begins a paragraph; NULL or "": the form's hint stands there */
	const char *note;  /* what is asked for; the cell is shaded and the note a comment on it, so that
	                    * no note is read as a value when the form comes back. NULL: nothing to mend */
};

/* The blank form, hints in 【】, with deadline and mailbox at its foot. */
bool form_docx_blank(const struct form *f, const char *mailbox, struct buf *docx_r, struct err *e);

/* The applicant's form. Keys that the form does not have are left out. receipt stands in the page's
 * head, where no reader looks for a value. */
bool form_docx_return(const struct form *f, const char *mailbox, const char *receipt,
                      const struct form_docx_field *fields, size_t count, struct buf *docx_r, struct err *e);

/* Both: the same input gives the same bytes. docx_r is cleared first. False, docx_r empty: libzip
 * failed (ERR_DISK with its reason), or beyond FORM_DOCX_MAX (ERR_TOO_LARGE). */

#endif
