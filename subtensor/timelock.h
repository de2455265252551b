/*
 * Timelock encryption: a text that anybody can read once the drand beacon has
 * published a round, and nobody before.
 *
 * Boneh-Franklin identity-based encryption over BLS12-381 (identity in G1, U
 * in G2) around AES-256-GCM, byte for byte what the chain's `tle` crate reads
 * (ideal-lab5/timelock at 5416406c). Pairings are blst's, AES is OpenSSL's.
 */
#ifndef SUBTENSOR_TIMELOCK_H
#define SUBTENSOR_TIMELOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum {
	TIMELOCK_PUBLIC = 96,	 /* a beacon's key, compressed G2 */
	TIMELOCK_SIGNATURE = 48, /* of a round, compressed G1 */
	TIMELOCK_OVERHEAD = 244, /* bytes a ciphertext is longer by */
	TIMELOCK_MAX = 1 << 20,	 /* bytes of ciphertext we look at */
};

/* drand's quicknet, which finney's and test's Drand.BeaconConfig must name. */
extern const uint8_t timelock_quicknet[TIMELOCK_PUBLIC];

/* What makes one ciphertext; never used for a second. */
struct timelock_secrets {
	uint8_t sigma[32];
	uint8_t esk[32];   /* the AES key */
	uint8_t nonce[12]; /* of AES-GCM */
};

void timelock_secrets_new(struct timelock_secrets *);

/* The ciphertext is added to `out`. -1 and why if `public` is no beacon's
 * key. The secrets are the caller's to wipe. */
int timelock_encrypt(const uint8_t public[TIMELOCK_PUBLIC], uint64_t round,
    const struct timelock_secrets *, const void *text, size_t len,
    struct buf *out, struct err *);

/* With the round's signature; the text is added to `out`. -1 and why, and
 * nothing added. */
int timelock_decrypt(const uint8_t signature[TIMELOCK_SIGNATURE],
    const void *sealed, size_t len, struct buf *out, struct err *);

/* Is it the beacon's signature of that round? */
bool timelock_verify(const uint8_t public[TIMELOCK_PUBLIC], uint64_t round,
    const uint8_t signature[TIMELOCK_SIGNATURE]);

/* A beacon of one's own, as the development chain has: 32 bytes of secret,
 * big-endian, taken modulo the group's order. */
void timelock_public_of(
    const uint8_t secret[32], uint8_t public[TIMELOCK_PUBLIC]);
void timelock_sign(const uint8_t secret[32], uint64_t round,
    uint8_t signature[TIMELOCK_SIGNATURE]);

/*
 * What is encrypted of weights (the runtime's WeightsTlockPayload): hotkey,
 * uids, values, version key. hotkey NULL: the older form without it, that
 * commit_crv3_weights takes. Added to `out`.
 */
void timelock_weights(const uint8_t *hotkey, const uint16_t *uids,
    const uint16_t *values, size_t n, uint64_t version_key, struct buf *out);

#endif
