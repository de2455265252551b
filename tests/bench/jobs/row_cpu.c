/*
 * What a full job costs in orchestratord's own CPU time, against the two
 * things it cannot do without: one request of the HTTP server and one
 * signature. (The signature is made in signerd, whose time is not counted.)
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

#include "subtensor/sr25519.h"
#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/bench/jobs/world.h"

enum { SIGNATURES = 2000, MESSAGE = 164 /* Epistula's, about */ };

static const double limit = 4;

static double
own_cpu_us(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
	       use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

static double
signature_us(void)
{
	uint8_t seed[32] = {1}, message[MESSAGE] = {2}, sig[64];
	struct sr25519_keypair pair;
	double from_us;

	sr25519_from_seed(seed, &pair);
	from_us = own_cpu_us();
	for (int i = 0; i < SIGNATURES; i++)
		sr25519_sign(&pair, message, sizeof(message), sig);
	return (own_cpu_us() - from_us) / SIGNATURES;
}

/* CPU time of one part for each request or job of a plan; -1 if it fails. */
static double
cpu_us(struct world *w, enum world_part part, struct load_plan *plan)
{
	int64_t from_us = world_cpu_us(w, part);
	struct load_result r;

	if (world_run(w, part == PART_FLOOR, plan, &r) != 0 || r.done == 0)
		return -1;
	return (double)(world_cpu_us(w, part) - from_us) / r.done;
}

static bool
measure(struct world *w, struct figures *ours, struct figures *floor,
    struct figures *signs)
{
	struct load_plan full = {
	    .clients = WORLD_CLIENTS, .seconds = rows_seconds()};
	struct load_plan bare = {.clients = WORLD_CLIENTS,
	    .seconds = rows_seconds(),
	    .path = "/bare",
	    .is_bare = true};
	double job_us = cpu_us(w, PART_ORCHESTRATOR, &full);
	double request_us = cpu_us(w, PART_FLOOR, &bare);
	double sign_us = signature_us();

	figures_add(ours, job_us);
	figures_add(floor, request_us + sign_us);
	figures_add(signs, sign_us);
	return job_us > 0 && request_us > 0;
}

int
row_cpu(struct world *w)
{
	struct figures ours = {0}, floor = {0}, signs = {0};
	bool is_good = true, is_kept = false;

	for (int n = rows_rounds(); n > 0 && is_good; n--)
		is_good = measure(w, &ours, &floor, &signs);
	if (is_good) {
		is_kept = figures_row("CPU us a job / request + signature",
		    &ours, &floor, AT_MOST, limit);
		printf("  a signature: %.1f us\n", figures_median(&signs));
	}
	figures_clear(&ours);
	figures_clear(&floor);
	figures_clear(&signs);
	return rows_verdict(is_good, is_kept);
}
