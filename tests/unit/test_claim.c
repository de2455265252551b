/* Claims: what is signed, and gists line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"
#include "validator/claim.h"

#define GENESIS                                                                \
	"2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
#define NONCE "00112233445566778899aabbccddeeff"
#define ID "dQw4w9WgXcQ"
#define URL "https://pub-1.r2.dev/a.mp4"
#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"

enum { NETUID = 89, NOW = 1790000000, DAY = 86400 };

static const struct claim_rules signed_only = {
    .genesis = GENESIS, .netuid = NETUID, .now_s = NOW};
static const struct claim_rules tagged = {
    .genesis = GENESIS, .netuid = NETUID, .now_s = NOW, .takes_tags = true};

static const struct claim_message a_message = {
    .genesis = GENESIS,
    .netuid = NETUID,
    .hotkey = ALICE,
    .platform = CLAIM_YOUTUBE_SHORT,
    .account = "@somebody",
    .content = ID,
    .nonce = NONCE,
    .expires_s = NOW + DAY,
};

static void
sign(const char *suri, const struct claim_message *m, uint8_t signature[64])
{
	struct sr25519_keypair pair;
	struct buf text = {0};

	assert_int_equal(suri_to_keypair(suri, &pair, NULL), 0);
	buf_add_str(&text, "subnetd/engagement-claim\n");
	claim_message_text(m, &text);
	sr25519_sign(&pair, text.data, text.len, signature);
	buf_free(&text);
}

/* A line as `subnetctl engagement claim` makes it; the caller decrefs. */
static json_t *
line_of(const char *suri, const struct claim_message *m)
{
	uint8_t signature[CLAIM_SIGNATURE];
	json_t *line;
	char *hex;

	sign(suri, m, signature);
	hex = hex_0x(signature, sizeof(signature));
	line = json_pack("{s:s s:s s:s s:s s:I s:s}", "platform",
	    claim_platform_name(m->platform), "content_id", m->content,
	    "account", m->account, "nonce", m->nonce, "expires",
	    (json_int_t)m->expires_s, "signature", hex);
	free(hex);
	return line;
}

static void
add_line(struct buf *gist, json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);

	buf_printf(gist, "%s\n", text);
	free(text);
	json_decref(line);
}

/* The line's only fault; "" if it stands. The caller frees. */
static char *
fault_of(const struct claim_rules *rules, const char *hotkey, const char *line)
{
	struct claims claims;
	char *why;

	claims_read(rules, hotkey, line, strlen(line), &claims);
	assert_int_equal(claims.n + claims.n_faults, 1);
	why = xstrdup(claims.n_faults > 0 ? claims.faults[0].why : "");
	claims_clear(&claims);
	return why;
}

