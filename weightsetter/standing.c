/* How a setter stands. */
#include "weightsetter/standing.h"

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
	    *foreign;
};

struct standing *
standing_new(
    struct store *store, struct metrics *m, uint16_t netuid, uint8_t mecid)
{
	struct standing *st = xcalloc(1, sizeof(*st));
	char labels[64];

	st->store = store;
	snprintf(labels, sizeof(labels), "netuid=\"%u\",mecid=\"%u\"", netuid,
	    mecid);
	st->tempos_behind = metrics_gauge(m, "subnetd_weights_tempos_behind",
	    labels, "Tempos since the chain last took weights of our hotkey");
	st->last_proven = metrics_gauge(m, "subnetd_weights_last_proven_block",
	    labels, "Block at which weights were last proven");
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
	double behind = standing_tempos_behind(s, facts->mecid);

	if (behind >= 0)
		metric_set(st->tempos_behind, behind);
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
