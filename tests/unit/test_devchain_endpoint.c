/* What the clients of a port are told while it misbehaves. */
#include "tests/unit/devchain_desk.h"

#include "common/hex.h"
#include "subtensor/header.h"
#include "tests/fake/devchain/endpoint.h"

/* The desk's client comes by the first of two endpoints. */
static int
open_desk(void **state)
{
	struct desk *d;

	desk_set_up(state);
	d = *state;
	d->node.n_endpoints = 2;
	d->node.endpoints = xcalloc(2, sizeof(*d->node.endpoints));
	d->node.endpoints[0].chain = d->node.endpoints[1].chain = d->node.chain;
	d->client.endpoint = &d->node.endpoints[0];
	return 0;
}

static int
close_desk(void **state)
{
	struct desk *d = *state;

	free(d->node.endpoints);
	return desk_tear_down(state);
}

static void
tell(struct desk *d, const char *method, const char *params)
{
	json_decref(desk_ask(d, method, params));
}

/* A text that was answered; "null" for null. Freed by the caller. */
static char *
text_of(struct desk *d, const char *method, const char *params)
{
	json_t *j = desk_ask(d, method, params);
	char *text = json_is_string(j) ? xstrdup(json_string_value(j))
				       : json_dumps(j, JSON_ENCODE_ANY);

	json_decref(j);
	return text;
}

/* The header of the hash that is named for a number, which must be its own;
 * NULL: it has none. */
static json_t *
header_at(struct desk *d, const char *number)
{
	char *hash = text_of(d, "chain_getBlockHash", number), *params, *own;
	json_t *header;
	uint8_t bytes[32];

	params = xasprintf("['%s']", hash);
	header = desk_ask(d, "chain_getHeader", params);
	if (json_is_object(header)) {
		assert_int_equal(header_hash(header, bytes), 0);
		own = hex_0x(bytes, sizeof(bytes));
		assert_string_equal(own, hash);
		free(own);
	} else {
		json_decref(header);
		header = NULL;
	}
	free(hash);
	free(params);
	return header;
}

static json_int_t
reads_at(struct desk *d, const char *number)
{
	char *hash = text_of(d, "chain_getBlockHash", number), *params;
	int code;

	params = xasprintf("['0x00', '%s']", hash);
	code = desk_code_of(d, "state_getStorage", params);
	free(hash);
	free(params);
	return code;
}

static void
an_endpoint_that_is_well_tells_the_truth(void **state)
{
	struct desk *d = *state;
	json_t *header;

	tell(d, "dev_newBlock", "[5]");
	header = header_at(d, "[5]");
	assert_non_null(header);
	json_decref(header);
	assert_int_equal(
	    desk_code_of(d, "dev_endpoint", "[0, {'no_such': true}]"),
	    RPC_BAD_PARAMS);
	assert_int_equal(
	    desk_code_of(d, "dev_endpoint", "[2, {}]"), RPC_BAD_PARAMS);
}

static void
a_frozen_head_stays(void **state)
{
	struct desk *d = *state;
	char *before, *after;

	tell(d, "dev_newBlock", "[5]");
	tell(d, "chain_subscribeNewHeads", "[]");
	tell(d, "dev_endpoint", "[0, {'frozen': true}]");
	before = text_of(d, "chain_getFinalizedHead", "[]");
	json_array_clear(d->told);
	tell(d, "dev_newBlock", "[5]");
	after = text_of(d, "chain_getFinalizedHead", "[]");
	assert_string_equal(before, after);
	assert_int_equal(json_array_size(d->told), 0);
	free(before);
	free(after);
	before = text_of(d, "chain_getBlockHash", "[6]");
	assert_string_equal(before, "null");
	free(before);
	assert_int_equal(reads_at(d, "[5]"), 0);
	tell(d, "dev_endpoint", "[0, {}]");
	tell(d, "dev_newBlock", "[1]");
	assert_int_equal(json_array_size(d->told), 1);
	assert_int_equal(reads_at(d, "[11]"), 0);
}

