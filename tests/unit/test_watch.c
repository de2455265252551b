/*
 * Being told when a job changes. The rows are played here; the loop is a real
 * one, and nothing is waited for but what the loop does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>

#include "orchestrator/states.c"
#include "orchestrator/watch.c"

#define ONE "01890000-0000-7000-8000-0000000000aa"
#define TWO "01890000-0000-7000-8000-0000000000bb"

/* What the database says, and what was asked of it. */
struct world {
	struct orchestrator o; /* first: what the fakes are handed */
	struct watches *all;
	int looks, last_n;
	const char *mark; /* of ONE, NULL: there is no such job */
	enum job_state state;
	bool is_away;
	redis_on_message *on_message;
	void *message_arg;
};

const char redis_results[] = "results";

struct redis *
redis_new(struct event_base *base, const char *url)
{
	(void)base;
	(void)url;
	return (struct redis *)1;
}

void
redis_free(struct redis *redis)
{
	(void)redis;
}

void
redis_tail(struct redis *redis, const char *stream,
    redis_on_message *on_message, void *arg)
{
	struct watches *all = arg;
	struct world *w = (struct world *)all->o;

	(void)redis;
	assert_string_equal(stream, redis_results);
	w->on_message = on_message;
	w->message_arg = arg;
}

const char *
config_str(const struct config *config, const char *key)
{
	(void)config;
	return key;
}

bool
store_is_done(const struct pg_answer *answer, const char *what)
{
	(void)what;
	return answer->outcome == PG_DONE;
}

static PGresult *
row_of(const struct world *w)
{
	PGresAttDesc columns[] = {
	    {.name = "id"}, {.name = "state"}, {.name = "mark"}};
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	const char *state = w->mark != NULL ? job_state_name(w->state) : NULL;

	PQsetResultAttrs(res, 3, columns);
	PQsetvalue(res, 0, 0, ONE, sizeof(ONE) - 1);
	PQsetvalue(
	    res, 0, 1, (char *)state, state != NULL ? (int)strlen(state) : -1);
	PQsetvalue(res, 0, 2, (char *)w->mark,
	    w->mark != NULL ? (int)strlen(w->mark) : -1);
	return res;
}

/* One that is as it was has no row, as in job_watch.sql. */
void
store_job_watch(struct orchestrator *o, const char *ids, const char *marks,
    pg_on_answer *on_answer, void *arg)
{
	struct world *w = (struct world *)o;
	PGresult *none = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresult *res = row_of(w);
	char same[64];
	struct pg_answer answer = {.n_results = 1, .why = "", .sqlstate = ""};

	snprintf(same, sizeof(same), "\"%s\"", w->mark != NULL ? w->mark : "?");
	answer.results = strstr(ids, ONE) == NULL || strstr(marks, same) != NULL
			     ? &none
			     : &res;
	answer.outcome = w->is_away ? PG_UNKNOWN : PG_DONE;
	w->looks++;
	w->last_n = 1;
	for (const char *p = ids; *p != '\0'; p++)
		w->last_n += *p == ',';
	on_answer(&answer, arg);
	PQclear(res);
	PQclear(none);
}

/* -- watchers ------------------------------------------------------------ */

struct watcher {
	struct watch *watch;
	int told, state;
	bool leaves;
};

static void
on_change(int state, void *arg)
{
	struct watcher *watcher = arg;

	watcher->told++;
	watcher->state = state;
	if (!watcher->leaves)
		return;
	watch_free(watcher->watch);
	watcher->watch = NULL;
}

static void
watch(struct world *w, struct watcher *watcher, const char *id)
{
	watcher->watch = watch_new(w->all, id, on_change, watcher);
}

/* Until so many looks were taken. */
static void
run_until(struct world *w, int looks)
{
	while (w->looks < looks)
		event_base_loop(w->o.service.base, EVLOOP_ONCE);
}

static int
make_world(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->o.service.base = event_base_new();
	w->all = watches_new(&w->o);
	w->mark = "a";
	w->state = JOB_QUEUED;
	*state = w;
	return 0;
}

static int
end_world(void **state)
{
	struct world *w = *state;

	watches_free(w->all);
	event_base_free(w->o.service.base);
	free(w);
	return 0;
}

/* -- the tests ----------------------------------------------------------- */

static void
what_is_there_is_told_once(void **state)
{
	struct world *w = *state;
	struct watcher one = {0}, too = {0};

	watch(w, &one, ONE);
	watch(w, &too, ONE);
	assert_int_equal(one.told, 0); /* never inside */
	run_until(w, 3);
	assert_int_equal(one.told, 1);
	assert_int_equal(too.told, 1);
	assert_int_equal(one.state, JOB_QUEUED);
}

