/*
 * PostgreSQL on our loop: one connection, pipelined, that keeps itself up.
 *
 * Work is done in operations. An operation is one or more statements that
 * succeed or fail together. Operations marked for the batch are gathered
 * while the loop turns and run as one transaction: the first statement of each
 * in the order of their keys, then the second ones; those of one key behind
 * each other. If that transaction fails (two instances that touch the same
 * rows may deadlock), each is run again by itself, so that one bad operation
 * harms no other. Statements are the constants of sql.h, prepared
 * at first use.
 *
 * Three outcomes: done; refused (the database said no; why and sqlstate);
 * unknown (the connection went while it was under way: the caller reads what
 * is there, or leaves it to the sweep). Callbacks run later, never inside the
 * function that started them.
 */
#ifndef COMMON_PG_H
#define COMMON_PG_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct event_base;
struct pg;
struct pg_op;

enum { PG_MAX_PARAMS = 24, PG_MAX_STATEMENTS = 32 };

enum pg_outcome { PG_DONE, PG_REFUSED, PG_UNKNOWN };

struct pg_answer {
	enum pg_outcome outcome;
	PGresult *const *results; /* one a statement, borrowed; if PG_DONE */
	size_t n_results;
	const char *why;      /* a sentence, if not done */
	const char *sqlstate; /* "23505"; "" if there is none */
};

typedef void pg_on_answer(const struct pg_answer *, void *arg);

/* on_up runs at each (re)connection; NULL is fine. Queries started while the
 * connection is down wait for it, up to their deadline (10 s), then are
 * refused: they were never sent. */
struct pg *pg_new(struct event_base *, const char *conninfo,
    void (*on_up)(struct pg *, void *arg), void *arg);
void pg_free(struct pg *); /* calls nobody back; NULL is fine */
bool pg_is_up(const struct pg *);

/* One statement by itself. params are texts, NULL for null; copied. */
void pg_query(struct pg *, const char *sql, size_t n_params,
    const char *const *params, pg_on_answer *, void *arg);

/* An operation of several statements; key orders it within a batch. */
struct pg_op *pg_op_new(const char *key);
void pg_op_add(struct pg_op *, const char *sql, size_t n_params,
    const char *const *params);
/*
 * A row of a statement that takes many: each parameter of sql is an array
 * ($1::uuid[], ...), an element a row, of which this gives one. What it
 * returns names in a column row (1, 2, ...) whose it is; the answer has the
 * rows of this one. In a batch, the rows that stand at the same place of their
 * operations go out together, which costs the server far less.
 */
void pg_op_add_row(struct pg_op *, const char *sql, size_t n_params,
    const char *const *params);
/* Hand it over; it is freed after its callback (or by pg_free). */
void pg_op_run(struct pg *, struct pg_op *, pg_on_answer *, void *arg);
void pg_op_batch(struct pg *, struct pg_op *, pg_on_answer *, void *arg);

/* Operations handed over and not yet answered. */
size_t pg_pending(const struct pg *);

/* Cells of a result. The name must be one of its columns. */
const char *pg_text(const PGresult *, int row, const char *column);
bool pg_is_null(const PGresult *, int row, const char *column);
int64_t pg_int(const PGresult *, int row, const char *column);
double pg_real(const PGresult *, int row, const char *column);
bool pg_bool(const PGresult *, int row, const char *column);

/* Parameters as texts, for one call: each returns a rotating static-free
 * buffer owned by the struct. */
struct pg_params {
	const char *values[PG_MAX_PARAMS];
	size_t n;
	char text[PG_MAX_PARAMS][32];
};
void pg_add_text(struct pg_params *, const char *); /* borrowed; NULL null */
void pg_add_int(struct pg_params *, int64_t);
void pg_add_real(struct pg_params *, double); /* NaN is null */
void pg_add_bool(struct pg_params *, bool);
void pg_add_us(struct pg_params *, int64_t wall_us); /* 0 is null */

/* One element of an array's text: {a,b}, whose braces and commas are the
 * caller's. NULL null. */
void pg_add_element(struct buf *, const char *);

#endif
