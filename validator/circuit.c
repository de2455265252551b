/* Pauses that double. */
#include "validator/circuit.h"

enum { MAX_DOUBLINGS = 40 };

size_t
circuit_allows(const struct circuit *c, const struct circuit_rule *rule,
    size_t most, int64_t now_us)
{
	if (c->streak < rule->after)
		return most;
	return now_us < c->until_us ? 0 : 1;
}

bool
circuit_note(struct circuit *c, const struct circuit_rule *rule, bool answered,
    int64_t now_us)
{
	bool was_open = c->streak >= rule->after;
	int64_t pause_us = rule->least_us;

	if (answered) {
		*c = (struct circuit){0};
		return was_open;
	}
	if (c->streak < rule->after + MAX_DOUBLINGS)
		c->streak++;
	for (int i = rule->after; i < c->streak && pause_us < rule->most_us;
	     i++)
		pause_us *= 2;
	if (pause_us > rule->most_us)
		pause_us = rule->most_us;
	c->until_us = now_us + pause_us;
	return !was_open && c->streak >= rule->after;
}
