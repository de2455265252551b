/*
 * A registry with every kind of type, each in the forms that are treated
 * differently, and two pallets made of them. Where types cannot be values
 * (a compact of a bool, bits in a signed store) they are here to be refused.
 */
#include "tests/fuzz/world_tables.h"

/* The primitives come first, in their own order. */
enum {
	BOOL,
	CHAR,
	STR,
	U8,
	U16,
	U32,
	U64,
	U128,
	U256,
	I8,
	I16,
	I32,
	I64,
	I128,
	I256,
	UNIT,
	VEC_U8,
	HASH,
	ACCOUNT,
	PAIR,
	VEC_PAIR,
	NET_UID,
	COMPACT_U8,
	COMPACT_NET_UID,
	COMPACT_U64,
	COMPACT_U128,
	COMPACT_U256,
	COMPACT_UNIT,
	COMPACT_BOOL,
	COMPACT_PAIR,
	OPTION_U16,
	OPTION_OPTION,
	OPTION_UNIT,
	OPTION_COMPACT_UNIT,
	OPTION_NET_UID,
	FORMS,
	BITS_U8,
	BITS_U32,
	BITS_I8,
	VEC_UNIT,
	MANY_UNITS,
	ARRAY_U16,
	ARRAY_STR,
	TREE,
	VEC_TREE,
	VOID,
	NAMED_ONE,
	ALL_INTEGERS,
	VEC_U16,
	ERROR_BYTES,
	MODULE_ERROR,
	TOKEN_ERROR,
	DISPATCH_ERROR,
	CALL,
	EVENT,
	ERROR,
	PHASE,
	EVENT_RECORD,
	EVENTS,
	API_VERSION,
	API_VERSIONS,
	VERSION,
	THREE_KEYS,
	ERA,
	OUTER_EVENT,
	N_TYPES,
};

static const struct field hash_field[] = {{.type = HASH}};
static const struct field u16_field[] = {{.type = U16, .type_name = "u16"}};
static const struct field unit_field[] = {{.type = UNIT}};
static const struct field compact_unit_field[] = {{.type = COMPACT_UNIT}};
static const struct field net_uid_field[] = {{.type = NET_UID}};
static const struct field option_field[] = {{.type = OPTION_U16}};
static const struct field u16_pair[] = {{.type = U16}, {.type = U16}};
static const struct field tree_field[] = {{.type = VEC_TREE}};
static const struct field bits_field[] = {{.name = "bits", .type = U8}};
static const struct field point_fields[] = {
    {.name = "x", .type = U8}, {.name = "y", .type = COMPACT_U64}};
static const struct field integer_fields[] = {{.name = "a", .type = I8},
    {.name = "b", .type = I16}, {.name = "c", .type = I32},
    {.name = "d", .type = I64}, {.name = "e", .type = I128},
    {.name = "f", .type = I256}, {.name = "g", .type = U32},
    {.name = "h", .type = U64}, {.name = "i", .type = U128},
    {.name = "j", .type = U256}};
static const struct field module_fields[] = {
    {.name = "index", .type = U8}, {.name = "error", .type = ERROR_BYTES}};
static const struct field module_field[] = {{.type = MODULE_ERROR}};
static const struct field token_field[] = {{.type = TOKEN_ERROR}};
static const struct field failed_fields[] = {
    {.name = "dispatch_error", .type = DISPATCH_ERROR}};
static const struct field event_field[] = {{.type = EVENT}};
static const struct field record_fields[] = {{.name = "phase", .type = PHASE},
    {.name = "event", .type = OUTER_EVENT}, {.name = "topics", .type = VEC_U8}};
static const struct field phase_field[] = {{.type = U32}};
static const struct field weights_fields[] = {
    {.name = "netuid", .type = NET_UID}, {.name = "dests", .type = VEC_U16},
    {.name = "weights", .type = VEC_U16}, {.name = "version_key", .type = U64}};
static const struct field remark_fields[] = {
    {.name = "remark", .type = VEC_U8}};
static const struct field nameless_fields[] = {
    {.type = STR}, {.type = BITS_U8}};
static const struct field three_fields[] = {
    {.type = U16}, {.type = ACCOUNT}, {.type = STR}};
