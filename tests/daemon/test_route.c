/*
 * subnetctl jobs route --replay and miners shares: every draw that the
 * orchestrator made comes out again from what it wrote down, and a receipt or
 * a table that somebody altered does not.
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
#include "tests/lib/jobs.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/suite.h"

enum { MINERS = 4, JOBS = 60, MAX_ARGS = 10 };

/* Some for one miner, some for three, some by a key. */
static const char *const jobs_json[] = {
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"fr\"},\"miners\":1}",
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"fr\"},\"miners\":3}",
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"fr\"},\"miners\":2,"
    "\"sticky\":\"a \\\"song\\\"\"}",
};

enum { N_FORMS = sizeof(jobs_json) / sizeof(jobs_json[0]) };

struct place {
	struct suite *s;
	struct jobs jobs;
};

/* subnetctl --json ..., which must end with that status; what it says. */
static json_t *
ctl(struct place *p, int status, const char *a, const char *b, const char *c,
    const char *d)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[MAX_ARGS] = {
	    program, "-c", p->s->ini, "--json", a, b, c, d, NULL};
	const struct proc_options o = {.name = "subnetctl", .argv = argv};
	struct proc_output got;
	json_t *says;

	proc_run(&o, 0, &got);
	if (got.status != status)
		fail_msg(
		    "%s %s: %d: %s %s", a, b, got.status, got.out, got.err);
	says = json_loads(got.out, 0, NULL);
	assert_non_null(says);
	proc_output_clear(&got);
	free(program);
	return says;
}

static void
every_job_replays(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < p->jobs.n; i++) {
		const char *id = p->jobs.ids[i];
		json_t *says = ctl(p, 0, "jobs", "route", id, "--replay");
		json_t *steps = json_object_get(says, "steps"), *step;
		int64_t won = 0;
		size_t k;

		json_array_foreach(steps, k, step) won +=
		    strcmp(json_string_value(json_object_get(step, "what")),
			"won") == 0;
		assert_int_equal(
		    won, db_int(p->s->db,
			     "select count(*) from attempt where job_id = '%s'",
			     id));
		json_decref(says);
	}
}

static void
the_receipts_are_shown(void **state)
{
	struct place *p = *state;
	json_t *says = ctl(p, 0, "jobs", "route", p->jobs.ids[1], NULL);
	json_t *first = json_array_get(json_object_get(says, "receipts"), 0);

	assert_int_equal(json_array_size(json_object_get(says, "receipts")), 3);
	assert_non_null(json_object_get(first, "chance"));
	assert_non_null(json_object_get(first, "passed"));
	assert_string_equal(
	    json_string_value(json_object_get(first, "state")), "delivered");
	json_decref(says);
}

static void
shares_are_of_all_receipts(void **state)
{
	struct place *p = *state;
	json_t *says = ctl(p, 0, "miners", "shares", NULL, NULL), *row;
	int64_t attempts = db_int(p->s->db, "select count(*) from attempt");
	double expected = 0;
	int64_t received = 0, drawn = 0;
	size_t i;

	assert_int_equal(
	    json_integer_value(json_object_get(says, "receipts")), attempts);
	assert_int_equal(
	    json_integer_value(json_object_get(says, "replayed")), attempts);
	json_array_foreach(json_object_get(says, "shares"), i, row)
	{
		expected += json_number_value(json_object_get(row, "expected"));
		drawn += json_integer_value(json_object_get(row, "drawn"));
		received +=
		    json_integer_value(json_object_get(row, "received"));
	}
	assert_int_equal(i, MINERS);
	assert_int_equal(received,
	    attempts - json_integer_value(json_object_get(says, "sticky")));
	assert_true(
	    expected > (double)drawn - .01 && expected < (double)drawn + .01);
	json_decref(says);
}

/* The last character of its seed is another. */
static void
an_altered_receipt_does_not_replay(void **state)
{
	struct place *p = *state;
	const char *id = p->jobs.ids[0];
	json_t *says;

	assert_int_equal(
	    db_exec(p->s->db,
		"update attempt set receipt = jsonb_set(receipt::jsonb, "
		"'{hotkey}', to_jsonb((select hotkey from attempt b where "
		"b.hotkey <> attempt.hotkey limit 1))) where job_id = '%s'",
		id),
	    0);
	says = ctl(p, 2, "jobs", "route", id, "--replay");
	assert_non_null(strstr(
	    json_string_value(json_object_get(says, "error")), "the receipt"));
	json_decref(says);
}

static void
an_altered_table_is_none(void **state)
{
	struct place *p = *state;
	json_t *says;

	assert_int_equal(
	    db_exec(p->s->db,
		"update route_table set body = replace(body, '500', '501')"),
	    0);
	says = ctl(p, 2, "jobs", "route", p->jobs.ids[1], "--replay");
	assert_non_null(strstr(
	    json_string_value(json_object_get(says, "error")), "hashes to"));
	json_decref(says);
}

static void
no_job_has_no_receipt(void **state)
{
	struct place *p = *state;

	json_decref(ctl(p, 64, "jobs", "route", "x", "--replay"));
	json_decref(ctl(p, 1, "jobs", "route",
	    "01900000-0000-7000-8000-000000000000", "--replay"));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "route",
	    .n_miners = MINERS,
	    .miners = {
		{.alpha = 500}, {.alpha = 200}, {.alpha = 90}, {.alpha = 1}}};
	struct place *p = xcalloc(1, sizeof(*p));

	*state = p;
	p->s = suite_new(&o);
	if (p->s == NULL || suite_wait_ready(p->s, MINERS) != 0)
		return -1;
	for (int i = 0; i < JOBS; i++) {
		if (jobs_submit(p->s, &p->jobs, jobs_json[i % N_FORMS], 0) != 0)
			return -1;
	}
	return jobs_wait_quiet(p->s, 0);
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int rc = suite_end(p->s, false);

	jobs_clear(&p->jobs);
	free(p);
	return rc;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_job_replays),
	    cmocka_unit_test(the_receipts_are_shown),
	    cmocka_unit_test(shares_are_of_all_receipts),
	    cmocka_unit_test(no_job_has_no_receipt),
	    cmocka_unit_test(an_altered_receipt_does_not_replay),
	    cmocka_unit_test(an_altered_table_is_none),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
