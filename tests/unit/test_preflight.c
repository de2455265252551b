/* The chain's checks of weights, in the chain's order, on a snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/log.h"
#include "weightsetter/ledger.c"
#include "weightsetter/preflight.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

enum { N = 4 };

/* A subnet of four; we are at uid 0 and everything is in order. */
struct scene {
	struct snapshot s;
	struct neuron neurons[N];
	uint16_t uids[N + 1], weights[N + 1];
	struct uid_weights w;
	struct preflight_of of;
};

static void
set_scene(struct scene *c)
{
	memset(c, 0, sizeof(*c));
	for (int i = 0; i < N; i++) {
		c->neurons[i].uid = (uint16_t)i;
		snprintf(c->neurons[i].hotkey, sizeof(c->neurons[i].hotkey),
		    "hotkey%d", i);
		c->uids[i] = (uint16_t)i;
		c->weights[i] = 65535;
	}
	c->uids[N] = N;
	c->s.netuid = 11;
	c->s.block = 1000;
	c->s.neurons = c->neurons;
	c->s.n_neurons = N;
	snprintf(c->s.hotkey, sizeof(c->s.hotkey), "%s", "hotkey0");
	snprintf(c->s.hyper.owner_hotkey, sizeof(c->s.hyper.owner_hotkey), "%s",
	    "somebody");
	c->s.hyper.exists = true;
	c->s.hyper.mechanisms = 1;
	c->s.hyper.n = N;
	c->s.hyper.min_allowed_weights = 3;
	c->s.hyper.weights_rate_limit = 100;
	c->s.hyper.stake_threshold = 1000;
	c->s.own[0].last_update = 500;
	c->neurons[0].permit = true;
	c->neurons[0].total_stake = 1000;
	c->w.uids = c->uids;
	c->w.weights = c->weights;
	c->w.n = 3;
}

static void
expect(struct scene *c, enum preflight_verdict verdict, const char *reason)
{
	struct preflight p = preflight_check(&c->s, &c->of, &c->w);

	assert_int_equal(p.verdict, verdict);
	if (reason == NULL)
		assert_null(p.reason);
	else
		assert_string_equal(p.reason, reason);
}

static void
good_weights_go(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c);
	expect(&c, PREFLIGHT_GO, NULL);
}

static void
root(struct scene *c)
{
	c->s.netuid = 0;
}

static void
no_subnet(struct scene *c)
{
	c->s.hyper.exists = false;
}

static void
of_no_mechanism(struct scene *c)
{
	c->of.mecid = 1;
}

static void
beyond_n(struct scene *c)
{
	c->w.n = N + 1;
}

static void
as_a_stranger(struct scene *c)
{
	snprintf(c->s.hotkey, sizeof(c->s.hotkey), "%s", "stranger");
}

static void
little_stake(struct scene *c)
{
	c->neurons[0].total_stake = 999;
}

static void
of_old_code(struct scene *c)
{
	c->s.hyper.weights_version = 7;
	c->of.version_key = 6;
}

static void
too_fast(struct scene *c)
{
	c->s.own[0].last_update = 950;
}

static void
without_permit(struct scene *c)
{
	c->neurons[0].permit = false;
}

static void
twice(struct scene *c)
{
	c->uids[1] = 0;
}

static void
beyond(struct scene *c)
{
	c->uids[1] = N;
	c->uids[2] = N + 1;
}

static void
too_short(struct scene *c)
{
	c->w.n = 2;
}

struct fault {
	void (*make)(struct scene *);
	enum preflight_verdict verdict;
	const char *reason;
};

/* In the order in which the chain looks at them. */
static const struct fault faults[] = {
    {root, PREFLIGHT_REFUSE, "CanNotSetRootNetworkWeights"},
    {no_subnet, PREFLIGHT_ALARM, "MechanismDoesNotExist"},
    {beyond_n, PREFLIGHT_REFUSE, "UidsLengthExceedUidsInSubNet"},
    {as_a_stranger, PREFLIGHT_ALARM, "HotKeyNotRegisteredInSubNet"},
    {little_stake, PREFLIGHT_WAIT, "NotEnoughStakeToSetWeights"},
    {of_old_code, PREFLIGHT_ALARM, "IncorrectWeightVersionKey"},
    {too_fast, PREFLIGHT_WAIT, "SettingWeightsTooFast"},
    {without_permit, PREFLIGHT_WAIT, "NeuronNoValidatorPermit"},
    {twice, PREFLIGHT_REFUSE, "DuplicateUids"},
    {beyond, PREFLIGHT_REFUSE, "UidVecContainInvalidOne"},
    {too_short, PREFLIGHT_REFUSE, "WeightVecLengthIsLow"},
};

