/*
 * Whose webhooks are: a client's key sees and touches those of its tenant and
 * no other, an operator's those it names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/fetch.h"
#include "tests/lib/keyed.h"
#include "tests/lib/paths.h"

static char *acme, *other, *boss;

static int
set_up(void **state)
{
	char *build = paths_build(), *file, *ini;
	int status;
	FILE *f;

	file = xasprintf("%s/test-webhooks-keys.key", build);
	f = fopen(file, "w");
	if (f == NULL || fputs("0123456789abcdef0123456789abcdef", f) < 0 ||
	    fclose(f) != 0)
		return -1;
	ini = xasprintf("webhook_key = @%s\n", file);
	status = keyed_set_up(state, "webhooks-keys", ini);
	free(ini);
	free(file);
	free(build);
	if (status != 0 || keyed_restart(*state) != 0)
		return -1;
	acme = keyed_new(*state, "client", "acme");
	other = keyed_new(*state, "client", "other");
	boss = keyed_new(*state, "operator", NULL);
	return acme != NULL && other != NULL && boss != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	free(acme);
	free(other);
	free(boss);
	return keyed_tear_down(state);
}

/* That status, and a member of the answer, if it is asked for. */
static void
expect(struct keyed *k, const char *key, const char *method, const char *path,
    const char *body, int status, const char *member, char *out)
{
	const struct keyed_ask a = {
	    .method = method, .path = path, .key = key, .body = body};
	struct fetch_answer answer;
	int got = keyed_ask(k, &a, &answer);

	if (got != status)
		fail_msg("%s %s: %d %s", method, path, got, answer.body);
	if (member != NULL)
		keyed_text(&answer, member, out);
	fetch_clear(&answer);
}

static void
a_client_has_its_tenants_webhooks_alone(void **state)
{
	static const char *const doors[][2] = {{"GET", ""}, {"DELETE", ""},
	    {"POST", "/rotate"}, {"POST", "/test"}, {"GET", "/deliveries"}};
	struct keyed *k = *state;
	char id[128], code[128], *path;

	expect(k, acme, "POST", "/v1/webhooks",
	    "{\"url\":\"http://127.0.0.1:9/hook\"}", 201, "id", id);
	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		path = xasprintf("/v1/webhooks/%s%s", id, doors[i][1]);
		expect(k, other, doors[i][0], path, NULL, 404, NULL, NULL);
		free(path);
		path =
		    xasprintf("/v1/webhooks/%s%s?tenant=acme", id, doors[i][1]);
		expect(k, other, doors[i][0], path, NULL, 403, "code", code);
		assert_string_equal(code, "other_tenant");
		free(path);
	}
	expect(k, other, "POST", "/v1/webhooks",
	    "{\"url\":\"http://127.0.0.1:9/hook\",\"tenant\":\"acme\"}", 422,
	    "code", code);
	assert_string_equal(code, "bad_webhook");
	path = xasprintf("/v1/webhooks/%s", id);
	expect(k, acme, "GET", path, NULL, 200, NULL, NULL);
	expect(k, boss, "GET", path, NULL, 404, NULL, NULL);
	free(path);
	path = xasprintf("/v1/webhooks/%s?tenant=acme", id);
	expect(k, boss, "GET", path, NULL, 200, NULL, NULL);
	expect(k, boss, "DELETE", path, NULL, 204, NULL, NULL);
	free(path);
}

static void
each_tenant_has_a_secret_of_its_own(void **state)
{
	static const char path[] = "/v1/webhooks/secret";
	struct keyed *k = *state;
	char one[128], again[128], two[128], of_one[128];

	expect(k, acme, "GET", path, NULL, 200, "secret", one);
	expect(k, acme, "GET", path, NULL, 200, "secret", again);
	expect(k, other, "GET", path, NULL, 200, "secret", two);
	expect(k, boss, "GET", "/v1/webhooks/secret?tenant=acme", NULL, 200,
	    "secret", of_one);
	assert_int_equal(strncmp(one, "whsec_", 6), 0);
	assert_string_equal(one, again);
	assert_string_equal(one, of_one);
	assert_string_not_equal(one, two);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_client_has_its_tenants_webhooks_alone),
	    cmocka_unit_test(each_tenant_has_a_secret_of_its_own),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
