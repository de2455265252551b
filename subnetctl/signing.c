/* signerd over its socket, on a loop of our own; or a key in memory. */
#include "subnetctl/signing.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "subtensor/keyfile.h"
#include "subtensor/ss58.h"

struct signing {
	char hotkey[SS58_MAX_TEXT];
	struct event_base *base; /* NULL: the key is here */
	struct signer_client *client;
	char answer[256]; /* "": none */
	struct err err;
	struct sr25519_keypair key;
};

static void
on_answer(const char *answer, const struct err *err, void *arg)
{
	struct signing *s = arg;

	if (answer != NULL)
		snprintf(s->answer, sizeof(s->answer), "%s", answer);
	else
		s->err = *err;
	event_base_loopbreak(s->base);
}

/* Of what has just been asked. 0, or -1: why is in it. */
static int
wait_for(struct signing *s)
{
	s->answer[0] = '\0';
	event_base_dispatch(s->base);
	return s->answer[0] != '\0' ? 0 : -1;
}

static int
ask_who(struct signing *s)
{
	uint8_t key[32];

	signer_whoami(s->client, on_answer, s);
	if (wait_for(s) != 0)
		return -1;
	if (ss58_decode_account(s->answer, key) != 0)
		return err_set(&s->err, "signerd names no hotkey");
	snprintf(s->hotkey, sizeof(s->hotkey), "%s", s->answer);
	return 0;
}

struct signing *
signing_ask(const char *socket, struct err *err)
{
	struct signing *s = xcalloc(1, sizeof(*s));

	s->base = event_base_new();
	if (s->base == NULL)
		abort();
	s->client = signer_client_new(s->base, socket);
	if (ask_who(s) == 0)
		return s;
	if (err != NULL)
		*err = s->err;
	signing_free(s);
	return NULL;
}

struct signing *
signing_read(const char *key_file, const char *password_file, struct err *err)
{
	const char *password = password_file[0] != '\0' ? password_file : NULL;
	struct signing *s = xcalloc(1, sizeof(*s));

	if (keyfile_load_with(key_file, password, &s->key, err) != 0) {
		signing_free(s);
		return NULL;
	}
	ss58_encode(SS58_BITTENSOR, s->key.public, s->hotkey);
	return s;
}

void
signing_free(struct signing *s)
{
	if (s == NULL)
		return;
	signer_client_free(s->client);
	if (s->base != NULL)
		event_base_free(s->base);
	sr25519_wipe(&s->key);
	free(s);
}

const char *
signing_hotkey(const struct signing *s)
{
	return s->hotkey;
}

static void
sign_here(const struct signing *s, const char *domain, const char *text,
    uint8_t signature[64])
{
	struct buf bytes = {0};

	buf_printf(&bytes, "subnetd/%s\n%s", domain, text);
	sr25519_sign(&s->key, bytes.data, bytes.len, signature);
	buf_free(&bytes);
}

int
signing_sign(struct signing *s, const char *domain, const char *text,
    uint8_t signature[64], struct err *err)
{
	if (s->base == NULL) {
		sign_here(s, domain, text, signature);
		return 0;
	}
	signer_sign_statement(s->client, domain, text, on_answer, s);
	if (wait_for(s) != 0) {
		if (err != NULL)
			*err = s->err;
		return -1;
	}
	if (hex_decode_exact(s->answer, signature, 64) != 0)
		return err_set(err, "signerd's signature is none");
	return 0;
}
