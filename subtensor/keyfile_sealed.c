/*
 * The forms of a key file that a password opens. Each is checked whole, by its
 * authentication code, before anything of it is decrypted.
 */
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#include "common/err.h"
#include "subtensor/keyfile.h"
#include "subtensor/keyfile_impl.h"

enum {
	NACL_OPS = 8,
	NACL_MEMORY = 512 << 20,
	ANSIBLE_ROUNDS = 10000,
	FERNET_ROUNDS = 10000000,
	BLOCK = 16,
	MAC = crypto_auth_hmacsha256_BYTES,
	FERNET_HEAD = 1 + 8, /* version, seconds */
	MAX_KEYS = 32 + 32 + BLOCK,
};

static const struct form {
	const char *magic, *name;
} forms[N_KEYFILE_FORMS] = {
    [KEYFILE_PLAIN] = {"", "plain"},
    [KEYFILE_NACL] = {"$NACL", "$NACL"},
    [KEYFILE_ANSIBLE] = {"$ANSIBLE_VAULT", "$ANSIBLE_VAULT"},
    [KEYFILE_FERNET] = {"gAAAAA", "Fernet"},
};

struct span {
	const uint8_t *data;
	size_t len;
};

enum keyfile_form
keyfile_form(const void *data, size_t len)
{
	for (enum keyfile_form form = KEYFILE_PLAIN + 1; form < N_KEYFILE_FORMS;
	     form++) {
		size_t magic_len = strlen(forms[form].magic);

		if (len >= magic_len &&
		    memcmp(data, forms[form].magic, magic_len) == 0)
			return form;
	}
	return KEYFILE_PLAIN;
}

const char *
keyfile_form_name(enum keyfile_form form)
{
	return forms[form].name;
}

static int
damaged(struct err *err)
{
	return err_set(err, "key file is damaged");
}

static int
wrong_password(struct err *err)
{
	return err_set(err, "the password does not open the key file");
}

/* -- $NACL: nonce, then secretbox --------------------------------------- */

static long
unseal_nacl(struct span in, struct span password, uint8_t *keys, uint8_t *plain,
    struct err *err)
{
	static const uint8_t salt[crypto_pwhash_SALTBYTES] = {0x13, 0x71, 0x83,
	    0xdf, 0xf1, 0x5a, 0x09, 0xbc, 0x9c, 0x90, 0xb5, 0x51, 0x87, 0x39,
	    0xe9, 0xb1};
	const size_t magic = strlen(forms[KEYFILE_NACL].magic);
	const uint8_t *nonce = in.data + magic;
	const uint8_t *box = nonce + crypto_secretbox_NONCEBYTES;
	size_t box_len;

	if (in.len <
	    magic + crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
		return damaged(err);
	box_len = in.len - magic - crypto_secretbox_NONCEBYTES;
	if (crypto_pwhash(keys, crypto_secretbox_KEYBYTES,
		(const char *)password.data, password.len, salt, NACL_OPS,
		NACL_MEMORY, crypto_pwhash_ALG_ARGON2I13) != 0)
		return err_set(err, "$NACL takes %d MiB of memory to open",
		    NACL_MEMORY >> 20);
	if (crypto_secretbox_open_easy(plain, box, box_len, nonce, keys) != 0)
		return wrong_password(err);
	return box_len - crypto_secretbox_MACBYTES;
}

/* -- what the other two are made of ------------------------------------- */

static int
stretch(struct span password, struct span salt, int rounds, uint8_t *keys,
    size_t len, struct err *err)
{
	if (PKCS5_PBKDF2_HMAC((const char *)password.data, password.len,
		salt.data, salt.len, rounds, EVP_sha256(), len, keys) == 1)
		return 0;
	return err_set(err, "PBKDF2 failed");
}

static bool
mac_holds(const uint8_t *key, size_t key_len, struct span what,
    const uint8_t mac[MAC])
{
	crypto_auth_hmacsha256_state state;
	uint8_t own[MAC];

	crypto_auth_hmacsha256_init(&state, key, key_len);
	crypto_auth_hmacsha256_update(&state, what.data, what.len);
	crypto_auth_hmacsha256_final(&state, own);
	sodium_memzero(&state, sizeof(state));
	return sodium_memcmp(own, mac, MAC) == 0;
}

/* Decrypt whole blocks and take PKCS7's padding off. */
static long
decrypt(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *iv,
    struct span in, uint8_t *plain, struct err *err)
{
	EVP_CIPHER_CTX *ctx;
	int n = 0;
	bool ok;
	size_t pad;

