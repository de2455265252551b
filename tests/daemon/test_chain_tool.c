/*
 * subnetctl as a chain tool, as scripts use it: arguments in, one JSON object
 * and an exit status out. By a table, and with all recorded vectors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/paths.h"
#include "tests/lib/tool.h"

enum { MAX_ARGS = 16 };

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define ALICE_KEY                                                              \
	"d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
#define GENESIS                                                                \
	"0xd642ae29c636817637b3b869e776516dda61f0dab7550f6992ce3aac24d62728"
#define DEV_PHRASE                                                             \
	"bottom drive obey lake curtain smoke basket hold race lonely fit "    \
	"walk"

/* Arguments that begin so are files of the recorded data. */
static const char data_mark[] = "data:";

#define SPEC_424 "data:finney_taohop_20260704.scale"
#define SPEC_343 "data:finney_spec343_v15.scale"
#define SPEC_293 "data:metadata-293.scale"

/* -- running ------------------------------------------------------------ */

static void
run(const char *const *args, const char *in, struct tool_answer *got)
{
	const char *argv[MAX_ARGS] = {NULL};
	char *paths[MAX_ARGS] = {NULL};
	size_t n = 0;

	for (; args[n] != NULL && n < MAX_ARGS - 1; n++) {
		size_t len = strlen(data_mark);

		if (strncmp(args[n], data_mark, len) == 0)
			paths[n] = chaindata_path(args[n] + len);
		argv[n] = paths[n] != NULL ? paths[n] : args[n];
	}
	tool_run(argv, in, in != NULL ? strlen(in) : 0, got);
	while (n > 0)
		free(paths[--n]);
}

#define RUN(got, in, ...) run((const char *const[]){__VA_ARGS__, NULL}, in, got)

static void
assert_status(const struct tool_answer *got, int status, const char *what)
{
	if (got->status != status)
		fail_msg("%s: exit %d, not %d\n%s%s", what, got->status, status,
		    got->out, got->err);
}

/* Objects may have more members than expected, and nothing else may differ. */
static bool
has(const json_t *json, const json_t *expected)
{
	const char *name;
	json_t *value;

	if (!json_is_object(expected))
		return json_equal(json, expected);
	json_object_foreach((json_t *)expected, name, value)
	{
		if (!has(json_object_get(json, name), value))
			return false;
	}
	return json_is_object(json);
}

/* ' stands for " in what is expected. */
static json_t *
parse(const char *text)
{
	char *copy = xstrdup(text);
	json_error_t why;
	json_t *json;

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	json = json_loads(copy, JSON_DECODE_ANY, &why);
	if (json == NULL)
		fail_msg("%s: %s", text, why.text);
	free(copy);
	return json;
}

static void
assert_has(const struct tool_answer *got, const char *expected)
{
	json_t *json = parse(expected);

	if (!has(got->json, json))
		fail_msg("no %s in %s%s", expected, got->out, got->err);
	json_decref(json);
}

