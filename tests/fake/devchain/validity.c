/* The checks, in the runtime's order. */
#include "tests/fake/devchain/validity.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "subtensor/extrinsic.h"
#include "subtensor/scale.h"
#include "subtensor/sr25519.h"
#include "tests/fake/devchain/account.h"
#include "tests/fake/devchain/calls.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/storage.h"

/* Version, address kind, account, signature kind, signature. */
enum { SIGNED_HEAD = 1 + 1 + 32 + 1 + 64 };

/* The hash the era must have been signed with; false if it is forgotten. */
static bool
birth_hash(const struct view *v, const uint8_t genesis[32], uint32_t number,
    struct era era, uint8_t hash[32])
{
	static const uint8_t none[32];
	uint64_t birth;
	struct buf le = {0};

	if (era.period == 0) {
		memcpy(hash, genesis, 32);
		return true;
	}
	birth = era_birth(era, number);
	if (birth == 0) {
		memcpy(hash, genesis, 32);
		return true;
	}
	scale_put_u32(&le, birth);
	view_account(
	    v, item_with(item("System", "BlockHash"), le.data, le.len), hash);
	buf_free(&le);
	return memcmp(hash, none, sizeof(none)) != 0;
}

/* The bytes of the extensions, between signature and call. */
static const uint8_t *
extra_of(const uint8_t *data, size_t len, const struct extrinsic *x,
    size_t *extra_len)
{
	struct scale_reader r;
	const uint8_t *extra;

	scale_read_init(&r, data, len);
	scale_compact(&r);
	extra = data + r.pos + SIGNED_HEAD;
	*extra_len = x->call - extra;
	return extra;
}

static bool
signature_fits(const struct runtime *rt, const uint8_t genesis[32],
    const uint8_t birth[32], const uint8_t *data, size_t len,
    const struct extrinsic *x)
{
	struct buf payload = {0}, message = {0};
	size_t extra_len;
	const uint8_t *extra = extra_of(data, len, x, &extra_len);
	bool good;

	buf_add(&payload, x->call, x->call_len);
	buf_add(&payload, extra, extra_len);
	scale_put_u32(&payload, rt->spec.spec_version);
	scale_put_u32(&payload, rt->spec.transaction_version);
	buf_add(&payload, genesis, 32);
	buf_add(&payload, birth, 32);
	scale_put_u8(&payload, 0); /* no metadata hash */
	extrinsic_signing_bytes(&payload, &message);
	good = sr25519_verify(x->signer, message.data, message.len, x->sig);
	buf_free(&payload);
	buf_free(&message);
	return good;
}

static struct validity
invalid(enum invalid why)
{
	return (struct validity){.verdict = VERDICT_INVALID, .invalid = why};
}

static struct validity
check_call(const struct view *v, const struct call_kind *kind,
    const struct extrinsic *x, uint32_t number)
{
	struct call_args args = call_args_of(kind, x, number);
	int custom =
	    kind->validate != NULL ? kind->validate(v, &args) : CALL_OK;
	struct validity bad = invalid(INVALID_CUSTOM);

	if (custom == CALL_OK)
		return (struct validity){.verdict = VERDICT_VALID};
	bad.custom = custom;
	return bad;
}

struct validity
validity_of(const struct view *v, const struct runtime *rt,
    const uint8_t genesis[32], uint32_t number, const uint8_t *data, size_t len,
    const struct extrinsic *x)
{
	static const uint8_t zero[32];
	const struct call_kind *kind = call_kind_of(rt->md, x);
	uint8_t birth[32];
	struct account a;
	struct validity ok;

	if (!x->is_signed || kind == NULL)
		return invalid(INVALID_CALL);
	if (x->mode != 0)
		return invalid(INVALID_INDETERMINATE);
	if (!birth_hash(v, genesis, number, x->era, birth))
		return invalid(INVALID_ANCIENT_BIRTH);
	if (!signature_fits(rt, genesis, birth, data, len, x))
		return invalid(INVALID_BAD_PROOF);
	if (memcmp(x->signer, zero, sizeof(zero)) == 0)
		return invalid(INVALID_BAD_SIGNER);
	a = account_read(v, x->signer);
	if (kind->pays && a.providers == 0 && a.sufficients == 0)
		return invalid(INVALID_PAYMENT);
	if (x->nonce < a.nonce)
		return invalid(INVALID_STALE);
	if (x->tip > a.free)
		return invalid(INVALID_PAYMENT);
	ok = check_call(v, kind, x, number);
	ok.account_nonce = a.nonce;
	ok.longevity = x->era.period == 0 ? UINT64_MAX
					  : era_death(x->era, number) - number;
	return ok;
}

void
validity_text(const struct validity *v, char out[96])
{
	static const char *const texts[] = {
	    [INVALID_CALL] = "Transaction call is not expected",
	    [INVALID_PAYMENT] =
		"Inability to pay some fees (e.g. account balance too low)",
	    [INVALID_FUTURE] = "Transaction will be valid in the future",
	    [INVALID_STALE] = "Transaction is outdated",
	    [INVALID_BAD_PROOF] = "Transaction has a bad signature",
	    [INVALID_ANCIENT_BIRTH] = "Transaction has an ancient birth block",
	    [INVALID_EXHAUSTS] = "Transaction would exhaust the block limits",
	    [INVALID_CUSTOM] = "Custom error",
	    [INVALID_BAD_MANDATORY] =
		"A call was labelled as mandatory, but resulted in an Error.",
	    [INVALID_MANDATORY] = "Transaction dispatch is mandatory; "
				  "transactions must not be validated.",
	    [INVALID_BAD_SIGNER] = "Invalid signing address",
	    [INVALID_INDETERMINATE] =
		"The implicit data was unable to be calculated",
	    [INVALID_UNKNOWN_ORIGIN] =
		"The transaction extension did not authorize any origin",
	};

	if (v->invalid == INVALID_CUSTOM)
		snprintf(out, 96, "Custom error: %u", v->custom);
	else
		snprintf(out, 96, "%s", texts[v->invalid]);
}

/* A tag says (who, nonce): one that is needed before, one that is given. */
static void
put_tag(struct buf *b, const struct extrinsic *x, uint32_t nonce)
{
	struct buf tag = {0};

	buf_add(&tag, x->signer, sizeof(x->signer));
	scale_put_u32(&tag, nonce);
	scale_put_bytes(b, tag.data, tag.len);
	buf_free(&tag);
}

void
validity_encode(
    const struct validity *v, const struct extrinsic *x, struct buf *b)
{
	bool waits = x->nonce > v->account_nonce;

	if (v->verdict != VERDICT_VALID) {
		scale_put_u8(b, 1);
		scale_put_u8(b, v->verdict == VERDICT_UNKNOWN);
		scale_put_u8(b, v->verdict == VERDICT_UNKNOWN ? 0 : v->invalid);
		if (v->verdict == VERDICT_INVALID &&
		    v->invalid == INVALID_CUSTOM)
			scale_put_u8(b, v->custom);
		return;
	}
	scale_put_u8(b, 0);
	scale_put_u64(b, 0); /* priority */
	scale_put_compact(b, waits);
	if (waits)
		put_tag(b, x, x->nonce - 1);
	scale_put_compact(b, 1);
	put_tag(b, x, x->nonce);
	scale_put_u64(b, v->longevity);
	scale_put_u8(b, 1); /* propagate */
}
