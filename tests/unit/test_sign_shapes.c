/* What signerd signs and what it refuses. */
#include "signer/shapes.c"
#include "signer/weights.c"

#include "signer/bucket.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define UUID "01234567-89ab-7cde-8f01-23456789abcd"
#define DIGEST                                                                 \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SET_WEIGHTS "07000b00080000050008ffff00800100000000000000"
#define HASH "abababababababababababababababababababababababababababababababab"
#define GENESIS                                                                \
	"2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
/* Era 64/5, nonce 3, tip 0, metadata hash disabled. */
#define EXTRA "55000c0000"
#define IMPLICIT "b601000001000000" GENESIS HASH "00"

static const int64_t now_ms = 1764547200000;

static struct shape_rules
default_rules(void)
{
	struct shape_rules rules = {
	    .hotkey = ALICE,
	    .weights = {.pallet = 7,
		.netuids = {11, 49},
		.n_netuids = 2,
		.has_genesis = true},
	};

	memset(rules.weights.calls, true, sizeof(rules.weights.calls));
	assert_int_equal(
	    hex_decode_exact(GENESIS, rules.weights.genesis, 32), 0);
	return rules;
}

/* NULL if the request is signed, else the code of the refusal. */
static const char *
check(const char *shape, const struct sign_request *req, struct buf *to_sign)
{
	struct shape_rules rules = default_rules();
	struct refusal refusal = {0};
	enum shape_id id = shape_find(shape);

	assert_int_not_equal(id, N_SHAPES);
	buf_reset(to_sign);
	if (shapes[id].check(&rules, req, now_ms, to_sign, &refusal) == 0)
		return NULL;
	assert_true(strlen(refusal.message) > 0);
	return refusal.code;
}

static void
assert_code(const char *got, const char *want, const char *what)
{
	if (want == NULL ? got != NULL : got == NULL || strcmp(got, want) != 0)
		fail_msg("%s: got %s, want %s", what, got ? got : "signed",
		    want ? want : "signed");
}

static void
epistula_is_signed_as_it_stands_and_in_time(void **state)
{
	static const struct {
		const char *message, *want;
	} cases[] = {
	    {DIGEST "." UUID ".1764547200000." BOB, NULL},
	    {DIGEST "." UUID ".1764547200000.", NULL},
	    {DIGEST "." UUID ".1764547140000.", NULL},
	    {DIGEST "." UUID ".1764547139999.", "bad_time"},
	    {DIGEST "." UUID ".1764547260000.", NULL},
	    {DIGEST "." UUID ".1764547260001.", "bad_time"},
	    {DIGEST "." UUID ".1764547200000.bob", "bad_message"},
	    {"anything", "bad_message"},
	    {"", "bad_message"},
	    {NULL, "bad_request"},
	};
	struct buf to_sign = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sign_request req = {.message = cases[i].message};

		assert_code(check("epistula", &req, &to_sign), cases[i].want,
		    cases[i].message);
		if (cases[i].want == NULL)
			assert_string_equal(
			    buf_str(&to_sign), cases[i].message);
	}
	buf_free(&to_sign);
}

