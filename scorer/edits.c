/*
 * The table of the dynamic programme has a row for each symbol of the one
 * (down) and a column for each of the other (across). A block is 64 rows; it
 * is carried over all columns before the next block is begun, and what it
 * hands down to that is kept a byte a column. So there is one set of masks, of
 * the block at hand, and memory does not grow with blocks times alphabet.
 */
#include "scorer/edits.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/numbers.h"

enum { BLOCK = 64 };
/* What a block hands down in a column: the difference to the one before. */
enum { ONE_MORE = 1, ONE_LESS = 2 };

struct table {
	uint32_t *down, *across; /* numbers of the symbols, small */
	size_t n_down, n_across;
	uint64_t *masks; /* by number: where in the block it stands */
	uint8_t *handed; /* by column */
};

/* Equal symbols at both ends change neither figure's rest. */
static size_t
trim(const uint32_t **a, size_t *n_a, const uint32_t **b, size_t *n_b)
{
	size_t trimmed = 0;

	while (*n_a > 0 && *n_b > 0 && **a == **b) {
		(*a)++, (*b)++;
		(*n_a)--, (*n_b)--;
		trimmed++;
	}
	while (*n_a > 0 && *n_b > 0 && (*a)[*n_a - 1] == (*b)[*n_b - 1]) {
		(*n_a)--, (*n_b)--;
		trimmed++;
	}
	return trimmed;
}

static size_t
blocks_of(size_t n)
{
	return (n + BLOCK - 1) / BLOCK;
}

static void
table_init(struct table *t, const uint32_t *a, size_t n_a, const uint32_t *b,
    size_t n_b)
{
	uint32_t *all = xcalloc(n_a + n_b, sizeof(*all));
	uint32_t distinct;

	memcpy(all, a, n_a * sizeof(*a));
	memcpy(all + n_a, b, n_b * sizeof(*b));
	distinct = numbers_of_symbols(all, n_a + n_b, all);
	t->down = all;
	t->n_down = n_a;
	t->across = all + n_a;
	t->n_across = n_b;
	t->masks = xcalloc(distinct, sizeof(*t->masks));
	t->handed = xcalloc(n_b, sizeof(*t->handed));
}

static void
table_clear(struct table *t)
{
	free(t->down);
	free(t->masks);
	free(t->handed);
}

/* The masks of the block that begins at that row; how many rows it has. */
static size_t
set_masks(struct table *t, size_t row)
{
	size_t n = t->n_down - row < BLOCK ? t->n_down - row : BLOCK;

	for (size_t i = 0; i < n; i++)
		t->masks[t->down[row + i]] |= (uint64_t)1 << i;
	return n;
}

static void
unset_masks(struct table *t, size_t row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->masks[t->down[row + i]] = 0;
}

/*
 * One block over all columns. more and less are the rows where the distance
 * grows or falls against the row above, sideways_* against the column before.
 */
static void
distance_block(struct table *t, size_t rows)
{
	uint64_t more = ~(uint64_t)0, less = 0;
	const unsigned last = rows - 1;

	for (size_t j = 0; j < t->n_across; j++) {
		uint64_t equal = t->masks[t->across[j]];
		uint64_t in_more = t->handed[j] & ONE_MORE;
		uint64_t in_less = t->handed[j] / ONE_LESS;
		uint64_t still = equal | less, free_step;
		uint64_t sideways_more, sideways_less;

		equal |= in_less;
		free_step = (((equal & more) + more) ^ more) | equal;
		sideways_more = less | ~(free_step | more);
		sideways_less = more & free_step;
		t->handed[j] = (sideways_more >> last & 1) * ONE_MORE +
			       (sideways_less >> last & 1) * ONE_LESS;
		sideways_more = sideways_more << 1 | in_more;
		sideways_less = sideways_less << 1 | in_less;
		more = sideways_less | ~(still | sideways_more);
		less = sideways_more & still;
	}
}

size_t
edits_distance(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
	struct table t;
	size_t distance;

	assert(n_a <= EDITS_MAX && n_b <= EDITS_MAX);
	trim(&a, &n_a, &b, &n_b);
	if (n_a == 0 || n_b == 0)
		return n_a + n_b;
	if (blocks_of(n_b) * n_a < blocks_of(n_a) * n_b)
		table_init(&t, b, n_b, a, n_a);
	else
		table_init(&t, a, n_a, b, n_b);
	memset(t.handed, ONE_MORE, t.n_across); /* the row above the first */
	for (size_t row = 0; row < t.n_down; row += BLOCK) {
		size_t rows = set_masks(&t, row);

		distance_block(&t, rows);
		unset_masks(&t, row, rows);
	}
	distance = t.n_down;
	for (size_t j = 0; j < t.n_across; j++) {
		distance += t.handed[j] == ONE_MORE;
		distance -= t.handed[j] == ONE_LESS;
	}
	table_clear(&t);
	return distance;
}

/* One block over all columns; handed is the carry. A row's bit is 0 once the
 * subsequence is longer there than in the row above. */
static size_t
common_block(struct table *t, size_t rows)
{
	uint64_t v = ~(uint64_t)0;

	for (size_t j = 0; j < t->n_across; j++) {
		uint64_t equal = t->masks[t->across[j]], sum;
		bool over = __builtin_add_overflow(v, v & equal, &sum);

		over |= __builtin_add_overflow(sum, t->handed[j], &sum);
		t->handed[j] = over;
		v = sum | (v & ~equal);
	}
	return __builtin_popcountll(~v << (BLOCK - rows));
}

size_t
edits_common(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
	size_t common = trim(&a, &n_a, &b, &n_b);
	struct table t;

	assert(n_a <= EDITS_MAX && n_b <= EDITS_MAX);
	if (n_a == 0 || n_b == 0)
		return common;
	if (blocks_of(n_b) * n_a < blocks_of(n_a) * n_b)
		table_init(&t, b, n_b, a, n_a);
	else
		table_init(&t, a, n_a, b, n_b);
	for (size_t row = 0; row < t.n_down; row += BLOCK) {
		size_t rows = set_masks(&t, row);

		common += common_block(&t, rows);
		unset_masks(&t, row, rows);
	}
	table_clear(&t);
	return common;
}