enum { N_FAULTS = sizeof(faults) / sizeof(faults[0]) };

static void
each_fault_has_the_chains_name(void **state)
{
	struct scene c;

	(void)state;
	for (size_t i = 0; i < N_FAULTS; i++) {
		set_scene(&c);
		faults[i].make(&c);
		expect(&c, faults[i].verdict, faults[i].reason);
	}
	set_scene(&c);
	of_no_mechanism(&c);
	expect(&c, PREFLIGHT_ALARM, "MechanismDoesNotExist");
}

static void
of_two_faults_the_chains_first_is_named(void **state)
{
	struct scene c;

	(void)state;
	for (size_t i = 0; i < N_FAULTS; i++) {
		for (size_t j = i + 1; j < N_FAULTS; j++) {
			set_scene(&c);
			faults[j].make(&c);
			faults[i].make(&c);
			if (faults[i].make == as_a_stranger &&
			    faults[j].make == little_stake)
				continue; /* nobody's stake */
			expect(&c, faults[i].verdict, faults[i].reason);
		}
	}
}

static void
the_rate_limit_says_when(void **state)
{
	static const struct {
		uint64_t last, limit, block;
		enum preflight_verdict verdict;
		uint64_t until;
	} cases[] = {
	    {0, 100, 5, PREFLIGHT_GO, 0}, /* never set before */
	    {900, 100, 998, PREFLIGHT_WAIT, 999},
	    {900, 100, 999, PREFLIGHT_GO, 0}, /* lands in 1000 at the least */
	    {900, 100, 1500, PREFLIGHT_GO, 0}, {900, 0, 900, PREFLIGHT_GO, 0},
	    {900, UINT64_MAX, 1000, PREFLIGHT_GO, 0}, /* the chain decides */
	};
	struct preflight p;
	struct scene c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_scene(&c);
		c.s.own[0].last_update = cases[i].last;
		c.s.hyper.weights_rate_limit = cases[i].limit;
		c.s.block = cases[i].block;
		p = preflight_check(&c.s, &c.of, &c.w);
		assert_int_equal(p.verdict, cases[i].verdict);
		assert_int_equal(p.until_block, cases[i].until);
	}
}

static void
what_the_next_block_may_bring_is_waited_for(void **state)
{
	struct preflight p;
	struct scene c;

	(void)state;
	set_scene(&c);
	without_permit(&c);
	p = preflight_check(&c.s, &c.of, &c.w);
	assert_int_equal(p.until_block, 1001);
}

static void
the_owner_needs_neither_stake_nor_permit(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c);
	little_stake(&c);
	without_permit(&c);
	snprintf(c.s.hyper.owner_hotkey, sizeof(c.s.hyper.owner_hotkey), "%s",
	    "hotkey0");
	expect(&c, PREFLIGHT_GO, NULL);
}

static void
a_self_weight_needs_neither_permit_nor_length(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c);
	without_permit(&c);
	c.w.n = 1;
	expect(&c, PREFLIGHT_GO, NULL);
	c.uids[0] = 1;
	expect(&c, PREFLIGHT_WAIT, "NeuronNoValidatorPermit");
}

static void
a_small_subnet_wants_no_more_than_it_has(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c);
	c.s.hyper.min_allowed_weights = 1024;
	c.w.n = N;
	expect(&c, PREFLIGHT_GO, NULL);
}

static void
version_keys_as_the_chain_compares_them(void **state)
{
	static const struct {
		uint64_t chains, ours;
		bool good;
	} cases[] = {{0, 0, true}, {7, 7, true}, {7, 8, true}, {7, 6, false},
	    {0, 9, true}};
	struct scene c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_scene(&c);
		c.s.hyper.weights_version = cases[i].chains;
		c.of.version_key = cases[i].ours;
		if (cases[i].good)
			expect(&c, PREFLIGHT_GO, NULL);
		else
			expect(
			    &c, PREFLIGHT_ALARM, "IncorrectWeightVersionKey");
	}
}

