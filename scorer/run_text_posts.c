/* One line a miner, one a post. */
#include "scorer/run_text_posts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/run_text.h"
#include "scorer/words.h"

enum { MOST_OBSERVED = 1 << 20 };

/* -- writing ------------------------------------------------------------ */

static void
write_reals(struct buf *out, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_add_str(out, " ");
		run_text_real(out, values[i]);
	}
}

static void
write_time(struct buf *out, int64_t us)
{
	if (us == INT64_MIN)
		buf_add_str(out, " -");
	else
		buf_printf(out, " %" PRId64, us);
}

static void
write_post(struct buf *out, const struct run_post *r)
{
	const struct growth_post *p = &r->post;
	const double facts[] = {p->ai, p->illicit, p->bots, p->bots_confidence,
	    p->followers, p->burst};
	const double points[] = {p->waiting, p->gained, p->spike, p->crowd,
	    p->thin, p->value, p->debt};

	buf_printf(out, "%zu %s %s %d %d %d", r->miner, p->content,
	    p->barred[0] != '\0' ? p->barred : "-", p->listed, p->gone,
	    p->owned);
	write_reals(out, facts, sizeof(facts) / sizeof(facts[0]));
	write_time(out, p->published_us);
	write_time(out, p->claimed_us);
	buf_printf(out, " %zu", p->observed);
	write_reals(out, points, sizeof(points) / sizeof(points[0]));
	buf_add_str(out, "\n");
}

static void
write_means(struct buf *out, const struct run_miner *m)
{
	run_text_real(out, m->locked);
	buf_add_str(out, " ");
	run_text_real(out, m->locked_own);
	buf_add_str(out, " ");
	run_text_real(out, m->paid);
	buf_add_str(out, "\n");
}

void
run_text_posts_write(const struct run *run, struct buf *out)
{
	const struct run_miner *miners;
	const struct run_post *posts;
	size_t n, n_posts;

	if (run_policy(run)->fold != POLICY_ENGAGEMENT)
		return;
	miners = run_miners(run, &n);
	posts = run_posts(run, &n_posts);
	buf_printf(out, "collateral %zu\n", n);
	for (size_t i = 0; i < n; i++)
		write_means(out, &miners[i]);
	buf_printf(out, "posts %zu\n", n_posts);
	for (size_t i = 0; i < n_posts; i++)
		write_post(out, &posts[i]);
}

/* -- reading ------------------------------------------------------------ */

static void
take_means(struct run *run, size_t miner, struct words *r)
{
	double locked = words_real(r, ' '), own = words_real(r, ' ');
	double paid = words_real(r, '\n');

	if (!r->failed && run_set_means(run, miner, locked, own, paid) != 0)
		words_refuse(r, "a lock is below 0, or a payment is none");
}

static void
take_points(struct words *r, struct growth_post *p)
{
	p->waiting = words_real(r, ' ');
	p->gained = words_real(r, ' ');
	p->spike = words_real(r, ' ');
	p->crowd = words_real(r, ' ');
	p->thin = words_real(r, ' ');
	p->value = words_real(r, ' ');
	p->debt = words_real(r, '\n');
}

static void
take_post(struct run *run, struct words *r)
{
	struct growth_post p = {.hotkey = ""};
	const struct run_miner *miners;
	size_t n;
	long miner;

	miners = run_miners(run, &n);
	miner = words_count(r, ' ', RUN_MAX_MINERS);
	words_take(r, ' ', p.content, sizeof(p.content));
	words_take(r, ' ', p.barred, sizeof(p.barred));
	if (strcmp(p.barred, "-") == 0)
		p.barred[0] = '\0';
	p.listed = words_count(r, ' ', 1);
	p.gone = words_count(r, ' ', 1);
	p.owned = words_count(r, ' ', 1);
	p.ai = words_real(r, ' ');
	p.illicit = words_real(r, ' ');
	p.bots = words_real(r, ' ');
	p.bots_confidence = words_real(r, ' ');
	p.followers = words_real(r, ' ');
	p.burst = words_real(r, ' ');
	p.published_us = words_int(r, ' ', INT64_MIN);
	p.claimed_us = words_int(r, ' ', INT64_MIN);
	p.observed = words_count(r, ' ', MOST_OBSERVED);
	take_points(r, &p);
	if (r->failed)
		return;
	if ((size_t)miner < n)
		snprintf(
		    p.hotkey, sizeof(p.hotkey), "%s", miners[miner].hotkey);
	if (run_add_post(run, &p) != 0)
		words_refuse(r, "the post is out of order, of no miner, or of "
				"numbers out of range");
}

void
run_text_posts_read(struct run *run, struct words *r)
{
	size_t n;
	long count;

	if (!words_is_next(r, "collateral "))
		return;
	run_miners(run, &n);
	words_name(r, "collateral", ' ');
	count = words_count(r, '\n', RUN_MAX_MINERS);
	if (!r->failed && (size_t)count != n)
		words_refuse(r, "there is not one of each miner");
	for (long i = 0; i < count && !r->failed; i++)
		take_means(run, i, r);
	words_name(r, "posts", ' ');
	count = words_count(r, '\n', RUN_MAX_POSTS);
	for (long i = 0; i < count && !r->failed; i++)
		take_post(run, r);
}
