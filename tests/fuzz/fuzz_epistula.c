/*
 * Epistula's headers: of strangers, and of a good request with one of them
 * changed, which must not pass for another body, sender, uuid or receiver.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/epistula.h"
#include "subtensor/epistula_check.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"
#include "tests/fuzz/input.h"

enum { N_HEADERS = 6, MAX_INPUT = 8192 };

static const int64_t now_ms = 1764547200000;
static const char uuid[] = "01234567-89ab-7cde-8f01-23456789abcd";
static const char own[] = "5EtM9iXMAYRsmt6aoQAoWNDX6yaBnjhmnEQhWKv8HpwkVtML";

/* What is left up to a newline, the caller's to free. */
static char *
take_line(struct input *in)
{
	const uint8_t *end =
	    in->len > 0 ? memchr(in->data, '\n', in->len) : NULL;
	size_t len = end != NULL ? (size_t)(end - in->data) : in->len;
	struct input line = {in->data, len};
	char *text = input_text(&line);

	in->data += len + (end != NULL);
	in->len -= len + (end != NULL);
	return text;
}

/* The same verdict twice; and one that is good is good once. */
static const char *
check(const struct epistula_request *r)
{
	struct epistula_seen *seen = epistula_seen_new();
	const char *why = epistula_check(r, own, now_ms);

	input_must(why == epistula_check(r, own, now_ms), "it is pure");
	if (why == NULL) {
		input_must(
		    epistula_use(seen, r->signed_by, r->uuid, now_ms) == NULL,
		    "it is new");
		input_must(
		    epistula_use(seen, r->signed_by, r->uuid, now_ms) != NULL,
		    "it is not new any more");
	}
	epistula_seen_free(seen);
	return why;
}

static void
stranger(struct input *in)
{
	uint8_t absent = input_byte(in);
	char *lines[N_HEADERS];
	struct epistula_request r;

	for (int i = 0; i < N_HEADERS; i++)
		lines[i] = take_line(in);
	r = (struct epistula_request){lines[0], lines[1], lines[2], lines[3],
	    lines[4], lines[5], in->data, in->len, NULL};
	if (absent & 1)
		r.authorization = NULL;
	if (absent & 2)
		r.signature = NULL;
	if (absent & 4)
		r.timestamp = NULL;
	if (absent & 8)
		r.uuid = NULL;
	if (absent & 16)
		r.signed_by = NULL;
	if (absent & 32)
		r.signed_for = NULL;
	check(&r);
	for (int i = 0; i < N_HEADERS; i++)
		free(lines[i]);
}

/* One member of a good request is another text. */
static void
spoilt(struct input *in)
{
	static struct sr25519_keypair kp;
	static char signed_by[SS58_MAX_TEXT], hex[2 * 64 + 1], auth[160];
	char message[EPISTULA_MAX_MESSAGE];
	struct epistula_request r = {
	    auth, NULL, "1764547200000", uuid, signed_by, own, "{}", 2, NULL};
	uint8_t which = input_byte(in) % 6, sig[64];
	char *text = take_line(in);
	bool is_other = true;

	if (auth[0] == '\0') {
		sr25519_from_seed((const uint8_t[32]){3}, &kp);
		ss58_encode(SS58_BITTENSOR, kp.public, signed_by);
		epistula_message("{}", 2, uuid, now_ms, own, message);
		sr25519_sign(
		    &kp, (const uint8_t *)message, strlen(message), sig);
		hex_encode(sig, sizeof(sig), hex);
		snprintf(auth, sizeof(auth), "Epistula 0x%s", hex);
	}
	if (which == 0) {
		r.body = text;
		r.body_len = strlen(text);
		is_other = strcmp(text, "{}") != 0;
	} else if (which == 1) {
		r.uuid = text;
		is_other = strcmp(text, uuid) != 0;
	} else if (which == 2) {
		r.signed_by = text;
		is_other = strcmp(text, signed_by) != 0;
	} else if (which == 3) {
		r.signed_for = text;
		is_other = strcmp(text, own) != 0;
	} else if (which == 4) {
		r.timestamp = text;
		is_other = strtoll(text, NULL, 10) != now_ms;
	} else {
		r.authorization = text;
		is_other = strstr(text, "Epistula") == NULL;
	}
	if (is_other)
		input_must(check(&r) != NULL, "what was changed is refused");
	else
		check(&r);
	free(text);
}

/* Pairs of bytes, a sender and its uuid, a time that passes: what is taken is
 * what was not taken within the time that it could be good. */
static void
uses(struct input *in)
{
	enum { SENDERS = 4, UUIDS = 64, KEPT_MS = 10000, STEP_MS = 50 };
	struct epistula_seen *seen = epistula_seen_new();
	int64_t last[SENDERS][UUIDS] = {{0}}, at_ms = now_ms;

	while (in->len > 0) {
		uint8_t who = input_byte(in), pause = input_byte(in);
		int sender = who % SENDERS, which = who / SENDERS;
		uint8_t public[32] = {(uint8_t)sender};
		char text[8], by[SS58_MAX_TEXT];
		bool is_new = last[sender][which] == 0 ||
			      last[sender][which] + KEPT_MS < at_ms;

		snprintf(text, sizeof(text), "%d", which);
		ss58_encode(SS58_BITTENSOR, public, by);
		input_must(
		    (epistula_use(seen, by, text, at_ms) == NULL) == is_new,
		    "each is taken once");
		if (is_new)
			last[sender][which] = at_ms;
		at_ms += (int64_t)pause * STEP_MS;
	}
	epistula_seen_free(seen);
}

static void
message(struct input *in)
{
	struct epistula_fields fields;
	char *text = input_text(in), *again;

	if (epistula_parse(text, in->len, &fields) == 0) {
		again = xasprintf("%s.%s.%lld.%s", fields.digest, fields.uuid,
		    (long long)fields.timestamp_ms, fields.signed_for);
		input_must(strcmp(again, text) == 0, "a message is itself");
		free(again);
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};

	if (n > MAX_INPUT)
		return 0;
	switch (input_byte(&in) % 4) {
	case 0:
		stranger(&in);
		break;
	case 1:
		spoilt(&in);
		break;
	case 2:
		message(&in);
		break;
	default:
		uses(&in);
	}
	return 0;
}
