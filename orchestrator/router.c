/* Which miners get a job, and the receipt that says why. */
#include "orchestrator/router.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "orchestrator/draw.h"
#include "orchestrator/table.h"

enum out_why { IN, OUT_BANNED, OUT_TRIED, OUT_KIND, OUT_DOWN, OUT_FULL, N_OUT };

static const char *const out_names[N_OUT] = {
    NULL, "banned", "tried", "kind", "down", "full"};

struct terms {
	double stake, score, failures, weight;
};

static enum out_why
why_out(const struct miner *m, const struct route_request *r)
{
	if (m->is_out)
		return OUT_BANNED;
	for (size_t i = 0; i < r->n_tried; i++) {
		if (strcmp(r->tried[i], m->hotkey) == 0)
			return OUT_TRIED;
	}
	if (m->address == NULL || !m->is_up)
		return OUT_DOWN;
	if (miner_slots(m, r->capacity_key) == 0)
		return OUT_KIND;
	return miner_busy(m, r->capacity_key, r->now_us) != NULL ? OUT_FULL
								 : IN;
}

static struct terms
terms_of(const struct miner *m, const struct route_policy *p, int64_t now_us)
{
	struct terms t;

	t.stake = fmin(fmax(m->alpha, p->stake_floor), p->stake_cap);
	t.score = isnan(m->score) ? p->score_unknown
				  : fmin(fmax(m->score, p->score_floor), 1.0);
	t.failures =
	    1.0 / (1.0 + failures_decayed(m->failures, m->failures_us, now_us));
	t.weight = t.stake * t.score * t.failures;
	return t;
}

/* What was drawn from, as a hash: hotkeys and weights in the table's order. */
static void
hash_candidates(const struct table *t, const double *weights, char out[65])
{
	crypto_hash_sha256_state state;
	uint8_t hash[32];
	char line[128];

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < t->n; i++) {
		int len = snprintf(line, sizeof(line), "%.64s %.17g\n",
		    t->miners[i].hotkey, weights[i]);

		crypto_hash_sha256_update(&state, (uint8_t *)line, len);
	}
	crypto_hash_sha256_final(&state, hash);
	hex_encode(hash, sizeof(hash), out);
}

static json_t *
receipt(const struct table *t, const struct miner *m, const struct terms *term,
    const struct route_request *r, const char *hash, const size_t *out,
    int place)
{
	char seed[19];
	json_t *why = json_object();

	snprintf(seed, sizeof(seed), "0x%016llx", (unsigned long long)r->seed);
	for (int i = IN + 1; i < N_OUT; i++) {
		if (out[i] > 0)
			json_object_set_new(
			    why, out_names[i], json_integer(out[i]));
	}
	return json_pack(
	    "{s:I, s:s, s:s, s:s*, s:i, s:I, s:s, s:f, s:f, s:f, s:f, s:o}",
	    "block", (json_int_t)t->block, "candidates", hash, "seed", seed,
	    "sticky", r->sticky, "place", place, "in", (json_int_t)out[IN],
	    "hotkey", m->hotkey, "stake", term->stake, "score", term->score,
	    "failures", term->failures, "weight", term->weight, "out", why);
}

/* Should all that may be drawn weigh nothing, they weigh the same. */
static void
even_out(const struct table *t, const struct route_request *r, double *weights)
{
	for (size_t i = 0; i < t->n; i++) {
		if (weights[i] > 0)
			return;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (why_out(&t->miners[i], r) == IN)
			weights[i] = 1;
	}
}

static struct draw *
draw_of(
    const struct table *t, const struct route_request *r, const double *weights)
{
	const char **names;
	struct draw *draw;

	if (r->sticky == NULL)
		return draw_new(weights, t->n, r->seed);
	names = xcalloc(t->n, sizeof(*names));
	for (size_t i = 0; i < t->n; i++)
		names[i] = t->miners[i].hotkey;
	draw = draw_new_sticky(weights, names, t->n, r->sticky);
	free(names);
	return draw;
}

void
route_draw(const struct table *t, const struct route_policy *p,
    const struct route_request *r, struct route *route)
{
	double *weights = xcalloc(t->n, sizeof(double));
	size_t out[N_OUT] = {0};
	struct draw *draw;
	char hash[65];
	long i;

	*route = (struct route){0};
	for (size_t k = 0; k < t->n; k++) {
		enum out_why why = why_out(&t->miners[k], r);

		out[why]++;
		if (why == IN)
			weights[k] =
			    terms_of(&t->miners[k], p, r->now_us).weight;
	}
	route->n_candidates = out[IN];
	route->n_untried = out[IN] + out[OUT_DOWN] + out[OUT_FULL];
	even_out(t, r, weights);
	hash_candidates(t, weights, hash);
	draw = draw_of(t, r, weights);
	while (route->n < r->wanted && route->n < ROUTE_MAX &&
	       (i = draw_next(draw)) >= 0) {
		struct miner *m = &t->miners[i];
		struct terms term = terms_of(m, p, r->now_us);

		term.weight = weights[i];
		route->receipts[route->n] =
		    receipt(t, m, &term, r, hash, out, route->n);
		route->miners[route->n++] = m;
	}
	draw_free(draw);
	free(weights);
}

void
route_clear(struct route *route)
{
	for (int i = 0; i < route->n; i++)
		json_decref(route->receipts[i]);
	*route = (struct route){0};
}
