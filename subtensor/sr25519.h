/*
 * sr25519: Schnorr signatures on ristretto255 over Merlin transcripts, as
 * schnorrkel makes them, in the signing context "substrate".
 *
 * Constant time in everything secret. A keypair is wiped by
 * sr25519_wipe(); long-lived ones belong in sodium_malloc()ed memory.
 */
#ifndef SUBTENSOR_SR25519_H
#define SUBTENSOR_SR25519_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sr25519_keypair {
	uint8_t key[32];    /* the scalar, canonical, little-endian */
	uint8_t nonce[32];  /* secret seed of the signing witness */
	uint8_t public[32]; /* ristretto255 encoding */
};

/* Ed25519-style expansion of a 32-byte mini secret. */
void sr25519_from_seed(const uint8_t seed[32], struct sr25519_keypair *);
/*
 * A stored secret: scalar, then nonce, as btwallet writes it; with times_8
 * the first half is eight times the scalar, as polkadot-js writes it. -1 if
 * it is no key.
 */
int sr25519_from_secret(
    const uint8_t secret[64], bool times_8, struct sr25519_keypair *);
void sr25519_wipe(struct sr25519_keypair *);

void sr25519_sign(const struct sr25519_keypair *, const uint8_t *msg,
    size_t len, uint8_t sig[64]);
bool sr25519_verify(const uint8_t public[32], const uint8_t *msg, size_t len,
    const uint8_t sig[64]);

/* Child keys; cc is the junction's chain code (see suri.h). */
void sr25519_derive_hard(const struct sr25519_keypair *parent,
    const uint8_t cc[32], struct sr25519_keypair *child);
void sr25519_derive_soft(const struct sr25519_keypair *parent,
    const uint8_t cc[32], struct sr25519_keypair *child);

#endif
