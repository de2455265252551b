/* Validators' weights. */
#include "weightsetter/peers.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "weightsetter/reads.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/value.h"

static const char weights_pallet[] = "SubtensorModule";
static const char item[] = "Weights";

static size_t
mechanisms_of(const struct snapshot *s)
{
	return s->hyper.mechanisms < SNAPSHOT_MAX_MECHANISMS
		   ? (size_t)s->hyper.mechanisms
		   : SNAPSHOT_MAX_MECHANISMS;
}

/* Something that is another number in each epoch. */
static uint64_t
epoch_of(const struct snapshot *s)
{
	const struct epochs *e = &s->hyper.epochs;

	if (e->is_counted)
		return e->index;
	return (s->block + s->netuid + 1) / (e->tempo + 1);
}

/* Only of the first mechanism it is known even where we are not registered;
 * the others' are then looked at once an epoch. */
static uint64_t
update_of(const struct snapshot *s, size_t mecid, size_t uid)
{
	const struct own *own = &s->own[mecid];

	if (mecid == 0)
		return s->neurons[uid].last_update;
	return uid < own->n_updates ? own->updates[uid] : 0;
}

/* -- what was written down ----------------------------------------------- */

void
peers_seen_clear(struct peers_seen *seen)
{
	free(seen->updates);
	memset(seen, 0, sizeof(*seen));
}

void
peers_seen_take(struct peers_seen *seen, const struct snapshot *s)
{
	size_t mechanisms = mechanisms_of(s), n = s->n_neurons;

	if (!s->has_peers)
		return;
	peers_seen_clear(seen);
	seen->is_known = true;
	seen->epoch = epoch_of(s);
	seen->n_neurons = n;
	seen->mechanisms = mechanisms;
	seen->updates = xcalloc(mechanisms * n + 1, sizeof(*seen->updates));
	for (size_t m = 0; m < mechanisms; m++) {
		for (size_t uid = 0; uid < n; uid++)
			seen->updates[m * n + uid] = update_of(s, m, uid);
	}
}

static bool
is_due(const struct snapshot *s, const struct peers_seen *seen, size_t m,
    size_t uid)
{
	if (!seen->is_known || seen->epoch != epoch_of(s) ||
	    m >= seen->mechanisms || uid >= seen->n_neurons)
		return true;
	return seen->updates[m * seen->n_neurons + uid] != update_of(s, m, uid);
}

/* -- reading ------------------------------------------------------------- */

static size_t
count_permits(const struct snapshot *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_neurons; i++)
		n += s->neurons[i].permit;
	return n;
}

void
peers_plan(struct snapshot *s, const struct peers_seen *seen)
{
	size_t mechanisms = mechanisms_of(s);
	size_t max = mechanisms * count_permits(s);

	if (max > PEERS_MAX)
		max = PEERS_MAX;
	s->peers = xcalloc(max + 1, sizeof(*s->peers));
	for (size_t m = 0; m < mechanisms; m++) {
		for (size_t i = 0; i < s->n_neurons; i++) {
			if (!s->neurons[i].permit || !is_due(s, seen, m, i))
				continue;
			if (s->n_peers == max)
				return;
			s->peers[s->n_peers++] = (struct peer){
			    .mecid = (uint8_t)m, .uid = (uint16_t)i};
		}
	}
}

static char *
peer_key(const struct metadata *md, const struct snapshot *s,
    const struct peer *p, struct err *err)
{
	json_t *keys =
	    json_pack("[i, i]", snapshot_index(s->netuid, p->mecid), p->uid);
	char *key = reads_key(md, weights_pallet, item, keys, err);

	json_decref(keys);
	return key;
}

size_t
peers_in_page(const struct snapshot *s, size_t first)
{
	size_t left = s->n_peers - first;

	return left < PEERS_PAGE ? left : PEERS_PAGE;
}

json_t *
peers_keys(const struct metadata *md, const struct snapshot *s, size_t first,
    struct err *err)
{
	json_t *keys = json_array();

	for (size_t i = first; i < first + peers_in_page(s, first); i++) {
		char *key = peer_key(md, s, &s->peers[i], err);

		if (key == NULL) {
			json_decref(keys);
			return NULL;
		}
		json_array_append_new(keys, json_string(key));
		free(key);
	}
	return keys;
}

void
peers_take(const struct metadata *md, struct snapshot *s, size_t first,
    const json_t *answer)
{
	for (size_t i = first; i < first + peers_in_page(s, first); i++) {
		struct peer *p = &s->peers[i];
		char *key = peer_key(md, s, p, NULL);
		json_t *pairs = NULL;

		if (key != NULL)
			pairs = reads_value(md, weights_pallet, item,
			    reads_find(answer, key), NULL);
		p->is_read = json_is_array(pairs) &&
			     value_weights(pairs, &p->weights) == 0;
		json_decref(pairs);
		free(key);
	}
}
