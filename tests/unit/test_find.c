/* Looking for an extrinsic whose fate is unknown, on a chain of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "subtensor/rpc.h"
#include "weightsetter/find.c"

enum { BIRTH = 100, DEATH = 116, NONCE = 7 };

/* -- in the place of the node -------------------------------------------- */

struct node {
	uint64_t at;	/* block that holds it; 0: none */
	uint64_t stops; /* no answer for this block and later ones; 0: all */
	int asked;
	/* the one call under way */
	const char *method;
	uint64_t number;
	void (*on_answer)(const struct rpc_answer *, void *);
	void *arg;
};

static struct node node;

struct rpc *
chain_rpc(struct chain *c)
{
	return (struct rpc *)c;
}

void
rpc_call(struct rpc *rpc, const char *method, json_t *params,
    void (*on_answer)(const struct rpc_answer *, void *arg), void *arg)
{
	const json_t *first = json_array_get(params, 0);

	(void)rpc;
	assert_null(node.method);
	node.method = method;
	node.number = json_is_integer(first)
			  ? (uint64_t)json_integer_value(first)
			  : strtoull(json_string_value(first) + 2, NULL, 10);
	node.on_answer = on_answer;
	node.arg = arg;
	node.asked++;
	json_decref(params);
}

/* A block is {"number": n}, its hash the number, in decimal. */
long
block_find(const json_t *block, const char *extrinsic_hash)
{
	assert_string_equal(extrinsic_hash, "0xours");
	return node.at != 0 && (uint64_t)json_integer_value(
				   json_object_get(block, "number")) == node.at
		   ? 2
		   : -1;
}

static void
answer_one(void)
{
	struct node now = node;
	struct rpc_answer a = {.outcome = RPC_OK, .message = "", .data = ""};
	char text[HEADER_HASH];
	json_t *result;

	node.method = NULL;
	snprintf(
	    text, sizeof(text), "0x%064llu", (unsigned long long)now.number);
	if (strcmp(now.method, "chain_getBlockHash") == 0)
		result = json_string(text);
	else
		result = json_pack("{s:I}", "number", (json_int_t)now.number);
	a.result = result;
	if (now.stops != 0 && now.number >= now.stops)
		a.outcome = RPC_UNKNOWN;
	now.on_answer(&a, now.arg);
	json_decref(result);
}

struct ledger_row *
ledger_row_copy(const struct ledger_row *row)
{
	return xmemdup(row, sizeof(*row));
}

void
ledger_row_free(struct ledger_row *row)
{
	free(row);
}

/* -- the scene ----------------------------------------------------------- */

static struct finding last;
static char last_hash[SNAPSHOT_HASH];
static int n_findings;

static void
on_finding(const struct finding *f, void *arg)
{
	(void)arg;
	last = *f;
	snprintf(last_hash, sizeof(last_hash), "%s",
	    f->block_hash == NULL ? "" : f->block_hash);
	n_findings++;
}

static struct ledger_row
row_of(void)
{
	struct ledger_row row = {.era_birth = BIRTH,
	    .era_death = DEATH,
	    .nonce = NONCE,
	    .state = LEDGER_UNKNOWN};

	snprintf(row.id, sizeof(row.id), "%s", "row");
	snprintf(
	    row.extrinsic_hash, sizeof(row.extrinsic_hash), "%s", "0xours");
	return row;
}

static struct snapshot
head_at(uint64_t block, uint32_t nonce)
{
	return (struct snapshot){.block = block, .nonce = nonce};
}

/* What a search at that head finds, and how many calls it took. */
static struct finding
search(struct find *f, uint64_t block, uint32_t nonce, int *calls)
{
	struct ledger_row row = row_of();
	struct snapshot s = head_at(block, nonce);
	struct finding at_once;

	node.asked = 0;
	if (!find_start(f, &row, &s, &at_once)) {
		assert_false(find_is_busy(f));
		*calls = node.asked;
		return at_once;
	}
	n_findings = 0;
	while (find_is_busy(f)) {
		assert_int_equal(n_findings, 0);
		answer_one();
	}
	assert_int_equal(n_findings, 1);
	*calls = node.asked;
	return last;
}

/* -- the tests ----------------------------------------------------------- */

static void
which_blocks_can_have_it(void **state)
{
	static const struct {
		uint64_t looked_to, head;
		uint32_t nonce;
		uint64_t from, to;
	} cases[] = {
	    {0, 105, 8, 101, 105},   /* after its birth, up to the head */
	    {103, 105, 8, 104, 105}, /* not the same ones again */
	    {0, 105, 7, 106, 105},   /* the nonce is not used: none */
	    {0, 200, 8, 101, 115},   /* none from its death on */
	    {115, 200, 8, 116, 115}, /* all have been seen */
	    {0, 100, 8, 101, 100},   /* nothing after its birth yet */
	};
	struct ledger_row row = row_of();
	uint64_t from, to;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct snapshot s = head_at(cases[i].head, cases[i].nonce);

		find_range(&row, cases[i].looked_to, &s, &from, &to);
		assert_int_equal(to, cases[i].to);
		if (cases[i].from > cases[i].to)
			assert_true(from > to);
		else
			assert_int_equal(from, cases[i].from);
	}
}

