/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheets, one function each: for workbook.c's table alone. */
#ifndef MINGPIAN_DAEMON_WORKBOOK_SHEETS_H
#define MINGPIAN_DAEMON_WORKBOOK_SHEETS_H

#include "daemon/sheet.h"

void workbook_overview(struct book *b);      /* 概览 */
void workbook_registrations(struct book *b); /* 登记一览 */
void workbook_departments(struct book *b);   /* 各省进度 */
void workbook_items(struct book *b);         /* 待办 */
void workbook_changes(struct book *b);       /* 更正记录 */
void workbook_sent(struct book *b);          /* 发出回复 */
void workbook_anomalies(struct book *b);     /* 异常 */
void workbook_audit(struct book *b);         /* 审计 */

/* The row of the first change of a registration in 更正记录, from 0; 0: none. */
lxw_row_t workbook_change_row(const struct report *r, const char *receipt);

#endif
