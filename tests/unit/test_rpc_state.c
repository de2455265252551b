/* The connection's state machine, with a clock turned by hand. */
#include "subtensor/rpc_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct rpc_timing timing = {
    .connect_timeout_ms = 10000,
    .ping_interval_ms = 20000,
    .head_timeout_ms = 60000,
};

static struct rpc_state
machine(void)
{
	struct rpc_state s;

	rpc_state_init(&s, false, &timing, 1000);
	return s;
}

static struct rpc_state
machine_up(void)
{
	struct rpc_state s = machine();

	rpc_state_step(&s, RPC_TICK, 1000, 0);
	rpc_state_step(&s, RPC_CONNECTED, 1000, 0);
	return s;
}

static void
the_first_tick_connects(void **state)
{
	struct rpc_state s = machine();

	(void)state;
	assert_int_equal(rpc_state_deadline_ms(&s), 1000);
	assert_int_equal(rpc_state_step(&s, RPC_TICK, 1000, 0), RPC_CONNECT);
	assert_int_equal(s.phase, RPC_CONNECTING);
	assert_false(s.by_http);
}

static void
every_phase_answers_every_event(void **state)
{
	static const struct {
		enum rpc_phase phase;
		enum rpc_event event;
		int64_t after_ms;
		enum rpc_action action;
		enum rpc_phase next;
	} cases[] = {
	    {RPC_WAITING, RPC_TICK, 0, RPC_CONNECT, RPC_CONNECTING},
	    {RPC_WAITING, RPC_CONNECTED, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_WAITING, RPC_LOST, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_WAITING, RPC_TRAFFIC, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_WAITING, RPC_HEAD, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_CONNECTING, RPC_TICK, 9999, RPC_NOTHING, RPC_CONNECTING},
	    {RPC_CONNECTING, RPC_TICK, 10000, RPC_DROP, RPC_WAITING},
	    {RPC_CONNECTING, RPC_CONNECTED, 0, RPC_ANNOUNCE, RPC_UP},
	    {RPC_CONNECTING, RPC_LOST, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_CONNECTING, RPC_TRAFFIC, 0, RPC_NOTHING, RPC_CONNECTING},
	    {RPC_CONNECTING, RPC_HEAD, 0, RPC_NOTHING, RPC_CONNECTING},
	    {RPC_UP, RPC_TICK, 19999, RPC_NOTHING, RPC_UP},
	    {RPC_UP, RPC_TICK, 20000, RPC_PING, RPC_UP},
	    {RPC_UP, RPC_TICK, 60000, RPC_DROP, RPC_WAITING},
	    {RPC_UP, RPC_CONNECTED, 0, RPC_NOTHING, RPC_UP},
	    {RPC_UP, RPC_LOST, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_UP, RPC_TRAFFIC, 0, RPC_NOTHING, RPC_UP},
	    {RPC_UP, RPC_HEAD, 0, RPC_NOTHING, RPC_UP},
	    {RPC_WAITING, RPC_LIMITED, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_WAITING, RPC_NO_SOCKET, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_CONNECTING, RPC_LIMITED, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_CONNECTING, RPC_NO_SOCKET, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_UP, RPC_LIMITED, 0, RPC_NOTHING, RPC_WAITING},
	    {RPC_UP, RPC_NO_SOCKET, 0, RPC_NOTHING, RPC_WAITING},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rpc_state s = machine();

		if (cases[i].phase != RPC_WAITING)
			rpc_state_step(&s, RPC_TICK, 1000, 0);
		if (cases[i].phase == RPC_UP)
			rpc_state_step(&s, RPC_CONNECTED, 1000, 0);
		assert_int_equal(s.phase, cases[i].phase);
		assert_int_equal(rpc_state_step(&s, cases[i].event,
				     1000 + cases[i].after_ms, 0),
		    cases[i].action);
		assert_int_equal(s.phase, cases[i].next);
	}
}

static void
a_wait_doubles_with_each_failure(void **state)
{
	struct rpc_state s = machine();
	int64_t now = 1000, waited[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(
		    rpc_state_step(&s, RPC_TICK, now, 0), RPC_CONNECT);
		rpc_state_step(&s, RPC_LOST, now, 500);
		waited[i] = rpc_state_deadline_ms(&s) - now;
		now = rpc_state_deadline_ms(&s);
	}
	for (int i = 1; i < 4; i++)
		assert_int_equal(waited[i], 2 * waited[i - 1]);
}

/* As long as it asks for, and at least some seconds if it does not say. */
static void
a_node_is_left_alone_as_long_as_it_asks(void **state)
{
	static const struct {
		int64_t asked_ms, least_ms, most_ms;
	} cases[] = {
	    {-1, 5000, 5000}, {60000, 60000, 60000},
	    {0, 150, 400}, /* at once would be after the usual wait */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rpc_state s = machine();
		int64_t waits;

		rpc_state_step(&s, RPC_TICK, 1000, 0);
		s.asked_ms = cases[i].asked_ms;
		rpc_state_step(&s, RPC_LIMITED, 1000, 0);
		assert_int_equal(s.phase, RPC_WAITING);
		waits = rpc_state_deadline_ms(&s) - 1000;
		assert_in_range(waits, cases[i].least_ms, cases[i].most_ms);
	}
}

