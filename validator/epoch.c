/* Epochs: counting them, and the table of (state, event, next). */
#include "validator/epoch.h"

#include <assert.h>
#include <stddef.h>

int64_t
epoch_of(const struct epoch_rule *rule, int64_t block, int64_t tempo)
{
	if (block < 0)
		return -1;
	if (rule->blocks > 0)
		return block / rule->blocks;
	if (tempo <= 0)
		return -1;
	return (block + rule->netuid + 1) / (tempo + 1);
}

const char *
epoch_is_due(const struct epoch_rule *rule, const struct epoch_view *view,
    int64_t *number)
{
	*number = epoch_of(rule, view->block, view->tempo);
	if (*number < 0)
		return "the snapshot has no tempo";
	/* Not "greater": another setting may count in other numbers. */
	if (view->has_last &&
	    (view->last_epoch == *number || view->last_block >= view->block))
		return "";
	if (view->is_behind)
		return "what had ended before the start is not judged yet";
	if (view->judgements < rule->min_judgements)
		return "too few judgements in the window";
	return NULL;
}

struct step {
	enum epoch_state next;
	enum epoch_action action;
	bool is_error; /* wait before the next try */
};

/* What stands under no event cannot happen in that state: it stays. */
static const struct step steps[N_EPOCH_STATES][N_EPOCH_EVENTS] =
    {
	[EPOCH_IDLE] =
	    {
		[EPOCH_WAKE] = {EPOCH_READING, EPOCH_DO_READ, false},
		[EPOCH_DUE] = {EPOCH_IDLE, EPOCH_DO_NOTHING, false},
		[EPOCH_NOT_DUE] = {EPOCH_IDLE, EPOCH_DO_NOTHING, false},
		[EPOCH_STORED] = {EPOCH_IDLE, EPOCH_DO_NOTHING, false},
		[EPOCH_FAILED] = {EPOCH_IDLE, EPOCH_DO_NOTHING, false},
	    },
	[EPOCH_READING] =
	    {
		[EPOCH_WAKE] = {EPOCH_READING, EPOCH_DO_NOTHING, false},
		[EPOCH_DUE] = {EPOCH_RUNNING, EPOCH_DO_RUN, false},
		[EPOCH_NOT_DUE] = {EPOCH_IDLE, EPOCH_DO_NOTHING, false},
		[EPOCH_STORED] = {EPOCH_READING, EPOCH_DO_NOTHING, false},
		[EPOCH_FAILED] = {EPOCH_IDLE, EPOCH_DO_NOTHING, true},
	    },
	[EPOCH_RUNNING] =
	    {
		[EPOCH_WAKE] = {EPOCH_RUNNING, EPOCH_DO_NOTHING, false},
		[EPOCH_DUE] = {EPOCH_RUNNING, EPOCH_DO_NOTHING, false},
		[EPOCH_NOT_DUE] = {EPOCH_RUNNING, EPOCH_DO_NOTHING, false},
		[EPOCH_STORED] = {EPOCH_IDLE, EPOCH_DO_NOTHING, false},
		[EPOCH_FAILED] = {EPOCH_IDLE, EPOCH_DO_NOTHING, true},
	    },
};

static enum epoch_action
take(struct epoch *e, enum epoch_event event)
{
	const struct step *step = &steps[e->state][event];

	e->state = step->next;
	return step->action;
}

enum epoch_action
epoch_step(struct epoch *e, enum epoch_event event, int64_t now_us)
{
	bool was_busy = e->state != EPOCH_IDLE;
	enum epoch_action action;

	assert(event < N_EPOCH_EVENTS);
	if (event == EPOCH_WAKE && now_us < e->not_before_us)
		return EPOCH_DO_NOTHING;
	if (event == EPOCH_WAKE && was_busy)
		e->woken = true;
	if (steps[e->state][event].is_error)
		e->not_before_us = now_us + EPOCH_RETRY_US;
	action = take(e, event);
	if (e->state != EPOCH_IDLE || !was_busy || !e->woken)
		return action;
	e->woken = false;
	return now_us < e->not_before_us ? EPOCH_DO_NOTHING
					 : take(e, EPOCH_WAKE);
}

const char *
epoch_state_name(enum epoch_state state)
{
	switch (state) {
	case EPOCH_IDLE:
		return "IDLE";
	case EPOCH_READING:
		return "READING";
	case EPOCH_RUNNING:
		return "RUNNING";
	case N_EPOCH_STATES:
		break;
	}
	return "?";
}
