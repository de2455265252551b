/*
 * Miners commit to models on chain, a service scores them, and the scores
 * become weights: the real validatord, between a development chain and a
 * service that says what it is told to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/assessor.h"
#include "tests/lib/db.h"
#include "tests/lib/edit.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/tool.h"

enum { MINERS = 6, AT_ONCE = 2, WAIT_MS = 60000, UNUSED_PORT = 9 };

static const char key[] = "the-key-of-the-service";

struct place {
	struct suite *s;
	struct assessor *a;
};

/* -- the world ---------------------------------------------------------- */

static void
write_policy(struct suite *s)
{
	static const char *const edits[] = {"from_block = 5623610",
	    "from_block = 0", "rate = 0.75", "rate = 0", "uid = 74", "uid = -1",
	    NULL};
	char *text = edit_file("deploy/policies/sn11-models.ini", edits);

	free(sandbox_write(s->box, "models.ini", 0600, text));
	free(text);
}

static int
configure(struct place *p)
{
	const char *dir = sandbox_dir(p->s->box);
	char *ini = xasprintf("[validator]\npolicy = %s/models.ini\n"
			      "judge_url = %s\njudge_key = @%s/judge-key\n"
			      "judge_at_once = %d\njudge_retry = 200ms\n"
			      "judge_refresh = 300ms\ndevelopment = yes\n"
			      "min_judgements = 10\nsweep = 200ms\n",
	    dir, assessor_url(p->a), dir, AT_ONCE);
	char *line = xasprintf("%s\n", key);
	int failed = suite_configure(p->s, ini);

	free(sandbox_write(p->s->box, "judge-key", 0600, line));
	free(line);
	free(ini);
	return failed;
}

static int
set_up(void **state)
{
	struct suite_options o = {.name = "submissions",
	    .block_ms = 50,
	    .n_miners = MINERS,
	    .leave_stopped = {
		[SUITE_ORCHESTRATOR] = true, [SUITE_VALIDATOR] = true}};
	struct place *p = xcalloc(1, sizeof(*p));

	for (int i = 0; i < MINERS; i++)
		o.miners[i] =
		    (struct suite_miner){.alpha = 100, .port = UNUSED_PORT};
	*state = p;
	p->a = assessor_new(key);
	p->s = suite_new(&o);
	if (p->s == NULL)
		return -1;
	write_policy(p->s);
	return configure(p) != 0 ? -1 : suite_start(p->s, SUITE_VALIDATOR);
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int status = suite_end(p->s, false);

	assessor_free(p->a);
	free(p);
	return status;
}

static void
completed(struct place *p, const char *name, double score)
{
	char *body = xasprintf("{\"status\":\"COMPLETED\",\"score\":"
			       "{\"judge_score\":%g,\"other\":1}}",
	    score);

	assessor_say(p->a, name, 200, body);
	free(body);
}

/* -- committing --------------------------------------------------------- */

static uint64_t
hash_of(const char *name, const char *hotkey)
{
	char *text = xasprintf("org %s chatml %s", name, hotkey);
	unsigned char sum[crypto_hash_sha256_BYTES];
	uint64_t hash = 0;

	crypto_hash_sha256(sum, (const unsigned char *)text, strlen(text));
	for (int i = 0; i < 8; i++)
		hash = hash << 8 | sum[i];
	free(text);
	return hash;
}

static const char *
hotkey(const struct place *p, int uid)
{
	return p->s->miner_hotkeys[uid - 1];
}

static void
commit_text(struct place *p, int uid, const char *text)
{
	char *params =
	    xasprintf("[{\"netuid\":%d,\"uid\":%d,\"commitment\":\"%s\"}]",
		SUITE_NETUID, uid, text);

	assert_int_equal(suite_chain_call(p->s, "dev_neuron", params), 0);
	free(params);
}

/* The text of uid's own; whoever commits it. */
static char *
text_of(const struct place *p, int uid, const char *name)
{
	return xasprintf("org:%s:chatml:%s:%llu:d1", name, hotkey(p, uid),
	    (unsigned long long)hash_of(name, hotkey(p, uid)));
}

