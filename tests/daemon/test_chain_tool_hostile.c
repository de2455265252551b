/*
 * subnetctl as a chain tool, given nonsense: each command is run with good
 * arguments that are changed at random, and may do what it likes but end by a
 * signal or with a status that is not 0, 1 or 64.
 *
 * TOOL_TRIES is how often for each command, TOOL_SEED where chance begins.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/tool.h"

enum { MAX_ARGS = 16, TRIES = 60, MAX_WORD = 100000 };

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define HASH "d642ae29c636817637b3b869e776516dda61f0dab7550f6992ce3aac24d62728"
#define SIGNATURE                                                              \
	"d6be92c2fdb49f3d9df549938ce21c849792a40d5e89bb066604d0c80b8ce1645a7d" \
	"b054b85dc13dec75d6bcce7fd710f5ae67f168152c68816da86efc98678e"
#define BEACON                                                                 \
	"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342" \
	"b73a8dd2bacbe47e4b6b63ed5e39"
#define TRANSFER                                                               \
	"39028400d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56d" \
	"a27d01" SIGNATURE                                                     \
	"000000000503008eaf04151687736326c9fea17e25fc5287613693c912909cb226aa" \
	"4794f26a4802286bee"

/* FILE is metadata; EVENTS, SEALED and ANSWER recorded hex. */
static const struct {
	const char *args[MAX_ARGS];
	const char *in;
} seeds[] = {
    {{"key", "inspect", "//Alice/soft//0///password"}, NULL},
    {{"key", "inspect", "0x" HASH}, NULL},
    {{"key", "sign", "--suri", "//Alice", "00ff"}, NULL},
    {{"key", "verify", "--ss58", ALICE, "--sig", SIGNATURE, "00"}, NULL},
    {{"ss58", "encode", "--prefix", "42", HASH}, NULL},
    {{"ss58", "decode", ALICE}, NULL},
    {{"metadata", "show", "-", "--pallet", "System"}, "FILE"},
    {{"storage-key", "FILE", "SubtensorModule", "Uids", "2", ALICE}, NULL},
    {{"storage-key", "FILE", "Multisig", "Multisigs", ALICE, "0x" HASH}, NULL},
    {{"call", "encode", "FILE", "Commitments", "set_commitment",
	 "{\"netuid\": 11, \"info\": {\"fields\": [{\"Raw0\": \"0x\"}, "
	 "\"None\","
	 " {\"BigRaw\": \"0x6869\"}]}}"},
	NULL},
    {{"call", "encode", "FILE", "Proxy", "proxy",
	 "{\"real\": {\"Id\": \"" ALICE "\"}, \"force_proxy_type\": null,"
	 " \"call\": {\"Sudo\": {\"sudo\": {\"call\": {\"System\":"
	 " {\"remark\": {\"remark\": \"0x00\"}}}}}}}"},
	NULL},
    {{"extrinsic", "decode", "FILE", TRANSFER, "--spec-version", "438",
	 "--tx-version", "1", "--genesis", HASH, "--birth-hash", HASH},
	NULL},
    {{"events", "decode", "FILE", "EVENTS"}, NULL},
    {{"events", "decode", "FILE", "-"}, "EVENTS"},
    {{"runtime-api", "decode", "FILE",
	 "SubnetInfoRuntimeApi_get_subnet_hyperparams", "ANSWER"},
	NULL},
    {{"era", "encode", "--period", "64", "--current", "5"}, NULL},
    {{"timelock", "encrypt", "--round", "1000", "00", "--sigma-seed", HASH,
	 "--esk", HASH, "--nonce", "030303030303030303030303"},
	NULL},
    {{"timelock", "decrypt", "--signature", BEACON, "SEALED"}, NULL},
    {{"weights", "u16"},
	"{\"uids\": [0, 1, 65535], \"weights\": [0.1, 1e300, 3],"
	" \"min_allowed\": 5, \"n\": 65536, \"keep_zeros\": true}"},
    {{"epoch", "reveal-block"},
	"{\"last\": 720, \"pending\": 0, \"index\": 2, \"tempo\": 360,"
	" \"since\": 2, \"current\": 722, \"period\": 1}"},
    {{"epoch", "reveal-block"},
	"{\"netuid\": 3, \"tempo\": \"360\", \"current\": 722, \"period\": 1}"},
};

enum { N_SEEDS = sizeof(seeds) / sizeof(seeds[0]) };

