/*
 * References are looked for here: the service is asked for those that it is
 * wanted for, trusted miners are given others; those of consensus come from
 * comparing what a job's miners said, once it is over. What nobody waits for
 * any longer is given up.
 *
 * The rows are the truth: whatever is under way when we die is taken up by
 * whoever looks next.
 */
#ifndef VALIDATOR_REFERENCE_DESK_H
#define VALIDATOR_REFERENCE_DESK_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct metrics;
struct policy;
struct reference_desk;
struct reference_service;
struct reference_trust;
struct store;

struct reference_setup {
	struct event_base *base;
	struct store *store;
	const struct policy *policy; /* borrowed, may change */
	struct metrics *metrics;
	struct reference_service *service; /* borrowed; NULL: there is none */
	struct reference_trust *trust;	   /* borrowed */
	int64_t wait_ms; /* for a consensus, behind its job's deadline */
	/* Attempts that waited can be judged. */
	void (*on_settled)(void *arg);
	void *arg;
};

struct reference_desk *reference_desk_new(const struct reference_setup *);
void reference_desk_free(struct reference_desk *); /* NULL is fine */

/* References may be wanted, or jobs be over: look, in a moment. NULL is fine,
 * here and below. */
void reference_desk_wake(struct reference_desk *);

/* Begin nothing more. */
void reference_desk_close(struct reference_desk *);
bool reference_desk_is_idle(const struct reference_desk *);

#endif
