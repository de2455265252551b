/*
 * A reading whose requests a node answers, refuses or garbles: what a
 * snapshot may do without is left out, and said once; what decides on weights
 * ends the reading.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
#undef fail /* cmocka's; sync.c has its own */
#include "weightsetter/address.c"
#include "weightsetter/apis.c"
#include "weightsetter/commitments.c"
#include "weightsetter/hyper.c"
#include "weightsetter/locks.c"
#include "weightsetter/neurons.c"
#include "weightsetter/own.c"
#include "weightsetter/peers.c"
#include "weightsetter/reads.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/sync.c"
#include "weightsetter/sync_more.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

/* Requests, by what is asked for. */
enum ask {
	ASK_STORAGE,
	ASK_HYPER,
	ASK_NEURONS,
	ASK_OWN,
	ASK_KEYS, /* of commitments */
	ASK_COMMITMENTS,
	ASK_REVEALED,
	ASK_LOCKS,
	ASK_PEERS,
	N_ASKS,
	NOTHING = N_ASKS,
};

enum fault { REFUSED, LOST, GARBLED };

/* The node, and what came of the reading. One at a time. */
struct node {
	struct sync *sync;
	struct runtime runtime;
	enum ask bad;
	enum fault fault;
	/* the request under way */
	enum ask asked;
	json_t *params;
	void (*on_answer)(const struct rpc_answer *, void *);
	runtime_cb *on_runtime;
	void *arg;
	size_t n_asked[N_ASKS];
	bool is_over;
	struct snapshot *s;
	bool wants_locks;
};

/* -- what sync.c calls: all of them are the node ------------------------- */

struct rpc *
chain_rpc(struct chain *c)
{
	return (struct rpc *)c;
}

struct runtimes *
chain_runtimes(struct chain *c)
{
	return (struct runtimes *)c;
}

const uint8_t *
chain_genesis(const struct chain *c)
{
	return (const uint8_t *)c;
}

void
runtimes_chain(struct runtimes *all, const uint8_t *genesis)
{
	assert_ptr_equal(all, genesis);
}

void
runtimes_get(struct runtimes *all, struct rpc *rpc, const char *hash,
    runtime_cb *on_done, void *arg)
{
	struct node *n = (struct node *)all;

	assert_ptr_equal(all, rpc);
	assert_string_equal(hash, "0x07");
	n->on_runtime = on_done;
	n->arg = arg;
}

void
runtime_release(struct runtime *r)
{
	if (r != NULL)
		r->holders--;
}

/* Queries come in this order; own standing is asked for by a known hotkey. */
static enum ask
ask_of(const struct node *n, const char *method, const json_t *params)
{
	const char *what = json_string_value(json_array_get(params, 0));

	if (strcmp(method, "state_call") == 0)
		return strstr(what, "hyperparams") != NULL ? ASK_HYPER
							   : ASK_NEURONS;
	if (strcmp(method, "state_getKeysPaged") == 0)
		return n->n_asked[ASK_KEYS] == 0 ? ASK_KEYS : ASK_REVEALED;
	if (n->n_asked[ASK_STORAGE] == 0)
		return ASK_STORAGE;
	if (n->n_asked[ASK_OWN] == 0)
		return ASK_OWN;
	if (n->n_asked[ASK_KEYS] == 1 && n->bad != ASK_KEYS &&
	    n->n_asked[ASK_COMMITMENTS] == 0)
		return ASK_COMMITMENTS;
	if (n->wants_locks && n->n_asked[ASK_LOCKS] == 0)
		return ASK_LOCKS;
	return ASK_PEERS;
}

void
rpc_call(struct rpc *rpc, const char *method, json_t *params,
    void (*on_answer)(const struct rpc_answer *, void *), void *arg)
{
	struct node *n = (struct node *)rpc;

	assert_null(n->params);
	n->asked = ask_of(n, method, params);
	n->n_asked[n->asked]++;
	n->params = params;
	n->on_answer = on_answer;
	n->arg = arg;
}

/* -- what the node says -------------------------------------------------- */

static json_t *
encoded(const struct node *n, const char *method, const json_t *value)
{
	const struct metadata *md = n->runtime.md;
	struct buf bytes = {0};
	json_t *hex;
	char *text;

	assert_int_equal(encode_value(md, metadata_method(md, method)->output,
			     value, &bytes, NULL),
	    0);
	text = hex_0x(bytes.data, bytes.len);
	hex = json_string(text);
	free(text);
	buf_free(&bytes);
	return hex;
}

