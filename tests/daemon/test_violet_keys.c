/*
 * Violet's door where keys are asked for: whose tasks one sees, and who is let
 * in without a key. Upstream lists everybody's tasks for everybody.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/db.h"
#include "tests/lib/keyed.h"
#include "tests/lib/proc.h"
#include "tests/lib/violet_rig.h"

enum { ANN, BOB, MINER, VALIDATOR, N_KEYS };

static char *keys[N_KEYS];

static int
set_up(void **state)
{
	static const char *const roles[] = {
	    "client", "client", "miner", "validator"};
	static const char *const tenants[] = {"ann", "bob", NULL, NULL};
	struct keyed k = {0};

	if (violet_rig_set_up(state, "violet-keys", "keys = required\n") != 0)
		return -1;
	k.s = ((struct violet_rig *)*state)->s;
	for (int i = 0; i < N_KEYS; i++) {
		keys[i] = keyed_new(&k, roles[i], tenants[i]);
		if (keys[i] == NULL)
			return -1;
	}
	return 0;
}

static int
tear_down(void **state)
{
	for (int i = 0; i < N_KEYS; i++)
		free(keys[i]);
	return violet_rig_tear_down(state);
}

static int
get_as(struct violet_rig *r, const char *key, const char *path)
{
	struct fetch_answer answer;
	int status;

	r->key = key;
	status = violet_get(r, path, &answer);
	fetch_clear(&answer);
	return status;
}

static int
get_task_as(
    struct violet_rig *r, const char *key, const char *fmt, const char *id)
{
	char *path = xasprintf("/api/v1/%s%s", fmt, id);
	int status = get_as(r, key, path);

	free(path);
	return status;
}

static void
violet_t11_keys_are_for_their_routes(void **state)
{
	struct violet_rig *r = *state;
	char *poll = xasprintf("/api/v1/miners/%d/tasks?status=assigned",
	    puller_uid(r->miners[0]));
	const char *const fields[] = {"text", "good day to all", NULL};
	struct fetch_answer answer;

	assert_int_equal(get_as(r, NULL, "/api/v1/tasks"), 401);
	assert_int_equal(get_as(r, keys[ANN], "/api/v1/tasks"), 200);
	assert_int_equal(get_as(r, keys[ANN], poll), 403);
	assert_int_equal(get_as(r, NULL, poll), 401);
	assert_int_equal(get_as(r, keys[MINER], "/api/v1/tasks"), 403);
	r->key = keys[MINER];
	assert_int_equal(
	    violet_post(r, "/api/v1/tts", fields, NULL, &answer), 403);
	fetch_clear(&answer);
	r->key = NULL;
	assert_int_equal(
	    violet_post(r, "/api/v1/tts", fields, NULL, &answer), 401);
	fetch_clear(&answer);
	assert_int_equal(get_as(r, NULL, "/api/v1/health"), 200);
	free(poll);
}

static void
violet_91_a_client_sees_its_own_tasks_alone(void **state)
{
	struct violet_rig *r = *state;
	char id[40], *url;
	json_t *list, *file, *body;

	r->key = keys[ANN];
	assert_int_equal(
	    violet_submit(r, "/api/v1/document-translation", id), 0);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from job where id = '%s' and tenant = 'ann'",
		id),
	    1);
	assert_int_equal(get_task_as(r, keys[ANN], "tasks/", id), 200);
	assert_int_equal(get_task_as(r, keys[BOB], "tasks/", id), 404);
	assert_int_equal(get_task_as(r, keys[BOB], "files/", id), 404);
	assert_int_equal(get_task_as(r, NULL, "files/", id), 401);
	r->key = keys[BOB];
	body =
	    violet_read(r, 200, "/api/v1/document-translation/%s/result", id);
	assert_string_equal(violet_word(body, "status"), "not_found");
	json_decref(body);
	list = violet_read(r, 200, "/api/v1/tasks");
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	r->key = keys[ANN];
	list = violet_read(r, 200, "/api/v1/tasks");
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
	file = violet_read(r, 200, "/api/v1/files/%s", id);
	url = xstrdup(strstr(violet_word(file, "download_url"), "/api/v1/"));
	json_decref(file);
	assert_int_equal(get_as(r, NULL, url), 200);
	url[strlen(url) - 1] ^= 1;
	assert_int_equal(get_as(r, NULL, url), 403);
	*strchr(url, '?') = '\0';
	assert_int_equal(get_as(r, NULL, url), 401);
	assert_int_equal(get_as(r, keys[BOB], url), 404);
	assert_int_equal(get_as(r, keys[ANN], url), 200);
	free(url);
}

/* A hotkey's signature is all that is asked of a miner; a key is none. */
static void
violet_91_a_miners_key_is_no_hotkey(void **state)
{
	struct violet_rig *r = *state;
	char *poll = xasprintf("/api/v1/miners/%d/tasks?status=assigned",
	    puller_uid(r->miners[0]));
	struct fetch_answer answer;

	assert_int_equal(get_as(r, keys[MINER], poll), 401);
	assert_int_equal(puller_get(r->miners[0], poll, &answer), 200);
	fetch_clear(&answer);
	/* Nor does a signature open what keys are for. */
	assert_int_equal(
	    puller_get(r->miners[0], "/api/v1/tasks", &answer), 401);
	fetch_clear(&answer);
	free(poll);
}

static void
a_validator_is_its_key(void **state)
{
	struct violet_rig *r = *state;
	char id[40], *form;
	const char *fields[] = {"task_id", id, "validator_uid", "7",
	    "validator_identifier", "another", NULL};
	struct fetch_answer answer;
	json_t *task;

	r->key = keys[ANN];
	assert_int_equal(violet_submit(r, "/api/v1/text-translation", id), 0);
	task = puller_await(r->miners[0], id);
	assert_non_null(task);
	json_decref(task);
	form = xasprintf(
	    "task_id=%s&miner_uid=%d&response_data={\"translated_text\":\"x\"}",
	    id, puller_uid(r->miners[0]));
	assert_int_equal(
	    puller_form(r->miners[0], "/api/v1/miner/response", form, &answer),
	    200);
	fetch_clear(&answer);
	free(form);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	r->key = keys[VALIDATOR];
	assert_int_equal(violet_post(r, "/api/v1/validators/mark-task-seen",
			     fields, NULL, &answer),
	    200);
	fetch_clear(&answer);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from violet_seen where job_id = '%s' and "
		"validator like 'key:%%'",
		id),
	    1);
	assert_int_equal(
	    get_as(r, keys[ANN], "/api/v1/validator/tasks?validator_uid=7"),
	    403);
}

/* The last: the orchestrator is another from here on. */
static void
violet_91_without_signatures_a_miners_key_is_needed(void **state)
{
	struct violet_rig *r = *state;
	char *poll = xasprintf("/api/v1/miners/%d/tasks?status=assigned",
	    puller_uid(r->miners[1]));

	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(
	    suite_configure(r->s, "[orchestrator]\nviolet_keyless = yes\n"), 0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "kinds.read", NULL, 0));
	assert_int_equal(get_as(r, NULL, poll), 401);
	assert_int_equal(get_as(r, keys[ANN], poll), 403);
	assert_int_equal(get_as(r, keys[MINER], poll), 200);
	free(poll);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(violet_t11_keys_are_for_their_routes),
	    cmocka_unit_test(violet_91_a_client_sees_its_own_tasks_alone),
	    cmocka_unit_test(violet_91_a_miners_key_is_no_hotkey),
	    cmocka_unit_test(a_validator_is_its_key),
	    cmocka_unit_test(
		violet_91_without_signatures_a_miners_key_is_needed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