static void
wait_for(struct place *p, int uid, const char *what)
{
	assert_int_equal(db_wait_int(p->s->db, 1, WAIT_MS,
			     "select count(*) from submission where hotkey = "
			     "'%s' and %s",
			     hotkey(p, uid), what),
	    0);
}

static void
submit(struct place *p, int uid, const char *name)
{
	char *text = text_of(p, uid, name);
	char *noted = xasprintf("text = '%s'", text);

	commit_text(p, uid, text);
	wait_for(p, uid, noted);
	free(noted);
	free(text);
}

/* -- rounds ------------------------------------------------------------- */

static const char newest[] =
    "(select id from score_run order by block desc, at desc limit 1)";

/* Until the newest round says so of that miner. */
static void
wait_for_entry(struct place *p, int uid, const char *what)
{
	assert_int_equal(db_wait_int(p->s->db, 1, WAIT_MS,
			     "select count(*) from score_entry where run_id = "
			     "%s and hotkey = '%s' and %s",
			     newest, hotkey(p, uid), what),
	    0);
}

static void
wait_for_a_round(struct place *p)
{
	int64_t n = db_int(p->s->db, "select count(*) from score_run");

	/* One may have been read before; the next is of now. */
	assert_int_equal(db_wait_int(p->s->db, 1, WAIT_MS,
			     "select (count(*) >= %lld)::int from score_run",
			     (long long)n + 2),
	    0);
}

/* -- from queued to a weight -------------------------------------------- */

static void
submissions_are_scored_and_weighed(void **state)
{
	struct place *p = *state;
	char *question, *expected;

	assessor_say(p->a, "one", 200, "{\"status\":\"QUEUED\"}");
	completed(p, "two", .7);
	assessor_say(p->a, "three", 200, "{\"status\":\"FAILED\"}");
	submit(p, 1, "one");
	submit(p, 2, "two");
	submit(p, 3, "three");
	wait_for(p, 1, "state = 'queued' and score is null");
	wait_for(p, 2, "state = 'completed' and score = 0.7");
	wait_for(p, 3, "state = 'failed' and score is null");
	wait_for_entry(p, 1, "out = 'not scored yet' and score = 0");
	wait_for_entry(p, 2, "out is null and score = 0.7 and weight = 1");
	wait_for_entry(p, 3, "out is null and score = 0 and win_rate is null");

	question = assessor_question(p->a, "two");
	expected = xasprintf("org two chatml %llu %s",
	    (unsigned long long)hash_of("two", hotkey(p, 2)), hotkey(p, 2));
	assert_string_equal(question, expected);
	free(question);
	free(expected);
}

static void
a_queued_one_is_asked_about_until_it_is_done(void **state)
{
	struct place *p = *state;

	assessor_say(p->a, "one", 200, "{\"status\":\"RUNNING\"}");
	wait_for(p, 1, "state = 'running'");
	completed(p, "one", .72);
	wait_for(p, 1, "state = 'completed' and score = 0.72");
	/* It was there first: no penalty. One of 6 others is behind it each. */
	wait_for_entry(p, 1, "out is null and wins = 6 and score = 0.72");
	wait_for_entry(p, 2, "out is null and wins = 5");
	/* And the other way, by less than 3 %. */
	completed(p, "two", .74);
	wait_for_entry(p, 2, "score = 0.74 and wins = 5");
	completed(p, "two", .745);
	wait_for_entry(p, 2, "score = 0.745 and wins = 6");
	completed(p, "two", .7);
	wait_for_entry(p, 2, "score = 0.7 and wins = 5");
}

/* -- who copies --------------------------------------------------------- */

