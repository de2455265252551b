/* Values of every type of our own runtimes, their blobs, extrinsics. */
#include "tests/fuzz/seed.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "subtensor/timelock.h"
#include "tests/fuzz/blob.h"
#include "tests/fuzz/world.h"

enum { SAMPLE = 40 };

/* What fuzz_scale.c and fuzz_extrinsic.c are told by an input's first bytes. */
enum { SCALE_BYTES, SCALE_JSON, SCALE_STEPS };
enum { EXT_PARSE, EXT_BUILD, EXT_ERAS, EXT_ERRORS, EXT_KEYS };

/* The bytes, as far as they are the value, and what they read as. */
static void
value(const struct seeds *s, uint8_t world, uint32_t type, const uint8_t *bytes,
    size_t len)
{
	uint8_t head[4] = {SCALE_BYTES, world, type & 0xff, type >> 8};
	struct scale_reader r;
	json_t *json;
	char *text;

	scale_read_init(&r, bytes, len);
	json = decode_value(world_get(world), type, &r, NULL);
	seed_put(s, "scale", head, 4, bytes, json != NULL ? r.pos : len);
	if (json == NULL)
		return;
	text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
	head[0] = SCALE_JSON;
	if (text != NULL)
		seed_put(s, "scale", head, 4, text, strlen(text));
	free(text);
	json_decref(json);
}