static const struct field era_bytes[] = {{.type = U8}};
static const struct field api_fields[] = {{.type = HASH}, {.type = U32}};
static const struct field version_fields[] = {
    {.name = "spec_name", .type = STR}, {.name = "impl_name", .type = STR},
    {.name = "authoring_version", .type = U32},
    {.name = "spec_version", .type = U32},
    {.name = "impl_version", .type = U32},
    {.name = "apis", .type = API_VERSIONS},
    {.name = "transaction_version", .type = U32}};

static const struct variant option_u16[] = {
    {"None", 0, NULL, 0}, {"Some", 1, u16_field, 1}};
static const struct variant option_option[] = {
    {"None", 0, NULL, 0}, {"Some", 1, option_field, 1}};
static const struct variant option_unit[] = {
    {"None", 0, NULL, 0}, {"Some", 1, unit_field, 1}};
static const struct variant option_compact[] = {
    {"None", 0, NULL, 0}, {"Some", 1, compact_unit_field, 1}};
static const struct variant option_net_uid[] = {
    {"None", 0, NULL, 0}, {"Some", 1, net_uid_field, 1}};
static const struct variant forms[] = {{"Empty", 3, NULL, 0},
    {"One", 5, u16_field, 1}, {"Two", 7, u16_pair, 2},
    {"At", 9, point_fields, 2}, {"Tree", 11, tree_field, 1}};
static const struct variant token_errors[] = {
    {"FundsUnavailable", 0, NULL, 0}, {"OnlyProvider", 1, NULL, 0}};
static const struct variant dispatch_errors[] = {{"Other", 0, NULL, 0},
    {"BadOrigin", 2, NULL, 0}, {"Module", 3, module_field, 1},
    {"Token", 7, token_field, 1}};
static const struct variant calls[] = {{"set_weights", 0, weights_fields, 4},
    {"remark", 1, remark_fields, 1}, {"nameless", 2, nameless_fields, 2},
    {"nothing", 3, NULL, 0}};
static const struct variant events[] = {
    {"ExtrinsicSuccess", 0, NULL, 0}, {"ExtrinsicFailed", 1, failed_fields, 1}};
static const struct variant errors[] = {
    {"SettingWeightsTooFast", 0, NULL, 0}, {"NoPermit", 15, NULL, 0}};
static const struct variant outer_events[] = {{"System", 0, event_field, 1}};
static const struct variant phases[] = {{"ApplyExtrinsic", 0, phase_field, 1},
    {"Finalization", 1, NULL, 0}, {"Initialization", 2, NULL, 0}};
static const struct variant eras[] = {
    {"Immortal", 0, NULL, 0}, {"Mortal1", 1, era_bytes, 1}};

