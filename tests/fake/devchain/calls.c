/* The table of calls, found by name so that a moved index changes nothing. */
#include "tests/fake/devchain/calls.h"

#include <string.h>

#include "subtensor/extrinsic.h"
#include "subtensor/hash.h"
#include "subtensor/metadata.h"
#include "tests/fake/devchain/commits.h"
#include "tests/fake/devchain/serving.h"
#include "tests/fake/devchain/storage.h"
#include "tests/fake/devchain/weights.h"
#include "tests/fake/devchain/work.h"

static int
run_remark(struct work *w, struct call_args *c)
{
	(void)w;
	(void)c;
	return CALL_OK;
}

static int
run_remark_with_event(struct work *w, struct call_args *c)
{
	size_t len = scale_count(&c->r, 1);
	struct buf fields = {0};
	uint8_t hash[32];

	hash_blake2_256(scale_bytes(&c->r, len), len, hash);
	buf_add(&fields, c->signer, 32);
	buf_add(&fields, hash, sizeof(hash));
	work_event(w, PALLET_SYSTEM, EVENT_REMARKED, &fields);
	buf_free(&fields);
	return CALL_OK;
}

#define SUBTENSOR "SubtensorModule"

static const struct call_kind kinds[] = {
    {"System", "remark", true, false, false, NULL, run_remark},
    {"System", "remark_with_event", true, false, false, NULL,
	run_remark_with_event},
    {SUBTENSOR, "set_weights", false, true, false, weights_validate,
	weights_set},
    {SUBTENSOR, "set_mechanism_weights", false, true, true, weights_validate,
	weights_set},
    {SUBTENSOR, "commit_weights", false, true, false, commits_validate_plain,
	commits_plain},
    {SUBTENSOR, "commit_mechanism_weights", false, true, true,
	commits_validate_plain, commits_plain},
    {SUBTENSOR, "reveal_weights", false, true, false, commits_validate_reveal,
	commits_reveal},
    {SUBTENSOR, "reveal_mechanism_weights", false, true, true,
	commits_validate_reveal, commits_reveal},
    {SUBTENSOR, "commit_timelocked_weights", false, true, false,
	commits_validate_timelocked, commits_timelocked},
    {SUBTENSOR, "commit_timelocked_mechanism_weights", false, true, true,
	commits_validate_timelocked, commits_timelocked},
    {SUBTENSOR, "commit_crv3_weights", false, true, false,
	commits_validate_timelocked, commits_crv3},
    {SUBTENSOR, "commit_crv3_mechanism_weights", false, true, true,
	commits_validate_timelocked, commits_crv3},
    {SUBTENSOR, "serve_axon", false, true, false, serving_validate_axon,
	serving_axon},
    {"Commitments", "set_commitment", false, true, false, NULL,
	serving_commitment},
};

const struct call_kind *
call_kind_of(const struct metadata *md, const struct extrinsic *x)
{
	const struct pallet *p = metadata_pallet_at(md, x->pallet);
	const struct variant *v =
	    type_variant_at(&md->types[p->calls], x->variant);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].pallet, p->name) == 0 &&
		    strcmp(kinds[i].name, v->name) == 0)
			return &kinds[i];
	return NULL;
}

struct call_args
call_args_of(
    const struct call_kind *kind, const struct extrinsic *x, uint32_t block)
{
	struct call_args c = {.signer = x->signer, .block = block};

	scale_read_init(&c.r, x->call + 2, x->call_len - 2);
	if (kind->has_netuid)
		c.netuid = scale_u16(&c.r);
	if (kind->has_mecid)
		c.mecid = scale_u8(&c.r);
	c.index = c.mecid * MECHANISM_STRIDE + c.netuid;
	return c;
}
