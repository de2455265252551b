/*
 * What scores are built on goes away: the reference service, Redis,
 * PostgreSQL, the chain. No miner's score falls for it; and while there is
 * nothing new to say, what was proven last is submitted again.
 *
 * Every miner is as good as it was: the same jobs are done before and after,
 * so a score may only differ by what the miner's own time was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/edit.h"
#include "tests/lib/epochs.h"
#include "tests/lib/jobs.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum {
	JOBS = 8,

	WAIT_MS = 60000,
	N_MINERS = 3,
	N_STEADY = 2
};

/* Accuracy alone: the miners' times are this machine's affair. */
static const char *const by_accuracy[] = {
    "speed = 0.4", "speed = 0", "stake = 0.2", "stake = 0", NULL};

/* A reference is wanted for every job, and nobody is there to give it. */
static const char nobody[] =
    "[validator]\nreference_url = http://127.0.0.1:9/\n"
    "reference_rate = 1\nreference_deadline = 1s\nreference_wait = 2s\n"
    "development = yes\n"
    "[weightsetter]\nagain_after = 1\nagain_max_age = 1d\n";

static const char spoken[] =
    "{\"kind\":\"audio.speak\",\"miners\":3,\"params\":{\"text\":"
    "\"a line to be spoken aloud\",\"language\":\"en\"}}";
static const char translated[] =
    "{\"kind\":\"text.translate\",\"miners\":2,\"params\":{\"text\":"
    "\"a line to be translated\",\"language\":\"en\","
    "\"target_language\":\"de\"}}";

static char *policy_path;

/* -- the suite ---------------------------------------------------------- */

static int
do_jobs(struct suite *s)
{
	struct jobs jobs = {0};
	int failed = 0;

	for (int i = 0; i < JOBS && !failed; i++)
		failed = jobs_submit(
		    s, &jobs, i % 4 == 3 ? translated : spoken, WAIT_MS);
	jobs_clear(&jobs);
	return failed ? -1 : jobs_wait_quiet(s, WAIT_MS);
}

static int
write_policy(void)
{
	char *text = edit_file("deploy/policies/default.ini", by_accuracy);
	char *build = paths_build();
	FILE *f;
	int failed;

	policy_path = xasprintf("%s/away-policy.ini", build);
	f = fopen(policy_path, "w");
	failed = f == NULL || fputs(text, f) == EOF || fclose(f) != 0;
	free(build);
	free(text);
	return failed ? -1 : 0;
}

static int
set_up(void **state)
{
	struct suite_options o = {.name = "away",
	    .block_ms = -1,
	    .durable = true,
	    .ini = nobody,
	    .n_miners = N_MINERS,
	    .miners = {{.alpha = 100, .flags = {"--capacity", "9"}},
		{.alpha = 400,
		    .flags = {"--truncate", "0.4", "--capacity", "9"}},
		{.alpha = 200,
		    .flags = {"--fail-every", "3", "--capacity", "9"}}}};
	struct suite *s;

	if (write_policy() != 0)
		return -1;
	o.policy = policy_path;
	s = suite_new(&o);
	*state = s;
	if (s == NULL || suite_chain_call(s, "dev_newBlock", "[3]") != 0 ||
	    suite_wait_ready(s, N_MINERS) != 0)
		return -1;
	return do_jobs(s);
}

static int
tear_down(void **state)
{
	free(policy_path);
	return suite_end(*state, false);
}

/* -- scores ------------------------------------------------------------- */

static void
read_scores(struct suite *s, double scores[N_MINERS])
{
	for (int i = 0; i < N_MINERS; i++)
		scores[i] = db_real(s->db,
		    "select score from score_entry e join score_run r on r.id "
		    "= e.run_id where e.hotkey = '%s' order by r.epoch desc "
		    "limit 1",
		    s->miner_hotkeys[i]);
}

/* What is held against a miner. */
static char *
failures(struct suite *s, const char *hotkey)
{
	return db_text(s->db,
	    "select string_agg(r, '; ') from (select kind || ' ' || reason || "
	    "' ' || coalesce(accuracy::text, '-') || ' x ' || count(*) as r "
	    "from judgement where hotkey = '%s' group by kind, reason, "
	    "accuracy) g",
	    hotkey);
}

