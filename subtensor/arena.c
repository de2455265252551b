/* Chunks in a list, each filled from its start. */
#include "subtensor/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

enum { CHUNK_BYTES = 32 * 1024 };

struct chunk {
	struct chunk *older;
	size_t used, cap;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct chunk *newest;
	size_t size;
};

struct arena *
arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	while (a->newest != NULL) {
		struct chunk *older = a->newest->older;

		free(a->newest);
		a->newest = older;
	}
	free(a);
}

/* A chunk for at least len bytes. A big thing gets one to itself, behind the
 * newest, so that the rest of that one is still used. */
static struct chunk *
add_chunk(struct arena *a, size_t len)
{
	bool is_big = len > CHUNK_BYTES / 4;
	size_t cap = is_big ? len : CHUNK_BYTES;
	struct chunk *c = xcalloc(1, sizeof(*c) + cap);

	c->cap = cap;
	a->size += sizeof(*c) + cap;
	if (is_big && a->newest != NULL) {
		c->older = a->newest->older;
		a->newest->older = c;
	} else {
		c->older = a->newest;
		a->newest = c;
	}
	return c;
}

static void *
take(struct arena *a, size_t len, size_t align)
{
	struct chunk *c = a->newest;
	size_t at = c != NULL ? (c->used + align - 1) / align * align : 0;

	if (c == NULL || c->cap < at || c->cap - at < len) {
		c = add_chunk(a, len);
		at = 0;
	}
	c->used = at + len;
	return c->data + at;
}

void *
arena_alloc(struct arena *a, size_t count, size_t size)
{
	assert(size > 0 && count <= SIZE_MAX / 2 / size);
	return take(a, count * size, alignof(max_align_t));
}

void *
arena_copy(struct arena *a, const void *data, size_t len)
{
	void *p = take(a, len, 1);

	if (len > 0)
		memcpy(p, data, len);
	return p;
}

char *
arena_str(struct arena *a, const void *text, size_t len)
{
	char *s = take(a, len + 1, 1);

	memcpy(s, text, len);
	s[len] = '\0';
	return s;
}

size_t
arena_size(const struct arena *a)
{
	return a->size;
}
