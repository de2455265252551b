/*
 * Those who may be drawn for one capacity key, with their weights: what a
 * table of miners comes to for the kinds of that key. Pure.
 */
#ifndef ORCHESTRATOR_POOL_H
#define ORCHESTRATOR_POOL_H

#include <stddef.h>
#include <stdint.h>

struct draw;
struct miner;
struct route_policy;
struct route_terms;
struct table;

/* Why a miner is in no pool, or that it is in. */
enum pool_place { POOL_IN, POOL_BANNED, POOL_KIND, POOL_DOWN, N_POOL_PLACES };

struct pool {
	char *key;
	struct draw *draw; /* over the table's places */
	size_t counts[N_POOL_PLACES];
	double explored; /* what the weights of those not scored count times */
	int64_t draws;	 /* first ones (router_take_firsts), */
	int64_t *firsts; /* and on whom they fell; by the table's places */
};

struct pool *pool_new(const char *capacity_key, const struct table *,
    const struct route_terms *, const struct route_policy *);
void pool_free(struct pool *); /* NULL is fine */

enum pool_place pool_place(const struct miner *, const char *capacity_key);
const char *pool_place_name(enum pool_place); /* NULL of POOL_IN */

#endif
