/* The service's answers, and miners' texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "validator/submissions_answer.c"

/* -- answers ------------------------------------------------------------ */

static const struct {
	const char *body;
	enum submission_state state;
	double score;
	const char *status;
} good[] = {
    {"{\"status\":\"COMPLETED\",\"score\":{\"judge_score\":0.75}}",
	SUBMISSION_COMPLETED, .75, "COMPLETED"},
    {"{\"status\":\"COMPLETED\",\"score\":{\"judge_score\":1,\"x\":[]},"
     "\"y\":1}",
	SUBMISSION_COMPLETED, 1, "COMPLETED"},
    {"{\"status\":\"COMPLETED\",\"score\":{\"judge_score\":0}}",
	SUBMISSION_COMPLETED, 0, "COMPLETED"},
    {"{\"status\":\"FAILED\",\"score\":{\"judge_score\":0.9}}",
	SUBMISSION_FAILED, NAN, "FAILED"},
    {"{\"status\":\"QUEUED\"}", SUBMISSION_QUEUED, NAN, "QUEUED"},
    {"{\"status\":\"RUNNING\",\"score\":null}", SUBMISSION_RUNNING, NAN,
	"RUNNING"},
    {"{\"status\":\"PRECHECK\"}", SUBMISSION_PRECHECK, NAN, "PRECHECK"},
    {"{\"status\":\"ON_HOLD\"}", SUBMISSION_UNKNOWN, NAN, "ON_HOLD"},
};

static void
an_answer_is_a_status_and_a_score(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct submissions_answer a;
		struct err err = {""};

		if (submissions_read_answer(
			good[i].body, strlen(good[i].body), &a, &err) != 0)
			fail_msg("%s: %s", good[i].body, err.text);
		assert_int_equal(a.state, good[i].state);
		assert_string_equal(a.status, good[i].status);
		if (isnan(good[i].score))
			assert_true(isnan(a.score));
		else
			assert_true(a.score == good[i].score);
	}
}

static const struct {
	const char *body, *says;
} bad[] = {
    {"", "no JSON object"},
    {"[]", "no JSON object"},
    {"\"COMPLETED\"", "no JSON object"},
    {"{\"status\":\"FAILED\"", "no JSON object"},
    {"{\"status\":\"QUEUED\",\"status\":\"FAILED\"}", "no JSON object"},
    {"{}", "no status"},
    {"{\"status\":3}", "no status"},
    {"{\"status\":\"\"}", "the status is no word"},
    {"{\"status\":\"failed\"}", "the status is no word"},
    {"{\"status\":\"FAILED\\u0000\"}", "no JSON object"},
    {"{\"status\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
	"the status is no word"},
    {"{\"status\":\"COMPLETED\"}", "completed without a judge_score"},
    {"{\"status\":\"COMPLETED\",\"score\":0.5}",
	"completed without a judge_score"},
    {"{\"status\":\"COMPLETED\",\"score\":{\"judge_score\":\"1\"}}",
	"completed without a judge_score"},
    {"{\"status\":\"COMPLETED\",\"score\":{\"judge_score\":null}}",
	"completed without a judge_score"},
    {"{\"status\":\"COMPLETED\",\"score\":{\"judge_score\":-0.1}}",
	"a judge_score out of range"},
    {"{\"status\":\"COMPLETED\",\"score\":{\"judge_score\":1e300}}",
	"a judge_score out of range"},
    {"{\"status\":\"COMPLETED\",\"score\":{\"judge_score\":NaN}}",
	"no JSON object"},
};

static void
what_is_of_no_such_form_is_no_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct submissions_answer a;
		struct err err = {""};

		assert_int_equal(submissions_read_answer(bad[i].body,
				     strlen(bad[i].body), &a, &err),
		    -1);
		assert_string_equal(err.text, bad[i].says);
	}
}

/* -- texts -------------------------------------------------------------- */

/* Sums by coreutils: printf 'my-org my-model chatml 5Alice' | sha256sum */
static void
a_text_is_bound_to_who_committed(void **state)
{
	static const char text[] = "my-org:my-model:chatml:5Alice:"
				   "13478610563429145833:d1";
	struct submissions_text t;

	(void)state;
	submissions_read_text(text, "5Alice", &t);
	assert_null(t.wrong);
	assert_string_equal(t.repo, "my-org/my-model");
	assert_string_equal(t.hash, "bb0da4e50b059ce9");
	assert_string_equal(t.query,
	    "repo_namespace=my-org&repo_name=my-model&chat_template_type="
	    "chatml&hash=13478610563429145833&hotkey=5Alice");
	submissions_text_clear(&t);
	submissions_read_text(text, "5Bob", &t);
	assert_string_equal(t.wrong, "it names another hotkey");
	assert_null(t.query);
	submissions_text_clear(&t);
	submissions_read_text(
	    "my-org:my-model:chatml:None:13478610563429145833:d1", "5Bob", &t);
	assert_string_equal(
	    t.wrong, "its hash is not that of its words and hotkey");
	submissions_text_clear(&t);
	submissions_read_text("10.0.0.1:80:a:b:c", "5Bob", &t);
	assert_string_equal(t.wrong, "the hash is no integer of 64 bits");
	submissions_text_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_is_a_status_and_a_score),
	    cmocka_unit_test(what_is_of_no_such_form_is_no_answer),
	    cmocka_unit_test(a_text_is_bound_to_who_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
