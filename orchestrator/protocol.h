/*
 * What a miner is sent, by protocol: our native form, or Dippy's. A table of
 * adapters; the kind names its protocol. Pure.
 */
#ifndef ORCHESTRATOR_PROTOCOL_H
#define ORCHESTRATOR_PROTOCOL_H

#include <stdint.h>

struct job;
struct orchestrator;

/* The request's body, compact ASCII JSON; the caller frees. */
char *protocol_body(const struct orchestrator *, const struct job *,
    const char *attempt_id, int64_t deadline_us);

/* Where an attempt's input can be fetched until shortly after its end: signed.
 * The caller frees. */
char *protocol_input_url(
    const struct orchestrator *, const char *attempt_id, int64_t deadline_us);

#endif
