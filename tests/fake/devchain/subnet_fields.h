/*
 * The fields of finney's Metagraph and SubnetHyperparams, in order, each with
 * its type and where its value comes from. The metadata's types, the answers
 * of the runtime API and the scenario's names are all read off these tables.
 */
#ifndef DEVCHAIN_SUBNET_FIELDS_H
#define DEVCHAIN_SUBNET_FIELDS_H

#include <stddef.h>

enum field_source {
	FIELD_ZERO,    /* compact 0: the chain has it, a test does not */
	FIELD_UINT,    /* compact of the entry's integer */
	FIELD_BOOL,    /* the entry's bool */
	FIELD_ACCOUNT, /* the entry's 32 bytes */
	FIELD_BYTES16, /* the entry's 16 bytes */
	FIELD_UINTS,   /* the entry's vector, an integer per uid, compact */
	FIELD_BOOLS,   /* the entry's vector, a bool per uid */
	FIELD_ZEROES,  /* compact 0 per uid */
	FIELD_EMPTY,   /* Option None, or an empty Vec: one zero byte */
	FIELD_NETUID,
	FIELD_NAME,
	FIELD_SYMBOL,
	FIELD_BLOCK,
	FIELD_ALPHA_LOW,
	FIELD_ALPHA_HIGH,
	FIELD_HOTKEYS,
	FIELD_COLDKEYS,
	FIELD_IDENTITIES,
	FIELD_AXONS,
	FIELD_PRUNING,
	FIELD_REGISTERED,
	FIELD_ALPHA_STAKE,
	FIELD_TAO_STAKE,
	FIELD_TOTAL_STAKE,
	FIELD_VALIDATORS,
	FIELD_COMMITMENTS,
};

struct subnet_field {
	const char *name, *type;
	enum field_source source;
	const char *entry; /* of SubtensorModule, keyed by the netuid */
};

enum { METAGRAPH_FIELDS = 72 }; /* the rest are the selective one's */

extern const struct subnet_field metagraph_fields[];
extern const size_t metagraph_n_fields;
extern const struct subnet_field hyperparam_fields[];
extern const size_t hyperparam_n_fields;

#endif
