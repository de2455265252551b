/* What a list is asked with. */
#include "orchestrator/page.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/err.h"

enum { MAX_DIGITS = 18 };

int64_t
page_number(const char *name, const char *text, int64_t fallback, int64_t least,
    int64_t most, struct err *err)
{
	size_t len = text != NULL ? strlen(text) : 0;
	int64_t n;

	if (text == NULL)
		return fallback;
	if (len > 0 && len <= MAX_DIGITS && strspn(text, "0123456789") == len) {
		n = strtoll(text, NULL, 10);
		if (n >= least && n <= most)
			return n;
	}
	return err_set(err, "%s is not a whole number from %lld to %lld", name,
	    (long long)least, (long long)most);
}

int
page_cursor_parse(const char *text, struct page_cursor *c, struct err *err)
{
	size_t digits = strspn(text, "0123456789");

	if (digits < 1 || digits > MAX_DIGITS || text[digits] != '-' ||
	    !uuid_is_valid(text + digits + 1))
		return err_set(err,
		    "cursor is not one of ours: take it from the page before, "
		    "as its next was");
	c->created_us = strtoll(text, NULL, 10);
	memcpy(c->id, text + digits + 1, UUID_TEXT);
	return 0;
}

/* -- times ---------------------------------------------------------------- */

/* So many digits as a number; -1 if they are none. */
static int
digits_of(const char *text, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)text[i]))
			return -1;
		value = value * 10 + text[i] - '0';
	}
	return value;
}

/* "2026-01-31T23:59:59"; 0, or -1. */
static int
take_date(const char *text, struct tm *tm)
{
	static const char form[] = "0000-00-00T00:00:00";

	for (int i = 0; form[i] != '\0'; i++) {
		bool is_digit = isdigit((unsigned char)text[i]) != 0;

		if (form[i] == '0' ? !is_digit : text[i] != form[i])
			return -1;
	}
	*tm = (struct tm){
	    .tm_year = digits_of(text, 4) - 1900,
	    .tm_mon = digits_of(text + 5, 2) - 1,
	    .tm_mday = digits_of(text + 8, 2),
	    .tm_hour = digits_of(text + 11, 2),
	    .tm_min = digits_of(text + 14, 2),
	    .tm_sec = digits_of(text + 17, 2),
	};
	if (tm->tm_mon < 0 || tm->tm_mon > 11 || tm->tm_mday < 1 ||
	    tm->tm_mday > 31 || tm->tm_hour > 23 || tm->tm_min > 59 ||
	    tm->tm_sec > 60)
		return -1;
	return 0;
}

/* "Z", "+01:00"; seconds east of Greenwich. 0, or -1. */
static int
take_zone(const char *text, int *east_s)
{
	int hours, minutes;

	*east_s = 0;
	if (strcmp(text, "Z") == 0)
		return 0;
	if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 ||
	    text[3] != ':')
		return -1;
	hours = digits_of(text + 1, 2);
	minutes = digits_of(text + 4, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return -1;
	*east_s = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
	return 0;
}

int
page_time(const char *name, const char *text, int64_t *us, struct err *err)
{
	int64_t fraction_us = 0, unit_us = 100000;
	const char *rest = text + 19;
	struct tm tm;
	int east_s;

	if (take_date(text, &tm) != 0)
		goto fail;
	if (*rest == '.') {
		for (rest++; isdigit((unsigned char)*rest); rest++) {
			fraction_us += (*rest - '0') * unit_us;
			unit_us /= 10;
		}
		if (rest[-1] == '.')
			goto fail;
	}
	if (take_zone(rest, &east_s) != 0)
		goto fail;
	*us = ((int64_t)timegm(&tm) - east_s) * 1000000 + fraction_us;
	return 0;
fail:
	return err_set(err,
	    "%s is not a time of RFC 3339, such as 2026-01-31T12:00:00Z (a + "
	    "in a URL is written %%2B)",
	    name);
}

/* -- the next page -------------------------------------------------------- */

static void
add_escaped(struct buf *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = *p;

		if (isalnum(c) || strchr("-._~", c) != NULL)
			buf_add_byte(out, c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

void
page_link(struct buf *out, const char *path, const struct page_param *params,
    const char *cursor)
{
	buf_printf(out, "<%s?", path);
	for (; params->name != NULL; params++) {
		if (params->value == NULL)
			continue;
		buf_printf(out, "%s=", params->name);
		add_escaped(out, params->value);
		buf_add_str(out, "&");
	}
	buf_add_str(out, "cursor=");
	add_escaped(out, cursor);
	buf_add_str(out, ">; rel=\"next\"");
}
