/* Leaving one out; scores put in the place of another. */
#include "scorer/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/run_parts.h"

/* Where a miner of that score would stand among the others. */
static void
stand_with(const struct run *run, size_t miner, double score,
    struct explain_stand *out)
{
	size_t more = 0, n = score > 0;

	for (size_t i = 0; i < run->n; i++) {
		double other = run->entries[i].score;

		if (i == miner || !(other > 0))
			continue;
		n++;
		more += other > score;
	}
	*out = (struct explain_stand){.scored = n, .percentile = NAN};
	if (!(score > 0))
		return;
	out->rank = more + 1;
	out->percentile = (double)(n - more) / (double)n;
}

void
explain_stand(const struct run *run, size_t miner, struct explain_stand *out)
{
	stand_with(run, miner, run->entries[miner].score, out);
}

double
explain_gave(const struct run *run, size_t miner, size_t event)
{
	const struct run_entry *e = &run->entries[miner];
	bool of_posts = run->policy.fold == POLICY_ENGAGEMENT;
	struct run_event *rest = xcalloc(e->n, sizeof(*rest));
	size_t at = event - e->first;
	double without;

	memcpy(rest, run->events + e->first, at * sizeof(*rest));
	memcpy(rest + at, run->events + event + 1,
	    (e->n - at - 1) * sizeof(*rest));
	without = run_fold(run, miner, rest, e->n - 1, NULL);
	free(rest);
	return (of_posts ? e->jobs_score : e->score) - without;
}

/* -- what would raise it ------------------------------------------------ */

/* The round once more from scores to weights, that miner's being another. */
static void
weigh_with(const struct run *run, size_t miner, struct explain_change *c)
{
	struct run changed = *run;

	changed.entries = xcalloc(run->n, sizeof(*changed.entries));
	memcpy(
	    changed.entries, run->entries, run->n * sizeof(*changed.entries));
	changed.entries[miner].score = c->score;
	if (run_weigh(&changed) == 0) {
		c->win_rate = changed.entries[miner].win_rate;
		c->weight = changed.entries[miner].weight;
	}
	free(changed.entries);
}

static int
by_score(const void *a, const void *b)
{
	const struct explain_change *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return (int)x->what - (int)y->what;
}

size_t
explain_changes(const struct run *run, size_t miner,
    struct explain_change out[RUN_N_CHANGES])
{
	size_t n = 0;

	for (enum run_change what = 0; what < RUN_N_CHANGES; what++) {
		struct explain_change c = {.what = what,
		    .score = run_what_if(run, miner, what),
		    .win_rate = -INFINITY};

		if (!(c.score > run->entries[miner].score))
			continue;
		weigh_with(run, miner, &c);
		stand_with(run, miner, c.score, &c.stand);
		out[n++] = c;
	}
	qsort(out, n, sizeof(*out), by_score);
	return n;
}

const char *
explain_change_name(enum run_change what)
{
	switch (what) {
	case RUN_AS_IT_IS:
		return "as it is";
	case RUN_NO_FAILURES:
		return "no failures";
	case RUN_WHOLE_SPEED:
		return "full speed";
	case RUN_WHOLE_ACCURACY:
		return "full accuracy";
	case RUN_N_CHANGES:
		break;
	}
	return "";
}
