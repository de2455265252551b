/* A scoring round from miners and events to weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config_parse.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/winrate.h"
#include "tests/lib/edit.h"

enum { S = 1000000, DAY_S = 86400 };

static const struct run_round a_day = {
    .netuid = 1, .epoch = 7, .block = 700, .at_us = DAY_S * (int64_t)S};

/* A shipped policy, with some of its lines otherwise: pairs of what was and
 * what is instead, ended by NULL. */
static struct run *
run_of(const char *policy, const char *const *edits)
{
	char *path = xasprintf("deploy/policies/%s.ini", policy);
	char *text = edit_file(path, edits);
	struct err err;
	struct run *run = run_new(text, &err);

	if (run == NULL)
		fail_msg("%s: %s", policy, err.text);
	run_set_round(run, &a_day);
	free(text);
	free(path);
	return run;
}

static void
add_miner(struct run *run, const char *hotkey, int uid, double alpha)
{
	struct run_miner m = {.uid = uid,
	    .alpha = alpha,
	    .block = WINRATE_NO_BLOCK,
	    .since_us = INT64_MIN,
	    .serves = true};

	snprintf(m.hotkey, sizeof(m.hotkey), "%s", hotkey);
	assert_int_equal(run_add_miner(run, &m), 0);
}

static void
add(struct run *run, const char *hotkey, const char *kind, int at_s,
    bool success, double ms, double accuracy)
{
	const struct run_event e = {.miner = run_find(run, hotkey),
	    .kind = run_kind(run, kind),
	    .source = POLICY_CLIENT,
	    .success = success,
	    .at_us = at_s * (int64_t)S,
	    .ms = ms,
	    .accuracy = accuracy};

	assert_int_equal(run_add_event(run, &e), 0);
}

static void
near(double got, double want)
{
	if (isnan(want) ? !isnan(got) : !(fabs(got - want) < 1e-12))
		fail_msg("%.17g, not %.17g", got, want);
}

static const struct run_entry *
entry(const struct run *run, const char *hotkey)
{
	size_t n;

	return &run_entries(run, &n)[run_find(run, hotkey)];
}

/* -- the default policy ------------------------------------------------- */

/* Four miners: one good, one careless, one failing, one silent. */
static struct run *
four_miners(void)
{
	struct run *run = run_of("default", NULL);

	add_miner(run, "5A", 7, 100);
	add_miner(run, "5B", 3, 100);
	add_miner(run, "5C", 9, 6000);
	add_miner(run, "5D", 1, 300);
	add(run, "5A", "audio.speak", 1, true, 2000, 1);
	add(run, "5A", "audio.speak", 2, true, 4000, 0.8);
	add(run, "5B", "audio.speak", 1, true, 2000, 0.5);
	add(run, "5B", "audio.speak", 1, true, 2000, 0.5);
	add(run, "5C", "audio.speak", 1, true, 1000, 1);
	add(run, "5C", "audio.speak", 2, false, NAN, 0);
	add(run, "5D", "audio.speak", 1, false, NAN, 0);
	add(run, "5D", "audio.speak", 2, false, NAN, 0);
	return run;
}

static void
weights_follow_what_miners_did(void **state)
{
	struct run *run = four_miners();
	const struct run_entry *e;
	size_t n;

	(void)state;
	assert_null(run_finish(run));
	e = run_entries(run, &n);
	assert_int_equal(n, 4);
	/* stakes 100 100 500 300 of 1000 */
	near(e[0].score, 0.4 * 0.7 + 0.4 * 0.9 + 0.2 * 0.1);
	near(e[1].score, 0.4 * 0.8 + 0.4 * 0.5 + 0.2 * 0.1);
	near(e[2].score, 0.4 * 0.45 + 0.4 * 0.5 + 0.2 * 0.5);
	near(e[3].score, 0);
	near(e[0].win_rate, 1); /* of those that scored */
	near(e[1].win_rate, 0.5);
	near(e[2].win_rate, 0);
	assert_true(e[3].win_rate == -INFINITY);
	near(e[0].weight + e[1].weight + e[2].weight, 1);
	assert_true(e[0].weight > e[1].weight);
	assert_true(e[1].weight > e[2].weight);
	assert_true(e[3].weight == 0);
	near(e[0].latency_p50_ms, 3000);
	near(e[2].latency_p50_ms, 1000);
	near(e[3].latency_p50_ms, NAN);
	near(e[3].accuracy, 0);
	assert_int_equal(e[2].jobs, 2);
	assert_int_equal(e[2].successes, 1);
	run_free(run);
}

