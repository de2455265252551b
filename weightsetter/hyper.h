/*
 * A subnet's hyper-parameters, all of them, as its runtime tells them.
 *
 * Pure. The runtime API has had three forms: get_subnet_hyperparams_v3 lists
 * names with values of any type, _v2 and the first are structs; the newest
 * that the runtime has is asked. Nothing is decided by them: what weights are
 * checked against is read of storage (reads.c).
 */
#ifndef WEIGHTSETTER_HYPER_H
#define WEIGHTSETTER_HYPER_H

#include <jansson.h>

struct err;
struct metadata;
struct runtime_method;

/* NULL if the runtime has none of them. */
const struct runtime_method *hyper_method(const struct metadata *);
/* Its name in a state_call: a constant text. */
const char *hyper_method_name(const struct metadata *);

/*
 * The decoded answer as one object, by the chain's names: true or false,
 * integers (decimal texts beyond 2^53), fixed-point numbers as reals. NULL
 * and why; there may be no such subnet.
 */
json_t *hyper_of(const struct metadata *, const json_t *answer, struct err *);

#endif
