/*
 * What is to be done next about the weights of one subnet's mechanism, at
 * every finalized head and whenever something has happened: judge the commits
 * that wait, reveal, or take the newest vector through plan and preflight and
 * send it. What is in flight is the hotkey's (flight.h); setters.h gives each
 * setter its turn.
 */
#ifndef WEIGHTSETTER_SETTER_H
#define WEIGHTSETTER_SETTER_H

#include <stdbool.h>
#include <stdint.h>

#include "weightsetter/again.h"
#include "weightsetter/flight.h"
#include "weightsetter/method.h"
#include "weightsetter/plan.h"

struct chain;
struct metrics;
struct redis;
struct runtime;
struct setter;
struct snapshot;
struct store;

/* As the operator wants it; the same for all. */
struct setter_rules {
	struct plan_rules plan;
	struct again_rules again;
	enum method_commits commits;
	bool is_public; /* a network whose beacon must be quicknet */
	uint64_t version_key;
	uint64_t era_period;
};

struct setter_parts {
	struct chain *chain;
	struct store *store;
	struct flight *flight;
	struct redis *redis; /* told of proofs */
	struct metrics *metrics;
	struct setter_rules rules;
	uint16_t netuid;
	uint8_t mecid;
	/* It may have something to send. */
	void (*on_want)(void *arg);
	void *arg;
};

struct setter *setter_new(const struct setter_parts *);
void setter_free(struct setter *); /* after chain and pg; NULL is fine */

bool setter_is_of(const struct setter *, uint16_t netuid, uint8_t mecid);

/* A new snapshot, read by that runtime; both are held. */
void setter_take_snapshot(struct setter *, struct snapshot *, struct runtime *);

/* There may be a new vector. */
void setter_wake(struct setter *);

/* It has the turn: the flight is free. True: it has started something. */
bool setter_step(struct setter *);

/* What became of that, as flight.h says. */
void setter_row_ended(struct setter *, const struct ledger_row *);
void setter_no_row(
    struct setter *, const struct ledger_row *, const char *reason);
enum flight_commit setter_find_commit(
    const struct setter *, const struct ledger_row *, uint64_t *epoch);

#endif
