/* Refusals by name. */
#include "weightsetter/refusal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* subtensor's custom errors of the pool, by number. */
static const char *const customs[] = {"ColdkeyInSwapSchedule",
    "StakeAmountTooLow", "BalanceTooLow", "SubnetNotExists",
    "HotkeyAccountDoesntExist", "NotEnoughStakeToWithdraw", "RateLimitExceeded",
    "InsufficientLiquidity", "SlippageTooHigh", "TransferDisallowed",
    "HotKeyNotRegisteredInNetwork", "InvalidIpAddress",
    "ServingRateLimitExceeded", "InvalidPort", "ZeroMaxAmount",
    "InvalidRevealRound", "CommitNotFound", "CommitBlockNotInRevealRange",
    "InputLengthsUnequal", "UidNotFound", "EvmKeyAssociateRateLimitExceeded",
    "ColdkeySwapDisputed", "InvalidRealAccount", "FailedShieldedTxParsing",
    "InvalidShieldedTxPubKeyHash", "NonAssociatedColdKey", "DelegateTakeTooLow",
    "DelegateTakeTooHigh"};

enum { N_CUSTOMS = sizeof(customs) / sizeof(customs[0]) };

static const struct {
	const char *data, *name;
} sentences[] = {
    {"Transaction is outdated", "Stale"},
    {"Transaction has a bad signature", "BadProof"},
    {"Transaction has an ancient birth block", "AncientBirthBlock"},
    {"Inability to pay some fees", "Payment"},
    {"Transaction call is not expected", "Call"},
    {"Transaction would exhaust the block limits", "ExhaustsResources"},
    {"Transaction will be valid in the future", "Future"},
    {"Invalid signing address", "BadSigner"},
    {"The implicit data was unable to be calculated", "IndeterminateImplicit"},
};

static const struct {
	int64_t code;
	const char *name;
} codes[] = {
    {1002, "Malformed"},
    {1010, "Invalid"},
    {1011, "UnknownValidity"},
    {1012, "TemporarilyBanned"},
    {1013, "AlreadyImported"},
    {1014, "TooLowPriority"},
    {1015, "CycleDetected"},
    {1016, "ImmediatelyDropped"},
};

enum { NONCE, RUNTIME, FLAG, ROUND, SIZE, ERA, FOREIGN };

/* By the name without its pallet. */
static const struct {
	const char *name;
	enum refusal_kind kind;
	int fault;
} judged[] = {
    {"Malformed", REFUSAL_ALARM, 0},
    {"Payment", REFUSAL_ALARM, 0},
    {"BadSigner", REFUSAL_ALARM, 0},
    {"cannot_build", REFUSAL_ALARM, 0},
    {"no_call", REFUSAL_ALARM, 0},
    {"ColdkeyInSwapSchedule", REFUSAL_ALARM, 0},
    {"ColdkeySwapDisputed", REFUSAL_ALARM, 0},
    {"SubnetNotExists", REFUSAL_ALARM, 0},
    {"HotkeyAccountDoesntExist", REFUSAL_ALARM, 0},
    {"HotKeyNotRegisteredInNetwork", REFUSAL_ALARM, 0},
    {"UidNotFound", REFUSAL_ALARM, 0},
    {"HotKeyNotRegisteredInSubNet", REFUSAL_ALARM, 0},
    {"MechanismDoesNotExist", REFUSAL_ALARM, 0},
    {"IncorrectWeightVersionKey", REFUSAL_ALARM, 0},
    {"InputLengthsUnequal", REFUSAL_LASTING, 0},
    {"CanNotSetRootNetworkWeights", REFUSAL_LASTING, 0},
    {"WeightVecNotEqualSize", REFUSAL_LASTING, 0},
    {"DuplicateUids", REFUSAL_LASTING, 0},
    {"MaxWeightExceeded", REFUSAL_LASTING, 0},
    {"read_back_differs", REFUSAL_LASTING, 0},
    {"InvalidRevealCommitHashNotMatch", REFUSAL_LASTING, 0},
    {"ExpiredWeightCommit", REFUSAL_LASTING, 0},
    /* Whether the chain has our commit, our own reading says. */
    {"CommitNotFound", REFUSAL_PASSING, 0},
    {"NoWeightsCommitFound", REFUSAL_PASSING, 0},
    {"Stale", REFUSAL_CHANGED, NONCE},
    {"foreign_nonce", REFUSAL_CHANGED, FOREIGN},
    {"BadProof", REFUSAL_CHANGED, RUNTIME},
    {"AncientBirthBlock", REFUSAL_CHANGED, ERA},
    {"CommitRevealEnabled", REFUSAL_CHANGED, FLAG},
    {"CommitRevealDisabled", REFUSAL_CHANGED, FLAG},
    {"IncorrectCommitRevealVersion", REFUSAL_CHANGED, FLAG},
    {"InvalidRevealRound", REFUSAL_CHANGED, ROUND},
    {"UidsLengthExceedUidsInSubNet", REFUSAL_CHANGED, SIZE},
    {"UidVecContainInvalidOne", REFUSAL_CHANGED, SIZE},
    {"WeightVecLengthIsLow", REFUSAL_CHANGED, SIZE},
    {"node", REFUSAL_HINDERED, 0},
    {"endpoints_disagree", REFUSAL_HINDERED, 0},
    {"endpoints_unsure", REFUSAL_HINDERED, 0},
    {"upgrade_in_flight", REFUSAL_HINDERED, 0},
    {"nonce_in_pool", REFUSAL_HINDERED, 0},
    {"uid_moved", REFUSAL_HINDERED, 0},
    {"clock_skew", REFUSAL_HINDERED, 0},
    {"epoch_border", REFUSAL_HINDERED, 0},
    {"tempo_too_short", REFUSAL_ALARM, 0},
    {"no_epoch", REFUSAL_ALARM, 0},
    {"another_under_way", REFUSAL_HINDERED, 0},
    {"not_written", REFUSAL_HINDERED, 0},
    {"commit_not_stored", REFUSAL_PASSING, 0},
    {"not_signed", REFUSAL_HINDERED, 0},
    {"never_sent", REFUSAL_HINDERED, 0},
    {"no_dry_run", REFUSAL_HINDERED, 0},
    {"era_over", REFUSAL_HINDERED, 0},
    {"runtime_over", REFUSAL_HINDERED, 0},
    {"ExhaustsResources", REFUSAL_HINDERED, 0},
    {"Future", REFUSAL_HINDERED, 0},
    {"TooLowPriority", REFUSAL_HINDERED, 0},
    {"ImmediatelyDropped", REFUSAL_HINDERED, 0},
    {"StakeAmountTooLow", REFUSAL_WAIT, 0},
    {"NotEnoughStakeToSetWeights", REFUSAL_WAIT, 0},
    {"NeuronNoValidatorPermit", REFUSAL_WAIT, 0},
    {"RateLimitExceeded", REFUSAL_WAIT, 0},
    {"SettingWeightsTooFast", REFUSAL_WAIT, 0},
    {"CommittingWeightsTooFast", REFUSAL_WAIT, 0},
    {"CommitBlockNotInRevealRange", REFUSAL_WAIT, 0},
    {"RevealTooEarly", REFUSAL_WAIT, 0},
    {"TooManyUnrevealedCommits", REFUSAL_EPOCH, 0},
    {"Call", REFUSAL_EPOCH, 0},
    {"CallFiltered", REFUSAL_EPOCH, 0},
    {"TemporarilyBanned", REFUSAL_UNCLEAR, 0},
    {"AlreadyImported", REFUSAL_UNCLEAR, 0},
};

