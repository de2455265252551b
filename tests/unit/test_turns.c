/* Whose turn it is at what is in flight, with setters played by the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "weightsetter/setters.c"

struct setter {
	uint16_t netuid;
	uint8_t mecid;
	bool wants;
	int turns, ended, none, snapshots;
};

struct flight {
	struct flight_parts parts;
	bool is_free;
};

static struct setter all[SUBNETS_MAX];
static size_t n_all;
static struct flight flight;
static char order[64]; /* the netuids that sent, as letters */

struct setter *
setter_new(const struct setter_parts *parts)
{
	struct setter *w = &all[n_all++];

	*w = (struct setter){
	    .netuid = parts->netuid, .mecid = parts->mecid, .wants = true};
	return w;
}

void
setter_free(struct setter *w)
{
	(void)w;
}

bool
setter_is_of(const struct setter *w, uint16_t netuid, uint8_t mecid)
{
	return w->netuid == netuid && w->mecid == mecid;
}

void
setter_take_snapshot(struct setter *w, struct snapshot *s, struct runtime *r)
{
	(void)s;
	(void)r;
	w->snapshots++;
}

void
setter_wake(struct setter *w)
{
	(void)w;
}

bool
setter_step(struct setter *w)
{
	size_t len = strlen(order);

	assert_true(flight.is_free);
	w->turns++;
	if (!w->wants)
		return false;
	order[len] = (char)('a' + w->netuid);
	order[len + 1] = '\0';
	flight.is_free = false;
	return true;
}

void
setter_row_ended(struct setter *w, const struct ledger_row *row)
{
	(void)row;
	w->ended++;
}

void
setter_no_row(
    struct setter *w, const struct ledger_row *row, const char *reason)
{
	(void)row;
	(void)reason;
	w->none++;
}

enum flight_commit
setter_find_commit(
    const struct setter *w, const struct ledger_row *row, uint64_t *epoch)
{
	(void)row;
	*epoch = w->netuid;
	return FLIGHT_STORED;
}

struct flight *
flight_new(const struct flight_parts *parts)
{
	flight.parts = *parts;
	flight.is_free = true;
	return &flight;
}

void
flight_free(struct flight *f)
{
	(void)f;
}

bool
flight_is_free(const struct flight *f)
{
	return f->is_free;
}

void
flight_take_snapshot(struct flight *f, struct snapshot *s)
{
	(void)f;
	(void)s;
}

void
snapshot_free(struct snapshot *s)
{
	(void)s;
}

void
runtime_release(struct runtime *r)
{
	(void)r;
}

static struct setters *
begin(size_t n)
{
	struct subnets subnets = {.n = n};
	const struct setters_parts parts = {.subnets = &subnets};

	n_all = 0;
	order[0] = '\0';
	for (size_t i = 0; i < n; i++)
		subnets.of[i].netuid = (uint16_t)i;
	return setters_new(&parts);
}

/* What is in flight has ended. */
static void
free_again(void)
{
	flight.is_free = true;
	flight.parts.on_free(flight.parts.arg);
}

static void
everybody_is_served_in_turn(void **state)
{
	struct setters *ss = begin(3);

	(void)state;
	for (int i = 0; i < 7; i++)
		free_again();
	assert_string_equal(order, "abcabca");
	setters_free(ss);
}

static void
one_that_always_wants_starves_nobody(void **state)
{
	struct setters *ss = begin(3);

	(void)state;
	all[1].wants = all[2].wants = false;
	free_again();
	free_again();
	all[2].wants = true; /* it waits since now */
	free_again();
	free_again();
	assert_string_equal(order, "aaca");
	setters_free(ss);
}

static void
nobody_has_a_turn_while_something_is_in_flight(void **state)
{
	struct setters *ss = begin(2);

	(void)state;
	flight.is_free = false;
	flight.parts.on_free(flight.parts.arg);
	assert_int_equal(all[0].turns + all[1].turns, 0);
	setters_free(ss);
}

static void
what_became_of_a_row_is_told_to_its_setter(void **state)
{
	struct setters *ss = begin(3);
	struct ledger_row row = {.netuid = 2};
	uint64_t epoch = 0;

	(void)state;
	flight.parts.on_end(&row, flight.parts.arg);
	flight.parts.on_none(&row, "node", flight.parts.arg);
	assert_int_equal(all[2].ended, 1);
	assert_int_equal(all[2].none, 1);
	assert_int_equal(all[0].ended + all[1].ended, 0);
	assert_int_equal(
	    flight.parts.find_commit(&row, &epoch, flight.parts.arg),
	    FLIGHT_STORED);
	assert_int_equal(epoch, 2);
	setters_free(ss);
}

static void
a_row_of_a_subnet_no_longer_configured_is_nobodys(void **state)
{
	struct setters *ss = begin(2);
	struct ledger_row row = {.netuid = 1, .mecid = 1};
	uint64_t epoch;

	(void)state;
	flight.parts.on_end(&row, flight.parts.arg);
	assert_int_equal(
	    flight.parts.find_commit(&row, &epoch, flight.parts.arg),
	    FLIGHT_UNKNOWN);
	setters_free(ss);
}

static void
a_snapshot_goes_to_all_mechanisms_of_its_subnet(void **state)
{
	struct subnets subnets = {.of = {{11, 0}, {49, 0}, {49, 1}}, .n = 3};
	const struct setters_parts parts = {.subnets = &subnets};
	struct snapshot s = {.netuid = 49};
	struct setters *ss;

	(void)state;
	n_all = 0;
	ss = setters_new(&parts);
	setters_take_snapshot(ss, &s, NULL);
	assert_int_equal(all[0].snapshots, 0);
	assert_int_equal(all[1].snapshots, 1);
	assert_int_equal(all[2].snapshots, 1);
	setters_free(ss);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everybody_is_served_in_turn),
	    cmocka_unit_test(one_that_always_wants_starves_nobody),
	    cmocka_unit_test(nobody_has_a_turn_while_something_is_in_flight),
	    cmocka_unit_test(what_became_of_a_row_is_told_to_its_setter),
	    cmocka_unit_test(a_row_of_a_subnet_no_longer_configured_is_nobodys),
	    cmocka_unit_test(a_snapshot_goes_to_all_mechanisms_of_its_subnet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
