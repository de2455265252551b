/* Quotas as they are said in headers, when to come again, and what an admin
 * may say of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "orchestrator/quota.c"

void
store_quota_take(struct orchestrator *o, const char *key_id, const char *kind,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	(void)o, (void)key_id, (void)kind, (void)now_us, (void)on_answer;
	(void)arg;
	fail();
}

static int n_given_back;

void
store_quota_give_back(struct orchestrator *o, const char *key_id,
    const char *kind, int64_t taken_us)
{
	(void)o, (void)key_id, (void)kind, (void)taken_us;
	n_given_back++;
}

bool
store_is_done(const struct pg_answer *answer, const char *what)
{
	(void)answer, (void)what;
	return false;
}

/* A minute's 600 of any kind and an hour's 2 of one, 12.3 s and 1,800 s before
 * their ends. */
static struct quotas
two(int64_t used, int64_t used_of_kind)
{
	struct quotas quotas = {.n = 2, .now_us = 1000000000};

	quotas.items[0] = (struct quota){"*", 600, 60, used, 0};
	quotas.items[0].reset_us = quotas.now_us + 12300000;
	quotas.items[1] =
	    (struct quota){"audio.speak", 2, 3600, used_of_kind, 0};
	quotas.items[1].reset_us = quotas.now_us + 1800000000LL;
	return quotas;
}

static void
they_are_said_as_structured_fields(void **state)
{
	struct quotas quotas = two(1, 2);
	struct buf text = {0};

	(void)state;
	quota_print_policy(&quotas, &text);
	assert_string_equal(buf_str(&text),
	    "\"jobs\";q=600;w=60, \"jobs/audio.speak\";q=2;w=3600");
	buf_reset(&text);
	quota_print_state(&quotas, &text);
	assert_string_equal(buf_str(&text),
	    "\"jobs\";r=599;t=13, \"jobs/audio.speak\";r=0;t=1800");
	/* A limit that was lowered meanwhile. */
	quotas.items[0].used = 700;
	buf_reset(&text);
	quota_print_state(&quotas, &text);
	assert_non_null(strstr(buf_str(&text), "\"jobs\";r=0;t=13"));
	buf_free(&text);
}

static void
who_waits_so_long_is_not_early(void **state)
{
	static const struct {
		int64_t used, used_of_kind, wait_s;
	} cases[] = {{600, 1, 13}, {1, 2, 1800}, {600, 2, 1800}};
	struct quotas quotas;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		quotas = two(cases[i].used, cases[i].used_of_kind);
		assert_int_equal(quota_wait_s(&quotas), cases[i].wait_s);
		assert_true(quotas.now_us + quota_wait_s(&quotas) * 1000000 >=
			    quota_reset_us(&quotas));
	}
	/* Never at once, and never none of it. */
	quotas = two(600, 1);
	quotas.items[0].reset_us = quotas.now_us + 1;
	assert_int_equal(quota_wait_s(&quotas), 1);
	quotas.items[0].reset_us = quotas.now_us;
	assert_int_equal(quota_wait_s(&quotas), 1);
	quotas.items[0].reset_us = quotas.now_us + 1000000;
	assert_int_equal(quota_wait_s(&quotas), 1);
	quotas.items[0].reset_us++;
	assert_int_equal(quota_wait_s(&quotas), 2);
}

static void
only_what_was_taken_goes_back(void **state)
{
	struct quotas quotas = two(1, 1);

	(void)state;
	n_given_back = 0;
	quota_give_back(NULL, "k", "audio.speak", &quotas);
	assert_int_equal(n_given_back, 0);
	quotas.taken = true;
	quota_give_back(NULL, "k", "audio.speak", &quotas);
	assert_int_equal(n_given_back, 1);
	quotas.n = 0;
	quota_give_back(NULL, "k", "audio.speak", &quotas);
	assert_int_equal(n_given_back, 1);
}

#define Q(kind, jobs, window)                                                  \
	"{\"kind\":" kind ",\"jobs\":" jobs ",\"window_s\":" window "}"

static void
an_admin_says_them_within_limits(void **state)
{
	static const struct {
		const char *text, *why; /* NULL: it is good */
	} cases[] = {
	    {"[]", NULL},
	    {"[" Q("\"*\"", "1", "1") "]", NULL},
	    {"[" Q("\"*\"", "1000000000", "2678400") "," Q(
		 "\"audio.speak\"", "5", "60") "]",
		NULL},
	    {"{}", "quotas must be an array of at most 64"},
	    {"[7]", "quotas[0] must be"},
	    {"[{\"kind\":\"*\",\"jobs\":1}]", "quotas[0] must be"},
	    {"[" Q("\"\"", "1", "1") "]", "quotas[0].kind"},
	    {"[" Q("\"a b\"", "1", "1") "]", "quotas[0].kind"},
	    {"[" Q("\"a\\\"b\"", "1", "1") "]", "quotas[0].kind"},
	    {"[" Q("7", "1", "1") "]", "quotas[0].kind"},
	    {"[" Q("\"*\"", "0", "1") "]", "quotas[0].jobs"},
	    {"[" Q("\"*\"", "1000000001", "1") "]", "quotas[0].jobs"},
	    {"[" Q("\"*\"", "1.5", "1") "]", "quotas[0].jobs"},
	    {"[" Q("\"*\"", "1", "0") "]", "quotas[0].window_s"},
	    {"[" Q("\"*\"", "1", "2678401") "]", "quotas[0].window_s"},
	    {"[" Q("\"a\"", "1", "1") "," Q("\"a\"", "2", "1") "]",
		"quotas[1].kind stands there twice"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *quotas = json_loads(cases[i].text, 0, NULL);
		struct err err = {""};
		int got = quota_check(quotas, &err);

		assert_non_null(quotas);
		if ((got == 0) != (cases[i].why == NULL) ||
		    (got != 0 && strstr(err.text, cases[i].why) == NULL))
			fail_msg("%s: %d %s", cases[i].text, got, err.text);
		json_decref(quotas);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(they_are_said_as_structured_fields),
	    cmocka_unit_test(who_waits_so_long_is_not_early),
	    cmocka_unit_test(only_what_was_taken_goes_back),
	    cmocka_unit_test(an_admin_says_them_within_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
