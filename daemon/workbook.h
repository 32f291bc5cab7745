/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workbook of registrations (.xlsx) for the staff: one row a registration, every cell a text, so
 * that no value of a stranger's is ever a formula, a link or a number. */
#ifndef MINGPIAN_DAEMON_WORKBOOK_H
#define MINGPIAN_DAEMON_WORKBOOK_H

#include "config/err.h"
#include "config/form.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum { WORKBOOK_ROWS_MAX = 100000 };

struct workbook_defect {
	const char *key;    /* field */
	const char *code;   /* "bad_phone" */
	const char *detail; /* may be NULL */
};

/* A registration's newest revision. All borrowed; NULL stands for "". */
struct workbook_row {
	const char *receipt;
	const char *region_code;
	const char *category;                /* "county"; shown in Chinese */
	const char *values[FORM_FIELDS_MAX]; /* as form->fields; lists joined by 、 */
	const struct workbook_defect *defects;
	size_t defect_count;
	const char *state; /* "accepted"; shown in Chinese */
	int revision;
	bool late;
	time_t received_at; /* of this revision */
	const char *sender;
	const char *mailbox;
};

struct workbook {
	const struct form *form;
	time_t as_of; /* 截至 */
	const struct workbook_row *rows;
	size_t row_count;
};

/* Write w to file: aside in the same folder, then renamed, so that nobody sees half a workbook. The
 * same w gives the same bytes. False: ERR_DISK (which file, why; what stood there stays), or
 * ERR_TOO_LARGE above WORKBOOK_ROWS_MAX. */
bool workbook_write(const char *file, const struct workbook *w, struct err *e);

#endif
