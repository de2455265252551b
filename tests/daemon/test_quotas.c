/*
 * Quotas of API keys at two doors at once: counted together, said in headers,
 * and obeyable: a client that waits as long as it is told is served.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <time.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/keyed.h"
#include "tests/lib/suite.h"

enum { OBEDIENT_JOBS = 10, QUOTA = 3 };

#define MONTH "2678400"
#define SPEAK                                                                  \
	"{\"kind\":\"audio.speak\",\"params\":{\"text\":\"one two\","          \
	"\"language\":\"en\"}}"

static char *admin;

static int
set_up(void **state)
{
	if (keyed_set_up(state, "quotas", NULL) != 0 ||
	    keyed_restart(*state) != 0)
		return -1;
	admin = keyed_new(*state, "admin", NULL);
	return admin != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	free(admin);
	return keyed_tear_down(state);
}

static char *
client(struct keyed *k, const char *quotas)
{
	char *body = xasprintf("{\"role\":\"client\",\"quotas\":%s}", quotas);
	char *key = keyed_make(k, admin, body);

	free(body);
	assert_non_null(key);
	return key;
}

static int
order(struct keyed *k, int at, const char *key, const char *body,
    struct fetch_answer *answer)
{
	const struct keyed_ask a = {.at = at,
	    .method = "POST",
	    .path = "/v1/jobs",
	    .key = key,
	    .body = body};

	return keyed_ask(k, &a, answer);
}

/* A number in a header, behind a mark: "r=" in "\"jobs\";r=2;t=1". */
static long
number(const struct fetch_answer *answer, const char *name, const char *mark)
{
	char *value = fetch_header(answer, name), *at;
	long n = -1;

	if (value == NULL)
		fail_msg("no %s", name);
	at = strstr(value, mark);
	if (at != NULL)
		n = strtol(at + strlen(mark), NULL, 10);
	free(value);
	return n;
}

static void
it_is_said_what_is_left(void **state)
{
	struct keyed *k = *state;
	char *key =
	    client(k, "[{\"kind\":\"*\",\"jobs\":2,\"window_s\":" MONTH "}]");
	char *free_key = client(k, "[]"), *policy, text[128];
	struct fetch_answer answer;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(order(k, i, key, keyed_job, &answer), 202);
		policy = fetch_header(&answer, "RateLimit-Policy");
		assert_string_equal(policy, "\"jobs\";q=2;w=" MONTH);
		assert_int_equal(number(&answer, "RateLimit", "r="), 1 - i);
		assert_in_range(number(&answer, "RateLimit", "t="), 1, 2678400);
		free(policy);
		fetch_clear(&answer);
	}
	assert_int_equal(order(k, 0, key, keyed_job, &answer), 429);
	keyed_text(&answer, "code", text);
	assert_string_equal(text, "quota_spent");
	keyed_text(&answer, "reset_at", text);
	assert_int_equal(strlen(text), strlen("2026-01-01T00:00:00Z"));
	assert_int_equal(number(&answer, "RateLimit", "r="), 0);
	assert_int_equal(number(&answer, "Retry-After", ""),
	    number(&answer, "RateLimit", "t="));
	fetch_clear(&answer);
	/* One that has none is told nothing, and not counted. */
	assert_int_equal(order(k, 0, free_key, keyed_job, &answer), 202);
	assert_null(fetch_header(&answer, "RateLimit"));
	fetch_clear(&answer);
	free(key);
	free(free_key);
}

static void
a_kind_has_a_quota_of_its_own(void **state)
{
	struct keyed *k = *state;
	char *key = client(k,
	    "[{\"kind\":\"*\",\"jobs\":100,\"window_s\":" MONTH
	    "},{\"kind\":\"audio.speak\",\"jobs\":1,\"window_s\":" MONTH "}]");
	struct fetch_answer answer;

	assert_int_equal(order(k, 0, key, SPEAK, &answer), 202);
	assert_int_equal(number(&answer, "RateLimit", "\"jobs\";r="), 99);
	assert_int_equal(
	    number(&answer, "RateLimit", "\"jobs/audio.speak\";r="), 0);
	fetch_clear(&answer);
	/* Refused by one quota it takes nothing of the other. */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(order(k, 1, key, SPEAK, &answer), 429);
		fetch_clear(&answer);
	}
	assert_int_equal(order(k, 1, key, keyed_job, &answer), 202);
	assert_int_equal(number(&answer, "RateLimit", "\"jobs\";r="), 98);
	fetch_clear(&answer);
	free(key);
}

