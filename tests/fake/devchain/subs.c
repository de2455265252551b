/* Notifications, in the node's words. */
#include "tests/fake/devchain/subs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/endpoint.h"
#include "tests/fake/devchain/node.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/show.h"
#include "tests/fake/devchain/storage.h"

enum { MAX_KEY = 512 };

static const char *const names[] = {
    [SUB_ALL_HEADS] = "chain_allHead",
    [SUB_NEW_HEADS] = "chain_newHead",
    [SUB_FINALIZED_HEADS] = "chain_finalizedHead",
    [SUB_RUNTIME] = "state_runtimeVersion",
    [SUB_STORAGE] = "state_storage",
    [SUB_EXTRINSIC] = "author_extrinsicUpdate",
};

struct sub *
subs_add(struct client *c, enum sub_kind kind)
{
	struct sub *s = xcalloc(1, sizeof(*s)), **link = &c->subs;

	s->kind = kind;
	s->client = c;
	snprintf(s->id, sizeof(s->id), "dev%012llx",
	    (unsigned long long)++c->node->next_sub);
	while (*link != NULL)
		link = &(*link)->next;
	*link = s;
	return s;
}

static void
sub_free(struct sub *s)
{
	json_decref(s->keys);
	json_decref(s->values);
	free(s);
}

struct sub *
subs_find(struct client *c, const char *id)
{
	struct sub *s = c->subs;

	while (s != NULL && strcmp(s->id, id) != 0)
		s = s->next;
	return s;
}

bool
subs_remove(struct client *c, const char *id)
{
	struct sub **link = &c->subs, *s;

	while (*link != NULL && strcmp((*link)->id, id) != 0)
		link = &(*link)->next;
	if (*link == NULL)
		return false;
	s = *link;
	*link = s->next;
	sub_free(s);
	return true;
}

void
subs_clear(struct client *c)
{
	while (c->subs != NULL) {
		struct sub *s = c->subs;

		c->subs = s->next;
		sub_free(s);
	}
}

/* Takes the result. */
static void
notify(struct sub *s, json_t *result)
{
	json_t *j = json_pack("{s:s, s:s, s:{s:s, s:o}}", "jsonrpc", "2.0",
	    "method", names[s->kind], "params", "subscription", s->id, "result",
	    result);
	char *text = json_dumps(j, JSON_COMPACT);

	s->client->send(s->client, text, strlen(text));
	free(text);
	json_decref(j);
}

static void
tell_version(struct sub *s, const struct block *b)
{
	uint32_t now = b->runtime->spec.spec_version;

	if (s->spec_version == now)
		return;
	s->spec_version = now;
	notify(s, show_version(b->runtime));
}

/* A key's value at the block: its hex, or null. */
static json_t *
value_at(const struct node *n, const struct block *b, const char *hex)
{
	uint8_t key[MAX_KEY];
	long len = hex_decode(hex, key, sizeof(key));
	struct bytes value;

	if (len < 0 || !chain_read(n->chain, b, key, len, &value))
		return json_null();
	return show_hex(value.data, value.len);
}

/* Those of its keys that are not what it was told last. */
static void
tell_storage(struct sub *s, const struct block *b)
{
	json_t *changes = json_array(), *key;
	size_t i;

	if (s->values == NULL)
		s->values = json_object();
	json_array_foreach(s->keys, i, key)
	{
		const char *hex = json_string_value(key);
		json_t *now = value_at(s->client->node, b, hex);
		json_t *before = json_object_get(s->values, hex);

		if (before == NULL || !json_equal(before, now)) {
			json_object_set(s->values, hex, now);
			json_array_append_new(
			    changes, json_pack("[s, O]", hex, now));
		}
		json_decref(now);
	}
	if (json_array_size(changes) > 0)
		notify(s, json_pack("{s:o, s:O}", "block",
			      show_hex(b->hash, 32), "changes", changes));
	json_decref(changes);
}

void
subs_begin(struct sub *s)
{
	struct endpoint *e = s->client->endpoint;
	const struct chain *chain = s->client->node->chain;
	const struct block *best = endpoint_best(e, chain);

	if (e != NULL && e->faults.deaf)
		return;
	switch (s->kind) {
	case SUB_ALL_HEADS:
	case SUB_NEW_HEADS:
		notify(s, endpoint_head(e, best));
		break;
	case SUB_FINALIZED_HEADS:
		notify(s, endpoint_head(e, endpoint_finalized(e, chain)));
		break;
	case SUB_RUNTIME:
		tell_version(s, best);
		break;
	case SUB_STORAGE:
		tell_storage(s, best);
		break;
	case SUB_EXTRINSIC:
		break;
	}
}

static void
tell_heads(struct node *n, enum sub_kind kind, const struct block *b)
{
	for (struct client *c = n->clients; c != NULL; c = c->next)
		for (struct sub *s = c->subs; s != NULL; s = s->next)
			if (s->kind == kind && endpoint_tells(c->endpoint))
				notify(s, endpoint_head(c->endpoint, b));
}

void
subs_on_block(const struct block *b, void *node)
{
	tell_heads(node, SUB_ALL_HEADS, b);
}

void
subs_on_finalized(const struct block *b, void *node)
{
	tell_heads(node, SUB_FINALIZED_HEADS, b);
}

void
subs_on_best(const struct block *b, void *node)
{
	struct node *n = node;

	tell_heads(n, SUB_NEW_HEADS, b);
	for (struct client *c = n->clients; c != NULL; c = c->next) {
		for (struct sub *s = c->subs; s != NULL; s = s->next) {
			if (!endpoint_tells(c->endpoint))
				continue;
			if (s->kind == SUB_RUNTIME)
				tell_version(s, b);
			else if (s->kind == SUB_STORAGE)
				tell_storage(s, b);
		}
	}
}

static json_t *
status(struct endpoint *e, enum tx_news news, const struct block *b)
{
	static const char *const words[] = {
	    [NEWS_FUTURE] = "future",
	    [NEWS_READY] = "ready",
	    [NEWS_IN_BLOCK] = "inBlock",
	    [NEWS_RETRACTED] = "retracted",
	    [NEWS_FINALIZED] = "finalized",
	    [NEWS_USURPED] = "usurped",
	    [NEWS_DROPPED] = "dropped",
	    [NEWS_INVALID] = "invalid",
	};

	if (b == NULL)
		return json_string(words[news]);
	return json_pack("{s:o}", words[news], endpoint_hash(e, b));
}

static bool
is_last(enum tx_news news)
{
	return news == NEWS_FINALIZED || news == NEWS_USURPED ||
	       news == NEWS_DROPPED || news == NEWS_INVALID;
}

void
subs_on_tx(
    const struct tx *tx, enum tx_news news, const struct block *b, void *node)
{
	struct node *n = node;

	for (struct client *c = n->clients; c != NULL; c = c->next) {
		for (struct sub *s = c->subs; s != NULL; s = s->next) {
			if (s->kind != SUB_EXTRINSIC || s->has_ended ||
			    !endpoint_tells(c->endpoint) ||
			    memcmp(s->hash, tx->hash, 32) != 0)
				continue;
			notify(s, status(c->endpoint, news, b));
			s->has_ended = is_last(news);
		}
	}
}
