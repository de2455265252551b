/*
 * References by trusted miners: a job that is over is given to one that was
 * not among its miners, as a job of its own (source audit), and what that one
 * says is what the others are compared with. The miner cannot tell it from
 * any job.
 *
 * Who is given what is decided by the database, in the statement that makes
 * the job; the rows are the truth, and whoever looks next goes on from them.
 */
#ifndef VALIDATOR_REFERENCE_TRUST_H
#define VALIDATOR_REFERENCE_TRUST_H

#include <stdbool.h>
#include <stdint.h>

struct audit_rule;
struct event_base;
struct metrics;
struct reference_trust;
struct store;

struct reference_trust_setup {
	struct event_base *base;
	struct store *store;
	struct metrics *metrics;
	const struct audit_rule *rule; /* borrowed: who is trusted, budget */
	int64_t wait_ms;	       /* for the trusted miner's text */
	/* Attempts that waited may be judged, or another reference is to be
	 * looked for. */
	void (*on_settled)(void *arg);
	void *arg;
};

struct reference_trust *reference_trust_new(
    const struct reference_trust_setup *);
void reference_trust_free(struct reference_trust *); /* NULL is fine */

/* Whether anybody may be given anything. */
bool reference_trust_is_open(const struct reference_trust *);

/* Give what is wanted, take what was said, until there is no more. */
void reference_trust_look(struct reference_trust *);

/* Begin nothing more. */
void reference_trust_close(struct reference_trust *);
bool reference_trust_is_idle(const struct reference_trust *);

#endif
