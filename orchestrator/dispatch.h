/*
 * Sending one attempt to its miner: have the request signed while its row is
 * written, send it when both are done, and write down what the miner answered.
 */
#ifndef ORCHESTRATOR_DISPATCH_H
#define ORCHESTRATOR_DISPATCH_H

#include <stdint.h>

struct dispatch;
struct job;
struct miner;
struct orchestrator;

/* Everything it needs is copied; its signature is asked for. */
struct dispatch *dispatch_new(struct orchestrator *, const struct job *,
    const char *attempt_id, const struct miner *, int64_t deadline_us);

/* Its row is there: go. It frees itself in the end. */
void dispatch_start(struct dispatch *);
/* Its row is not there: nothing is sent. It frees itself. */
void dispatch_drop(struct dispatch *);

/* "host:port" and "/path" to a URL: https, or http in development. */
char *dispatch_url(
    const struct orchestrator *, const char *address, const char *path);

#endif
