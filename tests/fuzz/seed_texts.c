/* Small inputs that are texts; keys and phrases are the public ones that
 * every development chain has. */
#include "tests/fuzz/seed.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "subtensor/keyfile.h"
#include "subtensor/ss58.h"
#include "tests/fuzz/seal.h"

#define ALICE "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
#define DEV_PHRASE                                                             \
	"bottom drive obey lake curtain smoke basket hold race lonely fit "    \
	"walk"
#define DEV_PUBLIC                                                             \
	"46ebddef8cd9bb167dc30878d7113b7e168e6f0646beffd77d69d39bad76b47a"
#define DEV_SEED                                                               \
	"fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e"

static void
addresses(const struct seeds *s)
{
	static const uint16_t prefixes[] = {0, 2, 42, 63, 64, 252, 1284, 16383};
	static const char *const texts[] = {"",
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ",
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKut", "0OIl",
	    "1111111111111111111111111111111111111111111111111111111111",
	    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"};
	uint8_t key[32] = {1, 2, 3};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		char text[SS58_MAX_TEXT];

		ss58_encode(prefixes[i], key, text);
		seed_text(s, "ss58", "\0", text);
		seed_put(s, "ss58",
		    (uint8_t[3]){1, prefixes[i] & 0xff, prefixes[i] >> 8}, 3,
		    key, sizeof(key));
	}
	SEED_ALL(s, "ss58", "\0", texts);
	seed_put(s, "ss58", "\1\x2e\0", 3, "", 0);
	seed_put(s, "ss58", "\1\xff\xff", 3, "", 0);
}

static void
phrases(const struct seeds *s)
{
	static const char *const texts[] = {"", DEV_PHRASE,
	    "  bottom\tdrive obey lake curtain smoke basket hold race lonely "
	    "fit\n",
	    "legal winner thank year wave sausage worth useful legal winner "
	    "thank year wave sausage worth useful legal will",
	    "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
	    "zoo zoo zoo zoo zoo zoo zoo vote",
	    "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
	    "zoo zoo zoo zoo zoo zoo zoo zoo zoo",
	    "letter advice cage absurd amount doctor acoustic avoid letter "
	    "advice cage above notaword",
	    "abandon abandon abandon abandon abandon abandon abandon abandon "
	    "abandon abandon abandon abandon"};
	static const char *const uris[] = {"", "//Alice", "/soft//hard/42",
	    DEV_PHRASE "//+7///password", DEV_PHRASE "//", "0x" DEV_SEED "//1",
	    "0x12", "///", "//18446744073709551615/18446744073709551616",
	    "//averylongjunctionwhichisnotanumberandneedshashing//x"};
	char *much = xmalloc(1200);

	SEED_ALL(s, "mnemonic", "\0", texts);
	SEED_ALL(s, "mnemonic", "\2", uris);
	seed_put(s, "mnemonic", "\0", 1, DEV_PHRASE "\0Substrate",
	    sizeof(DEV_PHRASE) + 9);
	seed_put(s, "mnemonic", "\1", 1, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	memset(much, 'a', 1199);
	much[1199] = '\0';
	seed_text(s, "mnemonic", "\2", much);
	memcpy(much, DEV_PHRASE, sizeof(DEV_PHRASE));
	seed_put(s, "mnemonic", "\0", 1, much, 1199);
	free(much);
}

#define HASH                                                                   \
	"0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
messages(const struct seeds *s)
{
	static const char *const texts[] = {
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x00\"}",
	    "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":null}",
	    "{\"id\":4,\"error\":{\"code\":-32029,\"message\":\"Too many "
	    "requests\"}}",
	    "{\"id\":5,\"error\":{\"code\":-32000,\"message\":\"rate "
	    "limit\"}}",
	    "{\"id\":6,\"error\":{\"code\":-32601,\"message\":\"Method not "
	    "found\"}}",
	    "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":1010,"
	    "\"message\":\"Invalid Transaction\",\"data\":\"Custom error: "
	    "6\"}}",
	    "{\"id\":4,\"error\":{\"code\":-32601,\"data\":{\"a\":[1]}}}",
	    "{\"id\":5,\"error\":7}", "{\"id\":6}", "{\"id\":-1,\"result\":1}",
	    "{\"id\":\"7\",\"result\":1}", "{\"id\":null}", "[1]", "{",
	    "{\"jsonrpc\":\"2.0\",\"method\":\"chain_newHead\",\"params\":{"
	    "\"subscription\":\"abc\",\"result\":{\"number\":\"0x1\"}}}",
	    "{\"method\":\"chain_finalizedHead\",\"params\":{"
	    "\"subscription\":\"a\",\"result\":{\"parentHash\":\"" HASH
	    "\",\"number\":\"0x1b4\",\"stateRoot\":\"" HASH
	    "\",\"extrinsicsRoot\":\"" HASH
	    "\",\"digest\":{\"logs\":[\"0x066175726120\",\"0x08\"]}}}}",
	    "{\"method\":\"author_extrinsicUpdate\",\"params\":{"
	    "\"subscription\":17,\"result\":\"ready\"}}",
	    "{\"method\":\"m\",\"params\":{\"subscription\":\"\",\"result\":"
	    "1}}",
	    "{\"method\":\"m\",\"params\":{\"subscription\":true,\"result\":"
	    "1}}"};
	static const char *const ids[] = {"\"abc\"", "\"\"", "17", "-1", "1.5",
	    "null",
	    "\"0123456789012345678901234567890123456789012345678901234"
	    "567890123456789012345678901234567890123456789012345678901"
	    "23456789012345678\""};

	SEED_ALL(s, "rpc_message", "\0", texts);
	SEED_ALL(s, "rpc_message", "\1", ids);
}

