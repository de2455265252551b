/*
 * Operations as common/pg.c keeps them: statements with their parameters, and
 * after the server has answered, their results.
 */
#ifndef COMMON_PG_OP_H
#define COMMON_PG_OP_H

#include "common/pg.h"

struct statement {
	const char *sql;
	bool is_row; /* of a statement that takes many (pg_op_add_row) */
	size_t n_params;
	char **params;
	PGresult *result; /* owned; of a row: its own part */
};

struct pg_op {
	struct pg_op *next;
	char key[48];
	struct statement statements[PG_MAX_STATEMENTS];
	size_t n;
	int64_t queued_us;
	pg_on_answer *on_answer;
	void *arg;
};

struct op_list {
	struct pg_op *first, **last;
	size_t n;
};

void op_free(struct pg_op *); /* its results, too */
/* Tell whoever waits for it, and free it. */
void op_done(struct pg_op *);
void op_fail(
    struct pg_op *, enum pg_outcome, const char *why, const char *sqlstate);

void op_list_init(struct op_list *);
void op_list_push(struct op_list *, struct pg_op *);
struct pg_op *op_list_pop(struct op_list *); /* NULL: empty */
/* In the order of keys, and of arrival within a key. */
void op_list_sort(struct op_list *);

#endif
