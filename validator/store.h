/*
 * Rows to structs and back; its files are the only ones here that name a query.
 *
 * Each call answers once, later, on the loop. What is handed to an on_...
 * function is borrowed for that call.
 */
#ifndef VALIDATOR_STORE_H
#define VALIDATOR_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audit_plan;
struct epoch_view;
struct judge_case;
struct judgement;
struct pg;
struct run;

struct question;

struct store {
	struct pg *pg;
	int netuid, mecid;
	struct question *open; /* asked and not answered */
};

enum { STORE_MAX_CASES = 100 }; /* read at once */

enum store_outcome {
	STORE_DONE,
	STORE_TAKEN, /* somebody else had done it */
	STORE_FAILED /* or unknown: look again later */
};

/* Forget what was asked, after pg_free(); nobody is called back. */
void store_clear(struct store *);

/* -- judging -- */

/* n cases, or why not. */
typedef void store_on_cases(
    const struct judge_case *, size_t n, const char *why, void *arg);

void store_read_unjudged(struct store *, store_on_cases *, void *arg);
/* ids: at most STORE_MAX_CASES, valid uuids. */
void store_read_named(struct store *, const char *const *ids, size_t n,
    store_on_cases *, void *arg);

/* Since when the next to be judged waits, 0 if none does; or why not. */
typedef void store_on_oldest(int64_t since_us, const char *why, void *arg);
void store_read_oldest(struct store *, store_on_oldest *, void *arg);

typedef void store_on_written(enum store_outcome, const char *why, void *arg);

/* Batched with what else is written in this turn of the loop. audit: it is to
 * be done again, or NULL. */
void store_judge(struct store *, const char *attempt_id,
    const struct judgement *, const struct audit_plan *audit, int64_t now_us,
    store_on_written *, void *arg);

/* -- rounds -- */

/* view is NULL, and why is too, before the first snapshot. last_us: when the
 * last round was made; 0: there was none. */
typedef void store_on_view(
    const struct epoch_view *, int64_t last_us, const char *why, void *arg);

/* Is an attempt that ended before before_us (0: none) not judged yet, too. */
void store_read_view(struct store *, int64_t from_us, int64_t before_us,
    int64_t min_judgements, store_on_view *, void *arg);

/* Where the neurons came from. */
struct store_read {
	int64_t block, tempo;
	size_t neurons, judgements;
	const char *seen;   /* what the reading could see (pg_snapshot) */
	const char *failed; /* the database did not answer: why */
	const char *why;    /* no run can be made of them: why */
};
typedef void store_on_run(const struct store_read *, void *arg);

/* Fill a run, which must live until the answer: the neurons of its round's
 * subnet, the judgements of its window. */
void store_read_run(struct store *, struct run *, store_on_run *, void *arg);

struct store_run {
	const char *id, *vector_id, *seen;
};

/* Run, entries and vector, together or not at all. */
void store_write_run(struct store *, const struct store_run *,
    const struct run *, store_on_written *, void *arg);

/* -- being there -- */

void store_seen(
    struct store *, const char *id, int64_t started_us, int64_t now_us);

#endif
