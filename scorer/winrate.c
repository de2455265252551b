/*
 * Sort, then walk the ties: who stands before the first of them is beaten.
 *
 * With a flat penalty there are three sorts of opponents: of the same block,
 * compared as they are; of earlier ones, whom (1 - p) times the own score must
 * beat; of later ones, of whose scores (1 - p) counts. The last two are counted
 * block after block, in trees of partial sums over the sorted scores (Fenwick).
 */
#include "scorer/winrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

struct player {
	double score;
	int64_t block;
	size_t who;
};

/* -- order -------------------------------------------------------------- */

static int
by_score(const void *a, const void *b)
{
	const struct player *x = a, *y = b;

	return (x->score > y->score) - (x->score < y->score);
}

static int
by_block(const void *a, const void *b)
{
	const struct player *x = a, *y = b;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return by_score(a, b);
}

/* -- as they are -------------------------------------------------------- */

/* Among players[0..n), sorted by score. */
static void
count_run(const struct player *players, size_t n, size_t *wins)
{
	size_t beaten = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && players[i].score > players[i - 1].score)
			beaten = i;
		wins[players[i].who] += beaten;
	}
}

static void
count_plain(struct player *players, size_t n, size_t *wins)
{
	qsort(players, n, sizeof(*players), by_score);
	count_run(players, n, wins);
}

/* -- a flat penalty ----------------------------------------------------- */

struct flat {
	struct player *players; /* by block, then score */
	double *scores;		/* sorted */
	size_t *tree;
	size_t n;
	double keep; /* 1 - p */
};

static void
tree_add(struct flat *f, size_t place)
{
	for (size_t i = place + 1; i <= f->n; i += i & -i)
		f->tree[i]++;
}

static size_t
tree_count(const struct flat *f, size_t places)
{
	size_t sum = 0;

	for (size_t i = places; i > 0; i -= i & -i)
		sum += f->tree[i];
	return sum;
}

/* How many of the sorted scores, each times `keep`, are less. */
static size_t
places_below(const struct flat *f, double keep, double score)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (keep * f->scores[middle] < score)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t
end_of_block(const struct flat *f, size_t from)
{
	size_t end = from;

	while (end < f->n && f->players[end].block == f->players[from].block)
		end++;
	return end;
}

static void
add_block(struct flat *f, size_t from, size_t end)
{
	for (; from < end; from++)
		tree_add(f, places_below(f, 1, f->players[from].score));
}

/* Those of the tree came earlier. */
static void
against_earlier(struct flat *f, size_t *wins)
{
	for (size_t from = 0, end; from < f->n; from = end) {
		end = end_of_block(f, from);
		for (size_t i = from; i < end; i++) {
			const struct player *p = &f->players[i];

			wins[p->who] += tree_count(
			    f, places_below(f, 1, f->keep * p->score));
		}
		add_block(f, from, end);
	}
}

/* Those of the tree came later. */
static void
against_later(struct flat *f, size_t *wins)
{
	for (size_t end = f->n, from; end > 0; end = from) {
		from = end - 1;
		while (from > 0 &&
		       f->players[from - 1].block == f->players[from].block)
			from--;
		for (size_t i = from; i < end; i++) {
			const struct player *p = &f->players[i];

			wins[p->who] +=
			    tree_count(f, places_below(f, f->keep, p->score));
		}
		add_block(f, from, end);
	}
}

static void
count_flat(struct player *players, size_t n, double p, size_t *wins)
{
	struct flat f = {.players = players, .n = n, .keep = 1 - p};

	f.scores = xcalloc(n + 1, sizeof(*f.scores));
	f.tree = xcalloc(n + 1, sizeof(*f.tree));
	qsort(players, n, sizeof(*players), by_score);
	for (size_t i = 0; i < n; i++)
		f.scores[i] = players[i].score;
	qsort(players, n, sizeof(*players), by_block);
	for (size_t from = 0, end; from < n; from = end) {
		end = end_of_block(&f, from);
		count_run(players + from, end - from, wins);
	}
	against_earlier(&f, wins);
	memset(f.tree, 0, (n + 1) * sizeof(*f.tree));
	against_later(&f, wins);
	free(f.scores);
	free(f.tree);
}

/* Who reaches the threshold meets others who do as they are: moved to the
 * front; how many. */
static size_t
split(struct player *players, size_t n, double threshold)
{
	size_t high = 0;

	for (size_t i = 0; i < n; i++) {
		if (players[i].score >= threshold) {
			struct player p = players[i];

			players[i] = players[high];
			players[high++] = p;
		}
	}
	return high;
}

