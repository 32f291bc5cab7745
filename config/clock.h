/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time. Wall time is seconds since 1970 UTC (time_t); waiting goes by the monotonic clock. */
#ifndef MINGPIAN_CONFIG_CLOCK_H
#define MINGPIAN_CONFIG_CLOCK_H

#include "config/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { CLOCK_RFC3339_MAX = 32, CLOCK_CHINESE_MAX = 64 };

/* Make zone ("Asia/Shanghai") the zone of all local times of this process; once, before threads and
 * before a sandbox. False (ERR_CONFIG) where the system has no such zone. */
bool clock_zone(const char *zone, struct err *e);

/* Threads run now: from here on clock_zone() checks a zone and changes nothing. */
void clock_zone_keep(void);

/* Now. Tests may set MINGPIAN_NOW (RFC 3339) in the environment to hold it still, or, with @ before it,
 * to have the process begin at that time. */
time_t clock_now(void);

/* "2022-06-10T10:05:00+08:00" in the process's zone. out has CLOCK_RFC3339_MAX bytes. */
const char *clock_rfc3339(time_t t, char *out);

/* Reads RFC 3339 with any offset or Z, fraction ignored. False where s is none. */
bool clock_parse(const char *s, time_t *t_r);

/* "2022-06-30" as the zone's midnight at its begin; plus days (1: the end of that day, exclusive). */
bool clock_parse_day(const char *s, int plus_days, time_t *t_r);

/* RFC 5322 date-time in the zone, for a Date header: "Fri, 10 Jun 2022 10:05:00 +0800". */
const char *clock_rfc5322(time_t t, char *out); /* 48 bytes */

/* 2022年6月10日 and 2022年6月10日10时05分, as official letters write. out has CLOCK_CHINESE_MAX bytes. */
const char *clock_chinese_day(time_t t, char *out);
const char *clock_chinese_minute(time_t t, char *out);

/* Milliseconds of the monotonic clock, and what is left until deadline_ms (0 when past; -1 for
 * deadline -1, which never comes): the timeout for poll(2). */
int64_t clock_mono_ms(void);
int clock_left_ms(int64_t deadline_ms);

#endif