static json_t *
hyper_answer(const struct node *n)
{
	json_t *list =
	    json_pack("[{s:s, s:{s:i}}]", "name", "0x6b61", "value", "U16", 7);
	json_t *hex = encoded(n, hyper_method_name(n->runtime.md), list);

	json_decref(list);
	return hex;
}

/* One neuron, Alice's, with a permit. Fields nobody asked for are null. */
static json_t *
graph_answer(const struct node *n)
{
	const struct metadata *md = n->runtime.md;
	const struct type *t =
	    inside_option(md, metadata_method(md, graph_method)->output);
	json_t *graph = json_object(), *given, *hex;

	for (size_t i = 0; i < t->n_fields; i++)
		json_object_set_new(graph, t->fields[i].name, json_null());
	given = json_pack("{s:i, s:[s], s:[s], s:[b], s:[i], s:[i], s:[i], "
			  "s:[i]}",
	    "netuid", 1, "hotkeys", ALICE, "coldkeys", ALICE,
	    "validator_permit", 1, "last_update", 3, "alpha_stake", 5,
	    "tao_stake", 0, "total_stake", 5);
	json_object_update(graph, given);
	hex = encoded(n, graph_method, graph);
	json_decref(given);
	json_decref(graph);
	return hex;
}

/* Every key asked for is missing, but the number of neurons is 1. */
static json_t *
storage_answer(const struct node *n, const json_t *keys)
{
	json_t *changes = json_array(), *of = json_pack("[i]", 1);
	char *count = reads_key(
	    n->runtime.md, "SubtensorModule", "SubnetworkN", of, NULL);
	const json_t *key;
	size_t i;

	json_array_foreach((json_t *)keys, i, key)
	{
		bool is_count = strcmp(json_string_value(key), count) == 0;

		json_array_append_new(changes,
		    json_pack("[O, o]", key,
			is_count ? json_string("0x0100") : json_null()));
	}
	json_decref(of);
	free(count);
	return json_pack("[{s:s, s:o}]", "block", "0x07", "changes", changes);
}

/* A key that ends with Alice's account, and what she committed there. */
static const char committed_key[] =
    "0x00d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
static const char committed[] = "0x00000000000000002a00000004036162";

static json_t *
good_answer(const struct node *n)
{
	switch (n->asked) {
	case ASK_STORAGE:
	case ASK_OWN:
	case ASK_LOCKS:
	case ASK_PEERS:
		return storage_answer(n, json_array_get(n->params, 0));
	case ASK_HYPER:
		return hyper_answer(n);
	case ASK_NEURONS:
		return graph_answer(n);
	case ASK_KEYS:
		return json_pack("[s]", committed_key);
	case ASK_COMMITMENTS:
		return json_pack(
		    "[{s:[[s, s]]}]", "changes", committed_key, committed);
	case ASK_REVEALED:
	case N_ASKS:
		break;
	}
	return json_array();
}

static void
answer(struct node *n)
{
	struct rpc_answer a = {.outcome = RPC_OK, .message = "no", .data = ""};
	json_t *params = n->params, *result;

	if (n->asked != n->bad)
		result = good_answer(n);
	else
		result = json_string("0xff");
	if (n->asked == n->bad && n->fault == REFUSED)
		a.outcome = RPC_REFUSED;
	if (n->asked == n->bad && n->fault == LOST)
		a.outcome = RPC_UNKNOWN;
	a.result = a.outcome == RPC_OK ? result : NULL;
	n->params = NULL;
	n->on_answer(&a, n->arg);
	json_decref(result);
	json_decref(params);
}

/* -- one reading --------------------------------------------------------- */

static void
on_done(struct snapshot *s, struct runtime *r, void *arg)
{
	struct node *n = arg;

	n->is_over = true;
	n->s = s;
	runtime_release(r);
}

static void
read_once(struct node *n, enum ask bad, enum fault fault, unsigned *missed)
{
	static const struct peers_seen nothing;
	const struct sync_want want = {.commitments = true,
	    .locks = true,
	    .peers = &nothing,
	    .missed = missed};
	const struct head head = {7, "0x07"};

	n->wants_locks = true;
	n->bad = bad;
	n->fault = fault;
	n->is_over = false;
	memset(n->n_asked, 0, sizeof(n->n_asked));
	sync_start(n->sync, &head, 1, ALICE, &want);
	assert_true(sync_is_busy(n->sync));
	n->runtime.holders++;
	n->on_runtime(&n->runtime, NULL, n->arg);
	while (n->params != NULL)
		answer(n);
	assert_true(n->is_over);
	assert_false(sync_is_busy(n->sync));
	assert_int_equal(n->runtime.holders, 0);
}

