/*
 * Selections, for callgrind to count: draw MINERS DRAWS makes a router of so
 * many miners and selects one for so many jobs, receipt and all, as routing
 * does. The instructions of a run with draws, less those of one without, are
 * what selecting costs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "orchestrator/router.h"
#include "orchestrator/table.h"

static const char key[] = "audio.speak";

static const struct route_policy policy = {.stake_cap = 500,
    .stake_floor = 1,
    .score_floor = .05,
    .score_unknown = .5,
    .explore_least = .05,
    .explore_most = .2};

static void
fill(struct table *t, long n)
{
	for (long i = 0; i < n; i++) {
		struct miner *m = table_add(t);

		m->hotkey = xasprintf("5Miner%042ld", i);
		m->uid = (int)i;
		m->address = xstrdup("192.0.2.1:8000");
		m->alpha = 1 + i % 500;
		m->score = (double)(i % 100) / 100;
		m->is_up = true;
		miner_say(m, key, 4, 4);
	}
	table_ready(t, 1);
}

static int
select_one(struct router *router, uint64_t seed)
{
	const struct route_request request = {
	    .capacity_key = key, .wanted = 1, .seed = seed, .now_us = 1};
	struct route route;
	int n;

	route_draw(router, &request, &route);
	n = route.n;
	route_clear(&route);
	return n;
}

int
main(int argc, char **argv)
{
	long n = argc == 3 ? atol(argv[1]) : 0;
	long draws = argc == 3 ? atol(argv[2]) : 0;
	struct table table = {0};
	struct router *router;

	if (n < 1 || draws < 0) {
		fprintf(stderr, "usage: draw miners draws\n");
		return 64;
	}
	fill(&table, n);
	router = router_new(&table, &policy, 1);
	router_id(router); /* once a table, as is the pool */
	router_draw(router, key);
	for (long i = 0; i < draws; i++) {
		if (select_one(router, i * 0x9e3779b97f4a7c15u) != 1)
			return EXIT_FAILURE;
	}
	router_free(router);
	table_clear(&table);
	return EXIT_SUCCESS;
}
