/* common/redis.c against a Redis that is there, emptied, restarted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/redis.h"
#include "tests/lib/sandbox.h"

enum { WAIT_MS = 30000, MAX_IDS = 600, TICK_US = 10000 };

static const char stream[] = "subnetd:test";

struct heard {
	char ids[MAX_IDS][16];
	size_t n;
	char note[32]; /* of the last */
};

struct place {
	struct sandbox *sb;
	struct event_base *base;
	struct event *tick; /* so that the loop looks at its deadline */
	struct redis *out, *a, *b;
	struct heard at_a, at_b;
};

/* -- around each test --------------------------------------------------- */

static int
make_sandbox(void **state)
{
	const struct sandbox_options o = {.name = "redis", .redis = true};
	struct place *p = calloc(1, sizeof(*p));

	log_init("test_redis", LOG_FATAL);
	p->sb = sandbox_new(&o);
	*state = p;
	return p->sb != NULL ? 0 : -1;
}

static int
end_sandbox(void **state)
{
	struct place *p = *state;
	int failed = sandbox_end(p->sb, false);

	free(p);
	return failed;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static int
connect_redis(void **state)
{
	const struct timeval often = {0, TICK_US};
	struct place *p = *state;

	sandbox_redis(p->sb, "FLUSHALL");
	p->base = event_base_new();
	p->tick = event_new(p->base, -1, EV_PERSIST, on_tick, NULL);
	event_add(p->tick, &often);
	p->out = redis_new(p->base, sandbox_redis_url(p->sb));
	p->a = redis_new(p->base, sandbox_redis_url(p->sb));
	p->b = redis_new(p->base, sandbox_redis_url(p->sb));
	p->at_a.n = p->at_b.n = 0;
	return p->out != NULL ? 0 : -1;
}

static int
disconnect_redis(void **state)
{
	struct place *p = *state;

	redis_free(p->out);
	redis_free(p->a);
	redis_free(p->b);
	event_free(p->tick);
	event_base_free(p->base);
	return 0;
}

/* -- running ------------------------------------------------------------ */

static void
on_message(const char *id, const char *note, void *arg)
{
	struct heard *heard = arg;

	assert_true(heard->n < MAX_IDS);
	snprintf(heard->ids[heard->n++], sizeof(heard->ids[0]), "%s", id);
	snprintf(heard->note, sizeof(heard->note), "%s", note);
}

static void
await_up(struct place *p, struct redis *r, bool up)
{
	int64_t until = clock_mono_us() + WAIT_MS * 1000LL;

	while (redis_is_up(r) != up) {
		assert_true(clock_mono_us() < until);
		event_base_loop(p->base, EVLOOP_ONCE);
	}
}

/* Until so many readers hang on the server. */
static void
await_readers(struct place *p, long n)
{
	int64_t until = clock_mono_us() + WAIT_MS * 1000LL;
	long blocked = -1;

	while (blocked != n) {
		char *info = sandbox_redis_text(p->sb, "INFO clients");
		const char *at =
		    info != NULL ? strstr(info, "blocked_clients:") : NULL;

		if (at != NULL)
			blocked = strtol(at + 16, NULL, 10);
		free(info);
		if (clock_mono_us() > until)
			fail_msg("%ld readers, not %ld", blocked, n);
		event_base_loop(p->base, EVLOOP_ONCE);
	}
}

static void
await_heard(struct place *p, size_t n)
{
	int64_t until = clock_mono_us() + WAIT_MS * 1000LL;

	while (p->at_a.n + p->at_b.n < n) {
		if (clock_mono_us() > until)
			fail_msg("heard %zu and %zu, not %zu", p->at_a.n,
			    p->at_b.n, n);
		event_base_loop(p->base, EVLOOP_ONCE);
	}
}

static void
send_numbers(struct place *p, int from, int n)
{
	await_up(p, p->out, true);
	for (int i = from; i < from + n; i++) {
		char id[16];

		snprintf(id, sizeof(id), "%d", i);
		redis_send(p->out, stream, id, "a note");
	}
}

static bool
has_heard(const struct heard *heard, int number)
{
	for (size_t i = 0; i < heard->n; i++) {
		if (strtol(heard->ids[i], NULL, 10) == number)
			return true;
	}
	return false;
}

/* -- the tests ---------------------------------------------------------- */

static void
a_message_of_a_group_reaches_one_member(void **state)
{
	struct place *p = *state;

	redis_join(p->a, stream, "workers", "a", on_message, &p->at_a);
	redis_join(p->b, stream, "workers", "b", on_message, &p->at_b);
	await_readers(p, 2);
	send_numbers(p, 0, 500);
	await_heard(p, 500);
	for (int i = 0; i < 500; i++)
		assert_int_equal(
		    has_heard(&p->at_a, i) + has_heard(&p->at_b, i), 1);
	assert_string_equal(
	    p->at_a.n > 0 ? p->at_a.note : p->at_b.note, "a note");
}

static void
a_group_reads_what_was_sent_before_it_was_made(void **state)
{
	struct place *p = *state;

	send_numbers(p, 0, 10);
	redis_join(p->a, stream, "workers", "a", on_message, &p->at_a);
	await_heard(p, 10);
}

static void
a_group_lives_through_flushall(void **state)
{
	struct place *p = *state;

	redis_join(p->a, stream, "workers", "a", on_message, &p->at_a);
	send_numbers(p, 0, 3);
	await_heard(p, 3);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(sandbox_redis(p->sb, "FLUSHALL"), 0);
		send_numbers(p, 100 * i, 3);
		await_heard(p, 3 + 3 * i);
	}
	assert_int_equal(p->at_a.n, 12);
}

