/*
 * Jobs that nobody knows the answer of, done by three miners: what most of
 * them say is what all are judged by. The miners are played by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

enum { MINERS = 3 };

#define JOB(more)                                                              \
	"{\"kind\":\"text.hear\",\"params\":{\"text\":\"x\",\"language\":"     \
	"\"en\",\"target_language\":\"en\"},\"miners\":3" more "}"

static const char job[] = JOB("");
static const char fox[] = "the quick brown fox jumps over the lazy dog";
static const char foxes[] = "the quick brown foxes jump over the lazy dog";
static const char hare[] = "a hare sat under a tree";

/* A kind with a text for a result that is measured by its words. */
static void
edit_kinds(json_t *kinds)
{
	json_t *kind = sample_kind_copy(kinds, "text.translate", "text.hear");

	json_object_set_new(kind, "scoring", json_string("transcript"));
	json_object_set_new(kind, "retry_budget", json_integer(0));
	json_object_set_new(kind, "hedge", json_false());
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "consensus"};

	return rig_set_up(state, &o, MINERS, edit_kinds);
}

/* -- helpers -------------------------------------------------------------- */

struct round {
	char job[40];
	struct hand_task *tasks[MINERS];
};

static void
begin(struct rig *r, const char *job_json, struct round *round)
{
	round->tasks[0] = rig_task(r, job_json, round->job);
	assert_non_null(round->tasks[0]);
	for (int i = 1; i < MINERS; i++) {
		round->tasks[i] = rig_next(r, round->job);
		assert_non_null(round->tasks[i]);
	}
	for (int i = 0; i < MINERS; i++)
		assert_int_equal(
		    attempt_await(r->s, round->tasks[i]->id, "accepted"), 0);
}

/* NULL: it says that it failed. */
static void
say(struct round *round, int i, const char *text)
{
	const struct hand_task *task = round->tasks[i];
	struct callback_told told;
	char *json = text == NULL
			 ? xstrdup("{\"status\":\"failed\"}")
			 : xasprintf("{\"output\":{\"text\":\"%s\"}}", text);

	callback_json(task, task->secret, json, &told);
	assert_int_equal(told.status, 200);
	free(json);
}

static void
end(struct rig *r, struct round *round)
{
	for (int i = 0; i < MINERS; i++)
		hand_drop(r->hand, round->tasks[i]);
}

static void
assert_judged(struct rig *r, const struct round *round, int i, double accuracy,
    const char *reference, const char *reason)
{
	const char *id = round->tasks[i]->id;
	char *is;

	assert_int_equal(attempt_await_judged(r->s, id), 0);
	is = db_text(r->s->db,
	    "select format('%%s %%s %%s %%s', metric, reference, "
	    "round(accuracy::numeric, 4), reason) from judgement "
	    "where attempt_id = '%s'",
	    id);
	if (accuracy < 0) {
		char *want = xasprintf("wer %s  %s", reference, reason);

		assert_string_equal(is, want);
		free(want);
	} else {
		char *want =
		    xasprintf("wer %s %.4f %s", reference, accuracy, reason);

		assert_string_equal(is, want);
		free(want);
	}
	free(is);
}

/* -- what comes of it ----------------------------------------------------- */

static void
one_liar_is_named_and_the_others_are_measured(void **state)
{
	struct rig *r = *state;
	struct round round;
	char *outliers, *liar;

	begin(r, job, &round);
	say(&round, 0, fox);
	say(&round, 1, hare);
	/* Two answers are here: nobody is judged by what is not all. */
	assert_int_equal(
	    attempt_await(r->s, round.tasks[1]->id, "delivered"), 0);
	assert_int_equal(db_wait_int(r->s->db, 1, 0,
			     "select count(*) from reference where job_id = "
			     "'%s' and source = 'consensus' and state = "
			     "'wanted'",
			     round.job),
	    0);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from judgement g join attempt a "
			     "on a.id = g.attempt_id where a.job_id = '%s'",
			     round.job),
	    0);
	say(&round, 2, foxes);

	/* Two of nine words. Which of the two is the medoid is as their ids
	 * are: the other one's words are compared with it. */
	for (int i = 0; i < MINERS; i += 2)
		assert_int_equal(
		    attempt_await_judged(r->s, round.tasks[i]->id), 0);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from judgement g join attempt a on a.id = "
		"g.attempt_id where a.job_id = '%s' and g.reference = "
		"'consensus' and round(g.accuracy::numeric, 4) = 0.7778",
		round.job),
	    2);
	assert_int_equal(attempt_await_judged(r->s, round.tasks[1]->id), 0);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from judgement where attempt_id = '%s' and "
		"accuracy < 0.2 and success and reason like 'an outlier: %%'",
		round.tasks[1]->id),
	    1);
	outliers = db_text(r->s->db,
	    "select outliers ->> 0 from reference where job_id = '%s'",
	    round.job);
	liar = attempt_column(r->s, round.tasks[1]->id, "hotkey");
	assert_string_equal(outliers, liar);
	free(outliers);
	free(liar);
	end(r, &round);
}

