/* Runtimes and their metadata. */
#include "weightsetter/runtime.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "subtensor/rpc.h"
#include "subtensor/scale.h"
#include "weightsetter/cache.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/value.h"

enum { KEPT = 4 };

struct wanted { /* somebody waits for the runtime of a block */
	struct runtimes *all;
	struct rpc *rpc;
	char block_hash[SNAPSHOT_HASH];
	uint32_t spec_version, transaction_version;
	runtime_cb *on_done;
	void *arg;
	LIST_ENTRY(wanted) link;
};

struct runtimes {
	struct runtime *kept[KEPT]; /* newest first */
	char *cache_dir;	    /* NULL: none */
	uint8_t genesis[32];
	bool has_genesis;
	LIST_HEAD(, wanted) wanted;
};

struct runtimes *
runtimes_new(void)
{
	struct runtimes *all = xcalloc(1, sizeof(*all));

	LIST_INIT(&all->wanted);
	return all;
}

void
runtimes_cache(struct runtimes *all, const char *dir)
{
	free(all->cache_dir);
	all->cache_dir = dir[0] == '\0' ? NULL : xstrdup(dir);
}

void
runtimes_chain(struct runtimes *all, const uint8_t *genesis)
{
	memcpy(all->genesis, genesis, sizeof(all->genesis));
	all->has_genesis = true;
}

struct runtime *
runtime_hold(struct runtime *r)
{
	r->holders++;
	return r;
}

void
runtime_release(struct runtime *r)
{
	if (r == NULL || --r->holders > 0)
		return;
	metadata_free(r->md);
	free(r);
}

static void
wanted_free(struct wanted *w)
{
	LIST_REMOVE(w, link);
	free(w);
}

void
runtimes_free(struct runtimes *all)
{
	if (all == NULL)
		return;
	while (!LIST_EMPTY(&all->wanted))
		wanted_free(LIST_FIRST(&all->wanted));
	for (size_t i = 0; i < KEPT; i++)
		runtime_release(all->kept[i]);
	free(all->cache_dir);
	free(all);
}

static void
answer(struct wanted *w, struct runtime *r, const struct err *err)
{
	runtime_cb *on_done = w->on_done;
	void *arg = w->arg;

	wanted_free(w);
	on_done(r == NULL ? NULL : runtime_hold(r), err, arg);
}

static void
fail(struct wanted *w, const char *what, const struct rpc_answer *a)
{
	struct err err;

	err_set(&err, "%s: %s %s", what, a->message, a->data);
	answer(w, NULL, &err);
}

static struct runtime *
find(struct runtimes *all, uint32_t spec_version)
{
	for (size_t i = 0; i < KEPT; i++) {
		if (all->kept[i] != NULL &&
		    all->kept[i]->spec_version == spec_version)
			return all->kept[i];
	}
	return NULL;
}

static void
keep(struct runtimes *all, struct runtime *r)
{
	runtime_release(all->kept[KEPT - 1]);
	memmove(
	    &all->kept[1], &all->kept[0], (KEPT - 1) * sizeof(all->kept[0]));
	all->kept[0] = runtime_hold(r);
}

/* A node may serve the metadata of another version around an upgrade; the
 * version inside tells. NULL and why. */
static struct runtime *
parse(const struct wanted *w, const uint8_t *data, size_t len, struct err *err)
{
	struct metadata *md = metadata_parse(data, len, err);
	struct runtime *r;

	if (md != NULL && md->spec_version != w->spec_version) {
		err_set(err, "metadata of spec %u came for spec %u",
		    md->spec_version, w->spec_version);
		metadata_free(md);
		md = NULL;
	}
	if (md == NULL)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->spec_version = w->spec_version;
	r->transaction_version = w->transaction_version;
	r->md = md;
	return r;
}

static void
take(struct wanted *w, struct runtime *r, size_t len, const char *from)
{
	log_info("chain.runtime", "spec=%u metadata=%u bytes=%zu from=%s",
	    w->spec_version, r->md->version, len, from);
	keep(w->all, r);
	answer(w, r, NULL);
}

/* -- on disk ------------------------------------------------------------- */

/* False: nothing is kept there. */
static bool
cache_of(const struct wanted *w, struct cache_of *of)
{
	*of = (struct cache_of){
	    w->all->cache_dir, w->all->genesis, w->spec_version};
	return of->dir != NULL && w->all->has_genesis;
}

