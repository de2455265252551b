/*
 * Sending one attempt to its miner: have the request made and signed while its
 * row is written, send it when both are done, and write down what the miner
 * answered. Where the job's input goes along, that is read meanwhile, too.
 */
#ifndef ORCHESTRATOR_DISPATCH_H
#define ORCHESTRATOR_DISPATCH_H

#include <stdbool.h>
#include <stdint.h>

struct dispatch;
struct job;
struct miner;
struct orchestrator;

/* Everything it needs is copied. */
struct dispatch *dispatch_new(struct orchestrator *, const struct job *,
    const char *attempt_id, const struct miner *, int64_t deadline_us);

/* Its row is there: go. It frees itself in the end. */
void dispatch_start(struct dispatch *);
/* Its row is not there: nothing is sent. It frees itself. */
void dispatch_drop(struct dispatch *);

/* The attempt has ended: if it is not signed yet, it is not sent. */
void dispatch_over(struct orchestrator *, const char *attempt_id);

/* At the end of the program, when nothing is called back any more. */
void dispatches_drop(struct orchestrator *);

/* "host:port" and "/path" to a URL: https, or http in development and where it
 * is plain: of a kind for classic axons, to an axon as the chain has it. */
char *dispatch_url(const struct orchestrator *, const char *address,
    const char *path, bool is_plain);

#endif
