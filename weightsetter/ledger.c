/* States of an intention, and the one place where they are written. */
#include "weightsetter/ledger.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/xalloc.h"
#include "weightsetter/store.h"

/* A step that is being written, as it was when it was made. */
struct ledger_written {
	struct ledger *ledger;
	char id[PLAN_ID];
	enum ledger_state from, to;
	enum ledger_event on;
	char reason[REFUSAL_MAX];
	LIST_ENTRY(ledger_written) link;
};

static const char *const state_names[N_LEDGER_STATES] = {"intended",
    "submitted", "included", "finalized", "committed", "proven", "refused",
    "unknown", "expired"};

static const char *const event_names[N_LEDGER_EVENTS] = {"never_sent", "sent",
    "refusal", "loss", "in_block", "retracted", "finality", "commit", "proof",
    "disproof", "death"};

static const char *const action_names[N_LEDGER_ACTIONS] = {
    "set", "timelock", "commit", "reveal"};

static const struct {
	enum ledger_state state;
	enum ledger_event event;
	enum ledger_state next;
} table[] = {
    {LEDGER_INTENDED, LEDGER_NEVER_SENT, LEDGER_REFUSED},
    {LEDGER_INTENDED, LEDGER_REFUSAL, LEDGER_REFUSED},
    {LEDGER_INTENDED, LEDGER_SENT, LEDGER_SUBMITTED},
    {LEDGER_INTENDED, LEDGER_IN_BLOCK, LEDGER_INCLUDED},
    {LEDGER_INTENDED, LEDGER_FINALITY, LEDGER_FINALIZED},
    {LEDGER_INTENDED, LEDGER_LOSS, LEDGER_UNKNOWN},
    {LEDGER_SUBMITTED, LEDGER_IN_BLOCK, LEDGER_INCLUDED},
    {LEDGER_SUBMITTED, LEDGER_FINALITY, LEDGER_FINALIZED},
    {LEDGER_SUBMITTED, LEDGER_LOSS, LEDGER_UNKNOWN},
    {LEDGER_INCLUDED, LEDGER_IN_BLOCK, LEDGER_INCLUDED},
    {LEDGER_INCLUDED, LEDGER_RETRACTED, LEDGER_SUBMITTED},
    {LEDGER_INCLUDED, LEDGER_FINALITY, LEDGER_FINALIZED},
    {LEDGER_INCLUDED, LEDGER_LOSS, LEDGER_UNKNOWN},
    {LEDGER_FINALIZED, LEDGER_COMMIT, LEDGER_COMMITTED},
    {LEDGER_FINALIZED, LEDGER_PROOF, LEDGER_PROVEN},
    {LEDGER_FINALIZED, LEDGER_DISPROOF, LEDGER_REFUSED},
    {LEDGER_FINALIZED, LEDGER_LOSS, LEDGER_UNKNOWN},
    {LEDGER_FINALIZED, LEDGER_DEATH, LEDGER_EXPIRED},
    {LEDGER_COMMITTED, LEDGER_PROOF, LEDGER_PROVEN},
    {LEDGER_COMMITTED, LEDGER_DISPROOF, LEDGER_REFUSED},
    {LEDGER_UNKNOWN, LEDGER_FINALITY, LEDGER_FINALIZED},
    {LEDGER_UNKNOWN, LEDGER_DEATH, LEDGER_EXPIRED},
};

int
ledger_next(enum ledger_state state, enum ledger_event event)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].state == state && table[i].event == event)
			return table[i].next;
	}
	return -1;
}

bool
ledger_is_end(enum ledger_state state)
{
	return state == LEDGER_PROVEN || state == LEDGER_REFUSED ||
	       state == LEDGER_EXPIRED;
}

bool
ledger_is_in_flight(enum ledger_state state)
{
	return !ledger_is_end(state) && state != LEDGER_COMMITTED;
}

const char *
ledger_state_name(enum ledger_state state)
{
	return state_names[state];
}

const char *
ledger_event_name(enum ledger_event event)
{
	return event_names[event];
}

