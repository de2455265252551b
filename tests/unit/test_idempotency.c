/* The Idempotency-Key header as it is read, and what makes two requests the
 * same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "orchestrator/idempotency.c"

void
store_idempotency_claim(struct orchestrator *o, const struct idempotency *i,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	(void)o, (void)i, (void)now_us, (void)on_answer, (void)arg;
	fail();
}

void
store_idempotency_release(struct orchestrator *o, const struct idempotency *i)
{
	(void)o, (void)i;
	fail();
}

void
store_idempotency_forget(struct orchestrator *o, int64_t before_us)
{
	(void)o, (void)before_us;
	fail();
}

bool
store_is_done(const struct pg_answer *answer, const char *what)
{
	(void)answer, (void)what;
	return false;
}

static void
a_name_is_quoted_or_not(void **state)
{
	static const struct {
		const char *value, *name; /* NULL: it is none */
	} cases[] = {
	    {"8e03978e-40d5", "8e03978e-40d5"},
	    {"\"8e03978e-40d5\"", "8e03978e-40d5"},
	    {"a b~!", "a b~!"},
	    {"a\"b", "a\"b"},
	    {"\"a\\\"b\\\\c\"", "a\"b\\c"},
	    {"", NULL},
	    {"\"\"", NULL},
	    {"\"", NULL},
	    {"\"a", NULL},
	    {"\"a\"b", NULL},
	    {"\"a\";q=1", NULL},
	    {"\"a\\b\"", NULL},
	    {"\"a\\", NULL},
	    {"a\xc3\xa9", NULL},
	    {"a\tb", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[IDEMPOTENCY_MOST_NAME + 1];
		int got = idempotency_read(cases[i].value, name);

		if ((got == 0) != (cases[i].name != NULL))
			fail_msg("%s: %d", cases[i].value, got);
		if (got == 0)
			assert_string_equal(name, cases[i].name);
	}
}

static void
a_name_has_so_many_characters(void **state)
{
	char value[IDEMPOTENCY_MOST_NAME + 4], name[IDEMPOTENCY_MOST_NAME + 1];

	(void)state;
	memset(value, 'x', sizeof(value));
	value[IDEMPOTENCY_MOST_NAME] = '\0';
	assert_int_equal(idempotency_read(value, name), 0);
	assert_int_equal(strlen(name), IDEMPOTENCY_MOST_NAME);
	value[IDEMPOTENCY_MOST_NAME] = 'x';
	value[IDEMPOTENCY_MOST_NAME + 1] = '\0';
	assert_int_equal(idempotency_read(value, name), -1);
	value[0] = '"';
	value[IDEMPOTENCY_MOST_NAME + 1] = '"';
	value[IDEMPOTENCY_MOST_NAME + 2] = '\0';
	assert_int_equal(idempotency_read(value, name), 0);
	assert_int_equal(strlen(name), IDEMPOTENCY_MOST_NAME);
	value[IDEMPOTENCY_MOST_NAME + 1] = 'x';
	value[IDEMPOTENCY_MOST_NAME + 2] = '"';
	value[IDEMPOTENCY_MOST_NAME + 3] = '\0';
	assert_int_equal(idempotency_read(value, name), -1);
}

/* Others than any that a header can say. */
static void
each_part_of_a_request_has_a_name(void **state)
{
	char value[IDEMPOTENCY_MOST_NAME + 1], name[IDEMPOTENCY_NAME];
	char again[IDEMPOTENCY_MOST_NAME + 1];

	(void)state;
	memset(value, 'x', sizeof(value));
	value[IDEMPOTENCY_MOST_NAME] = '\0';
	snprintf(name, sizeof(name), "%s", value);
	idempotency_name_part(name, 0);
	assert_string_equal(name, value);
	idempotency_name_part(name, 999);
	assert_int_equal(strlen(name), IDEMPOTENCY_MOST_NAME + 4);
	assert_int_equal(idempotency_read(name, again), -1);
	snprintf(name, sizeof(name), "a");
	idempotency_name_part(name, 1);
	assert_string_not_equal(name, "a");
	assert_string_not_equal(name, "a1");
	assert_int_equal(idempotency_read(name, again), -1);
}

/* Of a request as JSON text. */
static void
print(const char *method, const char *path, const char *text, const char *file,
    char out[65])
{
	json_t *request = json_loads(text, 0, NULL);

	assert_non_null(request);
	idempotency_fingerprint(method, path, request, file, out);
	json_decref(request);
}

static void
a_request_is_what_it_asks_for(void **state)
{
	static const struct {
		const char *method, *path, *text, *file;
	} others[] = {
	    {"PUT", "/v1/jobs", "{\"a\":1,\"b\":[2,3]}", "ff"},
	    {"POST", "/v1/job", "{\"a\":1,\"b\":[2,3]}", "ff"},
	    {"POST", "/v1/jobs", "{\"a\":1,\"b\":[3,2]}", "ff"},
	    {"POST", "/v1/jobs", "{\"a\":\"1\",\"b\":[2,3]}", "ff"},
	    {"POST", "/v1/jobs", "{\"a\":1}", "ff"},
	    {"POST", "/v1/jobs", "{\"a\":1,\"b\":[2,3]}", "fe"},
	    {"POST", "/v1/jobs", "{\"a\":1,\"b\":[2,3]}", ""},
	};
	char first[65], again[65];

	(void)state;
	print("POST", "/v1/jobs", "{\"a\":1,\"b\":[2,3]}", "ff", first);
	assert_int_equal(strlen(first), 64);
	/* Not how it is written. */
	print("POST", "/v1/jobs", "{ \"b\": [2, 3],\n \"a\": 1 }", "ff", again);
	assert_string_equal(first, again);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		print(others[i].method, others[i].path, others[i].text,
		    others[i].file, again);
		if (strcmp(first, again) == 0)
			fail_msg("case %zu is taken for the same", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_is_quoted_or_not),
	    cmocka_unit_test(a_name_has_so_many_characters),
	    cmocka_unit_test(each_part_of_a_request_has_a_name),
	    cmocka_unit_test(a_request_is_what_it_asks_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
