/*
 * Epochs without walking over the blocks between them: what can start one is
 * a block number each, and the least of them does.
 */
#include "subtensor/epochs.h"

#include "common/err.h"

enum {
	MAX_SINCE =
	    50400, /* a subnet steps after so many blocks at the latest */
	/* A step resets the count, which the block after it finds at 0. */
	LATEST_STEP = MAX_SINCE + 2,
	SLACK_BLOCKS = 3, /* a step may be put off so long */
};

static uint64_t
add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t
subtract(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t
multiply(uint64_t a, uint64_t b)
{
	return a > 0 && b > UINT64_MAX / a ? UINT64_MAX : a * b;
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t
most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Where epochs are not counted, all are of one length, and the first began
 * netuid + 1 blocks before the chain did. */
static uint64_t
legacy_index(const struct epochs *e, uint64_t block)
{
	return add(block, e->netuid + 1) / add(e->tempo, 1);
}

static uint64_t
legacy_start(const struct epochs *e, uint64_t index)
{
	return subtract(multiply(index, add(e->tempo, 1)), e->netuid + 1);
}

static uint64_t
counted_next_block(const struct epochs *e)
{
	uint64_t next = add(e->current, 1);
	uint64_t forced = add(next, subtract(MAX_SINCE + 1, e->since));
	uint64_t block = least(forced, add(e->last, e->tempo));

	if (e->pending > 0)
		block = least(block, e->pending);
	return most(block, next);
}

uint64_t
epochs_next_block(const struct epochs *e)
{
	uint64_t next = add(e->current, 1);

	if (e->tempo == 0)
		return 0;
	if (e->is_counted)
		return counted_next_block(e);
	return epochs_due(e) ? next
			     : legacy_start(e, legacy_index(e, next) + 1);
}

bool
epochs_due(const struct epochs *e)
{
	uint64_t next = add(e->current, 1);

	if (e->tempo == 0)
		return false;
	if (e->is_counted)
		return counted_next_block(e) == next;
	return add(next, e->netuid + 1) % add(e->tempo, 1) == 0;
}

uint64_t
epochs_next_index(const struct epochs *e)
{
	if (!e->is_counted)
		return legacy_index(e, add(e->current, 1));
	return add(e->index, epochs_due(e));
}

/* `period` steps on; the first may be the next block's, which what is
 * committed in that block is counted after. */
static uint64_t
counted_reveal_block(const struct epochs *e, uint64_t period)
{
	uint64_t length = least(e->tempo, LATEST_STEP);
	uint64_t first = counted_next_block(e);

	if (epochs_due(e))
		return add(first, multiply(period, length));
	if (period == 0)
		return add(e->current, 1);
	return add(first, multiply(period - 1, length));
}

int
epochs_reveal_block(
    const struct epochs *e, uint64_t period, uint64_t *block, struct err *err)
{
	uint64_t index, found;

	if (e->tempo == 0)
		return err_set(err, "the tempo is 0: there are no epochs");
	if (e->is_counted) {
		found = counted_reveal_block(e, period);
	} else {
		index = add(epochs_next_index(e), period);
		found = most(legacy_start(e, index), add(e->current, 1));
	}
	if (found == UINT64_MAX || found - e->current > EPOCHS_HORIZON)
		return err_set(err, "the epoch of the reveal is too far away");
	*block = found;
	return 0;
}

uint64_t
epochs_reveal_round(const struct beacon_times *times, uint64_t current,
    uint64_t reveal_block, uint64_t block_ms, int64_t now_ms)
{
	uint64_t blocks = subtract(add(reveal_block, SLACK_BLOCKS), current);
	__int128 since_genesis = (__int128)now_ms + multiply(blocks, block_ms) -
				 (__int128)times->genesis_s * 1000;
	__int128 round =
	    since_genesis / ((__int128)most(times->period_s, 1) * 1000);

	return round < 1 ? 1 : round;
}

int64_t
epochs_round_ms(const struct beacon_times *times, uint64_t round)
{
	uint64_t s = add(
	    times->genesis_s, multiply(subtract(round, 1), times->period_s));

	return least(multiply(s, 1000), INT64_MAX);
}