static void
dendrite_is_signed_for_our_own_hotkey_only(void **state)
{
#define REST "." BOB "." UUID "." DIGEST
	static const struct {
		const char *message, *want;
	} cases[] = {
	    {"1764547200000000000." ALICE REST, NULL},
	    {"1764547200000000000." BOB REST, "wrong_hotkey"},
	    {"1764547261000000000." ALICE REST, "bad_time"},
	    {"1764547139000000000." ALICE REST, "bad_time"},
	    {"01764547200000000000." ALICE REST, "bad_message"},
	    {"0." ALICE REST, "bad_message"},
	    {"." ALICE REST, "bad_message"},
	    {"-1764547200000000000." ALICE REST, "bad_message"},
	    {"17645472000000000000." ALICE REST, "bad_message"},
	    {"1764547200000000000." ALICE ".bob." UUID "." DIGEST,
		"bad_message"},
	    {"1764547200000000000." ALICE "." BOB ".uuid." DIGEST,
		"bad_message"},
	    {"1764547200000000000." ALICE "." BOB "." UUID ".", "bad_message"},
	    {"1764547200000000000." ALICE "." BOB "." UUID, "bad_message"},
	    {"1764547200000000000." ALICE REST ".", "bad_message"},
	    {"1764547200000000000." ALICE REST "0", "bad_message"},
	    {NULL, "bad_request"},
	};
#undef REST
	struct buf to_sign = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sign_request req = {.message = cases[i].message};

		assert_code(check("dendrite", &req, &to_sign), cases[i].want,
		    cases[i].message);
		if (cases[i].want == NULL)
			assert_string_equal(
			    buf_str(&to_sign), cases[i].message);
	}
	buf_free(&to_sign);
}

/* Every call we know, as the chain encodes it; then what must not pass. */
static void
weights_are_taken_apart_to_the_last_byte(void **state)
{
	static const struct {
		const char *payload, *want;
	} cases[] = {
	    {SET_WEIGHTS EXTRA IMPLICIT, NULL},
	    {"07770b0000080000050008ffff0080509e980000000000" EXTRA IMPLICIT,
		NULL},
	    {"07730b0001" HASH EXTRA IMPLICIT, NULL},
	    {"07740b000104070004ffff08010002000300000000000000" EXTRA IMPLICIT,
		NULL},
	    {"07760b000010deadbeefe8030000000000000400" EXTRA IMPLICIT, NULL},
	    {"07710b0010deadbeefe8030000000000000400" EXTRA IMPLICIT, NULL},
	    {"07600b00" HASH EXTRA IMPLICIT, NULL},
	    {"07610b0004070004ffff08010002000300000000000000" EXTRA IMPLICIT,
		NULL},
	    {SET_WEIGHTS "000c0000" IMPLICIT, NULL},	     /* immortal */
	    {SET_WEIGHTS "5500feffffff0000" IMPLICIT, NULL}, /* large nonce */
	    /* Another netuid, call, pallet, chain. */
	    {"07000100080000050008ffff00800100000000000000" EXTRA IMPLICIT,
		"netuid_not_allowed"},
	    {"07000b01080000050008ffff00800100000000000000" EXTRA IMPLICIT,
		"netuid_not_allowed"},
	    {"07500804b104080800040402000100000800070000000001" EXTRA IMPLICIT,
		"call_not_allowed"}, /* batch_set_weights */
	    {"07020b00" HASH EXTRA IMPLICIT, "call_not_allowed"},
	    {"0503008eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794"
	     "f26a48e5c0" EXTRA IMPLICIT,
		"call_not_allowed"}, /* a transfer */
	    {"0b000b00" HASH EXTRA IMPLICIT, "call_not_allowed"},
	    {SET_WEIGHTS EXTRA "b601000001000000" HASH HASH "00",
		"wrong_genesis"},
	    /* A tip, a metadata hash. */
	    {SET_WEIGHTS "55000c0400" IMPLICIT, "tip_not_allowed"},
	    {SET_WEIGHTS "55000c0200010000" IMPLICIT, "tip_not_allowed"},
	    {SET_WEIGHTS "55000c0001" IMPLICIT, "bad_message"},
	    {SET_WEIGHTS EXTRA "b601000001000000" GENESIS HASH "01",
		"bad_message"},
	    /* Too little, too much, counts that lie. */
	    {SET_WEIGHTS EXTRA, "bad_message"},
	    {SET_WEIGHTS IMPLICIT, "bad_message"},
	    {SET_WEIGHTS EXTRA IMPLICIT "00", "bad_message"},
	    {SET_WEIGHTS "00" EXTRA IMPLICIT, "bad_message"},
	    {"07000b000c0000050008ffff00800100000000000000" EXTRA IMPLICIT,
		"bad_message"},
	    {"07000b00feffffff0000050008ffff00800100000000000000" EXTRA
		    IMPLICIT,
		"bad_message"},
	    {"07000b00", "bad_message"},
	    {"07000b", "bad_message"},
	    {"", "bad_message"},
	};
	struct buf to_sign = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *payload = xasprintf("0x%s", cases[i].payload);
		struct sign_request req = {.payload = payload};

		assert_code(
		    check("weights", &req, &to_sign), cases[i].want, payload);
		free(payload);
	}
	buf_free(&to_sign);
}