static void
expect(const struct claim_rules *rules, const char *line, const char *says)
{
	char *why = fault_of(rules, ALICE, line);

	if (strcmp(why, says) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", line, why, says);
	free(why);
}

/* -- what is signed ------------------------------------------------------ */

static void
the_text_is_as_documented(void **state)
{
	struct buf text = {0};

	(void)state;
	claim_message_text(&a_message, &text);
	assert_string_equal(buf_str(&text),
	    "genesis " GENESIS "\nnetuid 89\nhotkey " ALICE
	    "\nplatform youtube/short\naccount @somebody\ncontent " ID
	    "\nnonce " NONCE "\nexpires 1790086400\n");
	buf_free(&text);
}

/* Every value is of the text: whoever changes one signs something else. */
static void
a_signature_is_of_every_value(void **state)
{
	struct claim_message other[8];
	uint8_t signature[64];

	(void)state;
	sign("//Alice", &a_message, signature);
	assert_true(claim_message_is_signed(&a_message, signature));
	for (int i = 0; i < 8; i++)
		other[i] = a_message;
	other[0].genesis =
	    "3f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03";
	other[1].netuid = 8;
	other[2].hotkey = BOB;
	other[3].platform = CLAIM_YOUTUBE_VIDEO;
	other[4].account = "@somebodyelse";
	other[5].content = "aQw4w9WgXcQ";
	other[6].nonce = "10112233445566778899aabbccddeeff";
	other[7].expires_s++;
	for (int i = 0; i < 8; i++) {
		if (claim_message_is_signed(&other[i], signature))
			fail_msg("value %d is not signed", i);
	}
	signature[7] ^= 1;
	assert_false(claim_message_is_signed(&a_message, signature));
	other[2].hotkey = "nobody";
	assert_false(claim_message_is_signed(&other[2], signature));
}

/* What signerd signs of another domain is no claim. */
static void
another_statement_is_no_claim(void **state)
{
	struct sr25519_keypair pair;
	struct buf text = {0};
	uint8_t signature[64];

	(void)state;
	assert_int_equal(suri_to_keypair("//Alice", &pair, NULL), 0);
	buf_add_str(&text, "subnetd/score\n");
	claim_message_text(&a_message, &text);
	sr25519_sign(&pair, text.data, text.len, signature);
	assert_false(claim_message_is_signed(&a_message, signature));
	buf_reset(&text);
	claim_message_text(&a_message, &text);
	sr25519_sign(&pair, text.data, text.len, signature);
	assert_false(claim_message_is_signed(&a_message, signature));
	buf_free(&text);
}

static void
a_code_is_of_what_is_known_before_the_post(void **state)
{
	struct claim_message m = a_message;
	char code[CLAIM_CODE], other[CLAIM_CODE];

	(void)state;
	claim_message_code(&m, code);
	assert_int_equal(strlen(code), CLAIM_CODE - 1);
	assert_int_equal(
	    strspn(code, "0123456789abcdefghjkmnpqrstvwxyz-"), CLAIM_CODE - 1);
	assert_true(code[5] == '-' && code[11] == '-' && code[17] == '-');
	m.content = "aQw4w9WgXcQ";
	m.expires_s++;
	m.platform = CLAIM_YOUTUBE_VIDEO;
	claim_message_code(&m, other);
	assert_string_equal(code, other);
	m.hotkey = BOB;
	claim_message_code(&m, other);
	assert_string_not_equal(code, other);
	m = a_message;
	m.account = "@somebodyelse";
	claim_message_code(&m, other);
	assert_string_not_equal(code, other);
	m = a_message;
	m.platform = CLAIM_X_POST;
	claim_message_code(&m, other);
	assert_string_not_equal(code, other);
	m = a_message;
	m.nonce = "00112233445566778899aabbccddeefe";
	claim_message_code(&m, other);
	assert_string_not_equal(code, other);
}

/* BLAKE2b and Crockford's base 32 by hand, so that a miner's own tool agrees:
 * docs/engagement.md has the same. */
static void
the_code_is_as_documented(void **state)
{
	static const char text[] =
	    "subnetd/engagement-code\ngenesis " GENESIS
	    "\nnetuid 89\nhotkey " ALICE
	    "\nsite youtube\naccount @somebody\nnonce " NONCE "\n";
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned char hash[16];
	char code[CLAIM_CODE], expected[CLAIM_CODE] = "";
	size_t n = 0;

	(void)state;
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)text,
	    strlen(text), NULL, 0);
	for (int i = 0; i < 20; i++) {
		int value = 0;

		for (int bit = 5 * i; bit < 5 * i + 5; bit++)
			value =
			    2 * value + (hash[bit / 8] >> (7 - bit % 8) & 1);
		if (i % 5 == 0 && i > 0)
			expected[n++] = '-';
		expected[n++] = letters[value];
	}
	claim_message_code(&a_message, code);
	assert_string_equal(code, expected);
	assert_string_equal(code, "y8htt-9xgfa-qra6r-f6h3f");
}

/* -- lines --------------------------------------------------------------- */

