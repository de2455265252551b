/* system_* and what else a client asks about the node itself. */
#include <string.h>

#include "subtensor/ss58.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/node.h"
#include "tests/fake/devchain/show.h"

static json_t *
chain_name(struct call *c)
{
	(void)c;
	return json_string("Development");
}

static json_t *
name(struct call *c)
{
	(void)c;
	return json_string("Subtensor Node");
}

static json_t *
version(struct call *c)
{
	(void)c;
	return json_string("4.0.0-devchain");
}

static json_t *
chain_type(struct call *c)
{
	(void)c;
	return json_string("Development");
}

static json_t *
properties(struct call *c)
{
	(void)c;
	return json_pack("{s:i, s:i, s:s}", "ss58Format", SS58_BITTENSOR,
	    "tokenDecimals", 9, "tokenSymbol", "TAO");
}

static json_t *
health(struct call *c)
{
	return json_pack("{s:i, s:b, s:b}", "peers", 0, "isSyncing",
	    c->node->is_syncing, "shouldHavePeers", 0);
}

static json_t *
sync_state(struct call *c)
{
	json_int_t best = c->node->chain->best->place.number;

	return json_pack("{s:i, s:I, s:I}", "startingBlock", 0, "currentBlock",
	    best, "highestBlock", best);
}

static json_t *
next_index(struct call *c)
{
	const char *address = call_text(c, 0);
	uint8_t id[32];
	uint16_t prefix;

	if (address == NULL || ss58_decode(address, &prefix, id) != 0)
		return call_fail(c, RPC_BAD_PARAMS, NULL,
		    "Invalid params: an address is expected");
	return json_integer(chain_next_nonce(c->node->chain, id));
}

static json_t *
methods(struct call *c)
{
	(void)c;
	return json_pack("{s:o}", "methods", methods_list());
}

static json_t *
genesis_hash(struct call *c)
{
	return show_hex(c->node->chain->genesis->hash, 32);
}

static json_t *
query_info(struct call *c)
{
	(void)c;
	return json_pack("{s:{s:i, s:i}, s:s, s:s}", "weight", "refTime",
	    300000000, "proofSize", 8000, "class", "normal", "partialFee", "0");
}

const struct method methods_system[] = {
    {"system_chain", chain_name},
    {"system_name", name},
    {"system_version", version},
    {"system_chainType", chain_type},
    {"system_properties", properties},
    {"system_health", health},
    {"system_syncState", sync_state},
    {"system_accountNextIndex", next_index},
    {"account_nextIndex", next_index},
    {"rpc_methods", methods},
    {"chainSpec_v1_chainName", chain_name},
    {"chainSpec_v1_genesisHash", genesis_hash},
    {"chainSpec_v1_properties", properties},
    {"payment_queryInfo", query_info},
    {NULL, NULL},
};
