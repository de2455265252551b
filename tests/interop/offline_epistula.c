/* A request signed as a miner is sent one. */
#include "tests/interop/offline.h"

#include <stdlib.h>
#include <string.h>

#include "common/python_text.h"
#include "common/uuid.h"
#include "subtensor/epistula.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"

/* Of a payload as text: its body, and what the headers say. */
int
offline_epistula(struct call *c)
{
	json_t *payload =
	    json_loads(offline_text(c, "payload"), JSON_DECODE_ANY, NULL);
	const char *signed_for = offline_text(c, "signed_for");
	int64_t timestamp_ms = offline_number(c, "timestamp");
	char message[EPISTULA_MAX_MESSAGE], uuid[UUID_TEXT];
	char signed_by[SS58_MAX_TEXT], *body;
	struct sr25519_keypair kp;
	uint8_t sig[64];

	if (payload == NULL)
		return err_set(&c->err, "the payload is no JSON");
	body = python_json(payload);
	json_decref(payload);
	if (suri_to_keypair(offline_text(c, "suri"), &kp, &c->err) != 0) {
		free(body);
		return -1;
	}
	uuid_new(uuid);
	epistula_message(
	    body, strlen(body), uuid, timestamp_ms, signed_for, message);
	sr25519_sign(&kp, (const uint8_t *)message, strlen(message), sig);
	ss58_encode(SS58_BITTENSOR, kp.public, signed_by);
	offline_say(c, "body", json_string(body));
	offline_say(c, "uuid", json_string(uuid));
	offline_say(c, "signed_by", json_string(signed_by));
	offline_say_bytes(c, "signature", sig, sizeof(sig));
	free(body);
	return 0;
}
