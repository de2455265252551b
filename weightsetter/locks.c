/* Locks. */
#include "weightsetter/locks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "scorer/math.h"
#include "subtensor/metadata.h"
#include "weightsetter/reads.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/value.h"

static const char lock_pallet[] = "SubtensorModule";

/* The entries, by what their keys are made of. */
enum entry {
	UNLOCK_RATE,
	OWNERS,
	OWNERS_DECAYING,
	N_COMMON,
	ALL = N_COMMON,
	ALL_DECAYING,
	OWN,
	OWN_DECAYS,
	N_ENTRIES,
};

static const char *const items[N_ENTRIES] = {
    [UNLOCK_RATE] = "UnlockRate",
    [OWNERS] = "OwnerLock",
    [OWNERS_DECAYING] = "DecayingOwnerLock",
    [ALL] = "HotkeyLock",
    [ALL_DECAYING] = "DecayingHotkeyLock",
    [OWN] = "Lock",
    [OWN_DECAYS] = "DecayingLock",
};

/* exp() of less is nothing; the chain, too, stops there. */
static const double least_ratio = -40;

bool
locks_exist(const struct metadata *md)
{
	return metadata_storage(md, lock_pallet, items[OWN], NULL) != NULL;
}

/* -- keys ---------------------------------------------------------------- */

static json_t *
entry_keys(enum entry e, uint16_t netuid, const struct neuron *n)
{
	switch (e) {
	case UNLOCK_RATE:
		return json_array();
	case OWNERS:
	case OWNERS_DECAYING:
		return json_pack("[i]", netuid);
	case ALL:
	case ALL_DECAYING:
		return json_pack("[i, s]", netuid, n->hotkey);
	case OWN:
		return json_pack("[s, i, s]", n->coldkey, netuid, n->hotkey);
	case OWN_DECAYS:
		return json_pack("[s, i]", n->coldkey, netuid);
	case N_ENTRIES:
		break;
	}
	return NULL;
}

/* n: NULL for what is not of a neuron. */
static char *
entry_key(const struct metadata *md, const struct snapshot *s, enum entry e,
    const struct neuron *n, struct err *err)
{
	json_t *keys = entry_keys(e, s->netuid, n);
	char *key = reads_key(md, lock_pallet, items[e], keys, err);

	json_decref(keys);
	return key;
}

static int
add_key(json_t *keys, char *key)
{
	if (key == NULL)
		return -1;
	json_array_append_new(keys, json_string(key));
	free(key);
	return 0;
}

static size_t
end_of_page(const struct snapshot *s, size_t first)
{
	size_t left = s->n_neurons - first;

	return first + (left < LOCKS_PAGE ? left : LOCKS_PAGE);
}

json_t *
locks_keys(const struct metadata *md, const struct snapshot *s, size_t first,
    struct err *err)
{
	json_t *keys = json_array();

	for (int e = 0; e < N_COMMON; e++) {
		if (add_key(keys, entry_key(md, s, e, NULL, err)) != 0)
			goto fail;
	}
	for (size_t i = first; i < end_of_page(s, first); i++) {
		for (int e = N_COMMON; e < N_ENTRIES; e++) {
			if (add_key(keys,
				entry_key(md, s, e, &s->neurons[i], err)) != 0)
				goto fail;
		}
	}
	return keys;
fail:
	json_decref(keys);
	return NULL;
}

/* -- values -------------------------------------------------------------- */

struct page {
	const struct metadata *md;
	const struct snapshot *s;
	const json_t *answer;
	uint64_t rate;
	uint64_t owners; /* all that is locked towards the owner's hotkey */
};

static json_t *
value_of(
    const struct page *p, enum entry e, const struct neuron *n, struct err *err)
{
	char *key = entry_key(p->md, p->s, e, n, err);
	json_t *value = NULL;

	if (key != NULL)
		value = reads_value(p->md, lock_pallet, items[e],
		    reads_find(p->answer, key), err);
	free(key);
	return value;
}

uint64_t
locks_left(uint64_t rao, uint64_t since_block, uint64_t block, uint64_t rate)
{
	double ratio, left;

	if (block <= since_block)
		return rao;
	if (rate == 0)
		return 0;
	ratio = -(double)(block - since_block) / (double)rate;
	left = math_exp(fmax(ratio, least_ratio)) * (double)rao;
	return left < (double)rao ? (uint64_t)left : rao;
}

/* A lock's mass at the snapshot's block; none is 0. */
static int
take_lock(const struct page *p, enum entry e, const struct neuron *n,
    bool decays, uint64_t *rao, struct err *err)
{
	json_t *lock = value_of(p, e, n, err);
	uint64_t since = 0;
	int rc = 0;

	*rao = 0;
	if (lock == NULL)
		return -1;
	if (!json_is_null(lock) &&
	    (value_u64(json_object_get(lock, "locked_mass"), rao) != 0 ||
		value_u64(json_object_get(lock, "last_update"), &since) != 0))
		rc = err_set(err, "%s is of another form", items[e]);
	json_decref(lock);
	if (rc == 0 && decays)
		*rao = locks_left(*rao, since, p->s->block, p->rate);
	return rc;
}

static uint64_t
sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static int
take_common(struct page *p, struct err *err)
{
	json_t *rate = value_of(p, UNLOCK_RATE, NULL, err);
	uint64_t for_ever, decaying;
	int rc = rate == NULL ? -1 : value_u64(rate, &p->rate);

	json_decref(rate);
	if (rc != 0)
		return err_wrap(err, "there is no %s", items[UNLOCK_RATE]);
	if (take_lock(p, OWNERS, NULL, false, &for_ever, err) != 0 ||
	    take_lock(p, OWNERS_DECAYING, NULL, true, &decaying, err) != 0)
		return -1;
	p->owners = sum(for_ever, decaying);
	return 0;
}

static int
take_neuron(const struct page *p, struct neuron *n, struct err *err)
{
	json_t *decays = value_of(p, OWN_DECAYS, n, err);
	bool is_perpetual = decays != NULL && json_is_false(decays);
	uint64_t for_ever, decaying;

	json_decref(decays);
	if (decays == NULL ||
	    take_lock(p, ALL, n, false, &for_ever, err) != 0 ||
	    take_lock(p, ALL_DECAYING, n, true, &decaying, err) != 0 ||
	    take_lock(p, OWN, n, !is_perpetual, &n->locked_own, err) != 0)
		return -1;
	n->locked = sum(for_ever, decaying);
	if (strcmp(n->hotkey, p->s->hyper.owner_hotkey) == 0)
		n->locked = sum(n->locked, p->owners);
	return 0;
}

int
locks_take(const struct metadata *md, struct snapshot *s, size_t first,
    const json_t *answer, struct err *err)
{
	struct page p = {.md = md, .s = s, .answer = answer};

	if (take_common(&p, err) != 0)
		return -1;
	for (size_t i = first; i < end_of_page(s, first); i++) {
		if (take_neuron(&p, &s->neurons[i], err) != 0)
			return -1;
	}
	return 0;
}
