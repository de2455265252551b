/*
 * From a weight vector to what would be sent, or why it is not sent.
 *
 * Pure. A vector names hotkeys; an entry whose hotkey does not stand at its
 * uid in the snapshot is left out, never moved. Nothing but the vector's own
 * numbers decides who gets what.
 */
#ifndef WEIGHTSETTER_PLAN_H
#define WEIGHTSETTER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subtensor/ss58.h"
#include "weightsetter/uid_weights.h"

struct snapshot;

enum { PLAN_ID = 37 };

struct vector_entry {
	char hotkey[SS58_MAX_TEXT];
	int64_t uid;
	double weight;
};

/* Where a vector comes from. */
enum vector_source {
	VECTOR_VALIDATOR,
	VECTOR_OPERATOR, /* by hand; through the same rules */
	VECTOR_AGAIN,	 /* what was proven before */
	VECTOR_FALLBACK, /* what the operator chose for want of one */
	N_VECTOR_SOURCES,
};

const char *vector_source_name(enum vector_source);
int vector_source_of(const char *name); /* -1 if there is none */

struct vector {
	char id[PLAN_ID];
	enum vector_source source;
	bool is_accepted;	      /* by a person, whatever it moves */
	int64_t created_us;	      /* wall clock; or accepted then */
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

struct plan {
	struct uid_weights sent; /* the largest weight is 65535 */
	size_t dropped;		 /* entries whose hotkey was not there */
	const char *refusal;	 /* NULL: send it */
};

/*
 * Nobody asks how much an accepted vector moves, nor how many share in a
 * fallback. proven is what was proven last, or NULL. The list is filled up with
 * zeros to the length that the subnet wants. The caller clears it.
 */
void plan_make(const struct plan_rules *, const struct snapshot *,
    const struct vector *, const struct uid_weights *proven, int64_t now_us,
    struct plan *);
void plan_clear(struct plan *);

/* Half of what the shares differ by: 0, nothing moves, to 1, everything. */
double plan_churn(const struct uid_weights *, const struct uid_weights *);

#endif
