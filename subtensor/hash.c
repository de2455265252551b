/* blake2b from libsodium, xxhash64 from libxxhash. */
#include "subtensor/hash.h"

#include <sodium.h>
#include <xxhash.h>

void
hash_blake2_128(const void *data, size_t len, uint8_t out[16])
{
	crypto_generichash(out, 16, data, len, NULL, 0);
}

void
hash_blake2_256(const void *data, size_t len, uint8_t out[32])
{
	crypto_generichash(out, 32, data, len, NULL, 0);
}

static void
twox(const void *data, size_t len, uint8_t *out, unsigned words)
{
	for (unsigned seed = 0; seed < words; seed++) {
		XXH64_hash_t h = XXH64(data, len, seed);

		for (unsigned i = 0; i < 8; i++)
			*out++ = h >> (8 * i);
	}
}

void
hash_twox64(const void *data, size_t len, uint8_t out[8])
{
	twox(data, len, out, 1);
}

void
hash_twox128(const void *data, size_t len, uint8_t out[16])
{
	twox(data, len, out, 2);
}

void
hash_twox256(const void *data, size_t len, uint8_t out[32])
{
	twox(data, len, out, 4);
}
