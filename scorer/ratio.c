/* Longest common runs, the earliest first among equals. */
#include "scorer/ratio.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/text.h"

enum { LONG_TEXT = 200, SHARE = 100 }; /* of the popular letters */

/* Where a letter stands in b, ascending. */
struct places {
	const uint32_t *at;
	size_t n;
};

struct run {
	size_t a, b, n;
};

/* A part of a against a part of b: from, and behind the end. */
struct part {
	size_t a, a_end, b, b_end;
};

struct texts {
	struct text_symbols a, b;
	uint32_t *order;	/* places in b, by letter and then by place */
	struct places *of;	/* for each letter of a */
	uint32_t *before, *now; /* runs that end at a place of b; one more */
	struct part *parts;	/* that are still to be looked at */
	size_t n_parts;
};

/* -- letters ------------------------------------------------------------ */

static int
take_letters(const char *text, struct text_symbols *s)
{
	size_t len = strlen(text);

	s->at = xcalloc(RATIO_MAX_LETTERS, sizeof(*s->at));
	for (size_t i = 0; i < len;) {
		if (s->n == RATIO_MAX_LETTERS)
			return -1;
		s->at[s->n++] = text_next(text, len, &i);
	}
	return 0;
}

static int
compare_places(const void *x, const void *y, void *arg)
{
	const uint32_t *letters = arg, *i = x, *j = y;

	if (letters[*i] != letters[*j])
		return letters[*i] < letters[*j] ? -1 : 1;
	return *i < *j ? -1 : 1;
}

/* The first in the order whose letter is not smaller. */
static size_t
first_of(const struct texts *t, uint32_t letter)
{
	size_t low = 0, high = t->b.n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (t->b.at[t->order[middle]] < letter)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct places
places_of(const struct texts *t, uint32_t letter)
{
	size_t first = first_of(t, letter), end = first_of(t, letter + 1);
	size_t most = t->b.n >= LONG_TEXT ? 1 + t->b.n / SHARE : t->b.n;

	if (end - first > most)
		end = first;
	return (struct places){t->order + first, end - first};
}

static void
index_letters(struct texts *t)
{
	size_t most = (t->a.n < t->b.n ? t->a.n : t->b.n) + 1;

	t->order = xcalloc(t->b.n + 1, sizeof(*t->order));
	t->of = xcalloc(t->a.n + 1, sizeof(*t->of));
	t->before = xcalloc(t->b.n + 1, sizeof(*t->before));
	t->now = xcalloc(t->b.n + 1, sizeof(*t->now));
	t->parts = xcalloc(2 * most + 1, sizeof(*t->parts));
	for (size_t j = 0; j < t->b.n; j++)
		t->order[j] = j;
	qsort_r(t->order, t->b.n, sizeof(*t->order), compare_places, t->b.at);
	for (size_t i = 0; i < t->a.n; i++)
		t->of[i] = places_of(t, t->a.at[i]);
}

static void
texts_clear(struct texts *t)
{
	text_symbols_clear(&t->a);
	text_symbols_clear(&t->b);
	free(t->order);
	free(t->of);
	free(t->before);
	free(t->now);
	free(t->parts);
}

/* -- runs --------------------------------------------------------------- */

static void
forget(uint32_t *ends, const struct places *of)
{
	for (size_t k = 0; k < of->n; k++)
		ends[of->at[k] + 1] = 0;
}

/* The runs that end at the i-th letter of a; the longest so far in best. */
static void
extend_runs(struct texts *t, const struct part *p, size_t i, struct run *best)
{
	const struct places *of = &t->of[i];

	for (size_t k = 0; k < of->n; k++) {
		size_t j = of->at[k], n;

		if (j < p->b || j >= p->b_end)
			continue;
		n = t->before[j] + 1;
		t->now[j + 1] = n;
		if (n > best->n)
			*best = (struct run){i + 1 - n, j + 1 - n, n};
	}
}

/* By letters that begin no run, too. */
static void
widen(const struct texts *t, const struct part *p, struct run *r)
{
	while (r->a > p->a && r->b > p->b &&
	       t->a.at[r->a - 1] == t->b.at[r->b - 1]) {
		r->a--;
		r->b--;
		r->n++;
	}
	while (r->a + r->n < p->a_end && r->b + r->n < p->b_end &&
	       t->a.at[r->a + r->n] == t->b.at[r->b + r->n])
		r->n++;
}

static struct run
longest(struct texts *t, const struct part *p)
{
	struct run best = {p->a, p->b, 0};

	for (size_t i = p->a; i < p->a_end; i++) {
		uint32_t *done = t->before;

		extend_runs(t, p, i, &best);
		if (i > p->a)
			forget(done, &t->of[i - 1]);
		t->before = t->now;
		t->now = done;
	}
	if (p->a < p->a_end)
		forget(t->before, &t->of[p->a_end - 1]);
	widen(t, p, &best);
	return best;
}

static void
push(struct texts *t, size_t a, size_t a_end, size_t b, size_t b_end)
{
	if (a < a_end && b < b_end)
		t->parts[t->n_parts++] = (struct part){a, a_end, b, b_end};
}

/* Letters in runs that both have. */
static size_t
common(struct texts *t)
{
	size_t sum = 0;

	push(t, 0, t->a.n, 0, t->b.n);
	while (t->n_parts > 0) {
		struct part p = t->parts[--t->n_parts];
		struct run r = longest(t, &p);

		if (r.n == 0)
			continue;
		sum += r.n;
		push(t, p.a, r.a, p.b, r.b);
		push(t, r.a + r.n, p.a_end, r.b + r.n, p.b_end);
	}
	return sum;
}

int
ratio_difflib(const char *a, const char *b, double *ratio)
{
	struct texts t = {.n_parts = 0};
	int result = -1;

	if (take_letters(a, &t.a) == 0 && take_letters(b, &t.b) == 0) {
		size_t all = t.a.n + t.b.n;

		index_letters(&t);
		*ratio = all > 0 ? 2.0 * common(&t) / all : 1;
		result = 0;
	}
	texts_clear(&t);
	return result;
}
