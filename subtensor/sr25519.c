/* sr25519 on libsodium's ristretto255. */
#include "subtensor/sr25519.h"

#include <sodium.h>
#include <string.h>

#include "subtensor/merlin.h"

enum { SCHNORRKEL_MARK = 0x80 }; /* bit 7 of a signature's last byte */

/* wide modulo the group's order; wide is wiped. */
static void
reduce(uint8_t out[32], uint8_t wide[64])
{
	crypto_core_ristretto255_scalar_reduce(out, wide);
	sodium_memzero(wide, 64);
}

static bool
scalar_is_canonical(const uint8_t s[32])
{
	uint8_t wide[64] = {0}, reduced[32];

	memcpy(wide, s, 32);
	reduce(reduced, wide);
	return sodium_memcmp(reduced, s, 32) == 0;
}

/* The 256-bit little-endian number divided by the cofactor, 8. */
static void
divide_by_cofactor(uint8_t n[32])
{
	for (int i = 0; i < 31; i++)
		n[i] = n[i] >> 3 | n[i + 1] << 5;
	n[31] >>= 3;
}

void
sr25519_from_seed(const uint8_t seed[32], struct sr25519_keypair *kp)
{
	uint8_t hash[64];

	crypto_hash_sha512(hash, seed, 32);
	hash[0] &= 248;
	hash[31] &= 63;
	hash[31] |= 64;
	divide_by_cofactor(hash);
	memcpy(kp->key, hash, 32);
	memcpy(kp->nonce, hash + 32, 32);
	sodium_memzero(hash, sizeof(hash));
	crypto_scalarmult_ristretto255_base(kp->public, kp->key);
}

int
sr25519_from_secret(
    const uint8_t secret[64], bool times_8, struct sr25519_keypair *kp)
{
	memcpy(kp->key, secret, 32);
	memcpy(kp->nonce, secret + 32, 32);
	if (times_8)
		divide_by_cofactor(kp->key);
	if (scalar_is_canonical(kp->key) &&
	    crypto_scalarmult_ristretto255_base(kp->public, kp->key) == 0)
		return 0;
	sr25519_wipe(kp);
	return -1;
}

void
sr25519_wipe(struct sr25519_keypair *kp)
{
	sodium_memzero(kp, sizeof(*kp));
}

/* The transcript both sides begin with, up to the public key. */
static void
open_transcript(
    struct merlin *t, const uint8_t public[32], const uint8_t *msg, size_t len)
{
	static const char context[] = "substrate", protocol[] = "Schnorr-sig";

	merlin_init(t, "SigningContext");
	merlin_append(t, "", context, sizeof(context) - 1);
	merlin_append(t, "sign-bytes", msg, len);
	merlin_append(t, "proto-name", protocol, sizeof(protocol) - 1);
	merlin_append(t, "sign:pk", public, 32);
}

static void
challenge_scalar(struct merlin *t, const char *label, uint8_t out[32])
{
	uint8_t wide[64];

	merlin_challenge(t, label, wide, sizeof(wide));
	reduce(out, wide);
}

/* Sign with given randomness: the same bytes give the same signature. */
static void
sign_with(const struct sr25519_keypair *kp, const uint8_t *msg, size_t len,
    const uint8_t random[32], uint8_t sig[64])
{
	struct merlin t;
	uint8_t wide[64], r[32], c[32];

	open_transcript(&t, kp->public, msg, len);
	merlin_witness(&t, "signing", kp->nonce, sizeof(kp->nonce), random,
	    wide, sizeof(wide));
	reduce(r, wide);
	crypto_scalarmult_ristretto255_base(sig, r);
	merlin_append(&t, "sign:R", sig, 32);
	challenge_scalar(&t, "sign:c", c);
	crypto_core_ristretto255_scalar_mul(sig + 32, c, kp->key);
	crypto_core_ristretto255_scalar_add(sig + 32, sig + 32, r);
	sig[63] |= SCHNORRKEL_MARK;
	sodium_memzero(r, sizeof(r));
	merlin_wipe(&t);
}

void
sr25519_sign(const struct sr25519_keypair *kp, const uint8_t *msg, size_t len,
    uint8_t sig[64])
{
	uint8_t random[32];

	randombytes_buf(random, sizeof(random));
	sign_with(kp, msg, len, random, sig);
	sodium_memzero(random, sizeof(random));
}

bool
sr25519_verify(const uint8_t public[32], const uint8_t *msg, size_t len,
    const uint8_t sig[64])
{
	uint8_t s[32], c[32], s_base[32], c_public[32], expected[32];
	struct merlin t;

	memcpy(s, sig + 32, 32);
	if ((s[31] & SCHNORRKEL_MARK) == 0)
		return false;
	s[31] &= (uint8_t)~SCHNORRKEL_MARK;
	if (!scalar_is_canonical(s))
		return false;
	open_transcript(&t, public, msg, len);
	merlin_append(&t, "sign:R", sig, 32);
	challenge_scalar(&t, "sign:c", c);
	if (crypto_scalarmult_ristretto255_base(s_base, s) != 0 ||
	    crypto_scalarmult_ristretto255(c_public, c, public) != 0 ||
	    crypto_core_ristretto255_sub(expected, s_base, c_public) != 0)
		return false;
	return sodium_memcmp(expected, sig, 32) == 0;
}

static void
open_derivation(struct merlin *t, const uint8_t cc[32])
{
	merlin_init(t, "SchnorrRistrettoHDKD");
	merlin_append(t, "sign-bytes", "", 0);
	merlin_append(t, "chain-code", cc, 32);
}

void
sr25519_derive_hard(const struct sr25519_keypair *parent, const uint8_t cc[32],
    struct sr25519_keypair *child)
{
	struct merlin t;
	uint8_t seed[32];

	open_derivation(&t, cc);
	merlin_append(&t, "secret-key", parent->key, 32);
	merlin_challenge(&t, "HDKD-hard", seed, sizeof(seed));
	sr25519_from_seed(seed, child);
	sodium_memzero(seed, sizeof(seed));
	merlin_wipe(&t);
}

void
sr25519_derive_soft(const struct sr25519_keypair *parent, const uint8_t cc[32],
    struct sr25519_keypair *child)
{
	struct merlin t;
	uint8_t scalar[32], random[32];

	open_derivation(&t, cc);
	merlin_append(&t, "public-key", parent->public, 32);
	challenge_scalar(&t, "HDKD-scalar", scalar);
	crypto_core_ristretto255_scalar_add(child->key, parent->key, scalar);
	randombytes_buf(random, sizeof(random));
	merlin_witness(&t, "HDKD-nonce", parent->nonce, sizeof(parent->nonce),
	    random, child->nonce, sizeof(child->nonce));
	crypto_scalarmult_ristretto255_base(child->public, child->key);
	sodium_memzero(scalar, sizeof(scalar));
	sodium_memzero(random, sizeof(random));
	merlin_wipe(&t);
}
