/* Which miners get a job. */
#include "orchestrator/router.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "orchestrator/draw.h"
#include "orchestrator/pool.h"
#include "orchestrator/route_text.h"
#include "orchestrator/table.h"

enum { ID_BYTES = 16 };

/* Failures count in steps of this, so that tables do not differ by the mere
 * passing of time. */
static const double failure_step = 0.125;

struct router {
	const struct table *table;
	struct route_policy policy;
	struct route_terms *terms;
	double *failures; /* as they count */
	struct pool **pools;
	size_t n_pools;
	char *text;
	char id[2 * ID_BYTES + 1];
};

/* -- a table ready to be drawn from ---------------------------------------- */

static double
failures_counted(const struct miner *m, int64_t now_us)
{
	double n = failures_decayed(m->failures, m->failures_us, now_us);

	return floor(n / failure_step + 0.5) * failure_step;
}

static struct route_terms
terms_of(const struct miner *m, double failures, const struct route_policy *p)
{
	struct route_terms t;

	t.stake = fmin(fmax(m->alpha, p->stake_floor), p->stake_cap);
	t.score = isnan(m->score) ? p->score_unknown
				  : fmin(fmax(m->score, p->score_floor), 1.0);
	t.failures = 1.0 / (1.0 + failures);
	t.weight = t.stake * t.score * t.failures;
	return t;
}

struct router *
router_new(
    const struct table *t, const struct route_policy *policy, int64_t now_us)
{
	struct router *r = xcalloc(1, sizeof(*r));

	r->table = t;
	r->policy = *policy;
	r->terms = xcalloc(t->n, sizeof(*r->terms));
	r->failures = xcalloc(t->n, sizeof(*r->failures));
	for (size_t i = 0; i < t->n; i++) {
		r->failures[i] = failures_counted(&t->miners[i], now_us);
		r->terms[i] = terms_of(&t->miners[i], r->failures[i], policy);
	}
	return r;
}

void
router_free(struct router *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n_pools; i++)
		pool_free(r->pools[i]);
	free(r->pools);
	free(r->terms);
	free(r->failures);
	free(r->text);
	free(r);
}

const char *
router_text(struct router *r)
{
	uint8_t hash[32];

	if (r->text != NULL)
		return r->text;
	r->text = route_text(r->table, &r->policy, r->failures);
	crypto_hash_sha256(hash, (const uint8_t *)r->text, strlen(r->text));
	hex_encode(hash, ID_BYTES, r->id);
	return r->text;
}

const char *
router_id(struct router *r)
{
	router_text(r);
	return r->id;
}

static struct pool *
pool_of(struct router *r, const char *key)
{
	for (size_t i = 0; i < r->n_pools; i++) {
		if (strcmp(r->pools[i]->key, key) == 0)
			return r->pools[i];
	}
	r->pools = xrealloc(r->pools, r->n_pools + 1, sizeof(*r->pools));
	r->pools[r->n_pools] = pool_new(key, r->table, r->terms, &r->policy);
	return r->pools[r->n_pools++];
}

struct draw *
router_draw(struct router *r, const char *key)
{
	return pool_of(r, key)->draw;
}

/* -- drawing --------------------------------------------------------------- */

static bool
was_tried(const struct route_request *q, const struct miner *m)
{
	for (size_t i = 0; i < q->n_tried; i++) {
		if (strcmp(q->tried[i], m->hotkey) == 0)
			return true;
	}
	return false;
}

/* Down miners may come back; those this job has been at are no use then. */
static size_t
down_untried(const struct router *r, const struct pool *pool,
    const struct route_request *q)
{
	size_t n = pool->counts[POOL_DOWN];

	for (size_t i = 0; i < q->n_tried; i++) {
		const struct miner *m = table_find(r->table, q->tried[i]);

		if (m != NULL && pool_place(m, pool->key) == POOL_DOWN)
			n--;
	}
	return n;
}

/* Who takes the kind, and did not when the pool was made, is in the next. */
static size_t
new_untried(const struct router *r, const struct pool *pool,
    const struct route_request *q)
{
	size_t n = 0;

	for (size_t i = 0; i < r->table->n; i++) {
		const struct miner *m = &r->table->miners[i];

		n += draw_share(pool->draw, i) == 0 &&
		     pool_place(m, pool->key) == POOL_IN && !was_tried(q, m) &&
		     (q->only == NULL || strcmp(q->only, m->hotkey) == 0);
	}
	return n;
}

static void
begin(struct router *r, struct pool *pool, const struct route_request *q)
{
	const char **names;

	if (q->sticky == NULL) {
		draw_begin(pool->draw, q->seed);
		return;
	}
	names = xcalloc(r->table->n, sizeof(*names));
	for (size_t i = 0; i < r->table->n; i++)
		names[i] = r->table->miners[i].hotkey;
	draw_begin_key(pool->draw, names, q->sticky);
	free(names);
}

