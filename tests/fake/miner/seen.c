/* Two open hash tables of 64-bit digests. */
#include "tests/fake/miner/seen.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/xalloc.h"

struct seen {
	uint64_t *slots[2]; /* newer, older; 0 is empty */
	size_t n;	    /* in the newer */
	int64_t since_ms;
};

struct seen *
seen_new(void)
{
	struct seen *s = xcalloc(1, sizeof(*s));

	for (int i = 0; i < 2; i++)
		s->slots[i] = xcalloc(SEEN_SLOTS, sizeof(uint64_t));
	return s;
}

void
seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	free(s->slots[0]);
	free(s->slots[1]);
	free(s);
}

/* The slot that holds the digest, or the empty one where it belongs. */
static uint64_t *
find(uint64_t *slots, uint64_t digest)
{
	size_t i = digest % SEEN_SLOTS;

	while (slots[i] != 0 && slots[i] != digest)
		i = (i + 1) % SEEN_SLOTS;
	return &slots[i];
}

static void
turn(struct seen *s, int64_t now_ms)
{
	uint64_t *older = s->slots[1];

	memset(older, 0, SEEN_SLOTS * sizeof(*older));
	s->slots[1] = s->slots[0];
	s->slots[0] = older;
	s->n = 0;
	s->since_ms = now_ms;
}

bool
seen_before(struct seen *s, const char *uuid, int64_t now_ms)
{
	uint64_t digest = XXH64(uuid, strlen(uuid), 0) | 1;
	uint64_t *slot;

	if (now_ms - s->since_ms > SEEN_MS || s->n > SEEN_SLOTS / 2)
		turn(s, now_ms);
	if (*find(s->slots[1], digest) == digest)
		return true;
	slot = find(s->slots[0], digest);
	if (*slot == digest)
		return true;
	*slot = digest;
	s->n++;
	return false;
}