/* What numbers, texts and JSON are replaced by. */
static const char *const surprises[] = {"", "-", "--", "0", "-1", "1e308",
    "18446744073709551615", "18446744073709551616", "4294967296", "null",
    "true", "[]", "{}", "[[[[[[[[[[[[[[[[", "\"", "0x", "0xf", "@", "@/",
    "@/dev/null", "/dev/null", "\xff\xfe", "%s%n", "//", "///", "/", "\x1b[2J",
    "--json", "--help", "-c", "5", "{\"result\": 1}", "{\"result\": \"0x00\"}",
    "{\"error\": {}}", "{\"uids\": []}", "01", "ffffffff", "03ffffffff",
    "1300000000000000ff", "\xc3\xa9", "nan", "NaN", "Infinity"};

enum { N_SURPRISES = sizeof(surprises) / sizeof(surprises[0]) };

struct corpus {
	char *file, *blob, *events, *sealed, *answer;
	size_t blob_len;
	uint64_t seed;
};

/* -- chance ------------------------------------------------------------- */

static uint64_t
chance(struct corpus *c, uint64_t below)
{
	c->seed ^= c->seed << 13;
	c->seed ^= c->seed >> 7;
	c->seed ^= c->seed << 17;
	return c->seed % below;
}

/* Some bytes changed, dropped, doubled or put in. No NUL comes of it. */
static void
mutate(struct corpus *c, struct buf *b, bool is_binary)
{
	size_t changes = 1 + chance(c, 4);

	while (changes-- > 0 && b->len > 0) {
		size_t at = chance(c, b->len);
		size_t n = 1 + chance(c, b->len - at < 16 ? b->len - at : 16);

		switch (chance(c, 5)) {
		case 0:
			b->data[at] ^= 1 << chance(c, 8);
			break;
		case 1:
			b->data[at] =
			    "0123456789abcdef{}[]\",:-/"[chance(c, 25)];
			break;
		case 2:
			memmove(
			    b->data + at, b->data + at + n, b->len - at - n);
			b->len -= n;
			break;
		case 3:
			buf_reserve(b, n);
			memmove(b->data + at + n, b->data + at, b->len - at);
			b->len += n;
			break;
		default:
			b->len = chance(c, 4) == 0 ? at : b->len;
			break;
		}
	}
	for (size_t i = 0; i < b->len && !is_binary; i++)
		if (b->data[i] == '\0')
			b->data[i] = 'x';
}

/* One text of a seed, as it is, changed, or another. The caller frees. */
static void
vary(struct corpus *c, const char *text, struct buf *out)
{
	bool is_blob = strcmp(text, "FILE") == 0;
	static const struct {
		const char *name;
		size_t at;
	} recorded[] = {{"EVENTS", offsetof(struct corpus, events)},
	    {"SEALED", offsetof(struct corpus, sealed)},
	    {"ANSWER", offsetof(struct corpus, answer)}};

	for (size_t i = 0; i < 3; i++)
		if (strcmp(text, recorded[i].name) == 0)
			text = *(char **)((char *)c + recorded[i].at);
	if (is_blob)
		buf_add(out, c->blob, c->blob_len);
	else
		buf_add_str(out, text);
	switch (chance(c, 4)) {
	case 0:
		break;
	case 1:
		buf_reset(out);
		buf_add_str(out, surprises[chance(c, N_SURPRISES)]);
		break;
	default:
		mutate(c, out, is_blob);
		break;
	}
	if (out->len > MAX_WORD && !is_blob)
		out->len = MAX_WORD;
}

/* -- running ------------------------------------------------------------ */

struct attempt {
	char *args[MAX_ARGS + 2];
	size_t n;
	struct buf in;
};

/* The command's own words stay mostly, so that it is the one that runs; one
 * argument or another is left out, or is there twice. */
static void
make_attempt(struct corpus *c, size_t seed, struct attempt *a)
{
	const char *const *args = seeds[seed].args;

	*a = (struct attempt){.n = 0};
	for (size_t i = 0; args[i] != NULL; i++) {
		bool is_flag = strncmp(args[i], "--", 2) == 0;
		bool stays = i < 2 || is_flag || strcmp(args[i], "FILE") == 0;
		struct buf word = {0};

		if (chance(c, 40) == 0)
			continue;
		if (strcmp(args[i], "FILE") == 0)
			buf_add_str(&word, c->file);
		else if (stays)
			buf_add_str(&word, args[i]);
		else
			vary(c, args[i], &word);
		a->args[a->n++] = buf_take_str(&word);
		if (a->n < MAX_ARGS && chance(c, 60) == 0) {
			a->args[a->n] = xstrdup(a->args[a->n - 1]);
			a->n++;
		}
		if (a->n >= MAX_ARGS)
			break;
	}
	if (seeds[seed].in != NULL)
		vary(c, seeds[seed].in, &a->in);
}