/* A runtime's own metadata makes what our table of arguments reads. */
static void
calls_encoded_by_metadata_are_signed(void **state)
{
	static const char *const calls[][2] = {
	    {"set_weights", "{\"netuid\":11,\"dests\":[0,5],\"weights\":"
			    "[65535,1],\"version_key\":7}"},
	    {"set_mechanism_weights",
		"{\"netuid\":11,\"mecid\":1,\"dests\":[0],\"weights\":[9],"
		"\"version_key\":7}"},
	    {"commit_weights",
		"{\"netuid\":49,\"commit_hash\":\"0x" HASH "\"}"},
	    {"commit_mechanism_weights",
		"{\"netuid\":49,\"mecid\":0,\"commit_hash\":\"0x" HASH "\"}"},
	    {"reveal_weights", "{\"netuid\":11,\"uids\":[1,2],\"values\":"
			       "[3,4],\"salt\":[5],\"version_key\":6}"},
	    {"reveal_mechanism_weights",
		"{\"netuid\":11,\"mecid\":2,\"uids\":[1,2],\"values\":"
		"[3,4],\"salt\":[5],\"version_key\":6}"},
	    {"commit_timelocked_weights",
		"{\"netuid\":11,\"commit\":\"0x" HASH HASH "\","
		"\"reveal_round\":99,\"commit_reveal_version\":4}"},
	    {"commit_crv3_mechanism_weights",
		"{\"netuid\":11,\"mecid\":1,\"commit\":\"0x" HASH "\","
		"\"reveal_round\":99}"},
	    {"commit_timelocked_mechanism_weights",
		"{\"netuid\":11,\"mecid\":0,\"commit\":\"0x" HASH "\","
		"\"reveal_round\":99,\"commit_reveal_version\":4}"},
	};
	struct extrinsic_env env = {.spec_version = 424,
	    .transaction_version = 1,
	    .era = era_at(64, 4200),
	    .nonce = 70000};
	struct shape_rules rules = default_rules();
	struct metadata *metadata;
	struct err err = {""};
	uint8_t *blob;
	size_t len;

	(void)state;
	chaindata_or_skip();
	blob = chaindata_read("finney_taohop_20260704.scale", &len);
	metadata = metadata_parse(blob, len, &err);
	if (metadata == NULL)
		fail_msg("%s", err.text);
	memcpy(env.genesis, rules.weights.genesis, 32);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		json_t *args = json_loads(calls[i][1], 0, NULL);
		struct buf call = {0}, payload = {0};

		assert_non_null(args);
		if (encode_call(metadata, "SubtensorModule", calls[i][0], args,
			&call, &err) < 0 ||
		    extrinsic_payload(metadata, &env, call.data, call.len,
			&payload, &err) < 0)
			fail_msg("%s: %s", calls[i][0], err.text);
		assert_int_equal(weights_check(&rules.weights, calls[i][0],
				     payload.data, payload.len),
		    WEIGHTS_GOOD);
		assert_int_equal(weights_check(&rules.weights, NULL,
				     payload.data, payload.len),
		    WEIGHTS_GOOD);
		json_decref(args);
		buf_free(&call);
		buf_free(&payload);
	}
	metadata_free(metadata);
	free(blob);
}

