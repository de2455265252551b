/*
 * The networks operators know by name, where they are reached, and which
 * chain each is.
 */
#ifndef SUBTENSOR_NETWORKS_H
#define SUBTENSOR_NETWORKS_H

#include <stdbool.h>

struct network {
	const char *name;
	const char *urls[4]; /* ends with NULL */
	const char *genesis; /* 0x hex; NULL: any */
	bool is_public;	     /* somebody else's node: be gentle */
};

/* "finney", "test", "archive" or "local"; NULL if it is none of them. */
const struct network *network_find(const char *name);

#endif
