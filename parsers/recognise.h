/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms in a document: labels to fields by the form file, whatever the layout (four columns, two
 * columns, label above value, label and value in one cell, lines of text, a row for each form under
 * headings). Knows nothing of file formats; judges nothing (check.h does). */
#ifndef MINGPIAN_PARSERS_RECOGNISE_H
#define MINGPIAN_PARSERS_RECOGNISE_H

#include "config/form.h"
#include "parsers/document.h"

#include <stdbool.h>
#include <stddef.h>

enum { FORMS_MAX = 2000 }; /* of one document; beyond it the document is `too_large` */

/* Where a value stands: for --explain. */
struct found_place {
	int page;                    /* 0: unknown */
	int table;                   /* 1-based; 0: in running text */
	int row, column;             /* 0-based, in the table */
	int line;                    /* of running text, 1-based; 0 in a table */
	int sheet_row, sheet_column; /* of a cell in a spreadsheet, 1-based; else 0 */
};

struct found_value {
	bool seen;        /* the label stands in the document */
	const char *text; /* what the applicant wrote, trimmed, hints taken out; NULL: nothing */
	bool hint;        /* only the hint, or the hint's XX, stands there: a placeholder */
	const char *raw;  /* what stands there before hints were taken out; NULL: nothing */
	struct doc_evidence evidence;
	struct found_place place;
};

struct found_form {
	struct found_form *next;
	struct found_value values[FORM_FIELDS_MAX]; /* as form->fields */
	bool blank;                                 /* labels, and no value by an applicant */
	bool quoted;                                /* it stands in quoted text */
	bool cut;          /* the last of FORMS_MAX, and more stand behind it: the document is `too_large` */
	bool titled;       /* the form's title stands before it */
	bool row;          /* a row under headings (a summary table) */
	const char *where; /* what its columns of 省 and 市 say; NULL or "": nothing */
};

/* The forms in d, blank ones too, in reading order; in d's arena; NULL where there is none. */
struct found_form *recognise(const struct form *f, const struct document *d);

/* Values that running text gives for single fields without a form around them ("联系电话：0512-…"),
 * from text that is not quoted. As a found_form with few values seen, or NULL. */
struct found_form *recognise_values(const struct form *f, const struct document *d);

#endif
