/*
 * The one transaction that a hotkey has in flight, whichever subnet it is for:
 * sent, watched, looked for, proven. Nothing else may be sent meanwhile, nor a
 * second one at the same best block.
 *
 * After a restart, or when a step could not be written, the row in flight is
 * read from PostgreSQL and the chain is asked what became of it; also if it is
 * of a subnet that is not configured any more.
 */
#ifndef WEIGHTSETTER_FLIGHT_H
#define WEIGHTSETTER_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

struct chain;
struct flight;
struct ledger_row;
struct metrics;
struct signer_client;
struct snapshot;
struct store;
struct submit_order;

/* Is a commit among those the chain has of us? */
enum flight_commit {
	FLIGHT_STORED, /* it is, or was up to its reveal */
	FLIGHT_ABSENT,
	FLIGHT_LATER,	/* no snapshot is new enough */
	FLIGHT_UNKNOWN, /* nobody here knows that subnet */
};

struct flight_parts {
	struct chain *chain;
	struct store *store;
	struct signer_client *signer;
	struct metrics *metrics;
	/* epoch: that it is counted to, if it is there. */
	enum flight_commit (*find_commit)(
	    const struct ledger_row *, uint64_t *epoch, void *arg);
	/* A row has ended, or is committed; that is written down. Borrowed. */
	void (*on_end)(const struct ledger_row *, void *arg);
	/* What was started left no row, and why (see submit.h). */
	void (*on_none)(
	    const struct ledger_row *, const char *reason, void *arg);
	/* Something may be started. */
	void (*on_free)(void *arg);
	void *arg;
};

struct flight *flight_new(const struct flight_parts *);
void flight_free(struct flight *); /* after chain, pg, signer; NULL is fine */

/* A new snapshot of any subnet; held. */
void flight_take_snapshot(struct flight *, struct snapshot *);

/* May something be sent? */
bool flight_is_free(const struct flight *);
/* The row under way; NULL: none. */
const struct ledger_row *flight_row(const struct flight *);
/* The newest block a snapshot was taken of. */
uint64_t flight_block(const struct flight *);

/* Only while it is free. */
void flight_start(struct flight *, const struct submit_order *);

#endif
