/*
 * Scoring rounds with the whole suite: validatord is killed at each step of an
 * epoch; a round is exported and made again; what was tampered with is found.
 *
 * validatord is stopped where the test wants it by a table that is locked: it
 * waits there, and dies there. Blocks are made when told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/edit.h"
#include "tests/lib/epochs.h"
#include "tests/lib/jobs.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/tool.h"

enum { JOBS = 12, WAIT_MS = 60000 };

static const char job[] = "{\"kind\":\"audio.speak\",\"miners\":2,"
			  "\"params\":{\"text\":\"a line to be spoken aloud\","
			  "\"language\":\"en\"}}";

/* -- the suite ---------------------------------------------------------- */

static char *policy_path; /* of the suite's, for the test to change */

static void
write_policy(const char *const *edits)
{
	char *text = edit_file("deploy/policies/default.ini", edits);
	FILE *f = fopen(policy_path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) != EOF && fclose(f) == 0);
	free(text);
}

static int
set_up(void **state)
{
	struct suite_options o = {.name = "rounds",
	    .block_ms = -1,
	    .n_miners = 3,
	    .miners = {{.alpha = 100},
		{.alpha = 400, .flags = {"--delay-ms", "300"}},
		{.alpha = 200, .flags = {"--fail-every", "2"}}}};
	char *build = paths_build();
	struct jobs jobs = {0};
	struct suite *s;

	policy_path = xasprintf("%s/rounds-policy.ini", build);
	free(build);
	write_policy(NULL);
	o.policy = policy_path;
	s = suite_new(&o);
	*state = s;
	if (s == NULL || suite_chain_call(s, "dev_newBlock", "[3]") != 0 ||
	    suite_wait_ready(s, 3) != 0)
		return -1;
	for (int i = 0; i < JOBS; i++) {
		if (jobs_submit(s, &jobs, job, 0) != 0)
			return -1;
	}
	jobs_clear(&jobs);
	return jobs_wait_quiet(s, WAIT_MS);
}

static int
tear_down(void **state)
{
	free(policy_path);
	return suite_end(*state, false);
}

/* Vectors of rounds since that epoch, but for the same ones. */
static int64_t
distinct_vectors(struct suite *s, int64_t since)
{
	return db_int(s->db,
	    "select count(distinct t) from (select v.id, "
	    "string_agg(e.hotkey || e.weight::text, ' ' order by e.hotkey) "
	    "as t from weight_vector v join weight_entry e on e.vector_id = "
	    "v.id join score_run r on r.id = v.run_id where r.epoch >= %lld "
	    "group by v.id) v",
	    (long long)since);
}

/* Of the epochs since that one, those without a round. */
static int64_t
missing_epochs(struct suite *s, int64_t since)
{
	return db_int(s->db,
	    "select max(epoch) - %lld + 1 - count(*) from score_run "
	    "where epoch >= %lld",
	    (long long)since, (long long)since);
}

/* -- killed ------------------------------------------------------------- */

/* validatord (and, of the chain's tables, weightsetterd) waits for the lock; it
 * is killed as it does. */
static void
kill_at(struct suite *s, const char *table)
{
	struct db *locker = db_open(sandbox_conninfo(s->box));
	int64_t before;

	assert_non_null(locker);
	epochs_go_to_end(s);
	before = epochs_last(s);
	assert_int_equal(db_exec(locker, "begin"), 0);
	assert_int_equal(
	    db_exec(locker, "lock table %s in access exclusive mode", table),
	    0);
	epochs_make_block(s);
	assert_int_equal(db_wait_int(s->db, 1, WAIT_MS,
			     "select count(*) from (select from pg_locks "
			     "where relation = '%s'::regclass and not granted "
			     "limit 1) l",
			     table),
	    0);
	suite_kill(s, SUITE_VALIDATOR);
	assert_int_equal(db_exec(locker, "rollback"), 0);
	db_close(locker);
	assert_int_equal(suite_start(s, SUITE_VALIDATOR), 0);
	/* weightsetterd may have given up on a locked table until a head. */
	epochs_make_block(s);
	epochs_wait_after(s, before);
}

static void
killed_at_each_step_of_an_epoch(void **state)
{
	static const char *const steps[] = {
	    "snapshot",	     /* looking whether one is due */
	    "neuron_change", /* reading neurons */
	    "judgement",     /* reading judgements */
	    "policy",	     /* storing the round */
	    "run_miner",     /* what it was made of */
	    "weight_entry",  /* its vector */
	};
	struct suite *s = *state;
	int64_t first;

	epochs_pass(s); /* all that was done before is in its round */
	first = epochs_last(s);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		kill_at(s, steps[i]);
	assert_int_equal(missing_epochs(s, first), 0);
	assert_int_equal(distinct_vectors(s, first), 1);
	assert_int_equal(jobs_audit_rows(s), 0);
}

