/*
 * A development chain without its port, for unit tests: a scenario, blocks on
 * demand, extrinsics signed by our own client library, and what came of them.
 */
#ifndef TESTS_DEVCHAIN_RIG_H
#define TESTS_DEVCHAIN_RIG_H

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"
#include "subtensor/sr25519.h"
#include "subtensor/suri.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/scenario.h"
#include "tests/fake/devchain/storage.h"

struct rig {
	struct chain *chain;
	int64_t now_ms;
	char news[256]; /* "ready inBlock(3) ..." of all extrinsics */
	char heads[64]; /* "1 2 3" of the best */
	json_t *scenario;
};

static const char rig_scenario[] =
    "{'accounts': [{'account': '//Alice', 'free': 1000}],"
    " 'subnets': [{'netuid': 1, 'owner': '//Owner', 'neurons': ["
    "  {'hotkey': '//Alice', 'alpha_stake': 1000, 'validator_permit': true},"
    "  {'hotkey': '//Bob', 'commitment': '127.0.0.1:8091'},"
    "  {'hotkey': '//Charlie'}, {'hotkey': '//Dave'}]}]}";

/* JSON written with single quotes. */
static inline json_t *
rig_json(const char *text)
{
	char *copy = xstrdup(text);
	json_t *j;

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	j = json_loads(copy, JSON_DECODE_ANY, NULL);
	free(copy);
	assert_non_null(j);
	return j;
}

static inline void
rig_on_block(const struct block *b, void *arg)
{
	(void)b;
	(void)arg;
}

static inline void
rig_on_best(const struct block *b, void *arg)
{
	struct rig *r = arg;
	size_t len = strlen(r->heads);

	snprintf(
	    r->heads + len, sizeof(r->heads) - len, "%u ", b->place.number);
}

static inline void
rig_on_tx(
    const struct tx *tx, enum tx_news news, const struct block *b, void *arg)
{
	static const char *const words[] = {"future", "ready", "inBlock",
	    "retracted", "finalized", "usurped", "dropped", "invalid"};
	struct rig *r = arg;
	size_t len = strlen(r->news);

	(void)tx;
	if (b != NULL)
		snprintf(r->news + len, sizeof(r->news) - len, "%s(%u) ",
		    words[news], b->place.number);
	else
		snprintf(
		    r->news + len, sizeof(r->news) - len, "%s ", words[news]);
}

/* A chain of that runtime. */
static inline int
rig_start(void **state, const struct runtime_spec *spec)
{
	struct rig *r = xcalloc(1, sizeof(*r));
	const struct chain_hooks hooks = {.on_block = rig_on_block,
	    .on_best = rig_on_best,
	    .on_finalized = rig_on_block,
	    .on_tx = rig_on_tx,
	    .arg = r};
	struct err err = {""};

	r->now_ms = 1750000000000;
	r->scenario = rig_json(rig_scenario);
	r->chain = chain_new(&hooks, 2);
	if (chain_start(r->chain, chain_add_runtime(r->chain, spec),
		scenario_fill, r->scenario, &err) != 0)
		fail_msg("%s", err.text);
	*state = r;
	return 0;
}

static inline int
rig_set_up(void **state)
{
	const struct runtime_spec spec = {
	    .spec_version = 424, .transaction_version = 1};

	return rig_start(state, &spec);
}

static inline int
rig_tear_down(void **state)
{
	struct rig *r = *state;

	chain_free(r->chain);
	json_decref(r->scenario);
	free(r);
	return 0;
}

static inline struct block *
rig_block(struct rig *r, int n)
{
	struct block *b = r->chain->best;

	while (n-- > 0)
		b = chain_produce(r->chain, r->now_ms += 1000);
	return b;
}

static inline struct view
rig_view(const struct rig *r)
{
	struct view v;

	assert_true(chain_view(r->chain, r->chain->best, &v));
	return v;
}

/* One storage value in the next block. */
static inline void
rig_put(struct rig *r, const char *entry, const char *keys, const char *value)
{
	struct op op = {.kind = OP_PUT};
	json_t *k = rig_json(keys), *v = rig_json(value);
	struct err err;

	if (scenario_encode(r->chain->best->runtime->md, "SubtensorModule",
		entry, k, v, &op.key, &op.value, &err) != 0)
		fail_msg("%s", err.text);
	ops_add(&r->chain->pending, op);
	json_decref(k);
	json_decref(v);
}

