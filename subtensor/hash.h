/*
 * The hashes Substrate is made of: blake2b for extrinsics and blocks, and
 * those of storage keys. Twox is xxhash64 with seeds 0, 1, 2, 3 in a row,
 * little-endian.
 */
#ifndef SUBTENSOR_HASH_H
#define SUBTENSOR_HASH_H

#include <stddef.h>
#include <stdint.h>

void hash_blake2_128(const void *, size_t len, uint8_t out[16]);
void hash_blake2_256(const void *, size_t len, uint8_t out[32]);
void hash_twox64(const void *, size_t len, uint8_t out[8]);
void hash_twox128(const void *, size_t len, uint8_t out[16]);
void hash_twox256(const void *, size_t len, uint8_t out[32]);

#endif
