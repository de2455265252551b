/* The named types of the development chain's runtime. */
#include "tests/fake/devchain/meta_table.h"

#define C16 "Compact<u16>"
#define C64 "Compact<u64>"

/* The fields both forms of a neuron begin with, finney's order. */
#define NEURON_HEAD                                                            \
	"hotkey: AccountId32, coldkey: AccountId32, uid: " C16                 \
	", netuid: " C16 ", active: bool, axon_info: AxonInfo, "               \
	"prometheus_info: PrometheusInfo, stake: Vec<(AccountId32, " C64       \
	")>, rank: " C16 ", emission: " C64 ", incentive: " C16                \
	", consensus: " C16 ", trust: " C16 ", validator_trust: " C16          \
	", dividends: " C16 ", last_update: " C64 ", validator_permit: bool, "

const struct meta_type meta_types[] = {
    /* Newtypes that finney's metadata shows as the integer they hold. */
    {"NetUid", NULL, "=u16"},
    {"MechId", NULL, "=u8"},
    {"NetUidStorageIndex", NULL, "=u16"},
    {"TaoBalance", NULL, "=u64"},
    {"AlphaBalance", NULL, "=u64"},
    {"BlockNumber", NULL, "=u32"},
    {"Nonce", NULL, "=u32"},

    {"AccountId32", "sp_core::crypto::AccountId32", "([u8; 32])"},
    {"H256", "primitive_types::H256", "([u8; 32])"},
    {"MultiAddress", "sp_runtime::multiaddress::MultiAddress",
	"<AccountId: AccountId32, AccountIndex: ()>"
	"|Id(AccountId32)|Index(Compact<()>)|Raw(Vec<u8>)|"
	"Address32([u8; 32])|Address20([u8; 20])"},
    {"MultiSignature", "sp_runtime::MultiSignature",
	"|Ed25519([u8; 64])|Sr25519([u8; 64])|Ecdsa([u8; 65])"},
    {"Era", "sp_runtime::generic::era::Era", "@era"},
    {"UncheckedExtrinsic",
	"sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic",
	"<Address: MultiAddress, Call: RuntimeCall, "
	"Signature: MultiSignature, Extra: Extra>(Vec<u8>)"},

    {"Runtime", "node_subtensor_runtime::Runtime", "()"},

    {"ExtraFlags", "pallet_balances::types::ExtraFlags", "(u128)"},
    {"AccountData", "pallet_balances::types::AccountData",
	"{free: TaoBalance, reserved: TaoBalance, frozen: TaoBalance, "
	"flags: ExtraFlags}"},
    {"AccountInfo", "frame_system::AccountInfo",
	"{nonce: Nonce, consumers: u32, providers: u32, sufficients: u32, "
	"data: AccountData}"},
    {"Weight", "sp_weights::weight_v2::Weight",
	"{ref_time: " C64 ", proof_size: " C64 "}"},
    {"DispatchClass", "frame_support::dispatch::DispatchClass",
	"|Normal|Operational|Mandatory"},
    {"Pays", "frame_support::dispatch::Pays", "|Yes|No"},
    {"DispatchEventInfo", "frame_system::DispatchEventInfo",
	"{weight: Weight, class: DispatchClass, pays_fee: Pays}"},
    {"ModuleError", "sp_runtime::ModuleError", "{index: u8, error: [u8; 4]}"},
    {"TokenError", "sp_runtime::TokenError",
	"|FundsUnavailable|OnlyProvider|BelowMinimum|CannotCreate|"
	"UnknownAsset|Frozen|Unsupported|CannotCreateHold|NotExpendable|"
	"Blocked"},
    {"ArithmeticError", "sp_arithmetic::ArithmeticError",
	"|Underflow|Overflow|DivisionByZero"},
    {"TransactionalError", "sp_runtime::TransactionalError",
	"|LimitReached|NoLayer"},
    {"TrieError", "sp_runtime::proving_trie::TrieError",
	"|InvalidStateRoot|IncompleteDatabase|ValueAtIncompleteKey|"
	"DecoderError|InvalidHash|DuplicateKey|ExtraneousNode|"
	"ExtraneousValue|ExtraneousHashReference|InvalidChildReference|"
	"ValueMismatch|IncompleteProof|RootMismatch|DecodeError"},
    {"DispatchError", "sp_runtime::DispatchError",
	"|Other|CannotLookup|BadOrigin|Module(ModuleError)|"
	"ConsumerRemaining|NoProviders|TooManyConsumers|Token(TokenError)|"
	"Arithmetic(ArithmeticError)|Transactional(TransactionalError)|"
	"Exhausted|Corruption|Unavailable|RootNotAllowed|Trie(TrieError)"},
    {"Phase", "frame_system::Phase",
	"|ApplyExtrinsic(u32)|Finalization|Initialization"},
    {"EventRecord", "frame_system::EventRecord",
	"<E: RuntimeEvent, T: H256>"
	"{phase: Phase, event: RuntimeEvent, topics: Vec<H256>}"},
    {"LastRuntimeUpgradeInfo", "frame_system::LastRuntimeUpgradeInfo",
	"{spec_version: Compact<u32>, spec_name: str}"},
    {"RuntimeVersion", "sp_version::RuntimeVersion",
	"{spec_name: str, impl_name: str, authoring_version: u32, "
	"spec_version: u32, impl_version: u32, apis: Vec<([u8; 8], u32)>, "
	"transaction_version: u32, system_version: u8}"},
    {"RuntimeDbWeight", "sp_weights::RuntimeDbWeight",
	"{read: u64, write: u64}"},

    {"CheckNonZeroSender",
	"frame_system::extensions::check_non_zero_sender::CheckNonZeroSender",
	"()"},
    {"CheckSpecVersion",
	"frame_system::extensions::check_spec_version::CheckSpecVersion", "()"},
    {"CheckTxVersion",
	"frame_system::extensions::check_tx_version::CheckTxVersion", "()"},
    {"CheckGenesis", "frame_system::extensions::check_genesis::CheckGenesis",
	"()"},
    {"CheckMortality",
	"frame_system::extensions::check_mortality::CheckMortality", "(Era)"},
    {"CheckNonce", "node_subtensor_runtime::check_nonce::CheckNonce",
	"(Compact<u32>)"},
    {"CheckWeight", "frame_system::extensions::check_weight::CheckWeight",
	"()"},
    {"ChargeTransactionPayment",
	"node_subtensor_runtime::transaction_payment_wrapper::"
	"ChargeTransactionPaymentWrapper",
	"(" C64 ")"},
    {"SudoTransactionExtension",
	"node_subtensor_runtime::sudo_wrapper::SudoTransactionExtension", "()"},
    {"CheckShieldedTxValidity",
	"pallet_shield::extension::CheckShieldedTxValidity", "()"},
    {"SubtensorTransactionExtension",
	"pallet_subtensor::extensions::subtensor::"
	"SubtensorTransactionExtension",
	"()"},
    {"DrandPriority", "pallet_drand::drand_priority::DrandPriority", "()"},
    {"Mode", "frame_metadata_hash_extension::Mode", "|Disabled|Enabled"},
    {"CheckMetadataHash", "frame_metadata_hash_extension::CheckMetadataHash",
	"{mode: Mode}"},

    {"OpaqueMetadata", "sp_core::OpaqueMetadata", "(Vec<u8>)"},
    {"TransactionSource", "sp_runtime::transaction_validity::TransactionSource",
	"|InBlock|Local|External"},
    {"ValidTransaction", "sp_runtime::transaction_validity::ValidTransaction",
	"{priority: u64, requires: Vec<Vec<u8>>, provides: Vec<Vec<u8>>, "
	"longevity: u64, propagate: bool}"},
    {"InvalidTransaction",
	"sp_runtime::transaction_validity::InvalidTransaction",
	"|Call|Payment|Future|Stale|BadProof|AncientBirthBlock|"
	"ExhaustsResources|Custom(u8)|BadMandatory|MandatoryValidation|"
	"BadSigner|IndeterminateImplicit|UnknownOrigin"},
    {"UnknownTransaction",
	"sp_runtime::transaction_validity::UnknownTransaction",
	"|CannotLookup|NoUnsignedValidator|Custom(u8)"},
    {"TransactionValidityError",
	"sp_runtime::transaction_validity::TransactionValidityError",
	"|Invalid(InvalidTransaction)|Unknown(UnknownTransaction)"},

    {"AxonInfo", "pallet_subtensor::pallet::AxonInfo",
	"{block: u64, version: u32, ip: u128, port: u16, ip_type: u8, "
	"protocol: u8, placeholder1: u8, placeholder2: u8}"},
    {"PrometheusInfo", "pallet_subtensor::pallet::PrometheusInfo",
	"{block: u64, version: u32, ip: u128, port: u16, ip_type: u8}"},
    {"SubnetIdentityV3", "pallet_subtensor::pallet::SubnetIdentityV3",
	"{subnet_name: Vec<u8>, github_repo: Vec<u8>, "
	"subnet_contact: Vec<u8>, subnet_url: Vec<u8>, discord: Vec<u8>, "
	"description: Vec<u8>, logo_url: Vec<u8>, additional: Vec<u8>}"},
    {"ChainIdentityV2", "pallet_subtensor::pallet::ChainIdentityV2",
	"{name: Vec<u8>, url: Vec<u8>, github_repo: Vec<u8>, "
	"image: Vec<u8>, discord: Vec<u8>, description: Vec<u8>, "
	"additional: Vec<u8>}"},
    {"FixedI128", "substrate_fixed::FixedI128", "{bits: i128}"},
    {"FixedU128", "substrate_fixed::FixedU128", "{bits: u128}"},
    {"FixedI64", "substrate_fixed::FixedI64", "{bits: i64}"},
    {"LockState", "pallet_subtensor::staking::lock::LockState",
	"{locked_mass: AlphaBalance, conviction: FixedU128, "
	"last_update: u64}"},
    {"SafeFloat", "share_pool::SafeFloat", "{mantissa: u128, exponent: i64}"},
    {"NeuronInfo", "pallet_subtensor::rpc_info::neuron_info::NeuronInfo",
	"{" NEURON_HEAD "weights: Vec<(" C16 ", " C16 ")>, bonds: Vec<(" C16
	", " C16 ")>, pruning_score: " C16 "}"},
    {"NeuronInfoLite",
	"pallet_subtensor::rpc_info::neuron_info::NeuronInfoLite",
	"{" NEURON_HEAD "pruning_score: " C16 "}"},
    {"SubnetHyperparams",
	"pallet_subtensor::rpc_info::subnet_info::SubnetHyperparams",
	"@hyperparams"},
    {"HyperparamValue",
	"pallet_subtensor::rpc_info::subnet_info::HyperparamValue",
	"|Bool(bool)|U16(" C16 ")|U32(Compact<u32>)|U64(" C64
	")|U128(Compact<u128>)|TaoBalance(" C64
	")|I32F32(FixedI64)|U64F64(FixedU128)"},
    {"HyperparamEntry",
	"pallet_subtensor::rpc_info::subnet_info::HyperparamEntry",
	"{name: Vec<u8>, value: HyperparamValue}"},
    {"Metagraph", "pallet_subtensor::rpc_info::metagraph::Metagraph",
	"@metagraph"},
    {"SelectiveMetagraph",
	"pallet_subtensor::rpc_info::metagraph::SelectiveMetagraph",
	"@selective"},
    {"StakeInfo", "pallet_subtensor::rpc_info::stake_info::StakeInfo",
	"{hotkey: AccountId32, coldkey: AccountId32, netuid: " C16
	", stake: " C64 ", locked: " C64 ", emission: " C64
	", tao_emission: " C64 ", drain: " C64 ", is_registered: bool}"},

    {"Data", "pallet_commitments::types::Data", "@data"},
    {"CommitmentInfo", "pallet_commitments::types::CommitmentInfo",
	"{fields: BoundedVec<Data>}"},
    {"Registration", "pallet_commitments::types::Registration",
	"{deposit: TaoBalance, block: BlockNumber, info: CommitmentInfo}"},

    {"BeaconMetadata", "pallet_drand::types::Metadata",
	"{beacon_id: BoundedVec<u8>}"},
    {"BeaconConfiguration", "pallet_drand::types::BeaconConfiguration",
	"{public_key: BoundedVec<u8>, period: u32, genesis_time: u32, "
	"hash: BoundedVec<u8>, group_hash: BoundedVec<u8>, "
	"scheme_id: BoundedVec<u8>, metadata: BeaconMetadata}"},
    {"Pulse", "pallet_drand::types::Pulse",
	"{round: u64, randomness: BoundedVec<u8>, signature: BoundedVec<u8>}"},
};

const size_t meta_n_types = sizeof(meta_types) / sizeof(meta_types[0]);
