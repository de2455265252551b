/* When a schedule is due: by tables, and by a walk over every minute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "orchestrator/cron.c"

enum { EXPRESSIONS = 300, STARTS = 4, YEARS_S = 366 * DAY_S };

static int64_t
us_of(const char *text)
{
	struct tm tm = {0};

	assert_int_equal(
	    sscanf(text, "%d-%d-%d %d:%d:%d", &tm.tm_year, &tm.tm_mon,
		&tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec),
	    6);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return timegm(&tm) * SECOND_US;
}

static void
text_of(int64_t us, char out[32])
{
	time_t s = us / SECOND_US;
	struct tm tm;

	if (us < 0) {
		snprintf(out, 32, "never");
		return;
	}
	gmtime_r(&s, &tm);
	strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm);
}

/* 2026-01-02 is a Friday. */
static const struct {
	const char *cron, *after, *next;
} times[] = {
    {"* * * * *", "2026-01-02 03:04:05", "2026-01-02 03:05:00"},
    {"* * * * *", "2026-01-02 03:04:00", "2026-01-02 03:05:00"},
    {"5 * * * *", "2026-01-02 03:05:00", "2026-01-02 04:05:00"},
    {"*/5 * * * *", "2026-01-02 03:04:59", "2026-01-02 03:05:00"},
    {"*/50 * * * *", "2026-01-02 03:50:00", "2026-01-02 04:00:00"},
    {"10-20/5,40 * * * *", "2026-01-02 03:15:00", "2026-01-02 03:20:00"},
    {"10-20/5,40 * * * *", "2026-01-02 03:20:00", "2026-01-02 03:40:00"},
    {"0 22-23,2 * * *", "2026-01-02 02:00:00", "2026-01-02 22:00:00"},
    {"  30\t4  * * *  ", "2026-01-02 04:30:00", "2026-01-03 04:30:00"},
    /* ends of years and months */
    {"* * * * *", "2025-12-31 23:59:59", "2026-01-01 00:00:00"},
    {"59 23 31 12 *", "2025-12-31 23:59:00", "2026-12-31 23:59:00"},
    {"0 0 31 * *", "2026-01-31 00:00:00", "2026-03-31 00:00:00"},
    {"0 0 30 * *", "2026-01-30 00:00:00", "2026-03-30 00:00:00"},
    {"0 12 * JAN,dec *", "2026-01-31 12:00:00", "2026-12-01 12:00:00"},
    /* leap days */
    {"0 0 29 2 *", "2026-01-02 03:04:05", "2028-02-29 00:00:00"},
    {"0 0 29 2 *", "2028-02-29 00:00:00", "2032-02-29 00:00:00"},
    {"0 0 29 2 *", "2096-02-29 00:00:00", "2104-02-29 00:00:00"},
    {"59 23 28 2 *", "2028-02-28 23:59:00", "2029-02-28 23:59:00"},
    {"0 0 1 3 *", "2028-02-29 12:00:00", "2028-03-01 00:00:00"},
    /* days that never are */
    {"0 0 31 2 *", "2026-01-02 03:04:05", "never"},
    {"0 0 30 feb *", "2026-01-02 03:04:05", "never"},
    {"0 0 31 4,6,9,11 *", "2026-01-02 03:04:05", "never"},
    /* weekdays */
    {"0 0 * * 0", "2026-01-02 03:04:05", "2026-01-04 00:00:00"},
    {"0 0 * * 7", "2026-01-02 03:04:05", "2026-01-04 00:00:00"},
    {"0 0 * * Sun", "2026-01-04 00:00:00", "2026-01-11 00:00:00"},
    {"0 9 * * 1-5", "2026-01-02 09:00:00", "2026-01-05 09:00:00"},
    {"0 9 * * sat-sun", "2026-01-03 09:00:00", "2026-01-04 09:00:00"},
    {"0 9 * * 6-7", "2026-01-03 09:00:00", "2026-01-04 09:00:00"},
    {"0 0 * * */2", "2026-01-04 00:00:00", "2026-01-06 00:00:00"},
    /* day or weekday if neither has a star, else both */
    {"0 0 13 * 5", "2026-01-02 00:00:00", "2026-01-09 00:00:00"},
    {"0 0 13 * 5", "2026-01-09 00:00:00", "2026-01-13 00:00:00"},
    {"0 0 1-31 * 5", "2026-01-02 00:00:00", "2026-01-03 00:00:00"},
    {"0 0 31 2 mon", "2026-02-02 00:00:00", "2026-02-09 00:00:00"},
    {"0 0 */13 * 4", "2026-01-02 00:00:00", "2026-05-14 00:00:00"},
    {"0 0 13 * *", "2026-01-02 00:00:00", "2026-01-13 00:00:00"},
    /* nicknames */
    {"@hourly", "2026-01-02 03:04:05", "2026-01-02 04:00:00"},
    {"@daily", "2026-01-02 00:00:00", "2026-01-03 00:00:00"},
    {"@weekly", "2026-01-02 03:04:05", "2026-01-04 00:00:00"},
    {"@monthly", "2026-12-01 00:00:00", "2027-01-01 00:00:00"},
    {"@every 90s", "1970-01-01 00:00:00", "1970-01-01 00:01:30"},
    {"@every 90s", "2026-01-02 00:01:29", "2026-01-02 00:01:30"},
    {"@every 5m", "2026-01-02 00:05:00", "2026-01-02 00:10:00"},
    {"@every  12h", "2026-01-02 00:05:00", "2026-01-02 12:00:00"},
    {"@every 1s", "2026-01-02 03:04:05", "2026-01-02 03:04:06"},
};

