/*
 * Extrinsics: any bytes taken apart, and what can be, put together again;
 * payloads, eras, the names of dispatch errors, storage keys.
 *
 * The first byte says which of them, the second which runtime.
 */
#include "subtensor/extrinsic.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/storage_key.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/world.h"

/* Ours has no tip and no metadata hash; one like that is built the same. */
static void
build_again(const struct metadata *md, const struct extrinsic *x,
    const uint8_t *bytes, size_t len)
{
	struct extrinsic_env env = {.era = x->era, .nonce = x->nonce};
	struct buf out = {0};
	struct err err = {""};
	uint8_t hash[32];

	if (extrinsic_build(md, &env, x->call, x->call_len, x->signer, x->sig,
		&out, hash, &err) == 0)
		input_must(out.len == len &&
			       memcmp(out.data, bytes, len) == 0 &&
			       memcmp(hash, x->hash, 32) == 0,
		    "what was read is built as it was");
	buf_free(&out);
}

static void
parse(const struct metadata *md, const struct input *in)
{
	struct err err = {""};
	struct extrinsic x;
	uint8_t *bytes = input_copy(in);

	if (extrinsic_parse(md, bytes, in->len, &x, &err) != 0) {
		input_must(err.text[0] != '\0' && x.args == NULL,
		    "a refusal says why and holds nothing");
	} else {
		if (x.is_signed && x.tip == 0 && x.mode == 0)
			build_again(md, &x, bytes, in->len);
		extrinsic_clear(&x);
	}
	free(bytes);
}

/* An extrinsic of our own, around whatever is left as its call. */
static void
build(const struct metadata *md, struct input *in)
{
	struct extrinsic_env env = {
	    .spec_version = input_byte(in), .nonce = input_u64(in)};
	struct buf payload = {0}, to_sign = {0}, out = {0};
	struct err err = {""};
	struct extrinsic x;
	uint8_t sig[64], hash[32], *call;

	env.era = era_at(input_u16(in), input_u64(in));
	input_bytes(in, sig, sizeof(sig));
	call = input_copy(in);
	if (extrinsic_payload(md, &env, call, in->len, &payload, &err) == 0) {
		extrinsic_signing_bytes(&payload, &to_sign);
		input_must(to_sign.len <= 256, "what is signed is short");
		input_must(extrinsic_build(md, &env, call, in->len, sig + 16,
			       sig, &out, hash, &err) == 0,
		    "what has a payload can be built");
		if (extrinsic_parse(md, out.data, out.len, &x, &err) == 0) {
			input_must(x.nonce == env.nonce && x.tip == 0 &&
				       memcmp(x.sig, sig, 64) == 0 &&
				       memcmp(x.hash, hash, 32) == 0,
			    "it is read as it was built");
			extrinsic_clear(&x);
		}
	} else {
		input_must(extrinsic_build(md, &env, call, in->len, sig, sig,
			       &out, hash, &err) != 0,
		    "what has no payload cannot be built");
	}
	free(call);
	buf_free(&payload);
	buf_free(&to_sign);
	buf_free(&out);
}

static void
eras(struct input *in)
{
	uint64_t current = input_u64(in) >> 1, period = input_u64(in);
	struct era era, again;
	struct buf out = {0};
	uint8_t *bytes = input_copy(in);
	int used = era_decode(bytes, in->len, &era);

	input_must(used <= (int)in->len, "an era is within its bytes");
	if (used >= 0) {
		era_encode(era, &out);
		input_must(out.len == (size_t)used &&
			       memcmp(out.data, bytes, used) == 0,
		    "an era is written as it was read");
	}
	buf_reset(&out);
	era = era_at(period, current);
	era_encode(era, &out);
	input_must(era_decode(out.data, out.len, &again) == (int)out.len &&
		       again.period == era.period && again.phase == era.phase,
	    "an era is read as it was written");
	input_must(era_birth(era, current) <= current &&
		       current < era_death(era, current),
	    "an era holds the block it was made for");
	free(bytes);
	buf_free(&out);
}

static void
name_error(const struct metadata *md, const json_t *json)
{
	char *name = dispatch_error_name(md, json);

	input_must(name != NULL, "every error has a name");
	free(name);
}

/* From JSON, and from a DispatchError's bytes. */
static void
errors(const struct metadata *md, const struct input *in)
{
	int64_t type = world_type(md, "sp_runtime::DispatchError");
	json_t *json = input_json(in);

	if (json == NULL && type >= 0)
		json = decode_all(md, type, in->data, in->len, NULL);
	if (json != NULL)
		name_error(md, json);
	json_decref(json);
}

/* A pallet, an entry of it, JSON keys; then those names misspelt. */
static void
keys(const struct metadata *md, struct input *in)
{
	const struct pallet *p = &md->pallets[input_byte(in) % md->n_pallets];
	uint8_t entry = input_byte(in);
	struct buf key = {0};
	struct err err = {""};
	json_t *json = input_json(in);

	if (p->n_storage > 0 && json != NULL &&
	    storage_key(md, p->name, p->storage[entry % p->n_storage].name,
		json, &key, &err) != 0)
		input_must(key.len == 0, "a failure leaves no bytes");
	input_must(storage_key(md, p->name, "?", json, &key, &err) != 0 &&
		       storage_key(md, "?", "?", json, &key, &err) != 0,
	    "what is not there has no key");
	buf_free(&key);
	json_decref(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};
	uint8_t what = input_byte(&in) % 5;
	const struct metadata *md = world_get(input_byte(&in));

	switch (what) {
	case 0:
		parse(md, &in);
		break;
	case 1:
		build(md, &in);
		break;
	case 2:
		eras(&in);
		break;
	case 3:
		errors(md, &in);
		break;
	case 4:
		keys(md, &in);
		break;
	}
	return 0;
}
