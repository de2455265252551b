/*
 * Submissions and the service that scores them: commitments that are one are
 * noted, those not scored yet or scored long ago are asked about, and what
 * the service says is written down. Rounds read it there.
 *
 * A service that does not answer changes nothing: what it said last stands.
 * One lot at a time; while it answers nothing it is left alone (breaker.h).
 * Any number of instances may run: who marks a submission first asks.
 */
#ifndef VALIDATOR_SUBMISSIONS_H
#define VALIDATOR_SUBMISSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct event_base;
struct metrics;
struct store;
struct submissions;

struct submissions_setup {
	struct event_base *base;
	struct store *store;
	struct metrics *metrics;
	const char *url;  /* of the service, without the path; copied */
	const char *key;  /* NULL: none; copied */
	bool development; /* plain http and loopback */
	size_t at_once;
	int64_t retry_us;   /* until it is asked again about one not final */
	int64_t refresh_us; /* until it is asked again about one that is */
};

/* NULL, and why, if it cannot be: the url is of no such service. */
struct submissions *submissions_new(
    const struct submissions_setup *, struct err *);
void submissions_free(struct submissions *); /* NULL is fine */

/* There may be a new snapshot, or it is time. NULL is fine, here and below. */
void submissions_wake(struct submissions *);

void submissions_close(struct submissions *); /* begin no more */
bool submissions_is_idle(const struct submissions *);

#endif
