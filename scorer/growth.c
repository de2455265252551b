/*
 * Three counts of a post, each a row of gains and one of losses by bucket. The
 * rows hold twice what counts, so that a loss finds the gains it takes back.
 */
#include "scorer/growth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/score.h"

enum kind { VIEWS, LIKES, COMMENTS, N_KINDS };

/* One count. */
struct series {
	double *gain, *owed; /* by bucket, from growth_first() on */
	bool is_known;	     /* it was said at least once */
	double previous;     /* when it was said last */
	int64_t bucket;
	bool owned;
};

/* Buckets as places in the rows; `to` is behind the last. */
struct span {
	size_t from, to;
};

struct growth {
	struct growth_rule rule;
	int64_t now, first;
	size_t counted, length; /* buckets that count, and that are held */
	growth_on_post *on_post;
	void *arg;
	bool has_post;
	struct growth_post post;
	int64_t bucket; /* of the post's last row */
	struct series series[N_KINDS];
	struct series fans;
	double *followers;   /* by bucket, as observed; NaN: not */
	int64_t begun, seen; /* first and last time anything was said */
	bool has_begun;
	double *room; /* for the spike's spans, and for medians */
};

/* -- buckets ------------------------------------------------------------ */

int64_t
growth_bucket(const struct growth_rule *rule, int64_t block)
{
	int64_t size = (int64_t)rule->bucket_blocks;

	return block / (size > 0 ? size : 1);
}

static size_t
counted_of(const struct growth_rule *rule)
{
	return (size_t)(rule->delay + rule->window);
}

int64_t
growth_first(const struct growth_rule *rule, int64_t now)
{
	return now - 2 * (int64_t)counted_of(rule) + 1;
}

/* -- one after the other ------------------------------------------------ */

static void
new_series(struct series *s, size_t n)
{
	s->gain = xcalloc(n + 1, sizeof(double));
	s->owed = xcalloc(n + 1, sizeof(double));
}

static void
free_series(struct series *s)
{
	free(s->gain);
	free(s->owed);
}

static void
clear_series(struct series *s, size_t n)
{
	memset(s->gain, 0, n * sizeof(double));
	memset(s->owed, 0, n * sizeof(double));
	s->is_known = false;
}

struct growth *
growth_begin(const struct growth_rule *rule, int64_t now,
    growth_on_post *on_post, void *arg)
{
	struct growth *g = xcalloc(1, sizeof(*g));
	size_t n = 2 * counted_of(rule);

	g->rule = *rule;
	g->now = now;
	g->first = growth_first(rule, now);
	g->counted = counted_of(rule);
	g->length = n;
	g->on_post = on_post;
	g->arg = arg;
	for (int k = 0; k < N_KINDS; k++)
		new_series(&g->series[k], n);
	new_series(&g->fans, n);
	g->followers = xcalloc(n + 1, sizeof(*g->followers));
	g->room = xcalloc(n + 1, sizeof(*g->room));
	return g;
}

void
growth_free(struct growth *g)
{
	if (g == NULL)
		return;
	for (int k = 0; k < N_KINDS; k++)
		free_series(&g->series[k]);
	free_series(&g->fans);
	free(g->followers);
	free(g->room);
	free(g);
}

static void
begin_post(struct growth *g, const struct growth_row *row)
{
	for (int k = 0; k < N_KINDS; k++)
		clear_series(&g->series[k], g->length);
	clear_series(&g->fans, g->length);
	for (size_t i = 0; i < g->length; i++)
		g->followers[i] = NAN;
	memset(&g->post, 0, sizeof(g->post));
	snprintf(g->post.hotkey, sizeof(g->post.hotkey), "%s", row->hotkey);
	snprintf(g->post.content, sizeof(g->post.content), "%s", row->content);
	g->has_begun = false;
	g->has_post = true;
}

/* -- changes ------------------------------------------------------------ */

