/* What became of what a setter has sent. */
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/redis.h"
#include "weightsetter/committed.h"
#include "weightsetter/ledger.h"
#include "weightsetter/reveal.h"
#include "weightsetter/runtime.h"
#include "weightsetter/setter_impl.h"
#include "weightsetter/standing.h"

void
setter_say_failed(const struct ledger_row *row)
{
	log_warn("weights.failed",
	    "id=%s vector=%s netuid=%u mecid=%u action=%s state=%s reason=%s",
	    row->id, row->vector_id, row->netuid, row->mecid,
	    ledger_action_name(row->action), ledger_state_name(row->state),
	    row->reason);
}

/* The chain's storage shows the weights. A plain commit is proven behind its
 * reveal, and then there is nothing new to tell. */
void
setter_proven(struct setter *w, const struct ledger_row *row)
{
	char block[32];

	standing_proven(w->standing, row->block);
	uid_weights_clear(&w->proven);
	uid_weights_copy(&w->proven, &row->sent);
	w->proven_block = row->block;
	if (row->action == LEDGER_REVEAL)
		memcpy(w->revealed, row->reveals, sizeof(w->revealed));
	else if (setter_is_same(row->id, w->revealed))
		return;
	log_info("weights.proven",
	    "block=%llu extrinsic=%s vector=%s netuid=%u mecid=%u action=%s "
	    "uids=%zu hash=%s",
	    (unsigned long long)row->block, row->extrinsic_hash, row->vector_id,
	    row->netuid, row->mecid, ledger_action_name(row->action),
	    row->sent.n, row->block_hash);
	snprintf(block, sizeof(block), "%llu", (unsigned long long)row->block);
	redis_send(w->parts.redis, redis_chain, block, "proven");
}

static void
committed(struct setter *w, const struct ledger_row *row)
{
	log_info("weights.committed",
	    "id=%s vector=%s netuid=%u mecid=%u action=%s block=%llu "
	    "epoch=%llu round=%llu reveal_block=%llu",
	    row->id, row->vector_id, row->netuid, row->mecid,
	    ledger_action_name(row->action), (unsigned long long)row->block,
	    (unsigned long long)row->commit_epoch,
	    (unsigned long long)row->reveal_round,
	    (unsigned long long)row->reveal_block);
	committed_add(w->committed, row);
}

static void
failed(struct setter *w, const struct ledger_row *row, const char *reason)
{
	struct vectors_when at = setter_when(w);

	if (refusal_judge(reason) == REFUSAL_ALARM &&
	    !setter_is_same(reason, "cannot_build")) /* watched */
		log_error("weights.alarm",
		    "netuid=%u mecid=%u reason=%s vector=%s", w->parts.netuid,
		    w->parts.mecid, reason, row->vector_id);
	if (row->action == LEDGER_REVEAL)
		committed_reveal_failed(
		    w->committed, row->reveals, reason, &at);
	else
		vectors_failed(w->vectors, row->vector_id, reason, &at);
}

void
setter_row_ended(struct setter *w, const struct ledger_row *row)
{
	bool is_taken =
	    row->state == LEDGER_PROVEN || row->state == LEDGER_COMMITTED;

	w->sending[0] = '\0';
	if (row->block > w->needed_block)
		w->needed_block = row->block;
	if (row->action != LEDGER_REVEAL)
		foreign_own(&w->foreign, row->block);
	if (row->state == LEDGER_PROVEN) {
		setter_proven(w, row);
	} else if (row->state == LEDGER_COMMITTED) {
		committed(w, row);
	} else {
		setter_say_failed(row);
		failed(w, row, row->reason);
	}
	if (row->action != LEDGER_REVEAL)
		vectors_ended(w->vectors, row->vector_id, is_taken);
}

void
setter_no_row(
    struct setter *w, const struct ledger_row *row, const char *reason)
{
	w->sending[0] = '\0';
	if (setter_is_same(reason, "cannot_build"))
		w->unbuildable = w->runtime->spec_version;
	if (row->action != LEDGER_REVEAL &&
	    refusal_judge(reason) == REFUSAL_HINDERED)
		setter_say_waiting(w, row->vector_id, reason, 0);
	failed(w, row, reason);
}

enum flight_commit
setter_find_commit(
    const struct setter *w, const struct ledger_row *row, uint64_t *epoch)
{
	const struct commit *c;

	if (w->s == NULL || w->s->block < row->block ||
	    !setter_is_same(w->s->hotkey, row->hotkey))
		return FLIGHT_LATER;
	c = reveal_find(&w->s->own[w->parts.mecid], row);
	if (c != NULL)
		*epoch = c->epoch;
	return c != NULL ||
		       reveal_judge(w->s, setter_best(w), row) != REVEAL_WAIT
		   ? FLIGHT_STORED
		   : FLIGHT_ABSENT;
}