static const char *
text_at(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

/* The member is this hex, with or without 0x. */
static void
assert_hex(const struct tool_answer *got, const char *name, const char *hex)
{
	const char *ours = text_at(got->json, name);

	if (strncmp(hex, "0x", 2) == 0)
		hex += 2;
	if (got->status != 0 || ours == NULL || strcmp(ours + 2, hex) != 0)
		fail_msg("exit %d, no \"%s\": \"%s\" in %s%s", got->status,
		    name, hex, got->out, got->err);
}

/* A new file in the build; the caller unlinks and frees. */
static char *
write_file(const char *name, mode_t mode, const void *data, size_t len)
{
	char *build = paths_build();
	char *path = xasprintf("%s/tool-%d-%s", build, (int)getpid(), name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	free(build);
	return path;
}

static void
drop_file(char *path)
{
	unlink(path);
	free(path);
}

/* -- the table ---------------------------------------------------------- */

struct example {
	const char *args[MAX_ARGS];
	const char *in;
	int status;
	const char *expected; /* JSON; or what stderr says if there is none */
};

static const struct example plain[] = {
    {{"key", "inspect", "//Alice"}, NULL, 0,
	"{'public_key': '0x" ALICE_KEY "', 'ss58': '" ALICE
	"', 'kind': 'development'}"},
    {{"key", "inspect", DEV_PHRASE}, NULL, 0,
	"{'ss58': '5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV',"
	" 'kind': 'phrase'}"},
    {{"key", "inspect", "-"}, "//Alice\n", 0, "{'ss58': '" ALICE "'}"},
    {{"key", "inspect",
	 "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e"},
	NULL, 0,
	"{'ss58': '5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV',"
	" 'kind': 'seed'}"},
    {{"key", "inspect"}, NULL, 64, "one secret is needed"},
    {{"key", "inspect", "//Alice", "--file", "x"}, NULL, 64,
	"one secret is needed"},
    {{"key", "inspect", "--file", "/nowhere/hotkey"}, NULL, 1,
	"/nowhere/hotkey"},
    {{"key", "inspect", ""}, NULL, 1, "empty"},
    {{"key", "sign", "00"}, NULL, 64, "one secret is needed"},
    {{"key", "sign", "--suri", "//Alice"}, NULL, 64, "too few"},
    {{"key", "sign", "--suri", "//Alice", "0x0"}, NULL, 1,
	"the message is not hex"},
    {{"key", "verify", "--ss58", ALICE, "00"}, NULL, 64, "--sig is missing"},
    {{"key", "verify", "--ss58", ALICE, "--sig", "00", "00"}, NULL, 1,
	"--sig has 1 bytes, not 64"},
    {{"key", "verify", "--ss58", "5Grw", "--sig", "00", "00"}, NULL, 1,
	"is no SS58 address"},
    {{"ss58", "encode", ALICE_KEY}, NULL, 0,
	"{'ss58': '" ALICE "', 'prefix': 42}"},
    {{"ss58", "encode", "--prefix=0", "0x" ALICE_KEY}, NULL, 0,
	"{'ss58': '15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5'}"},
    {{"ss58", "encode", "--prefix", "46", ALICE_KEY}, NULL, 1, "reserved"},
    {{"ss58", "encode", "--prefix", "16384", ALICE_KEY}, NULL, 64,
	"a number from 0 to 16383"},
    {{"ss58", "encode", "00"}, NULL, 1, "the public key has 1 bytes, not 32"},
    {{"ss58", "decode", ALICE}, NULL, 0,
	"{'public_key': '0x" ALICE_KEY "', 'prefix': 42}"},
    {{"ss58", "decode", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"},
	NULL, 0, "{'public_key': '0x" ALICE_KEY "', 'prefix': 0}"},
    {{"ss58", "decode", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ"},
	NULL, 1, "is no SS58 address"},
    {{"era", "encode", "--period", "0", "--current", "9"}, NULL, 0,
	"{'hex': '0x00', 'birth': 0, 'death': null}"},
    {{"era", "encode", "--period", "64", "--current", "42"}, NULL, 0,
	"{'hex': '0xa502', 'birth': 42, 'death': 106}"},
    {{"era", "encode", "--period", "65537", "--current", "1"}, NULL, 64,
	"--period is a number from 0 to 65536"},
    {{"era", "encode", "--period", "-4", "--current", "1"}, NULL, 64,
	"--period"},
    {{"era", "encode", "--period", "64"}, NULL, 64, "--current is missing"},
    {{"era", "encode", "--period", "64", "--period", "64", "--current", "1"},
	NULL, 64, "--period is given twice"},
    {{"era", "encode", "--period", "64", "--curent", "1"}, NULL, 64,
	"there is no flag --curent here"},
    {{"era", "encode", "--period", "64", "--current"}, NULL, 64,
	"--current wants a value"},
    {{"era", "encode", "--period", "64", "--current", "1", "x"}, NULL, 64,
	"too many"},
    {{"weights", "u16"}, "{\"uids\": [7, 3], \"weights\": [0, 0]}", 0,
	"{'uids': [], 'values': []}"},
    {{"weights", "u16"},
	"{\"uids\": [7, 3], \"weights\": [0, 1], \"keep_zeros\": true}", 0,
	"{'uids': [7, 3], 'values': [0, 65535]}"},
    {{"weights", "u16"},
	"{\"uids\": [2], \"weights\": [1], \"min_allowed\": 3, \"n\": 8}", 0,
	"{'uids': [2, 0, 1], 'values': [65535, 0, 0]}"},
    {{"weights", "u16"},
	"{\"uids\": [2], \"weights\": [1], \"min_allowed\": 3}", 1,
	"\"min_allowed\" needs \"n\""},
    {{"weights", "u16"}, "{\"uids\": [8], \"weights\": [1], \"n\": 8}", 1,
	"uid 8 is not below n = 8"},
    {{"weights", "u16"}, "{\"uids\": [2, 2], \"weights\": [1, 1], \"n\": 8}", 1,
	"uid 2 is there twice"},
    {{"weights", "u16"}, "{\"uids\": [2], \"weights\": [-1]}", 1, "uid 2"},
    {{"weights", "u16"}, "{\"uids\": [-2], \"weights\": [1]}", 1,
	"uids[0] is no uid"},
    {{"weights", "u16"}, "{\"uids\": [65536], \"weights\": [1]}", 1,
	"uids[0] is no uid"},
    {{"weights", "u16"}, "{\"uids\": [2], \"weights\": [\"1\"]}", 1,
	"weights[0] is no number"},
    {{"weights", "u16"}, "{\"uids\": [2], \"weights\": []}", 1,
	"1 uids and 0 weights"},
    {{"weights", "u16"}, "{\"uids\": [2], \"weights\": [NaN]}", 1, "not JSON"},
    {{"weights", "u16"}, "{\"uids\": [2]}", 1, "is needed on stdin"},
    {{"weights", "u16"}, "[]", 1, "not a JSON object"},
    {{"weights", "u16"}, NULL, 1, "stdin is not JSON"},
    {{"weights", "u16", "x"}, NULL, 64, "too many"},
    {{"epoch", "reveal-block"},
	"{\"netuid\": 1, \"tempo\": 99, \"current\": 150, \"period\": 1}", 0,
	"{'reveal_block': 198}"},
    {{"epoch", "reveal-block"},
	"{\"last\": 720, \"pending\": 0, \"index\": 2, \"tempo\": 0,"
	" \"since\": 2, \"current\": 722, \"period\": 1}",
	1, "tempo is 0"},
    {{"epoch", "reveal-block"},
	"{\"last\": \"720\", \"pending\": 0, \"index\": 2, \"tempo\": 360,"
	" \"since\": 2, \"current\": 722, \"period\": "
	"\"18446744073709551615\"}",
	1, "too far away"},
    {{"epoch", "reveal-block"}, "{\"tempo\": 1}", 1, "\"current\" is missing"},
    {{"epoch", "reveal-block"}, "{\"tempo\": -1}", 1, "\"tempo\" is a whole"},
    {{"timelock", "encrypt", "00"}, NULL, 64, "--round is missing"},
    {{"timelock", "encrypt", "--round", "0", "00"}, NULL, 64, "--round"},
    {{"timelock", "encrypt", "--round", "1", "--public", "00", "00"}, NULL, 1,
	"public has 1 bytes, not 96"},
    {{"timelock", "decrypt", "--signature", "00", "00"}, NULL, 1,
	"--signature has 1 bytes, not 48"},
    {{"metadata", "show", "/nowhere"}, NULL, 1, "/nowhere"},
    {{"metadata", "show", "."}, NULL, 1, "."},
    {{"metadata", "show", "-"}, "", 1, "empty"},
    {{"metadata", "show", "-"}, "0x00", 1, "-"},
    {{"metadata", "show", "-"},
	"{\"jsonrpc\": \"2.0\", \"id\": 1, \"error\": {\"code\": -32601,"
	" \"message\": \"Method not found\"}}",
	1, "Method not found"},
    {{"metadata", "show"}, NULL, 64, "too few"},
    {{"metadata", "show", "@"}, NULL, 1, "@"},
    {{"events", "decode", "-", "-"}, "0x00", 1, "-"},
    {{"storage-key", "x", "y"}, NULL, 64, "too few"},
};

static const struct example of_424[] = {
    {{"metadata", "show", SPEC_424, "--pallet", "Nowhere"}, NULL, 1,
	"there is no pallet \"Nowhere\""},
    {{"storage-key", SPEC_424, "System", "Number"}, NULL, 0,
	"{'key': '0x26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca"
	"4983ac', 'is_prefix': false}"},
    {{"storage-key", SPEC_424, "SubtensorModule", "NetworksAdded"}, NULL, 0,
	"{'key': '0x658faa385070e074c85bf6b568cf05550e30450fc4d507a846032a7fa65"
	"d9a43', 'is_prefix': true}"},
    {{"storage-key", SPEC_424, "SubtensorModule", "Nothing"}, NULL, 1,
	"there is no storage SubtensorModule.Nothing"},
    {{"storage-key", SPEC_424, "SubtensorModule", "Tempo", "-1"}, NULL, 1,
	"key 0"},
    {{"storage-key", SPEC_424, "SubtensorModule", "Tempo", "1e0"}, NULL, 1,
	"key 0"},
    {{"storage-key", SPEC_424, "SubtensorModule", "Tempo", "\xff"}, NULL, 1,
	"not UTF-8"},
    {{"storage-key", SPEC_424, "SubtensorModule", "Tempo", "1", "2"}, NULL, 1,
	"has 1 keys, not 2"},
    {{"call", "encode", SPEC_424, "SubtensorModule", "set_weights",
	 "{\"netuid\": 1}"},
	NULL, 1, "dests"},
    {{"call", "encode", SPEC_424, "SubtensorModule", "set_weights", "{"}, NULL,
	1, "not JSON"},
    {{"call", "encode", SPEC_424, "SubtensorModule", "set_nothing", "{}"}, NULL,
	1, "set_nothing"},
    {{"call", "encode", SPEC_424, "System", "remark", "-"},
	"{\"remark\": \"0x00010203\"}", 0, "{'hex': '0x00001000010203'}"},
    {{"events", "decode", SPEC_424, "0x00"}, NULL, 0, "{'events': []}"},
    {{"events", "decode", SPEC_424, "0x04"}, NULL, 1, "breaks off"},
    {{"events", "decode", SPEC_424, "-"},
	"{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": \"0x00\"}\n", 0,
	"{'events': []}"},
    {{"extrinsic", "decode", SPEC_424, "00"}, NULL, 1, "extrinsic"},
    {{"extrinsic", "decode", SPEC_424, "00", "--genesis", "00"}, NULL, 64,
	"--genesis has 1 bytes, not 32"},
    {{"extrinsic", "decode", SPEC_424, "00", "--spec-version", "4294967296"},
	NULL, 64, "--spec-version"},
    {{"runtime-api", "decode", SPEC_424, "Nowhere_get", "00"}, NULL, 1,
	"no runtime API Nowhere_get"},
    {{"runtime-api", "decode", SPEC_293, "Core_version", "00"}, NULL, 1,
	"V14 describes no runtime APIs"},
    {{"runtime-api", "decode", SPEC_424, "AccountNonceApi_account_nonce",
	 "2a000000"},
	NULL, 0, "{'value': 42}"},
};

static void
check_examples(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct example *e = &examples[i];
		struct tool_answer got;

		run(e->args, e->in, &got);
		assert_status(&got, e->status, e->expected);
		if (e->expected[0] == '{')
			assert_has(&got, e->expected);
		else if (strstr(got.err, e->expected) == NULL)
			fail_msg("no \"%s\" in: %s", e->expected, got.err);
		else
			assert_string_equal(got.out, "");
		tool_answer_clear(&got);
	}
	print_message("%zu examples\n", n);
}

static void
examples_without_metadata(void **state)
{
	(void)state;
	check_examples(plain, sizeof(plain) / sizeof(plain[0]));
}

static void
examples_with_metadata(void **state)
{
	(void)state;
	chaindata_or_skip();
	check_examples(of_424, sizeof(of_424) / sizeof(of_424[0]));
}

static void
help_lists_every_command(void **state)
{
	static const char *const commands[] = {"key inspect", "key sign",
	    "key verify", "ss58 encode", "ss58 decode", "metadata show",
	    "storage-key", "call encode", "extrinsic decode", "events decode",
	    "runtime-api decode", "era encode", "timelock encrypt",
	    "timelock decrypt", "weights u16", "epoch reveal-block", "migrate",
	    "doctor"};
	struct tool_answer got;

	(void)state;
	RUN(&got, NULL, "help");
	assert_status(&got, 0, "help");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strstr(got.out, commands[i]) == NULL)
			fail_msg("no %s in:\n%s", commands[i], got.out);
	tool_answer_clear(&got);
	RUN(&got, NULL, "era", "encode", "--help");
	assert_status(&got, 0, "--help");
	assert_non_null(strstr(got.out, "--period BLOCKS"));
	tool_answer_clear(&got);
	RUN(&got, NULL, "key", "turn");
	assert_status(&got, 64, "key turn");
	tool_answer_clear(&got);
}

/* Flags of the suite's configuration may stand there, and mean nothing. */
static void
the_suites_flags_are_passed_over(void **state)
{
	struct tool_answer got;

	(void)state;
	RUN(&got, NULL, "--json", "--db.url", "postgresql:///nowhere", "-c",
	    "/nowhere", "--logging.debug", "ss58", "decode", ALICE, "--limit=3",
	    "--json");
	assert_status(&got, 0, "with flags");
	assert_has(&got, "{'prefix': 42}");
	tool_answer_clear(&got);
}

/* -- keys --------------------------------------------------------------- */

static void
assert_account(const json_t *row, const struct tool_answer *got)
{
	assert_hex(got, "public_key", text_at(row, "public"));
	if (text_at(row, "ss58_42") != NULL)
		assert_string_equal(
		    text_at(got->json, "ss58"), text_at(row, "ss58_42"));
}

static void
inspect(const json_t *row, char *suri)
{
	struct tool_answer got;

	RUN(&got, NULL, "key", "inspect", suri);
	assert_account(row, &got);
	tool_answer_clear(&got);
	RUN(&got, suri, "key", "inspect", "-");
	assert_account(row, &got);
	tool_answer_clear(&got);
	free(suri);
}

static char *
hex_of_text(const char *text)
{
	struct buf hex = {0};

	for (; *text != '\0'; text++)
		buf_printf(&hex, "%02x", (unsigned char)*text);
	return buf_take_str(&hex);
}

static void
check_verify(const json_t *row)
{
	char *message = hex_of_text(text_at(row, "message_utf8"));
	struct tool_answer got;
	char *address;

	RUN(&got, NULL, "ss58", "encode", text_at(row, "public"));
	address = xstrdup(text_at(got.json, "ss58"));
	tool_answer_clear(&got);
	RUN(&got, NULL, "key", "verify", "--ss58", address, "--sig",
	    text_at(row, "signature"), message);
	assert_status(&got, 0, "verify");
	assert_has(&got, "{'valid': true}");
	tool_answer_clear(&got);
	message[0] ^= 1;
	RUN(&got, NULL, "key", "verify", "--ss58", address, "--sig",
	    text_at(row, "signature"), message);
	assert_status(&got, 1, "verify another message");
	assert_has(&got, "{'valid': false}");
	assert_string_equal(got.err, "");
	tool_answer_clear(&got);
	free(address);
	free(message);
}

static void
key_vectors(void **state)
{
	json_t *file, *row;
	size_t i, n = 0;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("sr25519_vectors.json");
	json_array_foreach(json_object_get(file, "suri"), i, row)
	{
		inspect(row, xasprintf("%s%s", text_at(row, "phrase"),
				 text_at(row, "path")));
		n++;
	}
	json_array_foreach(json_object_get(file, "seeds"), i, row)
	{
		const char *ascii = text_at(row, "seed_ascii");
		char *hex = ascii != NULL ? hex_of_text(ascii) : NULL;

		inspect(row, hex != NULL ? xasprintf("0x%s", hex)
					 : xstrdup(text_at(row, "path")));
		free(hex);
		n++;
	}
	json_array_foreach(json_object_get(file, "bip39"), i, row)
	{
		inspect(row, xasprintf("%s///%s", text_at(row, "mnemonic"),
				 text_at(row, "password")));
		n++;
	}
	json_array_foreach(json_object_get(file, "verify"), i, row)
	{
		check_verify(row);
		n++;
	}
	print_message("%zu vectors of sr25519_vectors.json\n", n);
	assert_int_equal(n, 5 + 7 + 12 + 1);
	json_decref(file);
}

static void
what_is_signed_verifies(void **state)
{
	static const char *const messages[] = {"", "0x", "00", "0xdeadbeef"};
	struct tool_answer got;

	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		char *sig;

		RUN(&got, NULL, "key", "sign", "--suri", "//Alice",
		    messages[i]);
		assert_status(&got, 0, "sign");
		assert_has(&got, "{'ss58': '" ALICE "'}");
		sig = xstrdup(text_at(got.json, "signature"));
		tool_answer_clear(&got);
		RUN(&got, NULL, "key", "verify", "--ss58", ALICE, "--sig", sig,
		    messages[i]);
		assert_status(&got, 0, "its own");
		tool_answer_clear(&got);
		RUN(&got, NULL, "key", "verify", "--ss58", BOB, "--sig", sig,
		    messages[i]);
		assert_status(&got, 1, "another's");
		assert_has(&got, "{'valid': false}");
		tool_answer_clear(&got);
		free(sig);
	}
}

static void
a_key_file_that_others_can_read_is_refused(void **state)
{
	static const char seed[] =
	    "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";
	char *path = write_file("key", 0600, seed, strlen(seed));
	struct tool_answer got;

	(void)state;
	RUN(&got, NULL, "key", "inspect", "--file", path);
	assert_status(&got, 0, "mode 600");
	assert_has(&got,
	    "{'ss58': '5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV',"
	    " 'kind': 'file'}");
	assert_null(strstr(got.out, seed));
	tool_answer_clear(&got);
	RUN(&got, NULL, "key", "sign", "--file", path, "00");
	assert_status(&got, 0, "sign with mode 600");
	assert_null(strstr(got.out, seed));
	tool_answer_clear(&got);
	assert_int_equal(chmod(path, 0640), 0);
	RUN(&got, NULL, "key", "inspect", "--file", path);
	assert_status(&got, 1, "mode 640");
	assert_non_null(strstr(got.err, "chmod 600"));
	assert_null(strstr(got.err, seed));
	tool_answer_clear(&got);
	drop_file(path);
}

static void
a_public_key_file_is_read_whoever_may(void **state)
{
	static const char text[] = "{\"ss58Address\": \"" ALICE "\"}";
	char *path = write_file("pub.txt", 0644, text, strlen(text));
	struct tool_answer got;

	(void)state;
	RUN(&got, NULL, "key", "inspect", "--file", path);
	assert_status(&got, 0, "a public key");
	assert_has(&got, "{'public_key': '0x" ALICE_KEY "', 'ss58': '" ALICE
			 "', 'kind': 'public'}");
	tool_answer_clear(&got);
	drop_file(path);
}

/* Not even what was mistyped. */
static void
secrets_are_never_printed(void **state)
{
	static const char *const secrets[] = {
	    "bottom drive obey lake curtain smoke basket hold race lonely fit "
	    "secretword",
	    "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479",
	    "secretword//", "0xsecretword", "//secretword//"};

	(void)state;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		char *flag = xasprintf("--sury=%s", secrets[i]);
		struct tool_answer got[4];

		RUN(&got[0], NULL, "key", "inspect", secrets[i]);
		RUN(&got[1], NULL, "key", "sign", "--suri", secrets[i], "00");
		RUN(&got[2], NULL, "key", "sign", flag, "00");
		RUN(&got[3], secrets[i], "key", "inspect", "-");
		for (int k = 0; k < 4; k++) {
			assert_status(&got[k], k == 2 ? 64 : 1, "a bad secret");
			assert_null(strstr(got[k].err, "secretword"));
			assert_null(strstr(got[k].err, "fac7959d"));
			assert_string_equal(got[k].out, "");
			tool_answer_clear(&got[k]);
		}
		free(flag);
	}
}