static void
an_invented_head_has_nothing_behind_it(void **state)
{
	struct desk *d = *state;
	uint64_t number;
	char *hash, *params;

	tell(d, "dev_endpoint", "[0, {'ahead': 1000}]");
	tell(d, "chain_subscribeFinalizedHeads", "[]");
	tell(d, "dev_newBlock", "[5]");
	assert_int_equal(
	    header_number(
		json_array_get(d->told, json_array_size(d->told) - 1), &number),
	    0);
	assert_int_equal(number, 1003);
	hash = text_of(d, "chain_getFinalizedHead", "[]");
	params = xasprintf("['0x00', '%s']", hash);
	assert_int_equal(
	    desk_code_of(d, "state_getStorage", params), RPC_STATE_GONE);
	free(hash);
	free(params);
	assert_null(header_at(d, "[1003]"));
	assert_int_equal(reads_at(d, "[5]"), 0);
}

static void
a_bare_hash_has_no_header(void **state)
{
	struct desk *d = *state;
	json_t *header;

	tell(d, "dev_newBlock", "[40]");
	tell(d, "dev_endpoint", "[0, {'other_hash': 'bare'}]");
	assert_null(header_at(d, "[40]"));
	assert_int_equal(reads_at(d, "[40]"), RPC_STATE_GONE);
	header = header_at(d, "[10]");
	assert_non_null(header);
	json_decref(header);
}

/* Every header is its hash's, and hangs on the one before; the first false
 * one on a true one. */
static void
a_whole_branch_hangs_together(void **state)
{
	struct desk *d = *state;
	char *parent = NULL, *true_hash, *params, number[16];
	json_t *header;

	tell(d, "dev_newBlock", "[10]");
	tell(d, "dev_endpoint", "[0, {'other_hash': 'whole'}]");
	tell(d, "dev_newBlock", "[20]");
	for (int i = 5; i <= 30; i++) {
		snprintf(number, sizeof(number), "[%d]", i);
		header = header_at(d, number);
		assert_non_null(header);
		if (parent != NULL)
			assert_string_equal(json_string_value(json_object_get(
						header, "parentHash")),
			    parent);
		free(parent);
		parent = text_of(d, "chain_getBlockHash", number);
		json_decref(header);
		assert_int_equal(reads_at(d, number), 0);
	}
	d->client.endpoint = &d->node.endpoints[1];
	true_hash = text_of(d, "chain_getBlockHash", "[30]");
	assert_string_not_equal(parent, true_hash);
	d->client.endpoint = &d->node.endpoints[0];
	params = xasprintf("['%s']", true_hash);
	header = desk_ask(d, "chain_getHeader", params);
	assert_true(json_is_null(header));
	json_decref(header);
	free(params);
	free(true_hash);
	free(parent);
}

static void
refusals_are_as_ordered(void **state)
{
	struct desk *d = *state;

	tell(d, "dev_refuse", "[{'custom': 15, 'times': 2}]");
	for (int i = 0; i < 2; i++) {
		json_t *e = desk_ask(d, "author_submitExtrinsic", "['0x00']");

		assert_int_equal(
		    json_integer_value(json_object_get(e, "code")), 1010);
		assert_string_equal(
		    json_string_value(json_object_get(e, "data")),
		    "Custom error: 15");
		json_decref(e);
	}
	assert_int_equal(desk_code_of(d, "author_submitExtrinsic", "['0x00']"),
	    RPC_VERIFICATION);
	tell(d, "dev_refuse", "[{'code': 1016, 'message': 'Dropped'}]");
	assert_int_equal(
	    desk_code_of(d, "author_submitExtrinsic", "['0x00']"), 1016);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(an_endpoint_that_is_well_tells_the_truth),
	    CASE(a_frozen_head_stays),
	    CASE(an_invented_head_has_nothing_behind_it),
	    CASE(a_bare_hash_has_no_header),
	    CASE(a_whole_branch_hangs_together),
	    CASE(refusals_are_as_ordered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
