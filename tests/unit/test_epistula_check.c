/* Requests to us: each fault by name, and requests that come again. */
#include "subtensor/epistula_check.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define UUID "01234567-89ab-7cde-8f01-23456789abcd"
#define MINER "5EtM9iXMAYRsmt6aoQAoWNDX6yaBnjhmnEQhWKv8HpwkVtML"
#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

enum { NOW = 1764547200 };
static const int64_t now_ms = NOW * INT64_C(1000);

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

/* A body that was hashed as it came is not at hand. */
static void
a_digest_stands_for_its_body(void **state)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char digest[2 * sizeof(hash) + 1];
	struct fixture f;

	(void)state;
	make_request(&f, now_ms, "");
	crypto_hash_sha256(hash, f.req.body, f.req.body_len);
	hex_encode(hash, sizeof(hash), digest);
	f.req.body = NULL;
	f.req.body_len = 0;
	f.req.digest = digest;
	assert_null(epistula_check(&f.req, MINER, now_ms));
	digest[0] = digest[0] == '0' ? '1' : '0';
	assert_string_equal(
	    epistula_check(&f.req, MINER, now_ms), "Signature Mismatch");
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
time_is_bounded_on_both_sides(void **state)
{
	static const struct {
		int64_t age_ms;
		const char *want;
	} cases[] = {
	    {0, NULL},
	    {8000, NULL},
	    {8001, "Request is too stale"},
	    {-2000, NULL},
	    {-2001, "Request is from the future"},
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

/* -- requests that come again ---------------------------------------------- */

static void
use(struct epistula_seen *s, const char *by, const char *uuid, int64_t at_ms,
    const char *want)
{
	const char *got = epistula_use(s, by, uuid, at_ms);

	if (want == NULL)
		assert_null(got);
	else
		assert_string_equal(got, want);
}

static void
a_replay_is_refused_for_as_long_as_it_is_fresh(void **state)
{
	struct epistula_seen *s = epistula_seen_new();
	struct fixture f;

	(void)state;
	make_request(&f, now_ms + EPISTULA_AHEAD_MS, "");
	assert_null(epistula_check(&f.req, MINER, now_ms));
	use(s, f.signed_by, UUID, now_ms, NULL);
	for (int64_t at_ms = now_ms;
	     epistula_check(&f.req, MINER, at_ms) == NULL; at_ms += 500)
		use(s, f.signed_by, UUID, at_ms, "Request was seen before");
	/* The last moment at which it is fresh. */
	use(s, f.signed_by, UUID, now_ms + 10000, "Request was seen before");
	assert_string_equal(epistula_check(&f.req, MINER, now_ms + 10001),
	    "Request is too stale");
	use(s, f.signed_by, UUID, now_ms + 10001, NULL);
	epistula_seen_free(s);
}

static void
a_uuid_is_its_senders_own(void **state)
{
	struct epistula_seen *s = epistula_seen_new();

	(void)state;
	use(s, ALICE, UUID, now_ms, NULL);
	use(s, MINER, UUID, now_ms, NULL);
	use(s, ALICE, UUID, now_ms, "Request was seen before");
	use(s, "nobody", UUID, now_ms, "Invalid Keypair");
	epistula_seen_free(s);
}

static void
one_sender_fills_only_its_own_room(void **state)
{
	struct epistula_seen *s = epistula_seen_new();
	char uuid[32];

	(void)state;
	for (int i = 0; i < EPISTULA_MAX_USES; i++) {
		snprintf(uuid, sizeof(uuid), "uuid-%d", i);
		use(s, ALICE, uuid, now_ms + i % 7, NULL);
	}
	use(s, ALICE, "one-more", now_ms + 6, "Too many requests");
	use(s, ALICE, "uuid-0", now_ms + 6, "Request was seen before");
	use(s, ALICE, "uuid-4095", now_ms + 6, "Request was seen before");
	use(s, MINER, "one-more", now_ms + 6, NULL);
	use(s, ALICE, "one-more", now_ms + 20000, NULL);
	use(s, ALICE, "one-more", now_ms + 20000, "Request was seen before");
	epistula_seen_free(s);
}

static void
senders_are_bounded_and_idle_ones_forgotten(void **state)
{
	struct epistula_seen *s = epistula_seen_new();
	char who[SS58_MAX_TEXT];
	uint8_t public[32] = {0};

	(void)state;
	for (int i = 0; i < EPISTULA_MAX_SENDERS; i++) {
		public[0] = i & 0xff;
		public[1] = i >> 8;
		ss58_encode(SS58_BITTENSOR, public, who);
		use(s, who, UUID, i == 5 ? now_ms + 9000 : now_ms, NULL);
	}
	use(s, ALICE, UUID, now_ms + 10000, "Too many senders");
	use(s, ALICE, UUID, now_ms + 10001, NULL);
	public[0] = 5;
	public[1] = 0;
	ss58_encode(SS58_BITTENSOR, public, who);
	use(s, who, UUID, now_ms + 10001, "Request was seen before");
	epistula_seen_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_request_passes_raw_and_wrapped),
	    cmocka_unit_test(a_digest_stands_for_its_body),
	    cmocka_unit_test(the_signature_may_come_without_0x),
	    cmocka_unit_test(the_timestamp_is_signed_as_a_number),
	    cmocka_unit_test(time_is_bounded_on_both_sides),
	    cmocka_unit_test(bad_headers_are_answered_as_dippy_does),
	    cmocka_unit_test(a_malformed_signature_is_told_from_a_wrong_one),
	    cmocka_unit_test(a_replay_is_refused_for_as_long_as_it_is_fresh),
	    cmocka_unit_test(a_uuid_is_its_senders_own),
	    cmocka_unit_test(one_sender_fills_only_its_own_room),
	    cmocka_unit_test(senders_are_bounded_and_idle_ones_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
