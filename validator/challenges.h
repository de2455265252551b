/*
 * Challenges: looks every two seconds at what clients have sent, plans who is
 * born of it (challenge.h), and makes those that are due before long
 * (challenge_making.h). Any number of instances may do so: each stretch of
 * time is planned by one of them, and each challenge made by one.
 */
#ifndef VALIDATOR_CHALLENGES_H
#define VALIDATOR_CHALLENGES_H

#include "common/blobs.h"
#include "validator/challenge.h"

struct challenges;
struct event_base;
struct metrics;
struct redis;
struct store;

struct challenges_setup {
	struct event_base *base;
	struct store *store;
	struct redis *redis;
	struct metrics *metrics;
	struct challenge_rule rule;
	char **kinds;		    /* taken; as config_list makes it */
	struct blobs_options files; /* where the orchestrators' files are */
	const char *probe;	    /* path of subnetd-probe; "": beside us */
	const char *corpus;	    /* folder; "": none */
	const char *instance;	    /* our id */
};

/* NULL if the rule wants none. What is missing (a folder, a corpus) is said,
 * and done without. */
struct challenges *challenges_new(const struct challenges_setup *);
/* After pg_free. NULL is fine, here and below. */
void challenges_free(struct challenges *);

/* A client's job was accepted just now. */
void challenges_follow(struct challenges *);

/* Plan and take no more. */
void challenges_close(struct challenges *);

#endif
