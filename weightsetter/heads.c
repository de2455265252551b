/* From a finalized head to a snapshot that everybody has. */
#include "weightsetter/heads.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "weightsetter/chain.h"
#include "weightsetter/peers.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/store.h"
#include "weightsetter/sync.h"

#define FRESH_US (90LL * 1000000)
#define KEEP_US (86400LL * 1000000)

/*
 * In blocks. Commitments take two requests or more, and so do locks, and a
 * miner makes one or none a day: a public node, which bears one request a
 * second, is spared four readings of five, and an address is known a minute
 * later at most.
 */
enum { COMMITMENTS_EVERY = 5, LOCKS_EVERY = 5 };
enum { TRIM_EVERY = 100 }; /* snapshots */

/* One subnet: the head that waits to be read, and the rows written. */
struct subnet {
	uint16_t netuid;
	struct head next;	  /* 0: none waits */
	uint64_t stored;	  /* block of the last one written down */
	struct snapshot *storing; /* being written down; held; NULL: none */
	struct snapshot *after;	  /* to be written down then; likewise */
	uint64_t committed;	  /* the last one with commitments; 0: none */
	uint64_t locked;	  /* the last one with locks; 0: none */
	struct peers_seen peers;
	unsigned missed; /* sync.c's */
	bool is_behind;	 /* the database knows later blocks; said so */
	unsigned n_stored;
	int64_t read_us; /* mono, when the last one was read; 0: never */
	struct heads *heads;
};

struct heads {
	struct heads_parts parts;
	struct sync *sync;
	struct subnet *subnets;
	size_t turn; /* whose head is read, or was last */
	struct metric *block, *lag, *unfinal, *neurons, *offset;
};

static void
take_stored(struct subnet *n, const struct snapshot *s)
{
	n->stored = s->block;
	n->is_behind = false;
	if (s->commitments != NULL)
		n->committed = s->block;
	if (s->has_locks)
		n->locked = s->block;
	peers_seen_take(&n->peers, s);
}

static void
tell_stored(struct subnet *n)
{
	struct heads *h = n->heads;
	char block[32];

	snprintf(block, sizeof(block), "%llu", (unsigned long long)n->stored);
	log_debug("chain.snapshot", "netuid=%u block=%s", n->netuid, block);
	redis_send(h->parts.redis, redis_chain, block, "snapshot");
	if (++n->n_stored % TRIM_EVERY == 1)
		store_trim(
		    h->parts.store, n->netuid, clock_wall_us() - KEEP_US);
}

/* A node behind the one before, or another chain than the database's. */
static void
say_behind(struct subnet *n, const struct snapshot *s)
{
	if (!n->is_behind)
		log_warn("chain.behind",
		    "netuid=%u block=%llu why=\"the database has a later "
		    "snapshot\"",
		    n->netuid, (unsigned long long)s->block);
	n->is_behind = true;
}

static bool
is_written(const struct heads *h, const struct subnet *n, uint64_t block)
{
	return n->stored == 0 || block >= n->stored + h->parts.snapshot_blocks;
}

static void on_stored(enum store_outcome, void *);

/* One at a time; of those that come meanwhile, as heads do in a burst when
 * finality goes on after a pause, the last one follows. */
static void
write_down(struct heads *h, struct subnet *n, struct snapshot *s)
{
	if (!is_written(h, n, s->block))
		return;
	if (n->storing != NULL) {
		snapshot_free(n->after);
		n->after = snapshot_hold(s);
		return;
	}
	n->storing = snapshot_hold(s);
	store_snapshot(h->parts.store, s, clock_wall_us(), on_stored, n);
}

static void
on_stored(enum store_outcome outcome, void *arg)
{
	struct subnet *n = arg;
	struct snapshot *s = n->storing, *after = n->after;

	n->storing = n->after = NULL;
	if (outcome == STORE_DONE) {
		take_stored(n, s);
		tell_stored(n);
	} else if (outcome == STORE_NOTHING) {
		say_behind(n, s);
	}
	snapshot_free(s);
	if (after != NULL)
		write_down(n->heads, n, after);
	snapshot_free(after);
}

/* What is not written down need not be read. */
static struct sync_want
want_of(const struct heads *h, struct subnet *n, uint64_t block)
{
	struct sync_want want = {.missed = &n->missed};

	if (!is_written(h, n, block))
		return want;
	want.peers = &n->peers;
	want.commitments =
	    n->committed == 0 || block >= n->committed + COMMITMENTS_EVERY;
	want.locks = n->locked == 0 || block >= n->locked + LOCKS_EVERY;
	return want;
}

/* A block's time is that of its slot, and the newest one is half a slot old on
 * the average: what is left is our clock's. */