/* All by the penalty; then, among those above the threshold, what that gave
 * is taken off and what they get as they are is put on. */
static void
count_flat_below(struct player *players, size_t n,
    const struct penalty_rule *rule, size_t n_wins, size_t *wins)
{
	size_t *off = xcalloc(n_wins + 1, sizeof(*off));
	size_t high;

	count_flat(players, n, rule->p, wins);
	high = split(players, n, rule->threshold);
	count_flat(players, high, rule->p, off);
	count_plain(players, high, wins);
	for (size_t i = 0; i < n_wins; i++)
		wins[i] -= off[i];
	free(off);
}

/* -- a penalty by the gap ----------------------------------------------- */

struct gap {
	const struct penalty_rule *rule;
	double keep[PENALTY_MAX_WINDOW + 1]; /* 1 - p of so many blocks */
};

static bool
beats(const struct gap *gap, const struct player *a, const struct player *b)
{
	double window = gap->rule->window;
	int64_t d = a->block - b->block;
	double mine = a->score, other = b->score;
	size_t apart = d < 0 ? -d : d;

	if (mine >= gap->rule->threshold && other >= gap->rule->threshold)
		return mine > other;
	if ((double)apart > window)
		apart = window;
	if (d > 0)
		mine *= gap->keep[apart];
	else
		other *= gap->keep[apart];
	return mine > other;
}

static void
count_gap(const struct player *players, size_t n,
    const struct penalty_rule *rule, size_t *wins)
{
	struct gap *gap = xcalloc(1, sizeof(*gap));

	gap->rule = rule;
	for (size_t d = 0; (double)d <= rule->window; d++)
		gap->keep[d] = 1 - penalty_of(rule, d);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++)
			wins[players[i].who] +=
			    beats(gap, &players[i], &players[j]);
	}
	free(gap);
}

/* -- the whole ---------------------------------------------------------- */

static bool
has_rate(const struct winrate_entry *e)
{
	return !e->out && e->score > 0;
}

static size_t
gather(const struct winrate_rule *rule, const struct winrate_entry *entries,
    size_t n, struct player *players)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (rule->scored_only && !has_rate(&entries[i]))
			continue;
		players[count++] = (struct player){
		    .score = isnan(entries[i].score) ? 0 : entries[i].score,
		    .block = entries[i].block,
		    .who = i,
		};
	}
	return count;
}

static void
count_wins(const struct penalty_rule *rule, struct player *players, size_t n,
    size_t n_wins, size_t *wins)
{
	memset(wins, 0, n_wins * sizeof(*wins));
	switch (rule->mode) {
	case PENALTY_NONE:
		count_plain(players, n, wins);
		break;
	case PENALTY_FLAT:
		count_flat_below(players, n, rule, n_wins, wins);
		break;
	case PENALTY_GAP:
		count_gap(players, n, rule, wins);
		break;
	}
}

void
winrate_compute(const struct winrate_rule *rule,
    const struct winrate_entry *entries, size_t n, size_t *wins, double *rates)
{
	struct player *players;
	size_t population;

	if (n == 0)
		return;
	players = xcalloc(n, sizeof(*players));
	population = gather(rule, entries, n, players);
	count_wins(&rule->penalty, players, population, n, wins);
	for (size_t i = 0; i < n; i++) {
		if (!has_rate(&entries[i]))
			rates[i] = -INFINITY;
		else if (population > 1)
			rates[i] = (double)wins[i] / (double)(population - 1);
		else
			rates[i] = 0;
	}
	free(players);
}

/* -- twins -------------------------------------------------------------- */

struct owner {
	const char *key;
	size_t who;
};

static int
by_key(const void *a, const void *b)
{
	return strcmp(
	    ((const struct owner *)a)->key, ((const struct owner *)b)->key);
}

void
winrate_twins(const char *const *keys, size_t n, bool *twin)
{
	struct owner *owners = xcalloc(n + 1, sizeof(*owners));
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		twin[i] = false;
		if (keys[i] != NULL && keys[i][0] != '\0')
			owners[count++] = (struct owner){keys[i], i};
	}
	qsort(owners, count, sizeof(*owners), by_key);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(owners[i - 1].key, owners[i].key) == 0)
			twin[owners[i - 1].who] = twin[owners[i].who] = true;
	}
	free(owners);
}
