/*
 * The weight ledger: what became of each intention to set weights.
 *
 *   intended -> submitted -> included -> finalized [-> committed] -> proven
 *
 * or refused by somebody with a reason, or unknown, which is left only by
 * asking the chain: found in a block, or expired when its era has died.
 * Nothing is ever sent a second time. A row that commits is in flight up to
 * finality; then it is committed, and waits for its reveal.
 *
 * A struct ledger follows one row. The table is here and pure; ledger_step()
 * is the one function that writes a state, in memory and, comparing first, in
 * SQL.
 */
#ifndef WEIGHTSETTER_LEDGER_H
#define WEIGHTSETTER_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "weightsetter/plan.h"
#include "weightsetter/refusal.h"
#include "weightsetter/snapshot.h"

struct store;

enum ledger_state {
	LEDGER_INTENDED,
	LEDGER_SUBMITTED,
	LEDGER_INCLUDED,
	LEDGER_FINALIZED,
	LEDGER_COMMITTED, /* the chain keeps it until its reveal */
	LEDGER_PROVEN,
	LEDGER_REFUSED,
	LEDGER_UNKNOWN,
	LEDGER_EXPIRED,
	N_LEDGER_STATES,
};

enum ledger_event {
	LEDGER_NEVER_SENT, /* found at start, and nothing was signed */
	LEDGER_SENT,	   /* the node has it in its pool */
	LEDGER_REFUSAL,	   /* the node, the signer or the dry run said no */
	LEDGER_LOSS,	   /* we cannot know by waiting */
	LEDGER_IN_BLOCK,
	LEDGER_RETRACTED, /* that block left the chain */
	LEDGER_FINALITY,  /* it is in a finalized block */
	LEDGER_COMMIT,	  /* it was carried out and is among our commits */
	LEDGER_PROOF,	  /* the chain's storage shows the weights */
	LEDGER_DISPROOF,  /* it failed, or storage shows something else */
	LEDGER_DEATH, /* its era is over, or nothing can be shown any more */
	N_LEDGER_EVENTS,
};

/* The next state, or -1: the event means nothing there. Pure. */
int ledger_next(enum ledger_state, enum ledger_event);
bool ledger_is_end(enum ledger_state);
/* Neither ended nor committed: nothing else of the hotkey may be sent. */
bool ledger_is_in_flight(enum ledger_state);
const char *ledger_state_name(enum ledger_state);
const char *ledger_event_name(enum ledger_event);
/* -1 if there is none of that name. */
int ledger_state_of(const char *name);

/* What is done about weights. */
enum ledger_action {
	LEDGER_SET,	 /* in the clear */
	LEDGER_TIMELOCK, /* a commit that opens by itself */
	LEDGER_HASH,	 /* a commit that we reveal */
	LEDGER_REVEAL,
	N_LEDGER_ACTIONS,
};

const char *ledger_action_name(enum ledger_action);
int ledger_action_of(const char *name); /* -1 if there is none */
bool ledger_is_commit(enum ledger_action);

enum { LEDGER_CALL = 64, LEDGER_SALT = 32 };

struct ledger_row {
	char id[PLAN_ID];
	enum ledger_action action;
	uint16_t netuid;
	uint8_t mecid;
	char vector_id[PLAN_ID]; /* "" if none */
	enum ledger_state state;
	char hotkey[SS58_MAX_TEXT];
	struct uid_weights sent;
	uint64_t version_key;
	char call[LEDGER_CALL];
	uint32_t spec_version; /* signed for; 0: not known */
	uint32_t nonce;
	uint64_t era_birth, era_death;
	char extrinsic_hash[SNAPSHOT_HASH]; /* "" until signed */
	uint64_t block; /* it was included in; 0: none yet */
	char block_hash[SNAPSHOT_HASH];
	char reason[REFUSAL_MAX];
	/* of commits and reveals */
	uint64_t reveal_round; /* timelocked; 0: none */
	uint64_t reveal_block; /* expected; 0: none */
	uint64_t commit_epoch; /* expected; as the chain says once committed */
	char commit_hash[SNAPSHOT_HASH];
	uint16_t salt[LEDGER_SALT];
	size_t n_salt;
	char reveals[PLAN_ID]; /* the commit that it opens, or "" */
};

void ledger_row_free(struct ledger_row *); /* NULL is fine */
struct ledger_row *ledger_row_copy(const struct ledger_row *);

/* What an event says. */
struct ledger_fact {
	uint64_t block; /* 0: none */
	const char *block_hash;
	const char *reason;
	uint64_t epoch; /* of a commit; 0: not said */
};

struct ledger {
	struct store *store;
	struct ledger_row *open; /* the row under way, owned; NULL: none */
	LIST_HEAD(, ledger_written) writing;
	/* A step is written down. The row is open->... still. */
	void (*on_step)(const struct ledger_row *, void *arg);
	/* A step could not be written: the row is to be read again. */
	void (*on_conflict)(void *arg);
	void *arg;
};

void ledger_init(struct ledger *, struct store *);
void ledger_clear(struct ledger *); /* after its store */

/* Take the row as the open one (there must be none). */
void ledger_take(struct ledger *, struct ledger_row *);
/* Let go of the open row, after its end was written or to read it again. */
void ledger_drop(struct ledger *);

/* An event for the open row; ignored if the table has no place for it, or
 * there is no open row. */
void ledger_step(struct ledger *, enum ledger_event, const struct ledger_fact *,
    int64_t now_us);

#endif
