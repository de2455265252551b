/*
 * An API that asks for keys: two orchestrators on one PostgreSQL and Redis,
 * keys made by subnetctl, and requests that carry them. No miner is there:
 * jobs wait.
 */
#ifndef TESTS_KEYED_H
#define TESTS_KEYED_H

#include <jansson.h>
#include <stddef.h>

#include "tests/lib/fetch.h"

struct proc;
struct suite;

struct keyed {
	struct suite *s; /* its orchestrator is the first of the two */
	struct proc *second;
	int ports[2];
};

/* As cmocka's group state; ini: more configuration, or NULL. */
int keyed_set_up(void **state, const char *name, const char *ini);
int keyed_tear_down(void **state);

/* Restart the first, or kill it for good. */
int keyed_restart(struct keyed *);
void keyed_kill(struct keyed *);

/* A key by `subnetctl keys new`, as text; the caller frees. tenant: or NULL.
 * NULL, having said why. */
char *keyed_new(struct keyed *, const char *role, const char *tenant);
/* Its id: a part of it, copied. */
void keyed_id(const char *key, char out[40]);
/* One that an admin makes over HTTP, of that body; the caller frees. */
char *keyed_make(struct keyed *, const char *admin, const char *body);

/* bin/subnetctl with up to four words behind "keys"; its exit status. The
 * output is the caller's to free; out NULL: nobody's. */
int keyed_ctl(struct keyed *, const char *const *words, char **out);

struct keyed_ask {
	int at; /* 0, 1: which instance */
	const char *method, *path;
	const char *key;		/* as a Bearer; NULL: none */
	const char *header;		/* one more, "Name: value"; or NULL */
	const char *body;		/* JSON; NULL: none */
	const struct fetch_part *parts; /* or a form */
};

/* The status; clear the answer. */
int keyed_ask(struct keyed *, const struct keyed_ask *, struct fetch_answer *);
/* The status, and nothing else of it. */
int keyed_status(struct keyed *, const struct keyed_ask *);

/* A member of a JSON body, copied; "" if it is not there. */
void keyed_text(const struct fetch_answer *, const char *member, char out[128]);

/* A job that no file is part of. */
extern const char keyed_job[];

#endif
