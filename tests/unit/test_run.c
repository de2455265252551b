/* A scoring round from neurons and judgements to weights. */
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
#include "validator/run.c"

static struct policy policy;

static int
load_policy(void **state)
{
	char *text = config_read_file("deploy/policies/default.ini", NULL);
	struct err err = {"cannot be read"};

	(void)state;
	if (text == NULL || policy_parse(text, &policy, &err) != 0) {
		print_error("%s\n", err.text);
		return -1;
	}
	free(text);
	return 0;
}

static void
add(struct run *run, const char *hotkey, bool success, double speed,
    double accuracy, double ms)
{
	const struct score_sample sample = {success, speed, accuracy, ms};

	run_add_sample(run, hotkey, &sample);
}

static void
near(double got, double want)
{
	if (isnan(want) ? !isnan(got) : !(fabs(got - want) < 1e-12))
		fail_msg("%.17g, not %.17g", got, want);
}

/* Four miners: one good, one careless, one failing, one silent. */
static struct run *
four_miners(void)
{
	struct run *run = run_new(&policy);

	assert_int_equal(run_add_neuron(run, "5A", 7, 100, true), 0);
	assert_int_equal(run_add_neuron(run, "5B", 3, 100, true), 0);
	assert_int_equal(run_add_neuron(run, "5C", 9, 6000, true), 0);
	assert_int_equal(run_add_neuron(run, "5D", 1, 300, true), 0);
	add(run, "5A", true, 0.8, 1, 2000);
	add(run, "5A", true, 0.6, 0.8, 4000);
	add(run, "5B", true, 0.8, 0.5, 2000);
	add(run, "5B", true, 0.8, 0.5, 1000);
	add(run, "5C", true, 0.9, 1, 1000);
	add(run, "5C", false, 0, 0, NAN);
	add(run, "5D", false, 0, 0, NAN);
	add(run, "5D", false, 0, 0, NAN);
	add(run, "5E", true, 1, 1, 1); /* not in the snapshot */
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
	near(e[0].win_rate, 1);
	near(e[1].win_rate, 2. / 3);
	near(e[2].win_rate, 1. / 3);
	near(e[3].win_rate, 0);
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
	assert_int_equal(e[0].uid, 7);
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
nobody_delivered_means_no_vector(void **state)
{
	struct run *run = run_new(&policy);

	(void)state;
	run_add_neuron(run, "5A", 0, 1000, true);
	add(run, "5A", false, 0, 0, NAN);
	assert_string_equal(run_finish(run), "no miner has a positive score");
	run_free(run);
	run = run_new(&policy);
	assert_string_equal(run_finish(run), "no miner has a positive score");
	run_free(run);
	run_free(NULL);
}

static void
who_burns_gets_the_burnt_share_and_no_stake(void **state)
{
	struct policy burning = policy;
	const struct run_entry *e;
	struct run *run;
	size_t n;

	(void)state;
	burning.curve.burn_rate = 0.75;
	burning.burn_uid = 74;
	run = run_new(&burning);
	run_add_neuron(run, "5A", 1, 500, true);
	run_add_neuron(run, "5Z", 74, 500, false);
	add(run, "5A", true, 1, 1, 1);
	assert_null(run_finish(run));
	e = run_entries(run, &n);
	near(e[0].stake_share, 1);
	near(e[0].weight, 0.25);
	near(e[1].weight, 0.75);
	run_free(run);
}

static void
neurons_come_in_order_and_once(void **state)
{
	struct run *run = run_new(&policy);
	char hotkey[RUN_MAX_HOTKEY + 1];

	(void)state;
	memset(hotkey, '6', sizeof(hotkey) - 1);
	hotkey[sizeof(hotkey) - 1] = '\0';
	assert_int_equal(run_add_neuron(run, "5B", 0, 1, true), 0);
	assert_int_equal(run_add_neuron(run, "5B", 0, 1, true), -1);
	assert_int_equal(run_add_neuron(run, "5A", 0, 1, true), -1);
	assert_int_equal(run_add_neuron(run, hotkey, 0, 1, true), -1);
	assert_int_equal(run_add_neuron(run, "5a", 0, 1, true), 0);
	run_free(run);
}

static void
there_may_be_many_neurons(void **state)
{
	struct run *run = run_new(&policy);
	const struct run_entry *e;
	double sum = 0;
	size_t n;

	(void)state;
	for (int i = 0; i < 1024; i++) {
		char hotkey[16];

		snprintf(hotkey, sizeof(hotkey), "5%05d", i);
		assert_int_equal(
		    run_add_neuron(run, hotkey, i, i + 1, true), 0);
	}
	for (int i = 0; i < 1024; i += 3) {
		char hotkey[16];

		snprintf(hotkey, sizeof(hotkey), "5%05d", i);
		add(run, hotkey, true, i / 1024., NAN, i);
	}
	assert_null(run_finish(run));
	e = run_entries(run, &n);
	assert_int_equal(n, 1024);
	for (size_t i = 0; i < n; i++) {
		assert_true((e[i].weight > 0) == (i % 3 == 0));
		sum += e[i].weight;
	}
	near(sum, 1);
	run_free(run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(weights_follow_what_miners_did),
	    cmocka_unit_test(the_same_input_gives_the_same_bits),
	    cmocka_unit_test(nobody_delivered_means_no_vector),
	    cmocka_unit_test(who_burns_gets_the_burnt_share_and_no_stake),
	    cmocka_unit_test(neurons_come_in_order_and_once),
	    cmocka_unit_test(there_may_be_many_neurons),
	};

	return cmocka_run_group_tests(tests, load_policy, NULL);
}
