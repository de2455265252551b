/* Secrets of attempts, derived and never stored. */
#include "orchestrator/secrets.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"

enum { MIN_TEXT = 32 };

int
secrets_init(struct secrets *s, const char *text, struct err *err)
{
	if (strlen(text) < MIN_TEXT)
		return err_set(err,
		    "the secret has %zu characters and must have %d or more; "
		    "make one with: openssl rand -hex 32",
		    strlen(text), MIN_TEXT);
	crypto_generichash(s->key, sizeof(s->key), (const uint8_t *)text,
	    strlen(text), NULL, 0);
	return 0;
}

static void
derive(const struct secrets *s, const char *message, char out[SECRET_TEXT])
{
	uint8_t mac[32];

	crypto_generichash(mac, sizeof(mac), (const uint8_t *)message,
	    strlen(message), s->key, sizeof(s->key));
	hex_encode(mac, sizeof(mac), out);
}

static bool
is_same(const char *expected, const char *given)
{
	return given != NULL && strlen(given) == SECRET_TEXT - 1 &&
	       sodium_memcmp(expected, given, SECRET_TEXT - 1) == 0;
}

void
secrets_callback(
    const struct secrets *s, const char *attempt_id, char out[SECRET_TEXT])
{
	char message[64];

	snprintf(message, sizeof(message), "callback %s", attempt_id);
	derive(s, message, out);
}

bool
secrets_check_callback(
    const struct secrets *s, const char *attempt_id, const char *given)
{
	char expected[SECRET_TEXT];

	secrets_callback(s, attempt_id, expected);
	return is_same(expected, given);
}

static const char *const url_words[] = {
    [SECRETS_INPUT] = "input",
    [SECRETS_FILE] = "file",
    [SECRETS_RESULT] = "result",
};

void
secrets_url(const struct secrets *s, enum secrets_url what, const char *id,
    int64_t expires_s, char out[SECRET_TEXT])
{
	char message[96];

	snprintf(message, sizeof(message), "%s %s %lld", url_words[what], id,
	    (long long)expires_s);
	derive(s, message, out);
}

bool
secrets_check_url(const struct secrets *s, enum secrets_url what,
    const char *id, int64_t expires_s, const char *given, int64_t now_s)
{
	char expected[SECRET_TEXT];

	secrets_url(s, what, id, expires_s, expected);
	return now_s <= expires_s && is_same(expected, given);
}

void
secrets_trace(
    const struct secrets *s, const char *job_id, char out[SECRET_TEXT])
{
	char message[64];

	snprintf(message, sizeof(message), "trace %s", job_id);
	derive(s, message, out);
}