/* Of the two that fail never: the third's failures are its own. */
static void
check_scores(struct suite *s, const double before[N_MINERS], const char *what)
{
	double now[N_MINERS];

	read_scores(s, now);
	for (int i = 0; i < N_STEADY; i++) {
		print_message("%s: miner %d %.4f, then %.4f\n", what, i + 1,
		    before[i], now[i]);
		if (now[i] < before[i] - 1e-9)
			fail_msg("%s: miner %d fell from %.4f to %.4f; %s",
			    what, i + 1, before[i], now[i],
			    failures(s, s->miner_hotkeys[i]));
	}
}

/* -- away --------------------------------------------------------------- */

/* Nothing was measured of translations, and that lowered nothing. */
static void
the_reference_service_is_away(void **state)
{
	struct suite *s = *state;
	double scores[N_MINERS];

	epochs_pass(s);
	read_scores(s, scores);
	assert_true(db_int(s->db, "select count(*) from judgement where kind = "
				  "'text.translate'") > 0);
	assert_int_equal(
	    db_int(s->db, "select count(*) from judgement where kind = "
			  "'text.translate' and success and accuracy is not "
			  "null"),
	    0);
	assert_true(scores[0] > 0.99);
	assert_int_equal(do_jobs(s), 0);
	epochs_pass(s);
	check_scores(s, scores, "reference");
}

static void
redis_is_away(void **state)
{
	struct suite *s = *state;
	double scores[N_MINERS];

	read_scores(s, scores);
	sandbox_redis_halt(s->box);
	assert_int_equal(do_jobs(s), 0);
	epochs_pass(s);
	check_scores(s, scores, "redis");
	assert_int_equal(sandbox_redis_start(s->box), 0);
	assert_int_equal(do_jobs(s), 0);
	epochs_pass(s);
	check_scores(s, scores, "redis is back");
}

static void
postgres_is_away(void **state)
{
	struct suite *s = *state;
	double scores[N_MINERS];

	read_scores(s, scores);
	cluster_halt(sandbox_cluster(s->box), CLUSTER_KILL);
	assert_int_equal(cluster_start(sandbox_cluster(s->box)), 0);
	assert_int_equal(suite_wait_ready(s, N_MINERS), 0);
	assert_int_equal(do_jobs(s), 0);
	epochs_pass(s);
	check_scores(s, scores, "postgres");
	assert_int_equal(jobs_audit_rows(s), 0);
}

/* It answers nobody, jobs go on; then it does again. */
static void
the_chain_is_away(void **state)
{
	struct suite *s = *state;
	double scores[N_MINERS];
	int64_t epoch = epochs_last(s);

	read_scores(s, scores);
	proc_signal(s->chain, SIGSTOP);
	assert_int_equal(do_jobs(s), 0);
	assert_int_equal(epochs_last(s), epoch);
	proc_signal(s->chain, SIGCONT);
	epochs_pass(s);
	check_scores(s, scores, "chain");
}

/* validatord is away: nothing new is said, and after a tempo what was proven
 * last is submitted again. */
static void
the_last_proven_vector_is_submitted_again(void **state)
{
	struct suite *s = *state;
	int64_t before;

	assert_int_equal(suite_stop(s, SUITE_VALIDATOR), 0);
	for (int i = 0; i < 3 * EPOCHS_BLOCKS &&
			db_int(s->db, "select count(*) from ledger where "
				      "state = 'proven'") == 0;
	     i++)
		epochs_see_block(s);
	before = db_int(s->db, "select count(*) from weight_vector where "
			       "source = 'again'");
	for (int i = 0; i < 8 * EPOCHS_BLOCKS &&
			db_int(s->db, "select count(*) from ledger l join "
				      "weight_vector v on v.id = l.vector_id "
				      "where v.source = 'again' and l.state = "
				      "'proven'") == 0;
	     i++)
		epochs_see_block(s);
	assert_true(db_int(s->db, "select count(*) from weight_vector where "
				  "source = 'again'") > before);
	assert_int_equal(
	    db_int(s->db,
		"select count(distinct weights) from (select weights from "
		"ledger where state = 'proven' order by proven_block desc "
		"limit 2) l"),
	    1);
	assert_int_equal(suite_start(s, SUITE_VALIDATOR), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_reference_service_is_away),
	    cmocka_unit_test(redis_is_away),
	    cmocka_unit_test(postgres_is_away),
	    cmocka_unit_test(the_chain_is_away),
	    cmocka_unit_test(the_last_proven_vector_is_submitted_again),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
