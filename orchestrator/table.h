/*
 * The miners as routing sees them: in memory, replaced as a whole when the
 * chain or the scores have news. Pure but for its own memory.
 */
#ifndef ORCHESTRATOR_TABLE_H
#define ORCHESTRATOR_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct miner {
	char *hotkey;	     /* ss58; the identity */
	int uid;	     /* at the snapshot's block */
	char *address;	     /* host:port */
	double alpha;	     /* stake in alpha, not rao */
	double score;	     /* of the last run, 0..1; NaN: none yet */
	double failures;     /* decaying count */
	int64_t failures_us; /* wall: when that count was right */
	bool is_up;	     /* answered its last probe */
	bool is_out;	     /* banned, or failed an audit */
	json_t *capacity;    /* {"audio.speak": 2, "base-h100_pcie": true} */
	int in_flight;	     /* attempts not over */
};

struct table {
	struct miner *miners;
	size_t n;
	int64_t block; /* of the snapshot */
};

void table_clear(struct table *);
/* Room for one more, zeroed. */
struct miner *table_add(struct table *);
struct miner *table_find(const struct table *, const char *hotkey);

/* Attempts of this kind the miner says it takes at once; 0: none. */
int miner_slots(const struct miner *, const char *capacity_key);

/* Why it cannot take one more attempt now; NULL if it can. */
const char *miner_busy(
    const struct miner *, const char *capacity_key, int64_t now_us);

/* Count a failure at now, on what is left of the earlier ones. */
double failures_decayed(double failures, int64_t since_us, int64_t now_us);

#endif
