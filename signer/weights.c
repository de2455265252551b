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
	ARG_UIDS = 'U',	 /* Vec<u16> */
	ARG_MATES = 'V', /* Vec<u16>, as many as the uids */
	ARG_SALT = 'S',	 /* Vec<u16> of any length */
	ARG_BYTES = 'B', /* Vec<u8>: a ciphertext */
};

static const struct known_call {
	const char *name;
	uint8_t index;
	const char *args;
} known_calls[N_WEIGHTS_CALLS] = {
    [WEIGHTS_SET] = {"set_weights", 0, "UVq"},
    [WEIGHTS_COMMIT] = {"commit_weights", 96, "h"},
    [WEIGHTS_REVEAL] = {"reveal_weights", 97, "UVSq"},
    [WEIGHTS_COMMIT_CRV3] = {"commit_crv3_weights", 99, "Bq"},
    [WEIGHTS_COMMIT_TIMELOCKED] = {"commit_timelocked_weights", 113, "Bqw"},
    [WEIGHTS_COMMIT_MECHANISM] = {"commit_mechanism_weights", 115, "mh"},
    [WEIGHTS_REVEAL_MECHANISM] = {"reveal_mechanism_weights", 116, "mUVSq"},
    [WEIGHTS_COMMIT_CRV3_MECHANISM] = {"commit_crv3_mechanism_weights", 117,
	"mBq"},
    [WEIGHTS_COMMIT_TIMELOCKED_MECHANISM] =
	{"commit_timelocked_mechanism_weights", 118, "mBqw"},
    [WEIGHTS_SET_MECHANISM] = {"set_mechanism_weights", 119, "mUVq"},
};

/* Where SubtensorModule of spec 424 has a call of whatever name: first and
 * last of each run. 99, which it has left free, is commit_crv3_weights. */
static const uint8_t taken[][2] = {{0, 0}, {2, 7}, {40, 40}, {59, 59}, {61, 62},
    {65, 73}, {75, 80}, {83, 93}, {96, 103}, {109, 142}};

/* Lists and bytes beyond what the chain takes are told apart from nonsense. */
struct arguments {
	struct scale_reader r;
	size_t n_uids;
	bool is_uneven, is_too_long;
};

enum weights_call
weights_find(const char *name)
{
	enum weights_call call = 0;

	while (
	    call < N_WEIGHTS_CALLS && strcmp(known_calls[call].name, name) != 0)
		call++;
	return call;
}

enum weights_call
weights_at(long index)
{
	enum weights_call call = 0;

	while (call < N_WEIGHTS_CALLS && known_calls[call].index != index)
		call++;
	return call;
}

bool
weights_has_moved(enum weights_call call, uint8_t index)
{
	return known_calls[call].index != index;
}

/* Its own index, or one that no call is known to have. */
static bool
index_is_allowed(enum weights_call call, uint8_t index)
{
	if (!weights_has_moved(call, index))
		return true;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (index >= taken[i][0] && index <= taken[i][1])
			return false;
	}
	return true;
}

static size_t
read_count(struct arguments *a, size_t item, size_t most)
{
	size_t n = scale_count(&a->r, item);

	a->is_too_long |= n > most;
	return n;
}

static void
read_list(struct arguments *a, enum argument kind)
{
	size_t n = read_count(a, 2, WEIGHTS_MAX_LIST);

	scale_bytes(&a->r, 2 * n);
	if (kind == ARG_UIDS)
		a->n_uids = n;
	else if (kind == ARG_MATES)
		a->is_uneven |= n != a->n_uids;
}

static void
read_argument(struct arguments *a, enum argument kind)
{
	switch (kind) {
	case ARG_U8:
		scale_u8(&a->r);
		return;
	case ARG_U16:
		scale_u16(&a->r);
		return;
	case ARG_U64:
		scale_u64(&a->r);
		return;
	case ARG_HASH:
		scale_bytes(&a->r, 32);
		return;
	case ARG_UIDS:
	case ARG_MATES:
	case ARG_SALT:
		read_list(a, kind);
		return;
	case ARG_BYTES:
		scale_bytes(&a->r, read_count(a, 1, WEIGHTS_MAX_COMMIT));
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
check_tail(const struct weights_rules *rules, struct arguments *a)
{
	struct scale_reader *r = &a->r;
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
	if (!scale_done(r) || mode != 0 || hash_option != 0 || a->is_uneven)
		return WEIGHTS_MALFORMED;
	if (a->is_too_long)
		return WEIGHTS_TOO_LONG;
	if (tip != 0)
		return WEIGHTS_HAS_TIP;
	if (rules->has_genesis && memcmp(genesis, rules->genesis, 32) != 0)
		return WEIGHTS_WRONG_GENESIS;
	return WEIGHTS_GOOD;
}

enum weights_verdict
weights_check(const struct weights_rules *rules, const char *name,
    const uint8_t *payload, size_t len)
{
	struct arguments a = {.n_uids = 0};
	enum weights_call call;
	uint8_t pallet, index;
	uint16_t netuid;

	scale_read_init(&a.r, payload, len);
	pallet = scale_u8(&a.r);
	index = scale_u8(&a.r);
	netuid = scale_u16(&a.r);
	if (a.r.failed)
		return WEIGHTS_MALFORMED;
	call = name != NULL ? weights_find(name) : weights_at(index);
	if (call == N_WEIGHTS_CALLS || !rules->calls[call])
		return WEIGHTS_CALL_NOT_ALLOWED;
	if (pallet != rules->pallet || !index_is_allowed(call, index))
		return WEIGHTS_INDEX_NOT_ALLOWED;
	if (!netuid_is_allowed(rules, netuid))
		return WEIGHTS_NETUID_NOT_ALLOWED;
	for (const char *arg = known_calls[call].args; *arg != '\0'; arg++)
		read_argument(&a, (enum argument) * arg);
	return check_tail(rules, &a);
}
