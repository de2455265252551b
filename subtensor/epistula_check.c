/* Epistula requests: who sent them, and whether they came before. */
#include "subtensor/epistula_check.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/epistula.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"

enum {
	MAX_UUID = 64, /* a stranger's may be of another form than ours */
	MAX_TIMESTAMP_DIGITS = 18,
	SIGNATURE_BYTES = 64,
};

/* -- one request ----------------------------------------------------------- */

static bool
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t")] == '\0';
}

/* "Epistula 0x..": the signature's text, or NULL and why not. */
static const char *
authorization_signature(const char *header, const char **why)
{
	static const char scheme[] = "Epistula";
	size_t scheme_len, token_len;
	const char *token;

	header += strspn(header, " \t");
	scheme_len = strcspn(header, " \t");
	token = header + scheme_len;
	token += strspn(token, " \t");
	token_len = strcspn(token, " \t");
	*why = "Invalid authorization header format";
	if (token_len == 0 || !is_blank(token + token_len))
		return NULL;
	*why = "Invalid authorization scheme";
	if (scheme_len != sizeof(scheme) - 1 ||
	    memcmp(header, scheme, scheme_len) != 0)
		return NULL;
	return token;
}

static const char *
without_0x(const char *text)
{
	return strncmp(text, "0x", 2) == 0 ? text + 2 : text;
}

/* Length without blanks at the end. */
static size_t
token_length(const char *text)
{
	return strcspn(text, " \t");
}

static bool
same_token(const char *a, const char *b)
{
	size_t len;

	a = without_0x(a);
	b = without_0x(b);
	len = token_length(a);
	return len == token_length(b) && memcmp(a, b, len) == 0;
}

/* Digits with blanks around them, as Python's int() takes them. */
static int
parse_timestamp(const char *text, int64_t *out)
{
	int64_t n = 0;
	size_t digits = 0;

	text += strspn(text, " \t");
	text += strspn(text, "0") > 0 ? strspn(text, "0") - 1 : 0;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (++digits > MAX_TIMESTAMP_DIGITS)
			return -1;
		n = n * 10 + (*text - '0');
	}
	if (digits == 0 || !is_blank(text))
		return -1;
	*out = n;
	return 0;
}

/* Wallets may have signed the message between <Bytes> and </Bytes>. */
static bool
verify_either(const uint8_t public[32], const char *message,
    const uint8_t sig[SIGNATURE_BYTES])
{
	char wrapped[EPISTULA_MAX_MESSAGE + 16];
	int len;

	if (sr25519_verify(
		public, (const uint8_t *)message, strlen(message), sig))
		return true;
	len = snprintf(wrapped, sizeof(wrapped), "<Bytes>%s</Bytes>", message);
	return sr25519_verify(public, (const uint8_t *)wrapped, len, sig);
}

static int
decode_signature(const char *text, uint8_t sig[SIGNATURE_BYTES])
{
	char digits[2 * SIGNATURE_BYTES + 1];
	size_t len;

	text = without_0x(text);
	len = token_length(text);
	if (len != 2 * SIGNATURE_BYTES)
		return -1;
	memcpy(digits, text, len);
	digits[len] = '\0';
	return hex_decode_exact(digits, sig, SIGNATURE_BYTES);
}

static const char *
check_signature(const struct epistula_request *req, int64_t timestamp_ms,
    const char *signature)
{
	char message[EPISTULA_MAX_MESSAGE];
	uint8_t public[32], sig[SIGNATURE_BYTES];

	if (ss58_decode_account(req->signed_by, public) < 0)
		return "Invalid Keypair";
	if (decode_signature(signature, sig) < 0)
		return "Invalid Signature Format";
	if (req->digest != NULL)
		epistula_message_digest(req->digest, req->uuid, timestamp_ms,
		    req->signed_for, message);
	else
		epistula_message(req->body, req->body_len, req->uuid,
		    timestamp_ms, req->signed_for, message);
	if (!verify_either(public, message, sig))
		return "Signature Mismatch";
	return NULL;
}

const char *
epistula_check(
    const struct epistula_request *req, const char *own, int64_t now_ms)
{
	const char *signature, *why;
	int64_t timestamp_ms;

	if (is_blank(req->authorization))
		return "Authorization header required";
	signature = authorization_signature(req->authorization, &why);
	if (signature == NULL)
		return why;
	if (!is_blank(req->signature) && !same_token(req->signature, signature))
		return "Authorization signature mismatch";
	if (is_blank(req->timestamp) || is_blank(req->uuid) ||
	    is_blank(req->signed_by) || is_blank(req->signed_for))
		return "Missing Epistula authentication headers";
	if (strcmp(req->signed_for, own) != 0)
		return "Invalid signed_for address";
	if (parse_timestamp(req->timestamp, &timestamp_ms) < 0)
		return "Invalid Timestamp";
	if (timestamp_ms + EPISTULA_WINDOW_MS < now_ms)
		return "Request is too stale";
	if (timestamp_ms > now_ms + EPISTULA_AHEAD_MS)
		return "Request is from the future";
	if (strlen(req->uuid) > MAX_UUID)
		return "Invalid UUID";
	return check_signature(req, timestamp_ms, signature);
}

