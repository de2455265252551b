/*
 * Which of several endpoints to use: what is known of each, and what that
 * comes to.
 *
 * Pure: the caller brings events and the time. An endpoint that is down,
 * caught lying, silent for five slots, four blocks behind, or far ahead of
 * the others is not usable, and the one in use is left at once; but if it is
 * only behind or ahead it has half a slot's time, as finality comes in bursts
 * and reaches one node before another. Between usable ones the cheaper is
 * taken, but only after it has been much cheaper for a while: latency, lag and
 * late errors, all in milliseconds.
 *
 * How high the chain is, the lower half of the endpoints say: one that makes
 * heads up can not make the others look late.
 */
#ifndef SUBTENSOR_ENDPOINT_RANK_H
#define SUBTENSOR_ENDPOINT_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RANK_MAX = 16, /* endpoints */
	RANK_NOBODY = RANK_MAX,
	RANK_SLOT_MS = 12000, /* until the chain has said */
	RANK_STALE_SLOTS = 5,
	RANK_MAX_LAG = 4, /* blocks */
	RANK_MAX_AHEAD = 8,
	RANK_MAX_ERRORS = 4,
	RANK_HOLD_SLOTS = 10, /* much cheaper for so long */
};

enum rank_what { RANK_BEST, RANK_FINALIZED, RANK_WHATS };

struct rank_height {
	uint64_t number; /* the newest it told; 0: none */
	uint64_t behind; /* so many others have told since */
	uint64_t front;	 /* the newest of those */
};

struct endpoint_view {
	bool is_up;	/* connected, the chain and the node good */
	bool is_polled; /* it can not tell by itself */
	struct rank_height heights[RANK_WHATS];
	int64_t moved_ms; /* when it came up, or a height last rose */
	double latency_ms;
	double errors; /* as of errors_ms, halved by each minute */
	int64_t errors_ms;
	int lies;
	int64_t out_until_ms; /* it lied: not to be used before */
};

struct rank {
	struct endpoint_view views[RANK_MAX];
	size_t n;
	int64_t slot_ms; /* a block's time, above 0 */
	size_t current;	 /* RANK_NOBODY: none */
	size_t better;	 /* has been much cheaper since better_ms */
	int64_t better_ms;
	bool is_off; /* the current one is behind or ahead, since off_ms */
	int64_t off_ms;
};

/* n is 1 to RANK_MAX. */
void rank_init(struct rank *, size_t n, int64_t now_ms);

/* -- events, of endpoint i ------------------------------------------------ */

void rank_opened(struct rank *, size_t i, bool is_polled, int64_t now_ms);
void rank_closed(struct rank *, size_t i, int64_t now_ms);
/* It told a block of that number; a finalized one counts as a best, too. */
void rank_told(
    struct rank *, size_t i, enum rank_what, uint64_t number, int64_t now_ms);
void rank_failed(struct rank *, size_t i, double errors, int64_t now_ms);
/* Out for ten minutes, twice as long each time, at most a day. */
void rank_lied(struct rank *, size_t i, int64_t now_ms);

/* -- questions ------------------------------------------------------------ */

/* Not caught lying of late; the only endpoint there is cannot be out. */
bool rank_is_trusted(const struct rank *, size_t i, int64_t now_ms);
/* Silent for too long? */
bool rank_is_stale(const struct rank *, size_t i, int64_t now_ms);
/* Blocks that it is behind the others, in best or finalized. */
uint64_t rank_lag(const struct rank *, size_t i, int64_t now_ms);
double rank_errors(const struct rank *, size_t i, int64_t now_ms);
bool rank_is_usable(const struct rank *, size_t i, int64_t now_ms);
/* Do so many of one mind outweigh all others, those that are down or not heard
 * yet among them? Two at least; who is out does not count. */
bool rank_is_most(const struct rank *, size_t n, int64_t now_ms);
/* Of the blocks that who is up, trusted and not silent told, the one in the
 * middle, or the lower of two; 0: none. */
uint64_t rank_middle(const struct rank *, enum rank_what, int64_t now_ms);

/*
 * Choose; `current` says whom. True if that is another than before. While
 * nobody is usable, one that is up and trusted is better than none, and the
 * one in use is not left for another such.
 */
bool rank_choose(struct rank *, int64_t now_ms);

#endif
