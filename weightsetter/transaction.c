/* The extrinsic that sets weights. */
#include "weightsetter/transaction.h"

#include <jansson.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "weightsetter/ledger.h"
#include "weightsetter/runtime.h"

static const char pallet[] = "SubtensorModule";
static const char with_mechanism[] = "set_mechanism_weights";
static const char without[] = "set_weights";

void
transaction_clear(struct transaction *t)
{
	buf_free(&t->call);
	buf_free(&t->payload);
	buf_free(&t->bytes);
}

const char *
transaction_call(const struct metadata *md, uint8_t mecid)
{
	if (metadata_call(md, pallet, with_mechanism, NULL) != NULL)
		return with_mechanism;
	if (mecid == 0 && metadata_call(md, pallet, without, NULL) != NULL)
		return without;
	return NULL;
}

static json_t *
numbers(const uint16_t *items, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer(items[i]));
	return list;
}

static json_t *
arguments(const struct ledger_row *row)
{
	char key[32];
	json_t *args;

	snprintf(
	    key, sizeof(key), "%llu", (unsigned long long)row->version_key);
	args = json_pack("{s:i, s:o, s:o, s:s}", "netuid", row->netuid, "dests",
	    numbers(row->sent.uids, row->sent.n), "weights",
	    numbers(row->sent.weights, row->sent.n), "version_key", key);
	if (strcmp(row->call, with_mechanism) == 0)
		json_object_set_new(args, "mecid", json_integer(row->mecid));
	return args;
}

int
transaction_make(struct transaction *t, const struct runtime *r,
    const struct ledger_row *row, struct era era, const uint8_t genesis[32],
    const char *birth_hash, struct err *err)
{
	json_t *args = arguments(row);
	int rc;

	transaction_clear(t);
	t->env = (struct extrinsic_env){
	    .spec_version = r->spec_version,
	    .transaction_version = r->transaction_version,
	    .era = era,
	    .nonce = row->nonce,
	};
	memcpy(t->env.genesis, genesis, sizeof(t->env.genesis));
	rc = hex_decode_exact(
	    birth_hash, t->env.birth_hash, sizeof(t->env.birth_hash));
	if (rc != 0)
		err_set(err, "the birth block has no hash");
	else
		rc = encode_call(r->md, pallet, row->call, args, &t->call, err);
	json_decref(args);
	if (rc != 0)
		return -1;
	return extrinsic_payload(
	    r->md, &t->env, t->call.data, t->call.len, &t->payload, err);
}

int
transaction_sign(struct transaction *t, const struct runtime *r,
    struct ledger_row *row, const char *signature, struct err *err)
{
	uint8_t public[32], sig[64], hash[32];

	if (ss58_decode_account(row->hotkey, public) != 0)
		return err_set(err, "the hotkey is no address");
	if (hex_decode_exact(signature, sig, sizeof(sig)) != 0)
		return err_set(err, "the signature is not 64 bytes of hex");
	buf_reset(&t->bytes);
	if (extrinsic_build(r->md, &t->env, t->call.data, t->call.len, public,
		sig, &t->bytes, hash, err) != 0)
		return -1;
	memcpy(row->extrinsic_hash, "0x", 2);
	hex_encode(hash, sizeof(hash), row->extrinsic_hash + 2);
	return 0;
}
