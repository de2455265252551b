/*
 * Reading a snapshot: everything at one finalized head, in a few requests
 * pinned to its hash, decoded by the metadata of that block's runtime.
 *
 * One at a time; a head that comes meanwhile is for the caller to keep. What
 * goes wrong is logged here and ends the reading.
 */
#ifndef WEIGHTSETTER_SYNC_H
#define WEIGHTSETTER_SYNC_H

#include <stdbool.h>
#include <stdint.h>

struct chain;
struct head;
struct runtime;
struct snapshot;
struct sync;

/* A snapshot and the runtime it was read by, both the callee's: to be freed
 * by snapshot_free() and runtime_release(). NULLs: it failed. */
typedef void sync_cb(struct snapshot *, struct runtime *, void *arg);

struct sync *sync_new(struct chain *, sync_cb *, void *arg);
void sync_free(struct sync *); /* after the chain; NULL is fine */

bool sync_is_busy(const struct sync *);
/* hotkey: whose standing is read, "" while it is not known. */
void sync_start(
    struct sync *, const struct head *, uint16_t netuid, const char *hotkey);

#endif
