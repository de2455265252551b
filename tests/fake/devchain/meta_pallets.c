/*
 * The development chain's pallets but for SubtensorModule's enums and
 * storage, its signed extensions and its runtime APIs.
 */
#include "tests/fake/devchain/meta_table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ZERO8 "0000000000000000"
#define ZERO32 ZERO8 ZERO8 ZERO8 ZERO8

static const struct meta_storage system_storage[] = {
    {"Account", "b", "AccountId32", "AccountInfo",
	ZERO32 ZERO8 ZERO8 "00000000000000"
			   "80"},
    {"ExtrinsicCount", "", NULL, "u32", NULL},
    {"BlockHash", "t", "BlockNumber", "H256", ZERO32},
    {"Number", "", NULL, "BlockNumber", "00000000"},
    {"ParentHash", "", NULL, "H256", ZERO32},
    {"Events", "", NULL, "Vec<EventRecord>", "00"},
    {"EventCount", "", NULL, "u32", "00000000"},
    {"LastRuntimeUpgrade", "", NULL, "LastRuntimeUpgradeInfo", NULL},
    {0},
};

static const struct meta_constant system_constants[] = {
    {"BlockHashCount", "BlockNumber", "60090000"},
    {"DbWeight", "RuntimeDbWeight", "40787d010000000000e1f50500000000"},
    {"Version", "RuntimeVersion", NULL},
    {"SS58Prefix", "u16", "2a00"},
    {0},
};

static const struct meta_storage timestamp_storage[] = {
    {"Now", "", NULL, "u64", ZERO8},
    {"DidUpdate", "", NULL, "bool", "00"},
    {0},
};

static const struct meta_constant timestamp_constants[] = {
    {"MinimumPeriod", "u64", "7017000000000000"},
    {0},
};

static const struct meta_storage aura_storage[] = {
    {"CurrentSlot", "", NULL, "u64", ZERO8},
    {0},
};

static const struct meta_constant aura_constants[] = {
    {"SlotDuration", "u64", "e02e000000000000"},
    {0},
};

static const struct meta_storage balances_storage[] = {
    {"TotalIssuance", "", NULL, "TaoBalance", ZERO8},
    {"Account", "b", "AccountId32", "AccountData",
	ZERO32 "00000000000000"
	       "80"},
    {0},
};

static const struct meta_constant balances_constants[] = {
    {"ExistentialDeposit", "TaoBalance", "f401000000000000"},
    {0},
};

static const struct meta_storage payment_storage[] = {
    {"NextFeeMultiplier", "", NULL, "u128",
	"000064a7b3b6e00d"
	"0000000000000000"},
    {0},
};

static const struct meta_constant payment_constants[] = {
    {"OperationalFeeMultiplier", "u8", "05"},
    {0},
};

static const struct meta_constant subtensor_constants[] = {
    {"InitialMinAllowedWeights", "u16", "0004"},
    {"InitialTempo", "u16", "6801"},
    {"MinTempo", "u16", "6801"},
    {"MaxTempo", "u16", "e0c4"},
    {"InitialWeightsVersionKey", "u64", ZERO8},
    {"InitialServingRateLimit", "u64", "3200000000000000"},
    {"InitialTaoWeight", "u64", "fc62e03efa3c7c0d"},
    {"InitialMaxEpochsPerBlock", "u8", "02"},
    {0},
};

static const struct meta_storage commitments_storage[] = {
    {"CommitmentOf", "it", "(NetUid, AccountId32)", "Registration", NULL},
    {"LastCommitment", "it", "(NetUid, AccountId32)", "BlockNumber", NULL},
    {"RevealedCommitments", "it", "(NetUid, AccountId32)",
	"Vec<(Vec<u8>, u64)>", NULL},
    {"MaxSpace", "", NULL, "u32", "1c0c0000"},
    {0},
};

static const struct meta_constant commitments_constants[] = {
    {"MaxFields", "u32", "03000000"},
    {"InitialDeposit", "TaoBalance", ZERO8},
    {"FieldDeposit", "TaoBalance", ZERO8},
    {0},
};