static const struct type types[N_TYPES] = {
    [BOOL] = {"", TYPE_PRIMITIVE, PRIM_BOOL},
    [CHAR] = {"", TYPE_PRIMITIVE, PRIM_CHAR},
    [STR] = {"", TYPE_PRIMITIVE, PRIM_STR},
    [U8] = {"", TYPE_PRIMITIVE, PRIM_U8},
    [U16] = {"", TYPE_PRIMITIVE, PRIM_U16},
    [U32] = {"", TYPE_PRIMITIVE, PRIM_U32},
    [U64] = {"", TYPE_PRIMITIVE, PRIM_U64},
    [U128] = {"", TYPE_PRIMITIVE, PRIM_U128},
    [U256] = {"", TYPE_PRIMITIVE, PRIM_U256},
    [I8] = {"", TYPE_PRIMITIVE, PRIM_I8},
    [I16] = {"", TYPE_PRIMITIVE, PRIM_I16},
    [I32] = {"", TYPE_PRIMITIVE, PRIM_I32},
    [I64] = {"", TYPE_PRIMITIVE, PRIM_I64},
    [I128] = {"", TYPE_PRIMITIVE, PRIM_I128},
    [I256] = {"", TYPE_PRIMITIVE, PRIM_I256},
    [UNIT] = {"", TYPE_TUPLE},
    [VEC_U8] = {"", TYPE_SEQUENCE, .inner = U8},
    [HASH] = {"", TYPE_ARRAY, .inner = U8, .array_len = 32},
    [ACCOUNT] = {"sp_core::crypto::AccountId32", TYPE_COMPOSITE,
	.fields = hash_field, .n_fields = 1},
    [PAIR] = {"", TYPE_TUPLE, .fields = u16_pair, .n_fields = 2},
    [VEC_PAIR] = {"", TYPE_SEQUENCE, .inner = PAIR},
    [NET_UID] = {"NetUid", TYPE_COMPOSITE, .fields = u16_field, .n_fields = 1},
    [COMPACT_U8] = {"", TYPE_COMPACT, .inner = U8},
    [COMPACT_NET_UID] = {"", TYPE_COMPACT, .inner = NET_UID},
    [COMPACT_U64] = {"", TYPE_COMPACT, .inner = U64},
    [COMPACT_U128] = {"", TYPE_COMPACT, .inner = U128},
    [COMPACT_U256] = {"", TYPE_COMPACT, .inner = U256},
    [COMPACT_UNIT] = {"", TYPE_COMPACT, .inner = UNIT},
    [COMPACT_BOOL] = {"", TYPE_COMPACT, .inner = BOOL},
    [COMPACT_PAIR] = {"", TYPE_COMPACT, .inner = PAIR},
    [OPTION_U16] = {"Option", TYPE_VARIANT, .variants = option_u16,
	.n_variants = 2},
    [OPTION_OPTION] = {"Option", TYPE_VARIANT, .variants = option_option,
	.n_variants = 2},
    [OPTION_UNIT] = {"Option", TYPE_VARIANT, .variants = option_unit,
	.n_variants = 2},
    [OPTION_COMPACT_UNIT] = {"Option", TYPE_VARIANT, .variants = option_compact,
	.n_variants = 2},
    [OPTION_NET_UID] = {"Option", TYPE_VARIANT, .variants = option_net_uid,
	.n_variants = 2},
    [FORMS] = {"own::Forms", TYPE_VARIANT, .variants = forms, .n_variants = 5},
    [BITS_U8] = {"", TYPE_BITS, .inner = U8},
    [BITS_U32] = {"", TYPE_BITS, .inner = U32},
    [BITS_I8] = {"", TYPE_BITS, .inner = I8},
    [VEC_UNIT] = {"", TYPE_SEQUENCE, .inner = UNIT},
    [MANY_UNITS] = {"", TYPE_ARRAY, .inner = UNIT, .array_len = 70000},
    [ARRAY_U16] = {"", TYPE_ARRAY, .inner = U16, .array_len = 3},
    [ARRAY_STR] = {"", TYPE_ARRAY, .inner = STR, .array_len = 2},
    [TREE] = {"own::Tree", TYPE_COMPOSITE, .fields = tree_field, .n_fields = 1},
    [VEC_TREE] = {"", TYPE_SEQUENCE, .inner = TREE},
    [VOID] = {"own::Void", TYPE_VARIANT},
    [NAMED_ONE] = {"own::Named", TYPE_COMPOSITE, .fields = bits_field,
	.n_fields = 1},
    [ALL_INTEGERS] = {"own::All", TYPE_COMPOSITE, .fields = integer_fields,
	.n_fields = 10},
    [VEC_U16] = {"", TYPE_SEQUENCE, .inner = U16},
    [ERROR_BYTES] = {"", TYPE_ARRAY, .inner = U8, .array_len = 4},
    [MODULE_ERROR] = {"sp_runtime::ModuleError", TYPE_COMPOSITE,
	.fields = module_fields, .n_fields = 2},
    [TOKEN_ERROR] = {"sp_runtime::TokenError", TYPE_VARIANT,
	.variants = token_errors, .n_variants = 2},
    [DISPATCH_ERROR] = {"sp_runtime::DispatchError", TYPE_VARIANT,
	.variants = dispatch_errors, .n_variants = 4},
    [CALL] = {"own::Call", TYPE_VARIANT, .variants = calls, .n_variants = 4},
    [EVENT] = {"own::Event", TYPE_VARIANT, .variants = events, .n_variants = 2},
    [ERROR] = {"own::Error", TYPE_VARIANT, .variants = errors, .n_variants = 2},
    [PHASE] = {"own::Phase", TYPE_VARIANT, .variants = phases, .n_variants = 3},
    [EVENT_RECORD] = {"own::EventRecord", TYPE_COMPOSITE,
	.fields = record_fields, .n_fields = 3},
    [EVENTS] = {"", TYPE_SEQUENCE, .inner = EVENT_RECORD},
    [API_VERSION] = {"", TYPE_TUPLE, .fields = api_fields, .n_fields = 2},
    [API_VERSIONS] = {"", TYPE_SEQUENCE, .inner = API_VERSION},
    [VERSION] = {"sp_version::RuntimeVersion", TYPE_COMPOSITE,
	.fields = version_fields, .n_fields = 7},
    [THREE_KEYS] = {"", TYPE_TUPLE, .fields = three_fields, .n_fields = 3},
    [ERA] = {"own::Era", TYPE_VARIANT, .variants = eras, .n_variants = 2},
    [OUTER_EVENT] = {"own::RuntimeEvent", TYPE_VARIANT,
	.variants = outer_events, .n_variants = 1},
};

