/* JSON-RPC texts, and the bucket that spaces them out. */
#include "subtensor/rpc_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "subtensor/rpc_bucket.h"

static void
a_request_is_one_line(void **state)
{
	json_t *params = json_pack("[s, n]", "0x00");
	char *text = rpc_message_request(7, "state_call", params);

	(void)state;
	assert_string_equal(text,
	    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"state_call\","
	    "\"params\":[\"0x00\",null]}");
	free(text);
	json_decref(params);
}

static int
parse(const char *text, struct rpc_message *m)
{
	return rpc_message_parse(text, strlen(text), m, NULL);
}

static void
answers_and_errors(void **state)
{
	struct rpc_message m;

	(void)state;
	assert_int_equal(parse("{\"id\":3,\"result\":null}", &m), 0);
	assert_int_equal(m.kind, RPC_KIND_ANSWER);
	assert_int_equal(m.id, 3);
	assert_int_equal(m.answer.outcome, RPC_OK);
	assert_true(json_is_null(m.answer.result));
	rpc_message_clear(&m);

	assert_int_equal(parse("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1010,"
			       "\"message\":\"Invalid Transaction\","
			       "\"data\":\"Custom error: 6\"},\"id\":4}",
			     &m),
	    0);
	assert_int_equal(m.answer.outcome, RPC_REFUSED);
	assert_int_equal(m.answer.code, 1010);
	assert_string_equal(m.answer.message, "Invalid Transaction");
	assert_string_equal(m.answer.data, "Custom error: 6");
	rpc_message_clear(&m);

	assert_int_equal(
	    parse("{\"error\":{\"code\":1,\"data\":{\"a\":1}},\"id\":4}", &m),
	    0);
	assert_string_equal(m.answer.data, "{\"a\":1}");
	assert_string_equal(m.answer.message, "");
	rpc_message_clear(&m);
}

static void
notes_have_ids_of_either_kind(void **state)
{
	struct rpc_message m;

	(void)state;
	assert_int_equal(
	    parse("{\"method\":\"x\",\"params\":{\"subscription\":\"aB\","
		  "\"result\":\"ready\"}}",
		&m),
	    0);
	assert_int_equal(m.kind, RPC_KIND_NOTE);
	assert_string_equal(m.sub, "aB");
	assert_string_equal(json_string_value(m.item), "ready");
	rpc_message_clear(&m);
	assert_int_equal(
	    parse("{\"params\":{\"subscription\":17,\"result\":{}}}", &m), 0);
	assert_string_equal(m.sub, "17");
	rpc_message_clear(&m);
}

static void
anything_else_is_refused(void **state)
{
	static const char *const cases[] = {"", "[]", "{}", "1",
	    "{\"id\":\"x\",\"result\":1}", "{\"id\":-1,\"result\":1}",
	    "{\"id\":1}", "{\"id\":1,\"error\":\"no\"}",
	    "{\"params\":{\"subscription\":\"a\"}}",
	    "{\"params\":{\"subscription\":\"\",\"result\":1}}",
	    "{\"params\":{\"subscription\":null,\"result\":1}}", "{\"id\":1"};
	struct rpc_message m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parse(cases[i], &m), -1);
}

static void
a_burst_then_one_at_a_time(void **state)
{
	struct rpc_bucket b;

	(void)state;
	rpc_bucket_init(&b, 2, 3, 0);
	for (int i = 0; i < 3; i++)
		assert_true(rpc_bucket_take(&b, 0));
	assert_false(rpc_bucket_take(&b, 0));
	assert_int_equal(rpc_bucket_wait_ms(&b, 0), 500);
	assert_false(rpc_bucket_take(&b, 499));
	assert_true(rpc_bucket_take(&b, 500));
	assert_false(rpc_bucket_take(&b, 500));
	for (int i = 0; i < 3; i++)
		assert_true(rpc_bucket_take(&b, 1000000));
	assert_false(rpc_bucket_take(&b, 1000000));
}

static void
no_rate_is_no_limit(void **state)
{
	struct rpc_bucket b;

	(void)state;
	rpc_bucket_init(&b, 0, 0, 0);
	for (int i = 0; i < 1000; i++)
		assert_true(rpc_bucket_take(&b, 0));
	assert_int_equal(rpc_bucket_wait_ms(&b, 0), 0);
}

/* Transactions are refused by codes of their own: never a limit. */
static void
what_says_that_it_is_asked_too_much(void **state)
{
	static const struct {
		int64_t code;
		const char *message;
		bool is_limit;
	} cases[] = {
	    {-32029, "", true},
	    {-32005, "limit exceeded", true},
	    {-32999, "RPC rate limit", true},
	    {-32009, "Server is busy, try again later", true},
	    {-32000, "Too Many Requests", true},
	    {-32603, "daily rate limit reached", true},
	    {-32007, "50/second request limit reached", true},
	    {429, "exceeded its compute units per second", true},
	    {-32007, "Request is too big", false},
	    {-32008, "Response is too big", false},
	    {-32006, "Too many subscriptions on the connection", false},
	    {-32601, "Method not found", false},
	    {1010, "Transaction would exhaust the block limits", false},
	    {1010, "rate limit", false},
	    {1016, "Immediately Dropped", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct rpc_answer a = {.outcome = RPC_REFUSED,
		    .code = cases[i].code,
		    .message = cases[i].message,
		    .data = ""};

		assert_int_equal(rpc_message_is_limit(&a), cases[i].is_limit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_says_that_it_is_asked_too_much),
	    cmocka_unit_test(a_request_is_one_line),
	    cmocka_unit_test(answers_and_errors),
	    cmocka_unit_test(notes_have_ids_of_either_kind),
	    cmocka_unit_test(anything_else_is_refused),
	    cmocka_unit_test(a_burst_then_one_at_a_time),
	    cmocka_unit_test(no_rate_is_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
