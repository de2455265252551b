/*
 * What signerd is asked, a line of its protocol or the payload of a weight
 * extrinsic, and what it answers.
 *
 * The first byte says which. A payload that is allowed must be one of the
 * calls, for a subnet of ours, without a tip; and a line gives a line.
 */
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/sign_wire.h"
#include "signer/answer.h"
#include "signer/weights.h"
#include "subtensor/sr25519.h"
#include "tests/fuzz/input.h"

enum { PALLET = 7, NETUID = 11 };

static const int64_t wall_ms = 1700000000000;

/* Every other genesis is asked for; and then one call is not allowed. */
static void
set_rules(struct weights_rules *rules, uint8_t genesis)
{
	for (enum weights_call call = 0; call < N_WEIGHTS_CALLS; call++)
		rules->calls[call] = true;
	rules->pallet = PALLET;
	rules->netuids[0] = NETUID;
	rules->n_netuids = 1;
	rules->has_genesis = genesis % 2 == 1;
	rules->calls[WEIGHTS_COMMIT] = !rules->has_genesis;
	memset(rules->genesis, genesis, sizeof(rules->genesis));
}

/* The key and the rules of a signer; a bucket is empty after some lines. */
static void
make_answerer(struct answerer *a, struct sr25519_keypair *key, uint8_t genesis)
{
	static const uint8_t seed[32] = {1};

	*a = (struct answerer){0};
	sr25519_from_seed(seed, key);
	set_rules(&a->rules.weights, genesis);
	answer_init(a, key, NULL, 0);
	bucket_init(&a->buckets[SHAPE_WHOAMI], 100, 3, 0);
}

/* One line in, one line out, which a client can read. */
static bool
answer(struct answerer *a, const char *line, size_t len, int64_t mono_us)
{
	struct buf out = {0};
	struct sign_reply reply;
	struct err err = {""};
	bool is_signed;

	answer_line(a, line, len, mono_us, wall_ms, &out);
	input_must(out.len > 0 && memchr(out.data, '\n', out.len) ==
				      out.data + out.len - 1,
	    "a line is answered by a line");
	input_must(
	    sign_reply_parse((char *)out.data, out.len - 1, &reply, &err) == 0,
	    "a client can read the answer");
	is_signed = reply.signature != NULL;
	sign_reply_clear(&reply);
	buf_free(&out);
	return is_signed;
}

/* What the caller says the call is: nothing, a name, no name of a call. */
static const char *
take_name(struct input *in)
{
	static const char *const names[] = {NULL, "set_weights",
	    "commit_weights", "reveal_weights", "commit_crv3_weights",
	    "commit_timelocked_weights", "commit_mechanism_weights",
	    "reveal_mechanism_weights", "commit_crv3_mechanism_weights",
	    "commit_timelocked_mechanism_weights", "set_mechanism_weights",
	    "transfer"};

	return names[input_byte(in) % (sizeof(names) / sizeof(names[0]))];
}

/* Pallet, call, netuid and a last zero; the call may have moved. */
static void
check_allowed(const uint8_t *payload, size_t len, const char *name)
{
	enum weights_call call =
	    name != NULL ? weights_find(name) : weights_at(payload[1]);

	input_must(call != N_WEIGHTS_CALLS, "what is signed is a weight call");
	input_must(len > 4 + 73 && payload[0] == PALLET &&
		       payload[2] == NETUID && payload[3] == 0 &&
		       payload[len - 1] == 0,
	    "what is signed is for our subnet");
	input_must(weights_at(payload[1]) == call ||
		       (weights_has_moved(call, payload[1]) &&
			   weights_at(payload[1]) == N_WEIGHTS_CALLS),
	    "what is signed is the call it is said to be");
}

static void
check_payload(struct input *in)
{
	struct answerer a;
	struct sr25519_keypair key;
	struct buf line = {0};
	struct sign_request req = {.id = 1, .shape = "weights"};
	char *hex;

	make_answerer(&a, &key, input_byte(in));
	req.call = take_name(in);
	hex = hex_0x(in->data, in->len);
	req.payload = hex;
	sign_request_print(&req, &line);
	if (answer(&a, (char *)line.data, line.len - 1, 0))
		check_allowed(in->data, in->len, req.call);
	free(hex);
	buf_free(&line);
}

/* As a client's bytes come: several lines at once, each answered. */
static void
answer_lines(const struct input *in)
{
	struct answerer a;
	struct sr25519_keypair key;
	char *text = input_text(in);
	int64_t mono_us = 0;

	make_answerer(&a, &key, 0);
	for (char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		answer(&a, line, len, mono_us);
		line += len + (line[len] == '\n');
		mono_us += len;
	}
	free(text);
}

/* What comes back from a signer, read by a client, and written again. */
static void
read_reply(const struct input *in)
{
	struct sign_reply reply, again;
	struct err err = {""};
	struct buf line = {0};
	char *text = (char *)input_copy(in);

	if (sign_reply_parse(text, in->len, &reply, &err) != 0) {
		input_must(err.text[0] != '\0', "a refusal says why");
	} else {
		sign_reply_print(&reply, &line);
		input_must(sign_reply_parse((char *)line.data, line.len - 1,
			       &again, &err) == 0 &&
			       again.id == reply.id,
		    "a reply is read as it was written");
		sign_reply_clear(&again);
	}
	answer_refusal("too_long", "the line is too long", &line);
	sign_reply_clear(&reply);
	free(text);
	buf_free(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};

	if (sodium_init() < 0)
		abort();
	log_init("fuzz", LOG_FATAL);
	switch (input_byte(&in) % 3) {
	case 0:
		check_payload(&in);
		break;
	case 1:
		answer_lines(&in);
		break;
	case 2:
		read_reply(&in);
		break;
	}
	return 0;
}
