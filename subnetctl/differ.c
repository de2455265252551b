/* Shares, and the order of differences. */
#include "subnetctl/differ.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/compare.h"

static void
to_shares(double *weights, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	for (size_t i = 0; i < n && sum > 0; i++)
		weights[i] /= sum;
}

static int
largest_first(const void *a, const void *b)
{
	const struct differ_row *x = a, *y = b;
	double dx = fabs(x->b - x->a), dy = fabs(y->b - y->a);

	if (dx != dy)
		return dx > dy ? -1 : 1;
	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	return x->hotkey != NULL && y->hotkey != NULL
		   ? strcmp(x->hotkey, y->hotkey)
		   : 0;
}

void
differ_compute(struct differ_row *rows, size_t n, struct differ *out)
{
	double *a = xcalloc(2 * n + 1, sizeof(*a)), *b = a + n;

	for (size_t i = 0; i < n; i++) {
		a[i] = rows[i].a;
		b[i] = rows[i].b;
	}
	out->cosine = compare_cosine(a, b, n);
	out->moved = compare_moved(a, b, n);
	to_shares(a, n);
	to_shares(b, n);
	for (size_t i = 0; i < n; i++) {
		rows[i].a = a[i];
		rows[i].b = b[i];
	}
	free(a);
	qsort(rows, n, sizeof(*rows), largest_first);
}

json_t *
differ_json(const struct differ_row *rows, size_t n, size_t limit,
    const char *a, const char *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n && i < limit && rows[i].a != rows[i].b; i++)
		json_array_append_new(list,
		    json_pack("{s:i s:s? s:f s:f s:f}", "uid", rows[i].uid,
			"hotkey", rows[i].hotkey, a, rows[i].a, b, rows[i].b,
			"difference", rows[i].b - rows[i].a));
	return list;
}