enum { N_JUDGED = sizeof(judged) / sizeof(judged[0]) };

static void
name_custom(long number, char out[REFUSAL_MAX])
{
	if (number >= 0 && number < N_CUSTOMS)
		snprintf(out, REFUSAL_MAX, "%s", customs[number]);
	else
		snprintf(out, REFUSAL_MAX, "Custom%ld", number);
}

static const char *
name_of_code(int64_t code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].code == code)
			return codes[i].name;
	}
	return NULL;
}

void
refusal_of_submission(
    int64_t code, const char *message, const char *data, char out[REFUSAL_MAX])
{
	static const char custom[] = "Custom error: ";
	const char *name = name_of_code(code);

	if (strncmp(data, custom, sizeof(custom) - 1) == 0) {
		name_custom(strtol(data + sizeof(custom) - 1, NULL, 10), out);
		return;
	}
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (strstr(data, sentences[i].data) != NULL)
			name = sentences[i].name;
	}
	if (name != NULL)
		snprintf(out, REFUSAL_MAX, "%s", name);
	else
		snprintf(out, REFUSAL_MAX, "Node%lld: %.60s", (long long)code,
		    message);
}

void
refusal_of_validity(const json_t *err, char out[REFUSAL_MAX])
{
	void *outer = json_object_iter((json_t *)err);
	const json_t *inside =
	    outer == NULL ? NULL : json_object_iter_value(outer);
	void *inner = json_object_iter((json_t *)inside);
	const char *name = inner == NULL ? json_string_value(inside)
					 : json_object_iter_key(inner);
	const json_t *number =
	    inner == NULL ? NULL : json_object_iter_value(inner);

	if (name != NULL && strcmp(name, "Custom") == 0)
		name_custom((long)json_integer_value(number), out);
	else
		snprintf(out, REFUSAL_MAX, "%s",
		    name == NULL ? "UnknownValidity" : name);
}

/* Its place in the table, or N_JUDGED. */
static size_t
place_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t i = 0;

	if (dot != NULL)
		name = dot + 1;
	while (i < N_JUDGED && strcmp(judged[i].name, name) != 0)
		i++;
	return i;
}

enum refusal_kind
refusal_judge(const char *name)
{
	size_t i = place_of(name);

	return i < N_JUDGED ? judged[i].kind : REFUSAL_PASSING;
}

int
refusal_fault(const char *name)
{
	size_t i = place_of(name);

	return i < N_JUDGED ? judged[i].fault : 0;
}
