/* What a miner can take at this moment, and what happens to that. */
#include "orchestrator/lane.h"

#include <math.h>
#include <string.h>

#include "common/xalloc.h"
#include "orchestrator/shares.h"
#include "orchestrator/table.h"

static void
table_told(struct table *t, int64_t now_us)
{
	if (now_us > t->now_us)
		t->now_us = now_us;
}

struct lane *
lane_find(const struct miner *m, const char *capacity_key)
{
	for (size_t i = 0; i < m->n_lanes; i++) {
		const char *name = m->table->keys[m->lanes[i].key].name;

		if (strcmp(name, capacity_key) == 0)
			return &m->lanes[i];
	}
	return NULL;
}

static size_t
key_of(struct table *t, const char *name)
{
	for (size_t i = 0; i < t->n_keys; i++) {
		if (strcmp(t->keys[i].name, name) == 0)
			return i;
	}
	t->keys = xrealloc(t->keys, t->n_keys + 1, sizeof(*t->keys));
	t->keys[t->n_keys] = (struct table_key){.name = xstrdup(name)};
	return t->n_keys++;
}

struct lane *
lane_need(struct miner *m, const char *capacity_key)
{
	struct lane *l = lane_find(m, capacity_key);

	if (l != NULL)
		return l;
	m->lanes = xrealloc(m->lanes, m->n_lanes + 1, sizeof(*m->lanes));
	l = &m->lanes[m->n_lanes++];
	*l = (struct lane){.key = key_of(m->table, capacity_key),
	    .hash = shares_hash(m->hotkey, capacity_key)};
	return l;
}

void
miner_say(struct miner *m, const char *capacity_key, int said, double earned)
{
	struct lane *l = lane_find(m, capacity_key);

	if (l == NULL && said <= 0)
		return;
	if (l == NULL)
		l = lane_need(m, capacity_key);
	if (isnan(earned) && l->said == 0)
		earned = earned_start(m->table->policy.capacity_start, said);
	l->said = said;
	if (!isnan(earned))
		earned_read(&l->earned, earned, said);
	lane_refresh(m, l);
}

void
miner_tells(struct miner *m, const char *capacity_key, int said, int64_t now_us)
{
	struct lane *l;

	miner_say(m, capacity_key, said, NAN);
	l = lane_find(m, capacity_key);
	if (l != NULL)
		l->told_us = now_us;
}

/* -- asking ---------------------------------------------------------------- */

int
miner_slots(const struct miner *m, const char *capacity_key)
{
	const struct lane *l = lane_find(m, capacity_key);

	return l != NULL ? l->said : 0;
}

bool
miner_may_be_drawn(const struct miner *m)
{
	return m->is_up && !m->is_out && m->address != NULL;
}

static const char *
lane_busy(const struct miner *m, const struct lane *l, bool is_half_open,
    int64_t now_us)
{
	const struct shares *s = m->table->shares;
	int slots = earned_slots(&l->earned, l->said);

	if (l->ours + l->others >= slots)
		return "full";
	if (l->ours >= shares_of(s, slots, l->hash, now_us))
		return "share";
	/* Of several instances, one tries it. */
	if (is_half_open && shares_of(s, 1, l->hash, now_us) == 0)
		return "share";
	return NULL;
}

static const char *
miner_why_busy(const struct miner *m, const struct lane *l, int64_t now_us)
{
	enum breaker_state state = breaker_state(&m->breaker, now_us);

	if (state == BREAKER_OUT)
		return "ejected";
	if (state == BREAKER_HALF_OPEN && m->probes > 0)
		return "probing";
	if (l == NULL)
		return "full";
	return lane_busy(m, l, state == BREAKER_HALF_OPEN, now_us);
}

const char *
miner_busy(const struct miner *m, const char *capacity_key, int64_t now_us)
{
	return miner_why_busy(m, lane_find(m, capacity_key), now_us);
}

size_t
table_room(struct table *t, const char *capacity_key, int64_t now_us)
{
	table_told(t, now_us);
	if (!shares_are_held(t->shares, now_us))
		return 0;
	out_look(t, now_us);
	for (size_t i = 0; i < t->n_keys; i++) {
		if (strcmp(t->keys[i].name, capacity_key) == 0)
			return t->keys[i].n_room;
	}
	return 0;
}

/* Attempts that it could take, one after the other. */
static int
miner_room(const struct miner *m, const char *capacity_key, int64_t now_us)
{
	const struct lane *l = lane_find(m, capacity_key);
	int slots, mine;

	if (l == NULL || !miner_may_be_drawn(m) ||
	    miner_why_busy(m, l, now_us) != NULL)
		return 0;
	if (breaker_state(&m->breaker, now_us) == BREAKER_HALF_OPEN)
		return 1;
	slots = earned_slots(&l->earned, l->said);
	mine = shares_of(m->table->shares, slots, l->hash, now_us) - l->ours;
	slots -= l->ours + l->others;
	return slots < mine ? slots : mine;
}

