/*
 * subnetctl engagement claim: what it makes stands in a gist, whether a key
 * file signs or signerd, and its code proves a post.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/tool.h"
#include "validator/claim.h"
#include "validator/claim_caption.h"

enum { MAX_ARGS = 40 };

#define SEED "1a2b3c4d5e6f70819203a4b5c6d7e8f90011223344556677889900aabbccddee"
#define FINNEY                                                                 \
	"2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
#define OTHER_CHAIN                                                            \
	"3f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
#define NONCE "00112233445566778899aabbccddeeff"

struct fixture {
	struct sandbox *box;
	char *key, *socket;
	struct proc *signer;
	char hotkey[SS58_MAX_TEXT];
};

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "claim-tool"};
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct sr25519_keypair pair;
	uint8_t seed[32];

	*state = f;
	if (sodium_init() < 0 || hex_decode_exact(SEED, seed, 32) != 0)
		return -1;
	sr25519_from_seed(seed, &pair);
	ss58_encode(SS58_BITTENSOR, pair.public, f->hotkey);
	f->box = sandbox_new(&o);
	if (f->box == NULL)
		return -1;
	f->key = sandbox_write(f->box, "key", 0600, SEED "\n");
	f->socket = sandbox_path(f->box, "signer.sock");
	return f->key != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	int failed = sandbox_end(f->box, false);

	free(f->key);
	free(f->socket);
	free(f);
	return failed;
}

/* -- asking -------------------------------------------------------------- */

static void
run(int status, const char *const *words, struct tool_answer *got)
{
	const char *args[MAX_ARGS] = {
	    "engagement", "claim", "-c", "/dev/null", "--netuid", "89"};

	for (size_t n = 6; *words != NULL && n < MAX_ARGS - 1; words++)
		args[n++] = *words;
	tool_run(args, NULL, 0, got);
	if (got->status != status)
		fail_msg("exit %d, not %d: %s%s", got->status, status, got->out,
		    got->err);
}

#define RUN(status, got, ...)                                                  \
	run(status, (const char *const[]){__VA_ARGS__, NULL}, got)

