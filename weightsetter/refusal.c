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

/* Those that the same vector would meet again, by the name without its
 * pallet. Anything else may pass. */
static const char *const lasting[] = {"Malformed", "Payment", "BadSigner",
    "ColdkeyInSwapSchedule", "StakeAmountTooLow", "SubnetNotExists",
    "HotKeyNotRegisteredInNetwork", "InputLengthsUnequal", "UidNotFound",
    "ColdkeySwapDisputed", "CommitRevealEnabled", "CanNotSetRootNetworkWeights",
    "WeightVecNotEqualSize", "MechanismDoesNotExist",
    "UidsLengthExceedUidsInSubNet", "HotKeyNotRegisteredInSubNet",
    "NotEnoughStakeToSetWeights", "IncorrectWeightVersionKey",
    "NeuronNoValidatorPermit", "DuplicateUids", "UidVecContainInvalidOne",
    "WeightVecLengthIsLow", "MaxWeightExceeded", "read_back_differs"};

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

enum refusal_kind
refusal_judge(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (strcmp(name, "TemporarilyBanned") == 0 ||
	    strcmp(name, "AlreadyImported") == 0)
		return REFUSAL_UNCLEAR;
	if (dot != NULL)
		name = dot + 1;
	for (size_t i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++) {
		if (strcmp(name, lasting[i]) == 0)
			return REFUSAL_LASTING;
	}
	return REFUSAL_PASSING;
}
