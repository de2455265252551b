/* Names of refusals, statuses of a watched transaction, and patience. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "weightsetter/refusal.c"
#include "weightsetter/retry.c"
#include "weightsetter/status.c"

static void
submissions_by_code_and_data(void **state)
{
	static const struct {
		int64_t code;
		const char *message, *data, *name;
		enum refusal_kind kind;
	} cases[] = {
	    {1010, "Invalid Transaction", "Custom error: 6",
		"RateLimitExceeded", REFUSAL_WAIT},
	    {1010, "Invalid Transaction", "Custom error: 1",
		"StakeAmountTooLow", REFUSAL_WAIT},
	    {1010, "Invalid Transaction", "Custom error: 19", "UidNotFound",
		REFUSAL_ALARM},
	    {1010, "Invalid Transaction", "Custom error: 15",
		"InvalidRevealRound", REFUSAL_CHANGED},
	    {1010, "Invalid Transaction", "Custom error: 16", "CommitNotFound",
		REFUSAL_PASSING},
	    {1010, "Invalid Transaction", "Custom error: 17",
		"CommitBlockNotInRevealRange", REFUSAL_WAIT},
	    {1010, "Invalid Transaction", "Custom error: 255", "Custom255",
		REFUSAL_PASSING},
	    {1010, "Invalid Transaction", "Transaction is outdated", "Stale",
		REFUSAL_CHANGED},
	    {1010, "Invalid Transaction", "Transaction has a bad signature",
		"BadProof", REFUSAL_CHANGED},
	    {1010, "Invalid Transaction",
		"Transaction has an ancient birth block", "AncientBirthBlock",
		REFUSAL_CHANGED},
	    {1010, "Invalid Transaction",
		"Inability to pay some fees (e.g. account balance too low)",
		"Payment", REFUSAL_ALARM},
	    {1010, "Invalid Transaction", "Transaction call is not expected",
		"Call", REFUSAL_EPOCH},
	    {1012, "Transaction is temporarily banned", "", "TemporarilyBanned",
		REFUSAL_UNCLEAR},
	    {1013, "Transaction Already Imported", "", "AlreadyImported",
		REFUSAL_UNCLEAR},
	    {1014, "Priority is too low: (1 vs 1)",
		"The transaction has too low priority", "TooLowPriority",
		REFUSAL_HINDERED},
	    {1016, "Immediately Dropped", "", "ImmediatelyDropped",
		REFUSAL_HINDERED},
	    {1002, "Verification Error: Runtime error", "", "Malformed",
		REFUSAL_ALARM},
	    {-32601, "Method not found", "", "Node-32601: Method not found",
		REFUSAL_PASSING},
	};
	char name[REFUSAL_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		refusal_of_submission(
		    cases[i].code, cases[i].message, cases[i].data, name);
		assert_string_equal(name, cases[i].name);
		assert_int_equal(refusal_judge(name), cases[i].kind);
	}
}

static void
validities_of_either_form(void **state)
{
	static const struct {
		const char *json, *name;
	} cases[] = {
	    {"{\"Invalid\":{\"Custom\":6}}", "RateLimitExceeded"},
	    {"{\"Invalid\":{\"Stale\":null}}", "Stale"},
	    {"{\"Invalid\":\"BadProof\"}", "BadProof"},
	    {"{\"Unknown\":{\"CannotLookup\":null}}", "CannotLookup"},
	    {"{\"Invalid\":{\"Custom\":77}}", "Custom77"},
	    {"{}", "UnknownValidity"},
	    {"null", "UnknownValidity"},
	};
	char name[REFUSAL_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);

		refusal_of_validity(json, name);
		assert_string_equal(name, cases[i].name);
		json_decref(json);
	}
}

static void
dispatch_errors_are_judged_without_their_pallet(void **state)
{
	static const struct {
		const char *name;
		enum refusal_kind kind;
	} cases[] = {
	    {"SubtensorModule.SettingWeightsTooFast", REFUSAL_WAIT},
	    {"SubtensorModule.CommitRevealEnabled", REFUSAL_CHANGED},
	    {"SubtensorModule.IncorrectWeightVersionKey", REFUSAL_ALARM},
	    {"BadOrigin", REFUSAL_PASSING},
	    {"era_over", REFUSAL_HINDERED},
	    {"foreign_nonce", REFUSAL_CHANGED},
	    {"System.CallFiltered", REFUSAL_EPOCH},
	    {"SubtensorModule.HotKeyNotRegisteredInSubNet", REFUSAL_ALARM},
	    {"SubtensorModule.TooManyUnrevealedCommits", REFUSAL_EPOCH},
	    {"SubtensorModule.ExpiredWeightCommit", REFUSAL_LASTING},
	    {"SubtensorModule.SomethingNew", REFUSAL_PASSING},
	    {"read_back_differs", REFUSAL_LASTING},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(refusal_judge(cases[i].name), cases[i].kind);
}

#define HASH                                                                   \
	"0x0123456789012345678901234567890123456789012345678901234567890123"

static void
statuses_are_events(void **state)
{
	static const struct {
		const char *json;
		int event;
		bool has_hash;
	} cases[] = {
	    {"\"future\"", LEDGER_SENT, false},
	    {"\"ready\"", LEDGER_SENT, false},
	    {"{\"broadcast\":[\"p\"]}", LEDGER_SENT, false},
	    {"{\"inBlock\":\"" HASH "\"}", LEDGER_IN_BLOCK, true},
	    {"{\"retracted\":\"" HASH "\"}", LEDGER_RETRACTED, false},
	    {"{\"finalized\":\"" HASH "\"}", LEDGER_FINALITY, true},
	    {"{\"finalityTimeout\":\"" HASH "\"}", LEDGER_LOSS, false},
	    {"{\"usurped\":\"" HASH "\"}", LEDGER_LOSS, false},
	    {"\"dropped\"", LEDGER_LOSS, false},
	    {"\"invalid\"", LEDGER_LOSS, false},
	    {"{\"finalized\":\"0x12\"}", LEDGER_LOSS, false},
	    {"\"finalized\"", LEDGER_LOSS, false},
	    {"\"news\"", -1, false},
	    {"{}", -1, false},
	    {"7", -1, false},
	};
	char hash[SNAPSHOT_HASH];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);

		assert_int_equal(status_event(json, hash), cases[i].event);
		assert_string_equal(hash, cases[i].has_hash ? HASH : "");
		json_decref(json);
	}
}

/* What has changed is one of a few things, and each has its one try. */
static void
faults_that_heal_at_once_are_told_apart(void **state)
{
	static const char *const same[][2] = {
	    {"SubtensorModule.CommitRevealEnabled", "CommitRevealDisabled"},
	    {"UidVecContainInvalidOne", "WeightVecLengthIsLow"}};
	static const char *const others[] = {"Stale", "BadProof",
	    "AncientBirthBlock", "CommitRevealEnabled", "InvalidRevealRound",
	    "UidVecContainInvalidOne", "foreign_nonce"};
	uint32_t seen = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    refusal_fault(same[i][0]), refusal_fault(same[i][1]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(refusal_judge(others[i]), REFUSAL_CHANGED);
		assert_false(seen & 1u << refusal_fault(others[i]));
		seen |= 1u << refusal_fault(others[i]);
	}
}

