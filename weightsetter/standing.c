/* How a setter stands. */
#include "weightsetter/standing.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/store.h"

struct standing {
	struct store *store;
	bool is_writing;
	struct metric *tempos_behind, *last_proven, *committed, *alarm,
	    *foreign, *waiting;
	struct metric *registered, *permit; /* of the subnet */
};

/* What is not known before the first snapshot, and the first proof. */
static void
make_unknown(struct standing *st, struct metrics *m, const char *labels)
{
	st->tempos_behind = metrics_gauge(m, "subnetd_weights_tempos_behind",
	    labels, "Tempos since the chain last took weights of our hotkey");
	st->last_proven = metrics_gauge(m, "subnetd_weights_last_proven_block",
	    labels, "Block at which weights were last proven");
	metric_set(st->tempos_behind, NAN);
	metric_set(st->last_proven, NAN);
}

static void
make_hotkey(struct standing *st, struct metrics *m, uint16_t netuid)
{
	char labels[32];

	snprintf(labels, sizeof(labels), "netuid=\"%u\"", netuid);
	st->registered = metrics_gauge(m, "subnetd_hotkey_registered", labels,
	    "Whether our hotkey is registered");
	st->permit = metrics_gauge(m, "subnetd_hotkey_permit", labels,
	    "Whether our hotkey has a validator permit");
	metric_set(st->registered, NAN);
	metric_set(st->permit, NAN);
}

struct standing *
standing_new(
    struct store *store, struct metrics *m, uint16_t netuid, uint8_t mecid)
{
	struct standing *st = xcalloc(1, sizeof(*st));
	char labels[64], outbox[96];

	st->store = store;
	snprintf(labels, sizeof(labels), "netuid=\"%u\",mecid=\"%u\"", netuid,
	    mecid);
	snprintf(outbox, sizeof(outbox), "outbox=\"weights\",%s", labels);
	make_unknown(st, m, labels);
	make_hotkey(st, m, netuid);
	st->waiting = metrics_age(m, "subnetd_outbox_age_seconds", outbox,
	    "How long the next thing to be handed on has been due");
	st->committed = metrics_gauge(m, "subnetd_weights_committed", labels,
	    "Commits that wait for their reveal");
	st->alarm = metrics_gauge(m, "subnetd_weights_alarm", labels,
	    "Whether nothing is sent until a person has acted");
	st->foreign =
	    metrics_counter(m, "subnetd_weights_foreign_updates_total", labels,
		"Times that somebody else set weights of our hotkey");
	return st;
}

void
standing_free(struct standing *st)
{
	free(st);
}

double
standing_tempos_behind(const struct snapshot *s, uint8_t mecid)
{
	uint64_t last = s->own[mecid].last_update;

	if (s->hyper.tempo == 0 || last > s->block ||
	    snapshot_find(s, s->hotkey) == NULL)
		return -1;
	return (double)(s->block - last) / (double)s->hyper.tempo;
}

/* If it is not written, it will be at the next head. */
static void
on_written(enum store_outcome outcome, void *arg)
{
	struct standing *st = arg;

	(void)outcome;
	st->is_writing = false;
}

void
standing_show(struct standing *st, const struct snapshot *s,
    const struct standing_facts *facts)
{
	const struct neuron *own = snapshot_find(s, s->hotkey);
	double behind = standing_tempos_behind(s, facts->mecid);

	metric_set(st->tempos_behind, behind >= 0 ? behind : NAN);
	metric_set(st->registered, own != NULL);
	metric_set(st->permit, own != NULL && own->permit);
	metric_since(st->waiting, facts->vector_us);
	metric_set(st->committed, (double)facts->committed);
	metric_set(st->alarm, facts->alarm != NULL);
	if (st->is_writing)
		return;
	st->is_writing = true;
	store_setter(st->store, s, facts, clock_wall_us(), on_written, st);
}

void
standing_proven(struct standing *st, uint64_t block)
{
	metric_set(st->last_proven, (double)block);
}

void
standing_foreign(struct standing *st)
{
	metric_add(st->foreign, 1);
}