/* -- metadata ----------------------------------------------------------- */

static const struct {
	const char *file;
	int version, spec, extensions;
} runtimes[] = {
    {"subtensor_devnet_spec246ish_20250307.scale", 15, 240, 11},
    {"metadata-293.scale", 14, 293, 10},
    {"finney_spec343_v14.scale", 14, 343, 11},
    {"finney_spec343_v15.scale", 15, 343, 11},
    {"finney_one-covenant_bittensor-rs_20251227.scale", 16, 365, 12},
    {"finney_taohop_20260704.scale", 16, 424, 13},
};

static const json_t *
named(const json_t *list, const char *name)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (strcmp(text_at(item, "name"), name) == 0)
			return item;
	}
	return NULL;
}

static void
every_metadata_file_is_shown(void **state)
{
	(void)state;
	chaindata_or_skip();
	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++) {
		char *path = chaindata_path(runtimes[i].file);
		struct tool_answer got;

		RUN(&got, NULL, "metadata", "show", path);
		assert_status(&got, 0, path);
		assert_int_equal(runtimes[i].version,
		    json_integer_value(json_object_get(got.json, "version")));
		assert_int_equal(runtimes[i].spec,
		    json_integer_value(
			json_object_get(got.json, "spec_version")));
		assert_int_equal(runtimes[i].extensions,
		    json_array_size(json_object_get(got.json, "extensions")));
		assert_non_null(named(
		    json_object_get(got.json, "pallets"), "SubtensorModule"));
		tool_answer_clear(&got);
		free(path);
	}
}

