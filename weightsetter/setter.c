/* The next thing to do about one mechanism's weights: what is known. */
#include "weightsetter/setter.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/xalloc.h"
#include "weightsetter/chain.h"
#include "weightsetter/committed.h"
#include "weightsetter/ledger.h"
#include "weightsetter/setter_impl.h"
#include "weightsetter/standing.h"
#include "weightsetter/store.h"

bool
setter_is_same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool
setter_is_of(const struct setter *w, uint16_t netuid, uint8_t mecid)
{
	return w->parts.netuid == netuid && w->parts.mecid == mecid;
}

uint64_t
setter_best(const struct setter *w)
{
	return chain_best_number(w->parts.chain);
}

/* The row in flight if it is ours, else NULL. */
const struct ledger_row *
setter_own_row(const struct setter *w)
{
	const struct ledger_row *row = flight_row(w->parts.flight);

	return row != NULL && setter_is_of(w, row->netuid, row->mecid) ? row
								       : NULL;
}

struct vectors_when
setter_when(const struct setter *w)
{
	if (w->s == NULL)
		return (struct vectors_when){0};
	return (struct vectors_when){w->s->block, w->s->hyper.tempo,
	    epochs_next_block(&w->s->hyper.epochs)};
}

struct preflight_of
setter_preflight_of(const struct setter *w)
{
	return (struct preflight_of){
	    w->parts.mecid, w->method.action, w->parts.rules.version_key};
}

/* -- reading what was before --------------------------------------------- */

static void
on_committed_loaded(bool was_read, void *arg)
{
	struct setter *w = arg;

	w->is_loading = false;
	w->is_loaded = was_read;
	if (!was_read)
		return;
	setter_wake(w);
	w->parts.on_want(w->parts.arg);
}

/* One of them ended; its flight was over long ago. */
static void
on_committed_end(const struct ledger_row *row, void *arg)
{
	struct setter *w = arg;

	if (row->state == LEDGER_PROVEN) {
		setter_proven(w, row);
		return;
	}
	setter_say_failed(row);
	if (setter_is_same(row->reason, "not_revealed"))
		again_lost(w->again);
}

static void
on_own_update(enum store_outcome outcome, int64_t block, void *arg)
{
	struct setter *w = arg;

	if (outcome == STORE_FAILED) {
		w->is_loading = false;
		return;
	}
	if (outcome == STORE_DONE && block > 0)
		foreign_own(&w->foreign, (uint64_t)block);
	committed_load(w->committed, w->hotkey);
}

static void
on_last_proven(enum store_outcome outcome, const struct uid_weights *weights,
    int64_t block, void *arg)
{
	struct setter *w = arg;

	if (outcome == STORE_FAILED) {
		w->is_loading = false;
		return;
	}
	if (outcome == STORE_DONE) {
		uid_weights_clear(&w->proven);
		uid_weights_copy(&w->proven, weights);
		w->proven_block = (uint64_t)block;
		standing_proven(w->standing, w->proven_block);
	}
	store_own_update(w->parts.store, w->parts.netuid, w->parts.mecid,
	    w->hotkey, on_own_update, w);
}

static void
load(struct setter *w)
{
	if (w->is_loading)
		return;
	w->is_loading = true;
	store_last_proven(w->parts.store, w->parts.netuid, w->parts.mecid,
	    w->hotkey, on_last_proven, w);
}

/* -- at each snapshot ---------------------------------------------------- */

static uint64_t
fresh_block(const struct setter *w)
{
	uint64_t fresh = w->proven_block,
		 waiting = committed_block(w->committed);

	if (waiting > fresh)
		fresh = waiting;
	return w->first_block > fresh ? w->first_block : fresh;
}

/* A commit-reveal subnet's weights are fresh from the block they are proven
 * at, and others' too. */
static void
keep_up(struct setter *w)
{
	if (vectors_none(w->vectors) && w->alarm == NULL &&
	    setter_own_row(w) == NULL && w->sending[0] == '\0')
		again_consider(w->again, w->s, fresh_block(w));
}

/* The commit whose reveal is in flight. */
static const char *
opening(const struct setter *w)
{
	const struct ledger_row *row = setter_own_row(w);

	return row == NULL ? NULL : row->reveals;
}

/* All that was known was of another hotkey. */
static void
take_hotkey(struct setter *w)
{
	memcpy(w->hotkey, w->s->hotkey, sizeof(w->hotkey));
	w->is_loaded = false;
	w->proven_block = 0;
	uid_weights_clear(&w->proven);
	foreign_clear(&w->foreign);
}

void
setter_take_snapshot(struct setter *w, struct snapshot *s, struct runtime *r)
{
	snapshot_hold(s);
	runtime_hold(r);
	snapshot_free(w->s);
	runtime_release(w->runtime);
	w->s = s;
	w->runtime = r;
	if (w->first_block == 0)
		w->first_block = s->block;
	if (s->hotkey[0] == '\0')
		return;
	if (!setter_is_same(w->hotkey, s->hotkey))
		take_hotkey(w);
	w->method =
	    method_choose(r->md, s, w->parts.mecid, w->parts.rules.commits,
		w->parts.rules.is_public ||
		    method_is_public(chain_genesis(w->parts.chain)));
	setter_watch_alarm(w);
	if (w->is_loaded) {
		setter_watch_foreign(w);
		committed_judge(w->committed, s, setter_best(w), opening(w));
		keep_up(w);
	} else {
		load(w);
	}
	setter_show(w);
	setter_wake(w);
}

void
setter_wake(struct setter *w)
{
	if (w->is_loaded)
		vectors_wake(w->vectors);
}

/* -- making and freeing -------------------------------------------------- */

static const char *
under_way(void *arg)
{
	const struct setter *w = arg;
	const struct ledger_row *row = setter_own_row(w);

	return row == NULL ? w->sending : row->vector_id;
}

static void
on_vectors(void *arg)
{
	struct setter *w = arg;

	w->parts.on_want(w->parts.arg);
}

static void
on_again(void *arg)
{
	setter_wake(arg);
}

struct setter *
setter_new(const struct setter_parts *parts)
{
	struct setter *w = xcalloc(1, sizeof(*w));
	struct vectors_parts vectors = {
	    .store = parts->store,
	    .netuid = parts->netuid,
	    .mecid = parts->mecid,
	    .under_way = under_way,
	    .on_change = on_vectors,
	    .arg = w,
	};
	struct committed_parts committed = {
	    .store = parts->store,
	    .netuid = parts->netuid,
	    .mecid = parts->mecid,
	    .on_end = on_committed_end,
	    .on_loaded = on_committed_loaded,
	    .arg = w,
	};

	w->parts = *parts;
	w->vectors = vectors_new(&vectors);
	w->committed = committed_new(&committed);
	w->again = again_new(&parts->rules.again, parts->store, parts->netuid,
	    parts->mecid, on_again, w);
	w->standing = standing_new(
	    parts->store, parts->metrics, parts->netuid, parts->mecid);
	return w;
}

void
setter_free(struct setter *w)
{
	if (w == NULL)
		return;
	committed_free(w->committed);
	vectors_free(w->vectors);
	again_free(w->again);
	standing_free(w->standing);
	foreign_clear(&w->foreign);
	uid_weights_clear(&w->proven);
	snapshot_free(w->s);
	runtime_release(w->runtime);
	free(w);
}
