/* Fields of another system's records. */
#include "subnetctl/import_field.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/uuid.h"
#include "subtensor/ss58.h"

enum { MAX_DEPTH = 64, FIRST_YEAR = 2000, LAST_YEAR = 2100 };

/* -- refusals ------------------------------------------------------------ */

enum import_outcome
import_refuse(struct import_why *why, const char *field, const char *fmt, ...)
{
	va_list args;

	snprintf(why->field, sizeof(why->field), "%s", field);
	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	return IMPORT_REFUSED;
}

/* -- values -------------------------------------------------------------- */

static const json_t *
value_of(const json_t *record, const char *name)
{
	const json_t *value = json_object_get(record, name);

	return json_is_null(value) ? NULL : value;
}

const char *
import_text(const json_t *record, const char *name)
{
	return json_string_value(value_of(record, name));
}

static bool
whole_of(const char *text, int64_t *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0)
		return false;
	*out = n;
	return true;
}

bool
import_int(const json_t *record, const char *name, int64_t *out)
{
	const json_t *value = value_of(record, name);
	double real;

	if (json_is_integer(value)) {
		*out = json_integer_value(value);
		return true;
	}
	if (json_is_string(value) && whole_of(json_string_value(value), out))
		return true;
	if (!import_real(record, name, &real) || fabs(real) > 9e15 ||
	    real != floor(real))
		return false;
	*out = (int64_t)real;
	return true;
}

bool
import_real(const json_t *record, const char *name, double *out)
{
	const json_t *value = value_of(record, name);
	const char *text = json_string_value(value);
	double real;
	char *end;

	if (json_is_number(value)) {
		*out = json_number_value(value);
		return true;
	}
	if (text == NULL || text[0] == '\0')
		return false;
	real = strtod(text, &end);
	if (*end != '\0' || !isfinite(real))
		return false;
	*out = real;
	return true;
}

bool
import_bool(const json_t *record, const char *name, bool *out)
{
	static const char *const words[][2] = {
	    {"f", "t"}, {"false", "true"}, {"0", "1"}, {"no", "yes"}};
	const json_t *value = value_of(record, name);
	int64_t number = json_integer_value(value);
	char word[8];

	if (json_is_boolean(value) ||
	    (json_is_integer(value) && (number == 0 || number == 1))) {
		*out = json_is_true(value) || number == 1;
		return true;
	}
	import_word(record, name, word, sizeof(word));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (int k = 0; k < 2; k++) {
			if (strcmp(words[i][k], word) != 0)
				continue;
			*out = k == 1;
			return true;
		}
	}
	return false;
}

void
import_word(const json_t *record, const char *name, char *out, size_t size)
{
	const char *text = import_text(record, name);
	size_t n = 0;

	if (text != NULL)
		text += strspn(text, " \t\r\n");
	while (text != NULL && text[n] != '\0' && n + 1 < size) {
		out[n] = (char)tolower((unsigned char)text[n]);
		n++;
	}
	while (n > 0 && isspace((unsigned char)out[n - 1]))
		n--;
	out[n] = '\0';
}

/* -- times --------------------------------------------------------------- */

/* Days from 1970-01-01 of a day of the Gregorian calendar. */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t y = year - (month <= 2), era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 1 - 719468;
}

/* So many digits; -1 if they are not there. */
static int
take_digits(const char **at, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++, (*at)++) {
		if (!isdigit((unsigned char)**at))
			return -1;
		value = value * 10 + (**at - '0');
	}
	return value;
}

/* Behind the seconds, if there is any: ".224473". Digits beyond the sixth do
 * not count. */
static bool
take_fraction(const char **at, int64_t *us)
{
	int64_t unit = 100000;

	if (**at != '.')
		return true;
	(*at)++;
	if (!isdigit((unsigned char)**at))
		return false;
	for (; isdigit((unsigned char)**at); (*at)++, unit /= 10)
		*us += unit * (**at - '0');
	return true;
}

