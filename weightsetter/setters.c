/* All setters, and their turns at what is in flight. */
#include "weightsetter/setters.h"

#include <stdlib.h>

#include "common/xalloc.h"
#include "weightsetter/ledger.h"
#include "weightsetter/runtime.h"
#include "weightsetter/snapshot.h"

struct setters {
	struct flight *flight;
	struct setter *all[SUBNETS_MAX];
	size_t n;
	size_t next; /* to be asked first */
	uint16_t netuids[SUBNETS_MAX];
};

/* Whoever starts something goes to the end of the queue. */
static void
give_turn(void *arg)
{
	struct setters *ss = arg;

	for (size_t i = 0; i < ss->n && flight_is_free(ss->flight); i++) {
		size_t at = (ss->next + i) % ss->n;

		if (!setter_step(ss->all[at]))
			continue;
		ss->next = (at + 1) % ss->n;
		return;
	}
}

static struct setter *
setter_of(struct setters *ss, const struct ledger_row *row)
{
	for (size_t i = 0; i < ss->n; i++) {
		if (setter_is_of(ss->all[i], row->netuid, row->mecid))
			return ss->all[i];
	}
	return NULL;
}

static enum flight_commit
find_commit(const struct ledger_row *row, uint64_t *epoch, void *arg)
{
	const struct setter *w = setter_of(arg, row);

	return w == NULL ? FLIGHT_UNKNOWN : setter_find_commit(w, row, epoch);
}

static void
on_end(const struct ledger_row *row, void *arg)
{
	struct setter *w = setter_of(arg, row);

	if (w != NULL)
		setter_row_ended(w, row);
}

static void
on_none(const struct ledger_row *row, const char *reason, void *arg)
{
	struct setter *w = setter_of(arg, row);

	if (w != NULL)
		setter_no_row(w, row, reason);
}

struct setters *
setters_new(const struct setters_parts *parts)
{
	struct setters *ss = xcalloc(1, sizeof(*ss));
	struct flight_parts flight = {
	    .chain = parts->chain,
	    .store = parts->store,
	    .signer = parts->signer,
	    .metrics = parts->metrics,
	    .find_commit = find_commit,
	    .on_end = on_end,
	    .on_none = on_none,
	    .on_free = give_turn,
	    .arg = ss,
	};
	struct setter_parts one = {
	    .chain = parts->chain,
	    .store = parts->store,
	    .redis = parts->redis,
	    .metrics = parts->metrics,
	    .rules = parts->rules,
	    .on_want = give_turn,
	    .arg = ss,
	};

	ss->flight = flight_new(&flight);
	one.flight = ss->flight;
	for (size_t i = 0; i < parts->subnets->n; i++) {
		one.netuid = parts->subnets->of[i].netuid;
		one.mecid = parts->subnets->of[i].mecid;
		ss->netuids[ss->n] = one.netuid;
		ss->all[ss->n++] = setter_new(&one);
	}
	return ss;
}

void
setters_free(struct setters *ss)
{
	if (ss == NULL)
		return;
	flight_free(ss->flight);
	for (size_t i = 0; i < ss->n; i++)
		setter_free(ss->all[i]);
	free(ss);
}

/* The setters first: the flight asks them about its row. */
void
setters_take_snapshot(struct setters *ss, struct snapshot *s, struct runtime *r)
{
	for (size_t i = 0; i < ss->n; i++) {
		if (ss->netuids[i] == s->netuid)
			setter_take_snapshot(ss->all[i], s, r);
	}
	flight_take_snapshot(ss->flight, s);
	snapshot_free(s);
	runtime_release(r);
}

void
setters_wake(struct setters *ss)
{
	for (size_t i = 0; i < ss->n; i++)
		setter_wake(ss->all[i]);
}
