/* Metadata, extrinsics, storage keys, eras. */
#include "tests/interop/offline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/era.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"
#include "subtensor/storage_key.h"
#include "subtensor/suri.h"

int
offline_metadata(struct call *c)
{
	FILE *f = fopen(offline_text(c, "file"), "rb");
	uint8_t *data = xmalloc(METADATA_MAX_BYTES + 1);
	size_t len = 0;

	if (f != NULL) {
		len = fread(data, 1, METADATA_MAX_BYTES + 1, f);
		fclose(f);
	}
	metadata_free(c->state->md);
	c->state->md = metadata_parse(data, len, &c->err);
	free(data);
	if (c->state->md == NULL)
		return -1;
	offline_say(c, "version", json_integer(c->state->md->version));
	offline_say(c, "spec", json_integer(c->state->md->spec_version));
	return 0;
}

static bool
read_env(struct call *c, struct extrinsic_env *env)
{
	env->spec_version = offline_number(c, "spec_version");
	env->transaction_version = offline_number(c, "transaction_version");
	env->nonce = offline_number(c, "nonce");
	env->era =
	    era_at(offline_number(c, "period"), offline_number(c, "current"));
	return offline_exact(c, "genesis", env->genesis, 32) &&
	       offline_exact(c, "birth_hash", env->birth_hash, 32);
}

static int
build(struct call *c, const struct extrinsic_env *env,
    const struct sr25519_keypair *kp, const struct buf *call)
{
	struct buf payload = {0}, to_sign = {0}, sent = {0};
	uint8_t sig[64], hash[32];
	int rc;

	rc = extrinsic_payload(
	    c->state->md, env, call->data, call->len, &payload, &c->err);
	if (rc == 0) {
		extrinsic_signing_bytes(&payload, &to_sign);
		sr25519_sign(kp, to_sign.data, to_sign.len, sig);
		rc = extrinsic_build(c->state->md, env, call->data, call->len,
		    kp->public, sig, &sent, hash, &c->err);
	}
	if (rc == 0) {
		offline_say_bytes(c, "hex", sent.data, sent.len);
		offline_say_bytes(c, "hash", hash, sizeof(hash));
		offline_say_bytes(c, "payload", payload.data, payload.len);
	}
	buf_free(&payload);
	buf_free(&to_sign);
	buf_free(&sent);
	return rc;
}

/* A call by name and JSON arguments to a signed extrinsic. */
int
offline_extrinsic(struct call *c)
{
	struct extrinsic_env env = {0};
	struct sr25519_keypair kp;
	struct buf call = {0};
	int rc = -1;

	if (read_env(c, &env) &&
	    suri_to_keypair(offline_text(c, "suri"), &kp, &c->err) == 0 &&
	    encode_call(c->state->md, offline_text(c, "pallet"),
		offline_text(c, "call"), json_object_get(c->in, "args"), &call,
		&c->err) == 0)
		rc = build(c, &env, &kp, &call);
	buf_free(&call);
	return rc;
}

static void
say_extrinsic(struct call *c, const struct extrinsic *x)
{
	const struct pallet *p = metadata_pallet_at(c->state->md, x->pallet);
	const struct variant *v =
	    type_variant_at(&c->state->md->types[p->calls], x->variant);

	offline_say(c, "pallet", json_string(p->name));
	offline_say(c, "call", json_string(v->name));
	offline_say(c, "args", json_incref(x->args));
	offline_say(c, "nonce", json_integer(x->nonce));
	offline_say(c, "tip", json_sprintf("%" PRIu64, x->tip));
	offline_say(c, "mode", json_integer(x->mode));
	offline_say(c, "period", json_integer(x->era.period));
	offline_say(c, "phase", json_integer(x->era.phase));
	offline_say_bytes(c, "signer", x->signer, sizeof(x->signer));
	offline_say_bytes(c, "signature", x->sig, sizeof(x->sig));
	offline_say_bytes(c, "hash", x->hash, sizeof(x->hash));
}

/* Does the signature hold, on the chain that the request names? */
static bool
is_valid(struct call *c, struct extrinsic_env *env, const struct extrinsic *x)
{
	struct buf payload = {0}, to_sign = {0};
	bool ok;

	env->era = x->era;
	env->nonce = x->nonce;
	ok = extrinsic_payload(c->state->md, env, x->call, x->call_len,
		 &payload, &c->err) == 0;
	if (ok) {
		extrinsic_signing_bytes(&payload, &to_sign);
		ok = sr25519_verify(
		    x->signer, to_sign.data, to_sign.len, x->sig);
	}
	buf_free(&payload);
	buf_free(&to_sign);
	return ok;
}

int
offline_parse(struct call *c)
{
	struct extrinsic_env env = {0};
	struct extrinsic x;
	struct buf hex = offline_bytes(c, "hex");
	int rc = -1;

	if (read_env(c, &env) && extrinsic_parse(c->state->md, hex.data,
				     hex.len, &x, &c->err) == 0) {
		say_extrinsic(c, &x);
		offline_say(c, "valid", json_boolean(is_valid(c, &env, &x)));
		extrinsic_clear(&x);
		rc = 0;
	}
	buf_free(&hex);
	return rc;
}

/* Keys as bytes are read by their types first, and written again. */
int
offline_storage_key(struct call *c)
{
	const struct storage_entry *e = metadata_storage(c->state->md,
	    offline_text(c, "pallet"), offline_text(c, "entry"), NULL);
	const json_t *given = json_object_get(c->in, "keys");
	json_t *keys = json_array();
	struct buf key = {0};
	int rc = 0;

	for (size_t i = 0; e != NULL && rc == 0 && i < e->n_hashers; i++) {
		struct buf b =
		    offline_hex(json_string_value(json_array_get(given, i)));
		json_t *json = decode_all(
		    c->state->md, e->keys[i], b.data, b.len, &c->err);

		rc = json_array_append_new(keys, json);
		buf_free(&b);
	}
	if (rc == 0)
		rc = storage_key(c->state->md, offline_text(c, "pallet"),
		    offline_text(c, "entry"), keys, &key, &c->err);
	if (rc == 0)
		offline_say_bytes(c, "hex", key.data, key.len);
	json_decref(keys);
	buf_free(&key);
	return rc;
}

int
offline_era(struct call *c)
{
	uint64_t current = offline_number(c, "current");
	struct era era = era_at(offline_number(c, "period"), current), again;
	struct buf b = {0};

	era_encode(era, &b);
	offline_say_bytes(c, "hex", b.data, b.len);
	era_decode(b.data, b.len, &again);
	offline_say(c, "birth", json_integer(era_birth(again, current)));
	offline_say(c, "death", json_integer(era_death(again, current)));
	buf_free(&b);
	return 0;
}