static void
clear_attempt(struct attempt *a)
{
	while (a->n > 0)
		free(a->args[--a->n]);
	buf_free(&a->in);
}

static void
complain(const struct attempt *a, const struct tool_answer *got)
{
	print_error("exit %d, out %.200s, err %.2000s\n", got->status, got->out,
	    got->err);
	for (size_t i = 0; i < a->n; i++)
		print_error("  %.4000s\n", a->args[i]);
	if (a->in.len > 0 && a->in.len < 4000)
		print_error("  < %.*s\n", (int)a->in.len, (char *)a->in.data);
}

/* What is well: an object and 0, "no" and 1, or words on stderr; with --json
 * those are the object's. */
static bool
is_well(const struct tool_answer *got)
{
	bool silent = got->err[0] == '\0';
	bool has_error = json_object_get(got->json, "error") != NULL;

	if (got->status == 0)
		return json_is_object(got->json) ||
		       strncmp(got->out, "usage: ", 7) == 0;
	if (got->status == 1)
		return json_is_object(got->json) || !silent;
	return got->status == 64 &&
	       (has_error ? silent : !silent && got->out[0] == '\0');
}

static void
open_corpus(struct corpus *c)
{
	json_t *golden = chaindata_json("golden_spec438.json");
	const json_t *call =
	    json_array_get(json_object_get(golden, "runtime_calls"), 1);
	size_t len;
	char *text = (char *)chaindata_read("tlock_vectors_blst.txt", &len);
	const char *sealed = strstr(text, "\nCT1=");

	assert_non_null(sealed);
	c->sealed = xstrndup(sealed + 5, strcspn(sealed + 5, "\n"));
	c->events = xstrdup(json_string_value(
	    json_object_get(json_object_get(golden, "events_block6"), "hex")));
	c->answer = xstrdup(json_string_value(json_object_get(call, "result")));
	c->file = chaindata_path("finney_taohop_20260704.scale");
	c->blob = (char *)chaindata_read(
	    "finney_taohop_20260704.scale", &c->blob_len);
	free(text);
	json_decref(golden);
}

static void
close_corpus(struct corpus *c)
{
	free(c->file);
	free(c->blob);
	free(c->events);
	free(c->sealed);
	free(c->answer);
}

static void
no_input_ends_it_badly(void **state)
{
	const char *tries = getenv("TOOL_TRIES"), *seed = getenv("TOOL_SEED");
	size_t n = tries != NULL ? strtoul(tries, NULL, 10) : TRIES;
	size_t statuses[65] = {0};
	struct corpus c = {
	    .seed = seed != NULL ? strtoull(seed, NULL, 10) | 1 : 20260704};

	(void)state;
	chaindata_or_skip();
	open_corpus(&c);
	for (size_t i = 0; i < N_SEEDS * n; i++) {
		struct tool_answer got;
		struct attempt a;

		make_attempt(&c, i % N_SEEDS, &a);
		tool_run(
		    (const char *const *)a.args, a.in.data, a.in.len, &got);
		if (!is_well(&got)) {
			complain(&a, &got);
			fail();
		}
		statuses[got.status]++;
		tool_answer_clear(&got);
		clear_attempt(&a);
	}
	print_message("%zu runs: %zu ended with 0, %zu with 1, %zu with 64\n",
	    N_SEEDS * n, statuses[0], statuses[1], statuses[64]);
	close_corpus(&c);
}

static void
an_answer_that_cannot_be_written_is_a_failure(void **state)
{
	static const char *const args[] = {"ss58", "decode", ALICE, NULL};
	struct tool_answer got;

	(void)state;
	tool_run_to("/dev/full", args, &got);
	assert_int_equal(got.status, 1);
	assert_non_null(strstr(got.err, "stdout"));
	tool_answer_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_input_ends_it_badly),
	    cmocka_unit_test(an_answer_that_cannot_be_written_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
