/* The connection to the chain, and its finalized heads as they come. */
#include "weightsetter/chain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "subtensor/rpc.h"
#include "weightsetter/value.h"
#include "weightsetter/witnesses.h"

#define MAX_UNFINAL_US (600LL * 1000000)

struct chain {
	struct chain_options options;
	struct rpc *rpc;
	struct witnesses *witnesses;
	struct runtimes *runtimes;
	uint8_t genesis[32];
	bool has_genesis;
	bool is_good;	      /* this connection was looked at */
	struct head head;     /* the newest that was told */
	uint64_t best;	      /* of the newest header, finalized or not */
	int64_t finalized_us; /* mono, when finality last moved */
	uint64_t announced;   /* the newest finalized header's number */
	uint64_t asked;	      /* whose hash is being asked for; 0: none */
	LIST_HEAD(, agreement) agreements; /* asked for */
};

struct agreement {
	struct chain *chain;
	LIST_ENTRY(agreement) link;
	struct head head;
	chain_agree_cb *cb;
	void *arg;
};

int
chain_header_number(const json_t *header, uint64_t *number)
{
	const char *text = json_string_value(json_object_get(header, "number"));
	unsigned long long v;
	char *end;

	if (text == NULL || strncmp(text, "0x", 2) != 0 || strlen(text) > 18)
		return -1;
	v = strtoull(text + 2, &end, 16);
	if (*end != '\0' || end == text + 2)
		return -1;
	*number = v;
	return 0;
}

int
chain_hash(const json_t *value, char out[SNAPSHOT_HASH])
{
	uint8_t hash[32];

	if (value_text(value, out, SNAPSHOT_HASH) != 0)
		return -1;
	return strncmp(out, "0x", 2) == 0 ? hex_decode_exact(out, hash, 32)
					  : -1;
}

/* -- heads --------------------------------------------------------------- */

static void on_head_hash(const struct rpc_answer *, void *);

/* One at a time, always the newest. */
static void
ask_hash(struct chain *c)
{
	if (c->asked != 0 || c->announced <= c->head.number)
		return;
	c->asked = c->announced;
	rpc_call(c->rpc, "chain_getBlockHash",
	    json_pack("[I]", (json_int_t)c->asked), on_head_hash, c);
}

static void
on_head_hash(const struct rpc_answer *a, void *arg)
{
	struct chain *c = arg;
	struct head head = {.number = c->asked};

	c->asked = 0;
	if (a->outcome != RPC_OK || chain_hash(a->result, head.hash) != 0)
		return;
	c->head = head;
	c->options.on_head(&c->head, c->options.arg);
	ask_hash(c);
}

/* The best block moves while the chain lives; finality may rest for minutes
 * without anything being wrong with this connection, but not for long. */
static void
on_best(const json_t *header, void *arg)
{
	struct chain *c = arg;
	uint64_t number;

	if (chain_header_number(header, &number) != 0 ||
	    number <= c->head.number)
		return; /* a node that lags is as good as none */
	c->best = number;
	rpc_saw_head(c->rpc);
	if (clock_mono_us() - c->finalized_us > MAX_UNFINAL_US)
		rpc_drop(c->rpc, "finality has not moved for too long");
}

/* Finalized heads do not come back: one that is not newer is old news. */
static void
on_header(const json_t *header, void *arg)
{
	struct chain *c = arg;
	uint64_t number;

	if (chain_header_number(header, &number) != 0 ||
	    number <= c->head.number)
		return;
	rpc_saw_head(c->rpc);
	c->finalized_us = clock_mono_us();
	c->announced = number;
	ask_hash(c);
}

static void
on_heads_end(const struct rpc_answer *a, void *arg)
{
	struct chain *c = arg;

	if (a->outcome == RPC_REFUSED)
		rpc_drop(c->rpc, "the node gives no heads");
}

/* -- is it good? --------------------------------------------------------- */

static void
on_health(const struct rpc_answer *a, void *arg)
{
	struct chain *c = arg;

	if (a->outcome == RPC_UNKNOWN)
		return;
	if (json_is_true(json_object_get(a->result, "isSyncing"))) {
		rpc_drop(c->rpc, "the node is still syncing");
		return;
	}
	c->is_good = true;
	log_info("chain.up", "url=%s", rpc_url(c->rpc));
	c->finalized_us = clock_mono_us();
	rpc_subscribe(c->rpc, "chain_subscribeNewHeads",
	    "chain_unsubscribeNewHeads", json_array(), on_best, on_heads_end,
	    c);
	rpc_subscribe(c->rpc, "chain_subscribeFinalizedHeads",
	    "chain_unsubscribeFinalizedHeads", json_array(), on_header,
	    on_heads_end, c);
}

