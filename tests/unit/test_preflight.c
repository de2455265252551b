/* The chain's checks of weights, in the chain's order, on a snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "weightsetter/plan.h"
#include "weightsetter/preflight.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/value.c"

enum { N = 4 };

/* A subnet of four; we are at uid 0 and everything is in order. */
struct scene {
	struct snapshot s;
	struct neuron neurons[N];
	uint16_t uids[N + 1], weights[N + 1];
	struct uid_weights w;
	uint64_t version_key;
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
	c->s.last_update = 500;
	c->neurons[0].permit = true;
	c->neurons[0].total_stake = 1000;
	c->w.uids = c->uids;
	c->w.weights = c->weights;
	c->w.n = 3;
}

static void
expect(struct scene *c, enum preflight_verdict verdict, const char *reason)
{
	struct preflight p = preflight_check(&c->s, &c->w, c->version_key);

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
commit_reveal(struct scene *c)
{
	c->s.hyper.commit_reveal = true;
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
no_mechanism(struct scene *c)
{
	c->s.mecid = 1;
}

static void
too_many(struct scene *c)
{
	c->w.n = N + 1;
}

static void
not_registered(struct scene *c)
{
	snprintf(c->s.hotkey, sizeof(c->s.hotkey), "%s", "stranger");
}

static void
little_stake(struct scene *c)
{
	c->neurons[0].total_stake = 999;
}

static void
old_version(struct scene *c)
{
	c->s.hyper.weights_version = 7;
	c->version_key = 6;
}

static void
too_fast(struct scene *c)
{
	c->s.last_update = 950;
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
    {commit_reveal, PREFLIGHT_REFUSE, "commit_reveal_not_supported"},
    {root, PREFLIGHT_REFUSE, "CanNotSetRootNetworkWeights"},
    {no_subnet, PREFLIGHT_REFUSE, "MechanismDoesNotExist"},
    {too_many, PREFLIGHT_REFUSE, "UidsLengthExceedUidsInSubNet"},
    {not_registered, PREFLIGHT_REFUSE, "HotKeyNotRegisteredInSubNet"},
    {little_stake, PREFLIGHT_WAIT, "NotEnoughStakeToSetWeights"},
    {old_version, PREFLIGHT_REFUSE, "IncorrectWeightVersionKey"},
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
	no_mechanism(&c);
	expect(&c, PREFLIGHT_REFUSE, "MechanismDoesNotExist");
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
			if (faults[i].make == not_registered &&
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
		c.s.last_update = cases[i].last;
		c.s.hyper.weights_rate_limit = cases[i].limit;
		c.s.block = cases[i].block;
		p = preflight_check(&c.s, &c.w, 0);
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
	p = preflight_check(&c.s, &c.w, 0);
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
		c.version_key = cases[i].ours;
		if (cases[i].good)
			expect(&c, PREFLIGHT_GO, NULL);
		else
			expect(
			    &c, PREFLIGHT_REFUSE, "IncorrectWeightVersionKey");
	}
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
