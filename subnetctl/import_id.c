/* Ids of rows that are made of another system's. */
#include "subnetctl/import_id.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/hex.h"

enum { BYTES = 16 };

static void
add(crypto_generichash_state *hash, const char *word)
{
	crypto_generichash_update(
	    hash, (const uint8_t *)word, strlen(word) + 1);
}

void
import_id(const char *what, const char *a, const char *b, char out[UUID_TEXT])
{
	crypto_generichash_state hash;
	uint8_t id[BYTES];
	char hex[2 * BYTES + 1];

	crypto_generichash_init(&hash, NULL, 0, sizeof(id));
	add(&hash, what);
	add(&hash, a);
	add(&hash, b);
	crypto_generichash_final(&hash, id, sizeof(id));
	id[6] = (id[6] & 0x0f) | 0x80;
	id[8] = (id[8] & 0x3f) | 0x80;
	hex_encode(id, sizeof(id), hex);
	snprintf(out, UUID_TEXT, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
	    hex + 12, hex + 16, hex + 20);
}
