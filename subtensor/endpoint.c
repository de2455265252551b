/*
 * One endpoint: is it of the right chain and in step, and what are its heads.
 * Every header is hashed here; a node's word for a hash is not taken.
 */
#include <stdio.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/endpoints_impl.h"
#include "subtensor/rpc.h"

/* Finality may rest for minutes without anything being wrong, but if no
 * finalized head came for so long, that subscription has perhaps died. */
enum { MAX_UNFINAL_MS = 600000, REQUEST_MS = 60000 };

static struct endpoint_view *
view(struct endpoint *e)
{
	return &e->all->rank.views[e->index];
}

/* -- heads ---------------------------------------------------------------- */

static void
take_best(struct endpoint *e, const json_t *header)
{
	struct rank_height *best = &view(e)->heights[RANK_BEST];
	uint64_t number;

	if (header_number(header, &number) != 0 || number <= best->number)
		return; /* heads that do not rise are as good as none */
	rank_told(
	    &e->all->rank, e->index, RANK_BEST, number, endpoints_now_ms());
	rpc_saw_head(e->rpc);
}

static void
on_best(const json_t *header, void *arg)
{
	struct endpoint *e = arg;

	take_best(e, header);
	if (endpoints_now_ms() - e->finalized_ms > MAX_UNFINAL_MS)
		rpc_drop(e->rpc, "finality has not moved for too long");
}

static bool
is_repeated(const struct told *t, const struct told_block *b)
{
	const struct told_block *last = told_last(t);

	return last != NULL && last->number == b->number &&
	       memcmp(last->hash, b->hash, sizeof(b->hash)) == 0;
}

static void
keep_finalized(
    struct endpoint *e, const struct told_block *b, const uint8_t parent[32])
{
	char text[96];

	e->finalized_ms = endpoints_now_ms();
	rpc_saw_head(e->rpc);
	if (told_add(&e->told, b, parent))
		return;
	snprintf(text, sizeof(text),
	    "block=%llu why=\"it told of another one before\"",
	    (unsigned long long)b->number);
	endpoints_caught(e, text);
}

/* One that was told on an earlier connection is no news, but does say where
 * the node stands. */
static void
take_finalized(struct endpoint *e, const json_t *header)
{
	struct rank *rank = &e->all->rank;
	struct told_block b;
	uint8_t parent[32];
	int64_t now_ms = endpoints_now_ms();

	if (header_number(header, &b.number) != 0 ||
	    header_hash(header, b.hash) != 0 ||
	    header_read_hash(json_object_get(header, "parentHash"), parent) !=
		0) {
		rank_failed(rank, e->index, 1, now_ms);
		return;
	}
	rank_told(rank, e->index, RANK_FINALIZED, b.number, now_ms);
	if (!is_repeated(&e->told, &b))
		keep_finalized(e, &b, parent);
	endpoints_heard(e, b.number);
}

static void
on_finalized(const json_t *header, void *arg)
{
	struct endpoint *e = arg;
	struct endpoints *all = e->all;

	endpoints_enter(all);
	take_finalized(e, header);
	endpoints_leave(all);
}

/* Refused or not answered: a connection without heads is no use. */
static void
on_heads_end(const struct rpc_answer *a, void *arg)
{
	struct endpoint *e = arg;

	(void)a;
	if (rpc_is_up(e->rpc))
		rpc_drop(e->rpc, "the node gives no heads");
}

/* -- heads, asked for ------------------------------------------------------ */

static void
on_polled_best(const struct rpc_answer *a, void *arg)
{
	struct endpoint *e = arg;

	e->is_asked = false;
	if (a->outcome == RPC_OK)
		take_best(e, a->result);
}

static void
on_polled_header(const struct rpc_answer *a, void *arg)
{
	struct endpoint *e = arg;
	struct endpoints *all = e->all;

	endpoints_enter(all);
	if (a->outcome == RPC_OK)
		take_finalized(e, a->result);
	rpc_call(e->rpc, "chain_getHeader", json_array(), on_polled_best, e);
	endpoints_leave(all);
}

