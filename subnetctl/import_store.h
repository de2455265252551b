/*
 * What an import has made, written to the database: many rows a statement,
 * all in the transaction that is open on the connection.
 */
#ifndef SUBNETCTL_IMPORT_STORE_H
#define SUBNETCTL_IMPORT_STORE_H

#include <libpq-fe.h>
#include <stddef.h>

#include "subnetctl/import.h"

struct err;

/* Rows that were made, and how many of them were new. */
struct import_counts {
	size_t given[N_IMPORT_MADE], added[N_IMPORT_MADE];
};

/* "job", as the table is called. */
const char *import_made_name(enum import_made);

/*
 * Write the rows and empty the arrays. Bans wait until the last time, as
 * orchestrators wait for those rows from then to the transaction's end. 0, or
 * -1 and why.
 */
int import_store_write(PGconn *, const char *netuid, struct import_rows *,
    bool is_last, struct import_counts *, struct err *);

#endif
