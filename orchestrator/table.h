/*
 * The miners as routing sees them: in memory, replaced as a whole when the
 * chain or the scores have news, and what each can take at this moment. Pure
 * but for its own memory.
 *
 * A lane is a miner's capacity for one kind: what it says, what it has earned
 * of that, and the attempts in flight, ours and the other instances'. Those
 * are counted anew from PostgreSQL every second; table_count_begin is called
 * when that is asked, table_count_end when its rows were counted in.
 */
#ifndef ORCHESTRATOR_TABLE_H
#define ORCHESTRATOR_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/breaker.h"
#include "orchestrator/earned.h"

struct shares;
struct table;

struct lane {
	size_t key;	 /* index into the table's keys */
	int said;	 /* by the miner: at once; 0: none */
	int64_t told_us; /* wall: when it told us that; 0: its row did */
	struct earned earned;
	int ours, others; /* attempts in flight */
	int making;	  /* of ours, those whose rows may not be there yet */
	int since;	  /* making when they were asked for, or begun since */
	bool has_room;	  /* counted in the key's n_room */
	uint64_t hash;	  /* for our share */
};

struct miner {
	char *hotkey;	     /* ss58; the identity */
	int uid;	     /* at the snapshot's block */
	char *address;	     /* host:port */
	bool is_axon;	     /* that is the chain's: it has committed none */
	double alpha;	     /* stake in alpha, not rao */
	double score;	     /* of the last run, 0..1; NaN: none yet */
	double failures;     /* decaying count */
	int64_t failures_us; /* wall: when that count was right */
	bool is_up;	     /* answered its last probe, or polls */
	bool polls;	     /* asked for work not long ago */
	bool is_out;	     /* banned, or failed an audit */
	int64_t down_us;     /* wall: since when it is not up; 0: unknown */
	struct breaker breaker;
	int64_t breaker_us; /* wall: when we last changed it */
	int probes;	    /* attempts in flight while half open */
	int probes_since;   /* as a lane's since */
	struct lane *lanes;
	size_t n_lanes;
	struct table *table;		      /* that it is in */
	struct miner *out_before, *out_after; /* in the table's list */
};

struct table_key {
	char *name;
	size_t n_room;
};

struct table_policy {
	int capacity_start; /* slots of a miner we know nothing of; 0: all */
	struct breaker_policy breaker;
};

struct table {
	struct miner *miners; /* by hotkey, once it is ready */
	size_t n, size;
	int64_t block; /* of the snapshot */
	struct table_key *keys;
	size_t n_keys;
	size_t n_up;		      /* may be drawn, but for the breaker */
	struct miner *out, *out_last; /* of those, the longest out first */
	size_t n_out;
	int64_t look_us; /* wall: one of them may be half open then */
	int64_t now_us;	 /* wall: when we were last told it */
	struct table_policy policy;
	const struct shares *shares; /* borrowed; NULL: all is ours */
};

/* -- building -------------------------------------------------------------- */

/* Everything but policy and shares. */
void table_clear(struct table *);
/* Room for one more, zeroed. */
struct miner *table_add(struct table *);
/* What it says it takes at once of a kind; earned: its row's, or NaN: as it
 * was, or if it was not, what it starts with. */
void miner_say(
    struct miner *, const char *capacity_key, int said, double earned);
/* The same, told by itself just now: its row may not say so yet. */
void miner_tells(
    struct miner *, const char *capacity_key, int said, int64_t now_us);
/* Once all are there: puts them in order, and counts. */
void table_ready(struct table *, int64_t now_us);
/* Put a fresh one (not ready yet, emptied by it) in another's place; what is
 * in flight, and what was learnt since read_us (wall), is kept. */
void table_replace(
    struct table *, struct table *fresh, int64_t read_us, int64_t now_us);

/* What "capacity" says of a kind: true, or a number. */
int capacity_said(const json_t *value);

/* -- asking ---------------------------------------------------------------- */

struct miner *table_find(const struct table *, const char *hotkey);

/* Attempts of this kind the miner says it takes at once; 0: none. */
int miner_slots(const struct miner *, const char *capacity_key);

/* Why it cannot take one more attempt now: "full", "share" (the rest is other
 * instances'), "ejected", "probing" (half open, and one is out); NULL: it
 * can. Whether it may be drawn at all (up, not banned, takes the kind) is not
 * asked here. */
const char *miner_busy(
    const struct miner *, const char *capacity_key, int64_t now_us);

/* How many miners that may be drawn can take an attempt of a kind. O(1), but
 * for a look at those that are out, at most every tenth of a second. */
size_t table_room(struct table *, const char *capacity_key, int64_t now_us);

/* How many attempts of a kind they could take now, not counted beyond most. */
int table_slots(
    struct table *, const char *capacity_key, int64_t now_us, int most);

/* -- what happens ---------------------------------------------------------- */

enum miner_outcome {
	MINER_DELIVERED,
	MINER_FAILED,  /* its side */
	MINER_NEUTRAL, /* ours, the client's: nothing is learnt */
};

/* An attempt is being made; it has ended. */
void miner_begin(struct miner *, const char *capacity_key);
/* One that was begun has its row now, or never will. */
void table_made(struct table *, const char *hotkey, const char *capacity_key);
void miner_end(struct miner *, const char *capacity_key, enum miner_outcome,
    int64_t now_us);
/* The same, of an attempt that another instance made. */
void miner_end_other(struct miner *, const char *capacity_key,
    enum miner_outcome, int64_t now_us);

/* A probe was answered, or not. */
void miner_up(struct miner *, bool is_up, int64_t now_us);
/* The row of its breaker; whether it is ejected by it. */
bool miner_merge(struct miner *, const struct breaker *row, int64_t now_us);

void table_count_begin(struct table *);
void table_count_clear(struct table *); /* before the first row */
void table_count(struct table *, const char *hotkey, const char *capacity_key,
    int ours, int others, int probes);
void table_count_end(struct table *, int64_t now_us);

/* Count a failure at now, on what is left of the earlier ones. */
double failures_decayed(double failures, int64_t since_us, int64_t now_us);

#endif
