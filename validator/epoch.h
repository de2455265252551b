/*
 * When to score: once an epoch, as soon as the chain is in it and there is
 * enough to judge by.
 *
 * Pure: a state, an event and the time in, what to do next out. rounds.c does
 * it. Nothing is remembered here that the database does not know, so a
 * restart loses nothing.
 */
#ifndef VALIDATOR_EPOCH_H
#define VALIDATOR_EPOCH_H

#include <stdbool.h>
#include <stdint.h>

enum { EPOCH_RETRY_US = 5000000 }; /* after a round that came to nothing */

/* -- which epoch it is --------------------------------------------------- */

struct epoch_rule {
	int netuid;
	int64_t blocks; /* 0: as the chain counts, by its tempo */
	int64_t min_judgements;
};

struct epoch_view {
	int64_t block;	    /* of the newest snapshot */
	int64_t tempo;	    /* 0: unknown */
	bool has_last;	    /* there has been a round */
	int64_t last_epoch; /* the newest round's */
	int64_t last_block;
	int64_t judgements; /* in the window */
	bool is_behind;	    /* what ended before the start is not judged */
};

/* block / blocks; by tempo, the count of (block + netuid + 1) mod
 * (tempo + 1) coming to 0. -1 if the tempo is wanted and not known. */
int64_t epoch_of(const struct epoch_rule *, int64_t block, int64_t tempo);

/* NULL if a round is due now, of epoch *number; else why not. "" is the
 * usual why: the epoch has been scored. */
const char *epoch_is_due(
    const struct epoch_rule *, const struct epoch_view *, int64_t *number);

/* -- the rounds ---------------------------------------------------------- */

enum epoch_state {
	EPOCH_IDLE,
	EPOCH_READING, /* where the chain is */
	EPOCH_RUNNING, /* a round: reading, computing, storing */
	N_EPOCH_STATES,
};

enum epoch_event {
	EPOCH_WAKE,    /* a new snapshot, or the sweep */
	EPOCH_DUE,     /* the view: a round is due */
	EPOCH_NOT_DUE, /* the view: none is */
	EPOCH_STORED,  /* by us, or by another instance */
	EPOCH_FAILED,  /* the database did not answer, or nobody scored */
	N_EPOCH_EVENTS,
};

enum epoch_action { EPOCH_DO_NOTHING, EPOCH_DO_READ, EPOCH_DO_RUN };

struct epoch {
	enum epoch_state state;
	bool woken;	       /* while busy: look again when done */
	int64_t not_before_us; /* after a failure */
};

/* Take the event; the state changes here and nowhere else. */
enum epoch_action epoch_step(struct epoch *, enum epoch_event, int64_t now_us);

const char *epoch_state_name(enum epoch_state);

#endif
