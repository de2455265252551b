/* Nodes of a small chain. */
#include "tests/lib/nodes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "tests/lib/ws_server.h"

/* -- the chain ------------------------------------------------------------- */

/* Branches differ in the state. */
static json_t *
make_header(int branch, uint64_t number, const uint8_t parent[32])
{
	uint8_t state[32] = {0};
	char number_hex[24];
	char *parent_hex = hex_0x(parent, 32), *state_hex;
	json_t *header;

	state[0] = number > NODES_FORK ? (uint8_t)branch : 0;
	state_hex = hex_0x(state, sizeof(state));
	snprintf(number_hex, sizeof(number_hex), "0x%llx",
	    (unsigned long long)number);
	header = json_pack("{s:s, s:s, s:s, s:s, s:{s:[s]}}", "parentHash",
	    parent_hex, "number", number_hex, "stateRoot", state_hex,
	    "extrinsicsRoot", state_hex, "digest", "logs", "0x06617572");
	free(parent_hex);
	free(state_hex);
	return header;
}

/* The header; the hashes of all before it are worked out on the way. */
static json_t *
header_of(int branch, uint64_t number)
{
	uint8_t hash[32] = {0};
	json_t *header = NULL;

	assert_true(number <= NODES_LAST);
	for (uint64_t n = 0; n <= number; n++) {
		json_decref(header);
		header = make_header(branch, n, hash);
		assert_int_equal(header_hash(header, hash), 0);
	}
	return header;
}

void
nodes_hash(int branch, uint64_t number, uint8_t hash[32])
{
	json_t *header = header_of(branch, number);

	header_hash(header, hash);
	json_decref(header);
}

struct head
nodes_head(int branch, uint64_t number)
{
	struct head head = {.number = number, .hash = "0x"};
	uint8_t hash[32];

	nodes_hash(branch, number, hash);
	hex_encode(hash, sizeof(hash), head.hash + 2);
	return head;
}

/* -- answers --------------------------------------------------------------- */

static json_t *
hash_at(const struct node *n, uint64_t number)
{
	struct head head;

	if (number > n->best)
		return json_null();
	head = nodes_head(n->branch, number);
	if (n->is_bare && number > NODES_FORK)
		memset(head.hash + 2, 'b', 64);
	return json_string(head.hash);
}

static json_t *
header_by_hash(const struct node *n, const char *hash)
{
	for (uint64_t number = n->best; number > 0; number--)
		if (strcmp(nodes_head(n->branch, number).hash, hash) == 0)
			return header_of(n->branch, number);
	return json_null();
}

static json_t *
result_of(const struct node *n, const char *method, const json_t *first)
{
	if (strcmp(method, "system_health") == 0)
		return json_pack("{s:b}", "isSyncing", 0);
	if (strcmp(method, "chain_getBlockHash") == 0)
		return hash_at(n, (uint64_t)json_integer_value(first));
	if (strcmp(method, "chain_getFinalizedHead") == 0)
		return hash_at(n, n->final);
	if (n->has_no_subs && strstr(method, "subscribe") != NULL)
		return json_null();
	if (strcmp(method, "chain_subscribeNewHeads") == 0)
		return json_string("best");
	if (strcmp(method, "chain_subscribeFinalizedHeads") == 0)
		return json_string("final");
	assert_string_equal(method, "chain_getHeader");
	if (first == NULL)
		return header_of(n->branch, n->best);
	return header_by_hash(n, json_string_value(first));
}

/* -- peers ----------------------------------------------------------------- */

static struct node_peer *
peer_of(struct node *n, struct ws_peer *peer)
{
	for (size_t i = 0; i < NODE_PEERS; i++)
		if (n->peers[i].peer == peer)
			return &n->peers[i];
	return NULL;
}

static void
on_gone(struct ws_peer *peer, void *arg)
{
	struct node *n = arg;
	struct node_peer *p = peer_of(n, peer);

	if (p != NULL)
		memset(p, 0, sizeof(*p));
	for (size_t i = 0; i < n->n_held; i++)
		if (n->held[i].peer == peer)
			n->held[i].peer = NULL;
}

