/*
 * What an instance remembers of the attempts it sent: for a minute, and those
 * that may be slow until nobody looks at them any more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>

#include "orchestrator/flights.c"

enum { MANY = 1000, MINUTE_US = 60000000 };

static int accepts; /* written down */

void
store_attempt_step(struct orchestrator *o, const char *job_id,
    const char *attempt_id, enum attempt_event event, enum attempt_state to,
    const char *reason, const struct attempt_result *result,
    void (*on_done)(bool, void *), void *arg)
{
	(void)o;
	(void)job_id;
	(void)attempt_id;
	(void)reason;
	(void)on_done;
	(void)arg;
	assert_int_equal(event, ATTEMPT_ACCEPT);
	assert_int_equal(to, ATTEMPT_ACCEPTED);
	assert_true(result->sent_us > 0 && result->accepted_us > 0);
	accepts++;
}

void
store_job_step(struct orchestrator *o, const char *id, enum job_event event,
    enum job_state to, const char *reason, const char *best,
    void (*on_done)(bool, void *), void *arg)
{
	(void)o;
	(void)id;
	(void)reason;
	(void)best;
	(void)on_done;
	(void)arg;
	assert_int_equal(event, JOB_ACCEPT);
	assert_int_equal(to, JOB_RUNNING);
}

struct world {
	struct orchestrator o;
	struct flights *f;
};

static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->o.service.base = event_base_new();
	w->f = flights_new(&w->o);
	accepts = 0;
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	flights_free(w->f);
	event_base_free(w->o.service.base);
	free(w);
	return 0;
}

/* One that left so long ago; they are added in that order. */
static struct flight *
add(struct flights *f, int n, int64_t age_us)
{
	char id[UUID_TEXT];
	struct flight *flight;

	snprintf(id, sizeof(id), "01890000-0000-7000-8000-%012x", n);
	flight = flights_add(f, id);
	flight->made_us -= age_us;
	return flight;
}

static void
each_is_found_until_it_is_removed(void **state)
{
	struct flights *f = ((struct world *)*state)->f;
	struct flight *all[MANY];
	char ids[MANY][UUID_TEXT];

	for (int i = 0; i < MANY; i++) {
		all[i] = add(f, i, 0);
		memcpy(ids[i], all[i]->id, UUID_TEXT);
	}
	assert_int_equal(flights_count(f), MANY);
	for (int i = 0; i < MANY; i++)
		assert_ptr_equal(flights_find(f, ids[i]), all[i]);
	for (int i = 0; i < MANY; i += 2)
		flights_remove(f, ids[i]);
	for (int i = 0; i < MANY; i++)
		assert_ptr_equal(
		    flights_find(f, ids[i]), i % 2 == 0 ? NULL : all[i]);
	assert_int_equal(flights_count(f), MANY / 2);
}

/* The oldest first is watched and stays, whatever is around it goes. */
static void
one_that_is_watched_outlives_its_minute(void **state)
{
	struct flights *f = ((struct world *)*state)->f;
	struct flight *watched = add(f, 1, 3 * MINUTE_US);
	struct flight *young;
	char id[UUID_TEXT];

	memcpy(id, watched->id, sizeof(id));
	add(f, 2, 2 * MINUTE_US);
	young = add(f, 3, 0);
	flights_watch(f, watched);
	flights_watch(f, young);
	drop_old(f);
	assert_int_equal(flights_count(f), 2);
	assert_ptr_equal(flights_find(f, id), watched);
	assert_ptr_equal(flights_watched(f), watched);
	flights_unwatch(f, watched);
	assert_ptr_equal(flights_watched(f), young);
	drop_old(f);
	assert_int_equal(flights_count(f), 1);
	assert_null(flights_find(f, id));
}

static void
what_is_removed_is_watched_no_more(void **state)
{
	struct flights *f = ((struct world *)*state)->f;
	struct flight *flight = add(f, 1, 0);

	flights_watch(f, flight);
	flights_watch(f, flight); /* twice is once */
	flights_remove(f, flight->id);
	assert_null(flights_watched(f));
	assert_int_equal(f->n_watched, 0);
}

static void
no_more_are_watched_than_there_is_room_for(void **state)
{
	struct flights *f = ((struct world *)*state)->f;
	struct flight *last = NULL;

	for (int i = 0; i <= FLIGHT_MOST_WATCHED; i++) {
		last = add(f, i, 0);
		flights_watch(f, last);
	}
	assert_false(last->is_watched);
	assert_int_equal(f->n_watched, FLIGHT_MOST_WATCHED);
	flights_unwatch(f, flights_watched(f));
	flights_watch(f, last);
	assert_true(last->is_watched);
}

static void
an_acknowledgement_is_written_once(void **state)
{
	struct flights *f = ((struct world *)*state)->f;
	struct flight *flight = add(f, 1, 0);

	flights_accepted(f, flight, 10, 20);
	flights_accepted(f, flight, 10, 20);
	assert_int_equal(accepts, 0);
	flights_note(f);
	flights_note(f);
	assert_int_equal(accepts, 1);
	assert_ptr_equal(flights_find(f, flight->id), flight);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		each_is_found_until_it_is_removed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		one_that_is_watched_outlives_its_minute, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_is_removed_is_watched_no_more, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		no_more_are_watched_than_there_is_room_for, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		an_acknowledgement_is_written_once, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
