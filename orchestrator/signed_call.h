/*
 * A request to a miner, signed by signerd for the miner's hotkey, and sent
 * byte for byte as it was signed: with Epistula's headers, or, to a classic
 * axon, as a dendrite sends a synapse.
 *
 * Two steps, so that the caller can write down that it is about to send:
 * signed_call_new, on_signed, signed_call_send, on_answer. It frees itself
 * after on_answer, or after on_signed with an error.
 */
#ifndef ORCHESTRATOR_SIGNED_CALL_H
#define ORCHESTRATOR_SIGNED_CALL_H

#include <stdbool.h>

#include <jansson.h>

#include "common/http_client.h"
#include "subtensor/synapse.h"

struct err;
struct orchestrator;
struct signed_call;

struct signed_call_request {
	const char *method;
	char *url;		 /* taken; its path is a synapse's name */
	bool is_plain;		 /* it may be http: a classic axon's */
	char *body;		 /* taken */
	const char *signed_for;	 /* hotkey */
	const char *traceparent; /* NULL: without that header; copied */
	int timeout_ms;
	size_t max_answer; /* bytes; 0: 64 KiB */
	json_t *fields;	   /* taken; of a synapse, NULL: Epistula */
	char body_hash[SYNAPSE_HASH_TEXT]; /* of the fields */
	/* why is NULL if it is signed */
	void (*on_signed)(
	    struct signed_call *, const struct err *why, void *arg);
	void (*on_answer)(const struct http_answer *, void *arg);
	void (*on_drop)(void *arg); /* at our end: free it */
	void *arg;
};

void signed_call_new(struct orchestrator *, const struct signed_call_request *);
/* Signed too long ago for the miner to take it, the way there included. */
bool signed_call_is_stale(const struct signed_call *);
void signed_call_send(struct signed_call *);
void signed_call_free(struct signed_call *); /* signed, but not sent */

/* At the end of the program, when nothing is called back any more. */
void signed_calls_drop(struct orchestrator *);

#endif
