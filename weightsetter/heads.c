/* From a finalized head to a snapshot that everybody has. */
#include "weightsetter/heads.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "weightsetter/chain.h"
#include "weightsetter/setter.h"
#include "weightsetter/store.h"
#include "weightsetter/sync.h"

#define FRESH_US (90LL * 1000000)
#define KEEP_US (86400LL * 1000000)

enum { TRIM_EVERY = 100 }; /* snapshots */

struct heads {
	struct heads_parts parts;
	struct sync *sync;
	struct head next; /* to be read when the one under way is; 0: none */
	uint64_t stored;  /* block of the last one written down */
	uint64_t storing; /* being written down; 0: none */
	unsigned n_stored;
	int64_t read_us; /* mono, when the last one was read */
	struct metric *block, *lag, *unfinal, *neurons;
};

static void
on_stored(enum store_outcome outcome, void *arg)
{
	struct heads *h = arg;
	char block[32];

	if (outcome == STORE_DONE) {
		h->stored = h->storing;
		snprintf(block, sizeof(block), "%llu",
		    (unsigned long long)h->stored);
		log_debug("chain.snapshot", "block=%s", block);
		redis_send(h->parts.redis, redis_chain, block, "snapshot");
		if (++h->n_stored % TRIM_EVERY == 1)
			store_trim(h->parts.store, h->parts.netuid,
			    clock_wall_us() - KEEP_US);
	}
	h->storing = 0;
}

static void
write_down(struct heads *h, const struct snapshot *s)
{
	if (h->storing != 0 ||
	    (h->stored != 0 && s->block < h->stored + h->parts.snapshot_blocks))
		return;
	h->storing = s->block;
	store_snapshot(h->parts.store, s, clock_wall_us(), on_stored, h);
}

static void
show(struct heads *h, const struct snapshot *s)
{
	double lag_ms = (double)clock_wall_ms() - (double)s->hyper.timestamp_ms;

	metric_set(h->block, (double)s->block);
	metric_set(h->neurons, (double)s->n_neurons);
	metric_set(h->lag, lag_ms / 1000);
	metric_set(
	    h->unfinal, (double)(chain_best_number(h->parts.chain) - s->block));
}

static void
read_next(struct heads *h)
{
	struct head next = h->next;

	if (next.number == 0 || sync_is_busy(h->sync))
		return;
	h->next.number = 0;
	sync_start(h->sync, &next, signer_client_hotkey(h->parts.signer));
}

static void
on_snapshot(struct snapshot *s, struct runtime *r, void *arg)
{
	struct heads *h = arg;

	if (s != NULL) {
		if (h->read_us == 0)
			log_info("chain.synced",
			    "block=%llu neurons=%zu spec=%u",
			    (unsigned long long)s->block, s->n_neurons,
			    s->spec_version);
		h->read_us = clock_mono_us();
		show(h, s);
		write_down(h, s);
		setter_take_snapshot(h->parts.setter, s, r);
	}
	read_next(h);
}

void
heads_take(struct heads *h, const struct head *head)
{
	h->next = *head;
	read_next(h);
}

bool
heads_are_fresh(const struct heads *h, int64_t now_mono_us)
{
	return h->read_us != 0 && now_mono_us - h->read_us < FRESH_US;
}

struct heads *
heads_new(const struct heads_parts *parts)
{
	struct heads *h = xcalloc(1, sizeof(*h));

	h->parts = *parts;
	h->sync =
	    sync_new(parts->chain, parts->netuid, parts->mecid, on_snapshot, h);
	h->block =
	    metrics_gauge(parts->metrics, "subnetd_chain_finalized_block", NULL,
		"The newest finalized block that was read");
	h->lag = metrics_gauge(parts->metrics, "subnetd_chain_head_lag_seconds",
	    NULL, "Age of the newest finalized block when it had been read");
	h->unfinal =
	    metrics_gauge(parts->metrics, "subnetd_chain_unfinalized_blocks",
		NULL, "Blocks from the newest one read to the best");
	h->neurons = metrics_gauge(parts->metrics, "subnetd_chain_neurons",
	    NULL, "Neurons of the subnet");
	return h;
}

void
heads_free(struct heads *h)
{
	if (h == NULL)
		return;
	sync_free(h->sync);
	free(h);
}
