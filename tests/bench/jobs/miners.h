/*
 * Miners that do nothing, as fast as they can: each listens on a port of its
 * own, says to /capacity that it takes many, answers every attempt with 200 at
 * once and calls back, once, with a result. All in one process and on one
 * loop, since they share the cores with what is measured; a port each, so that
 * who calls them has as many peers as there are miners.
 *
 * Who submitted a job finds it again by a ticket that stands in its
 * parameters, which a miner sees: "bench RUN N" at the head of a text.
 */
#ifndef TESTS_BENCH_JOBS_MINERS_H
#define TESTS_BENCH_JOBS_MINERS_H

#include <stddef.h>

struct event_base;
struct miners;

#define MINERS_KEY "bench" /* their capacity's, and the mark of tickets */

/* on_done(ticket): the callback of its attempt has been answered with 200. */
struct miners *miners_new(struct event_base *, size_t n);
void miners_free(struct miners *); /* NULL is fine */
int miners_port(const struct miners *, size_t i);

/* Whom to tell, from now on, of this run's jobs alone; its number. The
 * connections for calling back are made anew. */
long miners_tell(
    struct miners *, void (*on_done)(long ticket, void *arg), void *arg);

struct miners_counts {
	long capacity; /* requests for it */
	long attempts;
	long refused; /* callbacks not answered with 200 */
};
const struct miners_counts *miners_counts(const struct miners *);

#endif