/* While it writes verdicts: what was judged stays judged, the rest comes. */
static void
killed_while_judging(void **state)
{
	struct suite *s = *state;
	struct db *locker = db_open(sandbox_conninfo(s->box));
	struct jobs jobs = {0};
	int64_t judged;

	assert_int_equal(db_exec(locker, "begin"), 0);
	assert_int_equal(
	    db_exec(locker, "lock table judgement in exclusive mode"), 0);
	judged = db_int(s->db, "select count(*) from judgement");
	for (int i = 0; i < 5; i++)
		assert_int_equal(jobs_submit(s, &jobs, job, 0), 0);
	assert_int_equal(db_wait_int(s->db, 1, WAIT_MS,
			     "select count(*) from (select from pg_locks "
			     "where relation = 'judgement'::regclass and not "
			     "granted limit 1) l"),
	    0);
	suite_kill(s, SUITE_VALIDATOR);
	assert_int_equal(db_exec(locker, "rollback"), 0);
	db_close(locker);
	assert_int_equal(suite_start(s, SUITE_VALIDATOR), 0);
	assert_int_equal(jobs_wait_quiet(s, WAIT_MS), 0);
	assert_true(
	    db_int(s->db, "select count(*) from judgement") >= judged + 10);
	assert_int_equal(jobs_audit_rows(s), 0);
	jobs_clear(&jobs);
}

/* What ended while nobody judged is in the first round after the start, which
 * is due at once and waits for it. */
static void
the_first_round_waits_for_what_was_left(void **state)
{
	struct suite *s = *state;
	struct db *locker = db_open(sandbox_conninfo(s->box));
	struct jobs jobs = {0};
	int64_t before, judged;

	epochs_go_to_end(s);
	before = epochs_last(s);
	suite_kill(s, SUITE_VALIDATOR);
	judged = db_int(s->db, "select count(*) from judgement");
	for (int i = 0; i < 3; i++)
		assert_int_equal(jobs_submit(s, &jobs, job, 0), 0);
	assert_int_equal(
	    db_wait_int(s->db, 0, WAIT_MS,
		"select count(*) from job where finished_at is null"),
	    0);
	epochs_see_block(s); /* a round is due */
	assert_int_equal(db_exec(locker, "begin"), 0);
	assert_int_equal(
	    db_exec(locker, "lock table judgement in exclusive mode"), 0);
	assert_int_equal(suite_start(s, SUITE_VALIDATOR), 0);
	assert_non_null(proc_wait_event(s->daemons[SUITE_VALIDATOR],
	    "run.skipped", "before the start is not judged", 0));
	assert_int_equal(epochs_last(s), before);
	assert_int_equal(db_exec(locker, "rollback"), 0);
	db_close(locker);
	epochs_wait_after(s, before);
	assert_true(db_int(s->db, "select events from score_run order by epoch "
				  "desc limit 1") >= judged + 3);
	jobs_clear(&jobs);
}

/* -- exported and made again -------------------------------------------- */

static void export(struct suite *s, const char *epoch, struct tool_answer *got)
{
	const char *const args[] = {
	    "-c", s->ini, "export", "--epoch", epoch, NULL};

	tool_run(args, NULL, 0, got);
}

static void
replay(const char *text, const char *policy, struct tool_answer *got)
{
	const char *const args[] = {"replay", "--policy", policy, NULL};
	const char *const plain[] = {"replay", NULL};

	tool_run(policy != NULL ? args : plain, text, strlen(text), got);
}

static bool
says(const struct tool_answer *got, const char *member)
{
	return json_is_true(json_object_get(got->json, member));
}

/* The newest epoch whose weights were sent; -1. */
static int64_t
sent(struct suite *s)
{
	return db_int(s->db,
	    "select coalesce(max(r.epoch), -1) from ledger l join "
	    "weight_vector v on v.id = l.vector_id join score_run r on r.id = "
	    "v.run_id where l.submitted_at is not null");
}

/* Block by block, each looked at by weightsetterd before the next. */
static int64_t
make_blocks_until_sent(struct suite *s)
{
	int64_t before = sent(s);

	for (int i = 0; i < 3 * EPOCHS_BLOCKS && sent(s) == before; i++)
		epochs_see_block(s);
	assert_true(sent(s) > before);
	return sent(s);
}