static void
refuses(const struct tool_answer *got, const char *says)
{
	if (strstr(got->err, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", got->err, says);
}

/* What the line comes to in a gist; clear it. */
static void
read_line(const struct fixture *f, const char *genesis,
    const struct tool_answer *got, struct claims *claims)
{
	const struct claim_rules rules = {
	    .genesis = genesis,
	    .netuid = 89,
	    .now_s = clock_wall_us() / 1000000,
	};

	claims_read(&rules, f->hotkey, got->out, strlen(got->out), claims);
	if (claims->n_faults > 0)
		fail_msg("%s: %s", got->out, claims->faults[0].why);
	assert_int_equal(claims->n, 1);
}

/* -- tests --------------------------------------------------------------- */

static void
a_line_stands_and_its_code_proves_the_post(void **state)
{
	struct fixture *f = *state;
	struct tool_answer code, line;
	struct claims claims;
	const char *letters;

	RUN(0, &code, "youtube/short", "@SomeBody", "--hotkey_file", f->key,
	    "--nonce", NONCE, "--json");
	assert_string_equal(
	    json_string_value(json_object_get(code.json, "hotkey")), f->hotkey);
	letters = json_string_value(json_object_get(code.json, "code"));
	RUN(0, &line, "youtube/short", "@SomeBody",
	    "https://www.youtube.com/shorts/dQw4w9WgXcQ?feature=share",
	    "--hotkey_file", f->key, "--nonce", NONCE, "--url",
	    "https://pub-1.r2.dev/a.mp4");
	assert_non_null(strstr(line.err, letters));
	assert_true(strchr(line.out, '\n') == line.out + strlen(line.out) - 1);
	read_line(f, FINNEY, &line, &claims);
	assert_string_equal(claims.list[0].content, "dQw4w9WgXcQ");
	assert_string_equal(claims.list[0].account, "@somebody");
	assert_string_equal(claims.list[0].url, "https://pub-1.r2.dev/a.mp4");
	assert_string_equal(claims.list[0].code, letters);
	assert_null(claim_unproven(
	    &claims.list[0], f->hotkey, letters, "@Somebody", ""));
	claims_clear(&claims);
	tool_answer_clear(&code);
	tool_answer_clear(&line);
}

static void
without_a_nonce_each_line_has_its_own(void **state)
{
	struct fixture *f = *state;
	struct tool_answer line[2];
	struct claims claims[2];

	for (int i = 0; i < 2; i++) {
		RUN(0, &line[i], "x/post", "some", "123456", "--hotkey_file",
		    f->key, "--valid", "1d");
		read_line(f, FINNEY, &line[i], &claims[i]);
		assert_null(claims[i].list[0].url);
	}
	assert_string_not_equal(
	    claims[0].list[0].nonce, claims[1].list[0].nonce);
	assert_string_not_equal(claims[0].list[0].code, claims[1].list[0].code);
	for (int i = 0; i < 2; i++) {
		claims_clear(&claims[i]);
		tool_answer_clear(&line[i]);
	}
}

static void
another_chain_is_another_claim(void **state)
{
	struct fixture *f = *state;
	const struct claim_rules rules = {
	    .genesis = FINNEY,
	    .netuid = 89,
	    .now_s = clock_wall_us() / 1000000,
	};
	struct tool_answer line;
	struct claims claims;

	RUN(0, &line, "x/post", "some", "123456", "--hotkey_file", f->key,
	    "--subtensor.network", "local", "--genesis", "0x" OTHER_CHAIN);
	read_line(f, OTHER_CHAIN, &line, &claims);
	claims_clear(&claims);
	claims_read(&rules, f->hotkey, line.out, strlen(line.out), &claims);
	assert_int_equal(claims.n, 0);
	assert_string_equal(claims.faults[0].why,
	    "the signature is not this hotkey's of this claim");
	claims_clear(&claims);
	tool_answer_clear(&line);
}

static void
signerd_signs_it_as_well(void **state)
{
	struct fixture *f = *state;
	char *program = paths_program("bin/signerd");
	const char *argv[] = {program, "-c", "/dev/null", "--socket", f->socket,
	    "--metrics_listen", "", "--key_file", f->key, NULL};
	struct tool_answer line;
	struct claims claims;

	f->signer = sandbox_start(f->box, "signerd", argv, NULL);
	free(program);
	assert_non_null(f->signer);
	assert_non_null(
	    proc_wait_event(f->signer, "signer.listening", NULL, 0));
	RUN(0, &line, "tiktok/video", "some", "7300000000000000001",
	    "--signer.socket", f->socket);
	read_line(f, FINNEY, &line, &claims);
	claims_clear(&claims);
	tool_answer_clear(&line);
	assert_int_equal(proc_stop(f->signer), 0);
	sandbox_drop(f->box, f->signer);
	RUN(1, &line, "tiktok/video", "some", "7300000000000000001",
	    "--signer.socket", f->socket);
	refuses(&line, "signer at ");
	assert_string_equal(line.out, "");
	tool_answer_clear(&line);
}

static void
what_is_wrong_is_said(void **state)
{
	struct tool_answer got;

	(void)state;
	RUN(64, &got, "tiktok", "some");
	refuses(&got, "\"tiktok\" is no platform");
	tool_answer_clear(&got);
	RUN(64, &got, "x/post", "some.body");
	refuses(&got, "the account has a letter that none of x has");
	tool_answer_clear(&got);
	RUN(64, &got, "x/post", "some", "https://x.com/some");
	refuses(&got, "the URL is of no post on x/post");
	tool_answer_clear(&got);
	RUN(64, &got, "x/post", "some", "--nonce", "00");
	refuses(&got, "--nonce is not 32 hex digits");
	tool_answer_clear(&got);
	RUN(64, &got, "x/post", "some", "--url", "http://a.b/c");
	refuses(&got, "--url: the URL must be https");
	tool_answer_clear(&got);
	RUN(64, &got, "x/post", "some", "--subtensor.network", "local");
	refuses(&got, "the genesis hash of local is not known");
	tool_answer_clear(&got);
	RUN(64, &got, "x/post", "some", "--genesis", "0x12");
	refuses(&got, "--genesis is not 32 bytes in hex");
	tool_answer_clear(&got);
	RUN(1, &got, "x/post", "some", "--hotkey_file", "/nonexistent");
	refuses(&got, "/nonexistent");
	tool_answer_clear(&got);
	RUN(64, &got, "x/post");
	tool_answer_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_stands_and_its_code_proves_the_post),
	    cmocka_unit_test(without_a_nonce_each_line_has_its_own),
	    cmocka_unit_test(another_chain_is_another_claim),
	    cmocka_unit_test(signerd_signs_it_as_well),
	    cmocka_unit_test(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
