/*
 * Doctor: the chain's node and the clock. A node answers JSON-RPC by HTTP on
 * the port of its WebSocket, and one question at a time needs no more.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subnetctl/check.h"
#include "subnetctl/web.h"
#include "subtensor/hash.h"

/* A call whose result is a text; the caller frees. */
static char *
call_text(const char *url, const char *method, json_t *params, struct err *err)
{
	json_t *result = web_call(url, method, params, err);
	const char *text = json_string_value(result);
	char *copy = text != NULL ? xstrdup(text) : NULL;

	if (result != NULL && text == NULL)
		err_set(err, "%s: %s brought no text", url, method);
	json_decref(result);
	return copy;
}

/* Timestamp.Now of the head, or 0. */
static int64_t
read_chain_ms(const char *url, struct err *err)
{
	uint8_t key[32], value[8];
	uint64_t ms = 0;
	char *hex, *text;

	hash_twox128("Timestamp", 9, key);
	hash_twox128("Now", 3, key + 16);
	hex = hex_0x(key, sizeof(key));
	text = call_text(url, "state_getStorage", json_pack("[s]", hex), err);
	free(hex);
	if (text == NULL)
		return 0;
	if (hex_decode_exact(text, value, sizeof(value)) == 0)
		for (int i = 7; i >= 0; i--)
			ms = ms << 8 | value[i];
	free(text);
	if (ms > 0 && ms <= INT64_MAX)
		return (int64_t)ms;
	err_set(err, "%s: Timestamp.Now is no time", url);
	return 0;
}

struct node {
	bool is_syncing;
	char *genesis;
	char *head; /* its number, in hex */
	int64_t chain_ms;
};

static int
ask_node(const char *url, struct node *node, struct err *err)
{
	json_t *health = web_call(url, "system_health", json_array(), err);
	json_t *header = NULL;

	if (health == NULL)
		return -1;
	node->is_syncing = json_is_true(json_object_get(health, "isSyncing"));
	json_decref(health);
	node->genesis =
	    call_text(url, "chain_getBlockHash", json_pack("[i]", 0), err);
	if (node->genesis == NULL)
		return -1;
	header = web_call(url, "chain_getHeader", json_array(), err);
	if (header == NULL)
		return -1;
	if (json_is_string(json_object_get(header, "number")))
		node->head = xstrdup(
		    json_string_value(json_object_get(header, "number")));
	json_decref(header);
	node->chain_ms = read_chain_ms(url, err);
	if (node->head == NULL)
		return err_set(err, "%s: the head has no number", url);
	return node->chain_ms > 0 ? 0 : -1;
}

/* As hex of 32 bytes, with 0x or without. */
static bool
is_same_hash(const char *a, const char *b)
{
	uint8_t one[32], other[32];

	return hex_decode_exact(a, one, sizeof(one)) == 0 &&
	       hex_decode_exact(b, other, sizeof(other)) == 0 &&
	       memcmp(one, other, sizeof(one)) == 0;
}

static void
judge_node(struct check *c, const char *endpoint, const char *genesis,
    const struct node *node)
{
	long head = strtol(node->head, NULL, 16);

	if (genesis != NULL && !is_same_hash(genesis, node->genesis)) {
		check_fail(c, "%s is of another chain, genesis %.18s...",
		    endpoint, node->genesis);
		check_fix(c, "set subtensor.chain_endpoint to a node of "
			     "subtensor.network, or mend signer.genesis");
	} else if (node->is_syncing) {
		check_fail(
		    c, "%s is still syncing, at block %ld", endpoint, head);
		check_fix(c, "wait for it, or set subtensor.chain_endpoint to "
			     "another node");
	} else {
		check_ok(c, "%s at block %ld, genesis %.18s...", endpoint, head,
		    node->genesis);
	}
}

void
check_chain(struct check *c, const char *endpoint, const char *genesis,
    int64_t *chain_ms)
{
	char *url = web_http_url(endpoint);
	struct node node = {.genesis = NULL};
	struct err err;

	c->name = "chain";
	*chain_ms = 0;
	if (ask_node(url, &node, &err) == 0) {
		judge_node(c, endpoint, genesis, &node);
		*chain_ms = node.chain_ms;
	} else {
		check_fail(c, "%s", err.text);
		check_fix(c, "set subtensor.chain_endpoint to a node that "
			     "answers");
	}
	free(node.genesis);
	free(node.head);
	free(url);
}

void
check_clock(struct check *c, int64_t wall_ms, int64_t chain_ms)
{
	int64_t off_ms = wall_ms - chain_ms;

	c->name = "clock";
	if (chain_ms == 0) {
		check_skip(c, "the chain cannot be reached");
	} else if (off_ms > CHECK_CLOCK_MS || off_ms < -CHECK_CLOCK_MS) {
		check_fail(c, "%.1f s %s the chain's head",
		    (off_ms < 0 ? -off_ms : off_ms) / 1000.0,
		    off_ms < 0 ? "behind" : "ahead of");
		check_fix(c, "run: timedatectl set-ntp true (or, if the "
			     "clock is right, use a node whose head is new)");
	} else {
		check_ok(c, "%.1f s from the chain's head", off_ms / 1000.0);
	}
}
