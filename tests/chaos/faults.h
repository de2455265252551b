/*
 * The faults of the chaos scenarios: each begins, lasts and ends while
 * clients and miners go on.
 */
#ifndef TESTS_CHAOS_FAULTS_H
#define TESTS_CHAOS_FAULTS_H

#include <libpq-fe.h>
#include <stddef.h>

struct pair;

enum { FAULT_MAX_CONNECTIONS = 100 };

struct fault_state {
	struct pair *p;
	PGconn *held[FAULT_MAX_CONNECTIONS]; /* until the end */
	size_t n_held;
};

struct fault {
	const char *name;
	/* 0, or -1 having said why. */
	int (*begin)(struct fault_state *);
	/* Called again and again while it lasts; NULL is fine. */
	int (*go_on)(struct fault_state *);
	int (*end)(struct fault_state *); /* NULL: it is over by itself */
};

extern const struct fault faults[]; /* ends with a NULL name */

/* Let go of what it held. */
void fault_clear(struct fault_state *);

#endif