static void
a_pallet_is_shown_in_the_form_agreed(void **state)
{
	const json_t *pallets, *pallet, *call, *entry;
	struct tool_answer got;
	json_t *expected;

	(void)state;
	chaindata_or_skip();
	RUN(&got, NULL, "metadata", "show", SPEC_424, "--pallet",
	    "SubtensorModule");
	assert_status(&got, 0, "show");
	pallets = json_object_get(got.json, "pallets");
	assert_int_equal(json_array_size(pallets), 1);
	pallet = json_array_get(pallets, 0);
	assert_int_equal(
	    json_integer_value(json_object_get(pallet, "index")), 7);
	call = named(json_object_get(pallet, "calls"),
	    "commit_timelocked_mechanism_weights");
	expected = parse("[{'name': 'netuid', 'type': 'NetUid'},"
			 " {'name': 'mecid', 'type': 'MechId'},"
			 " {'name': 'commit', 'type': 'BoundedVec<u8, "
			 "ConstU32<MAX_CRV3_COMMIT_SIZE_BYTES>>'},"
			 " {'name': 'reveal_round', 'type': 'u64'},"
			 " {'name': 'commit_reveal_version', 'type': 'u16'}]");
	assert_int_equal(
	    json_integer_value(json_object_get(call, "index")), 118);
	if (!json_equal(json_object_get(call, "args"), expected))
		fail_msg("%s", json_dumps(call, 0));
	json_decref(expected);
	entry = named(json_object_get(pallet, "storage"), "Uids");
	expected = parse("{'hashers': ['Identity', 'Blake2_128Concat'],"
			 " 'default': false}");
	assert_true(has(entry, expected));
	json_decref(expected);
	entry = named(json_object_get(pallet, "errors"), "CommitRevealEnabled");
	assert_int_equal(
	    json_integer_value(json_object_get(entry, "index")), 53);
	tool_answer_clear(&got);
}