static void
a_round_made_again_is_the_same(void **state)
{
	struct suite *s = *state;
	struct tool_answer exported, got;
	char epoch[24];

	snprintf(
	    epoch, sizeof(epoch), "%lld", (long long)make_blocks_until_sent(s));
	export(s, epoch, &exported);
	assert_int_equal(exported.status, 0);
	replay(exported.out, NULL, &got);
	if (got.status != 0)
		fail_msg("%d %s %s", got.status, got.err, got.out);
	assert_true(says(&got, "same_weights"));
	assert_true(says(&got, "same_as_sent"));
	assert_true(json_array_size(json_object_get(got.json, "weights")) >= 2);
	tool_answer_clear(&got);

	/* An older one is what it was, whatever was judged since. */
	snprintf(epoch, sizeof(epoch), "%lld",
	    (long long)db_int(s->db, "select min(epoch) from score_run"));
	tool_answer_clear(&exported);
	export(s, epoch, &exported);
	assert_int_equal(exported.status, 0);
	replay(exported.out, NULL, &got);
	assert_true(says(&got, "same_weights"));
	tool_answer_clear(&got);
	tool_answer_clear(&exported);
}

static void
what_was_changed_is_found(void **state)
{
	struct suite *s = *state;
	struct tool_answer exported, got;
	char *bent;

	export(s, "-1", &exported);
	assert_int_equal(exported.status, 0);
	bent = edit_text(
	    exported.out, "temperature = 0.075", "temperature = 0.175");
	replay(bent, NULL, &got);
	if (got.status != 2)
		fail_msg("%d %s", got.status, got.err);
	assert_false(says(&got, "same_weights"));
	tool_answer_clear(&got);
	free(bent);
	replay(exported.out, "deploy/policies/sn49.ini", &got);
	assert_int_equal(got.status, 0); /* what if */
	assert_false(says(&got, "same_weights"));
	assert_string_equal(
	    json_string_value(json_object_get(got.json, "policy")), "sn49");
	tool_answer_clear(&got);
	tool_answer_clear(&exported);
	replay("subnetd-run 1\n", NULL, &got);
	assert_int_equal(got.status, 1);
	assert_non_null(strstr(got.err, "line 2"));
	tool_answer_clear(&got);
}

/* -- another policy ----------------------------------------------------- */

static char *
policy_of_last(struct suite *s)
{
	return db_text(
	    s->db, "select policy from score_run order by epoch desc limit 1");
}

static void
reload(struct suite *s, const char *const *edits, const char *event)
{
	struct proc *validator = s->daemons[SUITE_VALIDATOR];

	write_policy(edits);
	proc_skip_to_now(validator);
	proc_signal(validator, SIGHUP);
	assert_non_null(proc_wait_event(validator, event, NULL, 0));
}

static void
a_policy_is_read_again_on_request(void **state)
{
	static const char *const other[] = {"name = default", "name = steeper",
	    "temperature = 0.075", "temperature = 0.01", NULL};
	static const char *const wrong[] = {
	    "temperature = 0.075", "temperature = warm", NULL};
	struct suite *s = *state;
	char *name;

	reload(s, other, "policy.loaded");
	epochs_pass(s);
	name = policy_of_last(s);
	assert_string_equal(name, "steeper");
	free(name);
	reload(s, wrong, "policy.refused"); /* what was there stands */
	epochs_pass(s);
	name = policy_of_last(s);
	assert_string_equal(name, "steeper");
	free(name);
	assert_int_equal(db_int(s->db, "select count(*) from policy"), 2);
}

static void
what_is_gone_cannot_be_exported(void **state)
{
	struct suite *s = *state;
	struct tool_answer got;

	export(s, "999999", &got);
	assert_int_equal(got.status, 1);
	assert_non_null(strstr(got.err, "no scoring round of epoch 999999"));
	tool_answer_clear(&got);
	assert_int_equal(
	    db_exec(s->db, "delete from judgement where attempt_id = (select "
			   "min(attempt_id::text)::uuid from judgement)"),
	    0);
	export(s, "-1", &got);
	assert_int_equal(got.status, 1);
	assert_non_null(strstr(got.err, "are not all there any more"));
	tool_answer_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(killed_at_each_step_of_an_epoch),
	    cmocka_unit_test(killed_while_judging),
	    cmocka_unit_test(the_first_round_waits_for_what_was_left),
	    cmocka_unit_test(a_round_made_again_is_the_same),
	    cmocka_unit_test(what_was_changed_is_found),
	    cmocka_unit_test(a_policy_is_read_again_on_request),
	    cmocka_unit_test(what_is_gone_cannot_be_exported),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
