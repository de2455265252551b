/*
 * A pass goes through its parts one after the other, and through all of them
 * where one has failed: what is not done is due again in the next pass.
 */
#include "validator/posts.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "scorer/policy.h"
#include "validator/claim_platform.h"
#include "validator/posts_audience.h"
#include "validator/posts_gists.h"
#include "validator/posts_looks.h"
#include "validator/posts_settle.h"
#include "validator/store_posts.h"

enum { SETTLE_EVERY = 6 }; /* buckets, were it only for what expires */
enum { AHEAD = 1000, HOUR_BLOCKS = 300, GENESIS = 65, MAX_LIST = 512 };

enum part {
	PART_NONE, /* idle */
	PART_CHAIN,
	PART_PLACES, /* for observations */
	PART_GISTS,
	PART_LOOKS,
	PART_AUDIENCE,
	PART_SETTLE,
};

struct posts {
	struct posts_setup setup; /* its strings are not kept */
	struct watch *watch;
	struct posts_gists *gists;
	struct posts_looks *looks;
	struct posts_audience *audience;
	enum part part;
	bool woken; /* while busy: look again when done */
	bool is_closed;
	bool is_asking;	 /* while looking: whether there is another bucket */
	bool is_dirty;	 /* claims may stand otherwise than is written down */
	int64_t placed;	 /* the last bucket with a place; 0: none is known */
	int64_t settled; /* the bucket in which that was last made sure */
	int64_t told;	 /* the last bucket whose first pass has ended; -1 */
	bool said_genesis;
	struct posts_now now;
	char genesis[GENESIS];
	/* Of this pass: */
	struct posts_gists_done read;
	struct posts_looks_done looked;
	size_t accounts, changed;
	bool failed;
	struct metric *ok, *gone, *unavailable, *bucket;
};

static void
rest(struct posts *p)
{
	p->part = PART_NONE;
	if (!p->woken)
		return;
	p->woken = false;
	posts_wake(p);
}

/* -- the end of a pass -------------------------------------------------- */

static bool
has_done_something(const struct posts *p)
{
	return p->read.noted + p->read.read + p->read.away + p->looked.ok +
		   p->looked.gone + p->looked.unavailable + p->accounts +
		   p->changed >
	       0;
}

static void
end_pass(struct posts *p)
{
	if (p->told != p->now.bucket || has_done_something(p))
		log_info("engagement.cycle",
		    "bucket=%lld block=%lld first=%s failed=%s gists=%zu "
		    "away=%zu added=%lld ok=%zu gone=%zu unavailable=%zu "
		    "accounts=%zu changed=%zu",
		    (long long)p->now.bucket, (long long)p->now.block,
		    p->told != p->now.bucket ? "yes" : "no",
		    p->failed ? "yes" : "no", p->read.read, p->read.away,
		    (long long)p->read.added, p->looked.ok, p->looked.gone,
		    p->looked.unavailable, p->accounts, p->changed);
	if (!p->failed)
		p->told = p->now.bucket;
	metric_add(p->ok, p->looked.ok);
	metric_add(p->gone, p->looked.gone);
	metric_add(p->unavailable, p->looked.unavailable);
	metric_set(p->bucket, p->now.bucket);
	rest(p);
}

/* -- who has what ------------------------------------------------------- */

static void
say_settled(struct posts *p)
{
	p->is_dirty = false;
	p->settled = p->now.bucket;
}

static void
on_settled(enum store_outcome outcome, const char *why, void *arg)
{
	struct posts *p = arg;

	if (outcome == STORE_FAILED) {
		log_warn("claims.not_stored", "why=\"%s\"", why);
		p->failed = true;
	} else {
		say_settled(p);
	}
	end_pass(p);
}

static void
say_change(const struct posts_claim *c, const struct posts_settled *s)
{
	log_info("claim.settled",
	    "hotkey=%s post=%s:%s from=%s to=%s by=%s why=\"%s\"", c->hotkey,
	    claim_platform_name(c->platform), c->content,
	    posts_state_name(c->was), posts_state_name(s->state),
	    s->by != NULL ? s->by : "", s->why);
}

static json_t *
print_change(const struct posts_claim *c, const struct posts_settled *s)
{
	return json_pack("{s:I, s:s, s:s, s:s?, s:s?}", "id", (json_int_t)c->id,
	    "was", posts_state_name(c->was), "state",
	    posts_state_name(s->state), "why",
	    s->why[0] != '\0' ? s->why : NULL, "by", s->by);
}