/* The blob, its hex, and the two answers of a node. */
static void
metadata_is_read_in_every_form(void **state)
{
	static const char *const formats[] = {"%s", "0x%s\n",
	    "{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": \"0x%s\"}\n"};
	uint8_t *blob;
	size_t len;
	struct buf hex = {0}, wrapped = {0};

	(void)state;
	chaindata_or_skip();
	blob = chaindata_read("finney_spec343_v15.scale", &len);
	for (size_t i = 0; i < len; i++)
		buf_printf(&hex, "%02x", blob[i]);
	/* Option<Vec<u8>>: 01, the length as a compact of four bytes. */
	buf_printf(&wrapped, "01");
	for (int i = 0; i < 4; i++)
		buf_printf(
		    &wrapped, "%02x", (unsigned)(len << 2 | 2) >> 8 * i & 0xff);
	buf_add_str(&wrapped, buf_str(&hex));
	for (int i = 0; i < 6; i++) {
		char *text =
		    xasprintf(formats[i / 2], buf_str(i % 2 ? &wrapped : &hex));
		char *path = write_file("form", 0644, text, strlen(text));
		struct tool_answer got;

		RUN(&got, NULL, "metadata", "show", path, "--pallet", "Drand");
		assert_status(&got, 0, "a form");
		assert_has(&got, "{'version': 15, 'spec_version': 343}");
		tool_answer_clear(&got);
		drop_file(path);
		free(text);
	}
	buf_free(&hex);
	buf_free(&wrapped);
	free(blob);
}

/* -- storage keys ------------------------------------------------------- */

/* "key" of a storage entry whose keys are words. */
static void
check_key(const char *file, const char *pallet, const char *entry,
    const json_t *keys, const char *expected)
{
	const char *args[MAX_ARGS] = {"storage-key", file, pallet, entry};
	char *words[MAX_ARGS] = {NULL};
	struct tool_answer got;
	const json_t *key;
	size_t i;

	json_array_foreach(keys, i, key)
	{
		words[i] = json_is_string(key)
			       ? xstrdup(json_string_value(key))
			       : json_dumps(key, JSON_ENCODE_ANY);
		args[4 + i] = words[i];
	}
	run(args, NULL, &got);
	assert_hex(&got, "key", expected);
	tool_answer_clear(&got);
	while (i > 0)
		free(words[--i]);
}

/* Entries of Keys[2], and the map under it. */
static size_t
check_keys_under(const json_t *row)
{
	json_t *keys = json_pack("[i]", 2), *key;
	size_t i;

	check_key(
	    SPEC_293, "SubtensorModule", "Keys", keys, text_at(row, "key"));
	json_array_foreach(json_object_get(row, "keys"), i, key)
	{
		json_array_clear(keys);
		json_array_append_new(keys, json_integer(2));
		json_array_append_new(keys, json_integer(i));
		check_key(SPEC_293, "SubtensorModule", "Keys", keys,
		    json_string_value(key));
	}
	json_decref(keys);
	return 1;
}

static void
storage_keys_of_spec_293(void **state)
{
	json_t *file, *row;
	size_t i, n = 0;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("storage-keys-293.json");
	json_array_foreach(file, i, row)
	{
		if (json_object_get(row, "note") != NULL) {
			n += check_keys_under(row);
			continue;
		}
		check_key(SPEC_293, text_at(row, "pallet"),
		    text_at(row, "metaName"), json_object_get(row, "args"),
		    text_at(row, "key"));
		n++;
	}
	print_message("%zu of %zu keys of storage-keys-293.json\n", n,
	    json_array_size(file));
	assert_int_equal(n, 36);
	json_decref(file);
}

/* "acc:" and "raw:" hex, "u16:" a number. */
static json_t *
golden_keys(const json_t *list)
{
	json_t *keys = json_array(), *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(item);
		bool is_number = strncmp(text, "u16:", 4) == 0;

		json_array_append_new(keys,
		    json_sprintf("%s%s", is_number ? "" : "0x", text + 4));
	}
	return keys;
}

static void
storage_keys_of_spec_438(void **state)
{
	json_t *file, *row;
	size_t i, n = 0;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("golden_spec438.json");
	json_array_foreach(json_object_get(file, "storage_keys"), i, row)
	{
		json_t *keys = golden_keys(json_array_get(row, 2));

		check_key(SPEC_424, json_string_value(json_array_get(row, 0)),
		    json_string_value(json_array_get(row, 1)), keys,
		    json_string_value(json_array_get(row, 3)));
		json_decref(keys);
		n++;
	}
	print_message("%zu keys of golden_spec438.json\n", n);
	assert_int_equal(n, 13);
	json_decref(file);
}