/* -- patience ------------------------------------------------------------ */

static void
patience_with_refusals_doubles_and_ends(void **state)
{
	static const uint64_t waits[] = {1, 2, 4, 8, 16, 32, 32, 32};
	struct retry r;
	uint64_t block = 100;

	(void)state;
	retry_reset(&r);
	assert_true(retry_may(&r, 0));
	for (int i = 0; i < RETRY_MOST; i++) {
		assert_int_equal(retry_refused(&r, block, RETRY_LONGEST),
		    i + 1 < RETRY_MOST);
		assert_false(retry_may(&r, block + waits[i] - 1));
		assert_true(retry_may(&r, block + waits[i]));
		block += waits[i];
	}
}

static void
patience_with_ourselves_does_not_end(void **state)
{
	struct retry r;
	uint64_t block = 100;

	(void)state;
	retry_reset(&r);
	for (int i = 0; i < 100; i++) {
		retry_hindered(&r, block, 5);
		assert_false(retry_may(&r, block));
		assert_true(retry_may(&r, block + 5));
		block += 5;
	}
	assert_true(retry_refused(&r, block, 5));
}

static void
each_change_has_one_try_at_the_next_head(void **state)
{
	struct retry r;

	(void)state;
	retry_reset(&r);
	assert_true(retry_once(&r, 100, 3));
	assert_false(retry_may(&r, 100));
	assert_true(retry_may(&r, 101));
	assert_false(retry_once(&r, 101, 3));
	assert_true(retry_once(&r, 101, 31));
	retry_reset(&r);
	assert_true(retry_once(&r, 101, 3));
}

static void
the_longest_wait_goes_with_the_tempo(void **state)
{
	static const struct {
		uint64_t tempo, longest;
	} cases[] = {
	    {0, 1}, {3, 1}, {20, 5}, {100, 25}, {360, 32}, {50400, 32}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    retry_longest(cases[i].tempo), cases[i].longest);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(submissions_by_code_and_data),
	    cmocka_unit_test(validities_of_either_form),
	    cmocka_unit_test(dispatch_errors_are_judged_without_their_pallet),
	    cmocka_unit_test(statuses_are_events),
	    cmocka_unit_test(faults_that_heal_at_once_are_told_apart),
	    cmocka_unit_test(patience_with_refusals_doubles_and_ends),
	    cmocka_unit_test(patience_with_ourselves_does_not_end),
	    cmocka_unit_test(each_change_has_one_try_at_the_next_head),
	    cmocka_unit_test(the_longest_wait_goes_with_the_tempo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