static void
on_claims(
    const struct posts_claim *claims, size_t n, const char *why, void *arg)
{
	struct posts *p = arg;
	struct posts_settled *settled;
	json_t *lost, *others;

	if (why != NULL) {
		log_warn("engagement.not_read", "what=claims why=\"%s\"", why);
		p->failed = true;
		end_pass(p);
		return;
	}
	settled = xcalloc(n + 1, sizeof(*settled));
	lost = json_array();
	others = json_array();
	posts_settle(claims, n, p->setup.distance, settled);
	for (size_t i = 0; i < n; i++) {
		if (posts_is_same(&claims[i], &settled[i]))
			continue;
		say_change(&claims[i], &settled[i]);
		json_array_append_new(
		    claims[i].was == POSTS_HELD ? lost : others,
		    print_change(&claims[i], &settled[i]));
	}
	free(settled);
	p->changed = json_array_size(lost) + json_array_size(others);
	if (p->changed > 0) {
		store_write_settled(
		    p->setup.store, lost, others, &p->now, on_settled, p);
	} else {
		say_settled(p);
		end_pass(p);
	}
	json_decref(lost);
	json_decref(others);
}

static void
settle(struct posts *p)
{
	p->is_dirty |= p->read.noted + p->read.read + p->read.away > 0 ||
		       p->looked.moved ||
		       p->now.bucket >= p->settled + SETTLE_EVERY;
	if (!p->is_dirty) {
		end_pass(p);
		return;
	}
	p->part = PART_SETTLE;
	store_read_claims(p->setup.store, p->now.at_us, on_claims, p);
}

/* -- the parts before --------------------------------------------------- */

static void
on_audience(size_t n, bool failed, void *arg)
{
	struct posts *p = arg;

	p->accounts = n;
	p->failed |= failed;
	settle(p);
}

static void
on_looked(const struct posts_looks_done *done, void *arg)
{
	struct posts *p = arg;

	p->looked = *done;
	p->failed |= done->failed;
	if (p->is_closed || !watch_has(p->watch, WATCH_AUDIENCE)) {
		settle(p);
		return;
	}
	p->part = PART_AUDIENCE;
	posts_audience_run(p->audience, &p->now, on_audience, p);
}

static void
on_read(const struct posts_gists_done *done, void *arg)
{
	struct posts *p = arg;

	p->read = *done;
	p->failed |= done->failed;
	if (p->is_closed) {
		settle(p);
		return;
	}
	p->part = PART_LOOKS;
	posts_looks_run(p->looks, &p->now, on_looked, p);
}

static void
read_gists(struct posts *p)
{
	p->part = PART_GISTS;
	posts_gists_run(p->gists, &p->now, p->genesis, on_read, p);
}

static void
on_places(enum store_outcome outcome, const char *why, void *arg)
{
	struct posts *p = arg;

	if (outcome == STORE_FAILED) {
		log_warn("engagement.no_place", "why=\"%s\"", why);
		rest(p);
		return;
	}
	p->placed = p->now.bucket + AHEAD;
	read_gists(p);
}

/* -- where the chain is ------------------------------------------------- */

static int64_t
bucket_of(const struct posts *p, int64_t block)
{
	const struct growth_rule *rule = &p->setup.policy->engagement.growth;

	/* A policy that does not score posts has none. */
	return rule->bucket_blocks >= 1 ? growth_bucket(rule, block)
					: block / HOUR_BLOCKS;
}

static void
begin_pass(struct posts *p, int64_t block, const char *genesis)
{
	p->now = (struct posts_now){
	    .block = block,
	    .bucket = bucket_of(p, block),
	    .at_us = clock_wall_us(),
	};
	snprintf(p->genesis, sizeof(p->genesis), "%s", genesis);
	p->read = (struct posts_gists_done){0};
	p->looked = (struct posts_looks_done){0};
	p->accounts = p->changed = 0;
	p->failed = false;
	if (p->now.bucket + AHEAD / 2 < p->placed) {
		read_gists(p);
		return;
	}
	p->part = PART_PLACES;
	store_make_partitions(p->setup.store, p->now.bucket,
	    p->now.bucket + AHEAD, p->now.bucket - p->setup.keep, on_places, p);
}

static void
on_chain(int64_t block, const char *genesis, const char *why, void *arg)
{
	struct posts *p = arg;

	if (why != NULL)
		log_warn("engagement.not_read", "what=chain why=\"%s\"", why);
	if (block >= 0 && genesis == NULL && !p->said_genesis) {
		log_warn("engagement.no_genesis",
		    "why=\"weightsetterd has not written it\"");
		p->said_genesis = true;
	}
	if (block < 0 || genesis == NULL || p->is_closed)
		rest(p);
	else
		begin_pass(p, block, genesis);
}