static void
the_same_input_gives_the_same_bits(void **state)
{
	struct run *a = four_miners(), *b = four_miners();
	size_t n_a, n_b;

	(void)state;
	run_finish(a);
	run_finish(b);
	assert_memory_equal(run_entries(a, &n_a), run_entries(b, &n_b),
	    4 * sizeof(struct run_entry));
	assert_int_equal(n_a, n_b);
	run_free(a);
	run_free(b);
}

static void
each_kind_is_scored_by_itself(void **state)
{
	struct run *run = run_of("default", NULL);

	(void)state;
	add_miner(run, "5A", 0, 500);
	add(run, "5A", "audio.speak", 1, true, 0, 0.5);
	add(run, "5A", "image.edit", 2, true, 30000, NAN);
	add(run, "5A", "image.edit", 3, true, 30000, NAN);
	assert_null(run_finish(run));
	/* .4 + .2 + .2 once, (.4 x .5 + .2) / .6 twice */
	near(entry(run, "5A")->score, (0.8 + 2 * (0.4 / 0.6)) / 3);
	run_free(run);
}

static void
nobody_delivered_means_no_vector(void **state)
{
	struct run *run = run_of("default", NULL);

	(void)state;
	add_miner(run, "5A", 0, 1000);
	add(run, "5A", "audio.speak", 1, false, NAN, 0);
	assert_string_equal(run_finish(run), "no miner has a positive score");
	run_free(run);
	run = run_of("sn11", NULL); /* not even to the owner */
	add_miner(run, "5Z", 74, 1000);
	assert_string_equal(run_finish(run), "no miner has a positive score");
	assert_true(entry(run, "5Z")->weight == 0);
	run_free(run);
	run_free(NULL);
}

static void
who_burns_gets_the_burnt_share_and_no_stake(void **state)
{
	static const char *const burning[] = {
	    "rate = 0\n", "rate = 0.75\n", "uid = -1", "uid = 74", NULL};
	struct run *run = run_of("default", burning);
	struct run_miner owner = {.hotkey = "5Z", .uid = 74, .alpha = 500};

	(void)state;
	add_miner(run, "5A", 1, 500);
	run_add_miner(run, &owner);
	add(run, "5A", "audio.speak", 1, true, 1, 1);
	assert_null(run_finish(run));
	near(entry(run, "5A")->stake_share, 1);
	near(entry(run, "5A")->weight, 0.25);
	near(entry(run, "5Z")->weight, 0.75);
	assert_string_equal(entry(run, "5Z")->out, "serves nowhere");
	run_free(run);
}

/* -- who is out, what does not count ------------------------------------ */

static void
the_banned_the_failed_and_twins_are_out(void **state)
{
	static const char *const twins[] = {
	    "coldkey_twins = no", "coldkey_twins = yes", NULL};
	struct run *run = run_of("default", twins);
	struct run_miner m[] = {
	    {.hotkey = "5A", .serves = true, .coldkey = "5x"},
	    {.hotkey = "5B", .serves = true, .banned = true},
	    {.hotkey = "5C", .serves = true, .failed_audits = 1},
	    {.hotkey = "5D", .serves = true, .coldkey = "5y"},
	    {.hotkey = "5E", .serves = false, .coldkey = "5y"},
	};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		run_add_miner(run, &m[i]);
		add(run, m[i].hotkey, "audio.speak", 1, true, 1, 1);
	}
	assert_null(run_finish(run));
	assert_null(entry(run, "5A")->out);
	assert_string_equal(entry(run, "5B")->out, "banned");
	assert_string_equal(entry(run, "5C")->out, "failed an audit");
	assert_string_equal(entry(run, "5D")->out, "shares its coldkey");
	assert_string_equal(entry(run, "5E")->out, "serves nowhere");
	near(entry(run, "5A")->weight, 1);
	run_free(run);
}

static void
what_came_before_a_registration_does_not_count(void **state)
{
	static const char *const keeping[] = {
	    "on_register = yes", "on_register = no", NULL};
	struct run_miner m = {
	    .hotkey = "5A", .serves = true, .since_us = 10 * (int64_t)S};
	const char *const *edits[] = {NULL, keeping};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct run *run = run_of("default", edits[i]);

		run_add_miner(run, &m);
		add(run, "5A", "audio.speak", 9, false, NAN, 0);
		add(run, "5A", "audio.speak", 10, true, 1, 1);
		assert_null(run_finish(run));
		assert_int_equal(entry(run, "5A")->jobs, 1 + i);
		run_free(run);
	}
}