/* A loss takes the newest gains back, and is owed where there are none. */
static void
lose(const struct growth *g, struct series *s, size_t at, double amount)
{
	size_t least = at + 1 > g->counted ? at + 1 - g->counted : 0;

	for (size_t i = at + 1; i > least && amount > 0; i--) {
		double taken = fmin(s->gain[i - 1], amount);

		s->gain[i - 1] -= taken;
		amount -= taken;
	}
	s->owed[at] += amount;
}

/* Spread over the buckets since it was said last. */
static void
gain(const struct growth *g, struct series *s, int64_t bucket, double amount)
{
	double each = amount / (double)(bucket - s->bucket);
	int64_t from = s->bucket + 1 > g->first ? s->bucket + 1 : g->first;

	for (int64_t b = from; b <= bucket; b++)
		s->gain[b - g->first] += each;
}

static void
add_count(const struct growth *g, struct series *s, double count,
    const struct growth_row *row)
{
	if (!(count >= 0) || isinf(count))
		return;
	if (s->is_known && count > s->previous && row->owned && s->owned)
		gain(g, s, row->bucket, count - s->previous);
	if (s->is_known && count < s->previous)
		lose(g, s, row->bucket - g->first, s->previous - count);
	s->is_known = true;
	s->previous = count;
	s->bucket = row->bucket;
	s->owned = row->owned;
}

static void
add_observation(struct growth *g, const struct growth_row *row)
{
	g->post.gone = row->state == GROWTH_GONE;
	if (row->state != GROWTH_OK)
		return;
	add_count(g, &g->series[VIEWS], row->views, row);
	add_count(g, &g->series[LIKES], row->likes, row);
	add_count(g, &g->series[COMMENTS], row->comments, row);
	add_count(g, &g->fans, row->followers, row);
	if (row->followers >= 0 && !isinf(row->followers))
		g->followers[row->bucket - g->first] = row->followers;
	if (!g->has_begun)
		g->begun = row->bucket;
	g->has_begun = true;
	g->seen = row->bucket;
	g->post.owned = row->owned;
	if (row->bucket > g->now - (int64_t)g->counted)
		g->post.observed++;
}

/* A share; what is none is not known. */
static double
share_or_nan(double v)
{
	return v >= 0 && v <= 1 ? v : NAN;
}

static void
take_facts(struct growth_post *p, const struct growth_row *row)
{
	p->listed = row->listed;
	snprintf(p->barred, sizeof(p->barred), "%s",
	    row->barred != NULL ? row->barred : "");
	p->ai = share_or_nan(row->ai);
	p->illicit = share_or_nan(row->illicit);
	p->bots = share_or_nan(row->bots);
	p->bots_confidence = share_or_nan(row->bots_confidence);
	p->published_us = row->published_us;
	p->claimed_us = row->claimed_us;
}

/* -- spikes ------------------------------------------------------------- */

/* What one more is worth, and how many of a count there are for each view. */
static double
worth_of(const struct growth *g, enum kind k)
{
	return k == VIEWS   ? g->rule.view
	       : k == LIKES ? g->rule.like
			    : g->rule.comment;
}

static double
scale_of(const struct growth *g, enum kind k)
{
	return k == VIEWS ? 1 : g->rule.rate_most;
}

/* Of what counts or is still delayed, the part that was observed. */
static struct span
observed(const struct growth *g)
{
	int64_t from = g->now - (int64_t)g->counted + 1;
	struct span s = {0, 0};

	if (!g->has_begun || g->seen < from)
		return s;
	if (g->begun + 1 > from)
		from = g->begun + 1;
	s.from = from - g->first;
	s.to = g->seen + 1 - g->first;
	return s;
}

/* The end of the span that place `at` is in: the same spans in every round. */
static size_t
span_end(const struct growth *g, size_t at, size_t limit)
{
	int64_t size = (int64_t)g->rule.span;
	int64_t bucket = g->first + (int64_t)at;
	int64_t end = (bucket / size + 1) * size - g->first;

	return end < (int64_t)limit ? (size_t)end : limit;
}

static double
mean_of(const double *values, size_t from, size_t to)
{
	double sum = 0;

	for (size_t i = from; i < to; i++)
		sum += values[i];
	return sum / (double)(to - from);
}