static void
the_next_time_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct cron cron;
		struct err err;
		char got[32];

		if (cron_parse(times[i].cron, &cron, &err) != 0)
			fail_msg("%s: %s", times[i].cron, err.text);
		text_of(cron_next(&cron, us_of(times[i].after)), got);
		if (strcmp(got, times[i].next) != 0)
			fail_msg("%s after %s: %s, not %s", times[i].cron,
			    times[i].after, got, times[i].next);
	}
}

static void
a_time_between_two_seconds_is_none(void **state)
{
	struct cron cron;
	int64_t due = us_of("2026-01-02 03:05:00");

	(void)state;
	assert_int_equal(cron_parse("* * * * *", &cron, NULL), 0);
	assert_int_equal(cron_next(&cron, due - 1), due);
	assert_int_equal(cron_next(&cron, due), due + MINUTE_US);
	assert_int_equal(cron_next(&cron, due + 1), due + MINUTE_US);
	assert_int_equal(cron_parse("@every 1s", &cron, NULL), 0);
	assert_int_equal(cron_next(&cron, due - 1), due);
	assert_int_equal(cron_next(&cron, due), due + SECOND_US);
}

#define NUMBERS "it must be of * and numbers"
#define NAMES "it must be of *, numbers and names (three letters)"
#define FIVE "five fields are minute, hour, day, month and weekday"