static void
each_tail_hears_everything_from_now_on(void **state)
{
	struct place *p = *state;

	send_numbers(p, 0, 5);
	while (sandbox_redis(p->sb, "XLEN subnetd:test") != 5)
		event_base_loop(p->base, EVLOOP_ONCE);
	redis_tail(p->a, stream, on_message, &p->at_a);
	redis_tail(p->b, stream, on_message, &p->at_b);
	await_readers(p, 2);
	send_numbers(p, 100, 250);
	await_heard(p, 500);
	assert_int_equal(p->at_a.n, 250);
	assert_int_equal(p->at_b.n, 250);
	assert_string_equal(p->at_a.ids[0], "100");
}

static void
a_tail_hears_what_came_while_it_was_cut_off(void **state)
{
	struct place *p = *state;

	redis_tail(p->a, stream, on_message, &p->at_a);
	await_readers(p, 1);
	sandbox_redis(p->sb, "CLIENT KILL TYPE normal");
	sandbox_redis(p->sb, "XADD subnetd:test * id 7 note first");
	await_heard(p, 1);
	assert_string_equal(p->at_a.ids[0], "7");
	sandbox_redis(p->sb, "CLIENT KILL TYPE normal");
	sandbox_redis(p->sb, "XADD subnetd:test * id 8 note second");
	await_heard(p, 2);
	assert_string_equal(p->at_a.ids[1], "8");
}

static void
a_tail_lives_through_flushall(void **state)
{
	struct place *p = *state;
	int64_t sent_ms;

	redis_tail(p->a, stream, on_message, &p->at_a);
	await_readers(p, 1);
	send_numbers(p, 0, 3);
	await_heard(p, 3);
	sent_ms = clock_wall_ms();
	sandbox_redis(p->sb, "FLUSHALL");
	/* Ids begin with the millisecond, and so do not repeat after it. */
	while (clock_wall_ms() <= sent_ms)
		event_base_loop(p->base, EVLOOP_ONCE);
	send_numbers(p, 100, 3);
	await_heard(p, 6);
}

static void
all_come_back_after_a_restart(void **state)
{
	struct place *p = *state;

	redis_join(p->a, stream, "workers", "a", on_message, &p->at_a);
	redis_tail(p->b, stream, on_message, &p->at_b);
	await_readers(p, 2);
	sandbox_redis_halt(p->sb);
	await_up(p, p->out, false);
	await_up(p, p->a, false);
	await_up(p, p->b, false);
	redis_send(p->out, stream, "1", NULL); /* lost, and no harm done */
	assert_int_equal(sandbox_redis_start(p->sb), 0);
	await_readers(p, 2);
	send_numbers(p, 2, 3);
	await_heard(p, 6);
	assert_int_equal(p->at_a.n, 3);
	assert_int_equal(p->at_b.n, 3);
	assert_string_equal(p->at_b.ids[0], "2");
}

static void
a_stream_that_cannot_be_read_is_tried_again(void **state)
{
	struct place *p = *state;

	sandbox_redis(p->sb, "SET subnetd:test nonsense");
	redis_join(p->a, stream, "workers", "a", on_message, &p->at_a);
	await_up(p, p->a, true);
	await_up(p, p->a, false);
	sandbox_redis(p->sb, "DEL subnetd:test");
	await_readers(p, 1);
	send_numbers(p, 0, 3);
	await_heard(p, 3);
}

static void
a_stream_is_trimmed(void **state)
{
	struct place *p = *state;

	for (int i = 0; i < 60; i++) {
		send_numbers(p, 0, 500);
		event_base_loop(p->base, EVLOOP_ONCE);
	}
	sandbox_redis(p->sb, "PING");
	assert_in_range(sandbox_redis(p->sb, "XLEN subnetd:test"), 1,
	    REDIS_STREAM_LEN * 3 / 2);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, connect_redis, disconnect_redis)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_message_of_a_group_reaches_one_member),
	    TEST(a_group_reads_what_was_sent_before_it_was_made),
	    TEST(a_group_lives_through_flushall),
	    TEST(each_tail_hears_everything_from_now_on),
	    TEST(a_tail_hears_what_came_while_it_was_cut_off),
	    TEST(a_tail_lives_through_flushall),
	    TEST(all_come_back_after_a_restart),
	    TEST(a_stream_that_cannot_be_read_is_tried_again),
	    TEST(a_stream_is_trimmed),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}