static int
index_of(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

int
ledger_state_of(const char *name)
{
	return index_of(state_names, N_LEDGER_STATES, name);
}

const char *
ledger_action_name(enum ledger_action action)
{
	return action_names[action];
}

int
ledger_action_of(const char *name)
{
	return index_of(action_names, N_LEDGER_ACTIONS, name);
}

bool
ledger_is_commit(enum ledger_action action)
{
	return action == LEDGER_TIMELOCK || action == LEDGER_HASH;
}

void
ledger_row_free(struct ledger_row *row)
{
	if (row == NULL)
		return;
	uid_weights_clear(&row->sent);
	free(row);
}

struct ledger_row *
ledger_row_copy(const struct ledger_row *row)
{
	struct ledger_row *copy = xmemdup(row, sizeof(*row));

	uid_weights_copy(&copy->sent, &row->sent);
	return copy;
}

void
ledger_init(struct ledger *l, struct store *store)
{
	memset(l, 0, sizeof(*l));
	l->store = store;
	LIST_INIT(&l->writing);
}

void
ledger_clear(struct ledger *l)
{
	struct ledger_written *w;

	ledger_drop(l);
	while ((w = LIST_FIRST(&l->writing)) != NULL) {
		LIST_REMOVE(w, link);
		free(w);
	}
}

void
ledger_take(struct ledger *l, struct ledger_row *row)
{
	assert(l->open == NULL);
	l->open = row;
}

void
ledger_drop(struct ledger *l)
{
	ledger_row_free(l->open);
	l->open = NULL;
}

static bool
is_still_open(const struct ledger_written *w)
{
	return w->ledger->open != NULL &&
	       strcmp(w->ledger->open->id, w->id) == 0;
}

static void
on_written(enum store_outcome outcome, void *arg)
{
	struct ledger_written *w = arg;
	struct ledger *l = w->ledger;

	if (outcome != STORE_DONE) {
		log_error("ledger.not_written", "id=%s from=%s to=%s on=%s",
		    w->id, state_names[w->from], state_names[w->to],
		    event_names[w->on]);
		if (is_still_open(w))
			l->on_conflict(l->arg);
	} else {
		log_info("ledger.step", "id=%s from=%s to=%s on=%s%s%s", w->id,
		    state_names[w->from], state_names[w->to],
		    event_names[w->on],
		    w->reason[0] == '\0' ? "" : " reason=", w->reason);
		if (is_still_open(w) && l->open->state == w->to)
			l->on_step(l->open, l->arg);
	}
	LIST_REMOVE(w, link);
	free(w);
}

/* A row is in a block from its inclusion to its end; what proves it is read
 * at that block or a later one. */
static void
take_fact(struct ledger_row *row, const struct ledger_fact *fact)
{
	if (fact->block != 0 || ledger_is_in_flight(row->state)) {
		row->block = fact->block;
		snprintf(row->block_hash, sizeof(row->block_hash), "%s",
		    fact->block_hash == NULL ? "" : fact->block_hash);
	}
	if (fact->epoch != 0)
		row->commit_epoch = fact->epoch;
	if (fact->reason != NULL)
		snprintf(row->reason, sizeof(row->reason), "%s", fact->reason);
}

void
ledger_step(struct ledger *l, enum ledger_event event,
    const struct ledger_fact *fact, int64_t now_us)
{
	static const struct ledger_fact nothing;
	struct ledger_row *row = l->open;
	struct ledger_written *w;
	int next;

	if (row == NULL || (next = ledger_next(row->state, event)) < 0)
		return;
	if (fact == NULL)
		fact = &nothing;
	w = xcalloc(1, sizeof(*w));
	w->ledger = l;
	LIST_INSERT_HEAD(&l->writing, w, link);
	memcpy(w->id, row->id, sizeof(w->id));
	w->from = row->state;
	w->to = next;
	w->on = event;
	if (fact->reason != NULL)
		snprintf(w->reason, sizeof(w->reason), "%s", fact->reason);
	row->state = next;
	take_fact(row, fact);
	store_step(l->store, row->id, state_names[w->from], state_names[next],
	    fact, now_us, on_written, w);
}
