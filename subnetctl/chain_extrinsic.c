/* subnetctl extrinsic: one taken apart, and whose signature it bears. */
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"

enum {
	SIGNED_HEAD = 1 + 33 + 65, /* version, signer, signature */
	MAX_JSON_NUMBER_BITS = 53,
	MODE_ENABLED = 1, /* of CheckMetadataHash */
};

/* What a signature covers besides the extrinsic's own bytes. */
struct facts {
	uint64_t spec_version, transaction_version;
	bool has_genesis, has_birth;
	uint8_t genesis[32], birth_hash[32];
};

static enum ctl_exit
read_versions(const struct chain_args *args, const struct metadata *md,
    struct facts *facts, struct err *err)
{
	const char *spec = chain_flag(args, "spec-version");
	const char *tx = chain_flag(args, "tx-version");

	facts->spec_version = md->spec_version;
	facts->transaction_version = md->transaction_version;
	if ((spec != NULL && chain_number("--spec-version", spec, 0, UINT32_MAX,
				 &facts->spec_version, err) != 0) ||
	    (tx != NULL && chain_number("--tx-version", tx, 0, UINT32_MAX,
			       &facts->transaction_version, err) != 0))
		return CTL_USAGE;
	return CTL_OK;
}

static enum ctl_exit
read_facts(struct chain_args *args, const struct metadata *md,
    struct facts *facts, struct err *err)
{
	const char *genesis = chain_flag(args, "genesis");
	const char *birth = chain_flag(args, "birth-hash");

	*facts = (struct facts){
	    .has_genesis = genesis != NULL, .has_birth = birth != NULL};
	if ((genesis != NULL && chain_hex_exact(args, "--genesis", genesis,
				    facts->genesis, 32, err) != 0) ||
	    (birth != NULL && chain_hex_exact(args, "--birth-hash", birth,
				  facts->birth_hash, 32, err) != 0))
		return CTL_USAGE;
	return read_versions(args, md, facts, err);
}

/* What is not known of the signed bytes; NULL if all is. */
static const char *
missing(const struct extrinsic *x, const struct facts *facts)
{
	if (!facts->has_genesis)
		return "give --genesis";
	if (x->era.period > 0 && !facts->has_birth)
		return "give --birth-hash, the hash of the block its era is "
		       "born in";
	if (x->mode == MODE_ENABLED)
		return "it signs a metadata hash, which is not known";
	return NULL;
}

static size_t
compact_len(uint64_t n)
{
	struct buf b = {0};
	size_t len;

	scale_put_compact(&b, n);
	len = b.len;
	buf_free(&b);
	return len;
}

/*
 * The payload: call, extra, implicit. Ours has no tip, so that its extra is
 * replaced by the one that is there.
 */
static int
read_payload(const struct metadata *md, const struct extrinsic *x,
    const struct facts *facts, const struct buf *bytes, struct buf *out,
    struct err *err)
{
	struct extrinsic_env env = {.spec_version = facts->spec_version,
	    .transaction_version = facts->transaction_version,
	    .era = x->era,
	    .nonce = x->nonce};
	struct buf ours = {0};
	struct scale_reader r;
	const uint8_t *extra;
	size_t extra_len, skip;

	memcpy(env.genesis, facts->genesis, 32);
	memcpy(env.birth_hash, facts->birth_hash, 32);
	scale_read_init(&r, bytes->data, bytes->len);
	scale_compact(&r);
	extra = bytes->data + r.pos + SIGNED_HEAD;
	extra_len = x->call - extra;
	skip = x->call_len + extra_len + 1 - compact_len(x->tip);
	if (extrinsic_payload(md, &env, x->call, x->call_len, &ours, err) !=
		0 ||
	    ours.len < skip) {
		buf_free(&ours);
		return -1;
	}
	buf_add(out, x->call, x->call_len);
	buf_add(out, extra, extra_len);
	buf_add(out, ours.data + skip, ours.len - skip);
	buf_free(&ours);
	return 0;
}

/* True, false, or null where it cannot be told, with a line on stderr. */
static json_t *
signature_valid(const struct metadata *md, const struct extrinsic *x,
    const struct facts *facts, const struct buf *bytes)
{
	struct buf payload = {0}, message = {0};
	struct err err = {"the payload cannot be made"};
	const char *why = missing(x, facts);
	json_t *valid = json_null();

	if (!x->is_signed)
		return valid;
	if (why == NULL &&
	    read_payload(md, x, facts, bytes, &payload, &err) != 0)
		why = err.text;
	if (why == NULL) {
		extrinsic_signing_bytes(&payload, &message);
		valid = json_boolean(sr25519_verify(
		    x->signer, message.data, message.len, x->sig));
	} else {
		fprintf(stderr, "subnetctl: the signature is not checked: %s\n",
		    why);
	}
	buf_free(&payload);
	buf_free(&message);
	return valid;
}

static json_t *
era_json(struct era era)
{
	if (era.period == 0)
		return json_string("immortal");
	return json_pack("{s:I, s:I}", "period", (json_int_t)era.period,
	    "phase", (json_int_t)era.phase);
}

static json_t *
amount_json(uint64_t n)
{
	if (n >> MAX_JSON_NUMBER_BITS == 0)
		return json_integer(n);
	return json_sprintf("%llu", (unsigned long long)n);
}

/* What is there of a signed one only is null in a bare one. */
static json_t *
extrinsic_json(
    const struct metadata *md, const struct extrinsic *x, json_t *valid)
{
	const struct pallet *p = metadata_pallet_at(md, x->pallet);
	const struct variant *call =
	    type_variant_at(&md->types[p->calls], x->variant);
	char signer[SS58_MAX_TEXT];
	json_t *json = json_pack("{s:n, s:o, s:n, s:n, s:n}", "signer",
	    "signature_valid", valid, "era", "nonce", "tip");

	if (x->is_signed) {
		ss58_encode(SS58_BITTENSOR, x->signer, signer);
		json_object_set_new(json, "signer", json_string(signer));
		json_object_set_new(json, "era", era_json(x->era));
		json_object_set_new(json, "nonce", json_integer(x->nonce));
		json_object_set_new(json, "tip", amount_json(x->tip));
	}
	json_object_set_new(json, "pallet", json_string(p->name));
	json_object_set_new(json, "call", json_string(call->name));
	json_object_set(json, "args", x->args);
	json_object_set_new(
	    json, "hash", chain_hex_json(x->hash, sizeof(x->hash)));
	return json;
}

static enum ctl_exit
decode(struct chain_args *args, const struct metadata *md, struct buf *bytes,
    json_t **out, struct err *err)
{
	struct facts facts;
	struct extrinsic x;
	enum ctl_exit code = read_facts(args, md, &facts, err);

	if (code != CTL_OK)
		return code;
	if (chain_hex(args, "the extrinsic", args->words[1], bytes, err) != 0 ||
	    extrinsic_parse(md, bytes->data, bytes->len, &x, err) != 0)
		return CTL_FAILED;
	*out = extrinsic_json(md, &x, signature_valid(md, &x, &facts, bytes));
	extrinsic_clear(&x);
	return CTL_OK;
}

enum ctl_exit
chain_extrinsic_decode(struct chain_args *args, json_t **out, struct err *err)
{
	struct metadata *md = chain_metadata(args, args->words[0], err);
	struct buf bytes = {0};
	enum ctl_exit code = CTL_FAILED;

	if (md != NULL)
		code = decode(args, md, &bytes, out, err);
	buf_free(&bytes);
	metadata_free(md);
	return code;
}
