/*
 * The development chain's JSON-RPC without a socket, for unit tests: a node
 * with one client, what it is told unasked, and its answers.
 */
#ifndef TESTS_DEVCHAIN_DESK_H
#define TESTS_DEVCHAIN_DESK_H

#include "tests/unit/devchain_rig.h"

#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/node.h"
#include "tests/fake/devchain/subs.h"

struct desk {
	struct node node; /* first: its address is the hooks' argument */
	struct client client;
	json_t *told; /* what came unasked, an array of results */
	bool producing;
	int faults_changed;
	json_t *scenario;
};

static inline void
desk_on_send(struct client *c, const char *text, size_t len)
{
	struct desk *d = (struct desk *)c->node;
	json_t *j = json_loadb(text, len, 0, NULL);

	json_array_append(
	    d->told, json_object_get(json_object_get(j, "params"), "result"));
	json_decref(j);
}

static inline void
desk_set_producing(struct node *n, bool on)
{
	((struct desk *)n)->producing = on;
}

static inline void
desk_faults_changed(struct node *n)
{
	((struct desk *)n)->faults_changed++;
}

/* A node of a chain with that runtime. */
static inline int
desk_start(void **state, const struct runtime_spec *spec)
{
	struct desk *d = xcalloc(1, sizeof(*d));
	const struct chain_hooks hooks = {.on_block = subs_on_block,
	    .on_best = subs_on_best,
	    .on_finalized = subs_on_finalized,
	    .on_tx = subs_on_tx,
	    .arg = &d->node};

	d->scenario = rig_json(rig_scenario);
	d->told = json_array();
	d->node.set_producing = desk_set_producing;
	d->node.faults_changed = desk_faults_changed;
	d->node.chain = chain_new(&hooks, 2);
	assert_int_equal(
	    chain_start(d->node.chain, chain_add_runtime(d->node.chain, spec),
		scenario_fill, d->scenario, NULL),
	    0);
	d->client.send = desk_on_send;
	d->client.can_subscribe = true;
	node_add_client(&d->node, &d->client);
	*state = d;
	return 0;
}

static inline int
desk_set_up(void **state)
{
	const struct runtime_spec spec = {
	    .spec_version = 424, .transaction_version = 1};

	return desk_start(state, &spec);
}

static inline int
desk_tear_down(void **state)
{
	struct desk *d = *state;

	node_remove_client(&d->node, &d->client);
	chain_free(d->node.chain);
	json_decref(d->scenario);
	json_decref(d->told);
	free(d);
	return 0;
}

/* The whole answer to a message. */
static inline json_t *
desk_say(struct desk *d, const char *text)
{
	struct call_after *after;
	char *answer = call_answer(&d->client, text, strlen(text), &after);
	json_t *j = json_loads(answer, JSON_DECODE_ANY, NULL);

	call_begin(&d->client, after);
	free(answer);
	return j;
}

/* The result of a method, or its error; params is JSON in single quotes. */
static inline json_t *
desk_ask(struct desk *d, const char *method, const char *params)
{
	json_t *p = rig_json(params), *request, *answer, *out;
	char *text;

	request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id", 7,
	    "method", method, "params", p);
	text = json_dumps(request, 0);
	answer = desk_say(d, text);
	assert_int_equal(json_integer_value(json_object_get(answer, "id")), 7);
	out = json_object_get(answer, "result");
	if (out == NULL)
		out = json_object_get(answer, "error");
	json_incref(out);
	free(text);
	json_decref(request);
	json_decref(answer);
	return out;
}

static inline int
desk_code_of(struct desk *d, const char *method, const char *params)
{
	json_t *j = desk_ask(d, method, params);
	int code = json_integer_value(json_object_get(j, "code"));

	json_decref(j);
	return code;
}

static inline json_int_t
desk_number_of(struct desk *d, const char *method, const char *params)
{
	json_t *j = desk_ask(d, method, params);
	json_int_t n = json_integer_value(j);

	json_decref(j);
	return n;
}

#endif
