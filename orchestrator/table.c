/* The miners as routing sees them. */
#include "orchestrator/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

/* A failure counts half after ten minutes. */
static const double half_life_us = 600e6;

enum { MAX_SLOTS = 1000 };

void
table_clear(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->miners[i].hotkey);
		free(t->miners[i].address);
		json_decref(t->miners[i].capacity);
	}
	free(t->miners);
	*t = (struct table){0};
}

struct miner *
table_add(struct table *t)
{
	t->miners = xrealloc(t->miners, t->n + 1, sizeof(*t->miners));
	memset(&t->miners[t->n], 0, sizeof(*t->miners));
	return &t->miners[t->n++];
}

struct miner *
table_find(const struct table *t, const char *hotkey)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->miners[i].hotkey, hotkey) == 0)
			return &t->miners[i];
	}
	return NULL;
}

int
miner_slots(const struct miner *m, const char *capacity_key)
{
	const json_t *said = json_object_get(m->capacity, capacity_key);
	json_int_t n = json_integer_value(said);

	if (json_is_true(said))
		return 1;
	return n < 0 ? 0 : n > MAX_SLOTS ? MAX_SLOTS : (int)n;
}

const char *
miner_busy(const struct miner *m, const char *capacity_key, int64_t now_us)
{
	(void)now_us;
	return m->in_flight >= miner_slots(m, capacity_key) ? "full" : NULL;
}

double
failures_decayed(double failures, int64_t since_us, int64_t now_us)
{
	if (failures <= 0 || now_us <= since_us)
		return failures > 0 ? failures : 0;
	return failures * exp2(-(double)(now_us - since_us) / half_life_us);
}
