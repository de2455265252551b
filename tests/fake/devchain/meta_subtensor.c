/*
 * SubtensorModule's calls, events, errors and storage: those the suite meets,
 * all errors, under the names and indices of finney at spec 424. The crv3
 * commits are those of runtimes before, see older.h.
 */
#include "tests/fake/devchain/meta_table.h"

#define ZERO8 "0000000000000000"
#define ZERO32 ZERO8 ZERO8 ZERO8 ZERO8
#define HOTKEY_NET "(AccountId32, NetUid)"
#define NET_HOTKEY "(NetUid, AccountId32)"
#define AXON_ARGS                                                              \
	"netuid: NetUid, version: u32, ip: u128, port: u16, ip_type: u8, "     \
	"protocol: u8, placeholder1: u8, placeholder2: u8"
#define REVEAL_ARGS                                                            \
	"uids: Vec<u16>, values: Vec<u16>, salt: Vec<u16>, version_key: u64"

const char meta_subtensor_calls[] =
    "|0 set_weights{netuid: NetUid, dests: Vec<u16>, weights: Vec<u16>, "
    "version_key: u64}"
    "|4 serve_axon{" AXON_ARGS "}"
    "|96 commit_weights{netuid: NetUid, commit_hash: H256}"
    "|97 reveal_weights{netuid: NetUid, " REVEAL_ARGS "}"
    "|99 commit_crv3_weights{netuid: NetUid, commit: BoundedVec<u8>, "
    "reveal_round: u64}"
    "|113 commit_timelocked_weights{netuid: NetUid, commit: BoundedVec<u8>, "
    "reveal_round: u64, commit_reveal_version: u16}"
    "|115 commit_mechanism_weights{netuid: NetUid, mecid: MechId, "
    "commit_hash: H256}"
    "|116 reveal_mechanism_weights{netuid: NetUid, mecid: MechId, " REVEAL_ARGS
    "}"
    "|117 commit_crv3_mechanism_weights{netuid: NetUid, mecid: MechId, "
    "commit: BoundedVec<u8>, reveal_round: u64}"
    "|118 commit_timelocked_mechanism_weights{netuid: NetUid, mecid: MechId, "
    "commit: BoundedVec<u8>, reveal_round: u64, commit_reveal_version: u16}"
    "|119 set_mechanism_weights{netuid: NetUid, mecid: MechId, "
    "dests: Vec<u16>, weights: Vec<u16>, version_key: u64}";

const char meta_subtensor_events[] =
    "|0 NetworkAdded(NetUid, u16)"
    "|5 WeightsSet(NetUidStorageIndex, u16)"
    "|NeuronRegistered(NetUid, u16, AccountId32)"
    "|19 MinAllowedWeightSet(NetUid, u16)"
    "|22 WeightsSetRateLimitSet(NetUid, u64)"
    "|28 AxonServed(NetUid, AccountId32)"
    "|32 WeightsVersionKeySet(NetUid, u64)"
    "|52 TempoSet(NetUid, u16)"
    "|54 StakeThresholdSet(u64)"
    "|85 WeightsCommitted(AccountId32, NetUidStorageIndex, H256)"
    "|WeightsRevealed(AccountId32, NetUidStorageIndex, H256)"
    "|100 CommitRevealPeriodsSet(NetUid, u64)"
    "|CommitRevealEnabled(NetUid, bool)"
    "|106 CommitRevealVersionSet(u16)"
    "|TimelockedWeightsCommitted(AccountId32, NetUidStorageIndex, H256, u64)"
    "|TimelockedWeightsRevealed(NetUidStorageIndex, AccountId32)"
    "|131 EpochTriggered{netuid: NetUid, by: AccountId32, fires_at: u64}"
    "|EpochDeferred{netuid: NetUid, from_block: u64, to_block: u64}";

