/*
 * Secret URIs: a mnemonic phrase or 0x-seed, then //hard and /soft junctions,
 * then ///password, as subkey and btwallet read them ("//Alice" alone stands
 * on the development phrase).
 */
#ifndef SUBTENSOR_SURI_H
#define SUBTENSOR_SURI_H

#include "subtensor/sr25519.h"

struct err;

/* substrate-bip39: 12, 15, 18, 21 or 24 English words to the mini secret. */
int mnemonic_to_seed(
    const char *phrase, const char *password, uint8_t seed[32], struct err *);

int suri_to_keypair(const char *suri, struct sr25519_keypair *, struct err *);

#endif
