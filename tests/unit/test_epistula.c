/* Epistula: the message, the check of a request, the strict parser. */
#include "subtensor/epistula.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define UUID "01234567-89ab-7cde-8f01-23456789abcd"
#define MINER "5EtM9iXMAYRsmt6aoQAoWNDX6yaBnjhmnEQhWKv8HpwkVtML"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

enum { NOW = 1764547200 };
static const int64_t now_ms = NOW * INT64_C(1000);

static void
messages_are_what_dippy_signs(void **state)
{
	static const char body[] =
	    "{\"prompt\":\"Caf\\u00e9 \\u2615 \\\"q\\\" /x\",\"seed\":7,"
	    "\"f\":4.0,\"n\":null,\"b\":true,"
	    "\"nested\":{\"z\":1,\"a\":[1,2.5]}}";
	char message[EPISTULA_MAX_MESSAGE];

	(void)state;
	epistula_message(
	    body, sizeof(body) - 1, UUID, 1764547200123, MINER, message);
	assert_string_equal(message,
	    "af983cf607e3ab2a3e4ce18e5ff44e2aced411195269729bd3a550a2125f519d."
	    "01234567-89ab-7cde-8f01-23456789abcd.1764547200123."
	    "5EtM9iXMAYRsmt6aoQAoWNDX6yaBnjhmnEQhWKv8HpwkVtML");
	epistula_message("", 0, UUID, 5, "", message);
	assert_string_equal(
	    message, EMPTY ".01234567-89ab-7cde-8f01-23456789abcd.5.");
	epistula_message("{}", 2, UUID, 5, "", message);
	assert_memory_equal(message,
	    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
	    64);
}

/* A request as a good client sends it, its texts in one place. */
struct fixture {
	struct epistula_request req;
	char authorization[160], signature[140], timestamp[32];
	char signed_by[SS58_MAX_TEXT];
};

static void
sign_as(
    struct fixture *f, const struct sr25519_keypair *kp, const char *message)
{
	uint8_t sig[64];

	sr25519_sign(kp, (const uint8_t *)message, strlen(message), sig);
	memcpy(f->signature, "0x", 2);
	hex_encode(sig, sizeof(sig), f->signature + 2);
	snprintf(f->authorization, sizeof(f->authorization), "Epistula %s",
	    f->signature);
}

static void
make_request(struct fixture *f, int64_t timestamp_ms, const char *format)
{
	static const char body[] = "{\"a\":1}";
	struct sr25519_keypair kp;
	char message[EPISTULA_MAX_MESSAGE], wrapped[EPISTULA_MAX_MESSAGE + 32];

	sr25519_from_seed((const uint8_t[32]){3}, &kp);
	ss58_encode(SS58_BITTENSOR, kp.public, f->signed_by);
	snprintf(f->timestamp, sizeof(f->timestamp), "%lld",
	    (long long)timestamp_ms);
	epistula_message(
	    body, sizeof(body) - 1, UUID, timestamp_ms, MINER, message);
	snprintf(wrapped, sizeof(wrapped), "%s%s%s", *format ? "<Bytes>" : "",
	    message, *format ? "</Bytes>" : "");
	sign_as(f, &kp, wrapped);
	f->req = (struct epistula_request){f->authorization, f->signature,
	    f->timestamp, UUID, f->signed_by, MINER, body, sizeof(body) - 1,
	    NULL};
}

static void
a_good_request_passes_raw_and_wrapped(void **state)
{
	struct fixture f;

	(void)state;
	make_request(&f, now_ms, "");
	assert_null(epistula_check(&f.req, MINER, now_ms));
	f.req.signature = NULL;
	assert_null(epistula_check(&f.req, MINER, now_ms));
	make_request(&f, now_ms, "bytes");
	assert_null(epistula_check(&f.req, MINER, now_ms));
}

static void
the_signature_may_come_without_0x(void **state)
{
	struct fixture f;
	char bare[160];

	(void)state;
	make_request(&f, now_ms, "");
	f.req.signature += 2;
	assert_null(epistula_check(&f.req, MINER, now_ms));
	snprintf(bare, sizeof(bare), "Epistula %s", f.signature + 2);
	f.req.authorization = bare;
	f.req.signature = f.signature;
	assert_null(epistula_check(&f.req, MINER, now_ms));
}

static void
the_timestamp_is_signed_as_a_number(void **state)
{
	static const char *const good[] = {
	    " 1764547200000 ", "0001764547200000"};
	static const char *const bad[] = {"1764547200000.0", "17645x", "-5",
	    "1 2", "99999999999999999999999999"};
	struct fixture f;

	(void)state;
	make_request(&f, now_ms, "");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		f.req.timestamp = good[i];
		assert_null(epistula_check(&f.req, MINER, now_ms));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		f.req.timestamp = bad[i];
		assert_string_equal(
		    epistula_check(&f.req, MINER, now_ms), "Invalid Timestamp");
	}
}