const char meta_subtensor_errors[] =
    "|RootNetworkDoesNotExist|InvalidIpType|InvalidIpAddress|InvalidPort"
    "|HotKeyNotRegisteredInSubNet|HotKeyAccountNotExists"
    "|HotKeyNotRegisteredInNetwork|NonAssociatedColdKey|NotEnoughStake"
    "|NotEnoughStakeToWithdraw|NotEnoughStakeToSetWeights"
    "|NotEnoughStakeToSetChildkeys|NotEnoughBalanceToStake"
    "|BalanceWithdrawalError|ZeroBalanceAfterWithdrawn"
    "|NeuronNoValidatorPermit|WeightVecNotEqualSize|DuplicateUids"
    "|UidVecContainInvalidOne|WeightVecLengthIsLow"
    "|TooManyRegistrationsThisBlock|HotKeyAlreadyRegisteredInSubNet"
    "|NewHotKeyIsSameWithOld|NewHotKeyNotCleanForRootSwap"
    "|InvalidWorkBlock|InvalidDifficulty|InvalidSeal|MaxWeightExceeded"
    "|HotKeyAlreadyDelegate|SettingWeightsTooFast"
    "|IncorrectWeightVersionKey|ServingRateLimitExceeded"
    "|UidsLengthExceedUidsInSubNet|NetworkTxRateLimitExceeded"
    "|DelegateTxRateLimitExceeded|HotKeySetTxRateLimitExceeded"
    "|StakingRateLimitExceeded|SubNetRegistrationDisabled"
    "|TooManyRegistrationsThisInterval|TransactorAccountShouldBeHotKey"
    "|FaucetDisabled|NotSubnetOwner|RegistrationNotPermittedOnRootSubnet"
    "|StakeTooLowForRoot|AllNetworksInImmunity"
    "|NotEnoughBalanceToPaySwapHotKey|NotRootSubnet"
    "|CanNotSetRootNetworkWeights|NoNeuronIdAvailable|DelegateTakeTooLow"
    "|DelegateTakeTooHigh|NoWeightsCommitFound"
    "|InvalidRevealCommitHashNotMatch|CommitRevealEnabled"
    "|CommitRevealDisabled|LiquidAlphaDisabled|AlphaHighTooLow"
    "|AlphaLowOutOfRange|ColdKeyAlreadyAssociated"
    "|NotEnoughBalanceToPaySwapColdKey|InvalidChild|DuplicateChild"
    "|ProportionOverflow|TooManyChildren|TxRateLimitExceeded"
    "|ColdkeySwapAnnouncementNotFound|ColdkeySwapTooEarly"
    "|ColdkeySwapReannouncedTooEarly|AnnouncedColdkeyHashDoesNotMatch"
    "|ColdkeySwapAlreadyDisputed|NewColdKeyIsHotkey|InvalidChildkeyTake"
    "|TxChildkeyTakeRateLimitExceeded|InvalidIdentity"
    "|MechanismDoesNotExist|StakeUnavailable|SubnetNotExists"
    "|TooManyUnrevealedCommits|ExpiredWeightCommit|RevealTooEarly"
    "|InputLengthsUnequal|CommittingWeightsTooFast|AmountTooLow"
    "|InsufficientLiquidity|SlippageTooHigh|TransferDisallowed"
    "|ActivityCutoffTooLow|CallDisabled"
    "|FirstEmissionBlockNumberAlreadySet|NeedWaitingMoreBlocksToStarCall"
    "|NotEnoughAlphaOutToRecycle|CannotBurnOrRecycleOnRootSubnet"
    "|UnableToRecoverPublicKey|InvalidRecoveredPublicKey|SubtokenDisabled"
    "|HotKeySwapOnSubnetIntervalNotPassed|SameNetuid|InsufficientBalance"
    "|InvalidLeaseBeneficiary|LeaseCannotEndInThePast|LeaseNetuidNotFound"
    "|LeaseDoesNotExist|LeaseHasNoEndBlock|LeaseHasNotEnded|Overflow"
    "|BeneficiaryDoesNotOwnHotkey|ExpectedBeneficiaryOrigin"
    "|AdminActionProhibitedDuringWeightsWindow|SymbolDoesNotExist"
    "|SymbolAlreadyInUse|IncorrectCommitRevealVersion|InvalidRevealRound"
    "|RevealPeriodTooLarge|RevealPeriodTooSmall|InvalidValue"
    "|SubnetLimitReached|CannotAffordLockCost"
    "|EvmKeyAssociateRateLimitExceeded|SameAutoStakeHotkeyAlreadySet"
    "|UidMapCouldNotBeCleared|TrimmingWouldExceedMaxImmunePercentage"
    "|ChildParentInconsistency|InvalidNumRootClaim"
    "|InvalidRootClaimThreshold|InvalidSubnetNumber"
    "|TooManyUIDsPerMechanism|VotingPowerTrackingNotEnabled"
    "|InvalidVotingPowerEmaAlpha|Deprecated|AddStakeBurnRateLimitExceeded"
    "|ColdkeySwapAnnounced|ColdkeySwapDisputed|ColdkeySwapClearTooEarly"
    "|DisabledTemporarily|RegistrationPriceLimitExceeded"
    "|LockHotkeyMismatch|InsufficientStakeForLock|NoExistingLock"
    "|ActiveLockExists|CannotUseSystemAccount|UnlockAmountTooHigh"
    "|TempoOutOfBounds|ActivityCutoffFactorMilliOutOfBounds"
    "|EpochTriggerAlreadyPending|AutoEpochAlreadyImminent"
    "|DynamicTempoBlockedByCommitReveal|AccountRejectsLockedAlpha";

