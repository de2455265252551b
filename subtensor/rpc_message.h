/*
 * JSON-RPC messages: the text of a request, and what a text from a node is.
 *
 * Pure. Ids of subscriptions come as texts or, from old nodes, as numbers;
 * here they are texts.
 */
#ifndef SUBTENSOR_RPC_MESSAGE_H
#define SUBTENSOR_RPC_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subtensor/rpc.h"

struct err;

enum { RPC_MAX_SUB_ID = 128 }; /* with the NUL */

enum rpc_kind {
	RPC_KIND_ANSWER, /* to request `id` */
	RPC_KIND_NOTE,	 /* of subscription `sub` */
};

struct rpc_message {
	enum rpc_kind kind;
	uint64_t id;
	struct rpc_answer answer; /* RPC_OK or RPC_REFUSED */
	char sub[RPC_MAX_SUB_ID];
	const json_t *item;
	size_t len;	 /* of its text */
	json_t *root;	 /* owns all of the above */
	char *data_text; /* an error's data that is not a text already */
};

/* The request's text; the caller frees. params is borrowed. */
char *rpc_message_request(
    uint64_t id, const char *method, const json_t *params);

/* 0, and *m to be cleared; -1 and why if it is neither of the two. */
int rpc_message_parse(
    const char *, size_t len, struct rpc_message *m, struct err *);
void rpc_message_clear(struct rpc_message *);

/* Does an error say that the node is asked too much, and has not carried the
 * request out? By the codes of jsonrpsee, Substrate and common gateways, or by
 * what it says; never of the codes that transactions are refused by. */
bool rpc_message_is_limit(const struct rpc_answer *);

/* A subscription's id as text; 0, or -1 if it is not one. */
int rpc_message_sub_id(const json_t *, char out[RPC_MAX_SUB_ID]);

#endif