static const struct {
	const char *cron, *why;
} refusals[] = {
    {"", "minute is missing: " FIVE},
    {"5 4 * *", "weekday is missing: " FIVE},
    {"* * * * * *", "there are more than the five fields minute, hour, day, "
		    "month and weekday"},
    {"60 * * * *", "minute \"60\": only 0 to 59 is possible"},
    {"* 24 * * *", "hour \"24\": only 0 to 23 is possible"},
    {"* * 0 * *", "day \"0\": only 1 to 31 is possible"},
    {"* * * 13 *", "month \"13\": only 1 to 12 is possible"},
    {"* * * * 8", "weekday \"8\": only 0 to 7 is possible"},
    {"99999999999999999999 * * * *",
	"minute \"99999999999999999999\": only 0 to 59 is possible"},
    {"a * * * *", "minute \"a\": " NUMBERS},
    {"-1 * * * *", "minute \"-1\": " NUMBERS},
    {"1- * * * *", "minute \"1-\": " NUMBERS},
    {"1,, * * * *", "minute \"1,,\": " NUMBERS},
    {", * * * *", "minute \",\": " NUMBERS},
    {"jan * * * *", "minute \"jan\": " NUMBERS},
    {"* * * january *", "month \"january\": " NAMES},
    {"* * * mon *", "month \"mon\": " NAMES},
    {"* * * * jan", "weekday \"jan\": " NAMES},
    {"5-1 * * * *", "minute \"5-1\": its range runs backwards"},
    {"* * * nov-feb *", "month \"nov-feb\": its range runs backwards"},
    {"5/10 * * * *", "minute \"5/10\": a step must stand behind * or a range"},
    {"*/0 * * * *", "minute \"*/0\": a step must be 1 to 59"},
    {"*/ * * * *", "minute \"*/\": a step must be 1 to 59"},
    {"* */24 * * *", "hour \"*/24\": a step must be 1 to 23"},
    {"1-2-3 * * * *",
	"minute \"1-2-3\": only a comma may stand between its items"},
    {"** * * * *", "minute \"**\": only a comma may stand between its items"},
    {"1;2 * * * *", "minute \"1;2\": only a comma may stand between its items"},
    {"@yearly", "\"@yearly\" is none of @hourly, @daily, @weekly, @monthly "
		"and @every"},
    {"@hourly 5", "\"@hourly 5\" is none of @hourly, @daily, @weekly, "
		  "@monthly and @every"},
    {"@every", "@every must be followed by a time such as 90s, 5m or 12h"},
    {"@every90s", "@every must be followed by a time such as 90s, 5m or 12h"},
    {"@every 90", "@every must be followed by a time such as 90s, 5m or 12h"},
    {"@every 90ms", "@every must be followed by a time such as 90s, 5m or 12h"},
    {"@every 1d", "@every must be followed by a time such as 90s, 5m or 12h"},
    {"@every 0s", "@every 0s: only 1s to 8784h is possible"},
    {"@every 9000h", "@every 9000h: only 1s to 8784h is possible"},
    {"@every 99999999999s", "@every 99999999999s: only 1s to 8784h is "
			    "possible"},
};

static void
what_is_malformed_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct cron cron;
		struct err err = {""};

		assert_int_equal(cron_parse(refusals[i].cron, &cron, &err), -1);
		assert_string_equal(err.text, refusals[i].why);
	}
}

static void
a_line_of_any_length_is_refused(void **state)
{
	char text[4 * MAX_TEXT];
	struct cron cron;
	struct err err;

	(void)state;
	for (size_t n = 1; n < sizeof(text); n++) {
		memset(text, '1', n);
		text[n] = '\0';
		assert_int_equal(cron_parse(text, &cron, &err), -1);
	}
	assert_string_equal(err.text, "it must be shorter than 256 characters");
}

/* -- by a walk over every minute ----------------------------------------- */

static unsigned
below(uint64_t *seed, unsigned n)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(*seed >> 33) % n;
}

/* What a field of an expression stands for, kept beside its text. */
struct said {
	char text[160];
	bool in[64], has_star;
};

static void
add_item(struct said *s, int least, int most, uint64_t *seed)
{
	int a = least + below(seed, most - least + 1);
	int b = a + below(seed, most - a + 1), step = 1 + below(seed, most);
	size_t len = strlen(s->text);
	char *end = s->text + len;
	size_t room = sizeof(s->text) - len;
	unsigned form = below(seed, 5);

	if (form == 0) {
		snprintf(end, room, "*/%d", step);
		a = least;
		b = most;
	} else if (form == 1) {
		snprintf(end, room, "%d-%d/%d", a, b, step);
	} else if (form == 2) {
		snprintf(end, room, "%d-%d", a, b);
		step = 1;
	} else {
		snprintf(end, room, "%d", a);
		b = a;
	}
	for (int i = a; i <= b; i += step)
		s->in[i] = true;
}

static void
say_field(
    struct said *s, int least, int most, unsigned stars_of_8, uint64_t *seed)
{
	unsigned n = 1 + below(seed, 3);