/* What a span's mean counts for: the more it is above the cap the less, down to
 * what is usual. */
static double
without_spike(double mean, double median, double cap)
{
	return mean <= cap ? mean : fmax(median, cap * (cap / mean));
}

/* By the buckets; `scale`: how many of it there are for each view. */
static void
cut_spikes(
    const struct growth *g, double *values, double scale, struct span over)
{
	double median, cap;
	size_t n = 0;

	for (size_t i = over.from; i < over.to; i = span_end(g, i, over.to))
		g->room[n++] = mean_of(values, i, span_end(g, i, over.to));
	if (n == 0)
		return;
	median = score_median(g->room, n);
	cap = g->rule.spike * fmax(median, g->rule.spike_least * scale);
	for (size_t i = over.from; i < over.to;) {
		size_t end = span_end(g, i, over.to);
		double mean = mean_of(values, i, end);
		double counts = without_spike(mean, median, cap);

		for (; i < end; i++) {
			if (counts < mean)
				values[i] *= counts / mean;
		}
	}
}

static void
cut_crowds(struct growth *g, enum kind k, struct span over)
{
	double followers =
	    isnan(g->post.followers) ? g->rule.followers : g->post.followers;
	double most = g->rule.reach * followers * scale_of(g, k);
	double *values = g->series[k].gain;

	for (size_t i = over.from; i < over.to; i++)
		values[i] = fmin(values[i], most);
}

/* -- followers ----------------------------------------------------------- */

/* All that is held. */
static struct span
held(const struct growth *g)
{
	struct span s = {0, 0};

	if (!g->has_begun)
		return s;
	s.from = g->begun + 1 > g->first ? g->begun + 1 - g->first : 0;
	s.to = g->seen + 1 - g->first;
	return s;
}

/* Those that came in a burst are taken off what was observed since. What is
 * left of the last; NaN: nothing was observed. */
static double
take_off_bursts(struct growth *g)
{
	double burst = 0, last = NAN, *values = g->fans.gain;
	double *before = g->fans.owed; /* nobody owes followers */

	memcpy(before, values, g->length * sizeof(*values));
	cut_spikes(g, values, g->rule.rate_most, held(g));
	for (size_t i = 0; i < g->length; i++) {
		burst += before[i] - values[i];
		if (isnan(g->followers[i]))
			continue;
		g->followers[i] = fmax(0, g->followers[i] - burst);
		last = g->followers[i];
	}
	return last;
}

static void
count_followers(struct growth *g)
{
	double said = g->fans.is_known ? g->fans.previous : NAN;
	double left = take_off_bursts(g);
	size_t n = 0;

	for (size_t i = g->length - g->counted; i < g->length; i++) {
		if (!isnan(g->followers[i]))
			g->room[n++] = g->followers[i];
	}
	g->post.followers = score_median(g->room, n);
	g->post.burst = said > 0 && left < said ? (said - left) / said : 0;
}

/* -- sums --------------------------------------------------------------- */

static double
points(const struct growth *g, const double totals[N_KINDS])
{
	double sum = 0;

	for (int k = 0; k < N_KINDS; k++)
		sum += worth_of(g, k) * totals[k];
	return sum;
}

static double
sum_points(
    const struct growth *g, size_t from, size_t to, double totals[N_KINDS])
{
	for (int k = 0; k < N_KINDS; k++) {
		totals[k] = 0;
		for (size_t i = from; i < to; i++)
			totals[k] += g->series[k].gain[i];
	}
	return points(g, totals);
}

/* How many likes and comments there are, by those that are not hidden; NaN if
 * all are. */
static double
engaged(const struct growth *g, const double totals[N_KINDS])
{
	bool likes = g->series[LIKES].is_known;
	bool comments = g->series[COMMENTS].is_known;
	double part = g->rule.comment_part;

	if (likes && comments)
		return totals[LIKES] + totals[COMMENTS];
	if (comments && part > 0)
		return totals[COMMENTS] / part;
	if (likes && part < 1)
		return totals[LIKES] / (1 - part);
	return NAN;
}

