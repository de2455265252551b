/*
 * Subscriptions: who wants to hear of heads, versions, storage and extrinsics,
 * and telling them.
 */
#ifndef DEVCHAIN_SUBS_H
#define DEVCHAIN_SUBS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "tests/fake/devchain/pool.h"

struct block;
struct client;
struct node;

enum { SUB_ID = 20 };

enum sub_kind {
	SUB_ALL_HEADS,
	SUB_NEW_HEADS,
	SUB_FINALIZED_HEADS,
	SUB_RUNTIME,
	SUB_STORAGE,
	SUB_EXTRINSIC,
};

struct sub {
	char id[SUB_ID];
	enum sub_kind kind;
	struct client *client;
	uint32_t spec_version; /* SUB_RUNTIME: the last one told */
	json_t *keys;	       /* SUB_STORAGE: hex texts */
	json_t *values;	       /* SUB_STORAGE: key to the value last told */
	uint8_t hash[32];      /* SUB_EXTRINSIC */
	bool has_ended;	       /* SUB_EXTRINSIC: nothing more will come */
	struct sub *next;
};

struct sub *subs_add(struct client *, enum sub_kind);
/* What a new subscriber is told at once; call after the answer is sent. */
void subs_begin(struct sub *);
struct sub *subs_find(struct client *, const char *id); /* NULL: none */
/* False if there is none such. */
bool subs_remove(struct client *, const char *id);
void subs_clear(struct client *);

/* The chain's hooks; arg is the node. */
void subs_on_block(const struct block *, void *node);
void subs_on_best(const struct block *, void *node);
void subs_on_finalized(const struct block *, void *node);
void subs_on_tx(
    const struct tx *, enum tx_news, const struct block *, void *node);

#endif
