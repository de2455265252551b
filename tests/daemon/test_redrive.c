/*
 * A job that failed is tried once more: as another job, with the same input,
 * by its cause or by its id, and never twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/suite.h"

enum { GOOD, BAD, MINERS };

static const char job[] =
    "{\"kind\":\"document.translate\",\"params\":{\"language\":\"en\","
    "\"target_language\":\"fr\"},\"miners\":1,\"priority\":3}";
static const char text[] = "The input of the first one.";

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "redrive",
	    .n_miners = MINERS,
	    .miners = {{.alpha = 100},
		{.alpha = 100, .flags = {"--fail-every", "1"}}}};
	struct suite *s = suite_new(&o);

	*state = s;
	return s == NULL || suite_wait_ready(s, MINERS) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	return suite_end(*state, false);
}

/* subnetctl --json with these words; the caller decrefs. */
static json_t *
ctl(struct suite *s, const char *first, const char *second, const char *third)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[] = {
	    program, "-c", s->ini, "--json", first, second, third, NULL};
	const struct proc_options o = {.name = "subnetctl", .argv = argv};
	struct proc_output got;
	json_t *json;

	proc_run(&o, 0, &got);
	if (got.status != 0)
		fail_msg("%s %s: %d: %s", first, second, got.status, got.out);
	json = json_loads(got.out, 0, NULL);
	proc_output_clear(&got);
	free(program);
	return json;
}

/* Only that one gets jobs. */
static void
only(struct suite *s, int miner)
{
	json_decref(
	    ctl(s, "miners", "ban", s->miner_hotkeys[MINERS - 1 - miner]));
	assert_non_null(proc_wait_event(
	    s->daemons[SUITE_ORCHESTRATOR], "miners.out", "n=1 of=2", 0));
}

static void
nobody_is_out(struct suite *s, int miner)
{
	json_decref(
	    ctl(s, "miners", "unban", s->miner_hotkeys[MINERS - 1 - miner]));
	assert_non_null(proc_wait_event(
	    s->daemons[SUITE_ORCHESTRATOR], "miners.out", "n=0 of=2", 0));
}

static void
wait_for(struct suite *s, const char *id, const char *state)
{
	assert_int_equal(db_wait_int(s->db, 1, 0,
			     "select count(*) from job where id = '%s' and "
			     "state = '%s'",
			     id, state),
	    0);
}

/* The new job that was made of one, in what redrive printed. */
static void
made_of(const json_t *json, const char *old, char id[40])
{
	const json_t *row = json_array_get(json_object_get(json, "jobs"), 0);

	assert_int_equal(json_array_size(json_object_get(json, "jobs")), 1);
	assert_string_equal(
	    json_string_value(json_object_get(row, "redrive_of")), old);
	snprintf(id, 40, "%s", json_string_value(json_object_get(row, "id")));
}

static void
assert_result(struct suite *s, const char *id)
{
	char *url = xasprintf("%s/v1/jobs/%s/result", s->api_url, id);
	struct fetch_answer answer;

	assert_int_equal(fetch_get(url, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.body, text));
	fetch_clear(&answer);
	free(url);
}

/* By its cause; it fails again, and is tried by its id then. */
static void
a_failed_job_is_tried_once_more(void **state)
{
	struct suite *s = *state;
	char first[40], second[40], third[40];
	json_t *json, *group;

	only(s, BAD);
	assert_int_equal(
	    suite_submit_file(s, job, text, strlen(text), "text/plain", first),
	    202);
	wait_for(s, first, "failed");
	json = ctl(s, "jobs", "failures", NULL);
	group = json_object_get(
	    json_array_get(json_object_get(json, "failures"), 0), "group");
	json_incref(group);
	json_decref(json);
	json = ctl(s, "jobs", "redrive", json_string_value(group));
	made_of(json, first, second);
	json_decref(json);
	wait_for(s, second, "failed");
	nobody_is_out(s, BAD);
	only(s, GOOD);
	json = ctl(s, "jobs", "redrive", second);
	made_of(json, second, third);
	json_decref(json);
	wait_for(s, third, "done");
	assert_result(s, third);
	json = ctl(s, "jobs", "redrive", json_string_value(group));
	assert_int_equal(json_array_size(json_object_get(json, "jobs")), 0);
	json_decref(json);
	json_decref(group);
	assert_int_equal(
	    db_int(s->db, "select count(*) from job where priority = 3"), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_failed_job_is_tried_once_more),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
