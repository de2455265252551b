/* The extrinsic that sets, commits or reveals weights. */
#include "weightsetter/transaction.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "subtensor/decode.h"
#include "weightsetter/ledger.h"
#include "weightsetter/runtime.h"

static const char pallet[] = "SubtensorModule";

enum { COMMIT_REVEAL_VERSION = 4 };

void
transaction_clear(struct transaction *t)
{
	buf_free(&t->call);
	buf_free(&t->payload);
	buf_free(&t->bytes);
}

static json_t *
numbers(const uint16_t *items, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer(items[i]));
	return list;
}

/* Beyond 2^53 the encoder takes texts. */
static json_t *
wide(uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	return json_string(text);
}

static void
add_commit(json_t *args, const struct ledger_row *row, const struct buf *sealed)
{
	char *hex = hex_0x(sealed->data, sealed->len);

	json_object_set_new(args, "commit", json_string(hex));
	json_object_set_new(args, "reveal_round", wide(row->reveal_round));
	if (strstr(row->call, "timelocked") != NULL)
		json_object_set_new(args, "commit_reveal_version",
		    json_integer(COMMIT_REVEAL_VERSION));
	free(hex);
}

static void
add_weights(json_t *args, const struct ledger_row *row, const char *uids,
    const char *values)
{
	json_object_set_new(args, uids, numbers(row->sent.uids, row->sent.n));
	json_object_set_new(
	    args, values, numbers(row->sent.weights, row->sent.n));
	json_object_set_new(args, "version_key", wide(row->version_key));
}

static json_t *
arguments(const struct ledger_row *row, const struct buf *sealed)
{
	json_t *args = json_pack("{s:i}", "netuid", row->netuid);

	if (strstr(row->call, "_mechanism_") != NULL)
		json_object_set_new(args, "mecid", json_integer(row->mecid));
	switch (row->action) {
	case LEDGER_SET:
		add_weights(args, row, "dests", "weights");
		break;
	case LEDGER_TIMELOCK:
		add_commit(args, row, sealed);
		break;
	case LEDGER_HASH:
		json_object_set_new(
		    args, "commit_hash", json_string(row->commit_hash));
		break;
	case LEDGER_REVEAL:
		add_weights(args, row, "uids", "values");
		json_object_set_new(
		    args, "salt", numbers(row->salt, row->n_salt));
		break;
	case N_LEDGER_ACTIONS:
		break;
	}
	return args;
}

int
transaction_make(struct transaction *t, const struct runtime *r,
    const struct ledger_row *row, const struct buf *sealed, struct era era,
    const uint8_t genesis[32], const char *birth_hash, struct err *err)
{
	json_t *args = arguments(row, sealed);
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