/* The accept belongs to a key of sixteen zeros. */
#define ACCEPT "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n"
#define STATUS "HTTP/1.1 101 Switching Protocols\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"

static void
handshakes(const struct seeds *s)
{
	static const char *const urls[] = {"ws://127.0.0.1:9944",
	    "wss://entrypoint-finney.opentensor.ai:443", "ws://[::1]:9944/a?b",
	    "WSS://h", "ws://h:0", "ws://h:65536", "ws://u@h/", "ws://h/#f",
	    "http://h", "ws://", "ws:", "", "ws://h:80/x", "ws://h?q=1"};
	static const char *const heads[] = {STATUS UPGRADE ACCEPT "\r\n",
	    STATUS UPGRADE ACCEPT "\r\nframes",
	    STATUS UPGRADE "Sec-WebSocket-Accept: x\r\n\r\n",
	    STATUS ACCEPT "\r\n",
	    STATUS UPGRADE ACCEPT "Sec-WebSocket-Extensions: x\r\n\r\n",
	    STATUS UPGRADE ACCEPT "Sec-WebSocket-Protocol: x\r\n\r\n",
	    "HTTP/1.1 429 Too Many Requests\r\n\r\n", "HTTP/1.1 101",
	    "no\r\n\r\n",
	    STATUS "A-name-that-is-longer-than-any-we-look-at-and-does-not-fit-"
		   "in-sixty-four-bytes: x\r\n\r\n"};
	char *much = xmalloc(700);

	SEED_ALL(s, "rpc_message", "\2", urls);
	SEED_ALL(s, "rpc_message", "\3", heads);
	memset(much, 'a', 699);
	memcpy(much, "ws://", 5);
	much[699] = '\0';
	seed_text(s, "rpc_message", "\2", much);
	memcpy(much, "ws://h/", 7);
	seed_text(s, "rpc_message", "\2", much);
	free(much);
}

