/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workbook (.xlsx) for the staff, their superiors and an auditor: 概览, 登记一览, 各省进度, 待办,
 * 更正记录, 发出回复, 异常, 审计. No cell is a formula: what strangers wrote is text, and what is counted is
 * a number. */
#ifndef MINGPIAN_DAEMON_WORKBOOK_H
#define MINGPIAN_DAEMON_WORKBOOK_H

#include "config/buf.h"
#include "config/err.h"
#include "daemon/report.h"

#define WORKBOOK_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

enum { WORKBOOK_ROWS_MAX = 100000, WORKBOOK_MAX = 64 << 20 };

/* Make it of r, into xlsx_r (cleared first). The same r gives the same bytes. False: ERR_OS, the library
 * could not write its temporary files; ERR_TOO_LARGE. */
bool workbook_make(const struct report *r, struct buf *xlsx_r, struct err *e);

/* The same to file: aside in the same folder, then renamed, so that nobody sees half a workbook. False also:
 * ERR_DISK (which file, why; what stood there stays). */
bool workbook_write(const char *file, const struct report *r, struct err *e);

#endif
