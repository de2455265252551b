/* Weights by uid. */
#include "weightsetter/uid_weights.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

void
uid_weights_clear(struct uid_weights *w)
{
	free(w->uids);
	free(w->weights);
	memset(w, 0, sizeof(*w));
}

void
uid_weights_copy(struct uid_weights *to, const struct uid_weights *from)
{
	to->n = from->n;
	to->uids = xmemdup(from->uids, from->n * sizeof(*from->uids));
	to->weights = xmemdup(from->weights, from->n * sizeof(*from->weights));
}

bool
uid_weights_equal(const struct uid_weights *a, const struct uid_weights *b)
{
	return a->n == b->n &&
	       (a->n == 0 ||
		   (memcmp(a->uids, b->uids, a->n * sizeof(*a->uids)) == 0 &&
		       memcmp(a->weights, b->weights,
			   a->n * sizeof(*a->weights)) == 0));
}
