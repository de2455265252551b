/* Posts of a round, in the order of (hotkey, content). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/run_parts.h"

/* Sums of a million such are still exact enough, and none is infinite. */
static const double most_points = 1e15;

/* -- what goes in ------------------------------------------------------- */

/* Visible ASCII: it is a word of the round's text. */
static bool
is_word(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text <= ' ' || *text > '~')
			return false;
	}
	return true;
}

static bool
is_sound(const struct growth_post *p)
{
	const double points[] = {p->waiting, p->gained, p->crowd, p->spike,
	    p->thin, p->value, p->debt};
	const double shares[] = {
	    p->ai, p->illicit, p->bots, p->bots_confidence, p->burst};

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		if (!(points[i] >= 0 && points[i] <= most_points))
			return false;
	}
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		if (shares[i] < 0 || shares[i] > 1)
			return false;
	}
	return !(p->followers < 0) && !isinf(p->followers) &&
	       p->content[0] != '\0' && is_word(p->content) &&
	       is_word(p->barred);
}

static bool
is_lock(double v)
{
	return isnan(v) || (v >= 0 && v <= most_points);
}

int
run_set_means(struct run *run, size_t miner, double locked, double locked_own,
    double paid)
{
	struct run_miner *m = &run->miners[miner];

	if (!is_lock(locked) || !is_lock(locked_own) || isnan(paid) ||
	    fabs(paid) > most_points)
		return -1;
	m->locked = locked;
	m->locked_own = locked_own;
	m->paid = paid;
	return 0;
}

static bool
follows(const struct run *run, size_t miner, const char *content)
{
	const struct run_post *last;

	if (run->n_posts == 0)
		return true;
	last = &run->posts[run->n_posts - 1];
	return miner > last->miner ||
	       (miner == last->miner &&
		   strcmp(content, last->post.content) > 0);
}

int
run_add_post(struct run *run, const struct growth_post *post)
{
	long miner = run_find(run, post->hotkey);

	if (miner < 0 || !is_sound(post) ||
	    !follows(run, miner, post->content) ||
	    run->n_posts == RUN_MAX_POSTS)
		return -1;
	if (run->n_posts == run->cap_posts) {
		run->cap_posts = run->cap_posts * 2 + 256;
		run->posts =
		    xrealloc(run->posts, run->cap_posts, sizeof(*run->posts));
	}
	run->posts[run->n_posts++] =
	    (struct run_post){.miner = miner, .post = *post};
	return 0;
}

const struct run_post *
run_posts(const struct run *run, size_t *n)
{
	*n = run->n_posts;
	return run->posts;
}

/* -- what comes of it --------------------------------------------------- */

void
run_value_posts(struct run *run)
{
	const struct engagement_rule *rule = &run->policy.engagement;
	size_t next = 0;

	for (size_t i = 0; i < run->n; i++) {
		struct run_entry *e = &run->entries[i];
		double sum = 0;

		e->first_post = next;
		for (; next < run->n_posts && run->posts[next].miner == i;
		     next++) {
			struct run_post *p = &run->posts[next];

			p->gave = engagement_gave(rule, &p->post, &p->why);
			sum += p->gave;
		}
		e->n_posts = next - e->first_post;
		e->points = fmax(0, sum);
	}
}

/* An entry to what its shares are made of; out if it is short of collateral. */
static struct engagement_miner
part_of(const struct run *run, size_t i)
{
	const struct run_miner *m = &run->miners[i];
	struct run_entry *e = &run->entries[i];
	struct engagement_miner part = {
	    .points = e->points,
	    .jobs = e->score,
	    .paid = m->paid,
	    .alpha = m->alpha,
	    .locked = m->locked,
	    .locked_own = m->locked_own,
	};

	e->jobs_score = e->score;
	if (e->out == NULL)
		e->out = engagement_gate(&run->policy.engagement, &part);
	part.out = e->out != NULL;
	return part;
}

void
run_share_posts(struct run *run)
{
	struct engagement_miner *parts = xcalloc(run->n + 1, sizeof(*parts));
	struct engagement_shares *shares = xcalloc(run->n + 1, sizeof(*shares));

	for (size_t i = 0; i < run->n; i++)
		parts[i] = part_of(run, i);
	engagement_share(&run->policy.engagement, parts, run->n, shares);
	for (size_t i = 0; i < run->n; i++) {
		struct run_entry *e = &run->entries[i];

		e->collateral_share = shares[i].collateral;
		e->posts_share = shares[i].posts;
		e->paid_share = shares[i].paid;
		e->jobs_share = shares[i].jobs;
		e->score = shares[i].score;
	}
	free(parts);
	free(shares);
}
