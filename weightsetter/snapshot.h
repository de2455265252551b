/*
 * What the chain said of a subnet at one finalized block: hyper-parameters,
 * neurons with their stakes and axons, and our own standing; now and then
 * everybody's commitments, locks and validators' weights.
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

struct peers;

enum {
	SNAPSHOT_MAX_MECHANISMS = 16,
	SNAPSHOT_MAX_COMMITS = 32, /* of ours, waiting to be revealed */
	SNAPSHOT_MAX_NEURONS = 4096,
	SNAPSHOT_MAX_ADDRESS = 128, /* with the NUL */
	SNAPSHOT_IP = 46,	    /* with the NUL */
	SNAPSHOT_HASH = 67,	    /* "0x", 64 digits and the NUL */
	SNAPSHOT_GENESIS = 65,	    /* 64 digits and the NUL */
};

/* Where a neuron says it serves. */
struct axon {
	char ip[SNAPSHOT_IP]; /* "": it serves nowhere */
	uint16_t port;
	uint8_t protocol;
	uint32_t version;
	uint64_t block; /* it said so in */
};

struct neuron {
	uint16_t uid;
	char hotkey[SS58_MAX_TEXT];
	char coldkey[SS58_MAX_TEXT];
	uint64_t alpha_stake, tao_stake, total_stake; /* rao */
	bool permit;
	bool active;
	uint64_t last_update; /* block, 0: never */
	struct axon axon;
	/* Of 65535; below 0: the runtime does not say. */
	int32_t trust, consensus, incentive, dividends;
	int64_t emission;	  /* rao a tempo; below 0: as above */
	int64_t registered_block; /* below 0: as above */
	/* Rao, at the snapshot's block; only of one that has_locks. */
	uint64_t locked;     /* towards the hotkey, by whomever */
	uint64_t locked_own; /* of it, by the coldkey */
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
	uint64_t *updates; /* LastUpdate of every uid; NULL: not read; owned */
	size_t n_updates;
	struct commit commits[SNAPSHOT_MAX_COMMITS];
	size_t n_commits;
};

/* A validator's weights in one mechanism. */
struct peer {
	uint8_t mecid;
	uint16_t uid;
	bool is_read;
	struct uid_weights weights; /* n 0: none */
};

/* Shared: snapshot_hold() and snapshot_free() count its holders. */
struct snapshot {
	int holders; /* beside the first; snapshot.c's */
	uint16_t netuid;
	uint64_t block;
	char block_hash[SNAPSHOT_HASH];
	char genesis[SNAPSHOT_GENESIS]; /* 64 hex digits */
	uint32_t spec_version;
	struct hyper hyper;
	struct beacon beacon;
	json_t *hyper_json;  /* for the row; owned */
	json_t *commitments; /* rows; NULL: not read this time; owned */
	json_t *revealed;    /* the same */
	struct peer *peers;  /* whose weights were read; owned */
	size_t n_peers;
	bool has_peers;		/* there was nothing to read, or it was read */
	bool has_locks;		/* read this time */
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

/* The neuron at a uid if it is that hotkey's; else NULL. */
const struct neuron *snapshot_at(
    const struct snapshot *, uint16_t uid, const char *hotkey);

/* A mechanism's index in storage. */
uint16_t snapshot_index(uint16_t netuid, uint8_t mecid);

#endif
