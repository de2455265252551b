/*
 * Two orchestrators under load, of which one is killed at a random moment and
 * started again, many times. Then every job that was answered 202 is done,
 * once, and no log tells of anything twice. Of four results one is called back
 * once, and is lost where nobody answers: its job must be run again.
 *
 * CHAOS_KILLS (200), CHAOS_RATE (jobs a second, 40), CHAOS_SEED.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "tests/lib/crowd.h"
#include "tests/lib/dice.h"
#include "tests/lib/jobs.h"
#include "tests/lib/load.h"
#include "tests/lib/pair.h"

enum {
	KILLS = 200,
	RATE = 40,
	LEAST_MS = 20,
	MOST_MS = 600,
	MOST_DEAD_MS = 300
};

static int
number_of(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text != NULL && atoi(text) > 0 ? atoi(text) : otherwise;
}

static void
print_peers(struct pair *p)
{
	struct load_counts load;
	struct crowd_counts crowd;

	load_counts(p->load, &load);
	crowd_counts(p->crowd, &crowd);
	printf("clients: asked %ld accepted %ld at the second door %ld "
	       "refused %ld unheard %ld odd %ld skipped %ld\n",
	    (long)load.asked, (long)load.accepted, (long)load.retried,
	    (long)load.refused, (long)load.unheard, (long)load.odd,
	    (long)load.skipped);
	printf("miners: asked %ld accepted %ld again %ld unwanted %ld given "
	       "up %ld\n",
	    (long)crowd.asked, (long)crowd.thanked, (long)crowd.again,
	    (long)crowd.unwanted, (long)crowd.unheard);
}

static int
run(struct pair *p, struct dice *dice, int kills)
{
	int64_t from_us = clock_wall_us();
	struct pair_toll toll;
	int failed, twice;

	load_go(p->load);
	if (pair_kill_often(p, dice, kills) != 0)
		return -1;
	failed = pair_count(p, from_us, &toll);
	twice = jobs_audit_logs(p->s);
	print_peers(p);
	printf("jobs run again %ld\n", (long)toll.rerun);
	printf("kills %d jobs %ld lost %ld counted twice %ld longest gap %.2f "
	       "s\n",
	    kills, (long)toll.jobs, (long)toll.lost, (long)toll.doubled + twice,
	    toll.gap_s);
	return failed != 0 || toll.jobs == 0 || toll.lost != 0 ||
		       toll.doubled != 0 || twice != 0
		   ? -1
		   : 0;
}

int
main(void)
{
	struct dice dice = {dice_seed()};
	struct pair_options o = {.name = "kill",
	    .durable = true,
	    .n_miners = 6,
	    .per_second = number_of("CHAOS_RATE", RATE),
	    .least_ms = 2,
	    .most_ms = 200,
	    .strict_every = 4,
	    .attempt = "3s",
	    .seed = dice.state};
	struct pair *p;
	int failed = -1;

	printf("seed %llu\n", (unsigned long long)dice.state);
	p = pair_new(&o);
	if (p != NULL)
		failed = run(p, &dice, number_of("CHAOS_KILLS", KILLS));
	if (pair_end(p, failed != 0) != 0)
		failed = -1;
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
