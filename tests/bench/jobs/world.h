/*
 * Where jobs are measured: PostgreSQL that syncs to disk, Redis, signerd with
 * a key, orchestratord, and 256 miners; and beside it the floor, on the same
 * PostgreSQL and the same miners. Clients and miners are this process, on
 * `base`; it sleeps only in what waits for the database.
 */
#ifndef TESTS_BENCH_JOBS_WORLD_H
#define TESTS_BENCH_JOBS_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/bench/jobs/load.h"

struct db;
struct event_base;
struct miners;
struct proc;
struct suite;

enum { WORLD_MINERS = 256, WORLD_CLIENTS = 64 };

enum world_part {
	PART_ORCHESTRATOR,
	PART_SIGNER,
	PART_POSTGRES,
	PART_REDIS,
	PART_FLOOR,
	PART_LOAD, /* clients and miners: ourselves */
	N_WORLD_PARTS,
};

struct world {
	struct suite *suite;
	struct event_base *base;
	bool is_beside; /* the loop is another's */
	struct miners *miners;
	struct db *db; /* the suite's own */
	struct db *floor_db;
	struct proc *floor;
	pid_t pids[N_WORLD_PARTS];
	int api_port, floor_port;
	char *kinds;
	bool counts_statements; /* BENCH_STATEMENTS is set */
	long jobs, floor_jobs;	/* in its tables */
	long measured;		/* ours, of those that were submitted */
};

extern const char *const world_part_names[N_WORLD_PARTS];

/* Of a name of its own, ready and warm; on the loop of another one, which
 * must outlive it, or NULL. NULL, having said why. */
struct world *world_new(const char *name, const struct world *beside);
int world_end(struct world *, bool failed); /* -1 if something ended badly */

/* orchestratord anew, ready but cold. 0, or -1. */
int world_restart(struct world *);
/* Until it is ready and every miner is up. 0, or -1. */
int world_wait_ready(struct world *);
/* Run the loop for so long: for what others do. */
void world_pump(struct world *, int ms);

/* Load one of the two and wait until the last job has ended in PostgreSQL,
 * not only at its miner: the result's seconds are until then. */
int world_run(
    struct world *, bool floor, struct load_plan *, struct load_result *);

/* CPU time used so far, its children included for PostgreSQL. */
int64_t world_cpu_us(const struct world *, enum world_part);
int64_t world_rss_bytes(const struct world *, enum world_part);

#endif