static void
it_is_found_where_it_is(void **state)
{
	struct find *f = find_new(NULL, on_finding, NULL);
	struct finding found;
	int calls;

	(void)state;
	node = (struct node){.at = 103};
	found = search(f, 110, NONCE + 1, &calls);
	assert_int_equal(found.result, FIND_FOUND);
	assert_int_equal(found.block, 103);
	assert_int_equal(strtoull(last_hash + 2, NULL, 10), 103);
	assert_int_equal(calls, 2 * 3);
	find_free(f);
}

static void
an_unused_nonce_needs_no_looking(void **state)
{
	struct find *f = find_new(NULL, on_finding, NULL);
	struct finding found;
	int calls;

	(void)state;
	node = (struct node){.at = 0};
	found = search(f, 110, NONCE, &calls);
	assert_int_equal(found.result, FIND_NOT_YET);
	assert_int_equal(calls, 0);
	found = search(f, DEATH - 2, NONCE, &calls);
	assert_int_equal(found.result, FIND_NOT_YET);
	found = search(f, DEATH - 1, NONCE, &calls);
	assert_int_equal(found.result, FIND_EXPIRED);
	assert_false(found.is_foreign);
	assert_int_equal(calls, 0);
	find_free(f);
}

static void
the_search_goes_on_where_it_stopped(void **state)
{
	struct find *f = find_new(NULL, on_finding, NULL);
	struct finding found;
	int calls;

	(void)state;
	node = (struct node){.at = 112};
	found = search(f, 104, NONCE, &calls);
	assert_int_equal(found.result, FIND_NOT_YET);
	found = search(f, 114, NONCE + 1, &calls);
	assert_int_equal(found.result, FIND_FOUND);
	assert_int_equal(found.block, 112);
	assert_int_equal(calls, 2 * 8); /* from 105 */
	find_free(f);
}

static void
a_silent_node_is_asked_again(void **state)
{
	struct find *f = find_new(NULL, on_finding, NULL);
	struct finding found;
	int calls;

	(void)state;
	node = (struct node){.at = 106, .stops = 104};
	found = search(f, 110, NONCE + 1, &calls);
	assert_int_equal(found.result, FIND_LATER);
	node.stops = 0;
	found = search(f, 110, NONCE + 1, &calls);
	assert_int_equal(found.result, FIND_FOUND);
	assert_int_equal(calls, 2 * 3); /* from 104 */
	find_free(f);
}

static void
a_nonce_used_by_another_ends_it_at_once(void **state)
{
	struct find *f = find_new(NULL, on_finding, NULL);
	struct finding found;
	int calls;

	(void)state;
	node = (struct node){.at = 0};
	found = search(f, 104, NONCE + 1, &calls);
	assert_int_equal(found.result, FIND_EXPIRED);
	assert_true(found.is_foreign);
	assert_int_equal(calls, 2 * 4);
	find_free(f);
}

static void
a_runtime_outlived_ends_it(void **state)
{
	struct find *f = find_new(NULL, on_finding, NULL);
	struct finding found;
	struct ledger_row row = row_of();
	struct snapshot s = head_at(104, NONCE);

	(void)state;
	node = (struct node){.at = 0};
	row.spec_version = s.spec_version = 424;
	assert_false(find_start(f, &row, &s, &found));
	assert_int_equal(found.result, FIND_NOT_YET);
	s.spec_version = 425;
	assert_false(find_start(f, &row, &s, &found));
	assert_int_equal(found.result, FIND_EXPIRED);
	assert_true(found.is_outlived);
	assert_false(found.is_foreign);
	row.spec_version = 0; /* not known */
	assert_false(find_start(f, &row, &s, &found));
	assert_int_equal(found.result, FIND_NOT_YET);
	find_free(f);
}

/* It may have been included before the upgrade. */
static void
an_outlived_one_is_looked_for_first(void **state)
{
	struct find *f = find_new(NULL, on_finding, NULL);
	struct ledger_row row = row_of();
	struct snapshot s = head_at(104, NONCE + 1);
	struct finding found;

	(void)state;
	node = (struct node){.at = 103};
	row.spec_version = 424;
	s.spec_version = 425;
	assert_true(find_start(f, &row, &s, &found));
	while (find_is_busy(f))
		answer_one();
	assert_int_equal(last.result, FIND_FOUND);
	assert_int_equal(last.block, 103);
	find_free(f);
}

static void
another_row_is_another_search(void **state)
{
	struct find *f = find_new(NULL, on_finding, NULL);
	struct finding found;
	struct ledger_row other = row_of();
	struct snapshot s = head_at(104, NONCE);
	int calls;

	(void)state;
	node = (struct node){.at = 102};
	snprintf(other.id, sizeof(other.id), "%s", "other");
	assert_false(find_start(f, &other, &s, &found));
	found = search(f, 104, NONCE + 1, &calls);
	assert_int_equal(found.result, FIND_FOUND);
	assert_int_equal(found.block, 102);
	find_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(which_blocks_can_have_it),
	    cmocka_unit_test(it_is_found_where_it_is),
	    cmocka_unit_test(an_unused_nonce_needs_no_looking),
	    cmocka_unit_test(the_search_goes_on_where_it_stopped),
	    cmocka_unit_test(a_silent_node_is_asked_again),
	    cmocka_unit_test(a_nonce_used_by_another_ends_it_at_once),
	    cmocka_unit_test(another_row_is_another_search),
	    cmocka_unit_test(a_runtime_outlived_ends_it),
	    cmocka_unit_test(an_outlived_one_is_looked_for_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