static void
a_source_weighs_what_the_policy_says(void **state)
{
	static const char *const half[] = {"challenge = 1", "challenge = 0.5",
	    "stake = 0.2", "stake = 0", NULL};
	struct run *run = run_of("default", half);
	struct run_event e = {.source = POLICY_CLIENT, .success = true};

	(void)state;
	add_miner(run, "5A", 0, 1);
	e.kind = run_kind(run, "audio.speak");
	e.accuracy = 1;
	run_add_event(run, &e);
	e.source = POLICY_CHALLENGE;
	e.accuracy = 0;
	run_add_event(run, &e);
	e.source = POLICY_AUDIT; /* 0: not at all */
	run_add_event(run, &e);
	assert_null(run_finish(run));
	assert_int_equal(entry(run, "5A")->jobs, 2);
	near(entry(run, "5A")->score, (1 + 1 / 1.5) / 2);
	run_free(run);
}

/* -- moving averages ---------------------------------------------------- */

static const char *const alpha_30[] = {
    "alpha = 1.0", "alpha = 0.3", "penalty = 0.2", "penalty = 0.7", NULL};

/* Dippy's case E10: an edit after 8 s, then a generation after 1 s. */
static void
one_average_of_all_kinds_is_dippys(void **state)
{
	const char *const *edits[] = {alpha_30, NULL};
	const double want[] = {.544299960727635, .196666666666667};
	struct run_round round = a_day;

	(void)state;
	round.at_us = 60 * (int64_t)S;
	for (size_t i = 0; i < 2; i++) {
		struct run *run = run_of("sn11", edits[i]);

		run_set_round(run, &round);
		add_miner(run, "5A", 0, 1);
		add(run, "5A", "image.edit", 0, true, 8000, NAN);
		add(run, "5A", "audio.speak", 30, true, 1, 1); /* weighs 0 */
		add(run, "5A", "image.generate", 60, true, 1000, NAN);
		assert_null(run_finish(run));
		near(entry(run, "5A")->score, want[i]);
		assert_int_equal(entry(run, "5A")->jobs, 2);
		run_free(run);
	}
}

/* An edit of more than 15 s is a failure there. */
static void
a_success_may_be_too_slow(void **state)
{
	struct run *run = run_of("sn11", NULL);

	(void)state;
	add_miner(run, "5A", 0, 1);
	add(run, "5A", "image.edit", 0, true, 15001, NAN);
	add(run, "5A", "image.generate", 0, true, 16000, NAN);
	assert_null(run_finish(run));
	assert_int_equal(entry(run, "5A")->successes, 1);
	run_free(run);
}

/* The fault that an average for each kind mends. */
static void
one_light_job_does_not_sink_a_miner(void **state)
{
	double score[2];

	(void)state;
	for (int with = 0; with < 2; with++) {
		struct run *run = run_of("sn11-timed", NULL);

		add_miner(run, "5A", 0, 1);
		for (int i = 0; i < 20; i++)
			add(run, "5A", "image.edit", i, true, 6000, NAN);
		if (with)
			add(run, "5A", "image.generate", 20, true, 6000, NAN);
		assert_null(run_finish(run));
		score[with] = entry(run, "5A")->score;
		run_free(run);
	}
	assert_true(score[0] > 0.8);
	assert_true(fabs(score[1] - score[0]) < 1e-5); /* it faded less */
}

static void
unmeasured_is_not_zero(void **state)
{
	struct run *run = run_of("sn11-timed", NULL);

	(void)state;
	add_miner(run, "5A", 0, 1);
	add(run, "5A", "image.edit", 86399, true, 6000, NAN);
	add(run, "5A", "image.edit", 86400, true, NAN, NAN);
	assert_null(run_finish(run));
	assert_true(entry(run, "5A")->score > 0.89);
	run_free(run);
}

/* By accuracy alone, of which a kind has none. */
static void
what_could_not_be_measured_lowers_nothing(void **state)
{
	static const char *const by_accuracy[] = {
	    "speed = 0.4", "speed = 0", NULL};
	struct run *run = run_of("default", by_accuracy);

	(void)state;
	add_miner(run, "5A", 0, 1);
	add(run, "5A", "audio.speak", 1, true, 1, 0.9);
	add(run, "5A", "text.translate", 2, true, 1, NAN);
	add(run, "5A", "text.translate", 3, true, 1, NAN);
	assert_null(run_finish(run));
	/* .4 of .9 and .2 of all the stake */
	near(entry(run, "5A")->score, (0.4 * 0.9 + 0.2) / 0.6);
	run_free(run);
}