static int
take_genesis(struct chain *c, const json_t *value)
{
	char text[SNAPSHOT_HASH];
	uint8_t hash[32];

	if (chain_hash(value, text) != 0)
		return -1;
	hex_decode_exact(text, hash, sizeof(hash));
	if (c->has_genesis)
		return memcmp(hash, c->genesis, sizeof(hash)) == 0 ? 0 : -1;
	memcpy(c->genesis, hash, sizeof(hash));
	c->has_genesis = true;
	return 0;
}

static void
on_genesis(const struct rpc_answer *a, void *arg)
{
	struct chain *c = arg;

	if (a->outcome == RPC_UNKNOWN)
		return;
	if (a->outcome != RPC_OK || take_genesis(c, a->result) != 0) {
		log_error("chain.another", "url=%s", rpc_url(c->rpc));
		rpc_drop(c->rpc, "the node is on another chain");
		return;
	}
	rpc_call(c->rpc, "system_health", json_array(), on_health, c);
}

static void
on_up(struct rpc *rpc, void *arg)
{
	struct chain *c = arg;

	c->is_good = false;
	c->announced = c->head.number;
	rpc_call(rpc, "chain_getBlockHash", json_pack("[i]", 0), on_genesis, c);
}

static void
on_down(struct rpc *rpc, const char *why, void *arg)
{
	struct chain *c = arg;

	c->is_good = false;
	log_warn("chain.down", "url=%s why=\"%s\"", rpc_url(rpc), why);
	c->options.on_down(c->options.arg);
}

struct chain *
chain_new(
    struct event_base *base, const struct chain_options *o, struct err *err)
{
	struct chain *c = xcalloc(1, sizeof(*c));
	struct rpc_options options = {
	    .urls = o->urls,
	    .requests_per_s = o->requests_per_s,
	    .burst = o->burst,
	    .on_up = on_up,
	    .on_down = on_down,
	    .arg = c,
	};

	c->options = *o;
	c->runtimes = runtimes_new();
	if (o->genesis != NULL)
		c->has_genesis =
		    hex_decode_exact(o->genesis, c->genesis, 32) == 0;
	c->rpc = rpc_new(base, &options, err);
	c->witnesses = c->rpc == NULL ? NULL : witnesses_new(base, o, err);
	if (c->witnesses == NULL) {
		chain_free(c);
		return NULL;
	}
	return c;
}

void
chain_free(struct chain *c)
{
	struct agreement *g;

	if (c == NULL)
		return;
	witnesses_free(c->witnesses);
	rpc_free(c->rpc);
	while ((g = LIST_FIRST(&c->agreements)) != NULL) {
		LIST_REMOVE(g, link);
		free(g);
	}
	runtimes_free(c->runtimes);
	free(c);
}

bool
chain_is_up(const struct chain *c)
{
	return c->is_good && rpc_is_up(c->rpc);
}

uint64_t
chain_best_number(const struct chain *c)
{
	return c->best > c->head.number ? c->best : c->head.number;
}

struct rpc *
chain_rpc(struct chain *c)
{
	return c->rpc;
}

struct runtimes *
chain_runtimes(struct chain *c)
{
	return c->runtimes;
}

const uint8_t *
chain_genesis(const struct chain *c)
{
	return c->genesis;
}

/* -- agreement ----------------------------------------------------------- */

static void
answer(struct agreement *g, enum chain_agreement agreement)
{
	LIST_REMOVE(g, link);
	g->cb(agreement, g->arg);
	free(g);
}

/* Outvoted: another endpoint is used from now on. */
static void
on_witnesses(enum chain_agreement agreement, void *arg)
{
	struct agreement *g = arg;
	struct chain *c = g->chain;

	answer(g, agreement);
	if (agreement == CHAIN_DISAGREED)
		rpc_drop(c->rpc, "others have another finalized block");
}

/* First the endpoint in use, which may be another than the head came from. */
static void
on_own_hash(const struct rpc_answer *a, void *arg)
{
	struct agreement *g = arg;
	char hash[SNAPSHOT_HASH];

	if (a->outcome != RPC_OK || chain_hash(a->result, hash) != 0)
		answer(g, CHAIN_UNSURE);
	else if (strcmp(hash, g->head.hash) != 0)
		on_witnesses(CHAIN_DISAGREED, g);
	else
		witnesses_ask(g->chain->witnesses, rpc_url(g->chain->rpc),
		    &g->head, on_witnesses, g);
}

void
chain_agree(
    struct chain *c, const struct head *head, chain_agree_cb *cb, void *arg)
{
	struct agreement *g = xcalloc(1, sizeof(*g));

	g->chain = c;
	g->head = *head;
	g->cb = cb;
	g->arg = arg;
	LIST_INSERT_HEAD(&c->agreements, g, link);
	rpc_call(c->rpc, "chain_getBlockHash",
	    json_pack("[I]", (json_int_t)head->number), on_own_hash, g);
}
