/* Signatures of webhooks. */
#include "common/webhook_sign.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"

static const char prefix[] = "whsec_";

enum {
	PREFIX = sizeof(prefix) - 1,
	BASE64 = sodium_base64_VARIANT_ORIGINAL,
	MAC_TEXT = 4 * ((crypto_auth_hmacsha256_BYTES + 2) / 3) + 1,
};

int
webhook_secret_parse(
    const char *text, struct webhook_secret *secret, struct err *err)
{
	const char *end;

	if (strncmp(text, prefix, PREFIX) != 0)
		return err_set(err, "it must begin with %s", prefix);
	text += PREFIX;
	if (sodium_base642bin(secret->bytes, sizeof(secret->bytes), text,
		strlen(text), NULL, &secret->len, &end, BASE64) != 0 ||
	    *end != '\0' || secret->len < WEBHOOK_LEAST_SECRET)
		return err_set(err,
		    "behind %s it must be the base64 of %d to %d bytes", prefix,
		    WEBHOOK_LEAST_SECRET, WEBHOOK_MOST_SECRET);
	return 0;
}

void
webhook_secret_format(
    const struct webhook_secret *secret, char out[WEBHOOK_SECRET_TEXT])
{
	memcpy(out, prefix, PREFIX);
	sodium_bin2base64(out + PREFIX, WEBHOOK_SECRET_TEXT - PREFIX,
	    secret->bytes, secret->len, BASE64);
}

static void
add_signature(const struct webhook_secret *secret, const struct buf *head,
    const void *body, size_t len, struct buf *out)
{
	crypto_auth_hmacsha256_state state;
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	char text[MAC_TEXT];

	crypto_auth_hmacsha256_init(&state, secret->bytes, secret->len);
	crypto_auth_hmacsha256_update(&state, head->data, head->len);
	crypto_auth_hmacsha256_update(&state, body, len);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof(state));
	sodium_bin2base64(text, sizeof(text), mac, sizeof(mac), BASE64);
	buf_printf(out, "%sv1,%s", out->len > 0 ? " " : "", text);
}

void
webhook_sign(const struct webhook_secret *secrets, size_t n, const char *id,
    int64_t timestamp_s, const void *body, size_t len, struct buf *out)
{
	struct buf head = {0};

	buf_printf(&head, "%s.%lld.", id, (long long)timestamp_s);
	for (size_t i = 0; i < n; i++)
		add_signature(&secrets[i], &head, body, len, out);
	buf_free(&head);
}
