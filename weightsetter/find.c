/*
 * Blocks from the era's birth to its death, or to the end of the runtime that
 * the extrinsic was signed for. While the chain's nonce for us is not beyond
 * the row's, no block up to there can have it, and none is read.
 */
#include "weightsetter/find.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/rpc.h"
#include "weightsetter/block.h"
#include "weightsetter/chain.h"
#include "weightsetter/ledger.h"

struct find {
	struct chain *chain;
	find_cb *on_done;
	void *arg;
	char row_id[PLAN_ID]; /* whose search this is */
	uint64_t looked_to;   /* blocks up to here do not have it */
	/* of the search under way */
	struct ledger_row *row; /* a copy; NULL: none is under way */
	struct head at;
	uint64_t to;
	bool is_last;	  /* `to` is the last block that can have it */
	bool is_used;	  /* the chain's nonce is beyond the row's */
	bool is_outlived; /* the head's runtime is a later one than its own */
};

struct find *
find_new(struct chain *chain, find_cb *on_done, void *arg)
{
	struct find *f = xcalloc(1, sizeof(*f));

	f->chain = chain;
	f->on_done = on_done;
	f->arg = arg;
	return f;
}

void
find_free(struct find *f)
{
	if (f == NULL)
		return;
	ledger_row_free(f->row);
	free(f);
}

bool
find_is_busy(const struct find *f)
{
	return f->row != NULL;
}

void
find_range(const struct ledger_row *row, uint64_t looked_to,
    const struct snapshot *s, uint64_t *from, uint64_t *to)
{
	uint64_t last = row->era_death > 0 ? row->era_death - 1 : 0;

	*to = s->block < last ? s->block : last;
	*from = looked_to > row->era_birth ? looked_to + 1 : row->era_birth + 1;
	if (s->nonce <= row->nonce)
		*from = *to + 1;
}

static void
end(struct find *f, enum find_result result)
{
	struct ledger_row *row = f->row;
	struct head at = f->at;
	struct finding finding = {row->id, result, at.number,
	    result == FIND_FOUND ? at.hash : NULL, f->is_used, f->is_outlived};

	f->row = NULL;
	f->on_done(&finding, f->arg);
	ledger_row_free(row);
}

/* What it means that no block up to `to` has it. If its nonce is used up, or
 * its era or its runtime is over, none ever will. */
static enum find_result
nowhere(const struct find *f)
{
	return f->is_last || f->is_used || f->is_outlived ? FIND_EXPIRED
							  : FIND_NOT_YET;
}

static void look(struct find *);

static void
on_block(const struct rpc_answer *a, void *arg)
{
	struct find *f = arg;

	if (a->outcome != RPC_OK || !json_is_object(a->result)) {
		end(f, FIND_LATER);
		return;
	}
	if (block_find(a->result, f->row->extrinsic_hash) >= 0) {
		end(f, FIND_FOUND);
		return;
	}
	f->looked_to = f->at.number;
	look(f);
}

static void
on_hash(const struct rpc_answer *a, void *arg)
{
	struct find *f = arg;

	if (a->outcome != RPC_OK ||
	    header_read_text(a->result, f->at.hash) != 0)
		end(f, FIND_LATER);
	else
		rpc_call(chain_rpc(f->chain), "chain_getBlock",
		    json_pack("[s]", f->at.hash), on_block, f);
}

/* The next block, or the end of the search. */
static void
look(struct find *f)
{
	if (f->looked_to >= f->to) {
		end(f, nowhere(f));
		return;
	}
	f->at.number = f->looked_to + 1;
	rpc_call(chain_rpc(f->chain), "chain_getBlockHash",
	    json_pack("[I]", (json_int_t)f->at.number), on_hash, f);
}

bool
find_start(struct find *f, const struct ledger_row *row,
    const struct snapshot *s, struct finding *at_once)
{
	uint64_t from;

	if (strcmp(f->row_id, row->id) != 0)
		f->looked_to = 0;
	memcpy(f->row_id, row->id, sizeof(f->row_id));
	f->is_used = s->nonce > row->nonce;
	f->is_outlived =
	    row->spec_version != 0 && s->spec_version > row->spec_version;
	find_range(row, f->looked_to, s, &from, &f->to);
	f->is_last = s->block + 1 >= row->era_death;
	f->looked_to = from - 1;
	if (from > f->to) {
		*at_once = (struct finding){
		    f->row_id, nowhere(f), 0, NULL, f->is_used, f->is_outlived};
		return false;
	}
	f->row = ledger_row_copy(row);
	look(f);
	return true;
}
