/*
 * Which subnets' mechanisms weights are set for, as the operator writes them:
 * "11, 49:0, 49:1".
 *
 * Pure.
 */
#ifndef WEIGHTSETTER_SUBNETS_H
#define WEIGHTSETTER_SUBNETS_H

#include <stddef.h>
#include <stdint.h>

struct err;

enum { SUBNETS_MAX = 64 };

struct subnet_of {
	uint16_t netuid;
	uint8_t mecid;
};

struct subnets {
	struct subnet_of of[SUBNETS_MAX];
	size_t n;
	uint16_t netuids[SUBNETS_MAX]; /* each once, in that order */
	size_t n_netuids;
};

/* The items of a list that ends with NULL; an empty one stands for `only`.
 * 0, or -1 and which item is wrong. */
int subnets_parse(
    struct subnets *, char *const *items, struct subnet_of only, struct err *);

#endif