/* Views that nobody liked, and likes of what nobody saw. */
static void
cut_rates(const struct growth *g, double totals[N_KINDS])
{
	double sum = engaged(g, totals), most, both;
	double least = g->rule.rate_least * totals[VIEWS];

	if (!g->series[VIEWS].is_known)
		return;
	if (isnan(sum))
		totals[VIEWS] *= g->rule.hidden;
	else if (sum < least)
		totals[VIEWS] *= fmax(0, 2 * sum / least - 1);
	most = g->rule.rate_most * totals[VIEWS];
	both = totals[LIKES] + totals[COMMENTS];
	if (both <= most)
		return;
	totals[LIKES] *= most / both;
	totals[COMMENTS] *= most / both;
}

static double
sum_owed(const struct growth *g)
{
	double totals[N_KINDS];

	for (int k = 0; k < N_KINDS; k++) {
		totals[k] = 0;
		for (size_t i = g->length - g->counted; i < g->length; i++)
			totals[k] += g->series[k].owed[i];
	}
	return points(g, totals);
}

static void
settle_post(struct growth *g)
{
	size_t from = g->length - g->counted;
	size_t to = from + (size_t)g->rule.window;
	struct span over = observed(g);
	struct growth_post *p = &g->post;
	double totals[N_KINDS], uncut;

	count_followers(g);
	p->waiting = sum_points(g, to, g->length, totals);
	p->gained = sum_points(g, from, to, totals);
	for (int k = 0; k < N_KINDS; k++)
		cut_spikes(g, g->series[k].gain, scale_of(g, k), over);
	uncut = sum_points(g, from, to, totals);
	p->spike = fmax(0, p->gained - uncut);
	for (int k = 0; k < N_KINDS; k++)
		cut_crowds(g, k, over);
	p->value = sum_points(g, from, to, totals);
	p->crowd = fmax(0, uncut - p->value);
	uncut = p->value;
	cut_rates(g, totals);
	p->value = fmax(0, points(g, totals));
	p->thin = fmax(0, uncut - p->value);
	p->debt = sum_owed(g);
}

static void
end_post(struct growth *g)
{
	if (!g->has_post)
		return;
	settle_post(g);
	g->on_post(&g->post, g->arg);
	g->has_post = false;
}

/* -- the whole ---------------------------------------------------------- */

/* Where a row stands to the post under way. */
enum place { SAME_POST, NEXT_POST, OUT_OF_ORDER };

static enum place
place_of(const struct growth *g, const struct growth_row *row)
{
	int order;

	if (!g->has_post)
		return NEXT_POST;
	order = strcmp(row->hotkey, g->post.hotkey);
	if (order == 0)
		order = strcmp(row->content, g->post.content);
	if (order != 0)
		return order > 0 ? NEXT_POST : OUT_OF_ORDER;
	return row->bucket > g->bucket ? SAME_POST : OUT_OF_ORDER;
}

static bool
fits(const struct growth *g, const struct growth_row *row)
{
	return row->bucket <= g->now && row->hotkey[0] != '\0' &&
	       row->content[0] != '\0' &&
	       strlen(row->hotkey) < GROWTH_MAX_KEY &&
	       strlen(row->content) < GROWTH_MAX_CONTENT &&
	       (row->barred == NULL || strlen(row->barred) < GROWTH_MAX_WHY);
}

int
growth_add(struct growth *g, const struct growth_row *row)
{
	enum place place;

	if (!fits(g, row))
		return -1;
	place = place_of(g, row);
	if (place == OUT_OF_ORDER)
		return -1;
	if (place == NEXT_POST) {
		end_post(g);
		begin_post(g, row);
	}
	g->bucket = row->bucket;
	take_facts(&g->post, row);
	/* Of what was before, nothing is left to tell. */
	if (row->bucket >= g->first && row->state != GROWTH_UNAVAILABLE)
		add_observation(g, row);
	return 0;
}

void
growth_end(struct growth *g)
{
	end_post(g);
	growth_free(g);
}
