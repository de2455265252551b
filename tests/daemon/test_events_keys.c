/*
 * Streams of events and their keys: one that is revoked, or has another
 * secret, or expires ends the page's streams and jobs' alike; others go on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/keyed.h"
#include "tests/lib/proc.h"
#include "tests/lib/sse.h"
#include "tests/lib/suite.h"

#define LIVE "/v1/page/live"

static int
set_up(void **state)
{
	return keyed_set_up(state, "events-keys", NULL) == 0
		   ? keyed_restart(*state)
		   : -1;
}

/* -- streams --------------------------------------------------------------- */

/* key NULL: without one. */
static struct sse *
listen_with(struct keyed *k, const char *path, const char *key)
{
	char *header = key != NULL ? xasprintf("X-API-Key: %s", key) : NULL;
	struct sse *s = sse_open_with(k->ports[0], path, header);

	free(header);
	assert_int_equal(sse_status(s), 200);
	return s;
}

/* The events of a job that waits; the caller frees. */
static char *
order(struct keyed *k, const char *key)
{
	const struct keyed_ask a = {
	    .path = "/v1/jobs", .key = key, .body = keyed_job};
	struct fetch_answer answer;
	char id[128];

	assert_int_equal(keyed_ask(k, &a, &answer), 202);
	keyed_text(&answer, "id", id);
	fetch_clear(&answer);
	return xasprintf("/v1/jobs/%s/events", id);
}

/* Until it is over, as an answer is, and says why. */
static void
assert_ends(struct sse *s)
{
	int64_t until_us = clock_mono_us() + SSE_WAIT_MS * 1000LL;
	struct sse_event event;

	while (sse_next(s, &event, 0) && clock_mono_us() < until_us)
		assert_string_not_equal(event.name, "job.expired");
	assert_true(sse_is_whole(s));
	assert_non_null(strstr(sse_comment(s), "good no more"));
	sse_close(s);
}

/* One more event of the page's, behind those that have come. */
static void
assert_goes_on(struct sse *s)
{
	struct sse_event event;

	while (sse_next(s, &event, 1))
		;
	assert_true(sse_next(s, &event, 0));
}

static void
await_refusal(struct keyed *k, const char *key, const char *why)
{
	char id[40], pairs[80];

	keyed_id(key, id);
	snprintf(pairs, sizeof(pairs), "id=%s why=%s", id, why);
	assert_non_null(proc_wait_event(
	    k->s->daemons[SUITE_ORCHESTRATOR], "key.refused", pairs, 0));
}

/* -- tests ----------------------------------------------------------------- */

static void
a_revoked_key_ends_its_streams_and_no_others(void **state)
{
	struct keyed *k = *state;
	char *key = keyed_new(k, "client", NULL);
	char *other = keyed_new(k, "client", NULL), *events = order(k, key);
	struct sse *live = listen_with(k, LIVE, key);
	struct sse *job = listen_with(k, events, key);
	struct sse *others = listen_with(k, LIVE, other);
	struct sse *publics = listen_with(k, LIVE, NULL);
	char id[40];
	const char *const words[] = {"revoke", id, NULL};

	keyed_id(key, id);
	assert_int_equal(keyed_ctl(k, words, NULL), 0);
	assert_ends(live);
	assert_ends(job);
	await_refusal(k, key, "revoked");
	assert_goes_on(others);
	assert_goes_on(publics);
	sse_close(others);
	sse_close(publics);
	free(events);
	free(other);
	free(key);
}

static void
another_secret_ends_streams_of_the_old_one(void **state)
{
	struct keyed *k = *state;
	char *key = keyed_new(k, "client", NULL), *events = order(k, key);
	struct sse *live = listen_with(k, LIVE, key);
	struct sse *job = listen_with(k, events, key);
	char id[40];
	const char *const words[] = {"rotate", id, NULL};
	char *out;

	keyed_id(key, id);
	assert_int_equal(keyed_ctl(k, words, &out), 0);
	assert_ends(live);
	assert_ends(job);
	await_refusal(k, key, "secret");
	free(out);
	free(events);
	free(key);
}

static void
a_stream_ends_when_its_key_expires(void **state)
{
	struct keyed *k = *state;
	char *key = keyed_new(k, "client", NULL);
	struct sse *live = listen_with(k, LIVE, key);
	char id[40];

	keyed_id(key, id);
	assert_int_equal(db_exec(k->s->db,
			     "update api_key set expires_at = now() + interval "
			     "'1 s' where id = '%s'",
			     id),
	    0);
	assert_ends(live);
	await_refusal(k, key, "expired");
	free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_revoked_key_ends_its_streams_and_no_others),
	    cmocka_unit_test(another_secret_ends_streams_of_the_old_one),
	    cmocka_unit_test(a_stream_ends_when_its_key_expires),
	};

	return cmocka_run_group_tests(tests, set_up, keyed_tear_down);
}
