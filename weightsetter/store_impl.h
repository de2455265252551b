/*
 * What the parts of the store share: questions that are open, and cells.
 * store.c has it; store_chain.c, store_ledger.c, store_vectors.c and
 * store_weather.c ask.
 */
#ifndef WEIGHTSETTER_STORE_IMPL_H
#define WEIGHTSETTER_STORE_IMPL_H

#include <libpq-fe.h>
#include <sys/queue.h>

#include "weightsetter/ledger.h"
#include "weightsetter/store.h"

struct pg_answer;

struct question {
	struct store *store;
	const char *what; /* for the log */
	union {
		store_cb *on_done;
		store_row_cb *on_row;
		store_rows_cb *on_rows;
		store_proven_cb *on_proven;
		store_block_cb *on_block;
		store_vector_cb *on_vector;
		store_entries_cb *on_entries;
	};
	void *arg;
	LIST_ENTRY(question) link;
};

struct store {
	struct pg *pg;
	LIST_HEAD(, question) open;
};

/* A question, answered or dropped with the store. */
struct question *store_ask(struct store *, const char *what, void *arg);
void store_answered(struct question *);

/* What came of it; the first result tells whether a row was there. */
enum store_outcome store_outcome_of(
    const struct question *, const struct pg_answer *);

/* A pg_on_answer for questions with on_done; none is fine. A statement that
 * returns rows and returned none is STORE_NOTHING. */
void store_on_done(const struct pg_answer *, void *question);
/* The same for statements that return no rows: done is done. */
void store_on_write(const struct pg_answer *, void *question);

/* "" for null. */
void store_copy_cell(
    const PGresult *, int row, const char *column, char *out, size_t size);

#endif