/* -- those that came before ------------------------------------------------ */

/* A request that is taken now is stale by then, whatever it says. */
enum {
	KEEP_MS = EPISTULA_WINDOW_MS + EPISTULA_AHEAD_MS,
	FIRST_USES = 16,
	HASH_BYTES = 16,
};

struct use {
	uint8_t uuid[HASH_BYTES]; /* keyed hash of it */
	int64_t until_ms;
};

/* The uses of one key in a ring, the oldest at `first`. */
struct sender {
	uint8_t public[32];
	struct use *uses;
	size_t first, n, size;
};

struct epistula_seen {
	uint8_t key[crypto_generichash_KEYBYTES];
	struct sender *senders;
	size_t n;
};

struct epistula_seen *
epistula_seen_new(void)
{
	struct epistula_seen *s = xcalloc(1, sizeof(*s));

	randombytes_buf(s->key, sizeof(s->key));
	return s;
}

void
epistula_seen_free(struct epistula_seen *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->senders[i].uses);
	free(s->senders);
	free(s);
}

static struct use *
use_at(const struct sender *sender, size_t i)
{
	return &sender->uses[(sender->first + i) % sender->size];
}

static void
forget_old(struct sender *sender, int64_t now_ms)
{
	while (sender->n > 0 && use_at(sender, 0)->until_ms < now_ms) {
		sender->first = (sender->first + 1) % sender->size;
		sender->n--;
	}
}

static void
make_room(struct sender *sender)
{
	size_t size = sender->size > 0 ? 2 * sender->size : FIRST_USES;
	struct use *uses;

	if (sender->n < sender->size)
		return;
	uses = xcalloc(size, sizeof(*uses));
	for (size_t i = 0; i < sender->n; i++)
		uses[i] = *use_at(sender, i);
	free(sender->uses);
	sender->uses = uses;
	sender->first = 0;
	sender->size = size;
}

/* Those of whom nothing is known any more make room for others. */
static void
forget_senders(struct epistula_seen *s, int64_t now_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++) {
		forget_old(&s->senders[i], now_ms);
		if (s->senders[i].n > 0)
			s->senders[kept++] = s->senders[i];
		else
			free(s->senders[i].uses);
	}
	s->n = kept;
}

/* NULL: there are too many. */
static struct sender *
find_sender(struct epistula_seen *s, const uint8_t public[32], int64_t now_ms)
{
	struct sender *sender;

	for (size_t i = 0; i < s->n; i++) {
		if (memcmp(s->senders[i].public, public, 32) == 0)
			return &s->senders[i];
	}
	if (s->n == EPISTULA_MAX_SENDERS)
		forget_senders(s, now_ms);
	if (s->n == EPISTULA_MAX_SENDERS)
		return NULL;
	if (s->senders == NULL)
		s->senders = xcalloc(EPISTULA_MAX_SENDERS, sizeof(*s->senders));
	sender = &s->senders[s->n++];
	*sender = (struct sender){{0}, NULL, 0, 0, 0};
	memcpy(sender->public, public, 32);
	return sender;
}

const char *
epistula_use(struct epistula_seen *s, const char *signed_by, const char *uuid,
    int64_t now_ms)
{
	uint8_t public[32], hash[HASH_BYTES];
	struct sender *sender;
	struct use *use;

	if (ss58_decode_account(signed_by, public) != 0)
		return "Invalid Keypair";
	sender = find_sender(s, public, now_ms);
	if (sender == NULL)
		return "Too many senders";
	forget_old(sender, now_ms);
	crypto_generichash(hash, sizeof(hash), (const uint8_t *)uuid,
	    strlen(uuid), s->key, sizeof(s->key));
	for (size_t i = 0; i < sender->n; i++) {
		if (memcmp(use_at(sender, i)->uuid, hash, sizeof(hash)) == 0)
			return "Request was seen before";
	}
	if (sender->n == EPISTULA_MAX_USES)
		return "Too many requests";
	make_room(sender);
	use = use_at(sender, sender->n++);
	memcpy(use->uuid, hash, sizeof(hash));
	use->until_ms = now_ms + KEEP_MS;
	return NULL;
}
