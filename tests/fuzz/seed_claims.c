/* Seeds of what miners claim: gists, commitments, captions. */
#include "tests/fuzz/seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"
#include "validator/claim_message.h"

#define GENESIS                                                                \
	"2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
#define CODE "4x9k1-02mzt-v7c3h-rj8wd"
#define TAG "Made with @infinitevibe.ai on #bittensor --- "
#define URL "\"direct_video_url\":\"https://pub-1.r2.dev/a.mp4\""
#define REEL "{\"platform\":\"instagram/reel\",\"content_id\":\"DBcdEf_-123\"}"

/* A line that the fuzzer's hotkey signed: the key of the seed 0. */
static void
add_signed(struct buf *out, const struct claim_message *like, const char *post,
    const char *account, const char *nonce)
{
	static const uint8_t zeros[32];
	struct claim_message m = *like;
	struct sr25519_keypair pair;
	char hotkey[SS58_MAX_TEXT];
	struct buf text = {0};
	uint8_t signature[64];
	char *hex;

	sr25519_from_seed(zeros, &pair);
	ss58_encode(SS58_BITTENSOR, pair.public, hotkey);
	m.hotkey = hotkey;
	m.content = post;
	m.account = account;
	m.nonce = nonce;
	buf_add_str(&text, "subnetd/" CLAIM_DOMAIN "\n");
	claim_message_text(&m, &text);
	sr25519_sign(&pair, text.data, text.len, signature);
	hex = hex_0x(signature, sizeof(signature));
	buf_printf(out,
	    "{\"platform\":\"%s\",\"content_id\":\"%s\",\"account\":\"%s\","
	    "\"nonce\":\"%s\",\"expires\":%lld,\"signature\":\"%s\"}\n",
	    claim_platform_name(m.platform), post, account, nonce,
	    (long long)m.expires_s, hex);
	free(hex);
	buf_free(&text);
}

static void
signed_lines(const struct seeds *s)
{
	static const char first[] = "00112233445566778899aabbccddeeff";
	static const char second[] = "10112233445566778899aabbccddeeff";
	struct claim_message m = {.genesis = GENESIS,
	    .netuid = 89,
	    .platform = CLAIM_YOUTUBE_SHORT,
	    .expires_s = 1790086400};
	struct buf gist = {0};

	add_signed(&gist, &m, "dQw4w9WgXcQ", "@some", first);
	seed_buf(s, "gist", "\0", 1, &gist);
	add_signed(&gist, &m, "aQw4w9WgXcQ", "@some", second);
	add_signed(&gist, &m, "bQw4w9WgXcQ", "@other", second);
	add_signed(&gist, &m, "cQw4w9WgXcQ", "@some", first);
	m.expires_s = 1;
	add_signed(&gist, &m, "eQw4w9WgXcQ", "@some", first);
	m.expires_s = 1990000000;
	add_signed(&gist, &m, "fQw4w9WgXcQ", "@some", first);
	m.netuid = 8;
	m.expires_s = 1790086400;
	add_signed(&gist, &m, "gQw4w9WgXcQ", "@some", first);
	seed_buf(s, "gist", "\0", 1, &gist);
	seed_buf(s, "gist", "\1", 1, &gist);
	buf_free(&gist);
}

static void
gists(const struct seeds *s)
{
	static const char *const lines[] = {"", "\n \r\n", REEL, REEL "\n" REEL,
	    "{" URL ",\"platform\":\"x/post\",\"content_id\":\"123456\"}",
	    "{\"platform\":\"x/post\",\"content_id\":\"https://x.com/a/status/"
	    "123456\"}\n{\"platform\":\"x/post\",\"content_id\":\"1234567\"}\n"
	    "{\"platform\":\"x/post\",\"content_id\":\"1234568\"}\n"
	    "{\"platform\":\"x/post\",\"content_id\":\"1234569\"}\n",
	    "{\"checked_for_ai\":true,\"contains_subnet_tag\":1}",
	    "{\"expires\":1.5}", "{\"expires\":1}", "{\"more\":{}}", "[]", "{",
	    "{\"platform\":1}", "{\"platform\":\"x/post\"}",
	    "{\"platform\":\"tiktok\",\"content_id\":\"1\"}",
	    "{\"platform\":\"x/post\",\"content_id\":\"123456\","
	    "\"direct_video_url\":\"http://127.0.0.1/a\"}",
	    "{\"platform\":\"x/post\",\"content_id\":\"123456\","
	    "\"account\":\"a\"}",
	    "{\"platform\":\"x/post\",\"content_id\":\"123456\","
	    "\"signature\":\"0x\"}",
	    "{\"platform\":\"x/post\",\"content_id\":\"123456\",\"account\":"
	    "\"a\",\"nonce\":\"00\",\"expires\":1790086400,"
	    "\"signature\":\"0x\"}",
	    "{\"platform\":\"x/post\",\"content_id\":\"123456\",\"account\":"
	    "\"a\",\"nonce\":\"00112233445566778899aabbccddeeff\",\"expires\":"
	    "1790086400,\"signature\":\"0x\"}",
	    "{\"platform\":\"x/post\",\"content_id\":\"123456\",\"account\":"
	    "\"a b\",\"nonce\":\"\",\"expires\":0,\"signature\":\"0x\"}"};
	static const char *const heads[] = {
	    "\1", "\3", "\5", "\11", "\21", "A" /* long, with tags */, "a"};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		SEED_ALL(s, "gist", heads[i], lines);
	seed_text(s, "gist", "A", "x\n");
	seed_text(s, "gist", "A", "x");
}

