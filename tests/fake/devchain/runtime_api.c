/* A table of methods; each reads its arguments and appends its answer. */
#include "tests/fake/devchain/runtime_api.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "subtensor/extrinsic.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/account.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/epoch.h"
#include "tests/fake/devchain/meta_write.h"
#include "tests/fake/devchain/metagraph.h"
#include "tests/fake/devchain/older.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/storage.h"
#include "tests/fake/devchain/subnet.h"
#include "tests/fake/devchain/weights.h"

struct api_call {
	struct chain *chain;
	const struct block *block;
	struct view v;
	struct scale_reader r;
	struct buf *out;
};

static void
core_version(struct api_call *c)
{
	meta_write_version(&c->block->runtime->spec, c->out);
}

static void
metadata(struct api_call *c)
{
	const struct buf *blob = &c->block->runtime->v14;

	scale_put_bytes(c->out, blob->data, blob->len);
}

static void
metadata_at_version(struct api_call *c)
{
	uint32_t version = scale_u32(&c->r);
	const struct runtime *rt = c->block->runtime;
	const struct buf *blob = NULL;

	if (version == 14)
		blob = &rt->v14;
	else if (version == 15 && !rt->spec.v14_only)
		blob = &rt->v15;

	scale_put_u8(c->out, blob != NULL);
	if (blob != NULL)
		scale_put_bytes(c->out, blob->data, blob->len);
}

static void
metadata_versions(struct api_call *c)
{
	bool both = !c->block->runtime->spec.v14_only;

	scale_put_compact(c->out, both ? 2 : 1);
	scale_put_u32(c->out, 14);
	if (both)
		scale_put_u32(c->out, 15);
}

/* source, the extrinsic with its length, the block's hash. */
static void
validate_transaction(struct api_call *c)
{
	const struct runtime *rt = c->block->runtime;
	const uint8_t *data;
	struct extrinsic x;
	struct validity v;
	size_t start, len;

	scale_u8(&c->r);
	start = c->r.pos;
	len = scale_count(&c->r, 1);
	scale_bytes(&c->r, len);
	data = c->r.data + start;
	len = c->r.pos - start;
	scale_bytes(&c->r, 32);
	if (c->r.failed || extrinsic_parse(rt->md, data, len, &x, NULL) != 0) {
		scale_fail(&c->r);
		return;
	}
	v = validity_of(&c->v, rt, c->chain->genesis->hash,
	    c->block->place.number + 1, data, len, &x);
	if (c->chain->dry.times > 0) {
		c->chain->dry.times--;
		v.verdict = VERDICT_INVALID;
		v.invalid = INVALID_CUSTOM;
		v.custom = c->chain->dry.custom;
	}
	validity_encode(&v, &x, c->out);
	extrinsic_clear(&x);
}

static void
account_nonce(struct api_call *c)
{
	const uint8_t *id = scale_bytes(&c->r, 32);

	if (id != NULL)
		scale_put_u32(c->out, account_read(&c->v, id).nonce);
}

static void
neurons(struct api_call *c, bool lite)
{
	uint16_t netuid = scale_u16(&c->r), n = subnet_n(&c->v, netuid);

	scale_put_compact(c->out, n);
	for (uint16_t uid = 0; uid < n; uid++)
		metagraph_put_neuron(&c->v, netuid, uid, lite, c->out);
}

static void
neuron(struct api_call *c, bool lite)
{
	uint16_t netuid = scale_u16(&c->r), uid = scale_u16(&c->r);
	bool there = uid < subnet_n(&c->v, netuid);

	scale_put_u8(c->out, there);
	if (there)
		metagraph_put_neuron(&c->v, netuid, uid, lite, c->out);
}

static void
get_neurons(struct api_call *c)
{
	neurons(c, false);
}

static void
get_neurons_lite(struct api_call *c)
{
	neurons(c, true);
}

static void
get_neuron(struct api_call *c)
{
	neuron(c, false);
}

static void
get_neuron_lite(struct api_call *c)
{
	neuron(c, true);
}

/* Some, if there is such a subnet and mechanism; else None and done. */
static bool
put_some(struct api_call *c, uint16_t netuid, uint8_t mecid)
{
	bool there = subnet_has_mechanism(&c->v, netuid, mecid);

	scale_put_u8(c->out, there);
	return there;
}

static void
get_hyperparams(struct api_call *c)
{
	uint16_t netuid = scale_u16(&c->r);

	if (put_some(c, netuid, 0))
		metagraph_put_hyperparams(&c->v, netuid, c->out);
}

static void
get_hyperparams_v3(struct api_call *c)
{
	uint16_t netuid = scale_u16(&c->r);

	if (put_some(c, netuid, 0))
		metagraph_put_hyperparams_v3(&c->v, netuid, c->out);
}

