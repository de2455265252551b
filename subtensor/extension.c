/* The table of signed extensions. */
#include "subtensor/extension.h"

#include <stdint.h>
#include <string.h>

#include "subtensor/metadata.h"

/* The fewest bytes tell a changed extension from the one we know. */
static const struct known {
	const char *identifier;
	enum extension_kind kind;
	uint32_t extra_bytes, implicit_bytes;
} table[] = {
    {"CheckSpecVersion", EXTENSION_SPEC_VERSION, 0, 4},
    {"CheckTxVersion", EXTENSION_TX_VERSION, 0, 4},
    {"CheckGenesis", EXTENSION_GENESIS, 0, 32},
    {"CheckMortality", EXTENSION_ERA, 1, 32},
    {"CheckEra", EXTENSION_ERA, 1, 32},
    {"CheckNonce", EXTENSION_NONCE, 1, 0},
    {"ChargeTransactionPayment", EXTENSION_TIP, 1, 0},
    {"CheckMetadataHash", EXTENSION_METADATA_HASH, 1, 1},
};

enum extension_kind
extension_kind(const struct metadata *md, const struct extension *x)
{
	uint32_t extra = md->types[x->type].min_bytes;
	uint32_t implicit = md->types[x->implicit].min_bytes;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct known *k = &table[i];

		if (strcmp(k->identifier, x->identifier) == 0 &&
		    k->extra_bytes == extra && k->implicit_bytes == implicit)
			return k->kind;
	}
	return extra == 0 && implicit == 0 ? EXTENSION_EMPTY
					   : EXTENSION_UNKNOWN;
}
