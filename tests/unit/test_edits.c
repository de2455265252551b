/* The bits against the plain table, on random rows and on the edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/edits.h"
#include "tests/lib/dice.h"

enum { MOST = 260, PAIRS = 10000 };

struct row {
	uint32_t at[MOST];
	size_t n;
};

static size_t
least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
table_distance(const struct row *a, const struct row *b)
{
	static size_t d[MOST + 1][MOST + 1];

	for (size_t i = 0; i <= a->n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= b->n; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= a->n; i++) {
		for (size_t j = 1; j <= b->n; j++) {
			size_t kept =
			    d[i - 1][j - 1] + (a->at[i - 1] != b->at[j - 1]);

			d[i][j] = least_of(
			    kept, 1 + least_of(d[i - 1][j], d[i][j - 1]));
		}
	}
	return d[a->n][b->n];
}

static size_t
table_common(const struct row *a, const struct row *b)
{
	static size_t d[MOST + 1][MOST + 1];

	for (size_t i = 1; i <= a->n; i++) {
		for (size_t j = 1; j <= b->n; j++) {
			if (a->at[i - 1] == b->at[j - 1])
				d[i][j] = d[i - 1][j - 1] + 1;
			else
				d[i][j] = d[i - 1][j] > d[i][j - 1]
					      ? d[i - 1][j]
					      : d[i][j - 1];
		}
	}
	return d[a->n][b->n];
}

/* Often at the edge of a block, else up to three of them. */
static size_t
throw_length(struct dice *d)
{
	static const size_t edges[] = {
	    0, 1, 2, 63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256, 257};

	if (dice_between(d, 0, 1) == 0)
		return edges[dice_between(
		    d, 0, sizeof(edges) / sizeof(edges[0]) - 1)];
	return dice_between(d, 0, 200);
}

static uint32_t
throw_symbol(struct dice *d, int alphabet)
{
	uint32_t v = dice_between(d, 0, alphabet - 1);

	/* Spread over all there are, the largest among them. */
	return v % 3 == 0 ? v : v % 3 == 1 ? 0xffffffff - v : v * 0x9e3779b1;
}

static void
throw_row(struct dice *d, int alphabet, struct row *r)
{
	r->n = throw_length(d);
	for (size_t i = 0; i < r->n; i++)
		r->at[i] = throw_symbol(d, alphabet);
}

/* The first with some symbols changed, dropped and put in. */
static void
spoil(struct dice *d, int alphabet, const struct row *a, struct row *b)
{
	int wrong = dice_between(d, 0, 40);

	b->n = 0;
	for (size_t i = 0; i < a->n && b->n + 2 <= MOST; i++) {
		switch (dice_between(d, 0, 99) < wrong ? dice_between(d, 0, 2)
						       : 3) {
		case 0:
			break;
		case 1:
			b->at[b->n++] = throw_symbol(d, alphabet);
			break;
		case 2:
			b->at[b->n++] = throw_symbol(d, alphabet);
			b->at[b->n++] = a->at[i];
			break;
		default:
			b->at[b->n++] = a->at[i];
		}
	}
}

static void
they_are_what_the_table_says(void **state)
{
	static const int alphabets[] = {1, 2, 3, 5, 30, 1000, 1000000};
	struct dice d = {20250401};
	size_t blocks[4] = {0};
	struct row a, b;

	(void)state;
	for (size_t k = 0; k < PAIRS; k++) {
		int alphabet = alphabets[k % 7];
		size_t distance, common;

		throw_row(&d, alphabet, &a);
		if (k % 2 == 0)
			throw_row(&d, alphabet, &b);
		else
			spoil(&d, alphabet, &a, &b);
		distance = edits_distance(a.at, a.n, b.at, b.n);
		common = edits_common(a.at, a.n, b.at, b.n);
		if (distance != table_distance(&a, &b) ||
		    common != table_common(&a, &b))
			fail_msg("pair %zu: %zu and %zu, not %zu and %zu", k,
			    distance, common, table_distance(&a, &b),
			    table_common(&a, &b));
		assert_int_equal(
		    edits_distance(b.at, b.n, a.at, a.n), distance);
		assert_int_equal(edits_common(b.at, b.n, a.at, a.n), common);
		blocks[least_of(a.n, b.n) / 64 % 4]++;
	}
	for (size_t i = 0; i < 4; i++)
		assert_true(blocks[i] > 500);
}

static void
every_pair_of_lengths_at_the_edges(void **state)
{
	struct dice d = {7};
	struct row a, b;

	(void)state;
	for (size_t n = 0; n <= 130; n++) {
		for (size_t m = n >= 60 && n <= 68 ? 60 : 126; m <= 130; m++) {
			throw_row(&d, 2, &a);
			throw_row(&d, 2, &b);
			a.n = n;
			b.n = m;
			for (size_t i = 0; i < n; i++)
				a.at[i] = dice_between(&d, 0, 1);
			for (size_t i = 0; i < m; i++)
				b.at[i] = dice_between(&d, 0, 1);
			assert_int_equal(edits_distance(a.at, n, b.at, m),
			    table_distance(&a, &b));
			assert_int_equal(edits_common(a.at, n, b.at, m),
			    table_common(&a, &b));
		}
	}
}

static void
of_nothing(void **state)
{
	const uint32_t some[] = {1, 2, 3};

	(void)state;
	assert_int_equal(edits_distance(NULL, 0, NULL, 0), 0);
	assert_int_equal(edits_distance(some, 3, NULL, 0), 3);
	assert_int_equal(edits_distance(NULL, 0, some, 3), 3);
	assert_int_equal(edits_common(NULL, 0, NULL, 0), 0);
	assert_int_equal(edits_common(some, 3, NULL, 0), 0);
	assert_int_equal(edits_common(some, 3, some, 3), 3);
}

/* Longer than a table could be: figures that follow from how they are made. */
static void
long_rows(void **state)
{
	enum { N = 20000 };
	uint32_t *a = xcalloc(N, sizeof(*a)), *b = xcalloc(N, sizeof(*b));

	(void)state;
	for (size_t i = 0; i < N; i++) {
		a[i] = i;
		b[i] = i % 10 == 5 ? N + i : i; /* every tenth another */
	}
	assert_int_equal(edits_distance(a, N, b, N), N / 10);
	assert_int_equal(edits_common(a, N, b, N), N - N / 10);
	for (size_t i = 0; i < N; i++)
		b[i] = (i + 100) % N; /* turned by a hundred */
	assert_int_equal(edits_distance(a, N, b, N), 200);
	assert_int_equal(edits_common(a, N, b, N), N - 100);
	for (size_t i = 0; i < N; i++)
		b[i] = N + i;
	assert_int_equal(edits_distance(a, N, b, N), N);
	assert_int_equal(edits_common(a, N, b, N), 0);
	free(a);
	free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(they_are_what_the_table_says),
	    cmocka_unit_test(every_pair_of_lengths_at_the_edges),
	    cmocka_unit_test(of_nothing),
	    cmocka_unit_test(long_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
