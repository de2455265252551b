/*
 * The demonstration's miners: six characters, dealt to six hotkeys with
 * differing stakes by a seed.
 */
#ifndef TESTS_DEMO_CAST_H
#define TESTS_DEMO_CAST_H

#include <stdint.h>

struct suite_options;

enum { CAST_N = 6 };

enum character {
	CAST_GOOD,
	CAST_CAREFUL, /* as good */
	CAST_SLOW,
	CAST_TRUNCATING,
	CAST_FAILING,
	CAST_SILENT,
};

struct cast {
	enum character characters[CAST_N]; /* by miner */
	double stakes[CAST_N];		   /* alpha */
};

void cast_deal(struct cast *, uint64_t seed);
void cast_fill(const struct cast *, struct suite_options *);
const char *cast_name(enum character);

/* The kinds file with times a demonstration can wait for. 0, or -1 having
 * said why. */
int cast_write_kinds(const char *from, const char *to);

#endif
