/*
 * subnetctl import: what another system's tables are made into here.
 *
 * import_read.c turns files into records, an upstream's own file turns a
 * record into rows of ours or says what is wrong with it, import_store.c
 * writes the rows, import_report.c says what came of it all. In the middle
 * nothing is asked: no database, no clock, no file.
 */
#ifndef SUBNETCTL_IMPORT_H
#define SUBNETCTL_IMPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tables of ours, in the order in which they are written. */
enum import_made {
	IMPORT_JOBS,
	IMPORT_ATTEMPTS,
	IMPORT_JUDGEMENTS,
	IMPORT_BANS,
	IMPORT_AUDITS,
	IMPORT_KEYS,
	IMPORT_POSTS,
	IMPORT_CLAIMS,
	IMPORT_OBSERVATIONS,
	N_IMPORT_MADE,
};

/* Arrays of objects, whose members are the columns that the statement of that
 * table takes. */
struct import_rows {
	json_t *of[N_IMPORT_MADE];
	size_t n;
};

/* The reference is taken. */
void import_add_row(struct import_rows *, enum import_made, json_t *row);
void import_rows_clear(struct import_rows *);

/* Who holds a uid now, and since when; 0: the chain does not say. */
struct import_neuron {
	int uid;
	int64_t since_us;
	char hotkey[64];
};

/* All that records are looked at by. */
struct import_view {
	int64_t now_us;
	const json_t *kinds; /* {capacity key: name}, of this subnet */
	const struct import_neuron *neurons;
	size_t n_neurons;
	int64_t block, block_us; /* the newest snapshot; 0: there is none */
	int64_t bucket_blocks, keep_buckets;
	bool takes_tags;
	int64_t penalty_ms;   /* a failed audit counts for so long */
	int64_t keep_keys_ms; /* keys are good for so long; 0: not taken */
	const char *tenant;   /* ""; whose jobs and keys they are to be */
};

/* What is wrong with a record. */
struct import_why {
	char field[48];
	char text[200];
};

enum import_outcome {
	IMPORT_TAKEN,
	IMPORT_LEFT,	/* there is nothing in it for us */
	IMPORT_REFUSED, /* *why says for what */
};

/* Always IMPORT_REFUSED, so that it can be returned. */
enum import_outcome import_refuse(struct import_why *, const char *field,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Rows are added only if it is taken, or (a part of it) is. Pure. */
typedef enum import_outcome import_take(const struct import_view *,
    const json_t *record, struct import_rows *, struct import_why *);

/* A table of theirs. */
struct import_table {
	const char *name;
	const char *file;   /* what its file may be called, too; NULL */
	const char *inside; /* member of a JSON answer that has them; NULL */
	const char *key;    /* field that tells a record from the others */
	import_take *take;  /* NULL: it is not taken, and why stands in */
	const char *note;   /* what becomes of it */
};

struct import_upstream {
	const char *name;
	const struct import_table *tables; /* ends with a NULL name */
	bool needs_place;		   /* a snapshot of the chain */
	bool needs_policy;		   /* it counts in buckets */
};

extern const struct import_upstream import_dippy, import_violet,
    import_infinitevibe;

/* A table by its name in a dump, or by a file's name: what stands in front of
 * the first dot, and of a version ("submissions-0.0.2"). NULL: none. */
const struct import_table *import_find_table(
    const struct import_upstream *, const char *name);

#endif
