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

#include "subtensor/ss58.h"

struct err;

enum {
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
	uint64_t stake_threshold;	  /* rao */
	char owner_hotkey[SS58_MAX_TEXT]; /* "" if there is none */
	uint64_t timestamp_ms;		  /* the block's */
};

struct snapshot {
	uint16_t netuid;
	uint8_t mecid;
	uint64_t block;
	char block_hash[SNAPSHOT_HASH];
	uint32_t spec_version;
	struct hyper hyper;
	json_t *hyper_json;	/* for the row; owned */
	struct neuron *neurons; /* by uid: neurons[i].uid == i; owned */
	size_t n_neurons;
	/* our own */
	char hotkey[SS58_MAX_TEXT]; /* "" if signerd has not said yet */
	uint32_t nonce;		    /* the next one at this block */
	uint64_t last_update;	    /* of our uid, at the mechanism's index */
};

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