/* -- calls -------------------------------------------------------------- */

static const struct call {
	const char *recorded; /* as the file of its bytes names it */
	const char *pallet, *name, *args;
} calls[] = {
    {"Balances.transfer_keep_alive(Id(bob),12345)", "Balances",
	"transfer_keep_alive", "{'dest': {'Id': '" BOB "'}, 'value': 12345}"},
    {"SubtensorModule.set_weights(1,[0,1],[100,200],0)", "SubtensorModule",
	"set_weights",
	"{'netuid': 1, 'dests': [0, 1], 'weights': [100, 200],"
	" 'version_key': 0}"},
    {"Sudo.sudo(System.remark(deadbeef))", "Sudo", "sudo",
	"{'call': {'System': {'remark': {'remark': '0xdeadbeef'}}}}"},
    {"Proxy.proxy(real alice, Some(Transfer), transfer_keep_alive 1 bob)",
	"Proxy", "proxy",
	"{'real': {'Id': '" ALICE "'}, 'force_proxy_type': 'Transfer',"
	" 'call': {'Balances': {'transfer_keep_alive':"
	" {'dest': {'Id': '" BOB "'}, 'value': 1}}}}"},
    {"set_weights(11,[0,5],[65535,32768],1)", "SubtensorModule", "set_weights",
	"{'netuid': 11, 'dests': [0, 5], 'weights': [65535, 32768],"
	" 'version_key': 1}"},
    {"set_mechanism_weights(11,0,[0,5],[65535,32768],10002000)",
	"SubtensorModule", "set_mechanism_weights",
	"{'netuid': 11, 'mecid': 0, 'dests': [0, 5],"
	" 'weights': [65535, 32768], 'version_key': 10002000}"},
    {"commit_mechanism_weights(11,1,hash ab*32)", "SubtensorModule",
	"commit_mechanism_weights",
	"{'netuid': 11, 'mecid': 1, 'commit_hash': '0x"
	"abababababababababababababababababababababababababababababababab'}"},
    {"reveal_mechanism_weights(11,1,[7],[65535],[1,2],3)", "SubtensorModule",
	"reveal_mechanism_weights",
	"{'netuid': 11, 'mecid': 1, 'uids': [7], 'values': [65535],"
	" 'salt': [1, 2], 'version_key': 3}"},
    {"commit_timelocked_mechanism_weights(11,0,[de ad be ef],round "
     "1000,version 4)",
	"SubtensorModule", "commit_timelocked_mechanism_weights",
	"{'netuid': 11, 'mecid': 0, 'commit': '0xdeadbeef',"
	" 'reveal_round': 1000, 'commit_reveal_version': 4}"},
    {"commit_timelocked_weights(11,[de ad be ef],1000,4)", "SubtensorModule",
	"commit_timelocked_weights",
	"{'netuid': 11, 'commit': '0xdeadbeef', 'reveal_round': 1000,"
	" 'commit_reveal_version': 4}"},
    {"batch_set_weights([1,300],[[(0,1),(1,16384)],[]],[0,4294967296])",
	"SubtensorModule", "batch_set_weights",
	"{'netuids': [1, 300], 'weights': [[[0, 1], [1, 16384]], []],"
	" 'version_keys': [0, 4294967296]}"},
    {"commit_weights(11, cd*32)", "SubtensorModule", "commit_weights",
	"{'netuid': 11, 'commit_hash': '0x"
	"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd'}"},
    {"serve_axon(11, version 10002000, 1.2.3.4, 8091, 4, 4, 0, 0)",
	"SubtensorModule", "serve_axon",
	"{'netuid': 11, 'version': 10002000, 'ip': 16909060, 'port': 8091,"
	" 'ip_type': 4, 'protocol': 4, 'placeholder1': 0,"
	" 'placeholder2': 0}"},
    {"Commitments.set_commitment(11, fields [Raw 'hello'])", "Commitments",
	"set_commitment",
	"{'netuid': 11, 'info': {'fields': [{'Raw5': '0x68656c6c6f'}]}}"},
    {"Commitments.set_commitment(11, fields [Raw0, None, BigRaw 'hi'])",
	"Commitments", "set_commitment",
	"{'netuid': 11, 'info': {'fields': [{'Raw0': '0x'}, 'None',"
	" {'BigRaw': '0x6869'}]}}"},
};

/* Its bytes, of one file or the other. */
static const char *
recorded_call(const json_t *golden, const json_t *derived, const char *name)
{
	const char *hex = text_at(json_object_get(derived, "calls"), name);
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(golden, "calls"), i, row)
	{
		if (strcmp(json_string_value(json_array_get(row, 0)), name) ==
		    0)
			hex = json_string_value(json_array_get(row, 1));
	}
	assert_non_null(hex);
	return hex;
}

static void
calls_have_the_bytes_recorded(void **state)
{
	json_t *golden, *derived;
	size_t n = sizeof(calls) / sizeof(calls[0]);

	(void)state;
	chaindata_or_skip();
	golden = chaindata_json("golden_spec438.json");
	derived = chaindata_json("derived_vectors.json");
	for (size_t i = 0; i < n; i++) {
		json_t *args = parse(calls[i].args);
		char *text = json_dumps(args, 0);
		struct tool_answer got;

		RUN(&got, NULL, "call", "encode", SPEC_424, calls[i].pallet,
		    calls[i].name, text);
		assert_hex(&got, "hex",
		    recorded_call(golden, derived, calls[i].recorded));
		tool_answer_clear(&got);
		free(text);
		json_decref(args);
	}
	print_message("%zu calls of derived_vectors.json and "
		      "golden_spec438.json\n",
	    n);
	json_decref(golden);
	json_decref(derived);
}

/* -- extrinsics --------------------------------------------------------- */