static bool
take_from_disk(struct wanted *w)
{
	struct buf blob = {0};
	struct runtime *r = NULL;
	struct cache_of of;
	struct err err;

	if (!cache_of(w, &of))
		return false;
	if (cache_read(&of, &blob, &err) == 0) {
		r = parse(w, blob.data, blob.len, &err);
		if (r == NULL)
			cache_remove(&of);
	}
	if (r != NULL)
		take(w, r, blob.len, "cache");
	else
		log_info("chain.not_cached", "spec=%u why=\"%s\"",
		    w->spec_version, err.text);
	buf_free(&blob);
	return r != NULL;
}

static void
keep_on_disk(const struct wanted *w, const uint8_t *data, size_t len)
{
	struct cache_of of;
	struct err err;

	if (cache_of(w, &of) && cache_write(&of, data, len, &err) != 0)
		log_warn("chain.not_kept", "why=\"%s\"", err.text);
}

/* -- from the node ------------------------------------------------------- */

static void
take_blob(struct wanted *w, const uint8_t *data, size_t len)
{
	struct err err = {{0}};
	struct runtime *r = parse(w, data, len, &err);

	if (r == NULL) {
		answer(w, NULL, &err);
		return;
	}
	keep_on_disk(w, data, len);
	take(w, r, len, "node");
}

static void
on_v14(const struct rpc_answer *a, void *arg)
{
	struct wanted *w = arg;
	struct buf blob = {0};

	if (a->outcome != RPC_OK)
		fail(w, "state_getMetadata", a);
	else if (value_bytes(a->result, METADATA_MAX_BYTES, &blob) != 0)
		fail(w, "metadata is no hex", a);
	else
		take_blob(w, blob.data, blob.len);
	buf_free(&blob);
}

/* Option<Vec<u8>>: 1, a compact length, the blob. */
static const uint8_t *
inside_option(const struct buf *b, size_t *len)
{
	struct scale_reader r;

	scale_read_init(&r, b->data, b->len);
	if (scale_u8(&r) != 1)
		return NULL;
	*len = scale_count(&r, 1);
	return scale_bytes(&r, *len);
}

/* Version 15 where the runtime has it, else 14. */
static void
on_v15(const struct rpc_answer *a, void *arg)
{
	struct wanted *w = arg;
	const uint8_t *blob = NULL;
	struct buf bytes = {0};
	size_t len = 0;

	if (a->outcome == RPC_UNKNOWN) {
		fail(w, "Metadata_metadata_at_version", a);
		return;
	}
	if (a->outcome == RPC_OK &&
	    value_bytes(a->result, METADATA_MAX_BYTES, &bytes) == 0)
		blob = inside_option(&bytes, &len);
	if (blob != NULL)
		take_blob(w, blob, len);
	else
		rpc_call(w->rpc, "state_getMetadata",
		    json_pack("[s]", w->block_hash), on_v14, w);
	buf_free(&bytes);
}

static void
on_version(const struct rpc_answer *a, void *arg)
{
	struct wanted *w = arg;
	uint64_t spec, tx;
	struct runtime *known;

	if (a->outcome != RPC_OK) {
		fail(w, "state_getRuntimeVersion", a);
		return;
	}
	if (value_uint(json_object_get(a->result, "specVersion"), UINT32_MAX,
		&spec) != 0 ||
	    value_uint(json_object_get(a->result, "transactionVersion"),
		UINT32_MAX, &tx) != 0) {
		fail(w, "the runtime has no version", a);
		return;
	}
	w->spec_version = (uint32_t)spec;
	w->transaction_version = (uint32_t)tx;
	known = find(w->all, w->spec_version);
	if (known != NULL)
		answer(w, known, NULL);
	else if (!take_from_disk(w))
		rpc_call(w->rpc, "state_call",
		    json_pack("[s, s, s]", "Metadata_metadata_at_version",
			"0x0f000000", w->block_hash),
		    on_v15, w);
}

void
runtimes_get(struct runtimes *all, struct rpc *rpc, const char *block_hash,
    runtime_cb *on_done, void *arg)
{
	struct wanted *w = xcalloc(1, sizeof(*w));

	w->all = all;
	w->rpc = rpc;
	strncpy(w->block_hash, block_hash, sizeof(w->block_hash) - 1);
	w->on_done = on_done;
	w->arg = arg;
	LIST_INSERT_HEAD(&all->wanted, w, link);
	rpc_call(rpc, "state_getRuntimeVersion", json_pack("[s]", block_hash),
	    on_version, w);
}
