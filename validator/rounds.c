/* Doing what the epoch's table says. */
#include "validator/rounds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "validator/rounds_growth.h"
#include "validator/store.h"

struct rounds {
	struct rounds_setup setup;
	struct epoch epoch;
	bool closed;
	bool has_stored; /* a round since the start, by us or another */
	struct run *run; /* the round under way */
	int64_t number;
	struct run_round round;
	size_t neurons;
	char run_id[UUID_TEXT], vector_id[UUID_TEXT];
	char *seen;		      /* of struct store_read */
	struct rounds_growth *growth; /* posts are being read, or NULL */
	int64_t vain_bucket; /* posts came to nothing in it; -1: none */
	/* What was said last, so that each reason is logged once an epoch. */
	int64_t said_epoch;
	char said[96];
	struct metric *stored, *skipped, *last_block, *age, *behind;
};

static void take(struct rounds *, enum epoch_event);

static void
say_skipped(struct rounds *r, int64_t number, const char *why)
{
	if (r->said_epoch == number && strcmp(r->said, why) == 0)
		return;
	log_warn(
	    "run.skipped", "epoch=%lld why=\"%s\"", (long long)number, why);
	r->said_epoch = number;
	snprintf(r->said, sizeof(r->said), "%s", why);
	metric_add(r->skipped, 1);
}

/* -- storing ------------------------------------------------------------ */

static void
on_written(enum store_outcome outcome, const char *why, void *arg)
{
	struct rounds *r = arg;

	run_free(r->run);
	r->run = NULL;
	if (outcome == STORE_FAILED) {
		log_warn("run.not_stored", "epoch=%lld why=\"%s\"",
		    (long long)r->number, why);
		take(r, EPOCH_FAILED);
		return;
	}
	r->has_stored = true;
	if (outcome == STORE_DONE) {
		log_info("run.stored",
		    "epoch=%lld block=%lld miners=%zu vector=%s id=%s",
		    (long long)r->number, (long long)r->round.block, r->neurons,
		    r->vector_id, r->run_id);
		metric_add(r->stored, 1);
		metric_set(r->last_block, r->round.block);
		redis_send(r->setup.redis, redis_weights, r->vector_id, NULL);
		redis_send(r->setup.redis, redis_scores, r->run_id, "run");
	} else {
		log_info(
		    "run.stored_already", "epoch=%lld", (long long)r->number);
	}
	take(r, EPOCH_STORED);
}

static void
store(struct rounds *r)
{
	const struct store_run row = {r->run_id, r->vector_id, r->seen};

	uuid_new(r->run_id);
	uuid_new(r->vector_id);
	store_write_run(r->setup.store, &row, r->run, on_written, r);
}

/* -- a round ------------------------------------------------------------ */

/* The run's own snapshot may be newer than the one that called for it. */
static const char *
number_run(struct rounds *r, const struct store_read *read)
{
	r->neurons = read->neurons;
	r->number = epoch_of(&r->setup.rule, read->block, read->tempo);
	r->round.block = read->block;
	r->round.epoch = r->number;
	run_set_round(r->run, &r->round);
	free(r->seen);
	r->seen = xstrdup(read->seen);
	return r->number < 0 ? "the snapshot has no tempo" : NULL;
}

/* Rounds that are not of judgements alone. */
static bool
needs_judgements(const struct policy *policy)
{
	return policy->fold != POLICY_SUBMISSION &&
	       policy->fold != POLICY_ENGAGEMENT;
}

/* No round of what was read: it could not be, or, in `why`, it makes none. */
static void
give_up(struct rounds *r, const char *failed, const char *why)
{
	const struct policy *policy = run_policy(r->run);

	if (failed != NULL)
		log_warn("run.not_read", "why=\"%s\"", failed);
	else
		say_skipped(r, r->number, why);
	/* There will be no other measurements before the next bucket. */
	if (failed == NULL && policy->fold == POLICY_ENGAGEMENT)
		r->vain_bucket =
		    growth_bucket(&policy->engagement.growth, r->round.block);
	run_free(r->run);
	r->run = NULL;
	take(r, EPOCH_FAILED);
}

static void
finish_run(struct rounds *r)
{
	const char *why = run_finish(r->run);

	if (why == NULL)
		store(r);
	else
		give_up(r, NULL, why);
}

static void
on_growth(const char *failed, const char *wrong, void *arg)
{
	struct rounds *r = arg;

	r->growth = NULL;
	if (failed != NULL || wrong != NULL)
		give_up(r, failed, wrong);
	else
		finish_run(r);
}

static void
on_run(const struct store_read *read, void *arg)
{
	struct rounds *r = arg;
	const struct policy *policy = run_policy(r->run);
	const char *why = read->why;

	if (read->failed == NULL && why == NULL)
		why = number_run(r, read);
	if (why == NULL && read->judgements == 0 && needs_judgements(policy))
		why = "no judgements in the window";
	if (read->failed != NULL || why != NULL)
		give_up(r, read->failed, why);
	else if (policy->fold == POLICY_ENGAGEMENT)
		r->growth = rounds_growth_start(r->setup.store, r->run,
		    read->block, read->seen, on_growth, r);
	else
		finish_run(r);
}

