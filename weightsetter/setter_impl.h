/*
 * What the parts of a setter share. setter.c makes it and takes snapshots,
 * setter_turn.c sends, setter_end.c hears what became of that, setter_watch.c
 * tells people.
 */
#ifndef WEIGHTSETTER_SETTER_IMPL_H
#define WEIGHTSETTER_SETTER_IMPL_H

#include "weightsetter/foreign.h"
#include "weightsetter/preflight.h"
#include "weightsetter/setter.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/vectors.h"

struct committed;
struct standing;

struct setter {
	struct setter_parts parts;
	struct committed *committed;
	struct vectors *vectors;
	struct again *again;
	struct standing *standing;
	struct foreign foreign;
	struct snapshot *s; /* the newest; NULL at first */
	struct runtime *runtime;
	struct method method;	    /* at that snapshot */
	char hotkey[SS58_MAX_TEXT]; /* whose rows were read; "" at first */
	bool is_loaded, is_loading;
	char sending[PLAN_ID];	/* the vector that was given to the flight */
	char revealed[PLAN_ID]; /* the commit whose reveal was proven last */
	uint32_t unbuildable;	/* spec version we cannot build for; 0: none */
	const char *alarm;	/* nothing is sent meanwhile; NULL: none */
	const char *waits_for;	/* the vector does; NULL: for nothing */
	uint64_t until_block;	/* it waits, 0: not known */
	uint64_t needed_block;	/* nothing is sent by an older snapshot */
	struct uid_weights proven; /* last */
	uint64_t proven_block, first_block;
};

bool setter_is_same(const char *, const char *);
/* The best block's number. */
uint64_t setter_best(const struct setter *);
/* The row in flight if it is ours, else NULL. */
const struct ledger_row *setter_own_row(const struct setter *);
struct vectors_when setter_when(const struct setter *);
struct preflight_of setter_preflight_of(const struct setter *);

/* Said once for each reason, not at each head. */
void setter_say_waiting(struct setter *, const char *vector_id,
    const char *reason, uint64_t until_block);

/* The chain's storage shows a row's weights. */
void setter_proven(struct setter *, const struct ledger_row *);
/* A row did not come through. */
void setter_say_failed(const struct ledger_row *);

/* At each snapshot: what a person must act on; signs of somebody else; the
 * gauges and the row of the table. */
void setter_watch_alarm(struct setter *);
void setter_watch_foreign(struct setter *);
void setter_show(struct setter *);

#endif
