/* First draws, expected and made. */
#include "orchestrator/firsts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "orchestrator/router.h"

struct firsts {
	struct firsts_row *rows; /* in the order of their keys */
	size_t n;
};

struct firsts *
firsts_new(void)
{
	return xcalloc(1, sizeof(struct firsts));
}

void
firsts_clear(struct firsts *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->rows[i].capacity_key);
		free(f->rows[i].hotkey);
	}
	free(f->rows);
	f->rows = NULL;
	f->n = 0;
}

void
firsts_free(struct firsts *f)
{
	if (f == NULL)
		return;
	firsts_clear(f);
	free(f);
}

/* Where it is or belongs, and whether it is there. */
static size_t
place_of(const struct firsts *f, const struct route_first *x, bool *found)
{
	size_t low = 0, high = f->n;

	*found = false;
	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct firsts_row *r = &f->rows[mid];
		int order = strcmp(r->capacity_key, x->capacity_key);

		if (order == 0)
			order = strcmp(r->hotkey, x->hotkey);
		if (order == 0) {
			*found = true;
			return mid;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
on_first(const struct route_first *x, void *arg)
{
	struct firsts *f = arg;
	bool found;
	size_t i = place_of(f, x, &found);
	struct firsts_row *r;

	if (!found) {
		f->rows = xrealloc(f->rows, f->n + 1, sizeof(*f->rows));
		memmove(f->rows + i + 1, f->rows + i,
		    (f->n++ - i) * sizeof(*f->rows));
		f->rows[i] = (struct firsts_row){
		    .capacity_key = xstrdup(x->capacity_key),
		    .hotkey = xstrdup(x->hotkey),
		};
	}
	r = &f->rows[i];
	r->uid = x->uid;
	r->draws += x->draws;
	r->drawn += x->drawn;
	r->expected += (double)x->draws * x->chance;
	r->variance += (double)x->draws * x->chance * (1 - x->chance);
}

void
firsts_take(struct firsts *f, struct router *router)
{
	router_take_firsts(router, on_first, f);
}

size_t
firsts_count(const struct firsts *f)
{
	return f->n;
}

const struct firsts_row *
firsts_at(const struct firsts *f, size_t i)
{
	return &f->rows[i];
}
