/* Page by page: what is held is one page, and one post's window. */
#include "validator/rounds_growth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "validator/posts_settle.h"
#include "validator/store_posts.h"

enum { PAGE = 64 }; /* claims */

struct rounds_growth {
	struct store *store;
	struct run *run;
	struct growth *growth;
	int64_t first, now; /* buckets */
	char *seen;
	char hotkey[GROWTH_MAX_KEY], content[GROWTH_MAX_CONTENT]; /* the last */
	const char *wrong;
	rounds_growth_on_done *on_done;
	void *arg;
};

static void read_page(struct rounds_growth *);

void
rounds_growth_free(struct rounds_growth *g)
{
	if (g == NULL)
		return;
	growth_free(g->growth);
	free(g->seen);
	free(g);
}

static void
finish(struct rounds_growth *g, const char *failed)
{
	if (failed == NULL && g->wrong == NULL) {
		growth_end(g->growth);
		g->growth = NULL;
	}
	g->on_done(failed, g->wrong, g->arg);
	rounds_growth_free(g);
}

/* Who is no neuron any more is in no round. */
static void
on_post(const struct growth_post *post, void *arg)
{
	struct rounds_growth *g = arg;

	if (run_find(g->run, post->hotkey) < 0)
		return;
	if (run_add_post(g->run, post) != 0 && g->wrong == NULL)
		g->wrong = "a post is out of order or has no sound numbers";
}

/* What nothing was measured of in the window is a row all the same, so that
 * the round names it. */
static void
read_row(const struct rounds_growth *g, const struct store_growth *s,
    struct growth_row *row)
{
	int state = posts_state_of(s->state);
	bool was_measured = s->bucket != STORE_NO_BUCKET;

	*row = (struct growth_row){
	    .hotkey = s->hotkey,
	    .content = s->content,
	    .bucket = was_measured		     ? s->bucket
		      : s->claimed_bucket > g->first ? s->claimed_bucket
						     : g->first,
	    .state = s->is_gone	    ? GROWTH_GONE
		     : was_measured ? GROWTH_OK
				    : GROWTH_UNAVAILABLE,
	    .views = s->views,
	    .likes = s->likes,
	    .comments = s->comments,
	    .followers = s->followers,
	    .owned = s->is_owned,
	    .listed = s->is_listed,
	    .barred = state < 0 ? NULL : posts_state_bar(state),
	    .ai = s->ai,
	    .illicit = s->illicit,
	    .bots = s->bot,
	    .bots_confidence = s->bot_confidence,
	    .published_us = s->published_us,
	    .claimed_us = s->claimed_us,
	};
	if (row->bucket > g->now)
		row->bucket = g->now;
}

static void
on_growth(const struct store_growth *rows, size_t n, const char *why, void *arg)
{
	struct rounds_growth *g = arg;
	struct growth_row row;

	if (why != NULL) {
		finish(g, why);
		return;
	}
	for (size_t i = 0; i < n && g->wrong == NULL; i++) {
		read_row(g, &rows[i], &row);
		if (growth_add(g->growth, &row) != 0)
			g->wrong = "an observation is out of order";
	}
	if (n == 0 || g->wrong != NULL) {
		finish(g, NULL);
		return;
	}
	snprintf(g->hotkey, sizeof(g->hotkey), "%s", rows[n - 1].hotkey);
	snprintf(g->content, sizeof(g->content), "%s", rows[n - 1].content);
	read_page(g);
}

static void
read_page(struct rounds_growth *g)
{
	const struct store_growth_page page = {
	    .hotkey = g->hotkey,
	    .content = g->content,
	    .seen = g->seen,
	    .claims = PAGE,
	    .first = g->first,
	    .last = g->now,
	};

	store_read_growth(g->store, &page, on_growth, g);
}

struct rounds_growth *
rounds_growth_start(struct store *store, struct run *run, int64_t block,
    const char *seen, rounds_growth_on_done *on_done, void *arg)
{
	const struct growth_rule *rule = &run_policy(run)->engagement.growth;
	struct rounds_growth *g = xcalloc(1, sizeof(*g));

	g->store = store;
	g->run = run;
	g->now = growth_bucket(rule, block);
	g->first = growth_first(rule, g->now);
	g->seen = xstrdup(seen);
	g->growth = growth_begin(rule, g->now, on_post, g);
	g->on_done = on_done;
	g->arg = arg;
	read_page(g);
	return g;
}
