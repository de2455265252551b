/*
 * When a schedule is due.
 *
 * A set of bits a field; the next time is looked for day by day and, in a day
 * that fits, minute by minute, which is quick enough to be done at each firing
 * and has no cases that a test by brute force could not meet.
 */
#include "orchestrator/cron.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <xxhash.h>

#include "common/err.h"

enum {
	MAX_TEXT = 256,
	DAY_S = 86400,
	DAY_MINUTES = 1440,
	HORIZON_DAYS = 2922, /* eight years */
	MAX_EVERY_S = 366 * DAY_S,
	SUNDAY_TOO = 7,
};

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may",
    "jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekday_names[] = {
    "sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

static const struct field {
	const char *name;
	int least, most;
	const char *const *names; /* of least and on; NULL: numbers only */
} fields[N_CRON_FIELDS] = {
    [CRON_MINUTE] = {"minute", 0, 59, NULL},
    [CRON_HOUR] = {"hour", 0, 23, NULL},
    [CRON_DAY] = {"day", 1, 31, NULL},
    [CRON_MONTH] = {"month", 1, 12, month_names},
    [CRON_WEEKDAY] = {"weekday", 0, SUNDAY_TOO, weekday_names},
};

static const struct {
	const char *name, *text;
} nicknames[] = {
    {"@hourly", "0 * * * *"},
    {"@daily", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"},
};

/* -- one field ----------------------------------------------------------- */

/* What is being read of a field. */
struct cursor {
	const struct field *field;
	const char *text, *at;
};

static int
bad(const struct cursor *c, struct err *err, const char *what)
{
	return err_set(err, "%s \"%s\": %s", c->field->name, c->text, what);
}

static int
out_of_range(const struct cursor *c, struct err *err)
{
	return err_set(err, "%s \"%s\": only %d to %d is possible",
	    c->field->name, c->text, c->field->least, c->field->most);
}

/* At most four digits; -1 if there is none. */
static int
take_number(struct cursor *c)
{
	int value = 0, n = 0;

	for (; isdigit((unsigned char)*c->at) && n < 4; n++)
		value = value * 10 + (*c->at++ - '0');
	return n > 0 ? value : -1;
}

static int
take_name(struct cursor *c)
{
	const char *const *names = c->field->names;

	for (int i = 0; names != NULL && names[i] != NULL; i++) {
		size_t len = strlen(names[i]);

		if (strncasecmp(c->at, names[i], len) != 0 ||
		    isalnum((unsigned char)c->at[len]))
			continue;
		c->at += len;
		return c->field->least + i;
	}
	return -1;
}

static int
take_value(struct cursor *c, int *out, struct err *err)
{
	*out = isdigit((unsigned char)*c->at) ? take_number(c) : take_name(c);
	if (*out < 0)
		return bad(c, err,
		    c->field->names != NULL
			? "it must be of *, numbers and names (three letters)"
			: "it must be of * and numbers");
	if (*out < c->field->least || *out > c->field->most)
		return out_of_range(c, err);
	return 0;
}

/* "*", "5" or "1-5"; whether a step may follow. */
static int
take_range(
    struct cursor *c, int *from, int *to, bool *may_step, struct err *err)
{
	*may_step = true;
	if (*c->at == '*') {
		c->at++;
		*from = c->field->least;
		*to = c->field->most;
		return 0;
	}
	if (take_value(c, from, err) != 0)
		return -1;
	*to = *from;
	*may_step = *c->at == '-';
	if (!*may_step)
		return 0;
	c->at++;
	if (take_value(c, to, err) != 0)
		return -1;
	/* From friday to sunday. */
	if (c->field->names == weekday_names && *to == 0 && *from > 0)
		*to = SUNDAY_TOO;
	return *from <= *to ? 0 : bad(c, err, "its range runs backwards");
}

static int
take_item(struct cursor *c, uint64_t *set, struct err *err)
{
	int from, to, step = 1;
	bool may_step;

	if (take_range(c, &from, &to, &may_step, err) != 0)
		return -1;
	if (*c->at == '/') {
		c->at++;
		step = take_number(c);
		if (!may_step)
			return bad(
			    c, err, "a step must stand behind * or a range");
		if (step < 1 || step > c->field->most)
			return err_set(err, "%s \"%s\": a step must be 1 to %d",
			    c->field->name, c->text, c->field->most);
	}
	for (int i = from; i <= to; i += step)
		*set |= UINT64_C(1) << i;
	return 0;
}

static int
parse_field(
    const struct field *field, const char *text, uint64_t *set, struct err *err)
{
	struct cursor c = {field, text, text};

	*set = 0;
	for (;;) {
		if (take_item(&c, set, err) != 0)
			return -1;
		if (*c.at == '\0')
			return 0;
		if (*c.at++ != ',')
			return bad(&c, err,
			    "only a comma may stand between its items");
	}
}

/* -- the whole ----------------------------------------------------------- */

/* "0" and "7" are one day. */
static void
fold_sunday(uint64_t *weekdays)
{
	const uint64_t too = UINT64_C(1) << SUNDAY_TOO;

	if ((*weekdays & too) != 0)
		*weekdays = (*weekdays & ~too) | 1;
}

static int
parse_fields(char *text, struct cron *cron, struct err *err)
{
	char *words[N_CRON_FIELDS], *rest = text, *word;
	int n = 0;

	while ((word = strtok_r(rest, " \t", &rest)) != NULL) {
		if (n == N_CRON_FIELDS)
			return err_set(err, "there are more than the five "
					    "fields minute, hour, day, month "
					    "and weekday");
		words[n++] = word;
	}
	if (n < N_CRON_FIELDS)
		return err_set(err,
		    "%s is missing: five fields are minute, "
		    "hour, day, month and weekday",
		    fields[n].name);
	for (int i = 0; i < N_CRON_FIELDS; i++) {
		if (parse_field(&fields[i], words[i], &cron->sets[i], err) != 0)
			return -1;
	}
	fold_sunday(&cron->sets[CRON_WEEKDAY]);
	cron->is_either =
	    words[CRON_DAY][0] != '*' && words[CRON_WEEKDAY][0] != '*';
	return 0;
}

/* What stands behind "@every": "90s". */
static int
parse_every(const char *text, struct cron *cron, struct err *err)
{
	const char *digits = text + strspn(text, " \t");
	size_t n = strspn(digits, "0123456789");
	int64_t s = n > 0 && n < 10 ? strtoll(digits, NULL, 10) : 0;
	const char *unit = digits + n;

	if (digits == text || strlen(unit) != 1 || strchr("smh", *unit) == NULL)
		return err_set(err,
		    "@every must be followed by a time such as 90s, 5m "
		    "or 12h");
	s *= *unit == 'h' ? 3600 : *unit == 'm' ? 60 : 1;
	if (s < 1 || s > MAX_EVERY_S)
		return err_set(err, "@every%s: only 1s to %dh is possible",
		    text, MAX_EVERY_S / 3600);
	cron->every_us = s * SECOND_US;
	return 0;
}

static int
parse_nickname(char *text, struct cron *cron, struct err *err)
{
	static const char every[] = "@every";
	char copy[MAX_TEXT];

	if (strncmp(text, every, sizeof(every) - 1) == 0)
		return parse_every(text + sizeof(every) - 1, cron, err);
	for (size_t i = 0; i < sizeof(nicknames) / sizeof(nicknames[0]); i++) {
		if (strcmp(text, nicknames[i].name) != 0)
			continue;
		memcpy(copy, nicknames[i].text, strlen(nicknames[i].text) + 1);
		return parse_fields(copy, cron, err);
	}
	return err_set(err,
	    "\"%s\" is none of @hourly, @daily, @weekly, @monthly and @every",
	    text);
}

int
cron_parse(const char *text, struct cron *cron, struct err *err)
{
	char copy[MAX_TEXT];
	size_t len;

	*cron = (struct cron){0};
	text += strspn(text, " \t");
	len = strlen(text);
	if (len >= sizeof(copy))
		return err_set(
		    err, "it must be shorter than %d characters", MAX_TEXT);
	while (len > 0 && strchr(" \t", text[len - 1]) != NULL)
		len--;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy[0] == '@' ? parse_nickname(copy, cron, err)
			      : parse_fields(copy, cron, err);
}

/* -- the next time ------------------------------------------------------- */

static bool
has(const struct cron *cron, enum cron_field field, int value)
{
	return (cron->sets[field] >> value & 1) != 0;
}

/* day: since 1970. */
static bool
day_fits(const struct cron *cron, int64_t day)
{
	time_t s = day * DAY_S;
	bool by_day, by_weekday;
	struct tm tm;

	gmtime_r(&s, &tm);
	if (!has(cron, CRON_MONTH, tm.tm_mon + 1))
		return false;
	by_day = has(cron, CRON_DAY, tm.tm_mday);
	by_weekday = has(cron, CRON_WEEKDAY, tm.tm_wday);
	return cron->is_either ? by_day || by_weekday : by_day && by_weekday;
}

/* The first minute of a day that fits, not before that one; -1. */
static int
minute_in_day(const struct cron *cron, int minute)
{
	for (; minute < DAY_MINUTES; minute++) {
		if (has(cron, CRON_HOUR, minute / 60) &&
		    has(cron, CRON_MINUTE, minute % 60))
			return minute;
	}
	return -1;
}

int64_t
cron_next(const struct cron *cron, int64_t after_us)
{
	int64_t first = after_us / MINUTE_US + 1, day = first / DAY_MINUTES;
	int from = first % DAY_MINUTES, minute;

	if (cron->every_us > 0)
		return (after_us / cron->every_us + 1) * cron->every_us;
	for (int i = 0; i <= HORIZON_DAYS; i++, from = 0) {
		if (!day_fits(cron, day + i))
			continue;
		minute = minute_in_day(cron, from);
		if (minute >= 0)
			return ((day + i) * DAY_MINUTES + minute) * MINUTE_US;
	}
	return -1;
}

int64_t
cron_jitter_us(const char *name, int64_t due_us, int64_t most_ms)
{
	uint64_t hash = XXH64(name, strlen(name), (uint64_t)due_us);

	return (int64_t)(hash % (uint64_t)(most_ms + 1)) * 1000;
}