/* What a client of this chain would sign with. */
static inline struct extrinsic_env
rig_env(const struct rig *r, uint32_t nonce)
{
	const struct runtime *rt = r->chain->best->runtime;
	struct extrinsic_env env = {
	    .spec_version = rt->spec.spec_version,
	    .transaction_version = rt->spec.transaction_version,
	    .nonce = nonce,
	};
	uint32_t final = r->chain->finalized->place.number;

	memcpy(env.genesis, r->chain->genesis->hash, 32);
	env.era = era_at(16, final);
	memcpy(env.birth_hash,
	    chain_block_at(r->chain, era_birth(env.era, final))->hash, 32);
	return env;
}

static inline void
rig_sign(const struct rig *r, const char *suri, const struct extrinsic_env *env,
    const char *pallet, const char *call, const char *args, struct buf *out)
{
	const struct metadata *md = r->chain->best->runtime->md;
	struct buf bytes = {0}, payload = {0}, message = {0};
	struct sr25519_keypair pair;
	json_t *j = rig_json(args);
	uint8_t sig[64], hash[32];
	struct err err = {""};

	assert_int_equal(suri_to_keypair(suri, &pair, NULL), 0);
	if (encode_call(md, pallet, call, j, &bytes, &err) != 0 ||
	    extrinsic_payload(md, env, bytes.data, bytes.len, &payload, &err) !=
		0)
		fail_msg("%s", err.text);
	extrinsic_signing_bytes(&payload, &message);
	sr25519_sign(&pair, message.data, message.len, sig);
	assert_int_equal(extrinsic_build(md, env, bytes.data, bytes.len,
			     pair.public, sig, out, hash, NULL),
	    0);
	json_decref(j);
	buf_free(&bytes);
	buf_free(&payload);
	buf_free(&message);
}

/* Submit and announce; takes the bytes. */
static inline enum submit_result
rig_submit(struct rig *r, struct buf *bytes, struct submission *s)
{
	enum submit_result result = chain_submit(r->chain, bytes, r->now_ms, s);

	buf_free(bytes);
	if (result == SUBMIT_OK)
		chain_announce(r->chain, s->tx);
	return result;
}

/* The account's next nonce, pool included. */
static inline uint32_t
rig_nonce(const struct rig *r, const char *suri)
{
	struct sr25519_keypair pair;

	assert_int_equal(suri_to_keypair(suri, &pair, NULL), 0);
	return chain_next_nonce(r->chain, pair.public);
}

/* The best block's events, decoded. */
static inline json_t *
rig_events(const struct rig *r)
{
	struct view v = rig_view(r);
	struct bytes b;
	struct err err = {""};
	json_t *j;

	view_get(&v, item("System", "Events"), &b);
	j = decode_all(v.md, metadata_events_type(v.md), b.data, b.len, &err);
	if (j == NULL)
		fail_msg("%s", err.text);
	return j;
}

/* The fields of the first event of a name in the best block; NULL if there is
 * none. Borrowed from events. */
static inline const json_t *
rig_event(const json_t *events, const char *pallet, const char *name)
{
	const json_t *one;
	size_t i;

	json_array_foreach(events, i, one)
	{
		const json_t *fields = json_object_get(
		    json_object_get(json_object_get(one, "event"), pallet),
		    name);

		if (fields != NULL)
			return fields;
	}
	return NULL;
}

/*
 * Send a call as a client would and make the block it goes into: "ok",
 * "SubtensorModule.DuplicateUids", or the pool's words. Borrowed.
 */
static inline const char *
rig_call(struct rig *r, const char *suri, const char *pallet, const char *call,
    const char *args)
{
	static char out[96];
	struct extrinsic_env env = rig_env(r, rig_nonce(r, suri));
	struct submission s;
	struct buf bytes = {0};
	const json_t *failed;
	json_t *events;
	char *name;

	rig_sign(r, suri, &env, pallet, call, args, &bytes);
	if (rig_submit(r, &bytes, &s) == SUBMIT_INVALID) {
		validity_text(&s.validity, out);
		return out;
	}
	rig_block(r, 1);
	events = rig_events(r);
	failed = json_object_get(
	    rig_event(events, "System", "ExtrinsicFailed"), "dispatch_error");
	snprintf(out, sizeof(out), "ok");
	if (failed != NULL) {
		name = dispatch_error_name(r->chain->best->runtime->md, failed);
		snprintf(out, sizeof(out), "%s", name);
		free(name);
	}
	json_decref(events);
	return out;
}

#define RIG_CASE(name)                                                         \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

#endif
