/* A date, read from left to right. */
#include "validator/watch_date.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* n digits: their number, and *p behind them; -1 if they are not there. */
static int
digits(const char **p, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (!is_digit(**p))
			return -1;
		value = value * 10 + (*(*p)++ - '0');
	}
	return value;
}

/* Go past a letter; whether it is there. */
static bool
is_next(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static int
read_day(const char **p, struct tm *tm)
{
	static const int days[] = {
	    31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = digits(p, 4), month, day;

	if (year < 1970 || !is_next(p, '-'))
		return -1;
	month = digits(p, 2);
	if (month < 1 || month > 12 || !is_next(p, '-'))
		return -1;
	day = digits(p, 2);
	if (day < 1 || day > days[month - 1])
		return -1;
	if (month == 2 && day == 29 &&
	    (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)))
		return -1;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	return 0;
}

static int
read_time(const char **p, struct tm *tm)
{
	tm->tm_hour = digits(p, 2);
	if (tm->tm_hour < 0 || tm->tm_hour > 23 || !is_next(p, ':'))
		return -1;
	tm->tm_min = digits(p, 2);
	if (tm->tm_min < 0 || tm->tm_min > 59 || !is_next(p, ':'))
		return -1;
	tm->tm_sec = digits(p, 2);
	return tm->tm_sec < 0 || tm->tm_sec > 60 ? -1 : 0;
}

/* ".5": in microseconds; what is finer is dropped. */
static int
read_fraction(const char **p, int64_t *us)
{
	int64_t unit = 100000;

	if (!is_next(p, '.'))
		return 0;
	if (!is_digit(**p))
		return -1;
	for (; is_digit(**p); (*p)++, unit /= 10)
		*us += (**p - '0') * unit;
	return 0;
}

/* Seconds east of UTC. */
static int
read_zone(const char **p, int64_t *east_s)
{
	int sign = **p == '-' ? -1 : 1, hours, minutes;

	if (**p == '\0' || is_next(p, 'Z'))
		return 0;
	if (**p != '+' && **p != '-')
		return -1;
	(*p)++;
	hours = digits(p, 2);
	(void)is_next(p, ':');
	minutes = digits(p, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return -1;
	*east_s = sign * (hours * 3600 + minutes * 60);
	return 0;
}

int
watch_date(const char *text, int64_t *us)
{
	const char *p = text;
	struct tm tm = {0};
	int64_t fraction = 0, east_s = 0, seconds;

	if (read_day(&p, &tm) != 0)
		return -1;
	if (*p != '\0') {
		if (*p != 'T' && *p != ' ')
			return -1;
		p++;
		if (read_time(&p, &tm) != 0 ||
		    read_fraction(&p, &fraction) != 0 ||
		    read_zone(&p, &east_s) != 0 || *p != '\0')
			return -1;
	}
	seconds = timegm(&tm) - east_s;
	if (seconds < 0)
		return -1;
	*us = seconds * 1000000 + fraction;
	return 0;
}
