/* Operations and lists of them. */
#include "common/pg_op.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

struct pg_op *
pg_op_new(const char *key)
{
	struct pg_op *op = xcalloc(1, sizeof(*op));

	strncpy(op->key, key, sizeof(op->key) - 1);
	return op;
}

/* The parameters and their texts, in one piece. */
static char **
copy_params(size_t n, const char *const *params)
{
	size_t size = n * sizeof(char *);
	char **copy, *at;

	for (size_t i = 0; i < n; i++)
		size += params[i] != NULL ? strlen(params[i]) + 1 : 0;
	copy = xmalloc(size > 0 ? size : 1);
	at = (char *)(copy + n);
	for (size_t i = 0; i < n; i++) {
		copy[i] = params[i] != NULL ? at : NULL;
		if (params[i] != NULL)
			at = stpcpy(at, params[i]) + 1;
	}
	return copy;
}

void
pg_op_add(struct pg_op *op, const char *sql, size_t n_params,
    const char *const *params)
{
	struct statement *s = &op->statements[op->n++];

	assert(op->n <= PG_MAX_STATEMENTS && n_params <= PG_MAX_PARAMS);
	s->sql = sql;
	s->n_params = n_params;
	s->params = copy_params(n_params, params);
}

void
pg_op_add_row(struct pg_op *op, const char *sql, size_t n_params,
    const char *const *params)
{
	pg_op_add(op, sql, n_params, params);
	op->statements[op->n - 1].is_row = true;
}

void
op_free(struct pg_op *op)
{
	for (size_t i = 0; i < op->n; i++) {
		free(op->statements[i].params);
		PQclear(op->statements[i].result);
	}
	free(op);
}

static void
answer(struct pg_op *op, const struct pg_answer *a)
{
	if (op->on_answer != NULL)
		op->on_answer(a, op->arg);
	op_free(op);
}

void
op_done(struct pg_op *op)
{
	PGresult *results[PG_MAX_STATEMENTS];
	struct pg_answer done = {PG_DONE, results, op->n, "", ""};

	for (size_t i = 0; i < op->n; i++)
		results[i] = op->statements[i].result;
	answer(op, &done);
}

void
op_fail(struct pg_op *op, enum pg_outcome outcome, const char *why,
    const char *sqlstate)
{
	struct pg_answer failed = {outcome, NULL, 0, why, sqlstate};

	answer(op, &failed);
}

/* -- lists -------------------------------------------------------------- */

void
op_list_init(struct op_list *list)
{
	list->first = NULL;
	list->last = &list->first;
	list->n = 0;
}

void
op_list_push(struct op_list *list, struct pg_op *op)
{
	op->next = NULL;
	*list->last = op;
	list->last = &op->next;
	list->n++;
}

struct pg_op *
op_list_pop(struct op_list *list)
{
	struct pg_op *op = list->first;

	if (op == NULL)
		return NULL;
	list->first = op->next;
	if (list->first == NULL)
		list->last = &list->first;
	list->n--;
	return op;
}

/* The keys of most that come together ascend already: look from the end. */
static void
insert(struct pg_op **sorted, size_t n, struct pg_op *op)
{
	while (n > 0 && strcmp(sorted[n - 1]->key, op->key) > 0) {
		sorted[n] = sorted[n - 1];
		n--;
	}
	sorted[n] = op;
}

void
op_list_sort(struct op_list *list)
{
	size_t n = list->n;
	struct pg_op **sorted = xcalloc(n + 1, sizeof(struct pg_op *));

	for (size_t i = 0; i < n; i++)
		insert(sorted, i, op_list_pop(list));
	for (size_t i = 0; i < n; i++)
		op_list_push(list, sorted[i]);
	free(sorted);
}
