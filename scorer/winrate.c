/* Sort, then walk the ties: who stands before the first of them is beaten. */
#include "scorer/winrate.h"

#include <stdlib.h>

#include "common/xalloc.h"

struct place {
	double score;
	size_t who;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->score > y->score) - (x->score < y->score);
}

void
winrate_compute(const double *scores, size_t n, double *rates)
{
	struct place *places = xcalloc(n + 1, sizeof(*places));
	size_t beaten = 0;

	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){scores[i] > 0 ? scores[i] : 0, i};
	qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && places[i].score > places[i - 1].score)
			beaten = i;
		rates[places[i].who] = n > 1 ? (double)beaten / (n - 1) : 0;
	}
	free(places);
}
