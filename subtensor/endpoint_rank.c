/* Endpoints compared. */
#include "subtensor/endpoint_rank.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
	ERROR_HALF_LIFE_MS = 60000,
	ERROR_COST_MS = 2000, /* of one that has just been */
	OUT_MS = 600000,
	OUT_MOST_MS = 86400000,
};

void
rank_init(struct rank *r, size_t n, int64_t now_ms)
{
	assert(n >= 1 && n <= RANK_MAX);
	memset(r, 0, sizeof(*r));
	r->n = n;
	r->slot_ms = RANK_SLOT_MS;
	r->current = RANK_NOBODY;
	r->better = RANK_NOBODY;
	r->better_ms = now_ms;
}

/* -- questions ------------------------------------------------------------ */

bool
rank_is_trusted(const struct rank *r, size_t i, int64_t now_ms)
{
	return r->n == 1 || now_ms >= r->views[i].out_until_ms;
}

bool
rank_is_stale(const struct rank *r, size_t i, int64_t now_ms)
{
	return now_ms - r->views[i].moved_ms >= RANK_STALE_SLOTS * r->slot_ms;
}

/* Better than none. */
static bool
is_possible(const struct rank *r, size_t i, int64_t now_ms)
{
	return r->views[i].is_up &&
	       r->views[i].heights[RANK_FINALIZED].number > 0 &&
	       rank_is_trusted(r, i, now_ms);
}

/* Its word on how high the chain is counts. */
static bool
is_heard(const struct rank *r, size_t i, int64_t now_ms)
{
	const struct endpoint_view *v = &r->views[i];

	for (int what = 0; what < RANK_WHATS; what++)
		if (v->heights[what].behind >= RANK_MAX_LAG)
			return false;
	return is_possible(r, i, now_ms) && !rank_is_stale(r, i, now_ms);
}

/* Insertion into a sorted list of n. */
static void
insert(uint64_t *list, size_t n, uint64_t value)
{
	while (n > 0 && list[n - 1] > value) {
		list[n] = list[n - 1];
		n--;
	}
	list[n] = value;
}

uint64_t
rank_middle(const struct rank *r, enum rank_what what, int64_t now_ms)
{
	uint64_t numbers[RANK_MAX];
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (is_heard(r, i, now_ms))
			insert(numbers, n++, r->views[i].heights[what].number);
	return n == 0 ? 0 : numbers[(n - 1) / 2];
}

uint64_t
rank_lag(const struct rank *r, size_t i, int64_t now_ms)
{
	uint64_t most = 0;

	for (int what = 0; what < RANK_WHATS; what++) {
		const struct rank_height *h = &r->views[i].heights[what];
		uint64_t middle = rank_middle(r, what, now_ms);
		uint64_t lag = middle > h->number ? middle - h->number : 0;

		if (lag < h->behind)
			lag = h->behind;
		if (most < lag)
			most = lag;
	}
	return most;
}

double
rank_errors(const struct rank *r, size_t i, int64_t now_ms)
{
	const struct endpoint_view *v = &r->views[i];
	double ms = (double)(now_ms - v->errors_ms);

	return v->errors * exp2(-ms / ERROR_HALF_LIFE_MS);
}

static bool
is_far_ahead(const struct rank *r, size_t i, int64_t now_ms)
{
	for (int what = 0; what < RANK_WHATS; what++) {
		uint64_t middle = rank_middle(r, what, now_ms);

		if (middle > 0 &&
		    r->views[i].heights[what].number > middle + RANK_MAX_AHEAD)
			return true;
	}
	return false;
}

/* Usable, if only it is not behind or ahead of the others. */
static bool
is_fit(const struct rank *r, size_t i, int64_t now_ms)
{
	return is_possible(r, i, now_ms) && !rank_is_stale(r, i, now_ms) &&
	       rank_errors(r, i, now_ms) < RANK_MAX_ERRORS;
}

bool
rank_is_usable(const struct rank *r, size_t i, int64_t now_ms)
{
	return is_fit(r, i, now_ms) && is_heard(r, i, now_ms) &&
	       rank_lag(r, i, now_ms) < RANK_MAX_LAG &&
	       !is_far_ahead(r, i, now_ms);
}

bool
rank_is_most(const struct rank *r, size_t n, int64_t now_ms)
{
	size_t all = 0;

	for (size_t i = 0; i < r->n; i++)
		all += rank_is_trusted(r, i, now_ms);
	return n >= 2 && 2 * n > all;
}

/* -- events --------------------------------------------------------------- */

void
rank_opened(struct rank *r, size_t i, bool is_polled, int64_t now_ms)
{
	struct endpoint_view *v = &r->views[i];

	v->is_up = true;
	v->is_polled = is_polled;
	memset(v->heights, 0, sizeof(v->heights));
	v->moved_ms = now_ms;
}