	if (in.len == 0 || in.len % BLOCK != 0)
		return damaged(err);
	ctx = EVP_CIPHER_CTX_new();
	ok = ctx != NULL &&
	     EVP_DecryptInit_ex(ctx, cipher, NULL, key, iv) == 1 &&
	     EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	     EVP_DecryptUpdate(ctx, plain, &n, in.data, in.len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok || (size_t)n != in.len)
		return err_set(err, "AES failed");
	pad = plain[n - 1];
	if (pad == 0 || pad > BLOCK)
		return damaged(err);
	for (size_t i = 1; i <= pad; i++) {
		if (plain[n - i] != pad)
			return damaged(err);
	}
	return n - pad;
}

/* -- $ANSIBLE_VAULT: hex of three lines of hex -------------------------- */

/* Hex digits, with newlines anywhere between pairs, to bytes; out may be
 * where they stand. */
static int
unhex_lines(struct span in, uint8_t *out, struct span *got)
{
	const char *end;
	size_t n;

	if (sodium_hex2bin(out, in.len, (const char *)in.data, in.len, "\r\n",
		&n, &end) != 0 ||
	    end != (const char *)in.data + in.len)
		return -1;
	*got = (struct span){out, n};
	return 0;
}

/* Turn the text's next line of hex into bytes where it stands. */
static int
take_hex_line(uint8_t **text, size_t *text_len, struct span *got)
{
	uint8_t *line = *text, *newline = memchr(line, '\n', *text_len);
	size_t len = newline != NULL ? (size_t)(newline - line) : *text_len;
	size_t used = newline != NULL ? len + 1 : len;

	*text += used;
	*text_len -= used;
	return unhex_lines((struct span){line, len}, line, got);
}

/* Salt, authentication code and ciphertext, all in scratch. */
static int
take_ansible(struct span in, uint8_t *scratch, struct span parts[3])
{
	static const char head[] = "$ANSIBLE_VAULT;1.1;AES256";
	const size_t head_len = sizeof(head) - 1;
	struct span text;
	size_t left;

	if (in.len <= head_len || memcmp(in.data, head, head_len) != 0)
		return -1;
	in.data += head_len;
	in.len -= head_len;
	if (unhex_lines(in, scratch, &text) < 0)
		return -1;
	left = text.len;
	for (int i = 0; i < 3; i++) {
		if (take_hex_line(&scratch, &left, &parts[i]) < 0)
			return -1;
	}
	return left == 0 && parts[1].len == MAC ? 0 : -1;
}

static long
unseal_ansible(struct span in, struct span password, uint8_t *scratch,
    uint8_t *plain, struct err *err)
{
	uint8_t *keys = scratch + in.len; /* cipher, mac, counter */
	struct span parts[3];

	if (take_ansible(in, scratch, parts) < 0)
		return damaged(err);
	if (stretch(password, parts[0], ANSIBLE_ROUNDS, keys, 32 + 32 + BLOCK,
		err) < 0)
		return -1;
	if (!mac_holds(keys + 32, 32, parts[2], parts[1].data))
		return wrong_password(err);
	return decrypt(
	    EVP_aes_256_ctr(), keys, keys + 64, parts[2], plain, err);
}

/* -- Fernet: version, time, iv, ciphertext, code; as base64 -------------- */

static long
unseal_fernet(struct span in, struct span password, uint8_t *scratch,
    uint8_t *plain, struct err *err)
{
	static const char salt_text[] =
	    "Iguesscyborgslikemyselfhaveatendencytobeparanoidaboutourorigins";
	const struct span salt = {
	    (const uint8_t *)salt_text, sizeof(salt_text) - 1};
	uint8_t *keys = scratch + in.len; /* mac, cipher */
	struct span token = {scratch, 0};
	const char *end;

	if (sodium_base642bin(scratch, in.len, (const char *)in.data, in.len,
		"\r\n", &token.len, &end, sodium_base64_VARIANT_URLSAFE) != 0 ||
	    end != (const char *)in.data + in.len ||
	    token.len < FERNET_HEAD + BLOCK + MAC || scratch[0] != 0x80)
		return damaged(err);
	if (stretch(password, salt, FERNET_ROUNDS, keys, 16 + 16, err) < 0)
		return -1;
	token.len -= MAC;
	if (!mac_holds(keys, 16, token, token.data + token.len))
		return wrong_password(err);
	token.data += FERNET_HEAD + BLOCK;
	token.len -= FERNET_HEAD + BLOCK;
	return decrypt(EVP_aes_128_cbc(), keys + 16, scratch + FERNET_HEAD,
	    token, plain, err);
}

/* -- all ---------------------------------------------------------------- */

long
keyfile_unseal(const void *sealed, size_t len, const void *password,
    size_t password_len, uint8_t *plain, struct err *err)
{
	const struct span in = {sealed, len};
	const struct span pass = {password, password_len};
	uint8_t *scratch;
	long n = -1;

	if (len > KEYFILE_MAX_BYTES || password_len > KEYFILE_MAX_PASSWORD)
		return err_set(err, "key file or password is too long");
	scratch = keyfile_memory(len + MAX_KEYS);
	if (scratch == NULL)
		return err_set(err, "sodium_malloc: out of memory");
	switch (keyfile_form(sealed, len)) {
	case KEYFILE_PLAIN:
	case N_KEYFILE_FORMS:
		err_set(err, "key file is not sealed");
		break;
	case KEYFILE_NACL:
		n = unseal_nacl(in, pass, scratch, plain, err);
		break;
	case KEYFILE_ANSIBLE:
		n = unseal_ansible(in, pass, scratch, plain, err);
		break;
	case KEYFILE_FERNET:
		n = unseal_fernet(in, pass, scratch, plain, err);
		break;
	}
	sodium_free(scratch);
	return n;
}
