/*
 * One reading after the other: runtime, storage, hyper-parameters, neurons,
 * our own standing, then what sync_more.c reads. Each step starts the next;
 * fail() ends them all.
 */
#include "weightsetter/sync.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/rpc.h"
#include "subtensor/scale.h"
#include "weightsetter/apis.h"
#include "weightsetter/chain.h"
#include "weightsetter/hyper.h"
#include "weightsetter/neurons.h"
#include "weightsetter/own.h"
#include "weightsetter/reads.h"
#include "weightsetter/sync_impl.h"
#include "weightsetter/value.h"

enum { MAX_ANSWER = 4 * 1024 * 1024, GENESIS_BYTES = 32 };

static const char graph_method[] =
    "SubnetInfoRuntimeApi_get_selective_metagraph";
static const char lite_method[] = "NeuronInfoRuntimeApi_get_neurons_lite";

static const char *const part_names[] = {[PART_HYPER] = "hyperparameters",
    [PART_COMMITMENTS] = "commitments",
    [PART_REVEALED] = "revealed",
    [PART_LOCKS] = "locks",
    [PART_PEERS] = "validator_weights"};

struct sync *
sync_new(struct chain *chain, sync_cb *on_done, void *arg)
{
	struct sync *y = xcalloc(1, sizeof(*y));

	y->chain = chain;
	y->on_done = on_done;
	y->arg = arg;
	return y;
}

static void
drop_reading(struct sync *y)
{
	snapshot_free(y->s);
	runtime_release(y->runtime);
	json_decref(y->rows);
	free(y->last_key);
	y->s = NULL;
	y->runtime = NULL;
	y->rows = NULL;
	y->last_key = NULL;
	y->pages = 0;
}

void
sync_free(struct sync *y)
{
	if (y == NULL)
		return;
	drop_reading(y);
	free(y);
}

bool
sync_is_busy(const struct sync *y)
{
	return y->s != NULL;
}

static void
fail(struct sync *y, const char *step, const char *why)
{
	log_warn("sync.failed", "block=%llu step=%s why=\"%s\"",
	    (unsigned long long)y->s->block, step, why);
	drop_reading(y);
	y->on_done(NULL, NULL, y->arg);
}

/* True, and the reading has ended, if the node has not answered well. */
static bool
has_failed(struct sync *y, const char *step, const struct rpc_answer *a)
{
	struct err why;

	if (a->outcome == RPC_OK)
		return false;
	err_set(&why, "%s %s", a->message, a->data);
	fail(y, step, why.text);
	return true;
}

void
sync_finish(struct sync *y)
{
	struct snapshot *s = y->s;
	struct runtime *r = y->runtime;

	y->s = NULL;
	y->runtime = NULL;
	drop_reading(y);
	y->on_done(s, r, y->arg);
}

/* -- what a snapshot may do without -------------------------------------- */

void
sync_part_done(struct sync *y, enum sync_part part)
{
	*y->want.missed &= ~(1u << part);
}

void
sync_part_missed(struct sync *y, enum sync_part part, const char *why)
{
	if ((*y->want.missed & 1u << part) == 0)
		log_warn("sync.incomplete",
		    "netuid=%u block=%llu without=%s why=\"%s\"", y->s->netuid,
		    (unsigned long long)y->s->block, part_names[part], why);
	*y->want.missed |= 1u << part;
}

bool
sync_part_failed(
    struct sync *y, enum sync_part part, const struct rpc_answer *a)
{
	struct err why;

	if (a->outcome == RPC_OK)
		return false;
	err_set(&why, "%s %s", a->message, a->data);
	sync_part_missed(y, part, why.text);
	return true;
}

/* -- our own standing ---------------------------------------------------- */

static void
on_own(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;
	struct err err = {{0}};

	if (has_failed(y, "own", a))
		return;
	if (own_take(y->runtime->md, y->s, a->result, &err) != 0)
		fail(y, "own", err.text);
	else
		sync_more(y);
}

static void
ask_own(struct sync *y)
{
	json_t *keys = own_keys(y->runtime->md, y->s);

	if (json_array_size(keys) == 0) {
		json_decref(keys);
		sync_more(y);
		return;
	}
	rpc_call(chain_rpc(y->chain), "state_queryStorageAt",
	    json_pack("[o, s]", keys, y->s->block_hash), on_own, y);
}

/* -- runtime APIs -------------------------------------------------------- */

static json_t *
decode_answer(
    struct sync *y, const char *method, const json_t *hex, struct err *err)
{
	const struct metadata *md = apis_of(y->runtime->md);
	const struct runtime_method *m = metadata_method(md, method);
	struct buf bytes = {0};
	json_t *value = NULL;

	if (value_bytes(hex, MAX_ANSWER, &bytes) != 0)
		err_set(err, "the answer is no hex");
	else
		value = decode_all(md, m->output, bytes.data, bytes.len, err);
	buf_free(&bytes);
	return value;
}