static void
a_signed_line_stands(void **state)
{
	struct buf gist = {0};
	struct claims claims;
	char code[CLAIM_CODE];
	json_t *line = line_of("//Alice", &a_message);

	(void)state;
	json_object_set_new(line, "direct_video_url", json_string(URL));
	buf_add_str(&gist, "\r\n \t\n");
	add_line(&gist, line);
	claims_read(&signed_only, ALICE, gist.data, gist.len, &claims);
	assert_int_equal(claims.n_faults, 0);
	assert_int_equal(claims.n, 1);
	assert_int_equal(claims.list[0].line, 3);
	assert_int_equal(claims.list[0].platform, CLAIM_YOUTUBE_SHORT);
	assert_string_equal(claims.list[0].content, ID);
	assert_string_equal(claims.list[0].account, "@somebody");
	assert_string_equal(claims.list[0].nonce, NONCE);
	assert_string_equal(claims.list[0].url, URL);
	assert_true(claims.list[0].is_signed);
	assert_int_equal(claims.list[0].expires_s, NOW + DAY);
	claim_message_code(&a_message, code);
	assert_string_equal(claims.list[0].code, code);
	assert_int_equal(strlen(claims.list[0].signature), 130);
	claims_clear(&claims);
	buf_free(&gist);
}

/* Accounts and ids are signed in their one form, and read in any. */
static void
a_signed_line_may_have_a_url(void **state)
{
	json_t *line = line_of("//Alice", &a_message);
	struct buf gist = {0};

	(void)state;
	json_object_set_new(line, "content_id",
	    json_string("https://www.youtube.com/shorts/" ID));
	json_object_set_new(line, "account", json_string("@SomeBody"));
	add_line(&gist, line);
	expect(&signed_only, buf_str(&gist), "");
	buf_free(&gist);
}

#define LINE(more)                                                             \
	"{\"platform\":\"instagram/"                                           \
	"reel\",\"content_id\":\"DBcdEf_-123\"," more                          \
	"\"direct_video_url\":\"" URL "\"}"

static const struct {
	const char *line, *says;
} upstreams[] = {
    {LINE(""), ""},
    {LINE("\"checked_for_ai\":true,\"checked_for_content_matching\":false,"
	  "\"contains_subnet_tag\":true,"),
	""},
    {LINE("\"checked_for_ai\":1,"), "checked_for_ai is neither true nor false"},
    {LINE("\"more\":1,"), "there is a member that no line has"},
    {LINE("\"content_id\":\"DBcdEf_-124\","), "it is no JSON object"},
    {LINE("") "}", "it is no JSON object"},
    {LINE("") LINE(""), "it is no JSON object"},
    {"\xef\xbb\xbf" LINE(""), "it is no JSON object"},
    {LINE("\"account\":\"a\xff\","), "it is no JSON object"},
    {LINE("\"account\":\"a\\u0000\","), "it is no JSON object"},
    {"{}", "platform is missing"},
    {"[]", "it is no JSON object"},
    {"7", "it is no JSON object"},
    {"null", "it is no JSON object"},
    {"{\"platform\":\"tiktok\",\"content_id\":\"a\"}",
	"the platform is none that we know"},
    {"{\"platform\":\"x/post\"}", "content_id is missing"},
    {"{\"platform\":\"x/post\",\"content_id\":123456}",
	"content_id is no string"},
    {"{\"platform\":7,\"content_id\":\"123456\"}", "platform is no string"},
    {"{\"platform\":\"x/post\",\"content_id\":\"12345x\"}",
	"the id has a letter that no id of x/post has"},
    {"{\"platform\":\"x/post\",\"content_id\":\"123456\",\"direct_video_url\":"
     "\"ftp://a/b\"}",
	"direct_video_url: the URL must be https"},
    {"{\"platform\":\"x/post\",\"content_id\":\"123456\",\"direct_video_url\":"
     "\"https://127.0.0.1/b\"}",
	"direct_video_url: 127.0.0.1 is not a public address"},
    {"{\"platform\":\"x/post\",\"content_id\":\"123456\",\"direct_video_url\":"
     "\"https://u@a.com/b\"}",
	"direct_video_url: the URL has a user, password or zone"},
    {LINE("\"nonce\":\"" NONCE "\","), "nonce without a signature"},
    {LINE("\"account\":\"a\","), "account without a signature"},
    {LINE("\"expires\":7,"), "expires without a signature"},
    {LINE("\"expires\":7.5,"), "expires is no whole number"},
    {LINE("\"signature\":\"0x\","), "a signature without account"},
};

