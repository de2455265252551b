/*
 * Whose jobs are shown: of two clients neither lists, follows, waits for nor
 * ends the other's; an operator and a validator see both. At two orchestrators
 * that ask for keys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/keyed.h"

enum { OWN, OTHER, OPERATOR, VALIDATOR, N_KEYS };

static char *keys[N_KEYS];

static int
set_up(void **state)
{
	static const char *const made[N_KEYS][2] = {{"client", "acme"},
	    {"client", "other"}, {"operator", NULL}, {"validator", NULL}};

	if (keyed_set_up(state, "v1-keys", NULL) != 0)
		return -1;
	for (int i = 0; i < N_KEYS; i++) {
		keys[i] = keyed_new(*state, made[i][0], made[i][1]);
		if (keys[i] == NULL)
			return -1;
	}
	return keyed_restart(*state);
}

static int
tear_down(void **state)
{
	for (int i = 0; i < N_KEYS; i++)
		free(keys[i]);
	return keyed_tear_down(state);
}

/* -- asking ---------------------------------------------------------------- */

/* A job of that key's. */
static void
order(struct keyed *k, int who, char id[128])
{
	const struct keyed_ask a = {
	    .path = "/v1/jobs", .key = keys[who], .body = keyed_job};
	struct fetch_answer answer;

	assert_int_equal(keyed_ask(k, &a, &answer), 202);
	keyed_text(&answer, "id", id);
	fetch_clear(&answer);
}

/* "200", or "404 not_found", at the other instance. */
static void
assert_says(struct keyed *k, int who, const char *method, const char *path,
    const char *wanted)
{
	const struct keyed_ask a = {
	    .at = 1, .method = method, .path = path, .key = keys[who]};
	struct fetch_answer answer;
	char code[128], got[160];

	keyed_ask(k, &a, &answer);
	keyed_text(&answer, "code", code);
	snprintf(got, sizeof(got), "%d%s%s", answer.status,
	    code[0] != '\0' ? " " : "", code);
	if (strcmp(got, wanted) != 0)
		fail_msg("%s %s: %s, not %s", method, path, got, wanted);
	fetch_clear(&answer);
}

static bool
lists(struct keyed *k, int who, const char *query, const char *id)
{
	char *path = xasprintf("/v1/jobs%s", query);
	const struct keyed_ask a = {.path = path, .key = keys[who]};
	struct fetch_answer answer;
	json_t *body, *job;
	bool found = false;
	size_t i;

	assert_int_equal(keyed_ask(k, &a, &answer), 200);
	body = fetch_json(&answer);
	json_array_foreach(json_object_get(body, "jobs"), i, job)
	{
		found |= strcmp(json_string_value(json_object_get(job, "id")),
			     id) == 0;
	}
	json_decref(body);
	fetch_clear(&answer);
	free(path);
	return found;
}

/* -- what is shown --------------------------------------------------------- */

static void
a_list_is_its_tenants(void **state)
{
	char mine[128], theirs[128];

	order(*state, OWN, mine);
	order(*state, OTHER, theirs);
	assert_true(lists(*state, OWN, "", mine));
	assert_false(lists(*state, OWN, "", theirs));
	assert_true(lists(*state, OTHER, "?tenant=other", theirs));
	assert_false(lists(*state, OTHER, "?tenant=other", mine));
	for (int who = OPERATOR; who <= VALIDATOR; who++) {
		assert_true(lists(*state, who, "", mine));
		assert_true(lists(*state, who, "", theirs));
		assert_true(lists(*state, who, "?tenant=acme", mine));
		assert_false(lists(*state, who, "?tenant=acme", theirs));
	}
}

static void
another_tenants_list_is_refused(void **state)
{
	assert_says(
	    *state, OWN, "GET", "/v1/jobs?tenant=other", "400 bad_query");
}

/* Whatever is asked of it. */
static void
anothers_job_is_not_there(void **state)
{
	static const char *const parts[] = {
	    "", "/result", "/receipt", "/events"};
	char id[128], *path;

	order(*state, OWN, id);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		path = xasprintf("/v1/jobs/%s%s", id, parts[i]);
		assert_says(*state, OTHER, "GET", path, "404 not_found");
		free(path);
	}
	path = xasprintf("/v1/jobs/%s", id);
	assert_says(*state, OTHER, "DELETE", path, "404 not_found");
	assert_says(*state, OWN, "DELETE", path, "200");
	free(path);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *wanted =
		    strcmp(parts[i], "/result") == 0 ? "409 no_result" : "200";

		path = xasprintf("/v1/jobs/%s%s", id, parts[i]);
		assert_says(*state, OWN, "GET", path, wanted);
		assert_says(*state, OPERATOR, "GET", path, wanted);
		assert_says(*state, VALIDATOR, "GET", path, wanted);
		free(path);
	}
}

/* It is neither waited for nor said how long it would be. */
static void
nobody_waits_for_anothers_job(void **state)
{
	char id[128], *path, *applied;
	struct keyed_ask a = {.method = "GET", .header = "Prefer: wait=1"};
	struct fetch_answer answer;

	order(*state, OWN, id);
	path = xasprintf("/v1/jobs/%s", id);
	a.path = path;
	a.key = keys[OTHER];
	assert_int_equal(keyed_ask(*state, &a, &answer), 404);
	assert_null(fetch_header(&answer, "Preference-Applied"));
	fetch_clear(&answer);
	a.key = keys[OWN];
	assert_int_equal(keyed_ask(*state, &a, &answer), 200);
	applied = fetch_header(&answer, "Preference-Applied");
	assert_non_null(applied);
	assert_string_equal(applied, "wait=1");
	free(applied);
	fetch_clear(&answer);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_is_its_tenants),
	    cmocka_unit_test(another_tenants_list_is_refused),
	    cmocka_unit_test(anothers_job_is_not_there),
	    cmocka_unit_test(nobody_waits_for_anothers_job),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
