/* Extrinsics taken apart, as a node takes them or a block holds them. */
#include "subtensor/extrinsic.h"

#include <string.h>

#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/extension.h"
#include "subtensor/hash.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"

enum { SIGNED_V4 = 0x84, BARE_V4 = 0x04, BARE_V5 = 0x05 };

enum { ADDRESS_ID = 0, SIGNATURE_SR25519 = 1, MODE_ENABLED = 1 };

static int
read_signer(struct scale_reader *r, struct extrinsic *x, struct err *err)
{
	const uint8_t *key, *sig;
	uint8_t scheme;

	if (scale_u8(r) != ADDRESS_ID)
		return err_set(err, "the signer is no account");
	key = scale_bytes(r, sizeof(x->signer));
	scheme = scale_u8(r);
	sig = scale_bytes(r, sizeof(x->sig));
	if (key == NULL || sig == NULL)
		return err_set(err, "it breaks off in the signature");
	if (scheme != SIGNATURE_SR25519)
		return err_set(err, "the signature is not of sr25519");
	memcpy(x->signer, key, sizeof(x->signer));
	memcpy(x->sig, sig, sizeof(x->sig));
	return 0;
}

static int
read_era(struct scale_reader *r, struct era *era)
{
	int used = era_decode(r->data + r->pos, scale_left(r), era);

	if (used < 0)
		return -1;
	scale_bytes(r, used);
	return 0;
}

static int
read_nonce(struct scale_reader *r, uint32_t *nonce)
{
	uint64_t v = scale_compact(r);

	*nonce = v;
	return v <= UINT32_MAX ? 0 : -1;
}

static int
read_mode(struct scale_reader *r, uint8_t *mode)
{
	*mode = scale_u8(r);
	return *mode <= MODE_ENABLED ? 0 : -1;
}

/* One we do not know may still be read past, by its type. */
static int
read_unknown(const struct metadata *md, const struct extension *e,
    struct scale_reader *r)
{
	json_t *value = decode_value(md, e->type, r, NULL);

	json_decref(value);
	return value != NULL ? 0 : -1;
}

static int
read_extension(const struct metadata *md, const struct extension *e,
    struct scale_reader *r, struct extrinsic *x)
{
	switch (extension_kind(md, e)) {
	case EXTENSION_ERA:
		return read_era(r, &x->era);
	case EXTENSION_NONCE:
		return read_nonce(r, &x->nonce);
	case EXTENSION_TIP:
		x->tip = scale_compact(r);
		return 0;
	case EXTENSION_METADATA_HASH:
		return read_mode(r, &x->mode);
	case EXTENSION_UNKNOWN:
		return read_unknown(md, e, r);
	case EXTENSION_EMPTY:
	case EXTENSION_SPEC_VERSION:
	case EXTENSION_TX_VERSION:
	case EXTENSION_GENESIS:
		return 0;
	}
	return -1;
}

static int
read_extra(const struct metadata *md, struct scale_reader *r,
    struct extrinsic *x, struct err *err)
{
	for (size_t i = 0; i < md->n_extensions; i++)
		if (read_extension(md, &md->extensions[i], r, x) != 0 ||
		    r->failed)
			return err_set(err, "it is malformed at %s",
			    md->extensions[i].identifier);
	return 0;
}

/* The rest of the bytes, all of them. */
static int
read_call(const struct metadata *md, struct scale_reader *r,
    struct extrinsic *x, struct err *err)
{
	const struct pallet *p;
	const struct variant *v = NULL;

	x->call = r->data + r->pos;
	x->call_len = scale_left(r);
	x->pallet = scale_u8(r);
	x->variant = scale_u8(r);
	p = metadata_pallet_at(md, x->pallet);
	if (p != NULL && p->calls >= 0)
		v = type_variant_at(&md->types[p->calls], x->variant);
	if (r->failed || v == NULL)
		return err_set(
		    err, "there is no call %u.%u", x->pallet, x->variant);
	x->args = json_object();
	for (size_t i = 0; i < v->n_fields; i++) {
		json_t *arg = decode_value(md, v->fields[i].type, r, err);

		if (arg == NULL)
			return err_wrap(err, "%s.%s", p->name, v->name);
		json_object_set_new_nocheck(x->args,
		    v->fields[i].name != NULL ? v->fields[i].name : "", arg);
	}
	if (!scale_done(r))
		return err_set(err, "%s.%s: %zu bytes too many", p->name,
		    v->name, scale_left(r));
	return 0;
}

static int
read_extrinsic(const struct metadata *md, struct scale_reader *r,
    struct extrinsic *x, struct err *err)
{
	uint64_t len = scale_compact(r);
	uint8_t version;

	if (r->failed || len != scale_left(r))
		return err_set(err, "its length is not what it says");
	version = scale_u8(r);
	if (version == SIGNED_V4) {
		x->is_signed = true;
		if (read_signer(r, x, err) != 0 ||
		    read_extra(md, r, x, err) != 0)
			return -1;
	} else if (r->failed || (version != BARE_V4 && version != BARE_V5)) {
		return err_set(err, "its version is 0x%02x", version);
	}
	return read_call(md, r, x, err);
}

int
extrinsic_parse(const struct metadata *md, const void *data, size_t len,
    struct extrinsic *x, struct err *err)
{
	struct scale_reader r;

	*x = (struct extrinsic){0};
	scale_read_init(&r, data, len);
	if (read_extrinsic(md, &r, x, err) != 0) {
		extrinsic_clear(x);
		return err_wrap(err, "extrinsic");
	}
	hash_blake2_256(data, len, x->hash);
	return 0;
}

void
extrinsic_clear(struct extrinsic *x)
{
	json_decref(x->args);
	*x = (struct extrinsic){0};
}