static void
limits_without_end_are_waited_out(void **state)
{
	struct rpc_state s = machine();
	int64_t now = 1000;

	(void)state;
	for (int i = 0; i < 20; i++) {
		rpc_state_step(&s, RPC_TICK, now, 0);
		s.asked_ms = -1;
		rpc_state_step(&s, RPC_LIMITED, now, 0);
		assert_in_range(rpc_state_deadline_ms(&s) - now, 5000, 40000);
		now = rpc_state_deadline_ms(&s);
	}
	assert_true(now > 20 * 10000);
}

static void
where_there_is_no_socket_posts_are_tried(void **state)
{
	struct rpc_state s = machine();
	int64_t now = 1000;
	static const bool by_http[] = {false, true, false, true};

	(void)state;
	for (int i = 0; i < 4; i++) {
		rpc_state_step(&s, RPC_TICK, now, 0);
		assert_int_equal(s.by_http, by_http[i]);
		rpc_state_step(&s, RPC_NO_SOCKET, now, 0);
		now = rpc_state_deadline_ms(&s);
	}
	rpc_state_step(&s, RPC_TICK, now, 0); /* by socket, refused */
	rpc_state_step(&s, RPC_NO_SOCKET, now, 0);
	now = rpc_state_deadline_ms(&s);
	rpc_state_step(&s, RPC_TICK, now, 0);
	assert_int_equal(
	    rpc_state_step(&s, RPC_CONNECTED, now, 0), RPC_ANNOUNCE);
	assert_true(s.by_http);
	now += 50000; /* nobody pings a post */
	assert_int_equal(rpc_state_step(&s, RPC_TICK, now, 0), RPC_NOTHING);
	rpc_state_step(&s, RPC_LOST, now, 0);
	assert_false(s.by_http);
}

static void
a_limit_does_not_change_the_way(void **state)
{
	struct rpc_state s = machine();

	(void)state;
	rpc_state_step(&s, RPC_TICK, 1000, 0);
	rpc_state_step(&s, RPC_NO_SOCKET, 1000, 0);
	rpc_state_step(&s, RPC_TICK, rpc_state_deadline_ms(&s), 0);
	s.asked_ms = 1000;
	rpc_state_step(&s, RPC_LIMITED, s.since_ms, 0);
	assert_true(s.by_http);
}

static void
an_http_url_is_never_tried_by_socket(void **state)
{
	struct rpc_state s;
	int64_t now = 1000;

	(void)state;
	rpc_state_init(&s, true, &timing, now);
	for (int i = 0; i < 4; i++) {
		rpc_state_step(&s, RPC_TICK, now, 0);
		assert_true(s.by_http);
		rpc_state_step(
		    &s, i % 2 == 0 ? RPC_NO_SOCKET : RPC_LOST, now, 0);
		now = rpc_state_deadline_ms(&s);
	}
}

static void
a_wait_never_grows_beyond_a_limit(void **state)
{
	struct rpc_state s = machine();
	int64_t now = 1000;

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(
		    rpc_state_step(&s, RPC_TICK, now, 0), RPC_CONNECT);
		rpc_state_step(&s, RPC_LOST, now, 999);
		assert_true(rpc_state_deadline_ms(&s) - now <= 40000);
		now = rpc_state_deadline_ms(&s);
	}
	assert_true(now > 30000);
}

static void
a_tick_too_early_waits_on(void **state)
{
	struct rpc_state s = machine();

	(void)state;
	rpc_state_step(&s, RPC_TICK, 1000, 0);
	rpc_state_step(&s, RPC_LOST, 1000, 0);
	assert_int_equal(rpc_state_step(&s, RPC_TICK, 1001, 0), RPC_NOTHING);
}

static void
a_head_ends_the_row_of_failures(void **state)
{
	struct rpc_state s = machine();

	(void)state;
	for (int i = 0; i < 5; i++) {
		rpc_state_step(&s, RPC_TICK, rpc_state_deadline_ms(&s), 0);
		rpc_state_step(&s, RPC_LOST, s.since_ms, 0);
	}
	assert_int_equal(s.failures, 5);
	rpc_state_step(&s, RPC_TICK, rpc_state_deadline_ms(&s), 0);
	rpc_state_step(&s, RPC_CONNECTED, s.since_ms, 0);
	assert_int_equal(s.failures, 5);
	rpc_state_step(&s, RPC_HEAD, s.since_ms, 0);
	assert_int_equal(s.failures, 0);
}

