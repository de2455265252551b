/*
 * What Dippy's public views show of a job: prompts as hashes, addresses of
 * pictures as their last part, no secret. Pure.
 */
#ifndef ORCHESTRATOR_DIPPY_PUBLIC_H
#define ORCHESTRATOR_DIPPY_PUBLIC_H

#include <jansson.h>

#include "orchestrator/states.h"

/*
 * A copy for everybody's eyes; the caller decrefs. Names in either case:
 *
 *   callback_secret                    left out, at any depth
 *   has "prompt" but not "seed"        "sha256:" and the hex of the value's
 *                                      text; null is the empty text; of a list
 *                                      each element
 *   has "image", and "url" or "uri"    the last part of the address's path
 *   any other                          as it is
 *
 * A text is hashed as UTF-8, everything else as compact JSON.
 */
json_t *dippy_public(const json_t *);

/* "pending", "success", "timeout" or "failed". */
const char *dippy_status(enum job_state);

#endif