/* beacon.c's public key, its period and genesis; the rest is quicknet's. */
static const char beacon_config[] =
    "8101acbaecd8f7a7392aca22088caac27db18516d9a997d0d8844c49568846798f4b5a25"
    "1ff043e18c3ebdbeff28e4345eee16df593e6c6e4734bd45973a126f248a1a69759a7e29"
    "a09a10dbedd4ae4c137696554c1abffabaa9ba62a0b95f82105f"
    "010000002721e664"
    "8052db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
    "80f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"
    "60626c732d756e636861696e65642d67312d72666339333830"
    "20717569636b6e6574";

static const struct meta_storage drand_storage[] = {
    {"BeaconConfig", "", NULL, "BeaconConfiguration", beacon_config},
    {"Pulses", "b", "u64", "Pulse", NULL},
    {"LastStoredRound", "", NULL, "u64", ZERO8},
    {"OldestStoredRound", "", NULL, "u64", ZERO8},
    {0},
};

const struct meta_pallet meta_pallets[] = {
    {"System", 0, "frame_system",
	"|0 remark{remark: Vec<u8>}|7 remark_with_event{remark: Vec<u8>}",
	"|ExtrinsicSuccess{dispatch_info: DispatchEventInfo}|"
	"ExtrinsicFailed{dispatch_error: DispatchError, "
	"dispatch_info: DispatchEventInfo}|CodeUpdated|"
	"NewAccount{account: AccountId32}|KilledAccount{account: AccountId32}|"
	"Remarked{sender: AccountId32, hash: H256}",
	"|InvalidSpecName|SpecVersionNeedsToIncrease|"
	"FailedToExtractRuntimeVersion|NonDefaultComposite|NonZeroRefCount|"
	"CallFiltered|MultiBlockMigrationsOngoing|NothingAuthorized|"
	"Unauthorized",
	system_storage, system_constants},
    {"Timestamp", 2, "pallet_timestamp", "|0 set{now: Compact<u64>}", NULL,
	NULL, timestamp_storage, timestamp_constants},
    {"Aura", 3, "pallet_aura", NULL, NULL, NULL, aura_storage, aura_constants},
    {"Balances", 5, "pallet_balances", NULL,
	"|0 Endowed{account: AccountId32, free_balance: TaoBalance}|"
	"2 Transfer{from: AccountId32, to: AccountId32, amount: TaoBalance}",
	"|VestingBalance|LiquidityRestrictions|InsufficientBalance|"
	"ExistentialDeposit|Expendability|ExistingVestingSchedule|DeadAccount|"
	"TooManyReserves|TooManyHolds|TooManyFreezes|IssuanceDeactivated|"
	"DeltaZero",
	balances_storage, balances_constants},
    {"TransactionPayment", 6, "pallet_transaction_payment", NULL,
	"|TransactionFeePaid{who: AccountId32, actual_fee: TaoBalance, "
	"tip: TaoBalance}",
	NULL, payment_storage, payment_constants},
    {"SubtensorModule", 7, "pallet_subtensor", meta_subtensor_calls,
	meta_subtensor_events, meta_subtensor_errors, meta_subtensor_storage,
	subtensor_constants},
    {"Commitments", 18, "pallet_commitments",
	"|0 set_commitment{netuid: NetUid, info: CommitmentInfo}",
	"|Commitment{netuid: NetUid, who: AccountId32}|"
	"TimelockCommitment{netuid: NetUid, who: AccountId32, "
	"reveal_round: u64}|"
	"CommitmentRevealed{netuid: NetUid, who: AccountId32}",
	"|TooManyFieldsInCommitmentInfo|AccountNotAllowedCommit|"
	"SpaceLimitExceeded|UnexpectedUnreserveLeftover",
	commitments_storage, commitments_constants},
    {"Drand", 26, "pallet_drand", NULL,
	"|BeaconConfigChanged|NewPulse{rounds: Vec<u64>}|"
	"SetOldestStoredRound(u64)",
	"|NoneValue|StorageOverflow|DrandConnectionFailure|UnverifiedPulse|"
	"InvalidRoundNumber|PulseVerificationError",
	drand_storage, NULL},
};