static struct node *
new_node(void)
{
	struct node *n = xcalloc(1, sizeof(*n));

	n->runtime.md = chainmeta_load("finney_taohop_20260704.scale");
	n->sync = sync_new((struct chain *)n, on_done, n);
	return n;
}

static void
free_node(struct node *n)
{
	sync_free(n->sync);
	metadata_free(n->runtime.md);
	free(n);
}

static void
a_good_node_tells_everything(void **state)
{
	struct node *n;
	unsigned missed = 0;

	(void)state;
	chaindata_or_skip();
	n = new_node();
	read_once(n, NOTHING, REFUSED, &missed);
	for (size_t i = 0; i < N_ASKS; i++)
		assert_int_equal(n->n_asked[i], 1);
	assert_int_equal(missed, 0);
	assert_int_equal(
	    json_integer_value(json_object_get(
		json_object_get(n->s->hyper_json, "params"), "ka")),
	    7);
	assert_int_equal(n->s->n_neurons, 1);
	assert_int_equal(json_array_size(n->s->commitments), 1);
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(n->s->commitments, 0), "text")),
	    "ab");
	assert_int_equal(json_array_size(n->s->revealed), 0);
	assert_true(n->s->has_locks);
	assert_true(n->s->has_peers && n->s->n_peers == 1);
	snapshot_free(n->s);
	free_node(n);
}

static void
what_is_not_needed_is_left_out(void **state)
{
	static const struct {
		enum ask bad;
		enum sync_part part;
	} cases[] = {{ASK_HYPER, PART_HYPER}, {ASK_KEYS, PART_COMMITMENTS},
	    {ASK_COMMITMENTS, PART_COMMITMENTS}, {ASK_REVEALED, PART_REVEALED},
	    {ASK_LOCKS, PART_LOCKS}, {ASK_PEERS, PART_PEERS}};
	struct node *n;

	(void)state;
	chaindata_or_skip();
	n = new_node();
	for (size_t i = 0; i < 3 * sizeof(cases) / sizeof(cases[0]); i++) {
		enum sync_part part = cases[i / 3].part;
		unsigned missed = 0;

		for (int again = 0; again < 2; again++) {
			read_once(
			    n, cases[i / 3].bad, (enum fault)(i % 3), &missed);
			assert_non_null(n->s);
			assert_int_equal(missed, 1u << part);
			assert_int_equal(n->s->n_neurons, 1);
			assert_int_equal(json_is_null(json_object_get(
					     n->s->hyper_json, "params")),
			    part == PART_HYPER);
			assert_int_equal(n->s->commitments == NULL,
			    part == PART_COMMITMENTS);
			assert_int_equal(n->s->revealed == NULL,
			    part == PART_COMMITMENTS || part == PART_REVEALED);
			assert_int_equal(n->s->has_locks, part != PART_LOCKS);
			assert_int_equal(n->s->has_peers, part != PART_PEERS);
			snapshot_free(n->s);
		}
		read_once(n, NOTHING, REFUSED, &missed);
		assert_int_equal(missed, 0);
		snapshot_free(n->s);
	}
	free_node(n);
}

static void
what_is_needed_ends_the_reading(void **state)
{
	static const enum ask asks[] = {ASK_STORAGE, ASK_NEURONS, ASK_OWN};
	struct node *n;
	unsigned missed = 0;

	(void)state;
	chaindata_or_skip();
	n = new_node();
	for (size_t i = 0; i < 3; i++) {
		read_once(n, asks[i], REFUSED, &missed);
		assert_null(n->s);
		read_once(n, asks[i], LOST, &missed);
		assert_null(n->s);
	}
	read_once(n, ASK_NEURONS, GARBLED, &missed);
	assert_null(n->s);
	free_node(n);
}

static void
what_nobody_wants_is_not_asked_for(void **state)
{
	unsigned missed = 0;
	const struct sync_want want = {.missed = &missed};
	const struct head head = {7, "0x07"};
	struct node *n;

	(void)state;
	chaindata_or_skip();
	n = new_node();
	n->bad = NOTHING;
	sync_start(n->sync, &head, 1, ALICE, &want);
	n->runtime.holders++;
	n->on_runtime(&n->runtime, NULL, n->arg);
	while (n->params != NULL)
		answer(n);
	for (size_t i = ASK_KEYS; i < N_ASKS; i++)
		assert_int_equal(n->n_asked[i], 0);
	assert_null(n->s->commitments);
	assert_false(n->s->has_locks || n->s->has_peers);
	snapshot_free(n->s);
	free_node(n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_node_tells_everything),
	    cmocka_unit_test(what_is_not_needed_is_left_out),
	    cmocka_unit_test(what_is_needed_ends_the_reading),
	    cmocka_unit_test(what_nobody_wants_is_not_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