static void
samples(const struct seeds *s, uint32_t type)
{
	static const uint8_t fills[] = {0, 1, 4, 5, 0x0c, 0x80, 0xff};
	uint8_t bytes[3 * SAMPLE];

	for (size_t i = 0; i < sizeof(fills); i++) {
		memset(bytes, fills[i], sizeof(bytes));
		value(s, 0, type, bytes, sizeof(bytes));
		bytes[0] = 4;
		value(s, 0, type, bytes, sizeof(bytes));
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i == 0 ? 5 : 37 * i;
	value(s, 0, type, bytes, sizeof(bytes));
}

/* JSON that is right for some types and wrong for the others. */
static void
misfits(const struct seeds *s, uint32_t type)
{
	static const char *const texts[] = {"null", "true", "1", "-1", "1.5",
	    "\"x\"", "\"0x00\"", "\"0xzz\"", "\"-170141183460469231731\"",
	    "\"115792089237316195423570985008687907853269984665640564039457584"
	    "007913129639936\"",
	    "\"-\"", "[]", "[1]", "[1,2,3]", "[70000,{}]", "{}", "{\"a\":1}",
	    "{\"x\":1,\"y\":2}", "{\"x\":1,\"y\":2,\"z\":3}", "{\"x\":300}",
	    "\"Empty\"", "{\"One\":1}", "{\"Two\":[1]}", "{\"Some\":null}",
	    "{\"Some\":1}", "{\"bits\":3,\"bytes\":\"0x07\"}",
	    "{\"bits\":-3,\"bytes\":\"0x07\"}", "{\"bits\":7}",
	    "\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\"",
	    "\"0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da"
	    "27d\"",
	    "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"a\\u0000b\""};
	uint8_t head[4] = {SCALE_JSON, 0, type & 0xff, type >> 8};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		seed_put(s, "scale", head, 4, texts[i], strlen(texts[i]));
}

static void
deep_and_wide(const struct seeds *s, uint32_t type)
{
	struct buf json = {0};
	uint8_t head[4] = {SCALE_BYTES, 0, type & 0xff, type >> 8};
	uint8_t deep[100], text[] = {8, 0xc3, 0x28};

	memset(deep, 4, sizeof(deep));
	seed_put(s, "scale", head, 4, deep, sizeof(deep));
	seed_put(s, "scale", head, 4, "\2\0\4\0", 4);
	seed_put(s, "scale", head, 4, "\x02\x00\x10\x00", 4);
	seed_put(s, "scale", head, 4, text, sizeof(text));
	seed_put(s, "scale", head, 4, "\x0b\0\0\0\0\0\0\1\1", 9);
	for (int i = 0; i < 100; i++)
		buf_add_byte(&json, '[');
	for (int i = 0; i < 100; i++)
		buf_add_byte(&json, ']');
	head[0] = SCALE_JSON;
	seed_buf(s, "scale", head, 4, &json);
	buf_free(&json);
}

static void
steps(const struct seeds *s)
{
	uint8_t head[9] = {SCALE_STEPS};
	uint8_t data[64];

	memset(data, 0xff, sizeof(data));
	for (uint8_t what = 0; what < 250; what++) {
		memset(head + 1, what, 8);
		data[0] = what;
		data[1] = what & 1;
		seed_put(s, "scale", head, 9, data, sizeof(data));
	}
}

static void
blobs(const struct seeds *s)
{
	/* Little more than what every blob must have. */
	static const char *const little[] = {"Errors", NULL};
	struct pallet tiny[2];
	struct metadata md = *world_get(WORLD_V14);

	tiny[0] = md.pallets[0];
	tiny[0].n_storage = 2;
	tiny[1] = md.pallets[0];
	tiny[1].name = "Errors";
	for (int version = 14; version <= 16; version++) {
		struct blob_form form = {.version = version};
		struct buf b = {0};

		blob_encode(world_get(version - 14), &form, &b);
		seed_buf(s, "metadata", "", 0, &b);
		form.is_dressed = true;
		buf_reset(&b);
		blob_encode(world_get(version - 14), &form, &b);
		seed_buf(s, "metadata", "", 0, &b);
		form.keep = (const char *const[]){"System", NULL};
		md.pallets = tiny;
		md.n_pallets = 2;
		md.n_extensions = version == 15;
		buf_reset(&b);
		blob_encode(&md, &form, &b);
		seed_buf(s, "metadata", "", 0, &b);
		form.keep = little;
		form.is_dressed = false;
		buf_reset(&b);
		blob_encode(&md, &form, &b);
		seed_buf(s, "metadata", "", 0, &b);
		buf_free(&b);
	}
}

/* One that we read but would not send: an era, a nonce, an Option<u16>. */
static void
unknown_extensions(
    const struct seeds *s, const uint8_t head[2], const void *call, size_t len)
{
	static const uint8_t signer[1 + 32 + 1 + 64] = {[33] = 1};
	struct buf body = {0}, whole = {0};

	buf_add_byte(&body, 0x84);
	buf_add(&body, signer, sizeof(signer));
	buf_add(&body, "\x55\0\4\1\7\0", 6);
	buf_add(&body, call, len);
	scale_put_bytes(&whole, body.data, body.len);
	seed_buf(s, "extrinsic", head, 2, &whole);
	buf_free(&body);
	buf_free(&whole);
}

/* Sent ones of our own runtimes' calls, good and spoilt. */
static void
extrinsics(const struct seeds *s, uint8_t world)
{
	static const char *const bare[] = {"\x10\x04\x00\x03\x00",
	    "\x0c\x05\x00\x03", "\x08\x04\x00", "\x0c\x84\x01\x00",
	    "\x0c\x07\x00\x03", "\x10\x05\x00\x63\x00"};
	static const size_t bare_len[] = {5, 4, 3, 4, 4, 5};
	static const char call[] = "\0\0\1\0\4\2\0\4\3\0\0\0\0\0\0\0\0\0";
	struct extrinsic_env env = {.nonce = 70, .era = era_at(64, 5)};
	uint8_t key[32] = {1}, sig[64] = {2}, hash[32];
	uint8_t head[2] = {EXT_PARSE, world};
	struct buf out = {0};

	for (size_t i = 0; i < sizeof(bare_len) / sizeof(bare_len[0]); i++)
		seed_put(s, "extrinsic", head, 2, bare[i], bare_len[i]);
	if (extrinsic_build(world_get(world), &env, call, sizeof(call) - 1, key,
		sig, &out, hash, NULL) == 0) {
		seed_buf(s, "extrinsic", head, 2, &out);
		for (size_t i = 0; i < out.len; i += 3) {
			out.data[i] ^= 1;
			seed_buf(s, "extrinsic", head, 2, &out);
			out.data[i] ^= 1;
		}
	}
	if (world == WORLD_UNKNOWN)
		unknown_extensions(s, head, call, sizeof(call) - 1);
	head[0] = EXT_BUILD;
	seed_put(s, "extrinsic", head, 2, out.data, out.len);
	buf_reset(&out);
	memset(buf_reserve(&out, 400), 0, 400);
	out.len = 400;
	seed_buf(s, "extrinsic", head, 2, &out);
	buf_free(&out);
}

static void
eras_errors_keys(const struct seeds *s)
{
	static const char *const errors[] = {"{\"Module\":{\"index\":0,"
					     "\"error\":\"0x0f000000\"}}",
	    "{\"Module\":{\"index\":0,\"error\":0}}",
	    "{\"Module\":{\"index\":9,\"error\":77}}",
	    "{\"Module\":{\"index\":7,\"error\":1}}",
	    "{\"Module\":{\"index\":99,\"error\":1}}",
	    "{\"Module\":{\"index\":999,\"error\":1}}",
	    "{\"Module\":{\"index\":1,\"error\":\"0x\"}}", "{\"Module\":null}",
	    "\"BadOrigin\"", "{\"BadOrigin\":null}",
	    "{\"Token\":\"FundsUnavailable\"}", "{\"Token\":{\"A\":null}}",
	    "7"};
	static const char *const keys[] = {"[]", "[1]", "null", "[1,2,3,4]",
	    "[1,\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\",\"x\"]",
	    "[\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\"]",
	    "[70000]"};
	uint8_t era[20] = {EXT_ERAS, 0};

	for (unsigned period = 0; period < 18; period++) {
		era[2] = 77;
		memset(era + 10, 0, 8);
		era[10 + period / 8] = 1 << period % 8;
		era[18] = period;
		era[19] = period;
		seed_put(s, "extrinsic", era, 20, "", 0);
		seed_put(s, "extrinsic", era, 19, "", 0);
	}
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		seed_put(s, "extrinsic", (uint8_t[]){EXT_ERRORS, 0}, 2,
		    errors[i], strlen(errors[i]));
	seed_put(
	    s, "extrinsic", (uint8_t[]){EXT_ERRORS, 0}, 2, "\3\0\17\0\0\0", 6);
	for (uint8_t entry = 0; entry < 10; entry++)
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			seed_put(s, "extrinsic",
			    (uint8_t[]){EXT_KEYS, 0, 0, entry}, 4, keys[i],
			    strlen(keys[i]));
}

/* Payloads of each call that signerd knows: call, then 4 + 73 bytes. */
static void
payloads(const struct seeds *s)
{
	static const struct payload {
		uint8_t call;
		const char *args;
		size_t len;
	} calls[] = {{0, "\4\1\0\4\2\0\0\0\0\0\0\0\0\0", 14},
	    {97, "\4\1\0\4\2\0\4\3\0\0\0\0\0\0\0\0\0", 17},
	    {113, "\x08xx\1\2\3\4\5\6\7\x08\4\0", 13},
	    {118, "\1\x08xx\1\2\3\4\5\6\7\x08\4\0", 14},
	    {99, "\x08xx\1\2\3\4\5\6\7\x08", 11},
	    {117, "\1\x08xx\1\2\3\4\5\6\7\x08", 12},
	    {116, "\1\4\1\0\4\2\0\4\3\0\0\0\0\0\0\0\0\0", 18},
	    {119, "\1\4\1\0\4\2\0\0\0\0\0\0\0\0\0", 15},
	    {96, "0123456789abcdef0123456789abcdef", 32},
	    {115,
		"\0"
		"0123456789abcdef0123456789abcdef",
		33},
	    {80, "\0", 1}};
	uint8_t tail[4 + 1 + 73] = {0x55, 1, 4, 0, 0};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct buf b = {0};
		uint8_t head[] = {0, 0, 0, 7, calls[i].call, 11, 0};

		buf_add(&b, calls[i].args, calls[i].len);
		buf_add(&b, tail, sizeof(tail));
		for (uint8_t name = 0; name < 12; name++) {
			head[2] = name;
			seed_buf(s, "sign", head, sizeof(head), &b);
		}
		head[4] = 200; /* moved */
		seed_buf(s, "sign", head, sizeof(head), &b);
		head[4] = calls[i].call;
		head[2] = 0;
		head[1] = 1; /* another genesis is asked for */
		seed_buf(s, "sign", head, sizeof(head), &b);
		b.data[calls[i].len + 3] = 4; /* a tip */
		seed_buf(s, "sign", head, sizeof(head), &b);
		head[5] = 12; /* another netuid */
		seed_buf(s, "sign", head, sizeof(head), &b);
		buf_free(&b);
	}
	seed_put(s, "sign", "\0\0\0\7", 4, "", 0);
	seed_put(s, "sign", "\0\0\0\x08\0\x0b\0", 7, "", 0);
}

