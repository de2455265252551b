/*
 * By which call weights are set: what the subnet demands, what the runtime
 * has, and what the operator wants.
 *
 * Pure.
 */
#ifndef WEIGHTSETTER_METHOD_H
#define WEIGHTSETTER_METHOD_H

#include <stdbool.h>
#include <stdint.h>

#include "weightsetter/ledger.h"
#include "weightsetter/snapshot.h"

struct metadata;

enum method_commits { /* weightsetter.commit_reveal */
	METHOD_AUTO,  /* timelocked */
	METHOD_TIMELOCK,
	METHOD_PLAIN, /* a hash, revealed by ourselves */
};

/* -1 if there is none of that name. */
int method_commits_of(const char *name);

/*
 * alarm NULL: send that call. Else nothing is sent and a person must look:
 * "no_call" (the runtime has none for this mechanism),
 * "commit_reveal_version" (one we do not know; nothing is guessed),
 * "no_beacon", "beacon_differs" (it is not quicknet, and must be).
 */
struct method {
	enum ledger_action action;
	const char *call; /* NULL: none */
	const char *alarm;
};

struct method method_choose(const struct metadata *, const struct snapshot *,
    uint8_t mecid, enum method_commits, bool must_be_quicknet);

/* Is it a chain of others, by its genesis, whose beacon is quicknet? */
bool method_is_public(const uint8_t genesis[32]);

/* The call that reveals a plain commit, or NULL. */
const char *method_reveal(const struct metadata *, uint8_t mecid);

#endif
