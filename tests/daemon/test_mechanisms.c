/*
 * Two mechanisms of one subnet, a validatord for each on the same database:
 * one judges jobs and scores them, the other judges none and goes by a policy
 * of its own. Both vectors are set and proven, and neither round is in the
 * other's way.
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
#include "tests/lib/db.h"
#include "tests/lib/edit.h"
#include "tests/lib/jobs.h"
#include "tests/lib/paths.h"
#include "tests/lib/port.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { JOBS = 8, WAIT_MS = 60000 };

static const char job[] = "{\"kind\":\"audio.speak\",\"miners\":2,"
			  "\"params\":{\"text\":\"a line to be spoken aloud\","
			  "\"language\":\"en\"}}";

struct place {
	struct suite *s;
	struct proc *second; /* the other mechanism's validatord */
};

/* -- the suite ---------------------------------------------------------- */

/* As the first one's, but by scores, as they are. */
static char *
write_policy(struct suite *s)
{
	static const char *const edits[] = {"name = default", "name = second",
	    "basis = win_rate", "basis = score", "shape = softmax",
	    "shape = linear", NULL};
	char *text = edit_file("deploy/policies/default.ini", edits);
	char *path = sandbox_write(s->box, "second.ini", 0600, text);

	free(text);
	return path;
}

static int
start_second(struct place *p)
{
	char *program = paths_program("bin/validatord");
	char *policy = write_policy(p->s);
	char *metrics = xasprintf("127.0.0.1:%d", port_free());
	const char *const argv[] = {program, "-c", p->s->ini,
	    "--validator.policy", policy, "--validator.metrics", metrics,
	    "--validator.mecid", "1", "--validator.judge_jobs=no", NULL};

	p->second = sandbox_start(p->s->box, "validatord-second", argv, NULL);
	free(program);
	free(policy);
	free(metrics);
	return p->second != NULL && proc_wait_event(p->second, "service.ready",
					NULL, 0) != NULL
		   ? 0
		   : -1;
}

static int
give_jobs(struct suite *s)
{
	struct jobs jobs = {0};
	int failed = 0;

	for (int i = 0; i < JOBS && !failed; i++)
		failed = jobs_submit(s, &jobs, job, 0);
	jobs_clear(&jobs);
	return failed;
}

static int
set_up(void **state)
{
	struct suite_options o = {.name = "mechanisms",
	    .block_ms = 200,
	    .n_miners = 3,
	    .ini = "[weightsetter]\nsubnets = 1:0, 1:1\n",
	    .miners = {{.alpha = 100},
		{.alpha = 400, .flags = {"--delay-ms", "300"}},
		{.alpha = 200, .flags = {"--fail-every", "2"}}}};
	struct place *p = xcalloc(1, sizeof(*p));

	*state = p;
	p->s = suite_new(&o);
	if (p->s == NULL ||
	    suite_chain_call(
		p->s, "dev_set", "[{\"netuid\":1,\"mechanisms\":2}]") != 0 ||
	    suite_wait_ready(p->s, 3) != 0 || give_jobs(p->s) != 0 ||
	    jobs_wait_quiet(p->s, WAIT_MS) != 0)
		return -1;
	return start_second(p);
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int status = suite_end(p->s, false);

	free(p);
	return status;
}

/* -- both --------------------------------------------------------------- */

static const char *const policies[] = {"default", "second"};

static void
wait_proven(struct suite *s, int mecid)
{
	assert_int_equal(db_wait_int(s->db, 1, WAIT_MS,
			     "select count(*) from (select from ledger l join "
			     "weight_vector v on v.id = l.vector_id join "
			     "score_run r on r.id = v.run_id where l.state = "
			     "'proven' and l.mecid = %d and v.mecid = l.mecid "
			     "and r.mecid = l.mecid and r.policy = '%s' "
			     "limit 1) l",
			     mecid, policies[mecid]),
	    0);
}

/* Of what was proven last: the uids that have another weight than their
 * entry's share of the largest one's 65535. */