const size_t meta_n_pallets = COUNT(meta_pallets);

const struct meta_extension meta_extensions[] = {
    {"CheckNonZeroSender", "CheckNonZeroSender", "()"},
    {"CheckSpecVersion", "CheckSpecVersion", "u32"},
    {"CheckTxVersion", "CheckTxVersion", "u32"},
    {"CheckGenesis", "CheckGenesis", "H256"},
    {"CheckMortality", "CheckMortality", "H256"},
    {"CheckNonce", "CheckNonce", "()"},
    {"CheckWeight", "CheckWeight", "()"},
    {"ChargeTransactionPayment", "ChargeTransactionPayment", "()"},
    {"SudoTransactionExtension", "SudoTransactionExtension", "()"},
    {"CheckShieldedTxValidity", "CheckShieldedTxValidity", "()"},
    {"SubtensorTransactionExtension", "SubtensorTransactionExtension", "()"},
    {"DrandPriority", "DrandPriority", "()"},
    {"CheckMetadataHash", "CheckMetadataHash", "Option<[u8; 32]>"},
};

const size_t meta_n_extensions = COUNT(meta_extensions);

static const struct meta_method core_methods[] = {
    {"version", "{}", "RuntimeVersion"},
    {0},
};

static const struct meta_method metadata_methods[] = {
    {"metadata", "{}", "OpaqueMetadata"},
    {"metadata_at_version", "{version: u32}", "Option<OpaqueMetadata>"},
    {"metadata_versions", "{}", "Vec<u32>"},
    {0},
};

static const struct meta_method queue_methods[] = {
    {"validate_transaction",
	"{source: TransactionSource, tx: UncheckedExtrinsic, "
	"block_hash: H256}",
	"Result<ValidTransaction, TransactionValidityError>"},
    {0},
};

static const struct meta_method nonce_methods[] = {
    {"account_nonce", "{account: AccountId32}", "u32"},
    {0},
};

static const struct meta_method neuron_methods[] = {
    {"get_neurons", "{netuid: NetUid}", "Vec<NeuronInfo>"},
    {"get_neuron", "{netuid: NetUid, uid: u16}", "Option<NeuronInfo>"},
    {"get_neurons_lite", "{netuid: NetUid}", "Vec<NeuronInfoLite>"},
    {"get_neuron_lite", "{netuid: NetUid, uid: u16}", "Option<NeuronInfoLite>"},
    {0},
};

static const struct meta_method subnet_methods[] = {
    {"get_subnet_hyperparams", "{netuid: NetUid}", "Option<SubnetHyperparams>"},
    {"get_subnet_hyperparams_v3", "{netuid: NetUid}",
	"Option<Vec<HyperparamEntry>>"},
    {"get_metagraph", "{netuid: NetUid}", "Option<Metagraph>"},
    {"get_mechagraph", "{netuid: NetUid, mecid: MechId}", "Option<Metagraph>"},
    {"get_selective_metagraph", "{netuid: NetUid, metagraph_indexes: Vec<u16>}",
	"Option<SelectiveMetagraph>"},
    {"get_selective_mechagraph",
	"{netuid: NetUid, subid: MechId, metagraph_indexes: Vec<u16>}",
	"Option<SelectiveMetagraph>"},
    {"get_next_epoch_start_block", "{netuid: NetUid}", "Option<u64>"},
    {0},
};

static const struct meta_method stake_methods[] = {
    {"get_stake_info_for_hotkey_coldkey_netuid",
	"{hotkey_account: AccountId32, coldkey_account: AccountId32, "
	"netuid: NetUid}",
	"Option<StakeInfo>"},
    {0},
};

const struct meta_api meta_apis[] = {
    {"Core", 5, core_methods},
    {"Metadata", 2, metadata_methods},
    {"TaggedTransactionQueue", 3, queue_methods},
    {"AccountNonceApi", 1, nonce_methods},
    {"NeuronInfoRuntimeApi", 1, neuron_methods},
    {"SubnetInfoRuntimeApi", 2, subnet_methods},
    {"StakeInfoRuntimeApi", 1, stake_methods},
};

const size_t meta_n_apis = COUNT(meta_apis);
