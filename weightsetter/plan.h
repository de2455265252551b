/*
 * From a weight vector to what would be sent, or why it is not sent.
 *
 * Pure. A vector names hotkeys; an entry whose hotkey does not stand at its
 * uid in the snapshot is left out, never moved. Nothing but the vector's own
 * numbers decides who gets what.
 */
#ifndef WEIGHTSETTER_PLAN_H
#define WEIGHTSETTER_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "subtensor/ss58.h"

struct snapshot;

enum { PLAN_ID = 37 };

struct vector_entry {
	char hotkey[SS58_MAX_TEXT];
	int64_t uid;
	double weight;
};

struct vector {
	char id[PLAN_ID];
	int64_t created_us;	      /* wall clock */
	struct vector_entry *entries; /* owned */
	size_t n;
};

void vector_free(struct vector *); /* NULL is fine */

struct plan_rules {
	double max_share;    /* of the sum, for one hotkey */
	double max_churn;    /* of the sum, against the last proven weights */
	int64_t max_age_us;  /* of a vector */
	int64_t min_entries; /* above zero */
};

/* Weights by uid, as the chain stores them. */
struct uid_weights {
	uint16_t *uids;	   /* ascending; owned */
	uint16_t *weights; /* owned */
	size_t n;
};

void uid_weights_clear(struct uid_weights *);
/* Into one that holds nothing. */
void uid_weights_copy(struct uid_weights *, const struct uid_weights *from);

struct plan {
	struct uid_weights sent; /* the largest weight is 65535 */
	size_t dropped;		 /* entries whose hotkey was not there */
	const char *refusal;	 /* NULL: send it */
};

/*
 * proven is what was proven last, or NULL. The list is filled up with zeros
 * to the length that the subnet wants. The caller clears it.
 */
void plan_make(const struct plan_rules *, const struct snapshot *,
    const struct vector *, const struct uid_weights *proven, int64_t now_us,
    struct plan *);
void plan_clear(struct plan *);

#endif
