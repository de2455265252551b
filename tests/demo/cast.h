/*
 * The demonstration's miners: nine characters, dealt to nine hotkeys with
 * differing stakes by a seed.
 */
#ifndef TESTS_DEMO_CAST_H
#define TESTS_DEMO_CAST_H

#include <stdint.h>

struct suite_options;

enum { CAST_N = 9 };

enum character {
	CAST_GOOD,
	CAST_CAREFUL, /* as good */
	CAST_SLOW,
	CAST_TRUNCATING,
	CAST_FAILING,
	CAST_LYING, /* slow, and says otherwise */
	CAST_MUTE,  /* answers that say nothing */
	CAST_COPYING,
	CAST_SILENT,
};

struct cast {
	enum character characters[CAST_N]; /* by miner */
	double stakes[CAST_N];		   /* alpha */
};

void cast_deal(struct cast *, uint64_t seed);
/* answers: a folder that all of them know. */
void cast_fill(
    const struct cast *, const char *answers, struct suite_options *);
const char *cast_name(enum character);

/* The kinds file with times a demonstration can wait for. 0, or -1 having
 * said why. */
int cast_write_kinds(const char *from, const char *to);

#endif
