/* The rule, and the part of a block's beginning that follows it. */
#include "tests/fake/devchain/epoch.h"

#include "subtensor/scale.h"
#include "tests/fake/devchain/commits.h"
#include "tests/fake/devchain/reveal.h"
#include "tests/fake/devchain/subnet.h"
#include "tests/fake/devchain/work.h"

enum { LONGEST_EPOCH = 50400 };

static uint64_t
shifted(const struct epoch_clock *c, uint64_t block)
{
	return block + c->netuid + 1;
}

bool
epoch_due(const struct epoch_clock *c, uint64_t block)
{
	if (c->tempo == 0)
		return false;
	if (c->by_number)
		return shifted(c, block) % (c->tempo + 1) == 0;
	return (c->pending > 0 && block >= c->pending) ||
	       c->since > LONGEST_EPOCH || block - c->last >= c->tempo;
}

uint64_t
epoch_at(const struct epoch_clock *c, uint64_t block)
{
	if (c->by_number)
		return shifted(c, block) / (c->tempo + 1);
	return c->index + epoch_due(c, block);
}

uint64_t
epoch_next(const struct epoch_clock *c, uint64_t block)
{
	struct epoch_clock ahead = *c;

	if (c->tempo == 0)
		return 0;
	while (!epoch_due(&ahead, ++block))
		ahead.since++;
	return block;
}

struct epoch_clock
epoch_clock_of(const struct view *v, uint16_t netuid)
{
	return (struct epoch_clock){
	    .by_number = v->old_epochs,
	    .netuid = netuid,
	    .tempo = view_uint(v, item_net("Tempo", netuid)),
	    .last = view_uint(v, item_net("LastEpochBlock", netuid)),
	    .pending = view_uint(v, item_net("PendingEpochAt", netuid)),
	    .index = view_uint(v, item_net("SubnetEpochIndex", netuid)),
	    .since = view_uint(v, item_net("BlocksSinceLastStep", netuid)),
	};
}

/* Who updated within the activity cutoff is active. */
static void
mark_active(struct work *w, uint16_t netuid)
{
	const struct view *v = &w->view;
	uint64_t cutoff = view_uint(v, item_net("ActivityCutoff", netuid));

	for (uint16_t uid = 0; uid < subnet_n(v, netuid); uid++) {
		uint64_t last =
		    view_nth(v, item_net("LastUpdate", netuid), uid);

		view_put_nth(v, item_net("Active", netuid), uid,
		    last + cutoff >= w->number);
	}
}

static void
count(const struct view *v, uint16_t netuid, uint32_t block, uint64_t index)
{
	view_put_uint(v, item_net("LastEpochBlock", netuid), block);
	view_put_uint(v, item_net("PendingEpochAt", netuid), 0);
	view_put_uint(v, item_net("SubnetEpochIndex", netuid), index);
}

static void
run(struct work *w, uint16_t netuid, const struct epoch_clock *clock)
{
	const struct view *v = &w->view;

	if (!clock->by_number)
		count(v, netuid, w->number, clock->index + 1);
	view_put_uint(v, item_net("LastMechansimStepBlock", netuid), w->number);
	view_put_uint(v, item_net("BlocksSinceLastStep", netuid), 0);
	mark_active(w, netuid);
}

/* This block has run enough of them: ask for the next block. */
static void
defer(struct work *w, uint16_t netuid)
{
	struct buf fields = {0};

	view_put_uint(
	    &w->view, item_net("PendingEpochAt", netuid), w->number + 1);
	scale_put_u16(&fields, netuid);
	scale_put_u64(&fields, w->number);
	scale_put_u64(&fields, w->number + 1);
	work_event(w, PALLET_SUBTENSOR, EVENT_EPOCH_DEFERRED, &fields);
	buf_free(&fields);
}

void
epoch_step(struct work *w)
{
	const struct view *v = &w->view;
	uint64_t left = view_uint(v, item_plain("MaxEpochsPerBlock"));
	uint16_t netuids[SUBNET_MAX];
	size_t n = subnet_list(v, netuids);

	for (size_t i = 0; i < n; i++) {
		struct epoch_clock clock = epoch_clock_of(v, netuids[i]);
		bool due = epoch_due(&clock, w->number);

		if (netuids[i] == 0)
			continue;
		if (!due || left > 0) {
			commits_expire(
			    v, netuids[i], epoch_at(&clock, w->number));
			reveal_step(w, netuids[i], epoch_at(&clock, w->number));
		}
		if (due && left > 0) {
			run(w, netuids[i], &clock);
			left -= !clock.by_number;
			continue;
		}
		if (due)
			defer(w, netuids[i]);
		view_put_uint(v, item_net("BlocksSinceLastStep", netuids[i]),
		    clock.since + 1);
	}
}