static void
any_chain_passes_where_no_genesis_is_set(void **state)
{
	struct shape_rules rules = default_rules();
	uint8_t payload[256];
	long len =
	    hex_decode(SET_WEIGHTS EXTRA "b601000001000000" HASH HASH "00",
		payload, sizeof(payload));

	(void)state;
	assert_int_equal(
	    weights_check(&rules.weights, "set_weights", payload, len),
	    WEIGHTS_WRONG_GENESIS);
	rules.weights.has_genesis = false;
	assert_int_equal(
	    weights_check(&rules.weights, "set_weights", payload, len),
	    WEIGHTS_GOOD);
}

/* Every name with its index and arguments of its shape. */
static const struct {
	const char *name;
	uint8_t index;
	const char *args;
} shaped[N_WEIGHTS_CALLS] = {
    {"set_weights", 0, "080000050008ffff00800100000000000000"},
    {"commit_weights", 96, HASH},
    {"reveal_weights", 97, "04070004ffff08010002000300000000000000"},
    {"commit_crv3_weights", 99, "10deadbeefe803000000000000"},
    {"commit_timelocked_weights", 113, "10deadbeefe8030000000000000400"},
    {"commit_mechanism_weights", 115, "01" HASH},
    {"reveal_mechanism_weights", 116,
	"0104070004ffff08010002000300000000000000"},
    {"commit_crv3_mechanism_weights", 117, "0110deadbeefe803000000000000"},
    {"commit_timelocked_mechanism_weights", 118,
	"0110deadbeefe8030000000000000400"},
    {"set_mechanism_weights", 119, "01080000050008ffff00800100000000000000"},
};

static enum weights_verdict
check_call(const struct weights_rules *rules, const char *name, uint8_t index,
    const char *args)
{
	/* An era without a zero byte, which could be an era of its own. */
	char *hex = xasprintf("07%02x0b00%s55020c0000" IMPLICIT, index, args);
	uint8_t payload[512];
	long len = hex_decode(hex, payload, sizeof(payload));
	enum weights_verdict verdict;

	assert_true(len > 0);
	verdict = weights_check(rules, name, payload, len);
	free(hex);
	return verdict;
}

/* Only the arguments of the very name pass, whatever the index. */
static void
every_name_has_its_own_arguments(void **state)
{
	struct shape_rules rules = default_rules();
	const struct weights_rules *w = &rules.weights;

	(void)state;
	for (size_t i = 0; i < N_WEIGHTS_CALLS; i++) {
		for (size_t k = 0; k < N_WEIGHTS_CALLS; k++) {
			enum weights_verdict want =
			    i == k ? WEIGHTS_GOOD : WEIGHTS_MALFORMED;

			if (check_call(w, shaped[i].name, shaped[i].index,
				shaped[k].args) != want ||
			    check_call(
				w, shaped[i].name, 200, shaped[k].args) != want)
				fail_msg("%s with the arguments of %s",
				    shaped[i].name, shaped[k].name);
		}
		assert_int_equal(weights_find(shaped[i].name), i);
		assert_int_equal(weights_at(shaped[i].index), i);
	}
}

/* The chain's own list of calls, as of spec 424, and commit_crv3_weights. */
static bool
is_a_known_index(const char *dump, int index)
{
	char *line = xasprintf("\n  call %d ", index);
	const char *pallet = strstr(dump, "\n### pallet 7 ");
	const char *end, *found;

	assert_non_null(pallet);
	end = strstr(pallet + 1, "\n### ");
	found = strstr(pallet, line);
	free(line);
	return index == 99 || (found != NULL && (end == NULL || found < end));
}

