/* chain_*: blocks and heads. */
#include <stdlib.h>

#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/node.h"
#include "tests/fake/devchain/show.h"
#include "tests/fake/devchain/subs.h"

/* A block number as clients write it: 5, "0x5" or "5". -1 if it is none. */
static long long
number_of(const json_t *j)
{
	const char *text = json_string_value(j);
	char *end;
	long long n;

	if (json_is_integer(j))
		return json_integer_value(j);
	if (text == NULL)
		return -1;
	n = strtoll(text, &end, 0);
	return *text != '\0' && *end == '\0' ? n : -1;
}

static json_t *
hash_at(const struct chain *chain, long long number)
{
	const struct block *b = number >= 0 && number <= UINT32_MAX
				    ? chain_block_at(chain, number)
				    : NULL;

	return b != NULL ? show_hex(b->hash, 32) : json_null();
}

static json_t *
get_block_hash(struct call *c)
{
	const struct chain *chain = c->node->chain;
	const json_t *p = call_param(c, 0), *one;
	json_t *list;
	size_t i;

	if (p == NULL)
		return show_hex(chain->best->hash, 32);
	if (!json_is_array(p))
		return hash_at(chain, number_of(p));
	list = json_array();
	json_array_foreach(p, i, one)
	    json_array_append_new(list, hash_at(chain, number_of(one)));
	return list;
}

static json_t *
get_finalized_head(struct call *c)
{
	return show_hex(c->node->chain->finalized->hash, 32);
}

/* A block that is not there is null here, not an error. */
static json_t *
get_header(struct call *c)
{
	const struct block *b = call_block(c, 0);

	if (b == NULL && c->code == RPC_BAD_PARAMS)
		return NULL;
	return b != NULL ? show_header(b) : json_null();
}

static json_t *
get_block(struct call *c)
{
	const struct block *b = call_block(c, 0);

	if (b == NULL && c->code == RPC_BAD_PARAMS)
		return NULL;
	return b != NULL ? show_block(b) : json_null();
}

static json_t *
subscribe(struct call *c, enum sub_kind kind)
{
	if (!c->client->can_subscribe)
		return call_fail(c, RPC_SERVER_ERROR, NULL,
		    "Subscriptions are not available on this transport.");
	c->sub = subs_add(c->client, kind);
	return json_string(c->sub->id);
}

static json_t *
subscribe_all_heads(struct call *c)
{
	return subscribe(c, SUB_ALL_HEADS);
}

static json_t *
subscribe_new_heads(struct call *c)
{
	return subscribe(c, SUB_NEW_HEADS);
}

static json_t *
subscribe_finalized_heads(struct call *c)
{
	return subscribe(c, SUB_FINALIZED_HEADS);
}

static json_t *
unsubscribe(struct call *c)
{
	const char *id = call_text(c, 0);

	return json_boolean(id != NULL && subs_remove(c->client, id));
}

const struct method methods_chain[] = {
    {"chain_getBlockHash", get_block_hash},
    {"chain_getHead", get_block_hash},
    {"chain_getFinalizedHead", get_finalized_head},
    {"chain_getHeader", get_header},
    {"chain_getBlock", get_block},
    {"chain_subscribeAllHeads", subscribe_all_heads},
    {"chain_unsubscribeAllHeads", unsubscribe},
    {"chain_subscribeNewHeads", subscribe_new_heads},
    {"chain_subscribeNewHead", subscribe_new_heads},
    {"chain_unsubscribeNewHeads", unsubscribe},
    {"chain_unsubscribeNewHead", unsubscribe},
    {"chain_subscribeFinalizedHeads", subscribe_finalized_heads},
    {"chain_unsubscribeFinalizedHeads", unsubscribe},
    {NULL, NULL},
};
