/*
 * What the chain said of a subnet at one finalized block: hyper-parameters,
 * neurons with their stakes and addresses, and our own standing.
 *
 * Pure: sync.c brings the values, store.c writes them down, plan.c and
 * preflight.c decide by them.
 */
#ifndef WEIGHTSETTER_SNAPSHOT_H
#define WEIGHTSETTER_SNAPSHOT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subtensor/epochs.h"
#include "subtensor/ss58.h"
#include "subtensor/timelock.h"
#include "weightsetter/uid_weights.h"

struct err;

enum {
	SNAPSHOT_MAX_MECHANISMS = 16,
	SNAPSHOT_MAX_COMMITS = 32, /* of ours, waiting to be revealed */
	SNAPSHOT_MAX_NEURONS = 4096,
	SNAPSHOT_MAX_ADDRESS = 128, /* with the NUL */
	SNAPSHOT_HASH = 67,	    /* "0x", 64 digits and the NUL */
};

struct neuron {
	uint16_t uid;
	char hotkey[SS58_MAX_TEXT];
	char coldkey[SS58_MAX_TEXT];
	uint64_t alpha_stake, tao_stake, total_stake; /* rao */
	bool permit;
	uint64_t last_update;		    /* block, 0: never */
	char address[SNAPSHOT_MAX_ADDRESS]; /* "" if it has none */
	uint64_t address_block;
};

/* What the chain checks weights against; reads.c fills it in. */
struct hyper {
	bool exists;
	uint64_t mechanisms;
	uint64_t tempo;
	uint64_t weights_rate_limit;
	uint64_t weights_version;
	uint64_t min_allowed_weights;
	uint64_t n; /* neurons */
	bool commit_reveal;
	uint64_t commit_reveal_version;	  /* 0: the runtime has none */
	uint64_t reveal_period;		  /* epochs */
	uint64_t stake_threshold;	  /* rao */
	char owner_hotkey[SS58_MAX_TEXT]; /* "" if there is none */
	uint64_t timestamp_ms;		  /* the block's */
	struct epochs epochs;		  /* as of the snapshot's block */
	uint64_t slot_ms; /* a block's time: Aura.SlotDuration */
};

/* The beacon that timelocked weights are opened by. */
struct beacon {
	bool exists; /* the runtime has a Drand pallet */
	uint8_t public[TIMELOCK_PUBLIC];
	struct beacon_times times;
	uint64_t last_round; /* Drand.LastStoredRound */
};

/* A commit of ours that the chain holds. */
struct commit {
	bool is_timelocked;
	char hash[SNAPSHOT_HASH]; /* of the commit, or of its ciphertext */
	uint64_t epoch;		  /* it was counted to */
	uint64_t block;
	uint64_t round; /* timelocked: it opens with */
};

/* What the chain has of us for one mechanism. */
struct own {
	uint64_t last_update;	     /* of our uid; 0: never */
	struct uid_weights on_chain; /* Weights[index][uid]; n 0: none */
	struct commit commits[SNAPSHOT_MAX_COMMITS];
	size_t n_commits;
};

/* Shared: snapshot_hold() and snapshot_free() count its holders. */
struct snapshot {
	int holders; /* beside the first; snapshot.c's */
	uint16_t netuid;
	uint64_t block;
	char block_hash[SNAPSHOT_HASH];
	uint32_t spec_version;
	struct hyper hyper;
	struct beacon beacon;
	json_t *hyper_json;	/* for the row; owned */
	struct neuron *neurons; /* by uid: neurons[i].uid == i; owned */
	size_t n_neurons;
	/* our own */
	char hotkey[SS58_MAX_TEXT]; /* "" if signerd has not said yet */
	uint32_t nonce;		    /* the next one at this block */
	struct own own[SNAPSHOT_MAX_MECHANISMS]; /* by mechanism id */
};

struct snapshot *snapshot_hold(struct snapshot *);
void snapshot_free(struct snapshot *); /* NULL is fine */

/* The neuron of a hotkey, or NULL. */
const struct neuron *snapshot_find(const struct snapshot *, const char *hotkey);
struct neuron *snapshot_find_mutable(struct snapshot *, const char *hotkey);

/* The neuron at a uid if it is that hotkey's; else NULL. */
const struct neuron *snapshot_at(
    const struct snapshot *, uint16_t uid, const char *hotkey);

/* A mechanism's index in storage. */
uint16_t snapshot_index(uint16_t netuid, uint8_t mecid);

/*
 * Fill in the neurons from a decoded answer of get_selective_metagraph or of
 * get_neurons_lite. 0, or -1 and why; the number must be hyper.n.
 */
int snapshot_take_metagraph(struct snapshot *, const json_t *, struct err *);
int snapshot_take_lite(struct snapshot *, const json_t *, struct err *);

#endif