static void
a_moved_call_is_signed_where_no_other_call_is_known(void **state)
{
	struct shape_rules rules = default_rules();
	size_t n_known = 0, len;
	char *dump;

	(void)state;
	chaindata_or_skip();
	dump = (char *)chaindata_read("finney_spec424_dump.txt", &len);
	for (int index = 0; index < 256; index++) {
		bool is_known = is_a_known_index(dump, index);

		n_known += is_known;
		for (size_t i = 0; i < N_WEIGHTS_CALLS; i++) {
			bool is_own = shaped[i].index == index;

			assert_int_equal(
			    check_call(&rules.weights, shaped[i].name, index,
				shaped[i].args),
			    is_own || !is_known ? WEIGHTS_GOOD
						: WEIGHTS_INDEX_NOT_ALLOWED);
			assert_int_equal(weights_has_moved(i, index), !is_own);
		}
	}
	assert_int_equal(n_known, 79);
	free(dump);
}

static void
a_call_that_is_not_allowed_is_refused_by_name_and_index(void **state)
{
	struct shape_rules rules = default_rules();
	struct weights_rules *w = &rules.weights;

	(void)state;
	w->calls[WEIGHTS_SET] = false;
	assert_int_equal(check_call(w, "set_weights", 0, shaped[0].args),
	    WEIGHTS_CALL_NOT_ALLOWED);
	assert_int_equal(check_call(w, "set_weights", 150, shaped[0].args),
	    WEIGHTS_CALL_NOT_ALLOWED);
	assert_int_equal(
	    check_call(w, NULL, 0, shaped[0].args), WEIGHTS_CALL_NOT_ALLOWED);
	assert_int_equal(check_call(w, "transfer_stake", 86, HASH),
	    WEIGHTS_CALL_NOT_ALLOWED);
	assert_int_equal(check_call(w, "", 96, HASH), WEIGHTS_CALL_NOT_ALLOWED);
	for (int index = 0; index < 256; index++) {
		if (weights_at(index) == N_WEIGHTS_CALLS)
			assert_int_equal(check_call(w, NULL, index, HASH),
			    WEIGHTS_CALL_NOT_ALLOWED);
	}
}

/* A list of n u16 or n bytes, as hex with its compact length. */
static void
put_list(struct buf *hex, size_t n, const char *item)
{
	if (n < 64)
		buf_printf(hex, "%02zx", n << 2);
	else
		buf_printf(
		    hex, "%02zx%02zx", (n << 2 | 1) & 0xff, n >> 6 & 0xff);
	for (size_t i = 0; i < n; i++)
		buf_add_str(hex, item);
}

static void
what_is_longer_than_the_chain_takes_is_refused(void **state)
{
	static const struct {
		size_t uids, values, salt, commit;
		const char *want;
	} cases[] = {
	    {4096, 4096, 4096, 0, NULL},
	    {4097, 4097, 1, 0, "bad_message"},
	    {1, 1, 4097, 0, "bad_message"},
	    {2, 1, 0, 0, "bad_message"}, /* not one value for each uid */
	    {1, 2, 0, 0, "bad_message"},
	    {0, 0, 0, 5000, NULL},
	    {0, 0, 0, 5001, "bad_message"},
	};
	struct buf to_sign = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool is_commit = cases[i].commit > 0;
		struct buf hex = {0};
		struct sign_request req = {.call = is_commit
						       ? "commit_crv3_weights"
						       : "reveal_weights"};

		buf_printf(&hex, "0x07%02x0b00", is_commit ? 99 : 97);
		if (is_commit) {
			put_list(&hex, cases[i].commit, "ee");
		} else {
			put_list(&hex, cases[i].uids, "0100");
			put_list(&hex, cases[i].values, "0200");
			put_list(&hex, cases[i].salt, "0300");
		}
		buf_add_str(&hex, "0000000000000000" EXTRA IMPLICIT);
		req.payload = buf_str(&hex);
		assert_code(
		    check("weights", &req, &to_sign), cases[i].want, req.call);
		buf_free(&hex);
	}
	buf_free(&to_sign);
}

