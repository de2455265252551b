/* The miners as routing sees them: the table as a whole. */
#include "orchestrator/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "orchestrator/lane.h"

/* A failure counts half after ten minutes. */
static const double half_life_us = 600e6;

/* What we change is not in what was read so soon after it: its row may have
 * been on its way. */
static const int64_t on_its_way_us = 2000000;

enum { MAX_SLOTS = 1000, FIRST_SIZE = 64 };

/* -- building -------------------------------------------------------------- */

void
table_clear(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->miners[i].hotkey);
		free(t->miners[i].address);
		free(t->miners[i].lanes);
	}
	for (size_t i = 0; i < t->n_keys; i++)
		free(t->keys[i].name);
	free(t->miners);
	free(t->keys);
	*t = (struct table){.policy = t->policy, .shares = t->shares};
}

struct miner *
table_add(struct table *t)
{
	struct miner *m;

	if (t->n == t->size) {
		t->size = t->size > 0 ? t->size * 2 : FIRST_SIZE;
		t->miners = xrealloc(t->miners, t->size, sizeof(*t->miners));
	}
	m = &t->miners[t->n++];
	*m = (struct miner){.table = t};
	return m;
}

int
capacity_said(const json_t *value)
{
	json_int_t n = json_integer_value(value);

	if (json_is_true(value))
		return 1;
	return n < 0 ? 0 : n > MAX_SLOTS ? MAX_SLOTS : (int)n;
}

static int
by_hotkey(const void *a, const void *b)
{
	const struct miner *x = a, *y = b;

	return strcmp(x->hotkey, y->hotkey);
}

static void
sort_miners(struct table *t)
{
	if (t->n > 0)
		qsort(t->miners, t->n, sizeof(*t->miners), by_hotkey);
}

static void
refresh_all(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		miner_refresh(&t->miners[i]);
}

void
table_ready(struct table *t, int64_t now_us)
{
	sort_miners(t);
	t->n_up = 0;
	t->now_us = now_us;
	for (size_t i = 0; i < t->n; i++) {
		t->miners[i].table = t;
		t->n_up += miner_may_be_drawn(&t->miners[i]);
	}
	out_fill(t, now_us);
	refresh_all(t);
}

struct miner *
table_find(const struct table *t, const char *hotkey)
{
	struct miner key = {.hotkey = (char *)hotkey};

	return t->n > 0 ? bsearch(&key, t->miners, t->n, sizeof(*t->miners),
			      by_hotkey)
			: NULL;
}

/* -- another generation ---------------------------------------------------- */

static void
keep_lane(
    struct miner *m, const struct lane *old, const char *name, int64_t read_us)
{
	bool is_used = old->ours > 0 || old->others > 0;
	bool is_told = old->told_us > read_us - on_its_way_us;
	struct lane *l =
	    is_used || is_told ? lane_need(m, name) : lane_find(m, name);

	if (l == NULL)
		return;
	if (is_told) {
		miner_say(m, name, old->said, NAN);
		l->told_us = old->told_us;
	}
	l->ours = old->ours;
	l->others = old->others;
	l->making = old->making;
	l->since = old->since;
	l->earned.cut_us = old->earned.cut_us;
	l->earned.factor = old->earned.factor;
	l->earned.raise = old->earned.raise;
	earned_read(&l->earned, l->earned.slots, l->said);
}

static void
keep_breaker(struct miner *m, const struct miner *old, int64_t read_us)
{
	if (old->breaker_us > read_us - on_its_way_us)
		m->breaker = old->breaker;
	else if (m->breaker.until_us == old->breaker.until_us)
		m->breaker.is_let_in = old->breaker.is_let_in;
	m->breaker_us = old->breaker_us;
	m->probes = old->probes;
	m->probes_since = old->probes_since;
}

/* Both are in order. */
static void
keep_all(struct table *t, const struct table *old, int64_t read_us)
{
	for (size_t i = 0, k = 0; i < t->n; i++) {
		struct miner *m = &t->miners[i];
		const struct miner *was;
		int order = -1;

		while (k < old->n &&
		       (order = strcmp(old->miners[k].hotkey, m->hotkey)) < 0)
			k++;
		if (k == old->n || order != 0)
			continue;
		was = &old->miners[k];
		keep_breaker(m, was, read_us);
		for (size_t j = 0; j < was->n_lanes; j++)
			keep_lane(m, &was->lanes[j],
			    old->keys[was->lanes[j].key].name, read_us);
	}
}

void
table_replace(
    struct table *t, struct table *fresh, int64_t read_us, int64_t now_us)
{
	struct table old = *t;

	*t = *fresh;
	*fresh = (struct table){0};
	t->policy = old.policy;
	t->shares = old.shares;
	for (size_t i = 0; i < t->n; i++)
		t->miners[i].table = t;
	sort_miners(t);
	keep_all(t, &old, read_us);
	table_ready(t, now_us);
	table_clear(&old);
}

/* -- counting -------------------------------------------------------------- */

void
table_count_begin(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct miner *m = &t->miners[i];

		m->probes_since = 0;
		for (size_t k = 0; k < m->n_lanes; k++) {
			struct lane *l = &m->lanes[k];

			l->since = l->making;
			if (m->breaker.ejected_us != 0)
				m->probes_since += l->making;
		}
	}
}

/* What is being made when it is asked, or is begun since, may be in the rows
 * or not: it is counted here, too, until the next time. */
void
table_count_clear(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct miner *m = &t->miners[i];

		m->probes = m->probes_since;
		for (size_t k = 0; k < m->n_lanes; k++) {
			m->lanes[k].ours = m->lanes[k].since;
			m->lanes[k].others = 0;
		}
	}
}

void
table_count(struct table *t, const char *hotkey, const char *capacity_key,
    int ours, int others, int probes)
{
	struct miner *m = table_find(t, hotkey);
	struct lane *l;

	if (m == NULL)
		return;
	l = lane_need(m, capacity_key);
	l->ours += ours;
	l->others += others;
	m->probes += probes;
}

void
table_count_end(struct table *t, int64_t now_us)
{
	t->now_us = now_us;
	refresh_all(t);
}

double
failures_decayed(double failures, int64_t since_us, int64_t now_us)
{
	if (failures <= 0 || now_us <= since_us)
		return failures > 0 ? failures : 0;
	return failures * exp2(-(double)(now_us - since_us) / half_life_us);
}