/* A commit of so many bytes: long ones are signed by their hash, and what is
 * longer than the chain takes is not. */
static void
long_payload(const struct seeds *s, size_t len)
{
	static const uint8_t tail[8 + 2 + 4 + 1 + 73] = {[8] = 4, [10] = 0x55};
	static const uint8_t head[] = {0, 0, 0, 7, 113, 11, 0};
	struct buf b = {0};

	scale_put_compact(&b, len);
	memset(buf_reserve(&b, len), 'x', len);
	b.len += len;
	buf_add(&b, tail, sizeof(tail));
	seed_buf(s, "sign", head, sizeof(head), &b);
	buf_free(&b);
}

static void
ciphertexts(const struct seeds *s)
{
	static const uint8_t secret[32] = {[31] = 42};
	uint8_t public[TIMELOCK_PUBLIC], signature[TIMELOCK_SIGNATURE];
	struct timelock_secrets secrets;
	struct buf b = {0};

	memset(&secrets, 3, sizeof(secrets));
	timelock_public_of(secret, public);
	timelock_sign(secret, 7, signature);
	timelock_encrypt(public, 7, &secrets, "hello", 5, &b, NULL);
	seed_buf(s, "timelock", "\1", 1, &b);
	b.len--;
	seed_buf(s, "timelock", "\1", 1, &b);
	b.len++;
	for (size_t i = 0; i < b.len; i += 5) {
		b.data[i] ^= 0x40;
		seed_buf(s, "timelock", "\1", 1, &b);
		b.data[i] ^= 0x40;
	}
	seed_put(s, "timelock", "\0", 1, b.data, b.len);
	seed_put(s, "timelock", "\2", 1, b.data, 100);
	seed_put(s, "timelock", "\2", 1, b.data, 3);
	seed_put(s, "timelock", "\3", 1, public, sizeof(public));
	seed_put(s, "timelock", "\3", 1, b.data, b.len);
	seed_put(s, "timelock", "\4", 1, b.data, 70);
	buf_free(&b);
}

void
seed_worlds(const struct seeds *s)
{
	for (uint32_t i = 0; i < world_get(WORLD_V14)->n_types; i++) {
		samples(s, i);
		misfits(s, i);
		deep_and_wide(s, i);
	}
	steps(s);
	blobs(s);
	for (uint8_t world = 0; world < WORLD_RECORDED; world++)
		extrinsics(s, world);
	eras_errors_keys(s);
	payloads(s);
	long_payload(s, 300);
	long_payload(s, 5001);
	ciphertexts(s);
}
