/*
 * One challenge on its way, from a client's job it is to be like to a job of
 * its own: what it asks is found or made; then it is ready, and waits until it
 * is released: its row is written and the orchestrators are woken.
 */
#ifndef VALIDATOR_CHALLENGE_MAKING_H
#define VALIDATOR_CHALLENGE_MAKING_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/uuid.h"
#include "validator/challenge_dice.h"

struct blobs;
struct challenge_corpus;
struct challenge_making;
struct event_base;
struct metric;
struct redis;
struct store;

/* What all of them are made with; it outlives them. */
struct challenge_kit {
	struct event_base *base;
	struct store *store;
	struct redis *redis;
	struct blobs *blobs; /* NULL: there is no store of files here */
	char *probe;	     /* path of subnetd-probe */
	struct challenge_corpus *corpus;  /* NULL: none */
	bool hears_english, hears_others; /* speech can be made of it */
	char **kinds; /* only these; none in it: all. Ends with NULL */
	struct challenge_dice dice;
	char owner[UUID_TEXT];
	struct metric *made, *dropped;
	/* Children take turns. */
	STAILQ_HEAD(, challenge_making) waiting;
	int n_children;
};

/* Whether a challenge can be like a client's job of that sort. scoring: the
 * kind's; language, input_type: NULL: it has none. */
bool challenge_can_be_like(const struct challenge_kit *, const char *kind,
    const char *scoring, const char *language, const char *input_type);

/* on_ready is called once, later, unless it is over before; on_over once, when
 * there is nothing more to be done about it, which may free it. */
struct challenge_making_calls {
	void (*on_ready)(struct challenge_making *, void *arg);
	void (*on_over)(struct challenge_making *, void *arg);
	void *arg;
};

/* From a row of challenge_take. */
struct challenge_making *challenge_making_new(struct challenge_kit *,
    const PGresult *, int row, const struct challenge_making_calls *);
bool challenge_making_is_ready(const struct challenge_making *);
uint64_t challenge_making_sort(const struct challenge_making *);
/* One that is ready; from then on it is not. */
void challenge_making_release(struct challenge_making *);
/* What is under way is given up; its lease ends by itself. Not while a
 * statement of its is open, but after pg_free. NULL is fine. */
void challenge_making_free(struct challenge_making *);

#endif
