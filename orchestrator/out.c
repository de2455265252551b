/*
 * The miners that are out by their breaker, the longest out first: so that
 * nobody looks through all miners for those whose time is over, or for the
 * one to let in when too many are.
 */
#include <stdlib.h>

#include "common/xalloc.h"
#include "orchestrator/lane.h"
#include "orchestrator/table.h"

static const int64_t look_every_us = 100000;

static bool
is_listed(const struct miner *m)
{
	return m->out_before != NULL || m->table->out == m;
}

static void
take_off(struct miner *m)
{
	struct table *t = m->table;

	if (m->out_before != NULL)
		m->out_before->out_after = m->out_after;
	else
		t->out = m->out_after;
	if (m->out_after != NULL)
		m->out_after->out_before = m->out_before;
	else
		t->out_last = m->out_before;
	m->out_before = m->out_after = NULL;
	t->n_out--;
}

/* Behind all that were ejected before it. */
static void
put_on(struct miner *m)
{
	struct table *t = m->table;
	struct miner *before = t->out_last;

	while (before != NULL &&
	       before->breaker.ejected_us > m->breaker.ejected_us)
		before = before->out_before;
	m->out_before = before;
	m->out_after = before != NULL ? before->out_after : t->out;
	if (before != NULL)
		before->out_after = m;
	else
		t->out = m;
	if (m->out_after != NULL)
		m->out_after->out_before = m;
	else
		t->out_last = m;
	t->n_out++;
	if (m->breaker.until_us < t->look_us || t->n_out == 1)
		t->look_us = m->breaker.until_us;
}

static void
let_in(struct table *t)
{
	while (t->n_out > breaker_most_out(t->n_up)) {
		struct miner *m = t->out;

		m->breaker.is_let_in = true;
		take_off(m);
		miner_refresh(m);
	}
}

void
out_place(struct miner *m, int64_t now_us)
{
	bool is_out = miner_may_be_drawn(m) &&
		      breaker_state(&m->breaker, now_us) == BREAKER_OUT;

	if (is_listed(m))
		take_off(m);
	if (is_out)
		put_on(m);
	let_in(m->table);
}

static int
by_ejection(const void *a, const void *b)
{
	const struct miner *x = *(struct miner *const *)a;
	const struct miner *y = *(struct miner *const *)b;

	return (x->breaker.ejected_us > y->breaker.ejected_us) -
	       (x->breaker.ejected_us < y->breaker.ejected_us);
}

void
out_fill(struct table *t, int64_t now_us)
{
	struct miner **list = xcalloc(t->n + 1, sizeof(struct miner *));
	size_t n = 0;

	t->out = t->out_last = NULL;
	t->n_out = 0;
	for (size_t i = 0; i < t->n; i++) {
		struct miner *m = &t->miners[i];

		m->out_before = m->out_after = NULL;
		if (miner_may_be_drawn(m) &&
		    breaker_state(&m->breaker, now_us) == BREAKER_OUT)
			list[n++] = m;
	}
	qsort(list, n, sizeof(struct miner *), by_ejection);
	for (size_t i = 0; i < n; i++)
		put_on(list[i]);
	free(list);
	let_in(t);
}

void
out_look(struct table *t, int64_t now_us)
{
	struct miner *after;

	if (t->out == NULL || now_us < t->look_us)
		return;
	t->look_us = INT64_MAX;
	for (struct miner *m = t->out; m != NULL; m = after) {
		after = m->out_after;
		if (breaker_state(&m->breaker, now_us) != BREAKER_OUT) {
			take_off(m);
			miner_refresh(m);
		} else if (m->breaker.until_us < t->look_us) {
			t->look_us = m->breaker.until_us;
		}
	}
	if (t->look_us < now_us + look_every_us)
		t->look_us = now_us + look_every_us;
}