static void
a_line_of_upstreams_is_taken_where_tags_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(upstreams) / sizeof(upstreams[0]); i++)
		expect(&tagged, upstreams[i].line, upstreams[i].says);
	expect(&signed_only, LINE(""), "it is not signed");
}

static void
rules_say_what_is_wanted(void **state)
{
	static const char no_url[] =
	    "{\"platform\":\"x/post\",\"content_id\":\"123456\"}";
	static const char loopback[] =
	    "{\"platform\":\"x/post\",\"content_id\":\"123456\","
	    "\"direct_video_url\":\"http://127.0.0.1:8/b\"}";
	struct claim_rules rules = tagged;

	(void)state;
	expect(&rules, no_url, "");
	rules.needs_url = true;
	expect(&rules, no_url, "direct_video_url is missing");
	rules.platforms = 1 << CLAIM_INSTAGRAM_REEL;
	expect(&rules, LINE(""), "");
	expect(&rules, no_url, "x/post does not count on this subnet");
	rules = tagged;
	expect(&rules, loopback, "direct_video_url: the URL must be https");
	rules.development = true;
	expect(&rules, loopback, "");
}

static void
expect_signed(const char *suri, const struct claim_message *m, const char *name,
    const char *value, const char *says)
{
	json_t *line = line_of(suri, m);
	struct buf gist = {0};

	if (name != NULL)
		json_object_set_new(line, name, json_string(value));
	add_line(&gist, line);
	expect(&signed_only, buf_str(&gist), says);
	buf_free(&gist);
}

static void
what_is_signed_may_be_wrong(void **state)
{
	static const char not_ours[] =
	    "the signature is not this hotkey's of this claim";
	struct claim_message m = a_message;

	(void)state;
	expect_signed("//Bob", &m, NULL, NULL, not_ours);
	expect_signed("//Alice", &m, "account", "@other", not_ours);
	expect_signed("//Alice", &m, "content_id", "aQw4w9WgXcQ", not_ours);
	expect_signed("//Alice", &m, "platform", "youtube/video", not_ours);
	expect_signed("//Alice", &m, "nonce",
	    "00112233445566778899aabbccddee00", not_ours);
	expect_signed("//Alice", &m, "nonce",
	    "00112233445566778899AABBCCDDEEFF",
	    "nonce is not 32 hex digits in lower case");
	expect_signed("//Alice", &m, "nonce", "0011",
	    "nonce is not 32 hex digits in lower case");
	expect_signed("//Alice", &m, "signature", "0x00",
	    "signature is not 0x and 64 bytes in hex");
	expect_signed("//Alice", &m, "account", "somebody",
	    "an account of youtube is a channel's id, UC.., or a handle, @..");
	m.netuid = 11;
	expect_signed("//Alice", &m, NULL, NULL, not_ours);
	m = a_message;
	m.hotkey = BOB; /* as its own, copied by Alice */
	expect_signed("//Bob", &m, NULL, NULL, not_ours);
}

static void
a_claim_has_an_end(void **state)
{
	struct claim_message m = a_message;

	(void)state;
	m.expires_s = NOW;
	expect_signed("//Alice", &m, NULL, NULL, "it has expired");
	m.expires_s = NOW + 1;
	expect_signed("//Alice", &m, NULL, NULL, "");
	m.expires_s = NOW + CLAIM_MAX_EXPIRES_S;
	expect_signed("//Alice", &m, NULL, NULL, "");
	m.expires_s++;
	expect_signed(
	    "//Alice", &m, NULL, NULL, "it expires in more than 400 days");
	m.expires_s = INT64_MAX;
	expect_signed(
	    "//Alice", &m, NULL, NULL, "it expires in more than 400 days");
	m.expires_s = -1;
	expect_signed("//Alice", &m, NULL, NULL, "it has expired");
}

