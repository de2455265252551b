/*
 * A result that a miner brought as the answer to its request, in formats that
 * have it so (protocol.h): from the answer to the attempt's next step.
 */
#ifndef ORCHESTRATOR_BROUGHT_H
#define ORCHESTRATOR_BROUGHT_H

#include <stdbool.h>
#include <stdint.h>

struct http_answer;
struct kind;
struct orchestrator;

/* The attempt that was asked about, borrowed until on_over. */
struct brought {
	const char *attempt_id, *job_id, *hotkey;
	const struct kind *kind;
	bool is_alone;	     /* the job wants one miner */
	int64_t deadline_us; /* wall: of the attempt */
};

/* The miner was asked. on_over runs once, later, when what came of it is
 * written down, or could not be. */
void brought_take(struct orchestrator *, const struct brought *,
    const struct http_answer *, void (*on_over)(void *arg), void *arg);

#endif