/* set_weights with n weights, so many that the payload has a wanted size. */
static char *
payload_of_weights(size_t n)
{
	struct buf hex = {0};

	buf_printf(&hex, "0x07000b00");
	for (int list = 0; list < 2; list++) {
		unsigned compact = n << 2 | 1;

		buf_printf(&hex, "%02x%02x", compact & 0xff, compact >> 8);
		for (size_t i = 0; i < n; i++)
			buf_add_str(&hex, "0100");
	}
	buf_add_str(&hex, "0000000000000000" EXTRA IMPLICIT);
	return buf_take_str(&hex);
}

static void
a_payload_over_256_bytes_is_signed_as_its_hash(void **state)
{
	/* 4 + 2 * (2 + 2n) + 8 + 5 + 73 bytes. */
	static const struct {
		size_t n, payload_len, signed_len;
	} cases[] = {{64, 350, 32}, {70, 374, 32}, {4096, 16478, 32}};
	struct buf to_sign = {0};
	uint8_t payload[SIGN_WIRE_MAX_PAYLOAD], hash[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *hex = payload_of_weights(cases[i].n);
		struct sign_request req = {.payload = hex};
		long len = hex_decode(hex, payload, sizeof(payload));

		assert_int_equal(len, cases[i].payload_len);
		assert_code(check("weights", &req, &to_sign), NULL, hex);
		assert_int_equal(to_sign.len, cases[i].signed_len);
		crypto_generichash(hash, 32, payload, len, NULL, 0);
		assert_memory_equal(to_sign.data, hash, 32);
		free(hex);
	}
	buf_free(&to_sign);
}

/* The edge itself: a commit whose bytes make it 256, then 257. */
static void
a_payload_of_256_bytes_is_signed_raw(void **state)
{
	struct buf to_sign = {0};

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		/* 4 + 2 + n + 8 + 2 + 5 + 73 bytes */
		size_t n = 256 - 94 + extra;
		unsigned compact = n << 2 | 1;
		struct buf hex = {0};
		struct sign_request req = {0};

		buf_printf(
		    &hex, "0x07710b00%02x%02x", compact & 0xff, compact >> 8);
		for (size_t i = 0; i < n; i++)
			buf_add_str(&hex, "ee");
		buf_add_str(&hex, "e8030000000000000400" EXTRA IMPLICIT);
		req.payload = buf_str(&hex);
		assert_code(
		    check("weights", &req, &to_sign), NULL, req.payload);
		assert_int_equal(to_sign.len, extra == 0 ? 256 : 32);
		buf_free(&hex);
	}
	buf_free(&to_sign);
}

static void
a_payload_must_be_hex_of_sane_size(void **state)
{
	struct buf to_sign = {0};
	struct sign_request req = {0};
	char *big = payload_of_weights(8100);

	(void)state;
	assert_code(check("weights", &req, &to_sign), "bad_request", "none");
	req.payload = SET_WEIGHTS EXTRA IMPLICIT;
	assert_code(check("weights", &req, &to_sign), "bad_request", "no 0x");
	req.payload = "0x07000b0";
	assert_code(check("weights", &req, &to_sign), "bad_request", "odd");
	req.payload = "0x07000bzz";
	assert_code(check("weights", &req, &to_sign), "bad_request", "no hex");
	req.payload = big;
	assert_code(check("weights", &req, &to_sign), "bad_request", "big");
	free(big);
	buf_free(&to_sign);
}

