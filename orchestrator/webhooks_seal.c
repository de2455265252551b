/* Secrets of webhooks, sealed. */
#include "orchestrator/webhooks_seal.h"

#include <sodium.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"

enum {
	MIN_TEXT = 32,
	NEW_SECRET = 32,
	ID = UUID_TEXT - 1,
	NONCE = crypto_secretbox_NONCEBYTES,
	MAC = crypto_secretbox_MACBYTES,
	MOST_PLAIN = ID + WEBHOOK_MOST_SECRET,
	MOST_SEALED = NONCE + MAC + MOST_PLAIN,
	BASE64 = sodium_base64_VARIANT_ORIGINAL,
};

int
webhooks_key_init(struct webhooks_key *key, const char *text, struct err *err)
{
	size_t len = strlen(text);

	key->is_set = len > 0;
	if (len == 0)
		return 0;
	if (len < MIN_TEXT)
		return err_set(err,
		    "the key has %zu characters and must have %d or more; "
		    "make one with: openssl rand -hex 32",
		    len, MIN_TEXT);
	crypto_generichash(key->bytes, sizeof(key->bytes),
	    (const uint8_t *)text, len, NULL, 0);
	return 0;
}

void
webhooks_secret_new(struct webhook_secret *secret)
{
	secret->len = NEW_SECRET;
	randombytes_buf(secret->bytes, secret->len);
}

char *
webhooks_seal(const struct webhooks_key *key, const char id[UUID_TEXT],
    const struct webhook_secret *secret)
{
	uint8_t plain[MOST_PLAIN], sealed[MOST_SEALED];
	size_t len = ID + secret->len, total = NONCE + MAC + len;
	size_t room = sodium_base64_encoded_len(total, BASE64);
	char *text = xmalloc(room);

	memcpy(plain, id, ID);
	memcpy(plain + ID, secret->bytes, secret->len);
	randombytes_buf(sealed, NONCE);
	crypto_secretbox_easy(sealed + NONCE, plain, len, sealed, key->bytes);
	sodium_memzero(plain, sizeof(plain));
	return sodium_bin2base64(text, room, sealed, total, BASE64);
}

int
webhooks_unseal(const struct webhooks_key *key, const char *id,
    const char *text, struct webhook_secret *secret)
{
	uint8_t plain[MOST_PLAIN], sealed[MOST_SEALED];
	const char *end;
	size_t len;
	int status = -1;

	if (strlen(id) != ID ||
	    sodium_base642bin(sealed, sizeof(sealed), text, strlen(text), NULL,
		&len, &end, BASE64) != 0 ||
	    *end != '\0' || len < NONCE + MAC + ID + WEBHOOK_LEAST_SECRET)
		return -1;
	if (crypto_secretbox_open_easy(
		plain, sealed + NONCE, len - NONCE, sealed, key->bytes) == 0 &&
	    memcmp(plain, id, ID) == 0) {
		secret->len = len - NONCE - MAC - ID;
		memcpy(secret->bytes, plain + ID, secret->len);
		status = 0;
	}
	sodium_memzero(plain, sizeof(plain));
	return status;
}
