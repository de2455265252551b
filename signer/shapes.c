/* The closed table of what signerd signs, and the check of each. */
#include "signer/shapes.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/sign_wire.h"
#include "common/uuid.h"
#include "subtensor/epistula.h"

enum {
	RAW_PAYLOAD = 256, /* longer payloads are signed as their hash */
	MAX_DOMAIN = 32,
	MAX_DENDRITE = 320,
	MAX_NONCE_DIGITS = 19,
	HASH_TEXT = 64,
	NS_PER_MS = 1000000,
};

int
refuse(struct refusal *refusal, const char *code, const char *fmt, ...)
{
	va_list ap;

	refusal->code = code;
	va_start(ap, fmt);
	vsnprintf(refusal->message, sizeof(refusal->message), fmt, ap);
	va_end(ap);
	return -1;
}

static int
check_time(int64_t signed_ms, int64_t now_ms, struct refusal *refusal)
{
	if (signed_ms < now_ms - SHAPE_CLOCK_MS ||
	    signed_ms > now_ms + SHAPE_CLOCK_MS)
		return refuse(refusal, "bad_time",
		    "the message's time is more than %d s off our clock",
		    SHAPE_CLOCK_MS / 1000);
	return 0;
}

static int
check_epistula(const struct shape_rules *rules, const struct sign_request *req,
    int64_t now_ms, struct buf *to_sign, struct refusal *refusal)
{
	struct epistula_fields fields;

	(void)rules;
	if (req->message == NULL)
		return refuse(refusal, "bad_request", "message is missing");
	if (epistula_parse(req->message, strlen(req->message), &fields) < 0)
		return refuse(refusal, "bad_message",
		    "not sha256hex.uuid.timestamp_ms.signed_for");
	if (check_time(fields.timestamp_ms, now_ms, refusal) < 0)
		return -1;
	buf_add_str(to_sign, req->message);
	return 0;
}

/* "{nonce}.{dendrite_hotkey}.{axon_hotkey}.{uuid}.{body_hash}", split. */
struct dendrite {
	char nonce[MAX_NONCE_DIGITS + 1]; /* time in nanoseconds */
	char dendrite_hotkey[SS58_MAX_TEXT];
	char axon_hotkey[SS58_MAX_TEXT];
	char uuid[UUID_TEXT];
	char body_hash[HASH_TEXT + 1];
};

/* The text up to a dot or the end into out; true if it fits. */
static bool
take_part(const char **p, char *out, size_t size)
{
	size_t len = strcspn(*p, ".");

	if (len >= size)
		return false;
	memcpy(out, *p, len);
	out[len] = '\0';
	*p += len + ((*p)[len] == '.');
	return true;
}

static bool
is_made_of(const char *text, const char *set, size_t least)
{
	size_t len = strspn(text, set);

	return text[len] == '\0' && len >= least;
}

static bool
parse_dendrite(const char *message, struct dendrite *d)
{
	const char *p = message;
	uint8_t key[32];
	size_t dots = 0;

	if (strlen(message) > MAX_DENDRITE)
		return false;
	for (const char *dot = message; (dot = strchr(dot, '.')); dot++)
		dots++;
	return dots == 4 && take_part(&p, d->nonce, sizeof(d->nonce)) &&
	       take_part(&p, d->dendrite_hotkey, sizeof(d->dendrite_hotkey)) &&
	       take_part(&p, d->axon_hotkey, sizeof(d->axon_hotkey)) &&
	       take_part(&p, d->uuid, sizeof(d->uuid)) &&
	       take_part(&p, d->body_hash, sizeof(d->body_hash)) &&
	       d->nonce[0] != '0' && is_made_of(d->nonce, "0123456789", 1) &&
	       ss58_decode_account(d->axon_hotkey, key) == 0 &&
	       uuid_is_valid(d->uuid) &&
	       is_made_of(d->body_hash, "0123456789abcdef", HASH_TEXT);
}

static int
check_dendrite(const struct shape_rules *rules, const struct sign_request *req,
    int64_t now_ms, struct buf *to_sign, struct refusal *refusal)
{
	struct dendrite d;

	if (req->message == NULL)
		return refuse(refusal, "bad_request", "message is missing");
	if (!parse_dendrite(req->message, &d))
		return refuse(refusal, "bad_message",
		    "not nonce.dendrite_hotkey.axon_hotkey.uuid.body_hash");
	if (strcmp(d.dendrite_hotkey, rules->hotkey) != 0)
		return refuse(refusal, "wrong_hotkey",
		    "the dendrite hotkey is not ours, %s", rules->hotkey);
	if (check_time(
		strtoull(d.nonce, NULL, 10) / NS_PER_MS, now_ms, refusal) < 0)
		return -1;
	buf_add_str(to_sign, req->message);
	return 0;
}

