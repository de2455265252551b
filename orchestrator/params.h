/*
 * A job's parameters, checked against its kind's table of them:
 *
 *   {"text": {"type": "string", "required": true, "min": 1, "max": 10000}}
 *
 * Types: string (min and max are characters), integer, number, boolean,
 * language (a lower-case ISO 639-1 code), each with an optional default and
 * one_of. A language may be "assumed": a job that names none is judged as one
 * in it, and no miner is told; a default is what the miner is told. Pure. An
 * unknown parameter is an error that names the field, the limit and the fix.
 */
#ifndef ORCHESTRATOR_PARAMS_H
#define ORCHESTRATOR_PARAMS_H

#include <jansson.h>

struct err;

/* The table itself. */
int params_check_spec(const json_t *spec, struct err *);

/* What a client gave, with defaults filled in; the caller decrefs. NULL and
 * the reason if it does not fit. given may be NULL: nothing. */
json_t *params_check(const json_t *spec, const json_t *given, struct err *);

/* All that is a language, as a list that the caller decrefs. */
json_t *params_languages(void);

#endif
