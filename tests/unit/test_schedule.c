/*
 * Schedules: from the file to rows, and from a row to its next time. What a
 * client's job must be is tested in test_submit; here it is played.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "orchestrator/cron.c"
#include "orchestrator/queue.c"
#include "orchestrator/schedule.c"

enum { NETUID = 3, AGEING_MS = 30000 };

static const int64_t now_us = 1767323045900000;

/* -- the world around it -------------------------------------------------- */

/* What it is made for, and the last request there was. */
struct world {
	struct kinds kinds; /* first: what the fakes are handed */
	json_t *submitted;
};

const struct kind *
kinds_find(const struct kinds *kinds, const char *name)
{
	for (size_t i = 0; i < kinds->n; i++) {
		if (strcmp(kinds->items[i].name, name) == 0)
			return &kinds->items[i];
	}
	return NULL;
}

struct job *
order_parse(const struct kinds *kinds, const json_t *request, int64_t at_us,
    struct err *err)
{
	const char *name = json_string_value(json_object_get(request, "kind"));
	struct world *w = (struct world *)kinds;
	struct job *job;

	assert_int_equal(at_us, now_us);
	json_decref(w->submitted);
	w->submitted = json_deep_copy(request);
	if (kinds_find(kinds, name) == NULL) {
		err_set(err, "there is no kind \"%s\"", name);
		return NULL;
	}
	job = xcalloc(1, sizeof(*job));
	job->kind = kinds_find(kinds, name);
	job->created_us = at_us;
	job->priority =
	    json_integer_value(json_object_get(request, "priority"));
	job->params = json_pack("{s:s}", "checked", "yes");
	return job;
}

void
job_free(struct job *job)
{
	if (job != NULL)
		json_decref(job->params);
	free(job);
}

/* last: gets the last job submitted, the caller's to decref; or NULL. */
static char *
rows_and_last(const char *text, json_t **last, struct err *err)
{
	json_t *types = json_pack("[s]", "audio/wav");
	struct kind items[] = {
	    {.name = "say"}, {.name = "hear", .input_types = types}};
	struct world w = {.kinds = {items, 2}};
	const struct schedule_place place = {
	    &w.kinds, NETUID, AGEING_MS, now_us};
	char *rows = schedule_rows(text, &place, err);

	if (last != NULL)
		*last = json_incref(w.submitted);
	json_decref(w.submitted);
	json_decref(types);
	return rows;
}

static char *
rows_of(const char *text, struct err *err)
{
	return rows_and_last(text, NULL, err);
}

/* -- the file ------------------------------------------------------------- */

static void
assert_json(const json_t *got, const char *wanted)
{
	json_t *want = json_loads(wanted, JSON_DECODE_ANY, NULL);
	char *text = json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY);

	assert_non_null(want);
	if (!json_equal(got, want))
		fail_msg("%s, not %s", text, wanted);
	json_decref(want);
	free(text);
}

static void
a_schedule_is_a_row(void **state)
{
	struct err err = {""};
	char *text = rows_of(
	    "{\"a.b-c_1\": {\"cron\": \"*/5 * * * *\", \"jitter_s\": 20,"
	    " \"kind\": \"say\", \"params\": {\"text\": \"x\"},"
	    " \"miners\": 3, \"priority\": 2, \"deadline_ms\": 5000,"
	    " \"sticky\": \"k\", \"expect\": {\"text\": \"x\"}},"
	    " \"bare\": {\"cron\": \"@hourly\", \"kind\": \"say\"}}",
	    &err);
	json_t *rows = text != NULL ? json_loads(text, 0, NULL) : NULL;

	(void)state;
	if (rows == NULL)
		fail_msg("%s", err.text);
	assert_json(rows,
	    "[{\"netuid\": 3, \"name\": \"a.b-c_1\","
	    " \"cron\": \"*/5 * * * *\", \"jitter_ms\": 20000,"
	    " \"kind\": \"say\", \"job\": {\"params\": {\"checked\": \"yes\"},"
	    " \"miners\": 3, \"priority\": 2, \"deadline_ms\": 5000,"
	    " \"sticky\": \"k\", \"expect\": {\"text\": \"x\"},"
	    " \"lead_ms\": 60000}, \"in_file\": true, \"enabled\": true},"
	    "{\"netuid\": 3, \"name\": \"bare\", \"cron\": \"@hourly\","
	    " \"jitter_ms\": 0, \"kind\": \"say\","
	    " \"job\": {\"params\": {\"checked\": \"yes\"}, \"priority\": 0,"
	    " \"lead_ms\": 0}, \"in_file\": true, \"enabled\": true}]");
	json_decref(rows);
	free(text);
}

/* Its fields are a client's, and only those. */
static void
the_job_is_checked_as_a_clients(void **state)
{
	json_t *last;
	char *text =
	    rows_and_last("{\"x\": {\"cron\": \"@daily\", \"jitter_s\": 1,"
			  " \"kind\": \"say\", \"params\": {\"a\": 1},"
			  " \"odd\": true}}",
		&last, NULL);

	(void)state;
	assert_non_null(text);
	assert_json(
	    last, "{\"kind\": \"say\", \"params\": {\"a\": 1}, \"odd\": true}");
	json_decref(last);
	free(text);
}

