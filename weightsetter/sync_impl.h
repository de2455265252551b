/*
 * What the steps of a reading share. sync.c has those that every snapshot
 * needs, sync_more.c those that are taken now and then.
 */
#ifndef WEIGHTSETTER_SYNC_IMPL_H
#define WEIGHTSETTER_SYNC_IMPL_H

#include <jansson.h>

#include "weightsetter/sync.h"

struct err;
struct rpc_answer;

/* What a snapshot may do without; bits of sync_want's missed. */
enum sync_part {
	PART_HYPER,
	PART_COMMITMENTS,
	PART_REVEALED,
	PART_LOCKS,
	PART_PEERS,
};

struct sync {
	struct chain *chain;
	sync_cb *on_done;
	void *arg;
	/* of the reading under way */
	struct snapshot *s; /* NULL: none */
	struct runtime *runtime;
	struct sync_want want;
	enum sync_part map; /* that is read page by page */
	json_t *rows;	    /* of it, so far */
	char *last_key;	    /* of the page before, NULL: none */
	size_t page_keys, pages;
	size_t first_peer; /* of the page */
	size_t first_lock; /* neuron; likewise */
};

/* The last step is done: hand the snapshot over. */
void sync_finish(struct sync *);

/* A part is here, or is left out. why is for the log, the first time. */
void sync_part_done(struct sync *, enum sync_part);
void sync_part_missed(struct sync *, enum sync_part, const char *why);
/* True, and the part is left out, if the node has not answered well. */
bool sync_part_failed(struct sync *, enum sync_part, const struct rpc_answer *);

/* sync_more.c: the steps behind our own standing, to sync_finish(). */
void sync_more(struct sync *);

#endif
