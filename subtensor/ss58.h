/*
 * SS58 addresses: an account's 32 bytes as text with a network prefix and a
 * checksum. Bittensor's prefix is 42, and such addresses begin with a 5.
 *
 * Format: substrate's ss58-registry; checksum blake2b-512("SS58PRE" ||
 * prefix || key), first two bytes.
 */
#ifndef SUBTENSOR_SS58_H
#define SUBTENSOR_SS58_H

#include <stdint.h>

enum { SS58_BITTENSOR = 42, SS58_MAX_TEXT = 56 }; /* with the NUL */

/* Prefixes 0..16383 but 46 and 47; out takes SS58_MAX_TEXT bytes. 0, or -1. */
int ss58_encode(uint16_t prefix, const uint8_t key[32], char *out);

/* Any prefix, exact length, checksum checked. 0, or -1 and nothing written. */
int ss58_decode(const char *text, uint16_t *prefix, uint8_t key[32]);

/* As ss58_decode, and the prefix must be Bittensor's. */
int ss58_decode_account(const char *text, uint8_t key[32]);

#endif