static void
words(const struct seeds *s)
{
	static const char *const names[] = {"alice:0123abcd", "a:b:c", "a",
	    ":1", "-a:1", "a:", "a:g",
	    "abcdefghijabcdefghijabcdefghijabcdefghij:1", "a b:1"};
	static const char *const posts[] = {"dQw4w9WgXcQ", "DBcdEf_-123",
	    "7300000000000000001", "0300000000000000001", "AAAAAAAAAAA",
	    "https://www.youtube.com/watch?t=1&v=dQw4w9WgXcQ#a",
	    "https://m.youtube.com/shorts/dQw4w9WgXcQ?a=b",
	    "http://youtu.be/dQw4w9WgXcQ",
	    "https://www.youtube.com/watch?v=a&v=b",
	    "https://www.instagram.com/some/reel/DBcdEf_-123/",
	    "https://www.tiktok.com/@some/video/7300000000000000001",
	    "https://mobile.twitter.com/i/web/status/1700000000000000001",
	    "https://x.com/some/status/1700000000000000001/photo/1",
	    "https://x.com", "", "@some.body", "@", "UCuAXFkgsw1L7xaCfnd5JJOw",
	    "Some_Body", "some body", "youtube/video", "dQw4w9WgXcR",
	    "dQw4w9 gXcQ", "@ab"};
	static const char *const crowds[] = {"", "aabbcc",
	    "aaaaabbbbbccccc0123456789", "\1\1\2\2\3\3\4\4\1\11\2\12\3\13\4\14",
	    "\0\1\40\1\100\1"};
	char head[2] = "";

	SEED_ALL(s, "gist", "\240", names);
	for (int i = 0; i < N_CLAIM_PLATFORMS; i++) {
		head[0] = (char)(192 + i);
		SEED_ALL(s, "gist", head, posts);
	}
	SEED_ALL(s, "gist", "\200", crowds);
}

static void
captions(const struct seeds *s)
{
	static const char *const texts[] = {"", CODE, "a " CODE " b",
	    "4X9KL-O2MZT-V7C3H-RJ8WD", CODE "x", "x" CODE,
	    "4x9k1 02mzt v7c3h rj8wd", "4x9k102mztv7c3hrj8wd",
	    "4x9k1\xe2\x80\x94"
	    "02mzt-v7c3h\xe2\x88\x92rj8wd",
	    "\xef\xbc\x94x9k1-02mzt\xc2\xa0v7c3h-rj8wd",
	    "4x9k1\xe2\x80\x8b-02mzt-v7c3h-rj8wd", "\xff", "\xc3\xa9 " CODE,
	    CODE "\xcc\x81", "\t\n\v\f\r--  ", "4x9k1-02mzt-v7c3h-rj8w"};
	static const char *const tags[] = {TAG "KutQY", TAG "694ty",
	    TAG "KutQY " TAG "694ty", TAG "kutqy " TAG "KutQY", TAG, "",
	    TAG "KutQY \xff " TAG "694ty",
	    TAG "KutQY made with @infinitevibe.ai on #bittensor - 694ty"};
	static const char *const owners[] = {"some.body\n\n" CODE,
	    "@some.body\n\n" CODE, "\n\n" CODE, "\n\nx",
	    "A Name\nUCuAXFkgsw1L7xaCfnd5JJOw\n" CODE,
	    "@morty\nUCuAXFkgsw1L7xaCfnd5JJOg\n" CODE, "somebody\n1\n" CODE,
	    "abcdefghijabcdefghijabcdefghijabcdefghij\n\n" CODE, "\n"};
	char head[2] = "";

	SEED_ALL(s, "caption", "\1", texts);
	SEED_ALL(s, "caption", "\377", texts);
	SEED_ALL(s, "caption", "A", tags);
	for (int i = 0; i < N_CLAIM_PLATFORMS; i++) {
		head[0] = (char)(132 + i);
		SEED_ALL(s, "caption", head, owners);
	}
}

void
seed_claims(const struct seeds *s)
{
	signed_lines(s);
	gists(s);
	words(s);
	captions(s);
}
