/* Snapshots: who holds them, and who is in them. */
#include "weightsetter/snapshot.h"

#include <stdlib.h>
#include <string.h>

static void
own_clear(struct own *own)
{
	uid_weights_clear(&own->on_chain);
	free(own->updates);
}

void
snapshot_free(struct snapshot *s)
{
	if (s == NULL || s->holders-- > 0)
		return;
	for (size_t i = 0; i < SNAPSHOT_MAX_MECHANISMS; i++)
		own_clear(&s->own[i]);
	json_decref(s->hyper_json);
	json_decref(s->commitments);
	json_decref(s->revealed);
	for (size_t i = 0; i < s->n_peers; i++)
		uid_weights_clear(&s->peers[i].weights);
	free(s->peers);
	free(s->neurons);
	free(s);
}

struct snapshot *
snapshot_hold(struct snapshot *s)
{
	s->holders++;
	return s;
}

const struct neuron *
snapshot_find(const struct snapshot *s, const char *hotkey)
{
	for (size_t i = 0; i < s->n_neurons; i++) {
		if (strcmp(s->neurons[i].hotkey, hotkey) == 0)
			return &s->neurons[i];
	}
	return NULL;
}

const struct neuron *
snapshot_at(const struct snapshot *s, uint16_t uid, const char *hotkey)
{
	if (uid >= s->n_neurons || strcmp(s->neurons[uid].hotkey, hotkey) != 0)
		return NULL;
	return &s->neurons[uid];
}

uint16_t
snapshot_index(uint16_t netuid, uint8_t mecid)
{
	return (uint16_t)(mecid * 4096u + netuid);
}
