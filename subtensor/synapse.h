/*
 * A synapse: a request to a classic axon, as Bittensor's dendrite sends it.
 *
 * POST /<Name> with the fields as a JSON object and bt_header_* headers. The
 * dendrite signs nonce "." its hotkey "." the axon's "." uuid "." body hash.
 * The hash is sha3-256, in hex, of the joined sha3-256 hex digests of str()
 * of the fields that the synapse's class names, in its order.
 *
 * Pure.
 */
#ifndef SUBTENSOR_SYNAPSE_H
#define SUBTENSOR_SYNAPSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SYNAPSE_HASH_TEXT = 65,
	SYNAPSE_MAX_MESSAGE = 320,
	SYNAPSE_MAX_FIELDS = 32,
	SYNAPSE_MAX_NAME = 64, /* of a field or a class, with the NUL */
	/* What we say we are: from 7.2.0 on an axon takes a nonce for a time.
	 */
	SYNAPSE_VERSION = 9000000,
};

/* names: an array of texts. 0, or -1: a field is missing, or no text, number,
 * true, false or null. */
int synapse_body_hash(
    const json_t *fields, const json_t *names, char out[SYNAPSE_HASH_TEXT]);

struct synapse_headers {
	const char *name; /* of the class */
	int timeout_s;
	const char *axon_ip, *axon_hotkey;
	int axon_port;
	const char *dendrite_ip, *dendrite_hotkey;
	const char *uuid; /* of who counts the nonces */
	int64_t nonce_ns; /* wall; more than the last one of that uuid */
	const char *body_hash;
	const char *signature; /* 0x and hex */
	const json_t *fields;  /* no more than SYNAPSE_MAX_FIELDS */
	size_t body_len;
};

/* What the dendrite signs (SYNAPSE_MAX_MESSAGE bytes). */
void synapse_message(const struct synapse_headers *, char *out);

/* The headers, "Name: value", ending with NULL; free them by synapse_free. */
char **synapse_headers(const struct synapse_headers *);
void synapse_free(char **); /* NULL is fine */

/* A class or field name as Python has them, of fewer bytes than
 * SYNAPSE_MAX_NAME. */
bool synapse_is_name(const char *);

/* A status as an axon says it in a header, 100 to 599; 0: it is none. */
int synapse_status(const char *text); /* NULL is fine */

#endif
