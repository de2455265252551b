/*
 * What miners send us: results, in the native form or Dippy's, and requests
 * for an attempt's input.
 *
 * A result is accepted once: with the attempt's secret, from a state that
 * waits for one. A wrong secret changes nothing; a second result is answered
 * and changes nothing; a late one is kept as late.
 */
#ifndef ORCHESTRATOR_INTAKE_H
#define ORCHESTRATOR_INTAKE_H

struct http_req;
struct orchestrator;

void intake_native(struct http_req *, void *orchestrator);
void intake_dippy(struct http_req *, void *orchestrator);
void intake_input(struct http_req *, void *orchestrator);

/* Bytes are there that nobody has looked at: look. */
void intake_probe_again(struct orchestrator *, const char *attempt_id);

#endif
