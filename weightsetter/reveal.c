/* When commits open, and whether they did. */
#include "weightsetter/reveal.h"

#include <string.h>

#include "weightsetter/snapshot.h"

void
reveal_advance(struct epochs *e, uint64_t to)
{
	while (e->current < to) {
		if (e->is_counted && epochs_due(e)) {
			e->last = e->current + 1;
			e->pending = 0;
			e->index++;
			e->since = 0;
		} else {
			e->since++;
		}
		e->current++;
	}
}

static struct epochs
epochs_at(const struct snapshot *s, uint64_t best)
{
	struct epochs e = s->hyper.epochs;

	reveal_advance(&e, best);
	return e;
}

bool
reveal_is_skewed(uint64_t timestamp_ms, int64_t now_ms)
{
	int64_t apart = now_ms - (int64_t)timestamp_ms;

	return timestamp_ms != 0 &&
	       (apart > REVEAL_MAX_SKEW_MS || apart < -REVEAL_MAX_SKEW_MS);
}

/* A commit that slips over the border is counted to the next epoch, while its
 * round stays: others could read it before. */
static bool
is_at_border(const struct epochs *e)
{
	uint64_t next = epochs_next_block(e);

	return e->tempo > 2 * REVEAL_BORDER && next > e->current + 1 &&
	       next <= e->current + 1 + REVEAL_BORDER;
}

const char *
reveal_alarm(const struct snapshot *s, enum ledger_action action)
{
	if (!ledger_is_commit(action))
		return NULL;
	if (s->hyper.epochs.tempo == 0)
		return "no_epoch";
	if (action == LEDGER_TIMELOCK && s->hyper.epochs.tempo <= REVEAL_BORDER)
		return "tempo_too_short";
	return NULL;
}

const char *
reveal_plan(const struct snapshot *s, enum ledger_action action, uint64_t best,
    int64_t now_ms, struct reveal_time *t)
{
	struct epochs e = epochs_at(s, best);
	uint64_t slot_ms = s->hyper.slot_ms;

	memset(t, 0, sizeof(*t));
	if (reveal_alarm(s, action) != NULL)
		return reveal_alarm(s, action);
	if (epochs_reveal_block(&e, s->hyper.reveal_period, &t->block, NULL) !=
	    0)
		return "no_epoch";
	if (is_at_border(&e))
		return "epoch_border";
	t->epoch = epochs_next_index(&e);
	if (action != LEDGER_TIMELOCK)
		return NULL;
	t->round = epochs_reveal_round(&s->beacon.times, e.current, t->block,
	    slot_ms == 0 ? REVEAL_SLOT_MS : slot_ms, now_ms);
	if (t->round < s->beacon.last_round)
		return "InvalidRevealRound";
	return NULL;
}

const struct commit *
reveal_find(const struct own *own, const struct ledger_row *row)
{
	bool is_timelocked = row->action == LEDGER_TIMELOCK;

	for (size_t i = 0; i < own->n_commits; i++) {
		const struct commit *c = &own->commits[i];

		if (c->is_timelocked == is_timelocked &&
		    strcmp(c->hash, row->commit_hash) == 0)
			return c;
	}
	return NULL;
}

/* The epoch the snapshot's own block is in. */
static uint64_t
epoch_of(const struct epochs *e)
{
	if (e->is_counted)
		return e->index;
	return (e->current + e->netuid + 1) / (e->tempo + 1);
}

enum reveal_verdict
reveal_judge(
    const struct snapshot *s, uint64_t best, const struct ledger_row *row)
{
	const struct own *own = &s->own[row->mecid];
	const struct epochs *now = &s->hyper.epochs;
	uint64_t opens = row->commit_epoch + s->hyper.reveal_period;
	struct epochs ahead;

	if (!s->hyper.exists || epochs_next_index(now) > opens)
		return reveal_find(own, row) == NULL &&
			       uid_weights_equal(&own->on_chain, &row->sent)
			   ? REVEAL_SHOWN
			   : REVEAL_MISSED;
	if (reveal_find(own, row) == NULL) {
		if (epoch_of(now) < opens)
			return REVEAL_WAIT;
		return uid_weights_equal(&own->on_chain, &row->sent)
			   ? REVEAL_SHOWN
			   : REVEAL_MISSED;
	}
	ahead = epochs_at(s, best);
	return row->action == LEDGER_HASH && epochs_next_index(&ahead) == opens
		   ? REVEAL_NOW
		   : REVEAL_WAIT;
}

uint64_t
reveal_room(const struct snapshot *s, uint64_t best)
{
	struct epochs e = epochs_at(s, best);
	uint64_t next;

	if (epochs_due(&e))
		reveal_advance(&e, best + 1);
	next = epochs_next_block(&e);
	return next > best + 1 ? next - best - 1 : 0;
}
