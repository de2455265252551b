/*
 * A job's input in memory: whole and what it was, or why not; in time, or
 * given up. The blobs are played by the test, piece by piece.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>

#include "orchestrator/input_load.c"

#define JOB "0190a0a0-0000-7000-8000-000000000001"
#define OTHER "0190a0a0-0000-7000-8000-000000000002"
/* SHA-256 of "hello", by sha256sum. */
#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

enum { FAR_MS = 3600000 };

struct world {
	struct orchestrator o; /* first: what the fakes are handed */
	struct job job;
	/* the read under way */
	void (*on_data)(const void *, size_t, void *);
	void (*on_end)(enum blob_outcome, const char *, void *);
	void *arg;
	char of[40];
	uint64_t bytes;
	int cancelled;
	/* what was told */
	int told;
	char why[80], data[16];
};

static struct world *world; /* of the test that runs */

struct blob_read *
blob_read_start(struct blobs *blobs, const char *id, const char *sha256,
    uint64_t offset, uint64_t len,
    void (*on_data)(const void *, size_t, void *),
    void (*on_end)(enum blob_outcome, const char *, void *), void *arg)
{
	(void)blobs;
	assert_string_equal(sha256, HELLO);
	assert_int_equal(offset, 0);
	snprintf(world->of, sizeof(world->of), "%s", id);
	world->bytes = len;
	world->on_data = on_data;
	world->on_end = on_end;
	world->arg = arg;
	return (struct blob_read *)world;
}

void
blob_read_cancel(struct blob_read *r)
{
	assert_ptr_equal(r, world);
	world->cancelled++;
}

static void
on_done(const char *why, const void *data, size_t len, void *arg)
{
	assert_ptr_equal(arg, world);
	world->told++;
	snprintf(world->why, sizeof(world->why), "%s", why != NULL ? why : "");
	snprintf(world->data, sizeof(world->data), "%.*s", (int)len,
	    len > 0 ? (const char *)data : "");
	event_base_loopbreak(world->o.service.base);
}

static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	*state = world = w;
	w->o.service.base = event_base_new();
	snprintf(w->job.id, sizeof(w->job.id), "%s", JOB);
	snprintf(w->job.input_sha256, sizeof(w->job.input_sha256), "%s", HELLO);
	w->job.input_bytes = 5;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	event_base_free(w->o.service.base);
	free(w);
	return 0;
}

static struct input_load *
start(struct world *w, int64_t timeout_ms)
{
	struct input_load *l =
	    input_load_start(&w->o, &w->job, timeout_ms, on_done, w);

	assert_int_equal(w->told, 0); /* never inside the call */
	return l;
}

static void
it_is_told_whole(void **state)
{
	struct world *w = *state;

	start(w, FAR_MS);
	assert_string_equal(w->of, JOB);
	assert_int_equal(w->bytes, 5);
	w->on_data("hel", 3, w->arg);
	w->on_data("lo", 2, w->arg);
	assert_int_equal(w->told, 0);
	w->on_end(BLOB_DONE, "", w->arg);
	assert_int_equal(w->told, 1);
	assert_string_equal(w->why, "");
	assert_string_equal(w->data, "hello");
	assert_int_equal(w->cancelled, 0);
}

static void
one_that_is_another_jobs_is_found(void **state)
{
	struct world *w = *state;

	snprintf(w->job.input_of, sizeof(w->job.input_of), "%s", OTHER);
	start(w, FAR_MS);
	assert_string_equal(w->of, OTHER);
	w->on_end(BLOB_MISSING, "", w->arg);
}

static void
what_is_wrong_with_it_is_said(void **state)
{
	static const struct {
		const char *comes;
		enum blob_outcome outcome;
		const char *why;
	} cases[] = {
	    {"hallo", BLOB_DONE, "the job's input has another hash"},
	    {"hell", BLOB_DONE, "the job's input has another hash"},
	    {"", BLOB_MISSING, "the job's input is not there"},
	    {"hel", BLOB_FAILED, "the storage is away"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		w->told = 0;
		start(w, FAR_MS);
		w->on_data(cases[i].comes, strlen(cases[i].comes), w->arg);
		w->on_end(cases[i].outcome, "the storage is away", w->arg);
		assert_int_equal(w->told, 1);
		assert_string_equal(w->why, cases[i].why);
	}
}

static void
it_is_waited_for_until_its_deadline(void **state)
{
	struct world *w = *state;

	start(w, 1);
	w->on_data("hel", 3, w->arg);
	event_base_dispatch(w->o.service.base);
	assert_int_equal(w->told, 1);
	assert_string_equal(w->why, "the job's input does not come in time");
	assert_int_equal(w->cancelled, 1);
}

/* What was begun is let go of, and its deadline with it: the loop has nothing
 * left to wait for. */
static void
who_gives_it_up_hears_no_more(void **state)
{
	struct world *w = *state;
	struct input_load *l = start(w, 1);

	w->on_data("hel", 3, w->arg);
	input_load_cancel(l);
	event_base_dispatch(w->o.service.base);
	assert_int_equal(w->told, 0);
	assert_int_equal(w->cancelled, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		it_is_told_whole, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		one_that_is_another_jobs_is_found, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_is_wrong_with_it_is_said, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		it_is_waited_for_until_its_deadline, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		who_gives_it_up_hears_no_more, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
