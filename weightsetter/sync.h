/*
 * Reading a snapshot: everything at one finalized head, in a few requests
 * pinned to its hash, decoded by the metadata of that block's runtime.
 *
 * One at a time; a head that comes meanwhile is for the caller to keep. What
 * goes wrong is logged here. What decides on weights ends the reading if it
 * cannot be had; hyper-parameters by runtime API, commitments, locks and
 * validators' weights are left out of the snapshot then (sync.incomplete,
 * once).
 */
#ifndef WEIGHTSETTER_SYNC_H
#define WEIGHTSETTER_SYNC_H

#include <stdbool.h>
#include <stdint.h>

struct chain;
struct head;
struct peers_seen;
struct runtime;
struct snapshot;
struct sync;

/* A snapshot and the runtime it was read by, both the callee's: to be freed
 * by snapshot_free() and runtime_release(). NULLs: it failed. */
typedef void sync_cb(struct snapshot *, struct runtime *, void *arg);

/* What is not read at each head. */
struct sync_want {
	bool commitments;
	bool locks;
	/* Validators' weights, where they may have changed since; NULL: not
	 * now. Borrowed until the reading has ended. */
	const struct peers_seen *peers;
	/* What the last snapshot of this subnet was without: the caller's,
	 * begun with 0, ours to change. */
	unsigned *missed;
};

struct sync *sync_new(struct chain *, sync_cb *, void *arg);
void sync_free(struct sync *); /* after the chain; NULL is fine */

bool sync_is_busy(const struct sync *);
/* hotkey: whose standing is read, "" while it is not known. */
void sync_start(struct sync *, const struct head *, uint16_t netuid,
    const char *hotkey, const struct sync_want *);

#endif