static void
begin_run(struct rounds *r)
{
	struct err err;
	int64_t now_us = clock_wall_us();

	r->run = run_new(*r->setup.policy_text, &err);
	if (r->run == NULL) { /* it was read before: this cannot be */
		log_error("run.policy", "why=\"%s\"", err.text);
		take(r, EPOCH_FAILED);
		return;
	}
	r->round = (struct run_round){
	    .netuid = r->setup.rule.netuid,
	    .mecid = r->setup.store->mecid,
	    .from_us = now_us - r->setup.window_us,
	    .at_us = now_us,
	};
	run_set_round(r->run, &r->round);
	store_read_run(r->setup.store, r->run, on_run, r);
}

/* -- looking ------------------------------------------------------------ */

static bool
is_vain(const struct rounds *r, int64_t block)
{
	const struct policy *policy = r->setup.policy;

	return policy->fold == POLICY_ENGAGEMENT &&
	       growth_bucket(&policy->engagement.growth, block) ==
		   r->vain_bucket;
}

/* Whoever made the last round. */
static void
show_view(struct rounds *r, const struct epoch_view *view, int64_t last_us)
{
	int64_t number = epoch_of(&r->setup.rule, view->block, view->tempo);

	if (!view->has_last)
		return;
	metric_since(r->age, last_us);
	metric_set(
	    r->behind, number >= 0 ? (double)(number - view->last_epoch) : NAN);
}

static void
on_view(
    const struct epoch_view *view, int64_t last_us, const char *why, void *arg)
{
	struct rounds *r = arg;
	struct epoch_rule rule = r->setup.rule;

	/* Scores of submissions and posts are not of what was judged here. */
	if (!needs_judgements(r->setup.policy))
		rule.min_judgements = 0;
	if (why != NULL) {
		log_warn("run.not_read", "why=\"%s\"", why);
		take(r, EPOCH_FAILED);
		return;
	}
	if (view == NULL) { /* no snapshot yet */
		take(r, EPOCH_NOT_DUE);
		return;
	}
	show_view(r, view, last_us);
	why = epoch_is_due(&rule, view, &r->number);
	if (why == NULL && is_vain(r, view->block))
		why = "";
	if (why != NULL && why[0] != '\0')
		say_skipped(r, r->number, why);
	take(r, why == NULL ? EPOCH_DUE : EPOCH_NOT_DUE);
}

/* The first round after a start is not of half of what there is: it waits for
 * the verdicts on what ended while nobody judged. 0 once that is over. */
static int64_t
gate_us(const struct rounds *r)
{
	int64_t end_us = r->setup.started_us + r->setup.first_wait_us;

	return r->has_stored || clock_wall_us() > end_us ? 0
							 : r->setup.started_us;
}

static void
take(struct rounds *r, enum epoch_event event)
{
	enum epoch_state was = r->epoch.state;
	enum epoch_action action =
	    epoch_step(&r->epoch, event, clock_mono_us());

	if (was != r->epoch.state)
		log_debug("run.step", "from=%s to=%s", epoch_state_name(was),
		    epoch_state_name(r->epoch.state));
	switch (action) {
	case EPOCH_DO_NOTHING:
		break;
	case EPOCH_DO_READ:
		store_read_view(r->setup.store,
		    clock_wall_us() - r->setup.window_us, gate_us(r),
		    r->setup.rule.min_judgements, on_view, r);
		break;
	case EPOCH_DO_RUN:
		begin_run(r);
		break;
	}
}

/* As long as there is no round at all, none has been for as long as we are
 * there. */
static void
make_ages(struct rounds *r, struct metrics *m)
{
	char labels[64];

	snprintf(labels, sizeof(labels), "netuid=\"%d\",mecid=\"%d\"",
	    r->setup.rule.netuid, r->setup.store->mecid);
	r->age = metrics_age(m, "subnetd_scorer_age_seconds", labels,
	    "Time since the last scoring round, whoever made it.");
	metric_since(r->age, r->setup.started_us);
	r->behind = metrics_gauge(m, "subnetd_scorer_epochs_behind", labels,
	    "Epochs from the last scoring round's to the chain's.");
	metric_set(r->behind, NAN);
}

struct rounds *
rounds_new(const struct rounds_setup *setup)
{
	struct rounds *r = xcalloc(1, sizeof(*r));

	r->setup = *setup;
	r->vain_bucket = -1;
	make_ages(r, setup->metrics);
	r->stored = metrics_counter(setup->metrics, "subnetd_runs_total",
	    "outcome=\"stored\"", "Scoring rounds.");
	r->skipped = metrics_counter(setup->metrics, "subnetd_runs_total",
	    "outcome=\"skipped\"", "Scoring rounds.");
	r->last_block = metrics_gauge(setup->metrics, "subnetd_run_block", NULL,
	    "Block of the snapshot of the last round stored here.");
	return r;
}

void
rounds_free(struct rounds *r)
{
	if (r == NULL)
		return;
	rounds_growth_free(r->growth);
	run_free(r->run);
	free(r->seen);
	free(r);
}

void
rounds_wake(struct rounds *r)
{
	if (!r->closed)
		take(r, EPOCH_WAKE);
}

void
rounds_close(struct rounds *r)
{
	r->closed = true;
	r->epoch.woken = false;
}

bool
rounds_is_idle(const struct rounds *r)
{
	return r->epoch.state == EPOCH_IDLE;
}