static void
call_runtime(struct sync *y, const char *method, const struct buf *args,
    void (*on_answer)(const struct rpc_answer *, void *))
{
	char *hex = hex_0x(args->data, args->len);

	rpc_call(chain_rpc(y->chain), "state_call",
	    json_pack("[s, s, s]", method, hex, y->s->block_hash), on_answer,
	    y);
	free(hex);
}

/* -- neurons ------------------------------------------------------------- */

static void
take_neurons(struct sync *y, const char *method, const json_t *hex,
    int (*take)(struct snapshot *, const json_t *, struct err *))
{
	struct err err = {{0}};
	json_t *value = decode_answer(y, method, hex, &err);
	int rc = value == NULL ? -1 : take(y->s, value, &err);

	json_decref(value);
	if (rc != 0) {
		fail(y, method, err.text);
		return;
	}
	ask_own(y);
}

static void
on_graph(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;

	if (!has_failed(y, graph_method, a))
		take_neurons(
		    y, graph_method, a->result, neurons_take_metagraph);
}

static void
on_lite(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;

	if (!has_failed(y, lite_method, a))
		take_neurons(y, lite_method, a->result, neurons_take_lite);
}

static void
ask_neurons(struct sync *y)
{
	const struct metadata *md = apis_of(y->runtime->md);
	struct buf args = {0};

	if (metadata_method(md, graph_method) != NULL) {
		neurons_put_args(&args, y->s->netuid);
		call_runtime(y, graph_method, &args, on_graph);
	} else if (metadata_method(md, lite_method) != NULL) {
		scale_put_u16(&args, y->s->netuid);
		call_runtime(y, lite_method, &args, on_lite);
	} else {
		fail(y, "neurons", "the runtime has no way to list neurons");
	}
	buf_free(&args);
}

/* -- hyper-parameters ----------------------------------------------------- */

/* Into the row, beside what was read of storage. */
static void
take_hyper(struct sync *y, const json_t *hex)
{
	const char *method = hyper_method_name(y->runtime->md);
	struct err err = {{0}};
	json_t *answer = decode_answer(y, method, hex, &err), *all = NULL;

	if (answer != NULL)
		all = hyper_of(y->runtime->md, answer, &err);
	json_decref(answer);
	if (all == NULL) {
		sync_part_missed(y, PART_HYPER, err.text);
		return;
	}
	json_object_set_new(y->s->hyper_json, "params", all);
	sync_part_done(y, PART_HYPER);
}

static void
on_hyper(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;

	if (!sync_part_failed(y, PART_HYPER, a))
		take_hyper(y, a->result);
	ask_neurons(y);
}

static void
ask_hyper(struct sync *y)
{
	const char *method = hyper_method_name(y->runtime->md);
	struct buf args = {0};

	json_object_set_new(y->s->hyper_json, "params", json_null());
	if (method == NULL) {
		ask_neurons(y);
		return;
	}
	scale_put_u16(&args, y->s->netuid);
	call_runtime(y, method, &args, on_hyper);
	buf_free(&args);
}

/* -- storage ------------------------------------------------------------- */

static struct reads_of
reads_of(const struct sync *y)
{
	return (struct reads_of){y->s->netuid, y->s->hotkey};
}

static void
on_storage(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;
	struct reads_of of = reads_of(y);
	struct err err = {{0}};
	json_t *values;
	int rc = -1;

	if (has_failed(y, "storage", a))
		return;
	values = reads_decode(y->runtime->md, &of, a->result, &err);
	if (values != NULL)
		rc = reads_take(y->runtime->md, values, y->s, &err);
	json_decref(values);
	if (rc != 0)
		fail(y, "storage", err.text);
	else
		ask_hyper(y);
}

static void
on_runtime(struct runtime *r, const struct err *why, void *arg)
{
	struct sync *y = arg;
	struct reads_of of = reads_of(y);
	struct err err = {{0}};
	json_t *keys;

	if (r == NULL) {
		fail(y, "runtime", why->text);
		return;
	}
	y->runtime = r;
	y->s->spec_version = r->spec_version;
	keys = reads_keys(r->md, &of, &err);
	if (keys == NULL) {
		fail(y, "storage", err.text);
		return;
	}
	rpc_call(chain_rpc(y->chain), "state_queryStorageAt",
	    json_pack("[o, s]", keys, y->s->block_hash), on_storage, y);
}

void
sync_start(struct sync *y, const struct head *head, uint16_t netuid,
    const char *hotkey, const struct sync_want *want)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));

	s->netuid = netuid;
	s->block = head->number;
	memcpy(s->block_hash, head->hash, sizeof(s->block_hash));
	memcpy(s->hotkey, hotkey, strlen(hotkey) + 1);
	hex_encode(chain_genesis(y->chain), GENESIS_BYTES, s->genesis);
	y->s = s;
	y->want = *want;
	runtimes_chain(chain_runtimes(y->chain), chain_genesis(y->chain));
	runtimes_get(chain_runtimes(y->chain), chain_rpc(y->chain),
	    s->block_hash, on_runtime, y);
}