/* While posts are looked at: they are measured in the bucket they are of. */
static void
on_moved(int64_t block, const char *genesis, const char *why, void *arg)
{
	struct posts *p = arg;

	(void)genesis;
	p->is_asking = false;
	if (why == NULL && p->part == PART_LOOKS &&
	    bucket_of(p, block) != p->now.bucket)
		posts_looks_hurry(p->looks);
}

void
posts_wake(struct posts *p)
{
	if (p == NULL || p->is_closed)
		return;
	if (p->part == PART_NONE) {
		p->part = PART_CHAIN;
		store_read_chain(p->setup.store, on_chain, p);
		return;
	}
	p->woken = true;
	if (p->part == PART_LOOKS && !p->is_asking) {
		p->is_asking = true;
		store_read_chain(p->setup.store, on_moved, p);
	}
}

/* -- the whole ---------------------------------------------------------- */

static void
forget_strings(struct posts_setup *setup)
{
	setup->gists_url = NULL;
	for (int s = 0; s < WATCH_SERVICES; s++)
		setup->services[s].url = setup->services[s].key = NULL;
}

static int
wire(struct posts *p, const struct posts_setup *setup, struct err *err)
{
	const struct posts_gists_setup gists = {
	    .base = setup->base,
	    .store = setup->store,
	    .metrics = setup->metrics,
	    .rule = &p->setup.rule,
	    .url = setup->gists_url,
	    .development = setup->development,
	    .takes_tags = setup->takes_tags,
	    .new_claims = setup->new_claims,
	    .retry_us = setup->retry_us,
	    .platforms = setup->platforms,
	};
	struct watch_setup watch = {.base = setup->base,
	    .metrics = setup->metrics,
	    .development = setup->development,
	    .failures = setup->failures,
	    .out_ms = setup->out_ms};
	struct posts_looks_setup looks = {
	    .base = setup->base,
	    .store = setup->store,
	    .rule = &p->setup.rule,
	    .retry_us = setup->retry_us,
	    .budget = setup->budget,
	    .verdict_budget = setup->verdict_budget,
	};
	struct posts_audience_setup audience = {
	    .store = setup->store,
	    .rule = &p->setup.rule,
	    .budget = setup->verdict_budget,
	};

	memcpy(watch.services, setup->services, sizeof(watch.services));
	p->watch = watch_new(&watch, err);
	if (p->watch == NULL)
		return -1;
	p->gists = posts_gists_new(&gists, err);
	if (p->gists == NULL)
		return -1;
	looks.watch = audience.watch = p->watch;
	p->looks = posts_looks_new(&looks);
	p->audience = posts_audience_new(&audience);
	return 0;
}

static void
count_with(struct posts *p, struct metrics *metrics)
{
	static const char name[] = "subnetd_posts_looked_at_total";
	static const char help[] =
	    "Posts the platform tracker was asked about.";

	p->ok = metrics_counter(metrics, name, "outcome=\"ok\"", help);
	p->gone = metrics_counter(metrics, name, "outcome=\"gone\"", help);
	p->unavailable =
	    metrics_counter(metrics, name, "outcome=\"unavailable\"", help);
	p->bucket = metrics_gauge(metrics, "subnetd_posts_bucket_number", NULL,
	    "Bucket of the last pass of the engagement cycle.");
}

struct posts *
posts_new(const struct posts_setup *setup, struct err *err)
{
	struct posts *p = xcalloc(1, sizeof(*p));

	p->setup = *setup;
	forget_strings(&p->setup);
	p->told = -1;
	p->is_dirty = true;
	if (wire(p, setup, err) != 0) {
		posts_free(p);
		return NULL;
	}
	count_with(p, setup->metrics);
	return p;
}

void
posts_free(struct posts *p)
{
	if (p == NULL)
		return;
	posts_audience_free(p->audience);
	posts_looks_free(p->looks);
	posts_gists_free(p->gists);
	watch_free(p->watch);
	free(p);
}

void
posts_close(struct posts *p)
{
	if (p == NULL)
		return;
	p->is_closed = true;
	p->woken = false;
	if (p->part == PART_LOOKS)
		posts_looks_hurry(p->looks);
}

bool
posts_is_idle(const struct posts *p)
{
	return p == NULL || p->part == PART_NONE;
}

int
posts_platforms(const char *list, uint32_t *platforms, struct err *err)
{
	char *text = xstrndup(list, MAX_LIST), *rest = text, *word;
	int failed = 0;

	*platforms = 0;
	while (!failed && (word = strsep(&rest, ", ")) != NULL) {
		int platform;

		if (word[0] == '\0')
			continue;
		platform = claim_platform_find(word);
		if (platform < 0)
			failed = err_set(err, "\"%s\" is no platform", word);
		else
			*platforms |= (uint32_t)1 << platform;
	}
	free(text);
	return failed;
}