static void
recorded_extrinsics_are_taken_apart(void **state)
{
	static const char *const expected[] = {
	    "{'signer': '" ALICE "', 'signature_valid': false, 'era':"
	    " 'immortal', 'nonce': 0, 'tip': 0, 'pallet': 'Balances', 'call':"
	    " 'transfer_keep_alive', 'args': {'dest': {'Id': '" BOB
	    "'}, 'value': 12345}}",
	    "{'signer': '" ALICE "', 'signature_valid': null, 'era':"
	    " {'period': 64, 'phase': 5}, 'nonce': 11, 'tip': 0}",
	    "{'signer': '" ALICE "', 'signature_valid': true, 'era':"
	    " 'immortal', 'nonce': 0, 'tip': 0}",
	    "{'signer': null, 'signature_valid': null, 'era': null, 'nonce':"
	    " null, 'tip': null, 'pallet': 'Timestamp', 'call': 'set',"
	    " 'args': {'now': 1784809824006}}",
	    "{'signer': null, 'pallet': 'Drand', 'call': 'write_pulse'}",
	};
	json_t *file, *row;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("golden_spec438.json");
	json_array_foreach(json_object_get(file, "extrinsics"), i, row)
	{
		struct tool_answer got;

		RUN(&got, NULL, "extrinsic", "decode", SPEC_424,
		    text_at(row, "hex"), "--spec-version", "438",
		    "--tx-version", "1", "--genesis", GENESIS);
		assert_hex(&got, "hash", text_at(row, "hash"));
		assert_has(&got, expected[i]);
		tool_answer_clear(&got);
	}
	print_message("%zu extrinsics of golden_spec438.json\n", i);
	assert_int_equal(i, sizeof(expected) / sizeof(expected[0]));
	json_decref(file);
}

/* One of our own, with a tip and an era, of the runtime of the metadata. */
static char *
signed_extrinsic(const char *era_and_nonce_and_tip, const char *birth)
{
	static const char call[] = "00001000010203";
	char *payload = xasprintf("%s%s00a801000001000000%s%s00", call,
	    era_and_nonce_and_tip, GENESIS + 2, birth);
	struct tool_answer got;
	struct buf x = {0};
	char *hex;

	RUN(&got, NULL, "key", "sign", "--suri", "//Alice", payload);
	assert_status(&got, 0, "sign");
	buf_printf(&x, "8400%s01%s%s00%s", ALICE_KEY,
	    text_at(got.json, "signature") + 2, era_and_nonce_and_tip, call);
	assert_true(x.len / 2 > 63 && x.len / 2 < 16384);
	hex = xasprintf("%02x%02x%s", (unsigned)(x.len / 2 << 2 & 0xff) | 1,
	    (unsigned)(x.len / 2 >> 6), buf_str(&x));
	tool_answer_clear(&got);
	buf_free(&x);
	free(payload);
	return hex;
}

static void
a_signature_covers_era_tip_and_versions(void **state)
{
	static const char birth[] =
	    "149ae64427e26e6f1e1ced017eab63197638b247d9c8e78bb0c6916449cc449e";
	static const char other[] =
	    "249ae64427e26e6f1e1ced017eab63197638b247d9c8e78bb0c6916449cc449e";
	/* Era 64/5, nonce 3; a tip of none, of one byte, of five. */
	static const char *const extras[] = {
	    "55000c00", "55000c04", "55000c070010a5d4e8"};
	static const long long tips[] = {0, 1, 1000000000000};

	(void)state;
	chaindata_or_skip();
	for (int i = 0; i < 3; i++) {
		char *hex = signed_extrinsic(extras[i], birth);
		struct tool_answer got[4];

		RUN(&got[0], NULL, "extrinsic", "decode", SPEC_424, hex,
		    "--genesis", GENESIS, "--birth-hash", birth);
		RUN(&got[1], NULL, "extrinsic", "decode", SPEC_424, hex,
		    "--genesis", GENESIS, "--birth-hash", other);
		RUN(&got[2], NULL, "extrinsic", "decode", SPEC_424, hex,
		    "--genesis", GENESIS, "--birth-hash", birth,
		    "--spec-version", "425");
		RUN(&got[3], NULL, "extrinsic", "decode", SPEC_424, hex,
		    "--genesis", GENESIS);
		assert_has(&got[0], "{'signature_valid': true, 'nonce': 3,"
				    " 'era': {'period': 64, 'phase': 5}}");
		assert_int_equal(tips[i],
		    json_integer_value(json_object_get(got[0].json, "tip")));
		assert_has(&got[1], "{'signature_valid': false}");
		assert_has(&got[2], "{'signature_valid': false}");
		assert_has(&got[3], "{'signature_valid': null}");
		assert_non_null(strstr(got[3].err, "--birth-hash"));
		for (int k = 0; k < 4; k++) {
			assert_status(&got[k], 0, "decode");
			tool_answer_clear(&got[k]);
		}
		free(hex);
	}
}

/* -- answers ------------------------------------------------------------ */

static void
the_golden_blocks_events_decode(void **state)
{
	const json_t *events, *record;
	struct tool_answer got;
	json_t *file;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("golden_spec438.json");
	RUN(&got, text_at(json_object_get(file, "events_block6"), "hex"),
	    "events", "decode", SPEC_424, "-");
	assert_status(&got, 0, "events");
	events = json_object_get(got.json, "events");
	print_message(
	    "%zu events of golden_spec438.json\n", json_array_size(events));
	assert_int_equal(json_array_size(events), 17);
	record = json_array_get(events, 16);
	assert_non_null(json_object_get(
	    json_object_get(json_object_get(record, "event"), "System"),
	    "ExtrinsicSuccess"));
	tool_answer_clear(&got);
	json_decref(file);
}

/* ExtrinsicFailed of extrinsic 1: Module 7, error 29. */
static void
a_dispatch_error_gets_its_name(void **state)
{
	struct tool_answer got;
	const json_t *record;

	(void)state;
	chaindata_or_skip();
	RUN(&got, NULL, "events", "decode", SPEC_424,
	    "04000100000000010307"
	    "1d000000"
	    "0000000000");
	assert_status(&got, 0, "events");
	record = json_array_get(json_object_get(got.json, "events"), 0);
	assert_string_equal(
	    text_at(record, "error"), "SubtensorModule.SettingWeightsTooFast");
	tool_answer_clear(&got);
}

/* The runtime of 293 described its APIs to nobody; those of 343 are the same
 * but for the commitments that SelectiveMetagraph has grown. */
static void
recorded_runtime_apis_decode(void **state)
{
	json_t *file, *row;
	size_t i, n = 0;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("runtime-apis-293.json");
	json_array_foreach(file, i, row)
	{
		const char *method = text_at(row, "method");
		char *hex = xasprintf("%s%s", text_at(row, "result"),
		    strstr(method, "selective") != NULL ? "00" : "");
		struct tool_answer got;

		RUN(&got, hex, "runtime-api", "decode", SPEC_343, method, "-");
		assert_status(&got, 0, method);
		assert_non_null(json_object_get(got.json, "value"));
		tool_answer_clear(&got);
		free(hex);
		n++;
	}
	print_message("%zu calls of runtime-apis-293.json\n", n);
	assert_int_equal(n, 24);
	json_decref(file);
}

