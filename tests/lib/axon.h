/*
 * A classic axon: it takes synapses, checks them as Bittensor's axon does, and
 * answers what the test says, byte for byte.
 *
 * A thread of ours serves a loopback port, each request on a connection of its
 * own. Whatever is not a synapse is answered 404, as an axon does. End the
 * suite before the axon.
 */
#ifndef TESTS_AXON_H
#define TESTS_AXON_H

#include <jansson.h>

struct axon;

/* A synapse as it came, the caller's to free by axon_drop. */
struct axon_synapse {
	char *text; /* head and body */
	json_t *fields;
	/* Why an axon would not take it; "": it would. */
	char why[80];
	char uuid[64], nonce[32];
};

/* NULL, having said why. */
struct axon *axon_new(void);
void axon_free(struct axon *); /* NULL is fine */
int axon_port(const struct axon *);

/* Whose it is, and of which fields it checks the hash: from now on. */
void axon_is(struct axon *, const char *hotkey, const char *const *hash_fields);

/* What comes from now on is answered with this body and status, and the
 * status the axon's header says (NULL: it says none); or with these bytes and
 * an end; or kept waiting, until axon_let_go with those. */
void axon_say(
    struct axon *, int status, const char *axon_status, const char *body);
void axon_say_raw(struct axon *, const char *bytes);
void axon_hold(struct axon *);
void axon_let_go(struct axon *, const char *body); /* 200 */

/* The next synapse that nobody took; NULL, having said so, if none comes in
 * 30 s. */
struct axon_synapse *axon_take(struct axon *);
void axon_drop(struct axon_synapse *); /* NULL is fine */

/* A header's value in a head, the caller's to free; NULL: absent. */
char *axon_header(const char *head, const char *name);

#endif
