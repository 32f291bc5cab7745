/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/clock.h"

#include <limits.h>
#include <stdatomic.h>
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

static bool kept;

void
clock_zone_keep(void)
{
	kept = true;
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
	if (kept)
		return true;
	if (setenv("TZ", zone, 1) != 0)
		return err_set(e, ERR_OS, "cannot set the time zone");
	tzset();
	return true;
}

time_t
clock_now(void)
{
	static _Atomic int64_t begun; /* the true time of the first call */
	const char *held = getenv("MINGPIAN_NOW");
	const bool runs = held && *held == '@';
	int64_t now = time(NULL), was = 0;
	time_t t;

	if (!held || !clock_parse(held + runs, &t))
		return (time_t)now;
	if (!runs)
		return t;
	if (!atomic_compare_exchange_strong(&begun, &was, now))
		now -= was;
	else
		now = 0;
	return t + (time_t)now;
}

/* Local time. A year that has not four digits becomes 1970: no caller has a use for it, and
 * every format fits its buffer. */
static struct tm
local(time_t t)
{
	struct tm tm = {0};

	if (!localtime_r(&t, &tm) || tm.tm_year < 1000 - 1900 || tm.tm_year > 9999 - 1900) {
		t = 0;
		(void)localtime_r(&t, &tm);
	}
	return tm;
}

const char *
clock_rfc3339(time_t t, char *out)
{
	struct tm tm = local(t);
	size_t n = strftime(out, CLOCK_RFC3339_MAX - 1, "%FT%T%z", &tm);

	/* strftime writes +0800, RFC 3339 asks for +08:00 */
	memmove(out + n - 1, out + n - 2, 3);
	out[n - 2] = ':';
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
	enum { RFC5322_MAX = 48, NAMES_MAX = 16 };
	struct tm tm = local(t);

	/* strftime's names follow the locale, the header's do not */
	(void)snprintf(out, NAMES_MAX, "%s, %d %s", week_days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon]);
	(void)strftime(out + strlen(out), RFC5322_MAX - NAMES_MAX, " %Y %T %z", &tm);
	return out;
}

const char *
clock_chinese_day(time_t t, char *out)
{
	struct tm tm = local(t);

	(void)strftime(out, CLOCK_CHINESE_MAX, "%Y年%-m月%-d日", &tm);
	return out;
}

const char *
clock_chinese_minute(time_t t, char *out)
{
	struct tm tm = local(t);

	(void)strftime(out, CLOCK_CHINESE_MAX, "%Y年%-m月%-d日%-H时%M分", &tm);
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
