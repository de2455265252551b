/*
 * The schema's version: what this program knows, what a database has.
 */
#ifndef SUBNETCTL_MIGRATE_H
#define SUBNETCTL_MIGRATE_H

#include <libpq-fe.h>

struct err;

struct migrate_state {
	int known; /* the newest version of this program */
	int have;  /* of the database; 0: never migrated */
	/* A migration the database has and this program does not; "" */
	char foreign[80];
};

int migrate_look(PGconn *, struct migrate_state *, struct err *);

#endif