/* Not by nothing at all either: what the miner was stands. */
static void
who_could_not_be_measured_is_what_it_was(void **state)
{
	static const char *const folds[][7] = {
	    {"speed = 0.4", "speed = 0", NULL},
	    {"speed = 0.4", "speed = 0", "fold = mean", "fold = moving", NULL},
	    {"speed = 0.4", "speed = 0", "fold = mean", "fold = moving_kinds",
		NULL}};
	struct run_miner m = {
	    .hotkey = "5A", .alpha = 1, .serves = true, .before = 0.625};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct run *run = run_of("default", folds[i]);

		run_add_miner(run, &m);
		add_miner(run, "5B", 1, 1);
		add(run, "5A", "text.translate", 2, true, 1, NAN);
		add(run, "5B", "text.translate", 2, false, NAN, 0);
		assert_null(run_finish(run));
		near(entry(run, "5A")->score, 0.625);
		near(entry(run, "5B")->score, 0); /* it delivered nothing */
		run_free(run);
	}
}

/* -- speed by rank, weights by score ------------------------------------ */

static void
speed_may_be_a_rank_among_the_kinds_others(void **state)
{
	static const char *const ranked[] = {"form = linear",
	    "form = percentile", "stake = 0.2", "stake = 0", NULL};
	struct run *run = run_of("default", ranked);

	(void)state;
	add_miner(run, "5A", 0, 1);
	add_miner(run, "5B", 1, 1);
	add_miner(run, "5C", 2, 1);
	add(run, "5A", "audio.speak", 1, true, 100, NAN);
	add(run, "5A", "image.edit", 1, true, 90000, NAN); /* alone */
	add(run, "5B", "audio.speak", 1, true, 300, NAN);
	add(run, "5C", "audio.speak", 1, true, 200, NAN);
	assert_null(run_finish(run));
	near(entry(run, "5A")->score, 1);
	near(entry(run, "5B")->score, 0);
	near(entry(run, "5C")->score, 0.5);
	run_free(run);
}

static void
the_top_five_share_by_their_scores(void **state)
{
	struct run *run = run_of("sn49", NULL);
	double sum = 0;

	(void)state;
	for (int i = 0; i < 7; i++) {
		char hotkey[8];

		snprintf(hotkey, sizeof(hotkey), "5%c", 'A' + i);
		add_miner(run, hotkey, i, i == 0 ? 1000 : 500);
		add(run, hotkey, "audio.transcribe", 1, true, 1000 * (1 + i),
		    1);
	}
	assert_null(run_finish(run));
	near(entry(run, "5A")->score, 0.4 * 0.90483741803595957 + 0.4 + 0.2);
	near(entry(run, "5B")->score, 0.4 * 0.81873075307798186 + 0.4 + 0.1);
	for (char c = 'A'; c <= 'E'; c++)
		sum += entry(run, (char[]){'5', c, 0})->score;
	near(entry(run, "5B")->weight, entry(run, "5B")->score / sum);
	assert_true(entry(run, "5E")->weight > 0);
	assert_true(entry(run, "5F")->weight == 0);
	run_free(run);
}

/* -- after the curve ---------------------------------------------------- */

static void
what_was_proven_before_stays_in_part(void **state)
{
	static const char *const smoothed[] = {"alpha = 1\n", "alpha = 0.25\n",
	    "temperature = 0.075", "temperature = 0.0001", NULL};
	struct run *run = run_of("default", smoothed);
	struct run_miner b = {.hotkey = "5B", .serves = true, .previous = 0.5},
			 c = {.hotkey = "5C", .previous = 0.25};

	(void)state;
	add_miner(run, "5A", 0, 1);
	run_add_miner(run, &b);
	run_add_miner(run, &c); /* not serving any more */
	add(run, "5A", "audio.speak", 1, true, 1, 1);
	add(run, "5B", "audio.speak", 1, true, 9000, 0);
	assert_null(run_finish(run));
	near(entry(run, "5A")->weight, 0.25);
	near(entry(run, "5B")->weight, 0.75 * 2 / 3);
	near(entry(run, "5C")->weight, 0.75 / 3);
	run_free(run);
}

static void
the_guard_draws_towards_the_consensus(void **state)
{
	static const char *const guarded[] = {"vtrust = 0", "vtrust = 0.5",
	    "temperature = 0.075", "temperature = 0.0001", NULL};
	struct run *run = run_of("default", guarded);
	struct run_miner m[] = {
	    {.hotkey = "5A", .serves = true, .consensus = 0.1},
	    {.hotkey = "5B", .serves = true, .consensus = 0.9}};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		run_add_miner(run, &m[i]);
	add(run, "5A", "audio.speak", 1, true, 1, 1);
	add(run, "5B", "audio.speak", 1, true, 9000, 0);
	assert_null(run_finish(run));
	near(entry(run, "5A")->weight, 0.6);
	near(entry(run, "5B")->weight, 0.4);
	run_free(run);
}

