/* Who waits, as far as one instance knows. */
#include "orchestrator/waiting.h"

#include <assert.h>
#include <stdlib.h>

#include "common/xalloc.h"

struct line {
	bool waits;
	bool noted; /* since the claim began that is under way */
	int asked, came;
};

struct waiting {
	size_t n;
	struct line lines[];
};

struct waiting *
waiting_new(size_t n_kinds)
{
	struct waiting *w =
	    xcalloc(1, sizeof(*w) + n_kinds * sizeof(w->lines[0]));

	w->n = n_kinds;
	for (size_t i = 0; i < n_kinds; i++)
		w->lines[i].waits = true;
	return w;
}

void
waiting_free(struct waiting *w)
{
	free(w);
}

bool
waiting_is(const struct waiting *w, size_t kind)
{
	assert(kind < w->n);
	return w->lines[kind].waits;
}

bool
waiting_any(const struct waiting *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->lines[i].waits)
			return true;
	}
	return false;
}

void
waiting_note(struct waiting *w, size_t kind)
{
	assert(kind < w->n);
	w->lines[kind].waits = true;
	w->lines[kind].noted = true;
}

void
waiting_ask(struct waiting *w, size_t kind, int miners)
{
	struct line *line = &w->lines[kind];

	assert(kind < w->n && miners > 0);
	line->asked = miners;
	line->came = 0;
	line->noted = false;
}

void
waiting_take(struct waiting *w, size_t kind, int miners)
{
	assert(kind < w->n);
	w->lines[kind].came += miners;
}

bool
waiting_answer(struct waiting *w, bool is_answered)
{
	bool more = false;

	for (size_t i = 0; i < w->n; i++) {
		struct line *line = &w->lines[i];

		if (line->asked == 0)
			continue;
		if (is_answered) {
			line->waits = line->noted || line->came >= line->asked;
			more = more || line->came >= line->asked;
		}
		line->asked = 0;
	}
	return more;
}