static void
requests(const struct seeds *s)
{
	static const char *const lines[] = {"{\"id\":1,\"shape\":\"whoami\"}",
	    "{\"id\":1,\"shape\":\"statement\",\"domain\":\"audit\",\"text\":"
	    "\"x\"}\n{\"id\":2,\"shape\":\"whoami\"}\n",
	    "{\"id\":1,\"shape\":\"statement\",\"domain\":\"A\",\"text\":"
	    "\"x\"}",
	    "{\"id\":1,\"shape\":\"statement\"}",
	    "{\"id\":1,\"shape\":\"none\"}",
	    "{\"id\":1,\"shape\":\"epistula\"}",
	    "{\"id\":1,\"shape\":\"dendrite\"}",
	    "{\"id\":1,\"shape\":\"weights\"}",
	    "{\"id\":1,\"shape\":\"weights\",\"payload\":\"0x0700\"}",
	    "{\"id\":1,\"shape\":\"weights\",\"payload\":\"0x07zz\"}",
	    "{\"id\":1,\"shape\":\"epistula\",\"message\":"
	    "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	    ".01890000-0000-7000-8000-000000000000.1700000000000."
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\"}",
	    "{\"id\":1,\"shape\":\"dendrite\",\"message\":"
	    "\"1700000000000000000."
	    "5ExZX4Jrhy8svUAzBVDKkHUG1QY1vvbgdDqgw1wF3pFws3mD."
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY."
	    "01890000-0000-7000-8000-000000000000."
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	    "\"}",
	    "{\"id\":-1}", "[]", "{\"id\":1,\"shape\":7}",
	    "{\"id\":1,\"x\":1}"};

	static const char *const replies[] = {
	    "{\"id\":1,\"signature\":\"0x00\",\"signed_by\":\"5G\"}",
	    "{\"id\":1,\"hotkey\":\"5G\",\"public\":\"0x\"}",
	    "{\"id\":null,\"error\":{\"code\":\"c\",\"message\":\"m\"}}",
	    "{\"error\":{\"code\":\"c\"}}", "{\"error\":7}",
	    "{\"error\":{\"x\":\"c\"}}", "{"};
	struct buf many = {0};

	SEED_ALL(s, "sign", "\1", lines);
	SEED_ALL(s, "sign", "\2", replies);
	for (int i = 0; i < 5; i++)
		buf_printf(&many, "%s\n", lines[0]);
	seed_buf(s, "sign", "\1", 1, &many);
	buf_free(&many);
}

/* A key file in one of the sealed forms: whole, cut, and to be made. */
static void
sealed(const struct seeds *s, enum keyfile_form form, const char *text)
{
	const size_t len = strlen(text);
	struct buf b = {0};

	seal_file(form, text, len, "p", 1, 1, &b);
	seed_buf(s, "keyfile_sealed", "\0\1p", 3, &b);
	seed_buf(s, "keyfile_sealed", "\0\1q", 3, &b);
	for (size_t cut = 0; cut < 64; cut += 3) {
		b.len--;
		seed_buf(s, "keyfile_sealed", "\0\1p", 3, &b);
	}
	seed_put(s, "keyfile_sealed",
	    (uint8_t[]){1, form - 1, 40, 0, 1, 1, 'p'}, 7, text, len);
	seed_put(s, "keyfile_sealed",
	    (uint8_t[]){1, form - 1, 40, 0, 1, 1, 'p'}, 7, "", 0);
	seed_put(s, "keyfile_sealed", (uint8_t[]){2, form - 1}, 2, text, 32);
	seed_put(s, "keyfile_sealed", (uint8_t[]){2, form - 1}, 2,
	    "\1\1\1\1\1\1\1\1\1\1\1\1\1\2\3\3", 16);
	seed_put(s, "keyfile_sealed", (uint8_t[]){3, form - 1, 1, 'p'}, 4, text,
	    len);
	seed_put(
	    s, "keyfile_sealed", (uint8_t[]){3, form - 1, 0}, 3, text, len);
	seed_put(s, "keyfile_sealed", (uint8_t[]){3, form - 1, 2, 'p', '\n'}, 5,
	    "{}", 2);
	buf_free(&b);
}

