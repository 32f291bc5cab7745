/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/clock.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ZONES[] = "/usr/share/zoneinfo";

static const char *const week_days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* A zone's name becomes part of a path: letters of the zone database only, and no step upwards. */
static bool
zone_name_ok(const char *zone)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                              "0123456789/_+-";
	size_t n = strlen(zone);

	return n > 0 && n < 64 && zone[0] != '/' && strspn(zone, allowed) == n;
}

bool
clock_zone(const char *zone, struct err *e)
{
	char path[128], magic[4] = "";
	bool known = false;
	FILE *f = NULL;

	if (zone_name_ok(zone)) {
		(void)snprintf(path, sizeof path, "%s/%s", ZONES, zone);
		f = fopen(path, "re");
	}
	if (f) {
		known = fread(magic, 1, sizeof magic, f) == sizeof magic && memcmp(magic, "TZif", 4) == 0;
		(void)fclose(f);
	}
	if (!known)
		return err_set(e, ERR_CONFIG,
		               "no time zone of that name in %s (is tzdata installed?); "
		               "expected one like \"Asia/Shanghai\"",
		               ZONES);
	if (setenv("TZ", zone, 1) != 0)
		return err_set(e, ERR_OS, "cannot set the time zone");
	tzset();
	return true;
}

time_t
clock_now(void)
{
	const char *held = getenv("MINGPIAN_NOW");
	time_t t;

	if (held && clock_parse(held, &t))
		return t;
	return time(NULL);
}

/* Local time, and its offset from UTC in minutes. Beyond what struct tm can hold: 1970. */
static struct tm
local(time_t t, int *offset_r)
{
	struct tm tm = {0};

	if (!localtime_r(&t, &tm)) {
		t = 0;
		(void)localtime_r(&t, &tm);
	}
	*offset_r = (int)(tm.tm_gmtoff / 60);
	return tm;
}

const char *
clock_rfc3339(time_t t, char *out)
{
	int off;
	struct tm tm = local(t, &off);

	/* An int of the library's could be longer than its two digits: the remainders say that none is. */
	(void)snprintf(out, CLOCK_RFC3339_MAX, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d",
	               (tm.tm_year + 1900) % 10000, (tm.tm_mon + 1) % 100, tm.tm_mday % 100, tm.tm_hour % 100,
	               tm.tm_min % 100, tm.tm_sec % 100, off < 0 ? '-' : '+', abs(off) / 60 % 100,
	               abs(off) % 60);
	return out;
}

/* Reads exactly n digits, no more than max; *s moves behind them. */
static bool
digits(const char **s, int n, int min, int max, int *v_r)
{
	int v = 0;

	for (; n > 0; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		v = v * 10 + (**s - '0');
	}
	*v_r = v;
	return v >= min && v <= max;
}

static bool
one_of(const char **s, const char *set)
{
	if (!**s || !strchr(set, **s))
		return false;
	(*s)++;
	return true;
}

static int
month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool
parse_date(const char **s, struct tm *tm)
{
	int year, month, day;

	if (!digits(s, 4, 1, 9999, &year) || !one_of(s, "-") || !digits(s, 2, 1, 12, &month) ||
	    !one_of(s, "-") || !digits(s, 2, 1, month_days(year, month), &day))
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	return true;
}

/* A second of 60 is a leap second (RFC 3339, 5.7); timegm() makes it the next minute's first. */
static bool
parse_time(const char **s, struct tm *tm)
{
	if (!digits(s, 2, 0, 23, &tm->tm_hour) || !one_of(s, ":") || !digits(s, 2, 0, 59, &tm->tm_min) ||
	    !one_of(s, ":") || !digits(s, 2, 0, 60, &tm->tm_sec))
		return false;
	if (one_of(s, ".")) {
		if (**s < '0' || **s > '9')
			return false;
		*s += strspn(*s, "0123456789");
	}
	return true;
}

static bool
parse_offset(const char **s, int *seconds_r)
{
	int sign = **s == '-' ? -1 : 1, hours, minutes;

	*seconds_r = 0;
	if (one_of(s, "Zz"))
		return true;
	if (!one_of(s, "+-") || !digits(s, 2, 0, 23, &hours) || !one_of(s, ":") ||
	    !digits(s, 2, 0, 59, &minutes))
		return false;
	*seconds_r = sign * (hours * 60 + minutes) * 60;
	return true;
}

bool
clock_parse(const char *s, time_t *t_r)
{
	struct tm tm = {0};
	int offset;

	if (!parse_date(&s, &tm) || !one_of(&s, "Tt ") || !parse_time(&s, &tm) ||
	    !parse_offset(&s, &offset) || *s)
		return false;
	*t_r = timegm(&tm) - offset;
	return true;
}

bool
clock_parse_day(const char *s, int plus_days, time_t *t_r)
{
	struct tm tm = {.tm_isdst = -1};

	if (!parse_date(&s, &tm) || *s)
		return false;
	tm.tm_mday += plus_days;
	*t_r = mktime(&tm);
	return true;
}

const char *
clock_rfc5322(time_t t, char *out)
{
	enum { RFC5322_MAX = 48 };
	int off;
	struct tm tm = local(t, &off);

	/* not strftime(3): its names follow the locale, the header's do not */
	(void)snprintf(out, RFC5322_MAX, "%s, %d %s %04d %02d:%02d:%02d %c%02d%02d", week_days[tm.tm_wday],
	               tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	               off < 0 ? '-' : '+', abs(off) / 60, abs(off) % 60);
	return out;
}

const char *
clock_chinese_day(time_t t, char *out)
{
	int off;
	struct tm tm = local(t, &off);

	(void)snprintf(out, CLOCK_CHINESE_MAX, "%d年%d月%d日", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	return out;
}

const char *
clock_chinese_minute(time_t t, char *out)
{
	int off;
	struct tm tm = local(t, &off);

	(void)snprintf(out, CLOCK_CHINESE_MAX, "%d年%d月%d日%d时%d分", tm.tm_year + 1900, tm.tm_mon + 1,
	               tm.tm_mday, tm.tm_hour, tm.tm_min);
	return out;
}

int64_t
clock_mono_ms(void)
{
	struct timespec ts = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int
clock_left_ms(int64_t deadline_ms)
{
	int64_t left;

	if (deadline_ms < 0)
		return -1;
	left = deadline_ms - clock_mono_ms();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}