#define NAME                                                                   \
	"a name must be 1 to 64 letters, digits, dots, dashes and underscores"
#define LONG "0123456789012345678901234567890123456789012345678901234567890123x"

static const struct {
	const char *file, *why;
} refusals[] = {
    {"{", "line 1: string or '}' expected near end of file"},
    {"[]", "it must be an object of schedules by their names"},
    {"{\"x\": 1}", "schedule x: it must be an object"},
    {"{\"x\": {\"cron\": \"@daily\", \"kind\": \"say\"},"
     " \"x\": {\"cron\": \"@daily\", \"kind\": \"say\"}}",
	"line 1: duplicate object key near '\"x\"'"},
    {"{\"\": {}}", "schedule : " NAME},
    {"{\"a b\": {}}", "schedule a b: " NAME},
    {"{\"" LONG "\": {}}", "schedule " LONG ": " NAME},
    {"{\"x\": {\"kind\": \"say\"}}", "schedule x: cron must be a string"},
    {"{\"x\": {\"cron\": \"@daily\", \"kind\": \"say\","
     " \"webhook_url\": \"https://a.test/\"}}",
	"schedule x: webhook_url: nobody is told of a job that is made by the "
	"clock; leave it out"},
    {"{\"x\": {\"cron\": 5, \"kind\": \"say\"}}",
	"schedule x: cron must be a string"},
    {"{\"x\": {\"cron\": \"* 25 * * *\", \"kind\": \"say\"}}",
	"schedule x: cron: hour \"25\": only 0 to 23 is possible"},
    {"{\"x\": {\"cron\": \"0 0 31 2 *\", \"kind\": \"say\"}}",
	"schedule x: cron: it is never due: \"0 0 31 2 *\""},
    {"{\"x\": {\"cron\": \"@daily\", \"jitter_s\": -1}}",
	"schedule x: jitter_s must be a whole number between 0 and 3600"},
    {"{\"x\": {\"cron\": \"@daily\", \"jitter_s\": 3601}}",
	"schedule x: jitter_s must be a whole number between 0 and 3600"},
    {"{\"x\": {\"cron\": \"@daily\", \"jitter_s\": 1.5}}",
	"schedule x: jitter_s must be a whole number between 0 and 3600"},
    {"{\"x\": {\"cron\": \"@daily\", \"kind\": \"fly\"}}",
	"schedule x: there is no kind \"fly\""},
    {"{\"x\": {\"cron\": \"@daily\", \"kind\": \"hear\"}}",
	"schedule x: kind hear works on a file, and a schedule has none to "
	"give"},
    {"{\"good\": {\"cron\": \"@daily\", \"kind\": \"say\"},"
     " \"y\": {\"cron\": \"@yearly\", \"kind\": \"say\"}}",
	"schedule y: cron: \"@yearly\" is none of @hourly, @daily, @weekly, "
	"@monthly and @every"},
};

static void
what_is_bad_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct err err = {""};

		assert_null(rows_of(refusals[i].file, &err));
		assert_string_equal(err.text, refusals[i].why);
	}
}

static void
an_empty_file_has_no_rows(void **state)
{
	char *rows = rows_of("{}", NULL);

	(void)state;
	assert_string_equal(rows, "[]");
	free(rows);
}

/* -- the next time -------------------------------------------------------- */

static void
jitter_comes_behind_the_due_time(void **state)
{
	const int64_t day_us = INT64_C(86400000000);
	const int64_t due_us = (now_us / day_us + 1) * day_us;
	int64_t got;

	(void)state;
	assert_int_equal(schedule_next("x", "@daily", 0, now_us, NULL), due_us);
	got = schedule_next("x", "@daily", 60000, now_us, NULL);
	assert_true(got > due_us && got <= due_us + 60 * SECOND_US);
	assert_int_equal(
	    got, schedule_next("x", "@daily", 60000, now_us + 1, NULL));
	/* Fired at that time, it is due the day after, not once more. */
	assert_true(
	    schedule_next("x", "@daily", 60000, got, NULL) >= due_us + day_us);
}

static void
what_is_never_due_says_so(void **state)
{
	struct err err = {""};

	(void)state;
	assert_int_equal(schedule_next("x", "0 0 30 2 *", 0, now_us, &err), -1);
	assert_string_equal(err.text, "it is never due: \"0 0 30 2 *\"");
	assert_int_equal(schedule_next("x", "0 0", 0, now_us, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_schedule_is_a_row),
	    cmocka_unit_test(the_job_is_checked_as_a_clients),
	    cmocka_unit_test(what_is_bad_is_named),
	    cmocka_unit_test(an_empty_file_has_no_rows),
	    cmocka_unit_test(jitter_comes_behind_the_due_time),
	    cmocka_unit_test(what_is_never_due_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
