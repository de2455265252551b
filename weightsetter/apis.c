/* Types as metadata would have them: of NeuronInfoLite, and of a verdict. */
#include "weightsetter/apis.h"

#include "subtensor/metadata.h"

enum {
	BOOL,
	U8,
	U16,
	U32,
	U64,
	U128,
	COMPACT_U16,
	COMPACT_U64,
	BYTES_32,
	ACCOUNT,
	AXON,
	PROMETHEUS,
	STAKE, /* (coldkey, rao) */
	STAKES,
	NEURON,
	NEURONS,
	BLOB,
	TAGS,
	VALID,
	INVALID,
	UNKNOWN,
	INVALIDITY,
	VALIDITY,
	N_TYPES
};

enum {
	ACCOUNT_BYTES = 32,
	AXON_BYTES = 8 + 4 + 16 + 2 + 4 * 1,
	PROMETHEUS_BYTES = 8 + 4 + 16 + 2 + 1,
	/* and fourteen of a byte at least: compacts, bools, a length */
	NEURON_BYTES = 2 * ACCOUNT_BYTES + AXON_BYTES + PROMETHEUS_BYTES + 14,
};

static const struct field account_fields[] = {{NULL, BYTES_32, NULL}};

static const struct field axon_fields[] = {
    {"block", U64, NULL},
    {"version", U32, NULL},
    {"ip", U128, NULL},
    {"port", U16, NULL},
    {"ip_type", U8, NULL},
    {"protocol", U8, NULL},
    {"placeholder1", U8, NULL},
    {"placeholder2", U8, NULL},
};

static const struct field prometheus_fields[] = {
    {"block", U64, NULL},
    {"version", U32, NULL},
    {"ip", U128, NULL},
    {"port", U16, NULL},
    {"ip_type", U8, NULL},
};

static const struct field stake_fields[] = {
    {NULL, ACCOUNT, NULL}, {NULL, COMPACT_U64, NULL}};

static const struct field neuron_fields[] = {
    {"hotkey", ACCOUNT, NULL},
    {"coldkey", ACCOUNT, NULL},
    {"uid", COMPACT_U16, NULL},
    {"netuid", COMPACT_U16, NULL},
    {"active", BOOL, NULL},
    {"axon_info", AXON, NULL},
    {"prometheus_info", PROMETHEUS, NULL},
    {"stake", STAKES, NULL},
    {"rank", COMPACT_U16, NULL},
    {"emission", COMPACT_U64, NULL},
    {"incentive", COMPACT_U16, NULL},
    {"consensus", COMPACT_U16, NULL},
    {"trust", COMPACT_U16, NULL},
    {"validator_trust", COMPACT_U16, NULL},
    {"dividends", COMPACT_U16, NULL},
    {"last_update", COMPACT_U64, NULL},
    {"validator_permit", BOOL, NULL},
    {"pruning_score", COMPACT_U16, NULL},
};

static const struct field valid_fields[] = {
    {"priority", U64, NULL},
    {"requires", TAGS, NULL},
    {"provides", TAGS, NULL},
    {"longevity", U64, NULL},
    {"propagate", BOOL, NULL},
};

static const struct field custom_fields[] = {{NULL, U8, NULL}};

static const struct variant invalid_variants[] = {
    {"Call", 0, NULL, 0},
    {"Payment", 1, NULL, 0},
    {"Future", 2, NULL, 0},
    {"Stale", 3, NULL, 0},
    {"BadProof", 4, NULL, 0},
    {"AncientBirthBlock", 5, NULL, 0},
    {"ExhaustsResources", 6, NULL, 0},
    {"Custom", 7, custom_fields, 1},
    {"BadMandatory", 8, NULL, 0},
    {"MandatoryValidation", 9, NULL, 0},
    {"BadSigner", 10, NULL, 0},
    {"IndeterminateImplicit", 11, NULL, 0},
    {"UnknownOrigin", 12, NULL, 0},
};

static const struct variant unknown_variants[] = {
    {"CannotLookup", 0, NULL, 0},
    {"NoUnsignedValidator", 1, NULL, 0},
    {"Custom", 2, custom_fields, 1},
};

static const struct field invalid_fields[] = {{NULL, INVALID, NULL}};
static const struct field unknown_fields[] = {{NULL, UNKNOWN, NULL}};