/* -- arithmetic --------------------------------------------------------- */

static void
derived_eras_weights_and_epochs(void **state)
{
	json_t *file, *row;
	size_t i, n = 0;
	struct tool_answer got;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("derived_vectors.json");
	json_array_foreach(json_object_get(file, "era"), i, row)
	{
		char period[32], current[32];

		snprintf(period, sizeof(period), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(json_object_get(row, "period")));
		snprintf(current, sizeof(current), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(json_object_get(row, "current")));
		RUN(&got, NULL, "era", "encode", "--period", period,
		    "--current", current);
		assert_hex(&got, "hex", text_at(row, "encoded"));
		assert_true(json_equal(json_object_get(got.json, "birth"),
		    json_object_get(row, "birth")));
		tool_answer_clear(&got);
		n++;
	}
	json_array_foreach(json_object_get(file, "emit_u16"), i, row)
	{
		char *text = json_dumps(row, 0);
		json_t *result = json_object_get(row, "result");

		RUN(&got, text, "weights", "u16");
		assert_status(&got, 0, text);
		assert_true(json_equal(json_object_get(got.json, "uids"),
		    json_array_get(result, 0)));
		assert_true(json_equal(json_object_get(got.json, "values"),
		    json_array_get(result, 1)));
		tool_answer_clear(&got);
		free(text);
		n++;
	}
	json_array_foreach(json_object_get(file, "reveal_block"), i, row)
	{
		char *text = json_dumps(row, 0);

		RUN(&got, text, "epoch", "reveal-block");
		assert_status(&got, 0, text);
		assert_true(
		    json_equal(json_object_get(got.json, "reveal_block"),
			json_object_get(row, "expected")));
		tool_answer_clear(&got);
		free(text);
		n++;
	}
	print_message("%zu vectors of derived_vectors.json\n", n);
	assert_int_equal(n, 6 + 4 + 4);
	json_decref(file);
}

/* -- timelock ----------------------------------------------------------- */

/* "NAME=hex" of the vectors; the caller frees. */
static char *
tlock_value(const char *text, const char *name)
{
	char *mark = xasprintf("\n%s=", name);
	const char *at = strstr(text, mark);

	assert_non_null(at);
	at += strlen(mark);
	free(mark);
	return xstrndup(at, strcspn(at, "\r\n"));
}

static const struct {
	const char *round, *text, *sealed, *signature;
} timelocks[] = {
    {"1000", NULL, "CT1",
	"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b7"
	"3a8dd2bacbe47e4b6b63ed5e39"},
    {"1000", "PAYLOAD", "CT2",
	"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b7"
	"3a8dd2bacbe47e4b6b63ed5e39"},
    {"17200000", "PAYLOAD", "CT3", NULL},
};

#define B4(x) x x x x
#define B8(x) B4(x) B4(x)
#define B32(x) B8(x) B8(x) B8(x) B8(x)

static void
timelock_vectors(void **state)
{
	struct tool_answer got;
	uint8_t *file;
	size_t len;

	(void)state;
	chaindata_or_skip();
	file = chaindata_read("tlock_vectors_blst.txt", &len);
	for (size_t i = 0; i < 3; i++) {
		char *sealed = tlock_value((char *)file, timelocks[i].sealed);
		char *text = timelocks[i].text != NULL
				 ? tlock_value((char *)file, timelocks[i].text)
				 : hex_of_text("this is a test");

		RUN(&got, NULL, "timelock", "encrypt", "--round",
		    timelocks[i].round, text, "--sigma-seed", B32("01"),
		    "--esk", B32("02"), "--nonce", B8("03") B4("03"));
		assert_hex(&got, "hex", sealed);
		tool_answer_clear(&got);
		if (timelocks[i].signature != NULL) {
			RUN(&got, sealed, "timelock", "decrypt", "--signature",
			    timelocks[i].signature, "-");
			assert_hex(&got, "hex", text);
			tool_answer_clear(&got);
			sealed[20] = sealed[20] == '0' ? '1' : '0';
			RUN(&got, sealed, "timelock", "decrypt", "--signature",
			    timelocks[i].signature, "-");
			assert_status(&got, 1, "a changed ciphertext");
			tool_answer_clear(&got);
		}
		free(sealed);
		free(text);
	}
	print_message("3 ciphertexts of tlock_vectors_blst.txt\n");
	free(file);
}

static void
no_two_timelocks_are_alike(void **state)
{
	struct tool_answer a, b;

	(void)state;
	RUN(&a, NULL, "timelock", "encrypt", "--round", "1000", "00");
	RUN(&b, NULL, "timelock", "encrypt", "--round", "1000", "00");
	assert_status(&a, 0, "encrypt");
	assert_int_equal(strlen(text_at(a.json, "hex")), 2 + 2 * (1 + 244));
	assert_string_not_equal(text_at(a.json, "hex"), text_at(b.json, "hex"));
	tool_answer_clear(&a);
	tool_answer_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(examples_without_metadata),
	    cmocka_unit_test(examples_with_metadata),
	    cmocka_unit_test(help_lists_every_command),
	    cmocka_unit_test(the_suites_flags_are_passed_over),
	    cmocka_unit_test(key_vectors),
	    cmocka_unit_test(what_is_signed_verifies),
	    cmocka_unit_test(a_key_file_that_others_can_read_is_refused),
	    cmocka_unit_test(a_public_key_file_is_read_whoever_may),
	    cmocka_unit_test(secrets_are_never_printed),
	    cmocka_unit_test(every_metadata_file_is_shown),
	    cmocka_unit_test(a_pallet_is_shown_in_the_form_agreed),
	    cmocka_unit_test(metadata_is_read_in_every_form),
	    cmocka_unit_test(storage_keys_of_spec_293),
	    cmocka_unit_test(storage_keys_of_spec_438),
	    cmocka_unit_test(calls_have_the_bytes_recorded),
	    cmocka_unit_test(recorded_extrinsics_are_taken_apart),
	    cmocka_unit_test(a_signature_covers_era_tip_and_versions),
	    cmocka_unit_test(the_golden_blocks_events_decode),
	    cmocka_unit_test(a_dispatch_error_gets_its_name),
	    cmocka_unit_test(recorded_runtime_apis_decode),
	    cmocka_unit_test(derived_eras_weights_and_epochs),
	    cmocka_unit_test(timelock_vectors),
	    cmocka_unit_test(no_two_timelocks_are_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
