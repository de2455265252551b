/*
 * A PostgreSQL of our own with the migrated schema and two connections to it,
 * for tests of what the statements do, alone and against each other.
 */
#ifndef TESTS_LIB_STORED_H
#define TESTS_LIB_STORED_H

#include <libpq-fe.h>

struct db;
struct sandbox;

struct stored {
	struct sandbox *box;
	struct db *db;
	PGconn *one, *two;
};

int stored_open(struct stored *, const char *name); /* 0, or -1 */
int stored_end(struct stored *); /* -1 if something ended badly */

/* The same as the state of a group of tests. NULL: it did not open. */
struct stored *stored_new(void **state, const char *name);
int stored_free(void **state);

#endif
