/* The rules a weight vector must pass, and its form on the chain. */
#include "weightsetter/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/weights.h"
#include "weightsetter/snapshot.h"

static const char *const source_names[N_VECTOR_SOURCES] = {
    "validator", "operator", "again", "fallback"};

const char *
vector_source_name(enum vector_source source)
{
	return source_names[source];
}

int
vector_source_of(const char *name)
{
	for (int i = 0; i < N_VECTOR_SOURCES; i++) {
		if (strcmp(source_names[i], name) == 0)
			return i;
	}
	return -1;
}

void
vector_free(struct vector *v)
{
	if (v == NULL)
		return;
	free(v->entries);
	free(v);
}

void
plan_clear(struct plan *p)
{
	uid_weights_clear(&p->sent);
	memset(p, 0, sizeof(*p));
}

/* The weight of each uid; NULL if one of the numbers is not a weight. */
static double *
spread(const struct snapshot *s, const struct vector *v, struct plan *p)
{
	double *by_uid =
	    xcalloc(s->n_neurons > 0 ? s->n_neurons : 1, sizeof(*by_uid));

	for (size_t i = 0; i < v->n; i++) {
		const struct vector_entry *e = &v->entries[i];

		if (!isfinite(e->weight) || e->weight < 0) {
			p->refusal = isfinite(e->weight) ? "negative_weight"
							 : "weight_not_finite";
			free(by_uid);
			return NULL;
		}
		if (e->uid < 0 || e->uid > UINT16_MAX ||
		    snapshot_at(s, (uint16_t)e->uid, e->hotkey) == NULL)
			p->dropped++;
		else
			by_uid[e->uid] += e->weight;
	}
	return by_uid;
}

static const char *
judge_shares(const struct plan_rules *rules, const struct vector *v,
    const double *by_uid, size_t n)
{
	double sum = 0, top = 0;
	int64_t positive = 0;

	for (size_t i = 0; i < n; i++) {
		sum += by_uid[i];
		top = fmax(top, by_uid[i]);
		positive += by_uid[i] > 0;
	}
	if (positive == 0)
		return "nobody_registered";
	if (!isfinite(sum))
		return "weight_not_finite";
	if (v->source == VECTOR_FALLBACK)
		return NULL;
	if (positive < rules->min_entries)
		return "too_few_entries";
	if (top > sum * (rules->max_share + 1e-9))
		return "share_too_large";
	return NULL;
}

static double
sum_of(const struct uid_weights *w)
{
	double sum = 0;

	for (size_t i = 0; i < w->n; i++)
		sum += w->weights[i];
	return sum;
}

double
plan_churn(const struct uid_weights *a, const struct uid_weights *b)
{
	double sum_a = sum_of(a), sum_b = sum_of(b), differ = 0;
	size_t i = 0, j = 0;

	if (sum_a <= 0 || sum_b <= 0)
		return sum_a == sum_b ? 0 : 1;
	while (i < a->n || j < b->n) {
		double share_a = 0, share_b = 0;
		uint32_t uid_a = i < a->n ? a->uids[i] : UINT32_MAX;
		uint32_t uid_b = j < b->n ? b->uids[j] : UINT32_MAX;

		if (uid_a <= uid_b)
			share_a = a->weights[i++] / sum_a;
		if (uid_b <= uid_a)
			share_b = b->weights[j++] / sum_b;
		differ += fabs(share_a - share_b);
	}
	return differ / 2;
}

/* The chain wants so many entries; zeros count. */
static size_t
wanted_length(const struct snapshot *s)
{
	uint64_t least = s->hyper.min_allowed_weights;

	return least < s->n_neurons ? (size_t)least : s->n_neurons;
}

static void
write_down(const struct snapshot *s, const uint16_t *uids,
    const uint16_t *scaled, struct uid_weights *out)
{
	size_t wanted = wanted_length(s), listed = 0, fill;

	for (size_t i = 0; i < s->n_neurons; i++)
		listed += scaled[i] > 0;
	fill = wanted > listed ? wanted - listed : 0;
	out->uids = xcalloc(listed + fill, sizeof(*out->uids));
	out->weights = xcalloc(listed + fill, sizeof(*out->weights));
	for (size_t i = 0; i < s->n_neurons; i++) {
		if (scaled[i] == 0 && fill == 0)
			continue;
		if (scaled[i] == 0)
			fill--;
		out->uids[out->n] = uids[i];
		out->weights[out->n++] = scaled[i];
	}
}

static void
scale(const struct snapshot *s, const double *by_uid, struct plan *p)
{
	size_t n = s->n_neurons;
	uint16_t *uids = xcalloc(3 * n, sizeof(*uids));

	for (size_t i = 0; i < n; i++)
		uids[i] = (uint16_t)i;
	if (weights_emit(uids, by_uid, n, true, uids + n, uids + 2 * n, NULL) >
	    0)
		write_down(s, uids + n, uids + 2 * n, &p->sent);
	else
		p->refusal = "weight_not_finite";
	free(uids);
}

void
plan_make(const struct plan_rules *rules, const struct snapshot *s,
    const struct vector *v, const struct uid_weights *proven, int64_t now_us,
    struct plan *p)
{
	double *by_uid;

	memset(p, 0, sizeof(*p));
	if (v->n == 0)
		p->refusal = "empty";
	else if (now_us - v->created_us > rules->max_age_us)
		p->refusal = "too_old";
	if (p->refusal != NULL)
		return;
	by_uid = spread(s, v, p);
	if (by_uid == NULL)
		return;
	p->refusal = judge_shares(rules, v, by_uid, s->n_neurons);
	if (p->refusal == NULL)
		scale(s, by_uid, p);
	free(by_uid);
	if (p->refusal == NULL && !v->is_accepted && proven != NULL &&
	    proven->n > 0 &&
	    plan_churn(&p->sent, proven) > rules->max_churn + 1e-9)
		p->refusal = "churn_too_large";
}