static const enum hasher one_hasher[][1] = {{HASH_BLAKE2_128},
    {HASH_BLAKE2_256}, {HASH_BLAKE2_128_CONCAT}, {HASH_TWOX_128},
    {HASH_TWOX_256}, {HASH_TWOX_64_CONCAT}, {HASH_IDENTITY}};
static const enum hasher three_hashers[] = {
    HASH_IDENTITY, HASH_BLAKE2_128_CONCAT, HASH_TWOX_64_CONCAT};
static const uint32_t u16_key[] = {U16};
static const uint32_t account_key[] = {ACCOUNT};
static const uint32_t three_keys[] = {U16, ACCOUNT, STR};

static const uint8_t zero[8] = {0};

static const struct storage_entry system_storage[] = {
    {"Events", true, NULL, NULL, 0, EVENTS, zero, 1},
    {"Number", true, NULL, NULL, 0, U32, zero, 4},
    {"A", true, one_hasher[0], u16_key, 1, VEC_U8, zero, 1},
    {"B", true, one_hasher[1], u16_key, 1, VEC_PAIR, zero, 1},
    {"C", false, one_hasher[2], account_key, 1, U64, zero, 8},
    {"D", true, one_hasher[3], u16_key, 1, OPTION_U16, zero, 1},
    {"E", true, one_hasher[4], u16_key, 1, BOOL, zero, 1},
    {"F", true, one_hasher[5], u16_key, 1, STR, zero, 1},
    {"G", false, one_hasher[6], u16_key, 1, FORMS, zero, 0},
    {"H", false, three_hashers, three_keys, 3, TREE, zero, 1}};

/* "own" twice, 1, 7, 1, no APIs, 1. */
static const uint8_t version[] = {12, 'o', 'w', 'n', 12, 'o', 'w', 'n', 1, 0, 0,
    0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0};
static const struct constant system_constants[] = {
    {"Version", VERSION, version, sizeof(version)}, {"Zero", U64, zero, 8}};

static const struct pallet pallets[] = {
    {"System", 0, "System", system_storage, 10, CALL, EVENT, ERROR,
	system_constants, 2},
    {"Plain", 7, NULL, NULL, 0, -1, -1, -1, NULL, 0},
    {"Errors", 9, NULL, NULL, 0, CALL, -1, ERROR, NULL, 0}};

static const struct field method_inputs[] = {
    {.name = "netuid", .type = NET_UID}, {.name = "uid", .type = U16}};
static const char neurons[] = "NeuronApi", subnets[] = "SubnetApi";
static const struct runtime_method methods[] = {
    {neurons, "get_neurons", method_inputs, 1, VEC_PAIR},
    {neurons, "get_neuron", method_inputs, 2, OPTION_NET_UID},
    {subnets, "get_all", NULL, 0, VEC_TREE}};

const struct metadata world_tables = {
    .types = types,
    .n_types = N_TYPES,
    .pallets = pallets,
    .n_pallets = 3,
    .methods = methods,
    .n_methods = 3,
};

const struct extension world_extensions[WORLD_EXTENSIONS] = {
    {"CheckNonZeroSender", UNIT, UNIT}, {"CheckSpecVersion", UNIT, U32},
    {"CheckTxVersion", UNIT, U32}, {"CheckGenesis", UNIT, HASH},
    {"CheckMortality", ERA, HASH}, {"CheckNonce", COMPACT_U64, UNIT},
    {"ChargeTransactionPayment", COMPACT_U64, UNIT}, {"Odd", UNIT, UNIT},
    {"CheckWeight", UNIT, UNIT}, {"CheckMetadataHash", U8, OPTION_U16}};

const struct extension world_strange[3] = {{"CheckEra", ERA, HASH},
    {"CheckNonce", COMPACT_U64, U8}, {"Mystery", OPTION_U16, UNIT}};
