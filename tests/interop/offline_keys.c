/* Addresses, secret URIs, signatures, timelocks, webhooks. */
#include "tests/interop/offline.h"

#include <string.h>

#include "common/webhook_sign.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"
#include "subtensor/timelock.h"

int
offline_ss58(struct call *c)
{
	uint8_t key[32];
	char address[SS58_MAX_TEXT];

	if (!offline_exact(c, "key", key, sizeof(key)))
		return -1;
	if (ss58_encode(offline_number(c, "prefix"), key, address) != 0)
		return err_set(&c->err, "the prefix is reserved");
	offline_say(c, "address", json_string(address));
	return 0;
}

int
offline_account(struct call *c)
{
	uint8_t key[32];
	uint16_t prefix;

	if (ss58_decode(offline_text(c, "address"), &prefix, key) != 0)
		return err_set(&c->err, "it is no address");
	offline_say(c, "prefix", json_integer(prefix));
	offline_say_bytes(c, "key", key, sizeof(key));
	return 0;
}

/* The key of a secret URI, and its signature of a message. */
int
offline_sign(struct call *c)
{
	struct sr25519_keypair kp;
	struct buf message = offline_bytes(c, "message");
	uint8_t sig[64];
	int rc = suri_to_keypair(offline_text(c, "suri"), &kp, &c->err);

	if (rc == 0) {
		sr25519_sign(&kp, message.data, message.len, sig);
		offline_say_bytes(c, "public", kp.public, sizeof(kp.public));
		offline_say_bytes(c, "signature", sig, sizeof(sig));
	}
	buf_free(&message);
	return rc;
}

int
offline_verify(struct call *c)
{
	struct buf message = offline_bytes(c, "message");
	uint8_t public[32], sig[64];
	int rc = -1;

	if (offline_exact(c, "public", public, sizeof(public)) &&
	    offline_exact(c, "signature", sig, sizeof(sig))) {
		offline_say(c, "valid",
		    json_boolean(sr25519_verify(
			public, message.data, message.len, sig)));
		rc = 0;
	}
	buf_free(&message);
	return rc;
}

/* A beacon of the secret: its key and its signature of the round. */
int
offline_beacon(struct call *c)
{
	uint8_t secret[32], public[TIMELOCK_PUBLIC], sig[TIMELOCK_SIGNATURE];

	if (!offline_exact(c, "secret", secret, sizeof(secret)))
		return -1;
	timelock_public_of(secret, public);
	timelock_sign(secret, offline_number(c, "round"), sig);
	offline_say_bytes(c, "public", public, sizeof(public));
	offline_say_bytes(c, "signature", sig, sizeof(sig));
	return 0;
}

int
offline_encrypt(struct call *c)
{
	struct timelock_secrets secrets;
	struct buf message = offline_bytes(c, "message"), sealed = {0};
	uint8_t public[TIMELOCK_PUBLIC];
	int rc = -1;

	timelock_secrets_new(&secrets);
	if (offline_exact(c, "public", public, sizeof(public)))
		rc = timelock_encrypt(public, offline_number(c, "round"),
		    &secrets, message.data, message.len, &sealed, &c->err);
	if (rc == 0)
		offline_say_bytes(c, "hex", sealed.data, sealed.len);
	buf_free(&message);
	buf_free(&sealed);
	return rc;
}

int
offline_decrypt(struct call *c)
{
	struct buf sealed = offline_bytes(c, "hex"), message = {0};
	uint8_t sig[TIMELOCK_SIGNATURE];
	int rc = -1;

	if (offline_exact(c, "signature", sig, sizeof(sig)))
		rc = timelock_decrypt(
		    sig, sealed.data, sealed.len, &message, &c->err);
	if (rc == 0)
		offline_say_bytes(c, "message", message.data, message.len);
	buf_free(&sealed);
	buf_free(&message);
	return rc;
}

int
offline_pulse(struct call *c)
{
	uint8_t public[TIMELOCK_PUBLIC], sig[TIMELOCK_SIGNATURE];

	if (!offline_exact(c, "public", public, sizeof(public)) ||
	    !offline_exact(c, "signature", sig, sizeof(sig)))
		return -1;
	offline_say(c, "valid",
	    json_boolean(
		timelock_verify(public, offline_number(c, "round"), sig)));
	return 0;
}

/* The signatures of a message under one secret, or an old and a new one. */
int
offline_webhook(struct call *c)
{
	const char *body = offline_text(c, "body");
	const json_t *texts = json_object_get(c->in, "secrets");
	struct webhook_secret secrets[2];
	struct buf out = {0};
	size_t n = json_array_size(texts);

	if (n < 1 || n > sizeof(secrets) / sizeof(secrets[0]))
		return err_set(&c->err, "there are no secrets");
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(texts, i));

		if (webhook_secret_parse(text, &secrets[i], &c->err) != 0)
			return -1;
	}
	webhook_sign(secrets, n, offline_text(c, "id"),
	    (int64_t)offline_number(c, "timestamp"), body, strlen(body), &out);
	offline_say(c, "signature", json_string(buf_str(&out)));
	buf_free(&out);
	return 0;
}
