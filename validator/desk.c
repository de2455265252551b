/*
 * Names gather while a lot is under way. Beyond a lot's size of them we do
 * not keep names but sweep instead: the table knows them all.
 */
#include "validator/desk.h"

#include <event2/event.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "validator/judge.h"
#include "validator/store_reference.h"

/* One verdict on its way to the table. */
struct ruling {
	struct desk *desk;
	char id[UUID_TEXT];
	char hotkey[64];
	char reason[32];
	char reference[16];
	const char *metric;
	bool counts, success;
	double speed, accuracy;
};

struct desk {
	struct desk_setup setup;
	struct event *turn; /* start the next lot */
	char named[STORE_MAX_CASES][UUID_TEXT];
	size_t n_named;
	bool sweep_wanted;
	bool reading, sweeping;
	struct ruling rulings[STORE_MAX_CASES]; /* the lot under way */
	size_t n_open;				/* of them, not yet answered */
	bool closed;
	bool is_asking; /* for the oldest */
	struct metric *judged, *passed, *failed, *oldest;
};

static void
start_soon(struct desk *desk)
{
	struct timeval now = {0, 0};

	if (!event_pending(desk->turn, EV_TIMEOUT, NULL))
		event_add(desk->turn, &now);
}

static bool
has_work(const struct desk *desk)
{
	return !desk->closed && (desk->n_named > 0 || desk->sweep_wanted);
}

/* -- writing ------------------------------------------------------------ */

static void
log_ruling(const struct ruling *r)
{
	char accuracy[32] = "none", speed[32] = "none";

	if (!r->counts) {
		log_info("attempt.judged",
		    "id=%s hotkey=%s counted=no reason=%s", r->id, r->hotkey,
		    r->reason);
		return;
	}
	if (!isnan(r->speed))
		snprintf(speed, sizeof(speed), "%.4f", r->speed);
	if (!isnan(r->accuracy))
		snprintf(accuracy, sizeof(accuracy), "%.4f", r->accuracy);
	log_info("attempt.judged",
	    "id=%s hotkey=%s success=%s speed=%s accuracy=%s metric=%s "
	    "reference=%s",
	    r->id, r->hotkey, r->success ? "yes" : "no", speed, accuracy,
	    r->metric, r->reference);
}

static void
ruling_over(struct desk *desk)
{
	desk->n_open--;
	if (desk->n_open == 0 && has_work(desk))
		start_soon(desk);
}

static void
on_written(enum store_outcome outcome, const char *why, void *arg)
{
	struct ruling *r = arg;
	struct desk *desk = r->desk;

	switch (outcome) {
	case STORE_DONE:
		log_ruling(r);
		metric_add(r->counts ? desk->judged : desk->passed, 1);
		break;
	case STORE_TAKEN:
		log_debug("attempt.judged_already", "id=%s", r->id);
		break;
	case STORE_FAILED:
		log_warn("attempt.not_judged", "id=%s why=\"%s\"", r->id, why);
		metric_add(desk->failed, 1);
		break;
	}
	ruling_over(desk);
}

static void
on_wanted(enum store_outcome outcome, const char *why, void *arg)
{
	struct ruling *r = arg;
	struct desk *desk = r->desk;

	if (outcome == STORE_FAILED) {
		log_warn("attempt.not_judged", "id=%s why=\"%s\"", r->id, why);
		metric_add(desk->failed, 1);
	} else {
		log_debug("attempt.waits", "id=%s for=reference", r->id);
		desk->setup.on_wanted(desk->setup.arg);
	}
	ruling_over(desk);
}

static void
judge(struct desk *desk, const struct judge_case *c, struct ruling *r)
{
	struct audit_plan audit;
	struct judgement j;

	judge_attempt(c, desk->setup.policy, &j);
	*r = (struct ruling){.desk = desk,
	    .metric = j.metric,
	    .counts = j.counts,
	    .success = j.success,
	    .speed = j.speed,
	    .accuracy = j.accuracy};
	snprintf(r->id, sizeof(r->id), "%s", c->id);
	snprintf(r->hotkey, sizeof(r->hotkey), "%s", c->hotkey);
	snprintf(r->reference, sizeof(r->reference), "%s", j.reference);
	snprintf(r->reason, sizeof(r->reason), "%s",
	    c->reason != NULL ? c->reason : "none");
	store_judge(desk->setup.store, r->id, &j,
	    audit_plan(c, &desk->setup.audits, &audit) ? &audit : NULL,
	    clock_wall_us(), on_written, r);
	judgement_clear(&j);
}

