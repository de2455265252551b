/*
 * A throw-away PostgreSQL cluster: its own data, a Unix socket in its own
 * directory, no port, no system service.
 *
 * initdb is slow, so a migrated cluster is made once for a build and a set of
 * migrations (pgtemplate-<hash> in the build directory) and copied. As
 * PostgreSQL refuses root, root's clusters belong to postgres, or nobody.
 */
#ifndef TESTS_CLUSTER_H
#define TESTS_CLUSTER_H

#include <stdbool.h>
#include <sys/types.h>

struct cluster;

enum cluster_stop {
	CLUSTER_FAST,	   /* SIGINT: rolls back, disconnects all */
	CLUSTER_IMMEDIATE, /* SIGQUIT: as a crash; recovers at start */
	CLUSTER_KILL,	   /* SIGKILL */
};

/* Who PostgreSQL runs as: 0 and 0 if as we are. */
void cluster_user(uid_t *, gid_t *);

/* Made in dir/pg (in TMPDIR if its user cannot go there) and started, with a
 * migrated database "subnetd" and an empty one, "empty". A durable one syncs
 * to disk. NULL, with lines on stderr. */
struct cluster *cluster_new(const char *dir, bool durable);
/* Stops it, and removes its files if told to; NULL is fine. */
void cluster_free(struct cluster *, bool remove);

const char *cluster_conninfo(const struct cluster *); /* of "subnetd" */
const char *cluster_dir(const struct cluster *); /* of its socket and data */
/* Of another database in it; the caller frees. */
char *cluster_conninfo_of(const struct cluster *, const char *database);

int cluster_start(struct cluster *);	    /* until it answers. 0, or -1 */
bool cluster_is_up(const struct cluster *); /* not halted */
void cluster_halt(struct cluster *, enum cluster_stop);

#endif