/* -- commits ------------------------------------------------------------- */

static void
a_commit_meets_every_check_of_its_reveal(void **state)
{
	struct scene c;

	(void)state;
	for (int action = LEDGER_TIMELOCK; action <= LEDGER_HASH; action++) {
		for (size_t i = 0; i < N_FAULTS; i++) {
			set_scene(&c);
			c.s.hyper.commit_reveal = true;
			c.of.action = action;
			faults[i].make(&c);
			expect(&c, faults[i].verdict,
			    faults[i].make == too_fast
				? "CommittingWeightsTooFast"
				: faults[i].reason);
		}
	}
}

static void
a_reveal_has_no_rate_limit(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c);
	too_fast(&c);
	c.of.action = LEDGER_REVEAL;
	expect(&c, PREFLIGHT_GO, NULL);
}

static void
ten_commits_are_enough(void **state)
{
	static const struct {
		enum ledger_action action;
		bool is_timelocked;
		uint64_t epoch;
		size_t n;
		bool good;
	} cases[] = {
	    {LEDGER_TIMELOCK, true, 5, 9, true},
	    {LEDGER_TIMELOCK, true, 5, 10, false},
	    {LEDGER_TIMELOCK, true, 4, 10, true}, /* of another epoch */
	    {LEDGER_TIMELOCK, false, 5, 10, true},
	    {LEDGER_HASH, false, 4, 10, false}, /* whatever the epoch */
	    {LEDGER_HASH, false, 4, 9, true},
	    {LEDGER_HASH, true, 5, 10, true},
	    {LEDGER_REVEAL, false, 4, 10, true},
	};
	struct scene c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_scene(&c);
		c.s.hyper.epochs = (struct epochs){.is_counted = true,
		    .tempo = 360,
		    .last = 900,
		    .index = 5,
		    .current = 1000};
		c.of.action = cases[i].action;
		c.s.own[0].n_commits = cases[i].n;
		for (size_t k = 0; k < cases[i].n; k++) {
			c.s.own[0].commits[k].is_timelocked =
			    cases[i].is_timelocked;
			c.s.own[0].commits[k].epoch = cases[i].epoch;
		}
		if (cases[i].good)
			expect(&c, PREFLIGHT_GO, NULL);
		else
			expect(&c, PREFLIGHT_WAIT, "TooManyUnrevealedCommits");
	}
}

static void
alarms_need_no_vector(void **state)
{
	struct scene c;

	(void)state;
	for (size_t i = 0; i < N_FAULTS; i++) {
		const char *alarm;

		set_scene(&c);
		faults[i].make(&c);
		alarm = preflight_alarm(&c.s, &c.of);
		if (faults[i].verdict == PREFLIGHT_ALARM)
			assert_string_equal(alarm, faults[i].reason);
		else
			assert_null(alarm);
	}
}

/* In the place of PostgreSQL. */
void
store_step(struct store *s, const char *id, const char *from, const char *to,
    const struct ledger_fact *fact, int64_t now_us, store_cb *cb, void *arg)
{
	(void)s;
	(void)id;
	(void)from;
	(void)to;
	(void)fact;
	(void)now_us;
	(void)cb;
	(void)arg;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_weights_go),
	    cmocka_unit_test(each_fault_has_the_chains_name),
	    cmocka_unit_test(of_two_faults_the_chains_first_is_named),
	    cmocka_unit_test(the_rate_limit_says_when),
	    cmocka_unit_test(what_the_next_block_may_bring_is_waited_for),
	    cmocka_unit_test(the_owner_needs_neither_stake_nor_permit),
	    cmocka_unit_test(a_self_weight_needs_neither_permit_nor_length),
	    cmocka_unit_test(a_small_subnet_wants_no_more_than_it_has),
	    cmocka_unit_test(version_keys_as_the_chain_compares_them),
	    cmocka_unit_test(a_commit_meets_every_check_of_its_reveal),
	    cmocka_unit_test(a_reveal_has_no_rate_limit),
	    cmocka_unit_test(ten_commits_are_enough),
	    cmocka_unit_test(alarms_need_no_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
