/*
 * Scoring rounds made again from the rows they were made of.
 */
#ifndef SUBNETCTL_ROUNDS_H
#define SUBNETCTL_ROUNDS_H

#include <libpq-fe.h>
#include <stdint.h>

struct ctl;
struct err;
struct run;

enum { ROUNDS_LATEST = -1, ROUNDS_ID = 40 };

/*
 * The inputs of an epoch's round, not finished, in a transaction that the
 * connection is left in; its weight vector's id. The same as the round had
 * them, or else NULL, and why. The caller frees.
 */
struct run *rounds_read(const struct ctl *, PGconn *, int64_t epoch,
    char vector[ROUNDS_ID], struct err *);

#endif