static const struct variant invalidity_variants[] = {
    {"Invalid", 0, invalid_fields, 1},
    {"Unknown", 1, unknown_fields, 1},
};

static const struct field ok_fields[] = {{NULL, VALID, NULL}};
static const struct field err_fields[] = {{NULL, INVALIDITY, NULL}};

static const struct variant validity_variants[] = {
    {"Ok", 0, ok_fields, 1},
    {"Err", 1, err_fields, 1},
};

#define INTEGER(p, bytes)                                                      \
	{                                                                      \
		.path = "", .kind = TYPE_PRIMITIVE, .primitive = (p),          \
		.min_bytes = (bytes)                                           \
	}
#define OF(k, item, bytes)                                                     \
	{                                                                      \
		.path = "", .kind = (k), .inner = (item), .min_bytes = (bytes) \
	}
#define FIELDS(k, list, name, bytes)                                           \
	{                                                                      \
		.path = (name), .kind = (k), .fields = (list),                 \
		.n_fields = sizeof(list) / sizeof((list)[0]),                  \
		.min_bytes = (bytes)                                           \
	}

#define VARIANTS(list, name, bytes)                                            \
	{                                                                      \
		.path = (name), .kind = TYPE_VARIANT, .variants = (list),      \
		.n_variants = sizeof(list) / sizeof((list)[0]),                \
		.min_bytes = (bytes)                                           \
	}

static const struct type types[N_TYPES] = {
    [BOOL] = INTEGER(PRIM_BOOL, 1),
    [U8] = INTEGER(PRIM_U8, 1),
    [U16] = INTEGER(PRIM_U16, 2),
    [U32] = INTEGER(PRIM_U32, 4),
    [U64] = INTEGER(PRIM_U64, 8),
    [U128] = INTEGER(PRIM_U128, 16),
    [COMPACT_U16] = OF(TYPE_COMPACT, U16, 1),
    [COMPACT_U64] = OF(TYPE_COMPACT, U64, 1),
    [BYTES_32] = {.path = "",
	.kind = TYPE_ARRAY,
	.inner = U8,
	.array_len = ACCOUNT_BYTES,
	.min_bytes = ACCOUNT_BYTES},
    [ACCOUNT] = FIELDS(TYPE_COMPOSITE, account_fields,
	"sp_core::crypto::AccountId32", ACCOUNT_BYTES),
    [AXON] = FIELDS(TYPE_COMPOSITE, axon_fields, "", AXON_BYTES),
    [PROMETHEUS] =
	FIELDS(TYPE_COMPOSITE, prometheus_fields, "", PROMETHEUS_BYTES),
    [STAKE] = FIELDS(TYPE_TUPLE, stake_fields, "", ACCOUNT_BYTES + 1),
    [STAKES] = OF(TYPE_SEQUENCE, STAKE, 1),
    [NEURON] = FIELDS(TYPE_COMPOSITE, neuron_fields, "", NEURON_BYTES),
    [NEURONS] = OF(TYPE_SEQUENCE, NEURON, 1),
    [BLOB] = OF(TYPE_SEQUENCE, U8, 1),
    [TAGS] = OF(TYPE_SEQUENCE, BLOB, 1),
    [VALID] = FIELDS(TYPE_COMPOSITE, valid_fields, "", 8 + 1 + 1 + 8 + 1),
    [INVALID] = VARIANTS(invalid_variants, "", 1),
    [UNKNOWN] = VARIANTS(unknown_variants, "", 1),
    [INVALIDITY] = VARIANTS(invalidity_variants, "", 1 + 1),
    [VALIDITY] = VARIANTS(validity_variants, "Result", 1 + 1 + 1),
};

/* What they are given is put together by hand, everywhere. */
static const struct runtime_method methods[] = {
    {"NeuronInfoRuntimeApi", "get_neurons_lite", NULL, 0, NEURONS},
    {"TaggedTransactionQueue", "validate_transaction", NULL, 0, VALIDITY},
};

static const struct metadata known = {
    .types = types,
    .n_types = N_TYPES,
    .methods = methods,
    .n_methods = sizeof(methods) / sizeof(methods[0]),
};

const struct metadata *
apis_of(const struct metadata *md)
{
	return md->n_methods > 0 ? md : &known;
}
