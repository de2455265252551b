/* A ring of blocks. */
#include "subtensor/told.h"

#include <string.h>

const struct told_block *
told_at(const struct told *t, uint64_t number)
{
	size_t n = t->n < TOLD_KEPT ? t->n : TOLD_KEPT;

	for (size_t i = 1; i <= n; i++) {
		const struct told_block *b = &t->kept[(t->n - i) % TOLD_KEPT];

		if (b->number == number)
			return b;
	}
	return NULL;
}

const struct told_block *
told_last(const struct told *t)
{
	return t->n == 0 ? NULL : &t->kept[(t->n - 1) % TOLD_KEPT];
}

static bool
goes_with(const struct told *t, uint64_t number, const uint8_t hash[32])
{
	const struct told_block *b = told_at(t, number);

	return b == NULL || memcmp(b->hash, hash, sizeof(b->hash)) == 0;
}

bool
told_add(struct told *t, const struct told_block *b, const uint8_t parent[32])
{
	bool is_good = goes_with(t, b->number, b->hash) &&
		       (b->number == 0 || goes_with(t, b->number - 1, parent));

	t->kept[t->n++ % TOLD_KEPT] = *b;
	return is_good;
}