static void
the_same_words_are_right(void **state)
{
	struct rig *r = *state;
	struct round round;

	begin(r, job, &round);
	for (int i = 0; i < MINERS; i++)
		say(&round, i, fox);
	for (int i = 0; i < MINERS; i++) {
		assert_int_equal(
		    attempt_await_judged(r->s, round.tasks[i]->id), 0);
		assert_int_equal(
		    db_int(r->s->db,
			"select count(*) from judgement where attempt_id = "
			"'%s' and accuracy = 1 and reference_sha256 = "
			"result_sha256 and reference_sha256 = "
			"encode(sha256('%s'), 'hex')",
			round.tasks[i]->id, fox),
		    1);
	}
	end(r, &round);
}

static void
without_a_majority_nobody_is_measured(void **state)
{
	static const char why[] =
	    "not measured: most miners did not say the same";
	struct rig *r = *state;
	struct round round;

	begin(r, job, &round);
	say(&round, 0, fox);
	say(&round, 1, hare);
	say(&round, 2, "one two three");
	for (int i = 0; i < MINERS; i++)
		assert_judged(r, &round, i, -1, "none", why);
	end(r, &round);
}

static void
two_answers_are_too_few(void **state)
{
	static const char why[] =
	    "not measured: too few miners answered to compare them";
	struct rig *r = *state;
	struct round round;

	begin(r, job, &round);
	say(&round, 0, fox);
	say(&round, 1, fox);
	say(&round, 2, NULL);
	assert_judged(r, &round, 0, -1, "none", why);
	assert_judged(r, &round, 1, -1, "none", why);
	assert_judged(r, &round, 2, -1, "none", "failed: miner_failed");
	end(r, &round);
}

static void
a_known_answer_is_not_put_to_the_vote(void **state)
{
	static const char known[] =
	    JOB(",\"expect\":{\"text\":\"a hare sat under a tree\"}");
	struct rig *r = *state;
	struct round round;

	begin(r, known, &round);
	say(&round, 0, fox);
	assert_int_equal(attempt_await_judged(r->s, round.tasks[0]->id), 0);
	say(&round, 1, hare);
	say(&round, 2, fox);
	assert_judged(r, &round, 1, 1, "known",
	    "error_rate 0.0000 against the known reference");
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from reference where job_id = "
			     "'%s'",
			     round.job),
	    0);
	end(r, &round);
}

/* The job is over while no validator is there; the next one finds it. */
static void
a_killed_validator_is_made_up_for(void **state)
{
	struct rig *r = *state;
	struct round round;

	begin(r, job, &round);
	say(&round, 0, fox);
	assert_int_equal(db_wait_int(r->s->db, 1, 0,
			     "select count(*) from reference where job_id = "
			     "'%s'",
			     round.job),
	    0);
	suite_kill(r->s, SUITE_VALIDATOR);
	say(&round, 1, fox);
	say(&round, 2, fox);
	assert_int_equal(attempt_await_job(r->s, round.job, "done"), 0);
	assert_int_equal(suite_start(r->s, SUITE_VALIDATOR), 0);
	for (int i = 0; i < MINERS; i++) {
		assert_int_equal(
		    attempt_await_judged(r->s, round.tasks[i]->id), 0);
		assert_int_equal(db_int(r->s->db,
				     "select count(*) from judgement where "
				     "attempt_id = '%s' and accuracy = 1",
				     round.tasks[i]->id),
		    1);
	}
	end(r, &round);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_liar_is_named_and_the_others_are_measured),
	    cmocka_unit_test(the_same_words_are_right),
	    cmocka_unit_test(without_a_majority_nobody_is_measured),
	    cmocka_unit_test(two_answers_are_too_few),
	    cmocka_unit_test(a_known_answer_is_not_put_to_the_vote),
	    cmocka_unit_test(a_killed_validator_is_made_up_for),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}
