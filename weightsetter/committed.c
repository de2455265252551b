/* Commits that wait for their reveal. */
#include "weightsetter/committed.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "weightsetter/ledger.h"
#include "weightsetter/retry.h"
#include "weightsetter/reveal.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/store.h"
#include "weightsetter/vectors.h"

struct waiting { /* oldest first */
	struct committed *all;
	struct ledger ledger;
	struct retry retry; /* of its reveal */
	TAILQ_ENTRY(waiting) link;
};

struct committed {
	struct committed_parts parts;
	TAILQ_HEAD(waiting_list, waiting) rows;
	struct waiting_list ended; /* to be freed when nobody is inside */
};

struct committed *
committed_new(const struct committed_parts *parts)
{
	struct committed *c = xcalloc(1, sizeof(*c));

	c->parts = *parts;
	TAILQ_INIT(&c->rows);
	TAILQ_INIT(&c->ended);
	return c;
}

static void
free_list(struct waiting_list *list)
{
	struct waiting *w;

	while ((w = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, w, link);
		ledger_clear(&w->ledger);
		free(w);
	}
}

void
committed_free(struct committed *c)
{
	if (c == NULL)
		return;
	free_list(&c->rows);
	free_list(&c->ended);
	free(c);
}

/* Its last step may still be on its way to PostgreSQL. */
static void
forget(struct waiting *w)
{
	struct committed *c = w->all;

	ledger_drop(&w->ledger);
	TAILQ_REMOVE(&c->rows, w, link);
	TAILQ_INSERT_TAIL(&c->ended, w, link);
}

/* Those that nothing is on its way for. */
static void
tidy(struct committed *c)
{
	struct waiting *w = TAILQ_FIRST(&c->ended), *next;

	for (; w != NULL; w = next) {
		next = TAILQ_NEXT(w, link);
		if (!LIST_EMPTY(&w->ledger.writing))
			continue;
		TAILQ_REMOVE(&c->ended, w, link);
		free(w);
	}
}

static void
on_step(const struct ledger_row *row, void *arg)
{
	struct waiting *w = arg;
	struct committed *c = w->all;
	struct ledger_row *ended = ledger_row_copy(row);

	forget(w);
	c->parts.on_end(ended, c->parts.arg);
	ledger_row_free(ended);
}

static void
on_conflict(void *arg)
{
	struct waiting *w = arg;
	struct committed *c = w->all;

	forget(w);
	c->parts.on_loaded(false, c->parts.arg);
}

static struct waiting *
find(const struct committed *c, const char *id)
{
	struct waiting *w;

	TAILQ_FOREACH(w, &c->rows, link)
	{
		if (strcmp(w->ledger.open->id, id) == 0)
			return w;
	}
	return NULL;
}

static void
take(struct committed *c, struct ledger_row *row)
{
	struct waiting *w;

	if (find(c, row->id) != NULL) {
		ledger_row_free(row);
		return;
	}
	w = xcalloc(1, sizeof(*w));
	w->all = c;
	ledger_init(&w->ledger, c->parts.store);
	w->ledger.on_step = on_step;
	w->ledger.on_conflict = on_conflict;
	w->ledger.arg = w;
	ledger_take(&w->ledger, row);
	TAILQ_INSERT_TAIL(&c->rows, w, link);
}

static void
on_rows(
    enum store_outcome outcome, struct ledger_row **rows, size_t n, void *arg)
{
	struct committed *c = arg;

	for (size_t i = 0; i < n; i++)
		take(c, rows[i]);
	c->parts.on_loaded(outcome != STORE_FAILED, c->parts.arg);
}

void
committed_load(struct committed *c, const char *hotkey)
{
	while (!TAILQ_EMPTY(&c->rows))
		forget(TAILQ_FIRST(&c->rows));
	tidy(c);
	store_committed(c->parts.store, c->parts.netuid, c->parts.mecid, hotkey,
	    on_rows, c);
}

void
committed_add(struct committed *c, const struct ledger_row *row)
{
	take(c, ledger_row_copy(row));
}

/* -- did they open? ------------------------------------------------------ */

/* A commit behind it has opened as well: what it showed is gone, and nobody
 * saw it. */