static void
what_is_not_made_is_not_counted(void **state)
{
	struct keyed *k = *state;
	char *key =
	    client(k, "[{\"kind\":\"*\",\"jobs\":1,\"window_s\":" MONTH "}]");
	const char job[] = "{\"kind\":\"audio.transcribe\",\"params\":"
			   "{\"language\":\"en\"}}";
	const struct fetch_part parts[] = {
	    {"job", NULL, "application/json", job, strlen(job)},
	    {"input", "input", "audio/wav", "but words", 9},
	    {NULL, NULL, NULL, NULL, 0}};
	const struct keyed_ask bad = {
	    .method = "POST", .path = "/v1/jobs", .key = key, .parts = parts};
	struct fetch_answer answer;
	char id[40];

	/* Its place is taken before the file is looked at. */
	keyed_id(key, id);
	assert_int_equal(keyed_ask(k, &bad, &answer), 415);
	assert_int_equal(number(&answer, "RateLimit", "r="), 0);
	fetch_clear(&answer);
	assert_int_equal(
	    db_wait_int(k->s->db, 0, 0,
		"select used from key_use where key_id = '%s'", id),
	    0);
	assert_int_equal(
	    order(k, 0, key, "{\"kind\":\"nothing\"}", &answer), 422);
	fetch_clear(&answer);
	assert_int_equal(order(k, 1, key, keyed_job, &answer), 202);
	fetch_clear(&answer);
	assert_int_equal(order(k, 1, key, keyed_job, &answer), 429);
	fetch_clear(&answer);
	free(key);
}

static void
an_admin_changes_it(void **state)
{
	struct keyed *k = *state;
	char *key =
	    client(k, "[{\"kind\":\"*\",\"jobs\":1,\"window_s\":" MONTH "}]");
	struct fetch_answer answer;
	char id[40], *path;
	struct keyed_ask a = {.method = "PATCH",
	    .key = admin,
	    .body =
		"{\"quotas\":[{\"kind\":\"*\",\"jobs\":2,\"window_s\":" MONTH
		"}]}"};

	keyed_id(key, id);
	path = xasprintf("/v1/keys/%s", id);
	a.path = path;
	assert_int_equal(order(k, 0, key, keyed_job, &answer), 202);
	fetch_clear(&answer);
	assert_int_equal(order(k, 0, key, keyed_job, &answer), 429);
	fetch_clear(&answer);
	assert_int_equal(keyed_status(k, &a), 200);
	assert_int_equal(order(k, 0, key, keyed_job, &answer), 202);
	fetch_clear(&answer);
	assert_int_equal(order(k, 0, key, keyed_job, &answer), 429);
	fetch_clear(&answer);
	a.body = "{\"quotas\":[]}";
	assert_int_equal(keyed_status(k, &a), 200);
	assert_int_equal(order(k, 0, key, keyed_job, &answer), 202);
	fetch_clear(&answer);
	a.body = "{\"role\":\"admin\"}";
	assert_int_equal(keyed_status(k, &a), 422);
	a.path = "/v1/keys/aaaaaaaaaaaaaaaa";
	a.body = "{\"quotas\":[]}";
	assert_int_equal(keyed_status(k, &a), 404);
	free(path);
	free(key);
}

/* That long by our clock, as a client that obeys does. */
static void
obey(long seconds)
{
	struct timespec rest = {seconds, 0};

	while (nanosleep(&rest, &rest) != 0)
		;
}

/* At both doors in turn: each place is given once, and whoever waits as long
 * as it is told, and no longer, is served. */
static void
a_client_that_obeys_is_served(void **state)
{
	struct keyed *k = *state;
	char *key = client(k, "[{\"kind\":\"*\",\"jobs\":3,\"window_s\":2}]");
	int refused = 0, done = 0;
	long left = 0;

	for (int i = 0; done < OBEDIENT_JOBS; i++) {
		struct fetch_answer answer;
		int status = order(k, i % 2, key, keyed_job, &answer);
		bool waited = refused > 0;

		if (status == 429) {
			assert_false(waited);
			assert_int_equal(number(&answer, "RateLimit", "r="), 0);
			refused++;
			obey(number(&answer, "Retry-After", ""));
		} else {
			long now = number(&answer, "RateLimit", "r=");

			assert_int_equal(status, 202);
			/* One less than before, or a window's first. */
			if (now != left - 1 && now != QUOTA - 1)
				fail_msg("%ld are left after %ld", now, left);
			left = now;
			refused = 0;
			done++;
		}
		fetch_clear(&answer);
	}
	free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_said_what_is_left),
	    cmocka_unit_test(a_kind_has_a_quota_of_its_own),
	    cmocka_unit_test(what_is_not_made_is_not_counted),
	    cmocka_unit_test(an_admin_changes_it),
	    cmocka_unit_test(a_client_that_obeys_is_served),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
