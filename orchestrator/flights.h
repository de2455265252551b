/*
 * Attempts that this instance has sent, and what it knows of them before
 * their rows do: when the request really left, when the miner acknowledged
 * it. A miner that is quick needs no reading and one write less: its result
 * brings along what was not written yet. A hint and no more: whoever has no
 * flight reads the row.
 */
#ifndef ORCHESTRATOR_FLIGHTS_H
#define ORCHESTRATOR_FLIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/uuid.h"

/* So long a flight is kept; then its row tells as much. One that is watched
 * is kept until nobody watches it. */
enum { FLIGHT_KEEP_MS = 60000, FLIGHT_MOST_WATCHED = 20000 };

struct flights;
struct kind;
struct orchestrator;

struct flight {
	TAILQ_ENTRY(flight) by_age, unnoted, watched;
	struct flight *next; /* of the same bucket */
	char id[UUID_TEXT], job_id[UUID_TEXT];
	const struct kind *kind;
	bool is_alone;	     /* the job wants one miner */
	int64_t deadline_us; /* wall: of the attempt */
	int64_t sent_us;     /* wall: when the request left; 0: not yet */
	int64_t accepted_us; /* wall: the miner's acknowledgement; 0: none */
	bool is_unnoted;     /* acknowledged, and the row does not say so */
	bool is_watched;
	bool is_hedged;	 /* another attempt was made beside it */
	int64_t made_us; /* mono */
};

struct flights *flights_new(struct orchestrator *);
void flights_free(struct flights *); /* NULL is fine */

/* The rest is the caller's to fill in. */
struct flight *flights_add(struct flights *, const char *attempt_id);
struct flight *flights_find(struct flights *, const char *attempt_id);
void flights_remove(struct flights *, const char *attempt_id);
size_t flights_count(const struct flights *);

/* The miner took it. That is written down shortly, unless it ends before. */
void flights_accepted(
    struct flights *, struct flight *, int64_t sent_us, int64_t at_us);

/* Those that are looked at because they may be slow (hedges.h), the oldest
 * first; the next is behind `watched`. One more than FLIGHT_MOST_WATCHED is
 * not. */
void flights_watch(struct flights *, struct flight *);
void flights_unwatch(struct flights *, struct flight *);
struct flight *flights_watched(struct flights *);

/* Write them all down now: we stop. */
void flights_note(struct flights *);

#endif
