/* Those who may be drawn for one capacity key. */
#include "orchestrator/pool.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "orchestrator/draw.h"
#include "orchestrator/router.h"
#include "orchestrator/table.h"

/* Who weighs nothing is drawn when nobody else is left; should that be all,
 * they weigh the same. */
static const double least_weight = 1e-9;

const char *
pool_place_name(enum pool_place place)
{
	static const char *const names[N_POOL_PLACES] = {
	    NULL, "banned", "kind", "down"};

	return names[place];
}

enum pool_place
pool_place(const struct miner *m, const char *capacity_key)
{
	if (m->is_out)
		return POOL_BANNED;
	if (m->address == NULL || !m->is_up)
		return POOL_DOWN;
	return miner_slots(m, capacity_key) > 0 ? POOL_IN : POOL_KIND;
}

/*
 * What the weights of those not scored yet are to be multiplied by, so that
 * they have at least the one and at most the other share of the whole.
 */
static double
exploring(double fresh, double known, const struct route_policy *p)
{
	double share, most = fmax(p->explore_least, p->explore_most);

	if (fresh <= 0 || known <= 0)
		return 1;
	share = fresh / (fresh + known);
	share = fmin(fmax(share, p->explore_least), most);
	if (share >= 1)
		return 1;
	return share / (1 - share) * known / fresh;
}

static void
explore(struct pool *pool, const struct table *t, const struct route_policy *p,
    double *weights)
{
	double fresh = 0, known = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (isnan(t->miners[i].score))
			fresh += weights[i];
		else
			known += weights[i];
	}
	pool->explored = exploring(fresh, known, p);
	for (size_t i = 0; i < t->n; i++) {
		if (isnan(t->miners[i].score))
			weights[i] *= pool->explored;
	}
}

struct pool *
pool_new(const char *key, const struct table *t,
    const struct route_terms *terms, const struct route_policy *p)
{
	struct pool *pool = xcalloc(1, sizeof(*pool));
	double *weights = xcalloc(t->n, sizeof(*weights));

	pool->key = xstrdup(key);
	for (size_t i = 0; i < t->n; i++) {
		enum pool_place place = pool_place(&t->miners[i], key);

		pool->counts[place]++;
		if (place == POOL_IN)
			weights[i] = fmax(terms[i].weight, least_weight);
	}
	pool->firsts = xcalloc(t->n, sizeof(*pool->firsts));
	explore(pool, t, p, weights);
	pool->draw = draw_new(weights, t->n);
	free(weights);
	return pool;
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	draw_free(pool->draw);
	free(pool->firsts);
	free(pool->key);
	free(pool);
}
