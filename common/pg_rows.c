/* Rows to arrays, and a result to those whose rows it has. */
#include "common/pg_rows.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"

struct place {
	struct statement *statement;
	size_t stage, at; /* at: among all of the unit */
};

static int
compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	if (x->statement->sql != y->statement->sql)
		return (uintptr_t)x->statement->sql <
			       (uintptr_t)y->statement->sql
			   ? -1
			   : 1;
	return x->at < y->at ? -1 : 1;
}

static size_t
count(const struct op_list *ops)
{
	size_t n = 0;

	for (const struct pg_op *op = ops->first; op != NULL; op = op->next)
		n += op->n;
	return n;
}

static void
place_all(struct place *places, const struct op_list *ops)
{
	const char *key = NULL;
	size_t n = 0, stage = 0;

	for (struct pg_op *op = ops->first; op != NULL; op = op->next) {
		if (key == NULL || strcmp(op->key, key) != 0)
			stage = 0;
		key = op->key;
		for (size_t i = 0; i < op->n; i++, n++)
			places[n] =
			    (struct place){&op->statements[i], stage++, n};
	}
}

static bool
joins(const struct sending *last, const struct place *p)
{
	const struct statement *s = last->statements[0];

	return s->is_row && p->stage == last->stage && p->statement->is_row &&
	       p->statement->sql == s->sql;
}

void
sendings_fill(struct sendings *out, const struct op_list *ops)
{
	size_t n = count(ops);
	struct place *places = xcalloc(n + 1, sizeof(*places));

	place_all(places, ops);
	qsort(places, n, sizeof(*places), compare);
	out->list = xcalloc(n + 1, sizeof(*out->list));
	out->statements = xcalloc(n + 1, sizeof(*out->statements));
	out->n = 0;
	for (size_t i = 0; i < n; i++) {
		struct sending *last = &out->list[out->n];

		out->statements[i] = places[i].statement;
		if (out->n > 0 && joins(last - 1, &places[i]))
			last[-1].n++;
		else
			out->list[out->n++] = (struct sending){
			    places[i].stage, &out->statements[i], 1, NULL};
	}
	free(places);
}

void
sendings_clear(struct sendings *s)
{
	for (size_t i = 0; i < s->n; i++)
		PQclear(s->list[i].result);
	free(s->list);
	free(s->statements);
	*s = (struct sendings){0};
}

/* -- arrays ------------------------------------------------------------- */

static void
add_array(struct buf *out, const struct sending *s, size_t param)
{
	buf_add_byte(out, '{');
	for (size_t i = 0; i < s->n; i++) {
		if (i > 0)
			buf_add_byte(out, ',');
		pg_add_element(out, s->statements[i]->params[param]);
	}
	buf_add(out, "}", 2); /* and its end */
}

char **
sending_params(const struct sending *s)
{
	const struct statement *first = s->statements[0];
	size_t n = first->n_params, from[PG_MAX_PARAMS];
	struct buf texts = {0};
	char **params, *copy;

	if (first->is_row) {
		for (size_t k = 0; k < n; k++) {
			from[k] = texts.len;
			add_array(&texts, s, k);
		}
	}
	params = xmalloc(n * sizeof(char *) + texts.len + 1);
	copy = (char *)(params + n);
	memcpy(copy, buf_str(&texts), texts.len);
	for (size_t k = 0; k < n; k++)
		params[k] = first->is_row ? copy + from[k] : first->params[k];
	buf_free(&texts);
	return params;
}

/* -- results ------------------------------------------------------------ */

static void
copy_row(PGresult *to, const PGresult *from, int row)
{
	int at = PQntuples(to);

	for (int k = 0; k < PQnfields(from); k++) {
		if (PQgetisnull(from, row, k))
			PQsetvalue(to, at, k, NULL, -1);
		else
			PQsetvalue(to, at, k, PQgetvalue(from, row, k),
			    PQgetlength(from, row, k));
	}
}

/* Of those that have none, it is empty. */
static void
share_rows(struct sending *s)
{
	int column = PQfnumber(s->result, "row");

	for (size_t i = 0; i < s->n; i++)
		s->statements[i]->result =
		    PQcopyResult(s->result, PG_COPYRES_ATTRS);
	for (int i = 0; column >= 0 && i < PQntuples(s->result); i++) {
		long row = strtol(PQgetvalue(s->result, i, column), NULL, 10);

		if (row >= 1 && (size_t)row <= s->n)
			copy_row(s->statements[row - 1]->result, s->result, i);
	}
}

void
sendings_share(struct sendings *all)
{
	for (size_t i = 0; i < all->n; i++) {
		struct sending *s = &all->list[i];

		if (s->n > 1) {
			share_rows(s);
			continue;
		}
		s->statements[0]->result = s->result;
		s->result = NULL;
	}
}
