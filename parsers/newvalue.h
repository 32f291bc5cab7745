/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer without a form says behind a label is a sentence of its writer's: 联系电话：改为0512-…, 主导
 * 产业：电子信息，其他不变, 联系人：不变, 联系电话：可以填两个吗？ What of it is the value? */
#ifndef MINGPIAN_PARSERS_NEWVALUE_H
#define MINGPIAN_PARSERS_NEWVALUE_H

#include "config/form.h"
#include "config/mem.h"

/* The value in text; NULL: none is given, for it asks, leaves things as they are, or points elsewhere. In a.
 */
const char *newvalue_of(struct arena *a, enum form_kind kind, const char *text);

#endif