static int
refuse_weights(enum weights_verdict verdict, struct refusal *refusal)
{
	switch (verdict) {
	case WEIGHTS_GOOD:
		return 0;
	case WEIGHTS_MALFORMED:
		return refuse(refusal, "bad_message",
		    "not a weight call with era, nonce, tip, mode and the 73 "
		    "bytes behind them");
	case WEIGHTS_TOO_LONG:
		return refuse(refusal, "bad_message",
		    "more than %d uids, or %d bytes of commit",
		    WEIGHTS_MAX_LIST, WEIGHTS_MAX_COMMIT);
	case WEIGHTS_CALL_NOT_ALLOWED:
		return refuse(refusal, "call_not_allowed",
		    "the call is not in signer.weights_calls");
	case WEIGHTS_INDEX_NOT_ALLOWED:
		return refuse(refusal, "call_not_allowed",
		    "the payload's pallet and index are another call's");
	case WEIGHTS_NETUID_NOT_ALLOWED:
		return refuse(refusal, "netuid_not_allowed",
		    "the netuid is not in signer.netuids");
	case WEIGHTS_HAS_TIP:
		return refuse(refusal, "tip_not_allowed", "the tip is not 0");
	case WEIGHTS_WRONG_GENESIS:
		return refuse(refusal, "wrong_genesis",
		    "the payload is for another chain than signer.genesis");
	}
	return -1;
}

static int
check_weights(const struct shape_rules *rules, const struct sign_request *req,
    int64_t now_ms, struct buf *to_sign, struct refusal *refusal)
{
	uint8_t payload[SIGN_WIRE_MAX_PAYLOAD];
	long len;

	(void)now_ms;
	if (req->payload == NULL || strncmp(req->payload, "0x", 2) != 0)
		return refuse(
		    refusal, "bad_request", "payload (0x and hex) is missing");
	len = hex_decode(req->payload, payload, sizeof(payload));
	if (len < 0)
		return refuse(refusal, "bad_request",
		    "payload is not hex, or longer than %d bytes",
		    SIGN_WIRE_MAX_PAYLOAD);
	if (refuse_weights(
		weights_check(&rules->weights, req->call, payload, len),
		refusal) < 0)
		return -1;
	if (len <= RAW_PAYLOAD) {
		buf_add(to_sign, payload, len);
		return 0;
	}
	crypto_generichash(buf_reserve(to_sign, 32), 32, payload, len, NULL, 0);
	to_sign->len += 32;
	return 0;
}

static int
check_statement(const struct shape_rules *rules, const struct sign_request *req,
    int64_t now_ms, struct buf *to_sign, struct refusal *refusal)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	(void)rules;
	(void)now_ms;
	if (req->domain == NULL || req->text == NULL)
		return refuse(
		    refusal, "bad_request", "domain or text is missing");
	if (!is_made_of(req->domain, letters, 1) ||
	    strlen(req->domain) > MAX_DOMAIN)
		return refuse(refusal, "bad_message",
		    "domain is not 1 to %d of a-z, 0-9 and -", MAX_DOMAIN);
	if (strlen(req->text) > SHAPE_MAX_TEXT)
		return refuse(refusal, "bad_message",
		    "text is longer than %d bytes", SHAPE_MAX_TEXT);
	buf_add_str(to_sign, "subnetd/");
	buf_add_str(to_sign, req->domain);
	buf_add_str(to_sign, "\n");
	buf_add_str(to_sign, req->text);
	return 0;
}

const struct shape shapes[N_SHAPES] = {
    [SHAPE_EPISTULA] = {"epistula", check_epistula, 20000, 20000},
    [SHAPE_DENDRITE] = {"dendrite", check_dendrite, 100, 100},
    [SHAPE_WEIGHTS] = {"weights", check_weights, 5, 10},
    [SHAPE_STATEMENT] = {"statement", check_statement, 100, 100},
    [SHAPE_WHOAMI] = {"whoami", NULL, 100, 100},
};

enum shape_id
shape_find(const char *name)
{
	for (enum shape_id id = 0; id < N_SHAPES; id++) {
		if (strcmp(name, shapes[id].name) == 0)
			return id;
	}
	return N_SHAPES;
}
