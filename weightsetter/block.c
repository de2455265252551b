/* Our extrinsic in a block. */
#include "weightsetter/block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "subtensor/extrinsic.h"
#include "subtensor/hash.h"
#include "weightsetter/plan.h"
#include "weightsetter/value.h"

static bool
is_hashed(const json_t *extrinsic, const uint8_t hash[32])
{
	struct buf bytes = {0};
	uint8_t own[32];
	bool same = false;

	if (value_bytes(extrinsic, BLOCK_MAX_EXTRINSIC, &bytes) == 0) {
		hash_blake2_256(bytes.data, bytes.len, own);
		same = memcmp(own, hash, sizeof(own)) == 0;
	}
	buf_free(&bytes);
	return same;
}

long
block_find(const json_t *block, const char *extrinsic_hash)
{
	const json_t *list =
	    json_object_get(json_object_get(block, "block"), "extrinsics");
	const json_t *extrinsic;
	uint8_t hash[32];
	size_t i;

	if (hex_decode_exact(extrinsic_hash, hash, sizeof(hash)) != 0)
		return -1;
	json_array_foreach((json_t *)list, i, extrinsic)
	{
		if (is_hashed(extrinsic, hash))
			return (long)i;
	}
	return -1;
}

static bool
is_of(const json_t *record, long place)
{
	const json_t *phase = json_object_get(record, "phase");
	const json_t *at = json_object_get(phase, "ApplyExtrinsic");

	return json_is_integer(at) && json_integer_value(at) == place;
}

static void
name_failure(
    const struct metadata *md, const json_t *failed, char reason[REFUSAL_MAX])
{
	char *name =
	    dispatch_error_name(md, json_object_get(failed, "dispatch_error"));

	snprintf(reason, REFUSAL_MAX, "%s", name);
	free(name);
}

enum block_outcome
block_outcome_of(const struct metadata *md, const json_t *events, long place,
    char reason[REFUSAL_MAX])
{
	const json_t *record, *system, *failed;
	size_t i;

	reason[0] = '\0';
	json_array_foreach((json_t *)events, i, record)
	{
		if (!is_of(record, place))
			continue;
		system =
		    json_object_get(json_object_get(record, "event"), "System");
		if (json_object_get(system, "ExtrinsicSuccess") != NULL)
			return BLOCK_SUCCESS;
		failed = json_object_get(system, "ExtrinsicFailed");
		if (failed == NULL)
			continue;
		name_failure(md, failed, reason);
		return BLOCK_FAILURE;
	}
	return BLOCK_SILENT;
}

bool
block_holds(const json_t *weights, const struct uid_weights *sent)
{
	uint64_t uid, weight;

	if (!json_is_array(weights) || json_array_size(weights) != sent->n)
		return false;
	for (size_t i = 0; i < sent->n; i++) {
		const json_t *pair = json_array_get(weights, i);

		if (value_u64(json_array_get(pair, 0), &uid) != 0 ||
		    value_u64(json_array_get(pair, 1), &weight) != 0 ||
		    uid != sent->uids[i] || weight != sent->weights[i])
			return false;
	}
	return true;
}