static void
note(struct ws_peer *peer, const char *sub, json_t *header)
{
	json_t *root = json_pack(
	    "{s:{s:s, s:o}}", "params", "subscription", sub, "result", header);
	char *text = json_dumps(root, JSON_COMPACT);

	ws_peer_send(peer, text);
	free(text);
	json_decref(root);
}

static void
subscribe(struct node *n, struct ws_peer *peer, const char *method)
{
	struct node_peer *p = peer_of(n, peer);
	bool is_final = strcmp(method, "chain_subscribeFinalizedHeads") == 0;

	if (n->has_no_subs ||
	    (!is_final && strcmp(method, "chain_subscribeNewHeads") != 0))
		return;
	p = p != NULL ? p : peer_of(n, NULL);
	assert_non_null(p);
	p->peer = peer;
	*(is_final ? &p->wants_final : &p->wants_best) = true;
	note(peer, is_final ? "final" : "best",
	    header_of(n->branch, is_final ? n->final : n->best));
}

static bool
is_held(struct node *n, const char *method)
{
	return n->hold != NULL && strstr(method, n->hold) != NULL &&
	       n->hold_after-- <= 0;
}

static void
hold(struct node *n, struct ws_peer *peer, char *text)
{
	assert_true(n->n_held < NODE_HELD);
	n->held[n->n_held++] = (struct node_held){peer, text};
}

static void
on_text(struct ws_peer *peer, const char *text, size_t len, void *arg)
{
	struct node *n = arg;
	json_t *root = json_loadb(text, len, 0, NULL), *reply;
	const char *method = json_string_value(json_object_get(root, "method"));
	const json_t *params = json_object_get(root, "params");
	char *out;

	assert_non_null(method);
	n->heard++;
	reply = json_pack("{s:O, s:o}", "id", json_object_get(root, "id"),
	    "result", result_of(n, method, json_array_get(params, 0)));
	out = json_dumps(reply, JSON_COMPACT);
	json_decref(reply);
	if (is_held(n, method)) {
		hold(n, peer, out);
	} else {
		ws_peer_send(peer, out);
		free(out);
		subscribe(n, peer, method);
	}
	json_decref(root);
}

void
node_release(struct node *n)
{
	n->hold = NULL;
	for (size_t i = 0; i < n->n_held; i++) {
		if (n->held[i].peer != NULL)
			ws_peer_send(n->held[i].peer, n->held[i].text);
		free(n->held[i].text);
	}
	n->n_held = 0;
}

/* -- telling --------------------------------------------------------------- */

void
node_tell(struct node *n, uint64_t best, uint64_t final)
{
	n->best = best;
	n->final = final;
	for (size_t i = 0; i < NODE_PEERS; i++) {
		const struct node_peer *p = &n->peers[i];

		if (p->wants_best)
			note(p->peer, "best", header_of(n->branch, best));
		if (p->wants_final)
			note(p->peer, "final", header_of(n->branch, final));
	}
}

void
node_tell_block(struct node *n, int branch, uint64_t number)
{
	for (size_t i = 0; i < NODE_PEERS; i++)
		if (n->peers[i].wants_final)
			note(n->peers[i].peer, "final",
			    header_of(branch, number));
}

void
node_open(struct node *n, struct event_base *base, int branch)
{
	const struct ws_server_options o = {
	    .on_text = on_text, .on_gone = on_gone, .arg = n};

	memset(n, 0, sizeof(*n));
	n->base = base;
	n->branch = branch;
	n->best = NODES_FORK + 1;
	n->final = NODES_FORK;
	n->server = ws_server_new(base, &o);
	snprintf(n->url, sizeof(n->url), "ws://127.0.0.1:%u",
	    ws_server_port(n->server));
}

void
node_close(struct node *n)
{
	if (n->server != NULL)
		ws_server_free(n->server);
	n->server = NULL;
	node_release(n);
}