/* "", "Z", "+00", "+05:30", "-0800": seconds to take off. */
static bool
take_zone(const char *at, int64_t *seconds)
{
	int sign = *at == '-' ? -1 : 1, hours, minutes = 0;

	*seconds = 0;
	if (*at == '\0' || strcmp(at, "Z") == 0 || strcmp(at, "z") == 0)
		return true;
	if (*at != '+' && *at != '-')
		return false;
	at++;
	hours = take_digits(&at, 2);
	at += *at == ':';
	if (*at != '\0')
		minutes = take_digits(&at, 2);
	if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59 ||
	    *at != '\0')
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool
take_mark(const char **at, const char *marks)
{
	if (**at == '\0' || strchr(marks, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

bool
import_time_of(const char *text, int64_t *out_us)
{
	int64_t us = 0, zone;
	int year, month, day, hour, minute, second;
	const char *at = text;

	year = take_digits(&at, 4);
	if (year < FIRST_YEAR || year > LAST_YEAR || !take_mark(&at, "-"))
		return false;
	month = take_digits(&at, 2);
	if (month < 1 || month > 12 || !take_mark(&at, "-"))
		return false;
	day = take_digits(&at, 2);
	if (day < 1 ||
	    days_of(year, month, day) >=
		days_of(year + month / 12, month % 12 + 1, 1) ||
	    !take_mark(&at, "Tt "))
		return false;
	hour = take_digits(&at, 2);
	if (hour < 0 || hour > 23 || !take_mark(&at, ":"))
		return false;
	minute = take_digits(&at, 2);
	if (minute < 0 || minute > 59 || !take_mark(&at, ":"))
		return false;
	second = take_digits(&at, 2);
	if (second < 0 || second > 60 || !take_fraction(&at, &us) ||
	    !take_zone(at, &zone))
		return false;
	us += (days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 +
		  second - zone) *
	      1000000;
	*out_us = us;
	return true;
}

bool
import_time(const json_t *record, const char *name, int64_t *out_us)
{
	const char *text = import_text(record, name);

	return text != NULL && import_time_of(text, out_us);
}

/* -- what must be there -------------------------------------------------- */

enum import_outcome
import_need_text(const json_t *record, const char *name, size_t max,
    const char **out, struct import_why *why)
{
	*out = import_text(record, name);
	if (*out == NULL && value_of(record, name) != NULL)
		return import_refuse(why, name, "it is no text");
	if (*out == NULL || (*out)[0] == '\0')
		return import_refuse(why, name, "it is missing");
	if (strlen(*out) > max)
		return import_refuse(
		    why, name, "it has more than %zu bytes", max);
	return IMPORT_TAKEN;
}

enum import_outcome
import_need_uuid(const json_t *record, const char *name, const char **out,
    struct import_why *why)
{
	enum import_outcome got =
	    import_need_text(record, name, UUID_TEXT, out, why);

	if (got == IMPORT_TAKEN && !uuid_is_valid(*out))
		return import_refuse(why, name, "\"%.40s\" is no UUID", *out);
	return got;
}

enum import_outcome
import_need_hotkey(const json_t *record, const char *name, const char **out,
    struct import_why *why)
{
	enum import_outcome got =
	    import_need_text(record, name, SS58_MAX_TEXT, out, why);
	uint8_t key[32];

	if (got == IMPORT_TAKEN && ss58_decode_account(*out, key) != 0)
		return import_refuse(
		    why, name, "\"%.60s\" is no hotkey's address", *out);
	return got;
}

enum import_outcome
import_bool_or_not(
    const json_t *record, const char *name, bool *out, struct import_why *why)
{
	return value_of(record, name) == NULL || import_bool(record, name, out)
		   ? IMPORT_TAKEN
		   : import_refuse(why, name, "it is neither true nor false");
}

enum import_outcome
import_json(const json_t *record, const char *name, json_type type,
    json_t **out, struct import_why *why)
{
	const char *a = type == JSON_OBJECT ? "object" : "list";
	const char *text = import_text(record, name);
	json_error_t wrong;

	*out = NULL;
	if (value_of(record, name) == NULL || (text != NULL && text[0] == '\0'))
		return IMPORT_TAKEN;
	*out = text != NULL ? json_loads(text, JSON_DECODE_ANY, &wrong)
			    : json_incref((json_t *)value_of(record, name));
	if (*out == NULL)
		return import_refuse(
		    why, name, "it is no JSON %s: %s", a, wrong.text);
	if (json_typeof(*out) == type)
		return IMPORT_TAKEN;
	json_decref(*out);
	*out = NULL;
	return text != NULL && strcmp(text, "null") == 0
		   ? IMPORT_TAKEN
		   : import_refuse(why, name, "it is no JSON %s", a);
}

enum import_outcome
import_need_json(const json_t *record, const char *name, json_type type,
    json_t **out, struct import_why *why)
{
	enum import_outcome got = import_json(record, name, type, out, why);

	return got == IMPORT_TAKEN && *out == NULL
		   ? import_refuse(why, name, "it is missing")
		   : got;
}

enum import_outcome
import_need_time(const json_t *record, const char *name, int64_t *out_us,
    struct import_why *why)
{
	const char *text;

	if (import_need_text(record, name, SIZE_MAX, &text, why) !=
	    IMPORT_TAKEN)
		return IMPORT_REFUSED;
	if (!import_time_of(text, out_us))
		return import_refuse(why, name,
		    "\"%.40s\" is no time: 2025-10-27T05:35:01Z, of %d to %d",
		    text, FIRST_YEAR, LAST_YEAR);
	return IMPORT_TAKEN;
}

json_t *
import_us_or_null(int64_t us)
{
	return us != 0 ? json_integer(us) : json_null();
}

json_t *
import_real_or_null(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* -- mongoexport's wrappers ---------------------------------------------- */

/* Milliseconds since 1970 as ISO 8601 has them. */
static json_t *
date_of(int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[64];
	struct tm tm;

	if (ms < 0 || gmtime_r(&seconds, &tm) == NULL)
		return json_null();
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, (int)(ms % 1000));
	return json_string(text);
}

static json_t *
date_in(const json_t *value)
{
	int64_t ms;

	if (json_is_string(value))
		return json_incref((json_t *)value);
	if (import_int(value, "$numberLong", &ms))
		return date_of(ms);
	return json_is_integer(value) ? date_of(json_integer_value(value))
				      : json_null();
}

/* What an object of one member whose name begins with $ stands for; NULL: it
 * is no wrapper. */
static json_t *
inside_of(const json_t *object)
{
	static const char *const wholes[] = {"$numberLong", "$numberInt"};
	int64_t whole;
	double real;
	json_t *value;

	if (json_object_size(object) != 1)
		return NULL;
	value = json_object_get(object, "$oid");
	if (value != NULL)
		return json_incref(value);
	value = json_object_get(object, "$date");
	if (value != NULL)
		return date_in(value);
	for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
		if (import_int(object, wholes[i], &whole))
			return json_integer(whole);
	}
	value = json_object_get(object, "$numberDouble");
	if (value == NULL)
		return NULL;
	return import_real(object, "$numberDouble", &real) ? json_real(real)
							   : json_null();
}

static json_t *unwrapped(const json_t *value, int depth);

static json_t *
unwrapped_object(const json_t *object, int depth)
{
	json_t *all = inside_of(object), *value;
	const char *name;

	if (all != NULL)
		return all;
	all = json_object();
	json_object_foreach((json_t *)object, name, value)
	    json_object_set_new(all, name, unwrapped(value, depth + 1));
	return all;
}

static json_t *
unwrapped(const json_t *value, int depth)
{
	json_t *all;

	if (depth > MAX_DEPTH)
		return json_null();
	if (json_is_object(value))
		return unwrapped_object(value, depth);
	if (!json_is_array(value))
		return json_incref((json_t *)value);
	all = json_array();
	for (size_t i = 0; i < json_array_size(value); i++)
		json_array_append_new(
		    all, unwrapped(json_array_get(value, i), depth + 1));
	return all;
}

json_t *
import_unwrapped(const json_t *value)
{
	return unwrapped(value, 0);
}
