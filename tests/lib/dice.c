/* Seeded chance, by splitmix64. */
#include "tests/lib/dice.h"

#include <stdlib.h>

#include "common/clock.h"

uint64_t
dice_throw(struct dice *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

int
dice_between(struct dice *d, int least, int most)
{
	return least + (int)(dice_throw(d) % (uint64_t)(most - least + 1));
}

uint64_t
dice_seed(void)
{
	const char *text = getenv("CHAOS_SEED");

	if (text != NULL && text[0] != '\0')
		return strtoull(text, NULL, 10);
	return (uint64_t)clock_wall_us() % 1000000007;
}
