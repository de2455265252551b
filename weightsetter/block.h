/*
 * What a block and the values of its storage say of one extrinsic of ours.
 *
 * Pure: JSON from the node, decoded values, and nothing else.
 */
#ifndef WEIGHTSETTER_BLOCK_H
#define WEIGHTSETTER_BLOCK_H

#include <jansson.h>
#include <stdint.h>

#include "weightsetter/refusal.h"
#include "weightsetter/snapshot.h"

struct metadata;
struct uid_weights;

enum { BLOCK_MAX_EXTRINSIC = 8 * 1024 * 1024 };

/* Where in a block (chain_getBlock's answer) the extrinsic of that hash
 * stands; -1 if it is not there. */
long block_find(const json_t *block, const char *extrinsic_hash);

enum block_outcome {
	BLOCK_SUCCESS,
	BLOCK_FAILURE, /* with the dispatch error's name */
	BLOCK_SILENT,  /* no event of ours: something is wrong */
};

/* What the decoded System.Events say of the extrinsic at that place. */
enum block_outcome block_outcome_of(const struct metadata *,
    const json_t *events, long place, char reason[REFUSAL_MAX]);

/* Does decoded Weights[index][uid] hold exactly what was sent? */
bool block_holds(const json_t *weights, const struct uid_weights *sent);

#endif