static void
statements_are_signed_under_their_domain(void **state)
{
	static const struct {
		const char *domain, *text, *want;
	} cases[] = {
	    {"miner-terms", "I am here", NULL},
	    {"a", "", NULL},
	    {"abcdefghijklmnopqrstuvwxyz012345", "x", NULL},
	    {"abcdefghijklmnopqrstuvwxyz0123456", "x", "bad_message"},
	    {"", "x", "bad_message"},
	    {"A", "x", "bad_message"},
	    {"a\nb", "x", "bad_message"},
	    {"a/b", "x", "bad_message"},
	    {NULL, "x", "bad_request"},
	    {"a", NULL, "bad_request"},
	};
	struct buf to_sign = {0};
	char *want, *long_text = xcalloc(1, SHAPE_MAX_TEXT + 2);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sign_request req = {
		    .domain = cases[i].domain, .text = cases[i].text};

		assert_code(check("statement", &req, &to_sign), cases[i].want,
		    cases[i].domain);
		if (cases[i].want != NULL)
			continue;
		want =
		    xasprintf("subnetd/%s\n%s", cases[i].domain, cases[i].text);
		assert_string_equal(buf_str(&to_sign), want);
		free(want);
	}
	memset(long_text, 'x', SHAPE_MAX_TEXT + 1);
	assert_code(
	    check("statement",
		&(struct sign_request){.domain = "a", .text = long_text},
		&to_sign),
	    "bad_message", "long text");
	free(long_text);
	buf_free(&to_sign);
}

static void
the_table_is_closed(void **state)
{
	static const char *const known[] = {
	    "epistula", "dendrite", "weights", "statement", "whoami"};

	(void)state;
	assert_int_equal(sizeof(known) / sizeof(known[0]), N_SHAPES);
	for (size_t i = 0; i < N_SHAPES; i++)
		assert_int_not_equal(shape_find(known[i]), N_SHAPES);
	assert_int_equal(shape_find("transfer"), N_SHAPES);
	assert_int_equal(shape_find(""), N_SHAPES);
	assert_int_equal(shape_find("Epistula"), N_SHAPES);
	assert_null(shapes[SHAPE_WHOAMI].check);
}

static void
a_bucket_lets_its_rate_through(void **state)
{
	struct bucket b;
	int64_t now_us = 5000000;
	int taken = 0;

	(void)state;
	bucket_init(&b, 5, 10, now_us);
	for (int i = 0; i < 100; i++)
		taken += bucket_take(&b, now_us);
	assert_int_equal(taken, 10);
	assert_false(bucket_take(&b, now_us + 199999));
	assert_true(bucket_take(&b, now_us + 200001));
	assert_false(bucket_take(&b, now_us + 200002));
	/* The clock standing still or going back gives nothing. */
	assert_false(bucket_take(&b, now_us - 10000000));
	now_us += 3600000000;
	taken = 0;
	for (int i = 0; i < 100; i++)
		taken += bucket_take(&b, now_us);
	assert_int_equal(taken, 10);
}

static void
a_bucket_of_none_is_shut(void **state)
{
	struct bucket b;

	(void)state;
	bucket_init(&b, 0, 0, 0);
	assert_false(bucket_take(&b, 1000000000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(epistula_is_signed_as_it_stands_and_in_time),
	    cmocka_unit_test(dendrite_is_signed_for_our_own_hotkey_only),
	    cmocka_unit_test(weights_are_taken_apart_to_the_last_byte),
	    cmocka_unit_test(calls_encoded_by_metadata_are_signed),
	    cmocka_unit_test(any_chain_passes_where_no_genesis_is_set),
	    cmocka_unit_test(every_name_has_its_own_arguments),
	    cmocka_unit_test(
		a_moved_call_is_signed_where_no_other_call_is_known),
	    cmocka_unit_test(
		a_call_that_is_not_allowed_is_refused_by_name_and_index),
	    cmocka_unit_test(what_is_longer_than_the_chain_takes_is_refused),
	    cmocka_unit_test(a_payload_over_256_bytes_is_signed_as_its_hash),
	    cmocka_unit_test(a_payload_of_256_bytes_is_signed_raw),
	    cmocka_unit_test(a_payload_must_be_hex_of_sane_size),
	    cmocka_unit_test(statements_are_signed_under_their_domain),
	    cmocka_unit_test(the_table_is_closed),
	    cmocka_unit_test(a_bucket_lets_its_rate_through),
	    cmocka_unit_test(a_bucket_of_none_is_shut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
