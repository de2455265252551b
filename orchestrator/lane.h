/*
 * What the files of the table share: a miner's lanes, whether they have room,
 * and the list of those that are out. For table.c, lane.c and out.c alone.
 */
#ifndef ORCHESTRATOR_LANE_H
#define ORCHESTRATOR_LANE_H

#include <stdbool.h>
#include <stdint.h>

struct lane;
struct miner;
struct table;

struct lane *lane_find(const struct miner *, const char *capacity_key);
/* The same; if there is none, one that says nothing. */
struct lane *lane_need(struct miner *, const char *capacity_key);

/* Up, with an address, and not banned. */
bool miner_may_be_drawn(const struct miner *);

/* Something changed that its room hangs on: count it anew. */
void lane_refresh(struct miner *, struct lane *);
void miner_refresh(struct miner *);

/* Into the list of those that are out, or from it, as its breaker says; and
 * if they are too many, the longest out is let in. */
void out_place(struct miner *, int64_t now_us);
/* Place all, in the order of their ejection. */
void out_fill(struct table *, int64_t now_us);
/* Those whose time is over are half open. */
void out_look(struct table *, int64_t now_us);

#endif