/* -- gists --------------------------------------------------------------- */

static void
a_bad_line_leaves_the_others(void **state)
{
	static const char gist[] = "{}\n" LINE(
	    "") "\n\nnonsense\n"
		"{\"platform\":\"x/post\",\"content_id\":\"123456\"}";
	struct claims claims;

	(void)state;
	claims_read(&tagged, ALICE, gist, strlen(gist), &claims);
	assert_int_equal(claims.n, 2);
	assert_int_equal(claims.list[0].line, 2);
	assert_int_equal(claims.list[1].line, 5);
	assert_int_equal(claims.n_faults, 2);
	assert_int_equal(claims.faults[0].line, 1);
	assert_string_equal(claims.faults[0].why, "platform is missing");
	assert_int_equal(claims.faults[1].line, 4);
	assert_string_equal(claims.faults[1].why, "it is no JSON object");
	claims_clear(&claims);
}

/* C3: the same post in other words. */
static void
a_post_counts_once(void **state)
{
	static const char gist[] =
	    "{\"platform\":\"youtube/video\",\"content_id\":\"" ID "\"}\n"
	    "{\"platform\":\"youtube/short\",\"content_id\":\"" ID "\"}\n"
	    "{\"platform\":\"youtube/video\",\"content_id\":"
	    "\"https://youtu.be/" ID "?x=1\"}\n"
	    "{\"platform\":\"youtube/video\",\"content_id\":\"" ID "#2\"}\n"
	    "{\"platform\":\"instagram/reel\",\"content_id\":\"" ID "\"}\n";
	struct claims claims;

	(void)state;
	claims_read(&tagged, ALICE, gist, strlen(gist), &claims);
	assert_int_equal(claims.n, 2);
	assert_int_equal(claims.n_faults, 3);
	assert_string_equal(
	    claims.faults[0].why, "youtube " ID " stands in line 1");
	assert_string_equal(
	    claims.faults[1].why, "youtube " ID " stands in line 1");
	assert_string_equal(
	    claims.faults[2].why, "an id of youtube/video has 11 letters");
	claims_clear(&claims);
}

static void
a_hotkey_has_one_account_on_a_site(void **state)
{
	struct claim_message m = a_message;
	struct buf gist = {0};
	struct claims claims;

	(void)state;
	add_line(&gist, line_of("//Alice", &m));
	m.content = "aQw4w9WgXcQ";
	m.nonce = "00112233445566778899aabbccddee00";
	m.account = "@another";
	add_line(&gist, line_of("//Alice", &m));
	m.account = "@somebody";
	m.nonce = NONCE;
	add_line(&gist, line_of("//Alice", &m));
	m.platform = CLAIM_X_POST;
	m.account = "another";
	m.content = "123456";
	m.nonce = "00112233445566778899aabbccddee01";
	add_line(&gist, line_of("//Alice", &m));
	claims_read(&signed_only, ALICE, gist.data, gist.len, &claims);
	assert_int_equal(claims.n, 2);
	assert_int_equal(claims.n_faults, 2);
	assert_string_equal(claims.faults[0].why,
	    "line 1 has another account of youtube, @somebody");
	assert_string_equal(claims.faults[1].why, "line 1 has the same nonce");
	claims_clear(&claims);
	buf_free(&gist);
}

/* -- limits -------------------------------------------------------------- */

