/* Signed extrinsics, from a call to the bytes that are sent. */
#include "subtensor/extrinsic.h"

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/extension.h"
#include "subtensor/hash.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"

enum {
	SIGNED_V4 = 0x84,
	ADDRESS_ID = 0,
	SIGNATURE_SR25519 = 1,
	MAX_SIGNED_RAW = 256, /* a longer payload is signed by its hash */
};

/* Refuse to sign what we do not understand. */
static int
check(const struct metadata *md, struct err *err)
{
	if (!md->has_v4)
		return err_set(err, "the runtime takes no extrinsics of v4");
	for (size_t i = 0; i < md->n_extensions; i++)
		if (extension_kind(md, &md->extensions[i]) == EXTENSION_UNKNOWN)
			return err_set(err, "unknown signed extension %s",
			    md->extensions[i].identifier);
	return 0;
}

/* What the extensions put into the extrinsic itself. */
static void
put_extra(
    const struct metadata *md, const struct extrinsic_env *env, struct buf *out)
{
	for (size_t i = 0; i < md->n_extensions; i++) {
		switch (extension_kind(md, &md->extensions[i])) {
		case EXTENSION_ERA:
			era_encode(env->era, out);
			break;
		case EXTENSION_NONCE:
			scale_put_compact(out, env->nonce);
			break;
		case EXTENSION_TIP:
			scale_put_compact(out, 0);
			break;
		case EXTENSION_METADATA_HASH:
			scale_put_u8(out, 0); /* disabled */
			break;
		case EXTENSION_EMPTY:
		case EXTENSION_SPEC_VERSION:
		case EXTENSION_TX_VERSION:
		case EXTENSION_GENESIS:
		case EXTENSION_UNKNOWN:
			break;
		}
	}
}

/* What they put into the payload only. */
static void
put_implicit(
    const struct metadata *md, const struct extrinsic_env *env, struct buf *out)
{
	for (size_t i = 0; i < md->n_extensions; i++) {
		switch (extension_kind(md, &md->extensions[i])) {
		case EXTENSION_SPEC_VERSION:
			scale_put_u32(out, env->spec_version);
			break;
		case EXTENSION_TX_VERSION:
			scale_put_u32(out, env->transaction_version);
			break;
		case EXTENSION_GENESIS:
			buf_add(out, env->genesis, sizeof(env->genesis));
			break;
		case EXTENSION_ERA:
			buf_add(out,
			    env->era.period > 0 ? env->birth_hash
						: env->genesis,
			    sizeof(env->genesis));
			break;
		case EXTENSION_METADATA_HASH:
			scale_put_u8(out, 0); /* None */
			break;
		case EXTENSION_EMPTY:
		case EXTENSION_NONCE:
		case EXTENSION_TIP:
		case EXTENSION_UNKNOWN:
			break;
		}
	}
}

int
extrinsic_payload(const struct metadata *md, const struct extrinsic_env *env,
    const void *call, size_t call_len, struct buf *out, struct err *err)
{
	if (check(md, err) != 0)
		return -1;
	buf_add(out, call, call_len);
	put_extra(md, env, out);
	put_implicit(md, env, out);
	return 0;
}

void
extrinsic_signing_bytes(const struct buf *payload, struct buf *out)
{
	uint8_t hash[32];

	if (payload->len <= MAX_SIGNED_RAW) {
		buf_add(out, payload->data, payload->len);
		return;
	}
	hash_blake2_256(payload->data, payload->len, hash);
	buf_add(out, hash, sizeof(hash));
}

int
extrinsic_build(const struct metadata *md, const struct extrinsic_env *env,
    const void *call, size_t call_len, const uint8_t public[32],
    const uint8_t sig[64], struct buf *out, uint8_t hash[32], struct err *err)
{
	struct buf body = {0};
	size_t start = out->len;

	if (check(md, err) != 0)
		return -1;
	scale_put_u8(&body, SIGNED_V4);
	scale_put_u8(&body, ADDRESS_ID);
	buf_add(&body, public, 32);
	scale_put_u8(&body, SIGNATURE_SR25519);
	buf_add(&body, sig, 64);
	put_extra(md, env, &body);
	buf_add(&body, call, call_len);
	scale_put_bytes(out, body.data, body.len);
	hash_blake2_256(out->data + start, out->len - start, hash);
	buf_free(&body);
	return 0;
}