static double
offset_ms(const struct snapshot *s, double unfinal, int64_t now_ms)
{
	if (s->hyper.timestamp_ms == 0 || s->hyper.slot_ms == 0)
		return NAN;
	return (double)now_ms - (double)s->hyper.timestamp_ms -
	       (unfinal + 0.5) * (double)s->hyper.slot_ms;
}

static void
show_time(struct heads *h, const struct snapshot *s, double unfinal)
{
	if (s->hyper.timestamp_ms != 0)
		metric_since(h->lag, (int64_t)s->hyper.timestamp_ms * 1000);
	metric_set(h->offset, offset_ms(s, unfinal, clock_wall_ms()) / 1000);
}

static void
show(struct heads *h, const struct snapshot *s)
{
	double unfinal =
	    (double)chain_best_number(h->parts.chain) - (double)s->block;

	metric_set(h->block, (double)s->block);
	metric_set(h->neurons, (double)s->n_neurons);
	metric_set(h->unfinal, unfinal);
	show_time(h, s, unfinal);
}

/* Each subnet in its turn, so that none waits for ever. */
static void
read_next(struct heads *h)
{
	size_t n = h->parts.n_netuids;
	struct sync_want want;
	struct head head;

	if (sync_is_busy(h->sync))
		return;
	for (size_t i = 1; i <= n; i++) {
		struct subnet *next = &h->subnets[(h->turn + i) % n];

		if (next->next.number == 0)
			continue;
		h->turn = (h->turn + i) % n;
		head = next->next;
		next->next.number = 0;
		want = want_of(h, next, head.number);
		sync_start(h->sync, &head, next->netuid,
		    signer_client_hotkey(h->parts.signer), &want);
		return;
	}
}

static void
take_reading(struct heads *h, const struct snapshot *s)
{
	struct head head = {.number = s->block};

	memcpy(head.hash, s->block_hash, sizeof(head.hash));
	chain_read(h->parts.chain, &head, s->hyper.slot_ms);
}

static void
on_snapshot(struct snapshot *s, struct runtime *r, void *arg)
{
	struct heads *h = arg;
	struct subnet *n = &h->subnets[h->turn];

	if (s == NULL) {
		chain_unread(h->parts.chain);
	} else {
		take_reading(h, s);
		if (n->read_us == 0)
			log_info("chain.synced",
			    "netuid=%u block=%llu neurons=%zu spec=%u",
			    s->netuid, (unsigned long long)s->block,
			    s->n_neurons, s->spec_version);
		n->read_us = clock_mono_us();
		show(h, s);
		write_down(h, n, s);
		h->parts.on_snapshot(s, r, h->parts.arg);
	}
	read_next(h);
}

void
heads_take(struct heads *h, const struct head *head)
{
	for (size_t i = 0; i < h->parts.n_netuids; i++)
		h->subnets[i].next = *head;
	read_next(h);
}

bool
heads_are_fresh(const struct heads *h, int64_t now_mono_us)
{
	for (size_t i = 0; i < h->parts.n_netuids; i++) {
		int64_t read_us = h->subnets[i].read_us;

		if (read_us == 0 || now_mono_us - read_us >= FRESH_US)
			return false;
	}
	return true;
}

struct heads *
heads_new(const struct heads_parts *parts)
{
	struct heads *h = xcalloc(1, sizeof(*h));

	h->parts = *parts;
	h->sync = sync_new(parts->chain, on_snapshot, h);
	h->subnets = xcalloc(parts->n_netuids, sizeof(*h->subnets));
	for (size_t i = 0; i < parts->n_netuids; i++) {
		h->subnets[i].netuid = parts->netuids[i];
		h->subnets[i].heads = h;
	}
	h->parts.netuids = NULL; /* the caller's */
	h->block =
	    metrics_gauge(parts->metrics, "subnetd_chain_finalized_block", NULL,
		"The newest finalized block that was read");
	h->lag = metrics_age(parts->metrics, "subnetd_chain_head_lag_seconds",
	    NULL, "Age of the newest finalized block that was read");
	h->offset =
	    metrics_gauge(parts->metrics, "subnetd_clock_offset_seconds",
		"against=\"chain\"", "How far our clock is ahead of another");
	metric_set(h->offset, NAN);
	h->unfinal =
	    metrics_gauge(parts->metrics, "subnetd_chain_unfinalized_blocks",
		NULL, "Blocks from the newest one read to the best");
	h->neurons = metrics_gauge(parts->metrics, "subnetd_chain_neurons",
	    NULL, "Neurons of the subnet read last");
	return h;
}

void
heads_free(struct heads *h)
{
	if (h == NULL)
		return;
	sync_free(h->sync);
	for (size_t i = 0; i < h->parts.n_netuids; i++) {
		snapshot_free(h->subnets[i].storing);
		snapshot_free(h->subnets[i].after);
		peers_seen_clear(&h->subnets[i].peers);
	}
	free(h->subnets);
	free(h);
}
