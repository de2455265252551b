/* The weight vector that waits. */
#include "weightsetter/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "weightsetter/plan.h"
#include "weightsetter/refusal.h"
#include "weightsetter/retry.h"
#include "weightsetter/store.h"

struct vectors {
	struct vectors_parts parts;
	struct vector *waiting; /* NULL: none */
	bool has_entries, is_none;
	bool is_asking, ask_again;
	char asked_for[PLAN_ID]; /* whose entries are being read */
	struct retry retry;
	const char *waits_for; /* as was said last */
};

struct vectors *
vectors_new(const struct vectors_parts *parts)
{
	struct vectors *v = xcalloc(1, sizeof(*v));

	v->parts = *parts;
	return v;
}

void
vectors_free(struct vectors *v)
{
	if (v == NULL)
		return;
	vector_free(v->waiting);
	free(v);
}

static bool
is_waiting(const struct vectors *v, const char *id)
{
	return v->waiting != NULL && strcmp(v->waiting->id, id) == 0;
}

static void
drop(struct vectors *v)
{
	vector_free(v->waiting);
	v->waiting = NULL;
	v->has_entries = false;
	v->waits_for = NULL;
	retry_reset(&v->retry);
}

static void
asked(struct vectors *v)
{
	v->is_asking = false;
	if (v->ask_again) {
		v->ask_again = false;
		vectors_wake(v);
	}
	v->parts.on_change(v->parts.arg);
}

/* None at all is for the plan to refuse. The vector may have been decided on
 * while they were read. */
static void
on_entries(enum store_outcome outcome, struct vector_entry *entries, size_t n,
    void *arg)
{
	struct vectors *v = arg;

	if (outcome == STORE_FAILED) {
		drop(v);
	} else if (is_waiting(v, v->asked_for)) {
		v->waiting->entries = entries;
		v->waiting->n = n;
		v->has_entries = true;
		entries = NULL;
	}
	free(entries);
	asked(v);
}

static void
supersede(struct vectors *v)
{
	if (v->waiting != NULL)
		store_supersede(v->parts.store, v->parts.netuid, v->parts.mecid,
		    v->waiting->id, v->parts.under_way(v->parts.arg),
		    clock_wall_us());
}

static void
on_waiting(enum store_outcome outcome, struct vector *newest, void *arg)
{
	struct vectors *v = arg;

	if (newest != NULL && !is_waiting(v, newest->id)) {
		drop(v);
		v->waiting = newest;
		v->is_none = false;
		supersede(v);
		memcpy(v->asked_for, newest->id, sizeof(v->asked_for));
		store_entries(v->parts.store, v->asked_for, on_entries, v);
		return;
	}
	vector_free(newest);
	v->is_none = outcome == STORE_NOTHING;
	if (v->is_none)
		drop(v);
	asked(v);
}

void
vectors_wake(struct vectors *v)
{
	if (v->is_asking) {
		v->ask_again = true;
		return;
	}
	v->is_asking = true;
	store_waiting(
	    v->parts.store, v->parts.netuid, v->parts.mecid, on_waiting, v);
}

const struct vector *
vectors_ready(const struct vectors *v, uint64_t block)
{
	if (v->is_asking || !v->has_entries || !retry_may(&v->retry, block))
		return NULL;
	return v->waiting;
}

bool
vectors_wait(struct vectors *v, const char *reason)
{
	bool is_new = v->waits_for != reason;

	v->waits_for = reason;
	return is_new;
}

const struct vector *
vectors_waiting(const struct vectors *v)
{
	return v->waiting;
}

bool
vectors_none(const struct vectors *v)
{
	return v->is_none && !v->is_asking;
}

/* If it could not be written, it is found undecided again. */
static void
on_refused(enum store_outcome outcome, void *arg)
{
	(void)outcome;
	vectors_wake(arg);
}

void
vectors_refuse(struct vectors *v, const char *id, const char *reason)
{
	log_warn("weights.refused", "vector=%s reason=%s", id, reason);
	store_refuse(
	    v->parts.store, id, reason, clock_wall_us(), on_refused, v);
	if (is_waiting(v, id))
		drop(v);
}

/* Enough of the refusals. */
static void
refused_again(struct vectors *v, const char *id, const char *reason,
    const struct vectors_when *at)
{
	char gave_up[REFUSAL_MAX + 16];

	if (retry_refused(&v->retry, at->block, retry_longest(at->tempo)))
		return;
	snprintf(gave_up, sizeof(gave_up), "gave_up: %s", reason);
	vectors_refuse(v, id, gave_up);
}

void
vectors_failed(struct vectors *v, const char *id, const char *reason,
    const struct vectors_when *at)
{
	uint64_t longest = retry_longest(at->tempo);

	if (!is_waiting(v, id) && refusal_judge(reason) != REFUSAL_LASTING)
		return; /* a newer one has taken its place */
	switch (refusal_judge(reason)) {
	case REFUSAL_LASTING:
		if (id[0] != '\0')
			vectors_refuse(v, id, reason);
		break;
	case REFUSAL_CHANGED:
		if (!retry_once(&v->retry, at->block, refusal_fault(reason)))
			refused_again(v, id, reason, at);
		break;
	case REFUSAL_PASSING:
		refused_again(v, id, reason, at);
		break;
	case REFUSAL_HINDERED:
	case REFUSAL_UNCLEAR:
		retry_hindered(&v->retry, at->block, longest);
		break;
	case REFUSAL_WAIT:
	case REFUSAL_ALARM:
		retry_until(&v->retry, at->block + longest);
		break;
	case REFUSAL_EPOCH:
		retry_until(&v->retry, at->next_epoch > at->block
					   ? at->next_epoch
					   : at->block + longest);
		break;
	}
}

void
vectors_ended(struct vectors *v, const char *id, bool taken)
{
	if (taken && is_waiting(v, id))
		drop(v);
	supersede(v);
	vectors_wake(v);
}
