/* The three sealed forms, the sealing half. */
#include "tests/fuzz/seal.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"

enum { BLOCK = 16, LINE = 80, FERNET_HEAD = 1 + 8, ROUNDS = 1 };

static const uint8_t zeros[32];

struct text {
	const void *data;
	size_t len;
};

static void
nacl(struct text text, struct text password, struct buf *out)
{
	static const uint8_t salt[] =
	    "\x13\x71\x83\xdf\xf1\x5a\x09\xbc\x9c\x90\xb5\x51\x87\x39\xe9\xb1";
	uint8_t key[crypto_secretbox_KEYBYTES];
	size_t len = text.len + crypto_secretbox_MACBYTES;

	if (crypto_pwhash(key, sizeof(key), password.data, password.len, salt,
		crypto_pwhash_OPSLIMIT_INTERACTIVE,
		crypto_pwhash_MEMLIMIT_INTERACTIVE,
		crypto_pwhash_ALG_ARGON2I13) != 0)
		abort();
	buf_add_str(out, "$NACL");
	buf_add(out, zeros, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(
	    buf_reserve(out, len), text.data, text.len, zeros, key);
	out->len += len;
}

static void
stretch(struct text password, const char *salt, uint8_t *keys, size_t len)
{
	if (PKCS5_PBKDF2_HMAC(password.data, password.len,
		(const uint8_t *)salt, strlen(salt), ROUNDS, EVP_sha256(), len,
		keys) != 1)
		abort();
}

static void
encrypt(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *iv,
    struct text text, int is_padded, struct buf *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	struct buf padded = {0};
	size_t pad = is_padded ? BLOCK - text.len % BLOCK : 0;
	int n = 0;

	buf_add(&padded, text.data, text.len);
	for (size_t i = 0; i < pad; i++)
		buf_add_byte(&padded, pad);
	EVP_EncryptInit_ex(ctx, cipher, NULL, key, iv);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	EVP_EncryptUpdate(ctx, buf_reserve(out, padded.len + BLOCK), &n,
	    padded.data, padded.len);
	out->len += n;
	EVP_CIPHER_CTX_free(ctx);
	buf_free(&padded);
}

static void
authenticate(const uint8_t *key, size_t key_len, const struct buf *what,
    uint8_t mac[crypto_auth_hmacsha256_BYTES])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_len);
	crypto_auth_hmacsha256_update(&state, what->data, what->len);
	crypto_auth_hmacsha256_final(&state, mac);
}

static void
add_hex(struct buf *out, const void *data, size_t len)
{
	char *hex = hex_0x(data, len);

	buf_add_str(out, hex + 2);
	free(hex);
}

static void
ansible(struct text text, struct text password, int is_padded, struct buf *out)
{
	uint8_t keys[32 + 32 + BLOCK], mac[crypto_auth_hmacsha256_BYTES];
	struct buf ct = {0}, lines = {0}, all = {0};

	stretch(password, "salt", keys, sizeof(keys));
	encrypt(EVP_aes_256_ctr(), keys, keys + 64, text, is_padded, &ct);
	authenticate(keys + 32, 32, &ct, mac);
	add_hex(&lines, "salt", 4);
	buf_add_str(&lines, "\n");
	add_hex(&lines, mac, sizeof(mac));
	buf_add_str(&lines, "\n");
	add_hex(&lines, ct.data, ct.len);
	add_hex(&all, lines.data, lines.len);
	buf_add_str(out, "$ANSIBLE_VAULT;1.1;AES256");
	for (size_t i = 0; i < all.len; i += LINE) {
		buf_add_str(out, "\n");
		buf_add(
		    out, all.data + i, all.len - i < LINE ? all.len - i : LINE);
	}
	buf_free(&ct);
	buf_free(&lines);
	buf_free(&all);
}

static void
fernet(struct text text, struct text password, int is_padded, struct buf *out)
{
	uint8_t keys[16 + 16], mac[crypto_auth_hmacsha256_BYTES];
	struct buf token = {0};
	size_t len;

	stretch(password,
	    "Iguesscyborgslikemyselfhaveatendencytobeparanoidaboutourorigins",
	    keys, sizeof(keys));
	buf_add_byte(&token, 0x80);
	buf_add(&token, zeros, FERNET_HEAD - 1 + BLOCK);
	encrypt(EVP_aes_128_cbc(), keys + 16, zeros, text, is_padded, &token);
	authenticate(keys, 16, &token, mac);
	buf_add(&token, mac, sizeof(mac));
	len =
	    sodium_base64_encoded_len(token.len, sodium_base64_VARIANT_URLSAFE);
	sodium_bin2base64((char *)buf_reserve(out, len), len, token.data,
	    token.len, sodium_base64_VARIANT_URLSAFE);
	out->len += len - 1;
	buf_free(&token);
}

void
seal_file(enum keyfile_form form, const void *data, size_t len,
    const void *password, size_t password_len, int is_padded, struct buf *out)
{
	struct text text = {data, len}, pass = {password, password_len};

	if (form == KEYFILE_NACL)
		nacl(text, pass, out);
	else if (form == KEYFILE_ANSIBLE)
		ansible(text, pass, is_padded, out);
	else
		fernet(text, pass, is_padded, out);
}
