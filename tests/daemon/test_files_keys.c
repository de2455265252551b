/*
 * Whose a file is: of two clients neither sees the other's, nor works on it;
 * an operator sees both. At two orchestrators, on one folder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/keyed.h"
#include "tests/lib/sample.h"

static int
set_up(void **state)
{
	return keyed_set_up(state, "files-keys", NULL) != 0
		   ? -1
		   : keyed_restart(*state);
}

/* A recording of that key's; its id. */
static void
send_file(struct keyed *k, const char *key, char id[128])
{
	struct buf wav = {0};
	struct fetch_answer answer;

	sample_wav(440, 1, &wav);
	{
		const struct fetch_part parts[] = {
		    {"file", "a.wav", "audio/wav", wav.data, wav.len},
		    {NULL, NULL, NULL, NULL, 0}};
		const struct keyed_ask ask = {
		    .path = "/v1/files", .key = key, .parts = parts};

		assert_int_equal(keyed_ask(k, &ask, &answer), 201);
	}
	keyed_text(&answer, "id", id);
	fetch_clear(&answer);
	buf_free(&wav);
}

static int
status_of(
    struct keyed *k, const char *method, const char *path, const char *key)
{
	const struct keyed_ask ask = {
	    .at = 1, .method = method, .path = path, .key = key};

	return keyed_status(k, &ask);
}

/* How many files a key lists. */
static size_t
count(struct keyed *k, const char *key)
{
	const struct keyed_ask ask = {.path = "/v1/files", .key = key};
	struct fetch_answer answer;
	json_t *body;
	size_t n;

	assert_int_equal(keyed_ask(k, &ask, &answer), 200);
	body = fetch_json(&answer);
	n = json_array_size(json_object_get(body, "files"));
	json_decref(body);
	fetch_clear(&answer);
	return n;
}

/* A job of that key's on that file; the status. */
static int
order(struct keyed *k, const char *key, const char *file)
{
	char *body = xasprintf("{\"kind\":\"audio.transcribe\",\"params\":"
			       "{\"language\":\"en\"},\"input_file\":\"%s\"}",
	    file);
	const struct keyed_ask ask = {
	    .path = "/v1/jobs", .key = key, .body = body};
	int status = keyed_status(k, &ask);

	free(body);
	return status;
}

static void
a_file_is_its_tenants(void **state)
{
	struct keyed *k = *state;
	char *ours = keyed_new(k, "client", "ours");
	char *theirs = keyed_new(k, "client", "theirs");
	char *operator= keyed_new(k, "operator", NULL);
	char id[128], *path, *content;

	send_file(k, ours, id);
	path = xasprintf("/v1/files/%s", id);
	content = xasprintf("/v1/files/%s/content", id);
	assert_int_equal(count(k, ours), 1);
	assert_int_equal(count(k, theirs), 0);
	assert_int_equal(count(k, operator), 1);
	assert_int_equal(status_of(k, "GET", path, theirs), 404);
	assert_int_equal(status_of(k, "GET", content, theirs), 404);
	assert_int_equal(status_of(k, "DELETE", path, theirs), 404);
	assert_int_equal(order(k, theirs, id), 422);
	assert_int_equal(status_of(k, "GET", content, ours), 200);
	assert_int_equal(status_of(k, "GET", path, operator), 200);
	assert_int_equal(order(k, ours, id), 202);
	assert_int_equal(status_of(k, "DELETE", path, ours), 204);
	free(content);
	free(path);
	free(operator);
	free(theirs);
	free(ours);
}

static void
nobody_else_sends_files(void **state)
{
	struct keyed *k = *state;
	char *miner = keyed_new(k, "miner", NULL);

	assert_int_equal(status_of(k, "GET", "/v1/files", NULL), 401);
	assert_int_equal(status_of(k, "POST", "/v1/files", NULL), 401);
	assert_int_equal(status_of(k, "GET", "/v1/files", miner), 403);
	free(miner);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_is_its_tenants),
	    cmocka_unit_test(nobody_else_sends_files),
	};

	return cmocka_run_group_tests(tests, set_up, keyed_tear_down);
}