/* -- what if ------------------------------------------------------------ */

static void
what_would_have_raised_a_score(void **state)
{
	struct run *run = four_miners();
	long c = run_find(run, "5C");

	(void)state;
	run_finish(run);
	near(run_what_if(run, c, RUN_AS_IT_IS), entry(run, "5C")->score);
	near(run_what_if(run, c, RUN_NO_FAILURES), 0.4 * 0.9 + 0.4 + 0.1);
	near(run_what_if(run, c, RUN_WHOLE_SPEED), 0.4 * 0.5 + 0.2 + 0.1);
	near(run_what_if(run, 0, RUN_WHOLE_ACCURACY), 0.4 * 0.7 + 0.4 + 0.02);
	run_free(run);
}

/* -- order -------------------------------------------------------------- */

static void
miners_and_events_come_in_order(void **state)
{
	struct run *run = run_of("default", NULL);
	struct run_miner m = {.hotkey = "5B"};
	struct run_event e = {.at_us = 5};

	(void)state;
	assert_int_equal(run_add_event(run, &e), -1); /* of nobody */
	assert_int_equal(run_add_miner(run, &m), 0);
	assert_int_equal(run_add_miner(run, &m), -1);
	m.hotkey[1] = 'A';
	assert_int_equal(run_add_miner(run, &m), -1);
	m.hotkey[1] = 'C';
	assert_int_equal(run_add_miner(run, &m), 0);
	m.hotkey[0] = '\0';
	assert_int_equal(run_add_miner(run, &m), -1);
	assert_int_equal(run_add_event(run, &e), -1); /* of no kind */
	run_kind(run, "audio.speak");
	e.miner = 1;
	assert_int_equal(run_add_event(run, &e), 0);
	assert_int_equal(run_add_event(run, &e), 0);
	e.at_us = 4;
	assert_int_equal(run_add_event(run, &e), -1);
	e.miner = 0;
	e.at_us = 9;
	assert_int_equal(run_add_event(run, &e), -1);
	e.miner = 1;
	e.source = POLICY_N_SOURCES;
	assert_int_equal(run_add_event(run, &e), -1);
	assert_int_equal(run_find(run, "5Q"), -1);
	run_free(run);
}

static void
there_is_room_for_so_many_kinds(void **state)
{
	struct run *run = run_of("default", NULL);
	char name[16];

	(void)state;
	for (int i = 0; i < RUN_MAX_KINDS; i++) {
		snprintf(name, sizeof(name), "kind.%d", i);
		assert_int_equal(run_kind(run, name), i);
	}
	assert_int_equal(run_kind(run, "one.more"), -1);
	assert_int_equal(run_kind(run, "kind.3"), 3);
	run_free(run);
}

static void
a_policy_that_is_none_makes_no_run(void **state)
{
	struct err err;

	(void)state;
	assert_null(run_new("[policy]\nname = x\n", &err));
	assert_non_null(strstr(err.text, "missing"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(weights_follow_what_miners_did),
	    cmocka_unit_test(the_same_input_gives_the_same_bits),
	    cmocka_unit_test(each_kind_is_scored_by_itself),
	    cmocka_unit_test(nobody_delivered_means_no_vector),
	    cmocka_unit_test(who_burns_gets_the_burnt_share_and_no_stake),
	    cmocka_unit_test(the_banned_the_failed_and_twins_are_out),
	    cmocka_unit_test(what_came_before_a_registration_does_not_count),
	    cmocka_unit_test(a_source_weighs_what_the_policy_says),
	    cmocka_unit_test(one_average_of_all_kinds_is_dippys),
	    cmocka_unit_test(a_success_may_be_too_slow),
	    cmocka_unit_test(one_light_job_does_not_sink_a_miner),
	    cmocka_unit_test(unmeasured_is_not_zero),
	    cmocka_unit_test(what_could_not_be_measured_lowers_nothing),
	    cmocka_unit_test(who_could_not_be_measured_is_what_it_was),
	    cmocka_unit_test(speed_may_be_a_rank_among_the_kinds_others),
	    cmocka_unit_test(the_top_five_share_by_their_scores),
	    cmocka_unit_test(what_was_proven_before_stays_in_part),
	    cmocka_unit_test(the_guard_draws_towards_the_consensus),
	    cmocka_unit_test(what_would_have_raised_a_score),
	    cmocka_unit_test(miners_and_events_come_in_order),
	    cmocka_unit_test(there_is_room_for_so_many_kinds),
	    cmocka_unit_test(a_policy_that_is_none_makes_no_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