static void
so_many_contents_and_no_more(void **state)
{
	struct claim_rules rules = tagged;
	struct buf gist = {0};
	struct claims claims;

	(void)state;
	for (int i = 0; i < CLAIM_MAX_CONTENTS + 3; i++)
		buf_printf(&gist,
		    "{\"platform\":\"x/post\",\"content_id\":\"%d\"}\n",
		    100000 + i);
	claims_read(&rules, ALICE, gist.data, gist.len, &claims);
	assert_int_equal(claims.n, CLAIM_MAX_CONTENTS);
	assert_int_equal(claims.n_faults, 3);
	assert_int_equal(claims.faults[0].line, CLAIM_MAX_CONTENTS + 1);
	assert_string_equal(
	    claims.faults[0].why, "there are more than 50 contents");
	claims_clear(&claims);
	rules.most = 5;
	claims_read(&rules, ALICE, gist.data, gist.len, &claims);
	assert_int_equal(claims.n, 5);
	assert_int_equal(claims.n_faults, 48);
	claims_clear(&claims);
	buf_free(&gist);
}

static void
a_line_is_not_endless(void **state)
{
	char *line = xmalloc(CLAIM_MAX_LINE + 2);

	(void)state;
	memset(line, ' ', CLAIM_MAX_LINE + 1);
	line[CLAIM_MAX_LINE + 1] = '\0';
	line[CLAIM_MAX_LINE] = '7';
	expect(&tagged, line, "the line is longer than 4096 bytes");
	line[CLAIM_MAX_LINE - 1] = '7';
	line[CLAIM_MAX_LINE] = '\0';
	expect(&tagged, line, "it is no JSON object");
	free(line);
}

static void
a_gist_is_not_endless(void **state)
{
	char *gist = xmalloc(CLAIM_MAX_GIST + 1);
	struct claims claims;

	(void)state;
	memset(gist, '\n', CLAIM_MAX_GIST + 1);
	claims_read(&tagged, ALICE, gist, CLAIM_MAX_GIST, &claims);
	assert_int_equal(claims.n_faults, 0);
	claims_clear(&claims);
	claims_read(&tagged, ALICE, gist, CLAIM_MAX_GIST + 1, &claims);
	assert_int_equal(claims.n_faults, 1);
	assert_int_equal(claims.faults[0].line, 0);
	assert_string_equal(
	    claims.faults[0].why, "the gist is longer than 256 KiB");
	claims_clear(&claims);
	for (size_t i = 0; i < CLAIM_MAX_GIST; i += 2)
		gist[i] = 'x';
	claims_read(&tagged, ALICE, gist, CLAIM_MAX_GIST, &claims);
	assert_int_equal(claims.n_faults, CLAIM_MAX_FAULTS + 1);
	assert_int_equal(claims.faults[CLAIM_MAX_FAULTS].line, 0);
	assert_string_equal(claims.faults[CLAIM_MAX_FAULTS].why,
	    "too many lines are wrong: none behind line 100 is read");
	claims_clear(&claims);
	claims_read(&tagged, ALICE, "", 0, &claims);
	assert_int_equal(claims.n + claims.n_faults, 0);
	claims_clear(&claims);
	free(gist);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_text_is_as_documented),
	    cmocka_unit_test(a_signature_is_of_every_value),
	    cmocka_unit_test(another_statement_is_no_claim),
	    cmocka_unit_test(a_code_is_of_what_is_known_before_the_post),
	    cmocka_unit_test(the_code_is_as_documented),
	    cmocka_unit_test(a_signed_line_stands),
	    cmocka_unit_test(a_signed_line_may_have_a_url),
	    cmocka_unit_test(a_line_of_upstreams_is_taken_where_tags_are),
	    cmocka_unit_test(rules_say_what_is_wanted),
	    cmocka_unit_test(what_is_signed_may_be_wrong),
	    cmocka_unit_test(a_claim_has_an_end),
	    cmocka_unit_test(a_bad_line_leaves_the_others),
	    cmocka_unit_test(a_post_counts_once),
	    cmocka_unit_test(a_hotkey_has_one_account_on_a_site),
	    cmocka_unit_test(so_many_contents_and_no_more),
	    cmocka_unit_test(a_line_is_not_endless),
	    cmocka_unit_test(a_gist_is_not_endless),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