static void
get_metagraph(struct api_call *c)
{
	uint16_t netuid = scale_u16(&c->r);

	if (put_some(c, netuid, 0))
		metagraph_put(&c->v, netuid, 0, c->out);
}

static void
get_mechagraph(struct api_call *c)
{
	uint16_t netuid = scale_u16(&c->r);
	uint8_t mecid = scale_u8(&c->r);

	if (put_some(c, netuid, mecid))
		metagraph_put(&c->v, netuid, mecid, c->out);
}

static void
selective(struct api_call *c, uint16_t netuid, uint8_t mecid)
{
	size_t n;
	uint16_t *fields = weights_read_u16s(&c->r, &n);

	if (put_some(c, netuid, mecid))
		metagraph_put_selective(
		    &c->v, netuid, mecid, fields, n, c->out);
	free(fields);
}

static void
get_selective_metagraph(struct api_call *c)
{
	selective(c, scale_u16(&c->r), 0);
}

static void
get_selective_mechagraph(struct api_call *c)
{
	uint16_t netuid = scale_u16(&c->r);

	selective(c, netuid, scale_u8(&c->r));
}

static void
get_next_epoch(struct api_call *c)
{
	uint16_t netuid = scale_u16(&c->r);
	struct epoch_clock clock = epoch_clock_of(&c->v, netuid);
	uint64_t next = subnet_exists(&c->v, netuid)
			    ? epoch_next(&clock, c->block->place.number)
			    : 0;

	scale_put_u8(c->out, next > 0);
	if (next > 0)
		scale_put_u64(c->out, next);
}

static void
get_stake_info(struct api_call *c)
{
	const uint8_t *hotkey = scale_bytes(&c->r, 32);
	const uint8_t *coldkey = scale_bytes(&c->r, 32);
	uint16_t netuid = scale_u16(&c->r);
	uint8_t owner[32];

	if (c->r.failed)
		return;
	view_account(&c->v, item_account("Owner", hotkey), owner);
	scale_put_u8(c->out, 1);
	buf_add(c->out, hotkey, 32);
	buf_add(c->out, coldkey, 32);
	scale_put_compact(c->out, netuid);
	scale_put_compact(c->out, memcmp(owner, coldkey, 32) == 0
				      ? subnet_alpha(&c->v, netuid, hotkey)
				      : 0);
	for (int zero = 0; zero < 4; zero++)
		scale_put_compact(c->out, 0);
	scale_put_u8(c->out, subnet_uid(&c->v, netuid, hotkey) >= 0);
}

static const struct {
	const char *name;
	void (*run)(struct api_call *);
} methods[] = {
    {"Core_version", core_version},
    {"Metadata_metadata", metadata},
    {"Metadata_metadata_at_version", metadata_at_version},
    {"Metadata_metadata_versions", metadata_versions},
    {"TaggedTransactionQueue_validate_transaction", validate_transaction},
    {"AccountNonceApi_account_nonce", account_nonce},
    {"NeuronInfoRuntimeApi_get_neurons", get_neurons},
    {"NeuronInfoRuntimeApi_get_neuron", get_neuron},
    {"NeuronInfoRuntimeApi_get_neurons_lite", get_neurons_lite},
    {"NeuronInfoRuntimeApi_get_neuron_lite", get_neuron_lite},
    {"SubnetInfoRuntimeApi_get_subnet_hyperparams", get_hyperparams},
    {"SubnetInfoRuntimeApi_get_subnet_hyperparams_v3", get_hyperparams_v3},
    {"SubnetInfoRuntimeApi_get_metagraph", get_metagraph},
    {"SubnetInfoRuntimeApi_get_mechagraph", get_mechagraph},
    {"SubnetInfoRuntimeApi_get_selective_metagraph", get_selective_metagraph},
    {"SubnetInfoRuntimeApi_get_selective_mechagraph", get_selective_mechagraph},
    {"SubnetInfoRuntimeApi_get_next_epoch_start_block", get_next_epoch},
    {"StakeInfoRuntimeApi_get_stake_info_for_hotkey_coldkey_netuid",
	get_stake_info},
};

enum api_result
runtime_api_call(struct chain *chain, const struct block *b, const char *method,
    const void *args, size_t len, struct buf *out)
{
	struct api_call c = {.chain = chain, .block = b, .out = out};

	chain_view(chain, b, &c.v);
	scale_read_init(&c.r, args, len);
	if (older_hides_method(&b->runtime->spec, method))
		return API_NO_METHOD;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(methods[i].name, method) != 0)
			continue;
		methods[i].run(&c);
		return scale_done(&c.r) ? API_OK : API_BAD_ARGUMENTS;
	}
	return API_NO_METHOD;
}
