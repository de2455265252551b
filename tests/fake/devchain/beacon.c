/* Pulses, made when somebody needs them. */
#include "tests/fake/devchain/beacon.h"

#include <sodium.h>

#include "common/buf.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/storage.h"

static const char secret[] = "a beacon that lights a dev chain"; /* 32 */

uint64_t
beacon_round(int64_t now_ms)
{
	int64_t age_s = now_ms / 1000 - BEACON_GENESIS_S;

	return age_s > 0 ? (uint64_t)(age_s / BEACON_PERIOD_S) : 0;
}

void
beacon_public(uint8_t public[TIMELOCK_PUBLIC])
{
	timelock_public_of((const uint8_t *)secret, public);
}

static void
store_pulse(const struct view *v, uint64_t round,
    const uint8_t signature[TIMELOCK_SIGNATURE])
{
	struct buf pulse = {0}, le = {0};
	uint8_t randomness[32];

	crypto_hash_sha256(randomness, signature, TIMELOCK_SIGNATURE);
	scale_put_u64(&pulse, round);
	scale_put_bytes(&pulse, randomness, sizeof(randomness));
	scale_put_bytes(&pulse, signature, TIMELOCK_SIGNATURE);
	scale_put_u64(&le, round);
	view_put(v, item_with(item("Drand", "Pulses"), le.data, le.len),
	    pulse.data, pulse.len);
	buf_free(&pulse);
	buf_free(&le);
}

bool
beacon_pulse(
    const struct view *v, uint64_t round, uint8_t signature[TIMELOCK_SIGNATURE])
{
	if (round > view_uint(v, item("Drand", "LastStoredRound")))
		return false;
	timelock_sign((const uint8_t *)secret, round, signature);
	store_pulse(v, round, signature);
	return true;
}
