/*
 * A result that has arrived, whatever form it came in: keep it, once, and
 * judge whether it is what its kind asks for.
 */
#ifndef ORCHESTRATOR_ACCEPT_H
#define ORCHESTRATOR_ACCEPT_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/uuid.h"
#include "orchestrator/states.h"

struct blob_writer;
struct kind;
struct orchestrator;

struct arrival {
	char attempt_id[UUID_TEXT], job_id[UUID_TEXT];
	const struct kind *kind;
	enum attempt_state state; /* when the row was read */
	int64_t at_us;		  /* wall: the last byte's arrival */
	int64_t deadline_us;	  /* wall: of the attempt */
	int64_t sent_us;     /* wall: when the request left; 0: the row's */
	int64_t accepted_us; /* wall: its acknowledgement; 0: the row's */
	bool is_alone;	     /* the job wants one miner; else unknown */
	bool is_turned_away; /* a result of it was, by us */
	bool says_failed;    /* the miner */
	bool is_too_large;   /* more came than was read */
	struct blob_writer *file; /* or NULL */
	char type[128];		  /* of the file, as the miner says */
	uint64_t bytes;
	json_t *output; /* or NULL */
	uint64_t output_bytes;
};

void arrival_clear(struct arrival *);

/* From sql_attempt_get's row; -1 if there is none. */
int arrival_take_row(
    struct arrival *, const struct orchestrator *, const PGresult *);

/* What this instance knows of an attempt that it sent; -1 if it did not, or at
 * its deadline, when more is in its row. */
int arrival_take_flight(struct arrival *, const struct orchestrator *);

/* What a miner is told whose attempt takes no result any more: "duplicate",
 * "closed"; NULL if it takes one. */
const char *arrival_answered(enum attempt_state);

/* on_done gets what the miner is told: "accepted", "failed", "late",
 * "duplicate", "closed", or NULL if it could not be stored. */
void arrival_accept(struct orchestrator *, struct arrival *,
    void (*on_done)(const char *status, void *arg), void *arg);

#endif
