/*
 * The HTTP server, fed anything, cut anywhere.
 *
 * The first byte seeds the places of the cuts; the rest is what the client
 * sends. Besides surviving, the server must answer the same bytes whether
 * they come at once or in pieces.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/input.h"
#include "tests/lib/http_loop.h"

enum { MAX_INPUT = 20000, MAX_CUTS = 64 };

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t cuts[MAX_CUTS], n_cuts = 0, at = 0;
	uint32_t x;
	char *whole, *pieces;

	if (n < 2 || n > MAX_INPUT)
		return 0;
	x = p[0];
	p++;
	n--;
	while (n_cuts < MAX_CUTS) {
		x = x * 1664525 + 1013904223;
		at += 1 + (x >> 16) % (1 + n / 8);
		if (at >= n)
			break;
		cuts[n_cuts++] = at;
	}
	whole = http_loop_run(p, n, NULL, 0);
	pieces = http_loop_run(p, n, cuts, n_cuts);
	if (strcmp(whole, pieces) != 0)
		abort();
	free(whole);
	free(pieces);
	return 0;
}