static void
the_window_is_bounded_on_both_sides(void **state)
{
	static const struct {
		int64_t age_ms;
		const char *want;
	} cases[] = {
	    {0, NULL},
	    {8000, NULL},
	    {8001, "Request is too stale"},
	    {-8000, NULL},
	    {-8001, "Request is from the future"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		const char *got;

		make_request(&f, now_ms - cases[i].age_ms, "");
		got = epistula_check(&f.req, MINER, now_ms);
		if (cases[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, cases[i].want);
	}
}

/* Field by field what a header's absence or change is answered with. */
static void
bad_headers_are_answered_as_dippy_does(void **state)
{
	enum header { AUTH, SIG, TIME, ID, BY, FOR };
	static const struct {
		enum header header;
		const char *value, *want;
	} cases[] = {
	    {AUTH, NULL, "Authorization header required"},
	    {AUTH, "", "Authorization header required"},
	    {AUTH, "Epistula", "Invalid authorization header format"},
	    {AUTH, "Epistula 0x12 0x34", "Invalid authorization header format"},
	    {AUTH, "Bearer 0x12", "Invalid authorization scheme"},
	    {AUTH, "epistula 0x12", "Invalid authorization scheme"},
	    {AUTH, "Epistula 0x12", "Authorization signature mismatch"},
	    {SIG, "0x12", "Authorization signature mismatch"},
	    {TIME, NULL, "Missing Epistula authentication headers"},
	    {TIME, " ", "Missing Epistula authentication headers"},
	    {ID, NULL, "Missing Epistula authentication headers"},
	    {BY, NULL, "Missing Epistula authentication headers"},
	    {FOR, "", "Missing Epistula authentication headers"},
	    {FOR, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"Invalid signed_for address"},
	    {TIME, "soon", "Invalid Timestamp"},
	    {TIME, "1764547200001", "Signature Mismatch"},
	    {ID, "01234567-89ab-7cde-8f01-23456789abce", "Signature Mismatch"},
	    {ID, EMPTY "0", "Invalid UUID"},
	    {BY, "nobody", "Invalid Keypair"},
	    {BY, MINER, "Signature Mismatch"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		const char **slots[6], *got;

		make_request(&f, now_ms, "");
		slots[AUTH] = &f.req.authorization;
		slots[SIG] = &f.req.signature;
		slots[TIME] = &f.req.timestamp;
		slots[ID] = &f.req.uuid;
		slots[BY] = &f.req.signed_by;
		slots[FOR] = &f.req.signed_for;
		*slots[cases[i].header] = cases[i].value;
		got = epistula_check(&f.req, MINER, now_ms);
		assert_non_null(got);
		assert_string_equal(got, cases[i].want);
	}
}

static void
a_malformed_signature_is_told_from_a_wrong_one(void **state)
{
	struct fixture f;

	(void)state;
	make_request(&f, now_ms, "");
	f.req.signature = NULL;
	f.req.authorization = "Epistula 0x1234";
	assert_string_equal(
	    epistula_check(&f.req, MINER, now_ms), "Invalid Signature Format");
	f.authorization[20] = 'g';
	f.req.authorization = f.authorization;
	assert_string_equal(
	    epistula_check(&f.req, MINER, now_ms), "Invalid Signature Format");
	make_request(&f, now_ms, "");
	f.req.body = "{\"a\":2}";
	assert_string_equal(
	    epistula_check(&f.req, MINER, now_ms), "Signature Mismatch");
}

static void
a_built_message_parses_back(void **state)
{
	struct epistula_fields fields;
	char message[EPISTULA_MAX_MESSAGE];

	(void)state;
	epistula_message("", 0, UUID, now_ms, MINER, message);
	assert_int_equal(epistula_parse(message, strlen(message), &fields), 0);
	assert_string_equal(fields.digest, EMPTY);
	assert_string_equal(fields.uuid, UUID);
	assert_string_equal(fields.signed_for, MINER);
	assert_int_equal(fields.timestamp_ms, now_ms);
	epistula_message("", 0, UUID, 1, "", message);
	assert_int_equal(epistula_parse(message, strlen(message), &fields), 0);
	assert_string_equal(fields.signed_for, "");
}

static void
what_is_not_exactly_a_message_is_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    ".",
	    EMPTY,
	    EMPTY "." UUID,
	    EMPTY "." UUID ".1",
	    EMPTY "." UUID "..",
	    EMPTY "." UUID ".0.",
	    EMPTY "." UUID ".01.",
	    EMPTY "." UUID ". 1.",
	    EMPTY "." UUID ".1 .",
	    EMPTY "." UUID ".-1.",
	    EMPTY "." UUID ".1x.",
	    EMPTY "." UUID ".1234567890123456789.",
	    EMPTY "." UUID ".1..",
	    EMPTY "." UUID ".1." MINER ".",
	    EMPTY "." UUID ".1." MINER " ",
	    EMPTY "." UUID ".1.nobody",
	    EMPTY "0." UUID ".1.",
	    "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	    "." UUID ".1.",
	    "3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	    "." UUID ".1.",
	    EMPTY ".01234567-89AB-7cde-8f01-23456789abcd.1.",
	    EMPTY ".0123456789ab7cde8f0123456789abcd.1.",
	    EMPTY ".01234567-89ab-7cde-8f01-23456789abcd0.1.",
	    "<Bytes>" EMPTY "." UUID ".1.</Bytes>",
	};
	static const char with_nul[] = EMPTY "." UUID ".1.\0";
	struct epistula_fields fields;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (epistula_parse(bad[i], strlen(bad[i]), &fields) != -1)
			fail_msg("accepted: %s", bad[i]);
	}
	assert_int_equal(
	    epistula_parse(with_nul, sizeof(with_nul) - 1, &fields), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_are_what_dippy_signs),
	    cmocka_unit_test(a_good_request_passes_raw_and_wrapped),
	    cmocka_unit_test(the_signature_may_come_without_0x),
	    cmocka_unit_test(the_timestamp_is_signed_as_a_number),
	    cmocka_unit_test(the_window_is_bounded_on_both_sides),
	    cmocka_unit_test(bad_headers_are_answered_as_dippy_does),
	    cmocka_unit_test(a_malformed_signature_is_told_from_a_wrong_one),
	    cmocka_unit_test(a_built_message_parses_back),
	    cmocka_unit_test(what_is_not_exactly_a_message_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