static void
a_ping_without_an_answer_gives_up(void **state)
{
	struct rpc_state s = machine_up();

	(void)state;
	rpc_state_step(&s, RPC_HEAD, 20000, 0);
	assert_int_equal(rpc_state_step(&s, RPC_TICK, 21000, 0), RPC_PING);
	assert_int_equal(rpc_state_step(&s, RPC_TICK, 41000, 0), RPC_DROP);
	assert_string_equal(s.why, "no answer to a ping");
}

static void
any_bytes_answer_a_ping(void **state)
{
	struct rpc_state s = machine_up();

	(void)state;
	assert_int_equal(rpc_state_step(&s, RPC_TICK, 21000, 0), RPC_PING);
	rpc_state_step(&s, RPC_TRAFFIC, 21001, 0);
	assert_int_equal(rpc_state_step(&s, RPC_TICK, 41000, 0), RPC_PING);
}

static void
traffic_without_heads_gives_up(void **state)
{
	struct rpc_state s = machine_up();
	int64_t now = 1000;

	(void)state;
	while (now < 56000) {
		now += 5000;
		rpc_state_step(&s, RPC_TRAFFIC, now, 0);
		assert_int_not_equal(
		    rpc_state_step(&s, RPC_TICK, now, 0), RPC_DROP);
	}
	assert_int_equal(rpc_state_deadline_ms(&s), 61000);
	assert_int_equal(rpc_state_step(&s, RPC_TICK, 61000, 0), RPC_DROP);
	assert_string_equal(s.why, "no head for too long");
}

static void
heads_keep_it_up(void **state)
{
	struct rpc_state s = machine_up();

	(void)state;
	for (int64_t now = 1000; now < 600000; now += 12000) {
		rpc_state_step(&s, RPC_TRAFFIC, now, 0);
		rpc_state_step(&s, RPC_HEAD, now, 0);
		assert_int_not_equal(
		    rpc_state_step(&s, RPC_TICK, now, 0), RPC_DROP);
	}
	assert_int_equal(s.phase, RPC_UP);
}

static void
without_a_watchdog_no_head_is_missed(void **state)
{
	struct rpc_timing off = timing;
	struct rpc_state s;

	(void)state;
	off.head_timeout_ms = -1;
	rpc_state_init(&s, false, &off, 0);
	rpc_state_step(&s, RPC_TICK, 0, 0);
	rpc_state_step(&s, RPC_CONNECTED, 0, 0);
	for (int64_t now = 0; now < 600000; now += 10000) {
		rpc_state_step(&s, RPC_TRAFFIC, now, 0);
		assert_int_not_equal(
		    rpc_state_step(&s, RPC_TICK, now, 0), RPC_DROP);
	}
}

/* What was not waited for before is not late at once. */
static void
another_watchdog_counts_from_now(void **state)
{
	struct rpc_state s = machine_up();

	(void)state;
	rpc_state_set_head_timeout(&s, -1, 2000);
	rpc_state_step(&s, RPC_TRAFFIC, 500000, 0);
	rpc_state_set_head_timeout(&s, 10000, 500000);
	assert_int_not_equal(rpc_state_step(&s, RPC_TICK, 509999, 0), RPC_DROP);
	rpc_state_set_head_timeout(&s, 10000, 509999);
	assert_int_equal(rpc_state_step(&s, RPC_TICK, 510000, 0), RPC_DROP);
	assert_string_equal(s.why, "no head for too long");
}

static void
a_long_life_is_no_failure(void **state)
{
	struct rpc_state s = machine_up();

	(void)state;
	s.failures = 7;
	rpc_state_step(&s, RPC_LOST, 1000 + 30000, 0);
	assert_int_equal(s.failures, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_tick_connects),
	    cmocka_unit_test(every_phase_answers_every_event),
	    cmocka_unit_test(a_wait_doubles_with_each_failure),
	    cmocka_unit_test(a_node_is_left_alone_as_long_as_it_asks),
	    cmocka_unit_test(limits_without_end_are_waited_out),
	    cmocka_unit_test(where_there_is_no_socket_posts_are_tried),
	    cmocka_unit_test(a_limit_does_not_change_the_way),
	    cmocka_unit_test(an_http_url_is_never_tried_by_socket),
	    cmocka_unit_test(a_wait_never_grows_beyond_a_limit),
	    cmocka_unit_test(a_tick_too_early_waits_on),
	    cmocka_unit_test(a_head_ends_the_row_of_failures),
	    cmocka_unit_test(a_ping_without_an_answer_gives_up),
	    cmocka_unit_test(any_bytes_answer_a_ping),
	    cmocka_unit_test(traffic_without_heads_gives_up),
	    cmocka_unit_test(heads_keep_it_up),
	    cmocka_unit_test(without_a_watchdog_no_head_is_missed),
	    cmocka_unit_test(another_watchdog_counts_from_now),
	    cmocka_unit_test(a_long_life_is_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