static void
on_polled_hash(const struct rpc_answer *a, void *arg)
{
	struct endpoint *e = arg;
	char hash[HEADER_HASH];

	if (a->outcome != RPC_OK || header_read_text(a->result, hash) != 0)
		e->is_asked = false;
	else
		rpc_call(e->rpc, "chain_getHeader", json_pack("[s]", hash),
		    on_polled_header, e);
}

void
endpoint_poll(struct endpoint *e, int64_t now_ms)
{
	if (!view(e)->is_up || !view(e)->is_polled || e->is_asked ||
	    now_ms - e->poll_ms < e->all->rank.slot_ms)
		return;
	e->poll_ms = now_ms;
	e->is_asked = true;
	rpc_call(
	    e->rpc, "chain_getFinalizedHead", json_array(), on_polled_hash, e);
}

/* -- is it good? ----------------------------------------------------------- */

static void
open_heads(struct endpoint *e)
{
	int64_t now_ms = endpoints_now_ms();
	bool is_polled = !rpc_can_subscribe(e->rpc);

	e->finalized_ms = now_ms;
	e->is_asked = false;
	e->poll_ms = now_ms - e->all->rank.slot_ms;
	rank_opened(&e->all->rank, e->index, is_polled, now_ms);
	endpoints_tell(e, ENDPOINT_NEWS_UP,
	    is_polled ? "transport=http" : "transport=websocket");
	if (is_polled) {
		endpoint_poll(e, now_ms);
		return;
	}
	rpc_subscribe(e->rpc, "chain_subscribeNewHeads",
	    "chain_unsubscribeNewHeads", json_array(), on_best, on_heads_end,
	    e);
	rpc_subscribe(e->rpc, "chain_subscribeFinalizedHeads",
	    "chain_unsubscribeFinalizedHeads", json_array(), on_finalized,
	    on_heads_end, e);
}

static void
on_health(const struct rpc_answer *a, void *arg)
{
	struct endpoint *e = arg;
	struct endpoints *all = e->all;

	endpoints_enter(all);
	if (a->outcome == RPC_UNKNOWN)
		rpc_drop(e->rpc, "the node does not answer");
	else if (json_is_true(json_object_get(a->result, "isSyncing")))
		rpc_drop(e->rpc, "the node is still syncing");
	else
		open_heads(e);
	endpoints_leave(all);
}

/* The first endpoint says which chain it is, unless we know. */
static int
take_genesis(struct endpoints *all, const json_t *value)
{
	uint8_t hash[32];

	if (header_read_hash(value, hash) != 0)
		return -1;
	if (!all->has_genesis)
		memcpy(all->genesis, hash, sizeof(hash));
	all->has_genesis = true;
	return memcmp(hash, all->genesis, sizeof(hash)) == 0 ? 0 : -1;
}

static void
on_genesis(const struct rpc_answer *a, void *arg)
{
	struct endpoint *e = arg;
	struct endpoints *all = e->all;

	endpoints_enter(all);
	if (a->outcome != RPC_OK) {
		rpc_drop(e->rpc, "the node does not answer");
	} else if (take_genesis(all, a->result) != 0) {
		endpoints_tell(e, ENDPOINT_NEWS_OTHER, "");
		rpc_drop(e->rpc, "the node is on another chain");
	} else {
		rpc_call(e->rpc, "system_health", json_array(), on_health, e);
	}
	endpoints_leave(all);
}

static void
on_up(struct rpc *rpc, void *arg)
{
	rpc_call(
	    rpc, "chain_getBlockHash", json_pack("[i]", 0), on_genesis, arg);
}

static void
on_down(struct rpc *rpc, const char *why, void *arg)
{
	struct endpoint *e = arg;
	struct endpoints *all = e->all;

	(void)rpc;
	endpoints_enter(all);
	endpoints_lost(e, why);
	endpoints_leave(all);
}

int
endpoint_init(struct endpoint *e, const char *url, struct err *err)
{
	const struct rpc_options options = {
	    .url = url,
	    .requests_per_s = e->all->options.requests_per_s,
	    .burst = e->all->options.burst,
	    .request_timeout_ms = REQUEST_MS,
	    .on_up = on_up,
	    .on_down = on_down,
	    .arg = e,
	};

	e->rpc = rpc_new(e->all->base, &options, err);
	return e->rpc == NULL ? -1 : 0;
}