static void
key_files(const struct seeds *s)
{
	static const char *const texts[] = {"", "{}", "[]", "0x" DEV_SEED,
	    DEV_SEED "\n", "{\"secretPhrase\":\"" DEV_PHRASE "\"}",
	    "{\"secretPhrase\":\"x\"}", "{\"secretSeed\":\"0x12\"}",
	    "{\"secretSeed\":\"0x" DEV_SEED "\",\"publicKey\":\"0x" DEV_PUBLIC
	    "\",\"accountId\":\"0x" DEV_PUBLIC "\",\"ss58Address\":"
	    "\"5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV\"}",
	    "{\"secretSeed\":\"0x" DEV_SEED "\",\"publicKey\":\"0x" ALICE "\"}",
	    "{\"secretSeed\":\"0x" DEV_SEED "\",\"ss58Address\":\"x\"}",
	    "{\"secretSeed\":\"0x" DEV_SEED "\",\"publicKey\":\"x\"}",
	    "{\"secretSeed\":\"12345678901234567890123456789012\"}",
	    "{\"privateKey\":\"0x05d65584630d16cd4af6d0bec10f34bb504a5dcb62dba2"
	    "122d49f5a663763d0afd190cce74df356432b410bd64682309d6dedb27c76845da"
	    "f388557cbac3ca34\",\"publicKey\":\"0x" DEV_PUBLIC "\"}",
	    "{\"privateKey\":\"0x05d65584630d16cd4af6d0bec10f34bb504a5dcb62dba2"
	    "122d49f5a663763d0afd190cce74df356432b410bd64682309d6dedb27c76845da"
	    "f388557cbac3ca34\"}",
	    "{\"privateKey\":\"0x28b0ae221c6bb06856b287f60d7ea0d98552ea5a16db16"
	    "956849aa371db3eb51fd190cce74df356432b410bd64682309d6dedb27c76845da"
	    "f388557cbac3ca34\",\"publicKey\":\"0x" DEV_PUBLIC "\"}",
	    "{\"privateKey\":\"0x00\"}",
	    "{\"ss58Address\":"
	    "\"5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV\"}",
	    "{\"encoded\":\"AA==\"}", "$NACL", "$ANSIBLE_VAULT;1.1;AES256\n",
	    "gAAAAAB"};
	static const char *const variables[] = {
	    "\1NAAAA", "\1NNjE=", "\1N!", "\0NjE="};

	SEED_ALL(s, "keyfile", "\0", texts);
	SEED_ALL(s, "keyfile", "\4", texts);
	seed_text(s, "keyfile", "\4",
	    "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV\n");
	SEED_ALL(s, "keyfile_sealed", "\4", variables);
	for (enum keyfile_form form = 1; form < N_KEYFILE_FORMS; form++)
		sealed(s, form, texts[5]);
	seed_text(s, "keyfile", "\1", texts[5]);
	seed_text(s, "keyfile", "\3", texts[5]);
	seed_text(s, "keyfile", "\1", "{}");
	seed_text(s, "keyfile", "\2", "~/.bittensor/wallets");
	seed_text(s, "keyfile", "\2", "~other/wallets");
}

/* The first byte of these two seeds the cuts. */
static void
http(const struct seeds *s)
{
	static const char *const requests[] = {
	    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	    "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
	    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n3\r\nabc\r\n0\r\n\r\n",
	    "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
	    "Content-Length: 1\r\n\r\nx",
	    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
	    "Content-Length: 2\r\n\r\n",
	    "GET / HTTP/1.0\r\n\r\n", "GET /", "\r\n\r\n"};
	static const char *const forms[] = {
	    "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
	    "--B--\r\n",
	    "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\""
	    "\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--B--",
	    "--B\r\nContent-Disposition: form-data; name=refused\r\n\r\n",
	    "--B\r\nContent-Disposition: form-data; name=a; "
	    "filename*=utf-8''a%20%c3%a9\r\nContent-Transfer-Encoding: binary"
	    "\r\n\r\nx\r\n--B--",
	    "--B\r\nContent-Disposition: form-data; name=a; "
	    "filename*=utf-8''%0a\r\n\r\nx\r\n--B--",
	    "--B\r\nContent-Disposition: form-data; name=a; "
	    "filename*=latin'x\r\n\r\nx\r\n--B--",
	    "--B\r\nContent-Transfer-Encoding: base64\r\n\r\n", "--B--",
	    "--B\r\n\r\n", "--C\r\n", ""};

	static const char *const typed[] = {
	    "multipart/form-data; boundary=\"a b\"\n--a b--", "text/plain\nx",
	    "multipart/form-data\n", "multipart/form-data; boundary=\n",
	    "Multipart/Form-Data; boundary=x; boundary=y\n--x--"};
	struct buf many = {0};

	SEED_ALL(s, "http", "\1", requests);
	SEED_ALL(s, "multipart", "\1", forms);
	SEED_ALL(s, "multipart", "\x81", typed);
	for (int i = 0; i < 70; i++)
		buf_add_str(&many, "--B\r\nContent-Disposition: form-data; "
				   "name=a\r\n\r\n1\r\n");
	seed_buf(s, "multipart", "\1", 1, &many);
	buf_reset(&many);
	buf_add_str(&many, "--B\r\nA: ");
	memset(buf_reserve(&many, 5000), 'a', 5000);
	many.len += 5000;
	seed_buf(s, "multipart", "\1", 1, &many);
	buf_free(&many);
}

void
seed_texts(const struct seeds *s)
{
	addresses(s);
	phrases(s);
	messages(s);
	handshakes(s);
	requests(s);
	key_files(s);
	http(s);
}
