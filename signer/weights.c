/* Taking the payload of a weight extrinsic apart. */
#include "signer/weights.h"

#include <string.h>

#include "subtensor/scale.h"

/* The arguments behind the netuid, a letter each. */
enum argument {
	ARG_U8 = 'm',	 /* mechanism id */
	ARG_U16 = 'w',	 /* reveal version */
	ARG_U64 = 'q',	 /* version key, reveal round */
	ARG_HASH = 'h',	 /* 32 bytes */
	ARG_U16S = 'W',	 /* Vec<u16> */
	ARG_BYTES = 'B', /* Vec<u8> */
};

static const struct known_call {
	uint8_t index;
	const char *args;
} known_calls[] = {
    {0, "WWq"},	    /* set_weights */
    {96, "h"},	    /* commit_weights */
    {97, "WWWq"},   /* reveal_weights */
    {113, "Bqw"},   /* commit_timelocked_weights */
    {115, "mh"},    /* commit_mechanism_weights */
    {116, "mWWWq"}, /* reveal_mechanism_weights */
    {118, "mBqw"},  /* commit_timelocked_mechanism_weights */
    {119, "mWWq"},  /* set_mechanism_weights */
};

static const struct known_call *
find_call(uint8_t index)
{
	size_t n = sizeof(known_calls) / sizeof(known_calls[0]);

	for (size_t i = 0; i < n; i++) {
		if (known_calls[i].index == index)
			return &known_calls[i];
	}
	return NULL;
}

bool
weights_knows_call(uint8_t call)
{
	return find_call(call) != NULL;
}

static void
skip_argument(struct scale_reader *r, enum argument kind)
{
	switch (kind) {
	case ARG_U8:
		scale_u8(r);
		return;
	case ARG_U16:
		scale_u16(r);
		return;
	case ARG_U64:
		scale_u64(r);
		return;
	case ARG_HASH:
		scale_bytes(r, 32);
		return;
	case ARG_U16S:
		scale_bytes(r, 2 * scale_count(r, 2));
		return;
	case ARG_BYTES:
		scale_bytes(r, scale_count(r, 1));
		return;
	}
}

/* An immortal era is one zero byte, a mortal one two bytes. */
static void
skip_era(struct scale_reader *r)
{
	if (scale_u8(r) != 0)
		scale_u8(r);
}

static bool
call_is_allowed(const struct weights_rules *rules, uint8_t pallet, uint8_t call)
{
	return pallet == rules->pallet &&
	       memchr(rules->calls, call, rules->n_calls) != NULL &&
	       weights_knows_call(call);
}

static bool
netuid_is_allowed(const struct weights_rules *rules, uint16_t netuid)
{
	for (size_t i = 0; i < rules->n_netuids; i++) {
		if (rules->netuids[i] == netuid)
			return true;
	}
	return false;
}

/* What stands behind the call: extra, then implicit, then nothing. */
static enum weights_verdict
check_tail(const struct weights_rules *rules, struct scale_reader *r)
{
	const uint8_t *genesis;
	uint64_t tip;
	uint8_t mode, hash_option;

	skip_era(r);
	scale_compact(r); /* nonce */
	tip = scale_compact(r);
	mode = scale_u8(r);
	scale_u32(r); /* spec version */
	scale_u32(r); /* transaction version */
	genesis = scale_bytes(r, 32);
	scale_bytes(r, 32); /* hash of the era's first block */
	hash_option = scale_u8(r);
	if (!scale_done(r) || mode != 0 || hash_option != 0)
		return WEIGHTS_MALFORMED;
	if (tip != 0)
		return WEIGHTS_HAS_TIP;
	if (rules->has_genesis && memcmp(genesis, rules->genesis, 32) != 0)
		return WEIGHTS_WRONG_GENESIS;
	return WEIGHTS_GOOD;
}

enum weights_verdict
weights_check(
    const struct weights_rules *rules, const uint8_t *payload, size_t len)
{
	struct scale_reader r;
	uint8_t pallet, call;
	uint16_t netuid;

	scale_read_init(&r, payload, len);
	pallet = scale_u8(&r);
	call = scale_u8(&r);
	netuid = scale_u16(&r);
	if (r.failed)
		return WEIGHTS_MALFORMED;
	if (!call_is_allowed(rules, pallet, call))
		return WEIGHTS_CALL_NOT_ALLOWED;
	if (!netuid_is_allowed(rules, netuid))
		return WEIGHTS_NETUID_NOT_ALLOWED;
	for (const char *arg = find_call(call)->args; *arg != '\0'; arg++)
		skip_argument(&r, (enum argument) * arg);
	return check_tail(rules, &r);
}