static void
a_later_copy_is_out(void **state)
{
	struct place *p = *state;
	char *text = text_of(p, 2, "two");

	submit(p, 4, "two");
	wait_for(p, 4, "state = 'completed'");
	wait_for_entry(p, 4,
	    "out = 'a copy of an earlier submission' and "
	    "score = 0 and weight = 0");
	wait_for_entry(p, 2, "out is null");
	commit_text(p, 5, text);
	wait_for(p, 5,
	    "wrong = 'it names another hotkey' and asked_at is null "
	    "and state = 'unasked'");
	wait_for_entry(p, 5, "out = 'its submission breaks a rule'");
	commit_text(p, 6, "org:two:chatml:None:1:d1");
	wait_for(
	    p, 6, "wrong = 'its hash is not that of its words and hotkey'");
	wait_for_entry(p, 2, "out is null and score = 0.7 and weight > 0");
	free(text);
}

/* -- how many at once --------------------------------------------------- */

/* While validatord is stopped they all come due. */
static void
no_more_are_asked_about_at_once_than_allowed(void **state)
{
	struct place *p = *state;
	int64_t block = db_int(p->s->db, "select max(block) from snapshot");
	int64_t asked;

	assert_int_equal(suite_stop(p->s, SUITE_VALIDATOR), 0);
	assert_int_equal(db_wait_int(p->s->db, 1, WAIT_MS,
			     "select (max(block) > %lld)::int from snapshot",
			     (long long)block + 20),
	    0);
	asked = db_int(p->s->db, "select extract(epoch from max(asked_at)) * "
				 "1000000 from submission");
	assert_int_equal(suite_start(p->s, SUITE_VALIDATOR), 0);
	assert_int_equal(
	    db_wait_int(p->s->db, 4, WAIT_MS,
		"select count(*) from submission where extract(epoch "
		"from answered_at) * 1000000 > %lld",
		(long long)asked),
	    0);
	assert_int_equal(assessor_most_at_once(p->a), AT_ONCE);
}

/* -- a service that is away --------------------------------------------- */

static void
assert_scores_stand(struct place *p)
{
	wait_for_a_round(p);
	wait_for_entry(p, 1, "out is null and score = 0.72 and wins = 6");
	wait_for_entry(p, 2, "out is null and score = 0.7 and wins = 5");
	wait_for(p, 1, "state = 'completed' and score = 0.72");
}

static void
what_is_known_stands_while_the_service_is_away(void **state)
{
	struct place *p = *state;
	struct proc *validator = p->s->daemons[SUITE_VALIDATOR];

	assessor_fail(p->a, 503);
	wait_for(p, 1, "why = 'status 503'");
	assert_non_null(
	    proc_wait_event(validator, "submissions.paused", NULL, 0));
	assert_scores_stand(p);
	/* It is there again, and has looked at two once more. */
	completed(p, "two", .71);
	assessor_fail(p->a, 0);
	assert_non_null(
	    proc_wait_event(validator, "submissions.resumed", NULL, 0));
	wait_for(p, 2, "score = 0.71 and why is null");
	completed(p, "two", .7);
	wait_for(p, 2, "score = 0.7");
}

static void
an_answer_that_makes_no_sense_is_none(void **state)
{
	struct place *p = *state;

	assessor_say(p->a, "one", 200, "{\"status\":\"COMPLETED\"}");
	wait_for(p, 1, "why = 'completed without a judge_score'");
	assessor_say(p->a, "one", 404, "{}");
	wait_for(p, 1, "why = 'status 404'");
	assert_scores_stand(p);
	completed(p, "one", .72);
	wait_for(p, 1, "why is null");
}

/* -- another submission ------------------------------------------------- */

static void
another_model_begins_anew(void **state)
{
	struct place *p = *state;

	assessor_say(p->a, "younger", 200, "{\"status\":\"QUEUED\"}");
	submit(p, 2, "younger");
	wait_for(p, 2, "state = 'queued' and score is null");
	wait_for_entry(p, 2, "out = 'not scored yet'");
	/* Nobody was before the copy now. */
	wait_for_entry(p, 4, "out is null and score = 0.7");
	commit_text(p, 2, "127.0.0.1:9");
	wait_for_entry(p, 2, "out = 'no submission'");
	completed(p, "younger", .9);
	submit(p, 2, "younger");
	wait_for_entry(p, 2, "out is null and score = 0.9");
}

