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

#include "common/http_server.h"

struct orchestrator;

extern const struct http_route intake_routes[];

/* Bytes are there that nobody has looked at: look. */
void intake_probe_again(struct orchestrator *, const char *attempt_id);

#endif