	memset(s, 0, sizeof(*s));
	if (below(seed, 8) < stars_of_8) {
		snprintf(s->text, sizeof(s->text), "*");
		memset(s->in, 1, sizeof(s->in));
	}
	for (unsigned i = 0; i < n && strcmp(s->text, "*") != 0; i++) {
		if (i > 0)
			strncat(s->text, ",", 2);
		add_item(s, least, most, seed);
	}
	s->has_star = s->text[0] == '*';
}

static bool
fits(const struct said s[N_CRON_FIELDS], int64_t minute)
{
	time_t at = minute * 60;
	bool day, weekday;
	struct tm tm;

	gmtime_r(&at, &tm);
	if (!s[0].in[tm.tm_min] || !s[1].in[tm.tm_hour] ||
	    !s[3].in[tm.tm_mon + 1])
		return false;
	day = s[2].in[tm.tm_mday];
	weekday =
	    s[4].in[tm.tm_wday] || (tm.tm_wday == 0 && s[4].in[SUNDAY_TOO]);
	if (!s[2].has_star && !s[4].has_star)
		return day || weekday;
	return day && weekday;
}

/* Between after and until it is what the walk finds, or behind both. */
static void
check_walk(const struct said s[N_CRON_FIELDS], const char *text, int64_t after)
{
	int64_t minute = after / 60 + 1, until = minute + YEARS_S / 60, next;
	struct cron cron;
	struct err err;

	if (cron_parse(text, &cron, &err) != 0)
		fail_msg("%s: %s", text, err.text);
	next = cron_next(&cron, after * SECOND_US);
	while (minute < until && !fits(s, minute))
		minute++;
	if (minute < until && next != minute * MINUTE_US)
		fail_msg("%s after %" PRId64 ": %" PRId64 ", not %" PRId64,
		    text, after, next / SECOND_US, minute * 60);
	if (minute == until && next >= 0 && next < until * MINUTE_US)
		fail_msg("%s after %" PRId64 ": %" PRId64 ", but none fits",
		    text, after, next / SECOND_US);
}

static void
any_expression_is_as_a_walk_finds(void **state)
{
	/* 2027-12-31 23:59:00 and around, the year with a leap day behind. */
	static const int64_t start = 1830297540;
	struct said s[N_CRON_FIELDS];
	uint64_t seed = 7;
	char text[900];

	(void)state;
	for (int i = 0; i < EXPRESSIONS; i++) {
		for (int f = 0; f < N_CRON_FIELDS; f++)
			say_field(&s[f], fields[f].least, fields[f].most, f * 2,
			    &seed);
		snprintf(text, sizeof(text), "%s %s %s %s %s", s[0].text,
		    s[1].text, s[2].text, s[3].text, s[4].text);
		for (int k = 0; k < STARTS; k++)
			check_walk(s, text,
			    start + (k > 0 ? below(&seed, YEARS_S) : 0));
	}
}

/* -- jitter --------------------------------------------------------------- */

static void
jitter_is_the_same_for_all_and_within_its_limit(void **state)
{
	int64_t least = INT64_MAX, most = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t due = i * MINUTE_US;
		int64_t us = cron_jitter_us("probe", due, 20000);

		assert_int_equal(us, cron_jitter_us("probe", due, 20000));
		assert_true(us >= 0 && us <= 20 * SECOND_US);
		least = us < least ? us : least;
		most = us > most ? us : most;
	}
	assert_true(least < SECOND_US && most > 19 * SECOND_US);
	assert_int_equal(cron_jitter_us("probe", MINUTE_US, 0), 0);
	assert_int_not_equal(cron_jitter_us("probe", MINUTE_US, 1000000),
	    cron_jitter_us("other", MINUTE_US, 1000000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_next_time_is_found),
	    cmocka_unit_test(a_time_between_two_seconds_is_none),
	    cmocka_unit_test(what_is_malformed_is_named),
	    cmocka_unit_test(a_line_of_any_length_is_refused),
	    cmocka_unit_test(any_expression_is_as_a_walk_finds),
	    cmocka_unit_test(jitter_is_the_same_for_all_and_within_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
