/* chain_*: blocks and heads. */
#include <stdlib.h>

#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/endpoint.h"
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
hash_at(const struct call *c, const json_t *number)
{
	return endpoint_hash_at(
	    c->client->endpoint, c->node->chain, number_of(number));
}

static json_t *
get_block_hash(struct call *c)
{
	struct endpoint *e = c->client->endpoint;
	const json_t *p = call_param(c, 0), *one;
	json_t *list;
	size_t i;

	if (p == NULL)
		return endpoint_head_hash(e, endpoint_best(e, c->node->chain));
	if (!json_is_array(p))
		return hash_at(c, p);
	list = json_array();
	json_array_foreach(p, i, one)
	    json_array_append_new(list, hash_at(c, one));
	return list;
}

static json_t *
get_finalized_head(struct call *c)
{
	struct endpoint *e = c->client->endpoint;

	return endpoint_head_hash(e, endpoint_finalized(e, c->node->chain));
}

/* A block that is not there is null here, not an error. */
static json_t *
get_header(struct call *c)
{
	const struct block *b = call_block(c, 0);

	if (b == NULL && c->code == RPC_BAD_PARAMS)
		return NULL;
	if (call_param(c, 0) == NULL)
		return endpoint_head(c->client->endpoint, b);
	return b != NULL ? endpoint_header(c->client->endpoint, b)
			 : json_null();
}

static json_t *
get_block(struct call *c)
{
	const struct block *b = call_block(c, 0);
	json_t *j;

	if (b == NULL && c->code == RPC_BAD_PARAMS)
		return NULL;
	if (b == NULL)
		return json_null();
	j = show_block(b);
	json_object_set_new(json_object_get(j, "block"), "header",
	    endpoint_header(c->client->endpoint, b));
	return j;
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
