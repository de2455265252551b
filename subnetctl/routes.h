/*
 * The tables that receipts name, each read once from the database and ready
 * to be drawn from again.
 */
#ifndef SUBNETCTL_ROUTES_H
#define SUBNETCTL_ROUTES_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stddef.h>

struct err;
struct replay;
struct routes;

struct routes *routes_new(PGconn *, const char *netuid); /* borrowed */
void routes_free(struct routes *);			 /* NULL is fine */

/* The one this receipt names; NULL and why. */
struct replay *routes_find(
    struct routes *, const json_t *receipt, struct err *);

/* All that were asked for. */
size_t routes_count(const struct routes *);
const struct replay *routes_at(const struct routes *, size_t);

#endif