static void
rule(struct desk *desk, const struct judge_case *c, struct ruling *r)
{
	enum reference_plan plan =
	    reference_plan(c, desk->setup.policy, &desk->setup.rule);

	if (plan == REFERENCE_JUDGE) {
		judge(desk, c, r);
		return;
	}
	*r = (struct ruling){.desk = desk};
	snprintf(r->id, sizeof(r->id), "%s", c->id);
	store_want_reference(desk->setup.store, c->job_id,
	    reference_plan_source(plan), clock_wall_us(), desk->setup.wait_ms,
	    on_wanted, r);
}

/* -- reading ------------------------------------------------------------ */

static void
on_cases(const struct judge_case *cases, size_t n, const char *why, void *arg)
{
	struct desk *desk = arg;

	desk->reading = false;
	if (why != NULL) {
		log_warn("attempts.not_read", "why=\"%s\"", why);
		metric_add(desk->failed, 1);
	}
	/* A full lot of a sweep: there may be more. */
	if (desk->sweeping && n == STORE_MAX_CASES)
		desk->sweep_wanted = true;
	desk->sweeping = false;
	desk->n_open = n;
	for (size_t i = 0; i < n; i++)
		rule(desk, &cases[i], &desk->rulings[i]);
	if (n == 0 && why == NULL && has_work(desk))
		start_soon(desk);
}

static void
read_named(struct desk *desk)
{
	const char *ids[STORE_MAX_CASES];

	for (size_t i = 0; i < desk->n_named; i++)
		ids[i] = desk->named[i];
	store_read_named(desk->setup.store, ids, desk->n_named, on_cases, desk);
	desk->n_named = 0;
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct desk *desk = arg;

	(void)fd;
	(void)what;
	if (desk->reading || desk->n_open > 0 || !has_work(desk))
		return;
	desk->reading = true;
	if (desk->n_named > 0) {
		read_named(desk);
		return;
	}
	desk->sweep_wanted = false;
	desk->sweeping = true;
	store_read_unjudged(desk->setup.store, on_cases, desk);
}

/* -- what waits --------------------------------------------------------- */

static void
on_oldest(int64_t since_us, const char *why, void *arg)
{
	struct desk *desk = arg;

	desk->is_asking = false;
	if (why == NULL)
		metric_since(desk->oldest, since_us);
}

static void
ask_for_oldest(struct desk *desk)
{
	if (desk->is_asking || desk->closed)
		return;
	desk->is_asking = true;
	store_read_oldest(desk->setup.store, on_oldest, desk);
}

/* -- the desk ----------------------------------------------------------- */

struct desk *
desk_new(const struct desk_setup *setup)
{
	static const char help[] = "Attempts that ended and were looked at.";
	struct metrics *metrics = setup->metrics;
	struct desk *desk = xcalloc(1, sizeof(*desk));

	desk->setup = *setup;
	desk->turn = event_new(setup->base, -1, 0, on_turn, desk);
	desk->judged = metrics_counter(
	    metrics, "subnetd_attempts_judged_total", "counted=\"yes\"", help);
	desk->passed = metrics_counter(
	    metrics, "subnetd_attempts_judged_total", "counted=\"no\"", help);
	desk->failed =
	    metrics_counter(metrics, "subnetd_judging_failures_total", NULL,
		"Reads and writes that did not work and will be tried again.");
	desk->oldest = metrics_age(metrics, "subnetd_outbox_age_seconds",
	    "outbox=\"judgements\"",
	    "How long the next thing to be handed on has been due.");
	return desk;
}

void
desk_free(struct desk *desk)
{
	if (desk == NULL)
		return;
	event_free(desk->turn);
	free(desk);
}

void
desk_wake(struct desk *desk, const char *attempt_id)
{
	if (desk == NULL || !uuid_is_valid(attempt_id))
		return;
	if (desk->n_named == STORE_MAX_CASES)
		desk->sweep_wanted = true;
	else
		snprintf(desk->named[desk->n_named++], sizeof(desk->named[0]),
		    "%s", attempt_id);
	start_soon(desk);
}

void
desk_sweep(struct desk *desk)
{
	if (desk == NULL)
		return;
	desk->sweep_wanted = true;
	ask_for_oldest(desk);
	start_soon(desk);
}

void
desk_close(struct desk *desk)
{
	if (desk != NULL)
		desk->closed = true;
}

bool
desk_is_idle(const struct desk *desk)
{
	return desk == NULL || (!desk->reading && desk->n_open == 0);
}