void
rank_closed(struct rank *r, size_t i, int64_t now_ms)
{
	r->views[i].is_up = false;
	rank_failed(r, i, 1, now_ms);
}

/* The others are so much later, unless this one is out of all proportion. */
static void
leave_behind(struct rank *r, size_t i, enum rank_what what, int64_t now_ms)
{
	uint64_t number = r->views[i].heights[what].number;

	if (!is_heard(r, i, now_ms) || is_far_ahead(r, i, now_ms))
		return;
	for (size_t j = 0; j < r->n; j++) {
		struct rank_height *other = &r->views[j].heights[what];

		if (j == i || number <= other->front)
			continue;
		other->front = number;
		other->behind++;
	}
}

static void
rise(struct rank *r, size_t i, enum rank_what what, uint64_t number,
    int64_t now_ms)
{
	struct endpoint_view *v = &r->views[i];
	struct rank_height *h = &v->heights[what];

	if (number <= h->number)
		return;
	h->number = number;
	h->behind = 0;
	if (h->front < number)
		h->front = number;
	v->moved_ms = now_ms;
	leave_behind(r, i, what, now_ms);
}

void
rank_told(struct rank *r, size_t i, enum rank_what what, uint64_t number,
    int64_t now_ms)
{
	if (what == RANK_FINALIZED)
		rise(r, i, RANK_BEST, number, now_ms);
	rise(r, i, what, number, now_ms);
}

void
rank_failed(struct rank *r, size_t i, double errors, int64_t now_ms)
{
	r->views[i].errors = rank_errors(r, i, now_ms) + errors;
	r->views[i].errors_ms = now_ms;
}

void
rank_lied(struct rank *r, size_t i, int64_t now_ms)
{
	struct endpoint_view *v = &r->views[i];
	int64_t out_ms = OUT_MS;

	for (int lie = 0; lie < v->lies && out_ms < OUT_MOST_MS; lie++)
		out_ms *= 2;
	v->lies++;
	v->out_until_ms =
	    now_ms + (out_ms < OUT_MOST_MS ? out_ms : OUT_MOST_MS);
}

/* -- the choice ----------------------------------------------------------- */

static double
cost(const struct rank *r, size_t i, int64_t now_ms)
{
	const struct endpoint_view *v = &r->views[i];
	double slots = (double)rank_lag(r, i, now_ms) + (v->is_polled ? 1 : 0);

	return v->latency_ms + slots * (double)r->slot_ms +
	       rank_errors(r, i, now_ms) * ERROR_COST_MS;
}

static size_t
cheapest(const struct rank *r, int64_t now_ms,
    bool (*may)(const struct rank *, size_t, int64_t))
{
	size_t best = RANK_NOBODY;

	for (size_t i = 0; i < r->n; i++) {
		if (may(r, i, now_ms) &&
		    (best == RANK_NOBODY ||
			cost(r, i, now_ms) < cost(r, best, now_ms)))
			best = i;
	}
	return best;
}

/* Half the price and a tenth of a slot less, for long enough. */
static bool
is_worth_it(struct rank *r, size_t best, int64_t now_ms)
{
	double old = cost(r, r->current, now_ms);
	double new = cost(r, best, now_ms);

	if (best == r->current || 2 * new + 0.1 * (double)r->slot_ms >= old) {
		r->better = RANK_NOBODY;
		return false;
	}
	if (r->better == RANK_NOBODY)
		r->better_ms = now_ms;
	r->better = best;
	return now_ms - r->better_ms >= RANK_HOLD_SLOTS * r->slot_ms;
}

static bool
may_stay(struct rank *r, int64_t now_ms)
{
	size_t i = r->current;
	bool was_off = r->is_off;

	if (i == RANK_NOBODY || !is_fit(r, i, now_ms))
		return false;
	r->is_off = !rank_is_usable(r, i, now_ms);
	if (r->is_off && !was_off)
		r->off_ms = now_ms;
	return !r->is_off || now_ms - r->off_ms < r->slot_ms / 2;
}

static size_t
choice(struct rank *r, int64_t now_ms)
{
	size_t current = r->current;
	size_t best = cheapest(r, now_ms, rank_is_usable);
	bool has_one = current != RANK_NOBODY;
	bool stays = may_stay(r, now_ms);

	if (best == RANK_NOBODY)
		return has_one && is_possible(r, current, now_ms)
			   ? current
			   : cheapest(r, now_ms, is_possible);
	if (stays && !is_worth_it(r, best, now_ms))
		return current;
	return best;
}

bool
rank_choose(struct rank *r, int64_t now_ms)
{
	size_t next = choice(r, now_ms);
	bool is_other = next != r->current;

	r->current = next;
	if (is_other) {
		r->better = RANK_NOBODY;
		r->is_off = false;
	}
	return is_other;
}