static bool
is_overtaken(const struct waiting *w, const struct snapshot *s, uint64_t best)
{
	const struct waiting *later = w;

	while ((later = TAILQ_NEXT(later, link)) != NULL) {
		if (later->ledger.open->state == LEDGER_COMMITTED &&
		    reveal_judge(s, best, later->ledger.open) == REVEAL_SHOWN)
			return true;
	}
	return false;
}

static void
end_missed(struct waiting *w, const struct snapshot *s, bool is_overtaken)
{
	const struct ledger_row *row = w->ledger.open;
	struct ledger_fact fact = {
	    .reason = is_overtaken ? "overtaken" : "not_revealed"};

	if (!is_overtaken)
		log_error("weights.not_revealed",
		    "id=%s vector=%s netuid=%u mecid=%u action=%s epoch=%llu "
		    "round=%llu reveal_block=%llu last_round=%llu block=%llu",
		    row->id, row->vector_id, row->netuid, row->mecid,
		    ledger_action_name(row->action),
		    (unsigned long long)row->commit_epoch,
		    (unsigned long long)row->reveal_round,
		    (unsigned long long)row->reveal_block,
		    (unsigned long long)s->beacon.last_round,
		    (unsigned long long)s->block);
	ledger_step(&w->ledger, LEDGER_DISPROOF, &fact, clock_wall_us());
}

void
committed_judge(struct committed *c, const struct snapshot *s, uint64_t best,
    const char *opening)
{
	struct ledger_fact fact = {
	    .block = s->block, .block_hash = s->block_hash};
	struct waiting *w;

	tidy(c);
	TAILQ_FOREACH(w, &c->rows, link)
	{
		if (w->ledger.open->state != LEDGER_COMMITTED ||
		    s->block < w->ledger.open->block)
			continue; /* that is being written; older than it */
		if (opening != NULL && strcmp(w->ledger.open->id, opening) == 0)
			continue;
		switch (reveal_judge(s, best, w->ledger.open)) {
		case REVEAL_SHOWN:
			ledger_step(
			    &w->ledger, LEDGER_PROOF, &fact, clock_wall_us());
			break;
		case REVEAL_MISSED:
			end_missed(w, s, is_overtaken(w, s, best));
			break;
		case REVEAL_WAIT:
		case REVEAL_NOW:
			break;
		}
	}
}

/* -- revealing ----------------------------------------------------------- */

const struct ledger_row *
committed_due(
    const struct committed *c, const struct snapshot *s, uint64_t best)
{
	const struct waiting *w;

	TAILQ_FOREACH(w, &c->rows, link)
	{
		if (w->ledger.open->state == LEDGER_COMMITTED &&
		    retry_may(&w->retry, s->block) &&
		    reveal_judge(s, best, w->ledger.open) == REVEAL_NOW)
			return w->ledger.open;
	}
	return NULL;
}

/* It has one epoch: patience is short, and ends with that. */
void
committed_reveal_failed(struct committed *c, const char *id, const char *reason,
    const struct vectors_when *at)
{
	struct waiting *w = find(c, id);

	if (w == NULL)
		return;
	log_warn("weights.reveal_failed", "id=%s reason=%s", id, reason);
	if (refusal_judge(reason) == REFUSAL_LASTING)
		retry_until(&w->retry, at->block + at->tempo);
	else
		retry_hindered(
		    &w->retry, at->block, retry_longest(at->tempo / 2));
}

/* -- questions ----------------------------------------------------------- */

size_t
committed_count(const struct committed *c)
{
	const struct waiting *w;
	size_t n = 0;

	TAILQ_FOREACH(w, &c->rows, link)
	n++;
	return n;
}

bool
committed_in_epoch(const struct committed *c, uint64_t epoch)
{
	const struct waiting *w;

	TAILQ_FOREACH(w, &c->rows, link)
	{
		if (w->ledger.open->commit_epoch == epoch)
			return true;
	}
	return false;
}

bool
committed_holds(const struct committed *c, const struct uid_weights *weights)
{
	const struct waiting *w;

	TAILQ_FOREACH(w, &c->rows, link)
	{
		if (uid_weights_equal(&w->ledger.open->sent, weights))
			return true;
	}
	return false;
}

uint64_t
committed_block(const struct committed *c)
{
	const struct waiting *w = TAILQ_LAST(&c->rows, waiting_list);

	return w == NULL ? 0 : w->ledger.open->block;
}