static void
a_change_is_told(void **state)
{
	struct world *w = *state;
	struct watcher one = {0};

	watch(w, &one, ONE);
	run_until(w, 1);
	w->mark = "b";
	w->state = JOB_DONE;
	run_until(w, 2);
	assert_int_equal(one.told, 2);
	assert_int_equal(one.state, JOB_DONE);
}

static void
a_job_that_is_not_there_is_told_once(void **state)
{
	struct world *w = *state;
	struct watcher one = {0};

	w->mark = NULL;
	watch(w, &one, ONE);
	run_until(w, 3);
	assert_int_equal(one.told, 1);
	assert_int_equal(one.state, WATCH_NO_JOB);
}

static void
whoever_is_told_may_leave(void **state)
{
	struct world *w = *state;
	struct watcher one = {.leaves = true}, too = {.leaves = true};

	watch(w, &one, ONE);
	watch(w, &too, ONE);
	run_until(w, 1);
	assert_int_equal(one.told + too.told, 2);
	assert_int_equal(w->all->n, 0);
}

static void
of_nothing_new_it_is_asked_ever_more_seldom(void **state)
{
	struct world *w = *state;
	struct watcher one = {0};
	int64_t began_us, first_us;

	watch(w, &one, ONE);
	run_until(w, 2);
	began_us = clock_mono_us();
	assert_int_equal(one.watch->wait_ms, FIRST_MS * 4);
	first_us = one.watch->due_us;
	assert_true(first_us <= began_us + FIRST_MS * 1000LL);
	run_until(w, 5);
	assert_int_equal(one.watch->wait_ms, LAST_MS);
}

static void
a_hint_brings_a_look_at_once(void **state)
{
	struct world *w = *state;
	struct watcher one = {0}, other = {0};
	int looks;

	watch(w, &one, ONE);
	watch(w, &other, TWO);
	run_until(w, 6);
	looks = w->looks;
	watches_hint(w->all, ONE);
	assert_true(one.watch->due_us <= clock_mono_us());
	assert_true(other.watch->due_us > clock_mono_us());
	run_until(w, looks + 1);
	assert_int_equal(w->last_n, 1);
	assert_int_equal(one.watch->wait_ms, FIRST_MS * 4);
}

static void
what_ends_elsewhere_is_a_hint(void **state)
{
	struct world *w = *state;
	struct watcher one = {0};

	assert_null(w->on_message); /* nobody waits */
	watch(w, &one, ONE);
	run_until(w, 5);
	assert_true(one.watch->due_us > clock_mono_us());
	w->on_message("an attempt", ONE, w->message_arg);
	assert_true(one.watch->due_us <= clock_mono_us());
	w->on_message("an attempt", NULL, w->message_arg);
}

static void
a_database_that_is_away_is_asked_again(void **state)
{
	struct world *w = *state;
	struct watcher one = {0};

	w->is_away = true;
	watch(w, &one, ONE);
	run_until(w, 2);
	assert_int_equal(one.told, 0);
	w->is_away = false;
	run_until(w, 3);
	assert_int_equal(one.told, 1);
}

static void
many_are_looked_at_in_lots(void **state)
{
	struct world *w = *state;
	struct watcher many[LOT + 5] = {0};
	int seen = 0;

	for (int i = 0; i < LOT + 5; i++) {
		char id[UUID_TEXT];

		uuid_new(id);
		watch(w, &many[i], id);
	}
	run_until(w, 1);
	assert_int_equal(w->last_n, LOT);
	run_until(w, 2);
	seen = w->last_n;
	assert_in_range(seen, 5, LOT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		what_is_there_is_told_once, make_world, end_world),
	    cmocka_unit_test_setup_teardown(
		a_change_is_told, make_world, end_world),
	    cmocka_unit_test_setup_teardown(
		a_job_that_is_not_there_is_told_once, make_world, end_world),
	    cmocka_unit_test_setup_teardown(
		whoever_is_told_may_leave, make_world, end_world),
	    cmocka_unit_test_setup_teardown(
		of_nothing_new_it_is_asked_ever_more_seldom, make_world,
		end_world),
	    cmocka_unit_test_setup_teardown(
		a_hint_brings_a_look_at_once, make_world, end_world),
	    cmocka_unit_test_setup_teardown(
		what_ends_elsewhere_is_a_hint, make_world, end_world),
	    cmocka_unit_test_setup_teardown(
		a_database_that_is_away_is_asked_again, make_world, end_world),
	    cmocka_unit_test_setup_teardown(
		many_are_looked_at_in_lots, make_world, end_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