/* {"banned":1,"down":2}: how many were not in the pool, and why. */
static void
add_out(struct buf *out, const struct pool *pool)
{
	const char *comma = "";

	buf_add_str(out, ",\"out\":{");
	for (int i = POOL_IN + 1; i < N_POOL_PLACES; i++) {
		if (pool->counts[i] == 0)
			continue;
		buf_printf(out, "%s\"%s\":%zu", comma, pool_place_name(i),
		    pool->counts[i]);
		comma = ",";
	}
	buf_add_str(out, "}}");
}

/* passed: those drawn before it, as "[uid,"why"],...". */
static char *
receipt(struct router *r, const struct pool *pool,
    const struct route_request *q, size_t i, int place, struct buf *passed)
{
	const struct miner *m = &r->table->miners[i];
	const struct route_terms *t = &r->terms[i];
	struct buf out = {0};

	buf_printf(&out,
	    "{\"table\":\"%s\",\"block\":%lld,\"key\":\"%s\",\"seed\":"
	    "\"0x%016llx\",%s\"place\":%d,\"hotkey\":\"%s\",\"uid\":%d,"
	    "\"stake\":%.6g,\"score\":%.6g,\"failures\":%.6g,\"weight\":%.6g,",
	    router_id(r), (long long)r->table->block, pool->key,
	    (unsigned long long)q->seed,
	    q->sticky != NULL ? "\"sticky\":true," : "", place, m->hotkey,
	    m->uid, t->stake, t->score, t->failures, t->weight);
	if (isnan(m->score) && pool->explored != 1)
		buf_printf(&out, "\"explored\":%.6g,", pool->explored);
	buf_printf(&out, "\"chance\":%.6g,\"in\":%zu,\"passed\":[%s]",
	    draw_chance(pool->draw, i), pool->counts[POOL_IN], buf_str(passed));
	add_out(&out, pool);
	return buf_take_str(&out);
}

static void
pass(struct buf *passed, const struct miner *m, const char *why)
{
	buf_printf(
	    passed, "%s[%d,\"%s\"]", passed->len > 0 ? "," : "", m->uid, why);
}

static void
count_first(struct pool *pool, long i)
{
	pool->draws++;
	pool->firsts[i]++;
}

void
route_draw(struct router *r, const struct route_request *q, struct route *route)
{
	struct pool *pool = pool_of(r, q->capacity_key);
	struct buf passed = {0};
	bool counts = q->n_tried == 0 && q->only == NULL && q->sticky == NULL;
	long i;

	*route = (struct route){0};
	begin(r, pool, q);
	while (route->n < q->wanted && route->n < ROUTE_MAX &&
	       (i = draw_next(pool->draw)) >= 0) {
		struct miner *m = &r->table->miners[i];
		const char *busy = NULL;

		if (counts)
			count_first(pool, i);
		counts = false;
		if (q->only != NULL && strcmp(q->only, m->hotkey) != 0) {
			pass(&passed, m, "other");
		} else if (was_tried(q, m)) {
			pass(&passed, m, "tried");
		} else if ((busy = miner_busy(m, pool->key, q->now_us)) !=
			   NULL) {
			route->n_later++;
			pass(&passed, m, busy);
		} else {
			route->receipts[route->n] =
			    receipt(r, pool, q, i, route->n, &passed);
			route->miners[route->n++] = m;
			pass(&passed, m, "drawn");
		}
	}
	if (route->n == 0)
		route->n_later +=
		    down_untried(r, pool, q) + new_untried(r, pool, q);
	buf_free(&passed);
}

static void
take_firsts(struct router *r, struct pool *pool,
    void (*on_first)(const struct route_first *, void *arg), void *arg)
{
	for (size_t i = 0; pool->draws > 0 && i < r->table->n; i++) {
		const struct route_first first = {
		    .capacity_key = pool->key,
		    .hotkey = r->table->miners[i].hotkey,
		    .uid = r->table->miners[i].uid,
		    .draws = pool->draws,
		    .drawn = pool->firsts[i],
		    .chance = draw_share(pool->draw, i),
		};

		pool->firsts[i] = 0;
		if (first.chance > 0)
			on_first(&first, arg);
	}
	pool->draws = 0;
}

void
router_take_firsts(struct router *r,
    void (*on_first)(const struct route_first *, void *arg), void *arg)
{
	for (size_t i = 0; i < r->n_pools; i++)
		take_firsts(r, r->pools[i], on_first, arg);
}

void
route_clear(struct route *route)
{
	for (int i = 0; i < route->n; i++)
		free(route->receipts[i]);
	*route = (struct route){0};
}
