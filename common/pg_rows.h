/*
 * What goes out of a unit, in which order, and whose the results are. The
 * statements of an operation stand in its stages, one each, those of the next
 * with the same key behind them; statements of one stage may go in any order,
 * and rows of one statement at one stage go as one, an array a parameter.
 */
#ifndef COMMON_PG_ROWS_H
#define COMMON_PG_ROWS_H

#include "common/pg_op.h"

/* One statement as it is sent: of one operation, or rows of several. */
struct sending {
	size_t stage;
	struct statement **statements; /* borrowed; one, unless they are rows */
	size_t n;
	PGresult *result; /* owned */
};

struct sendings {
	struct sending *list;
	size_t n;
	struct statement **statements; /* all of them */
};

/* Of operations in the order of their keys. */
void sendings_fill(struct sendings *, const struct op_list *);
void sendings_clear(struct sendings *);

/* Its parameters as they are sent, in one piece that the caller frees. */
char **sending_params(const struct sending *);
/* Every statement has its result, or its row's part of it. */
void sendings_share(struct sendings *);

#endif