/* -- checked by anybody ------------------------------------------------- */

static void
replay(const char *text, struct tool_answer *got)
{
	const char *const args[] = {"replay", NULL};

	tool_run(args, text, strlen(text), got);
}

static void
a_round_made_again_is_the_same(void **state)
{
	struct place *p = *state;
	const char *const args[] = {"-c", p->s->ini, "export", NULL};
	struct tool_answer exported, got;
	char *bent;

	/* The newest one is to be of all there is. */
	submit(p, 4, "two");
	wait_for_entry(p, 4, "out is null");
	tool_run(args, NULL, 0, &exported);
	if (exported.status != 0)
		fail_msg("%s", exported.err);
	assert_non_null(strstr(exported.out, " completed 0.72 "));
	assert_non_null(strstr(exported.out, " failed - "));
	assert_non_null(strstr(exported.out, " wrong - "));
	assert_non_null(strstr(exported.out, " org/younger\n"));
	replay(exported.out, &got);
	if (got.status != 0)
		fail_msg("%d %s %s", got.status, got.err, got.out);
	assert_true(json_is_true(json_object_get(got.json, "same_weights")));
	tool_answer_clear(&got);
	bent = edit_text(exported.out, " completed 0.72 ", " completed 0.1 ");
	replay(bent, &got);
	assert_int_equal(got.status, 2);
	tool_answer_clear(&got);
	free(bent);
	tool_answer_clear(&exported);
}

/* -- nobody there ------------------------------------------------------- */

static void
what_is_known_outlives_validatord_and_the_service(void **state)
{
	struct place *p = *state;

	suite_kill(p->s, SUITE_VALIDATOR);
	assessor_free(p->a);
	p->a = NULL;
	assert_int_equal(suite_start(p->s, SUITE_VALIDATOR), 0);
	wait_for(p, 1, "why = 'connect'");
	wait_for_a_round(p);
	wait_for_entry(p, 1, "out is null and score = 0.72");
	wait_for_entry(p, 2, "out is null and score = 0.9");
}

/* -- a service that cannot be ------------------------------------------- */

static void
refuses_to_start(struct place *p, const char *flag, const char *says)
{
	char *program = paths_program("bin/validatord");
	const char *argv[] = {program, "-c", p->s->ini, flag, NULL};
	const struct proc_options o = {.name = "validatord", .argv = argv};
	struct proc_output out;

	proc_run(&o, WAIT_MS, &out);
	assert_int_equal(out.status, EXIT_FAILURE);
	if (strstr(out.err, says) == NULL)
		fail_msg("%s", out.err);
	proc_output_clear(&out);
	free(program);
}

static void
a_service_that_cannot_be_is_refused_at_the_start(void **state)
{
	struct place *p = *state;

	assert_int_equal(suite_stop(p->s, SUITE_VALIDATOR), 0);
	refuses_to_start(p, "--validator.development=no",
	    "validator.judge_url: plain http is for development");
	refuses_to_start(p, "--validator.judge_url=ftp://127.0.0.1",
	    "\"ftp://127.0.0.1\" is no http or https address");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(submissions_are_scored_and_weighed),
	    cmocka_unit_test(a_queued_one_is_asked_about_until_it_is_done),
	    cmocka_unit_test(a_later_copy_is_out),
	    cmocka_unit_test(no_more_are_asked_about_at_once_than_allowed),
	    cmocka_unit_test(what_is_known_stands_while_the_service_is_away),
	    cmocka_unit_test(an_answer_that_makes_no_sense_is_none),
	    cmocka_unit_test(another_model_begins_anew),
	    cmocka_unit_test(a_round_made_again_is_the_same),
	    cmocka_unit_test(what_is_known_outlives_validatord_and_the_service),
	    cmocka_unit_test(a_service_that_cannot_be_is_refused_at_the_start),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
