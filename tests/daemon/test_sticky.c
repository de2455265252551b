/*
 * Jobs of one key go to one miner, over one orchestratord and the next; many
 * keys are many miners'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/suite.h"

enum { MINERS = 3, JOBS = 6, KEYS = 24 };

static int
set_up(void **state)
{
	/* What the first of them earns must not draw the others' keys. */
	const struct suite_options o = {.name = "sticky",
	    .ini = "[orchestrator]\nscore_floor = 1\nscore_unknown = 1\n",
	    .n_miners = MINERS,
	    .miners = {{.alpha = 100}, {.alpha = 100}, {.alpha = 100}}};
	struct suite *s = suite_new(&o);

	*state = s;
	return s == NULL || suite_wait_ready(s, MINERS) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	return suite_end(*state, false);
}

static void
run_job(struct suite *s, const char *key)
{
	char *job = xasprintf(
	    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
	    "\"language\":\"en\",\"target_language\":\"fr\"},\"miners\":1,"
	    "\"sticky\":\"%s\"}",
	    key);
	struct jobs jobs = {0};

	assert_int_equal(jobs_submit(s, &jobs, job, 0), 0);
	assert_int_equal(db_wait_int(s->db, 1, 0,
			     "select count(*) from job where id = '%s' and "
			     "state = 'done' and sticky = '%s'",
			     jobs.ids[0], key),
	    0);
	jobs_clear(&jobs);
	free(job);
}

/* Of one key's jobs: how many miners had one. */
static int64_t
miners_of(struct suite *s, const char *key)
{
	return db_int(s->db,
	    "select count(distinct a.hotkey) from attempt a join job j on "
	    "j.id = a.job_id where j.sticky like '%s'",
	    key);
}

static void
one_key_one_miner(void **state)
{
	struct suite *s = *state;

	for (int i = 0; i < JOBS; i++)
		run_job(s, "song");
	suite_kill(s, SUITE_ORCHESTRATOR);
	assert_int_equal(suite_start(s, SUITE_ORCHESTRATOR), 0);
	for (int i = 0; i < JOBS; i++)
		run_job(s, "song");
	assert_int_equal(miners_of(s, "song"), 1);
}

static void
many_keys_many_miners(void **state)
{
	struct suite *s = *state;
	char key[16];

	for (int i = 0; i < KEYS; i++) {
		snprintf(key, sizeof(key), "key-%d", i);
		run_job(s, key);
	}
	assert_int_equal(miners_of(s, "key-%"), MINERS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_key_one_miner),
	    cmocka_unit_test(many_keys_many_miners),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
