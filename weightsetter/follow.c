/*
 * Sending and watching. Each step that finds that the ledger's open row is
 * not its own any more lets go.
 */
#include "weightsetter/follow.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "subtensor/rpc.h"
#include "weightsetter/chain.h"
#include "weightsetter/ledger.h"
#include "weightsetter/status.h"

enum { METHOD_NOT_FOUND = -32601 };

struct follow {
	struct chain *chain;
	struct ledger *ledger;
	bool is_busy;
	char row_id[PLAN_ID];
	char *hex; /* of the extrinsic; owned */
	struct rpc_sub *watching;
	unsigned statuses; /* so far: an answer about an old one is void */
	LIST_HEAD(, looked_up) lookups;
};

struct looked_up { /* the block that a status named */
	struct follow *follow;
	unsigned status;
	enum ledger_event event;
	char hash[SNAPSHOT_HASH];
	LIST_ENTRY(looked_up) link;
};

struct follow *
follow_new(struct chain *chain, struct ledger *ledger)
{
	struct follow *f = xcalloc(1, sizeof(*f));

	f->chain = chain;
	f->ledger = ledger;
	LIST_INIT(&f->lookups);
	return f;
}

/* It is over. */
static void
let_go(struct follow *f)
{
	if (f->watching != NULL)
		rpc_unsubscribe(f->watching);
	f->watching = NULL;
	f->statuses++;
	free(f->hex);
	f->hex = NULL;
	f->is_busy = false;
}

void
follow_free(struct follow *f)
{
	struct looked_up *l;

	if (f == NULL)
		return;
	while ((l = LIST_FIRST(&f->lookups)) != NULL) {
		LIST_REMOVE(l, link);
		free(l);
	}
	f->watching = NULL; /* it went with the chain */
	let_go(f);
	free(f);
}

bool
follow_is_busy(const struct follow *f)
{
	return f->is_busy;
}

void
follow_abandon(struct follow *f)
{
	if (f->watching != NULL)
		let_go(f);
}

/* Ours still? If not, the watching ends here. */
static bool
is_ours(struct follow *f)
{
	const struct ledger_row *open = f->ledger->open;

	if (f->is_busy && open != NULL && strcmp(open->id, f->row_id) == 0)
		return true;
	let_go(f);
	return false;
}

static void
tell(struct follow *f, enum ledger_event event, const struct ledger_fact *fact)
{
	ledger_step(f->ledger, event, fact, clock_wall_us());
}

static void
lose(struct follow *f)
{
	let_go(f);
	tell(f, LEDGER_LOSS, NULL);
}

static void
tell_block(struct follow *f, const struct looked_up *l, uint64_t number)
{
	struct ledger_fact fact = {.block = number, .block_hash = l->hash};

	if (l->event == LEDGER_FINALITY)
		let_go(f);
	tell(f, l->event, &fact);
}

/* The number of a block a status named. Without one the chain is asked. */
static void
on_header(const struct rpc_answer *a, void *arg)
{
	struct looked_up *l = arg;
	struct follow *f = l->follow;
	uint64_t number;

	LIST_REMOVE(l, link);
	if (l->status == f->statuses && is_ours(f)) {
		if (a->outcome == RPC_OK &&
		    header_number(a->result, &number) == 0)
			tell_block(f, l, number);
		else if (l->event == LEDGER_FINALITY)
			lose(f);
	}
	free(l);
}

static void
look_up(struct follow *f, enum ledger_event event, const char *hash)
{
	struct looked_up *l = xcalloc(1, sizeof(*l));

	l->follow = f;
	l->status = f->statuses;
	l->event = event;
	memcpy(l->hash, hash, sizeof(l->hash));
	LIST_INSERT_HEAD(&f->lookups, l, link);
	rpc_call(chain_rpc(f->chain), "chain_getHeader", json_pack("[s]", hash),
	    on_header, l);
}

static void
on_status(const json_t *status, void *arg)
{
	struct follow *f = arg;
	char hash[SNAPSHOT_HASH];
	int event = status_event(status, hash);

	f->statuses++;
	if (event < 0 || !is_ours(f))
		return;
	if (hash[0] != '\0')
		look_up(f, (enum ledger_event)event, hash);
	else if (event == LEDGER_LOSS)
		lose(f);
	else
		tell(f, (enum ledger_event)event, NULL);
}

/* A certain no ends the row; anything else is for the chain to say. */
static void
take_end(struct follow *f, const struct rpc_answer *a)
{
	char reason[REFUSAL_MAX];
	struct ledger_fact fact = {.reason = reason};

	if (a->outcome == RPC_REFUSED) {
		refusal_of_submission(a->code, a->message, a->data, reason);
		if (refusal_judge(reason) != REFUSAL_UNCLEAR) {
			let_go(f);
			tell(f, LEDGER_REFUSAL, &fact);
			return;
		}
	}
	lose(f);
}

/* -- a node that cannot be watched --------------------------------------- */

static void
on_told(const struct rpc_answer *a, void *arg)
{
	struct follow *f = arg;

	if (!is_ours(f))
		return;
	if (a->outcome != RPC_OK) {
		take_end(f, a);
		return;
	}
	tell(f, LEDGER_SENT, NULL);
	lose(f);
}

static void
on_watch_end(const struct rpc_answer *a, void *arg)
{
	struct follow *f = arg;

	f->watching = NULL;
	f->statuses++;
	if (!is_ours(f))
		return;
	if (a->outcome == RPC_REFUSED && a->code == METHOD_NOT_FOUND)
		rpc_call(chain_rpc(f->chain), "author_submitExtrinsic",
		    json_pack("[s]", f->hex), on_told, f);
	else
		take_end(f, a);
}

void
follow_start(struct follow *f, const struct buf *bytes)
{
	const struct ledger_row *row = f->ledger->open;

	f->is_busy = true;
	memcpy(f->row_id, row->id, sizeof(f->row_id));
	f->hex = hex_0x(bytes->data, bytes->len);
	log_info("weights.sending",
	    "vector=%s id=%s netuid=%u mecid=%u action=%s extrinsic=%s "
	    "nonce=%u",
	    row->vector_id, row->id, row->netuid, row->mecid,
	    ledger_action_name(row->action), row->extrinsic_hash, row->nonce);
	f->watching = rpc_subscribe(chain_rpc(f->chain),
	    "author_submitAndWatchExtrinsic", "author_unwatchExtrinsic",
	    json_pack("[s]", f->hex), on_status, on_watch_end, f);
}
