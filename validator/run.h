/*
 * One scoring round: neurons and judgements in, an entry for each out.
 *
 * Pure. The same policy, neurons and judgements give the same bits: neurons
 * are added in the order of their hotkeys' bytes, judgements in that of
 * (hotkey, time, attempt).
 */
#ifndef VALIDATOR_RUN_H
#define VALIDATOR_RUN_H

#include <stdbool.h>
#include <stddef.h>

struct policy;
struct run;
struct score_sample;

enum { RUN_MAX_HOTKEY = 64 };

struct run_entry {
	char hotkey[RUN_MAX_HOTKEY];
	int uid;
	size_t jobs, successes;
	double latency_p50_ms; /* NaN: none */
	double speed;
	double accuracy; /* NaN: none */
	double stake_share;
	double score, win_rate, weight;
};

struct run *run_new(const struct policy *); /* keeps a copy */
void run_free(struct run *);		    /* NULL is fine */

/* serves: it may earn; otherwise it is there to burn. 0, or -1 if the hotkey
 * is out of order, too long or there already. */
int run_add_neuron(
    struct run *, const char *hotkey, int uid, double alpha, bool serves);

/* Of a neuron that is not there: passed over. */
void run_add_sample(
    struct run *, const char *hotkey, const struct score_sample *);

/* NULL, or why there is no vector: nobody earned anything. */
const char *run_finish(struct run *);

/* Of a finished run; sorted by hotkey, borrowed. */
const struct run_entry *run_entries(const struct run *, size_t *n);

#endif