const struct meta_storage meta_subtensor_storage[] = {
    {"TaoWeight", "", NULL, "u64", "fc62e03efa3c7c0d"},
    {"StakeThreshold", "", NULL, "u64", ZERO8},
    {"CommitRevealWeightsVersion", "", NULL, "u16", "0400"},
    {"MaxEpochsPerBlock", "", NULL, "u8", "02"},
    {"MaxMechanismCount", "", NULL, "MechId", "02"},
    {"TotalNetworks", "", NULL, "u16", "0000"},
    {"TotalIssuance", "", NULL, "TaoBalance", ZERO8},
    {"TotalStake", "", NULL, "TaoBalance", ZERO8},
    {"Owner", "b", "AccountId32", "AccountId32", ZERO32},
    {"OwnedHotkeys", "b", "AccountId32", "Vec<AccountId32>", "00"},
    {"Delegates", "b", "AccountId32", "u16", "142e"},
    {"TotalHotkeyAlpha", "bi", HOTKEY_NET, "AlphaBalance", ZERO8},
    {"TotalHotkeyShares", "bi", HOTKEY_NET, "FixedU128", ZERO8 ZERO8},
    {"Alpha", "bbi", "(AccountId32, AccountId32, NetUid)", "FixedU128",
	ZERO8 ZERO8},
    {"AlphaV2", "bbi", "(AccountId32, AccountId32, NetUid)", "SafeFloat",
	ZERO8 ZERO8 ZERO8},
    {"Lock", "bib", "(AccountId32, NetUid, AccountId32)", "LockState", NULL},
    {"HotkeyLock", "ib", NET_HOTKEY, "LockState", NULL},
    {"DecayingHotkeyLock", "ib", NET_HOTKEY, "LockState", NULL},
    {"OwnerLock", "i", "NetUid", "LockState", NULL},
    {"DecayingOwnerLock", "i", "NetUid", "LockState", NULL},
    {"DecayingLock", "bi", HOTKEY_NET, "bool", NULL},
    {"MaturityRate", "", NULL, "u64", "d2430e0000000000"},
    {"UnlockRate", "", NULL, "u64", "d2430e0000000000"},
    {"ChildKeys", "bi", HOTKEY_NET, "Vec<(u64, AccountId32)>", "00"},
    {"ParentKeys", "bi", HOTKEY_NET, "Vec<(u64, AccountId32)>", "00"},
    {"TokenSymbol", "i", "NetUid", "Vec<u8>", "10f09d9c8f"},
    {"SubnetMovingPrice", "i", "NetUid", "FixedI128", ZERO8 ZERO8},
    {"SubnetVolume", "i", "NetUid", "u128", ZERO8 ZERO8},
    {"SubnetTAO", "i", "NetUid", "TaoBalance", ZERO8},
    {"SubnetAlphaIn", "i", "NetUid", "AlphaBalance", ZERO8},
    {"SubnetAlphaOut", "i", "NetUid", "AlphaBalance", ZERO8},
    {"SubnetAlphaInEmission", "i", "NetUid", "AlphaBalance", ZERO8},
    {"SubnetAlphaOutEmission", "i", "NetUid", "AlphaBalance", ZERO8},
    {"SubnetTaoInEmission", "i", "NetUid", "TaoBalance", ZERO8},
    {"SubnetIdentitiesV3", "b", "NetUid", "SubnetIdentityV3", NULL},
    {"IdentitiesV2", "b", "AccountId32", "ChainIdentityV2", NULL},

    {"NetworksAdded", "i", "NetUid", "bool", "00"},
    {"IsNetworkMember", "bi", HOTKEY_NET, "bool", "00"},
    {"SubnetworkN", "i", "NetUid", "u16", "0000"},
    {"SubnetOwner", "i", "NetUid", "AccountId32", ZERO32},
    {"SubnetOwnerHotkey", "i", "NetUid", "AccountId32", ZERO32},
    {"NetworkRegisteredAt", "i", "NetUid", "u64", ZERO8},
    {"FirstEmissionBlockNumber", "i", "NetUid", "u64", NULL},
    {"MechanismCountCurrent", "t", "NetUid", "MechId", "01"},

    {"Tempo", "i", "NetUid", "u16", "6801"},
    {"LastEpochBlock", "i", "NetUid", "u64", ZERO8},
    {"PendingEpochAt", "i", "NetUid", "u64", ZERO8},
    {"SubnetEpochIndex", "i", "NetUid", "u64", ZERO8},
    {"BlocksSinceLastStep", "i", "NetUid", "u64", ZERO8},
    {"LastMechansimStepBlock", "i", "NetUid", "u64", ZERO8},
    {"RevealPeriodEpochs", "t", "NetUid", "u64", "0100000000000000"},

    {"Rho", "i", "NetUid", "u16", "0a00"},
    {"Kappa", "i", "NetUid", "u16", "ff7f"},
    {"ImmunityPeriod", "i", "NetUid", "u16", "0010"},
    {"ActivityCutoff", "i", "NetUid", "u16", "8813"},
    {"MaxWeightsLimit", "i", "NetUid", "u16", "ffff"},
    {"MinAllowedWeights", "i", "NetUid", "u16", "0004"},
    {"MaxAllowedUids", "i", "NetUid", "u16", "0001"},
    {"MaxAllowedValidators", "i", "NetUid", "u16", "8000"},
    {"WeightsVersionKey", "i", "NetUid", "u64", ZERO8},
    {"WeightsSetRateLimit", "i", "NetUid", "u64", "6400000000000000"},
    {"CommitRevealWeightsEnabled", "i", "NetUid", "bool", "01"},
    {"ServingRateLimit", "i", "NetUid", "u64", "3200000000000000"},
    {"AdjustmentInterval", "i", "NetUid", "u16", "6400"},
    {"AdjustmentAlpha", "i", "NetUid", "u64", ZERO8},
    {"BondsMovingAverage", "i", "NetUid", "u64", "a0bb0d0000000000"},
    {"TargetRegistrationsPerInterval", "i", "NetUid", "u16", "0200"},
    {"MaxRegistrationsPerBlock", "i", "NetUid", "u16", "0100"},
    {"NetworkRegistrationAllowed", "i", "NetUid", "bool", "01"},
    {"NetworkPowRegistrationAllowed", "i", "NetUid", "bool", "01"},
    {"Burn", "i", "NetUid", "TaoBalance", "00e1f50500000000"},
    {"MinBurn", "i", "NetUid", "TaoBalance", "20a1070000000000"},
    {"MaxBurn", "i", "NetUid", "TaoBalance", "00e8764817000000"},
    {"Difficulty", "i", "NetUid", "u64", "8096980000000000"},
    {"MinDifficulty", "i", "NetUid", "u64", "8096980000000000"},
    {"MaxDifficulty", "i", "NetUid", "u64", "ffffffffffffff3f"},
    {"LiquidAlphaOn", "b", "NetUid", "bool", "00"},
    {"AlphaValues", "i", "NetUid", "(u16, u16)", "33b366e6"},

    {"Uids", "ib", NET_HOTKEY, "u16", NULL},
    {"Keys", "ii", "(NetUid, u16)", "AccountId32", ZERO32},
    {"BlockAtRegistration", "ii", "(NetUid, u16)", "u64", ZERO8},
    {"Axons", "ib", NET_HOTKEY, "AxonInfo", NULL},
    {"Prometheus", "ib", NET_HOTKEY, "PrometheusInfo", NULL},
    {"Active", "i", "NetUid", "Vec<bool>", "00"},
    {"ValidatorPermit", "i", "NetUid", "Vec<bool>", "00"},
    {"Consensus", "i", "NetUid", "Vec<u16>", "00"},
    {"Dividends", "i", "NetUid", "Vec<u16>", "00"},
    {"ValidatorTrust", "i", "NetUid", "Vec<u16>", "00"},
    {"Emission", "i", "NetUid", "Vec<AlphaBalance>", "00"},
    {"Incentive", "i", "NetUidStorageIndex", "Vec<u16>", "00"},
    {"LastUpdate", "i", "NetUidStorageIndex", "Vec<u64>", "00"},
    {"Weights", "ii", "(NetUidStorageIndex, u16)", "Vec<(u16, u16)>", "00"},
    {"Bonds", "ii", "(NetUidStorageIndex, u16)", "Vec<(u16, u16)>", "00"},
    {"WeightCommits", "tt", "(NetUidStorageIndex, AccountId32)",
	"Vec<(H256, u64, u64, u64)>", NULL},
    {"TimelockedWeightCommits", "tt", "(NetUidStorageIndex, u64)",
	"Vec<(AccountId32, u64, BoundedVec<u8>, u64)>", "00"},
    {"CRV3WeightCommits", "tt", "(NetUidStorageIndex, u64)",
	"Vec<(AccountId32, BoundedVec<u8>, u64)>", "00"},
    {0},
};