static int64_t
not_as_computed(struct suite *s, int mecid)
{
	return db_int(s->db,
	    "with l as (select vector_id, uids, weights from ledger where "
	    "mecid = %d and state = 'proven' order by proven_block desc "
	    "limit 1), e as (select e.uid, 65535 * e.weight / max(e.weight) "
	    "over () as wanted from weight_entry e join l using (vector_id)), "
	    "u as (select u.uid, u.weight from l, unnest(l.uids, l.weights) "
	    "as u (uid, weight)) select count(*) from e left join u using "
	    "(uid) where abs(coalesce(u.weight, 0) - wanted) > 1",
	    mecid);
}

static void
both_vectors_are_proven(void **state)
{
	struct place *p = *state;

	for (int mecid = 0; mecid < 2; mecid++) {
		wait_proven(p->s, mecid);
		assert_int_equal(not_as_computed(p->s, mecid), 0);
	}
	/* And they are two: the policies do not come to the same. */
	assert_int_equal(
	    db_int(p->s->db,
		"select count(distinct weights) from (select distinct on "
		"(mecid) mecid, weights from ledger where state = 'proven' "
		"order by mecid, proven_block desc) l"),
	    2);
}

/* Once an epoch each, whoever was first. */
static void
an_epoch_has_a_round_of_each(void **state)
{
	struct place *p = *state;

	assert_int_equal(db_wait_int(p->s->db, 1, WAIT_MS,
			     "select (count(*) >= 3)::int from (select epoch "
			     "from score_run group by epoch having "
			     "count(distinct mecid) = 2) e"),
	    0);
	assert_int_equal(
	    db_int(p->s->db, "select count(*) from score_run r where (policy "
			     "= 'second') <> (mecid = 1)"),
	    0);
	/* What a round takes of the one before is of its own mechanism. */
	assert_int_equal(
	    db_int(p->s->db,
		"select count(*) from run_miner m join score_run r on r.id = "
		"m.run_id where m.before <> 0 and not exists (select from "
		"score_entry e join score_run b on b.id = e.run_id where "
		"b.mecid = r.mecid and b.epoch < r.epoch and e.hotkey = "
		"m.hotkey and e.score = m.before)"),
	    0);
}

/* -- the second one leaves jobs alone ------------------------------------ */

static void
who_judges_no_jobs_leaves_them_to_others(void **state)
{
	struct place *p = *state;
	int64_t judged, epoch;

	assert_int_equal(suite_stop(p->s, SUITE_VALIDATOR), 0);
	judged = db_int(p->s->db, "select count(*) from judgement");
	assert_int_equal(give_jobs(p->s), 0);
	assert_int_equal(db_wait_int(p->s->db, 0, WAIT_MS,
			     "select count(*) from job where finished_at is "
			     "null"),
	    0);
	/* Its sweep is a second; these are several. */
	epoch = db_int(p->s->db, "select max(epoch) from score_run");
	assert_int_equal(db_wait_int(p->s->db, 1, WAIT_MS,
			     "select (max(epoch) >= %lld)::int from score_run "
			     "where mecid = 1",
			     (long long)epoch + 3),
	    0);
	assert_int_equal(
	    db_int(p->s->db, "select count(*) from judgement"), judged);
	assert_true(db_int(p->s->db, "select count(*) from attempt where "
				     "judged_at is null") >= JOBS);
	/* Nor has it taken what the stream told: the first one finds it. */
	assert_int_equal(suite_start(p->s, SUITE_VALIDATOR), 0);
	assert_int_equal(jobs_wait_quiet(p->s, WAIT_MS), 0);
	assert_true(db_int(p->s->db, "select count(*) from judgement") >=
		    judged + JOBS);
	assert_int_equal(proc_stop(p->second), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_vectors_are_proven),
	    cmocka_unit_test(an_epoch_has_a_round_of_each),
	    cmocka_unit_test(who_judges_no_jobs_leaves_them_to_others),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
