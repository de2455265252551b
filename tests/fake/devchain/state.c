/*
 * A sorted array of keys, each with a list of values, newest first. Those a
 * block can see lie on one line of ancestors, where newer means higher, so
 * the first visible one is the value.
 */
#include "tests/fake/devchain/state.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

struct version {
	const struct place *at; /* NULL: of the floor, seen by all */
	uint8_t *data;
	size_t len;
	bool present; /* false: deleted here */
	struct version *older;
};

struct entry {
	uint8_t *key;
	size_t len;
	struct version *newest;
};

struct state {
	struct entry *entries; /* sorted by key */
	size_t n, cap;
};

struct state *
state_new(void)
{
	return xcalloc(1, sizeof(struct state));
}

static void
version_free(struct version *v)
{
	free(v->data);
	free(v);
}

static void
entry_clear(struct entry *e)
{
	for (struct version *v = e->newest, *older; v != NULL; v = older) {
		older = v->older;
		version_free(v);
	}
	free(e->key);
}

void
state_free(struct state *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		entry_clear(&s->entries[i]);
	free(s->entries);
	free(s);
}

bool
place_sees(const struct place *at, const struct place *earlier)
{
	while (at != NULL && at->number > earlier->number)
		at = at->parent;
	return at == earlier;
}

static int
compare(const void *a, size_t a_len, const void *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	if (order != 0)
		return order;
	return (a_len > b_len) - (a_len < b_len);
}

/* The first entry that is not before the key. */
static size_t
lower_bound(const struct state *s, const void *key, size_t len)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(
			s->entries[mid].key, s->entries[mid].len, key, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_key(const struct state *s, size_t i, const void *key, size_t len)
{
	return i < s->n && s->entries[i].len == len &&
	       memcmp(s->entries[i].key, key, len) == 0;
}

static struct entry *
entry_at(struct state *s, const void *key, size_t len)
{
	size_t i = lower_bound(s, key, len);

	if (is_key(s, i, key, len))
		return &s->entries[i];
	if (s->n == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : 256;
		s->entries = xrealloc(s->entries, s->cap, sizeof(*s->entries));
	}
	memmove(&s->entries[i + 1], &s->entries[i],
	    (s->n - i) * sizeof(*s->entries));
	s->entries[i] = (struct entry){.key = xmemdup(key, len), .len = len};
	s->n++;
	return &s->entries[i];
}

static void
write(struct state *s, const struct place *at, const void *key, size_t key_len,
    const void *value, size_t len, bool present)
{
	struct entry *e = entry_at(s, key, key_len);
	struct version *v = e->newest;

	if (v == NULL || v->at != at) {
		v = xcalloc(1, sizeof(*v));
		v->at = at;
		v->older = e->newest;
		e->newest = v;
	}
	free(v->data);
	v->data = len > 0 ? xmemdup(value, len) : NULL;
	v->len = len;
	v->present = present;
}

void
state_put(struct state *s, const struct place *at, const void *key,
    size_t key_len, const void *value, size_t len)
{
	write(s, at, key, key_len, value, len, true);
}

void
state_delete(
    struct state *s, const struct place *at, const void *key, size_t key_len)
{
	write(s, at, key, key_len, NULL, 0, false);
}

static const struct version *
visible(const struct entry *e, const struct place *at)
{
	const struct version *v = e->newest;

	while (v != NULL && v->at != NULL && !place_sees(at, v->at))
		v = v->older;
	return v;
}

bool
state_get(const struct state *s, const struct place *at, const void *key,
    size_t key_len, struct bytes *value)
{
	static const uint8_t nothing[1];
	size_t i = lower_bound(s, key, key_len);
	const struct version *v;

	if (!is_key(s, i, key, key_len))
		return false;
	v = visible(&s->entries[i], at);
	if (v == NULL || !v->present)
		return false;
	value->data = v->len > 0 ? v->data : nothing;
	value->len = v->len;
	return true;
}

bool
state_next_key(const struct state *s, const struct place *at,
    const void *prefix, size_t prefix_len, const struct bytes *after,
    struct bytes *key)
{
	size_t i = lower_bound(s, prefix, prefix_len);

	if (after != NULL) {
		size_t past = lower_bound(s, after->data, after->len);

		if (is_key(s, past, after->data, after->len))
			past++;
		if (past > i)
			i = past;
	}
	for (; i < s->n; i++) {
		const struct entry *e = &s->entries[i];
		const struct version *v;

		if (e->len < prefix_len ||
		    memcmp(e->key, prefix, prefix_len) != 0)
			return false;
		v = visible(e, at);
		if (v == NULL || !v->present)
			continue;
		*key = (struct bytes){e->key, e->len};
		return true;
	}
	return false;
}

void
state_changes(const struct state *s, const struct place *at,
    void (*on_change)(
	const struct bytes *key, const struct bytes *value, void *arg),
    void *arg)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct entry *e = &s->entries[i];

		for (struct version *v = e->newest; v != NULL; v = v->older) {
			struct bytes key = {e->key, e->len};
			struct bytes value = {v->data, v->len};

			if (v->at == at)
				on_change(&key, &value, arg);
		}
	}
}

/* Keep what the floor sees as the floor's, and what is newer than it. */
static void
entry_fold(struct entry *e, const struct place *floor)
{
	struct version *base = (struct version *)visible(e, floor);
	struct version **link = &e->newest;

	for (struct version *v = e->newest, *older; v != NULL; v = older) {
		older = v->older;
		if (v != base && v->at != NULL &&
		    v->at->number > floor->number) {
			*link = v;
			link = &v->older;
		} else if (v != base) {
			version_free(v);
		}
	}
	*link = base;
	if (base == NULL)
		return;
	base->older = NULL;
	base->at = NULL;
	if (!base->present) {
		*link = NULL;
		version_free(base);
	}
}

/* Take out the entries that have no value left. */
static void
drop_empty(struct state *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->entries[i].newest == NULL)
			free(s->entries[i].key);
		else
			s->entries[kept++] = s->entries[i];
	}
	s->n = kept;
}

void
state_fold(struct state *s, const struct place *floor)
{
	for (size_t i = 0; i < s->n; i++)
		entry_fold(&s->entries[i], floor);
	drop_empty(s);
}

void
state_forget(struct state *s, const struct place *at)
{
	for (size_t i = 0; i < s->n; i++) {
		struct version **link = &s->entries[i].newest;

		while (*link != NULL) {
			struct version *v = *link;

			if (v->at != at) {
				link = &v->older;
				continue;
			}
			*link = v->older;
			version_free(v);
		}
	}
	drop_empty(s);
}