int
table_slots(struct table *t, const char *capacity_key, int64_t now_us, int most)
{
	int n = 0;

	if (table_room(t, capacity_key, now_us) == 0)
		return 0;
	for (size_t i = 0; i < t->n && n < most; i++)
		n += miner_room(&t->miners[i], capacity_key, now_us);
	return n < most ? n : most;
}

/* -- what happens ---------------------------------------------------------- */

void
lane_refresh(struct miner *m, struct lane *l)
{
	bool has_room = miner_may_be_drawn(m) &&
			miner_why_busy(m, l, m->table->now_us) == NULL;

	if (has_room && !l->has_room)
		m->table->keys[l->key].n_room++;
	if (!has_room && l->has_room)
		m->table->keys[l->key].n_room--;
	l->has_room = has_room;
}

void
miner_refresh(struct miner *m)
{
	for (size_t i = 0; i < m->n_lanes; i++)
		lane_refresh(m, &m->lanes[i]);
}

void
miner_begin(struct miner *m, const char *capacity_key)
{
	struct lane *l = lane_find(m, capacity_key);
	bool probes = m->breaker.ejected_us != 0;

	if (probes) {
		m->probes++;
		m->probes_since++;
	}
	if (l != NULL) {
		l->ours++;
		l->making++;
		l->since++;
	}
	if (probes)
		miner_refresh(m);
	else if (l != NULL)
		lane_refresh(m, l);
}

void
table_made(struct table *t, const char *hotkey, const char *capacity_key)
{
	const struct miner *m = table_find(t, hotkey);
	struct lane *l = m != NULL ? lane_find(m, capacity_key) : NULL;

	if (l != NULL && l->making > 0)
		l->making--;
}

static void
learn_outcome(struct lane *l, enum miner_outcome outcome, int64_t now_us)
{
	int slots = earned_slots(&l->earned, l->said);

	switch (outcome) {
	case MINER_DELIVERED:
		earned_deliver(
		    &l->earned, l->said, (l->ours + l->others) * 2 >= slots);
		return;
	case MINER_FAILED:
		earned_fail(&l->earned, l->said, now_us);
		return;
	case MINER_NEUTRAL:
		return;
	}
}

static void
break_or_mend(struct miner *m, enum miner_outcome outcome, int64_t now_us)
{
	bool changed = false;

	if (m->probes > 0)
		m->probes--;
	if (outcome == MINER_FAILED)
		changed = breaker_fail(
		    &m->breaker, &m->table->policy.breaker, now_us);
	else if (outcome == MINER_DELIVERED)
		changed = breaker_deliver(&m->breaker, now_us);
	if (changed)
		m->probes = 0;
	if (changed || outcome == MINER_FAILED)
		m->breaker_us = now_us;
	if (changed)
		out_place(m, now_us);
	miner_refresh(m);
}

static void
end_attempt(struct miner *m, const char *capacity_key,
    enum miner_outcome outcome, bool is_ours, int64_t now_us)
{
	struct lane *l = lane_find(m, capacity_key);

	table_told(m->table, now_us);
	if (l != NULL) {
		int *count = is_ours ? &l->ours : &l->others;

		learn_outcome(l, outcome, now_us);
		if (*count > 0)
			--*count;
	}
	break_or_mend(m, outcome, now_us);
}

void
miner_end(struct miner *m, const char *capacity_key, enum miner_outcome outcome,
    int64_t now_us)
{
	end_attempt(m, capacity_key, outcome, true, now_us);
}

void
miner_end_other(struct miner *m, const char *capacity_key,
    enum miner_outcome outcome, int64_t now_us)
{
	end_attempt(m, capacity_key, outcome, false, now_us);
}

/* What it had earned is less by the time it was down. */
static void
decay(struct miner *m, int64_t now_us)
{
	for (size_t i = 0; i < m->n_lanes; i++) {
		struct lane *l = &m->lanes[i];

		l->earned.slots =
		    earned_decayed(l->earned.slots, m->down_us, now_us);
	}
}

void
miner_up(struct miner *m, bool is_up, int64_t now_us)
{
	struct table *t = m->table;
	bool was = miner_may_be_drawn(m);

	table_told(t, now_us);
	if (is_up && !m->is_up)
		decay(m, now_us);
	if (is_up)
		m->down_us = 0;
	else if (m->is_up)
		m->down_us = now_us;
	m->is_up = is_up;
	t->n_up += miner_may_be_drawn(m);
	t->n_up -= was;
	out_place(m, now_us);
	miner_refresh(m);
}

bool
miner_merge(struct miner *m, const struct breaker *row, int64_t now_us)
{
	bool is_ejected =
	    breaker_merge(&m->breaker, row, &m->table->policy.breaker, now_us);

	table_told(m->table, now_us);
	m->breaker_us = now_us;
	out_place(m, now_us);
	miner_refresh(m);
	return is_ejected;
}
