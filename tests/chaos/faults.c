/* The faults of the chaos scenarios. */
#include "tests/chaos/faults.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "tests/lib/cluster.h"
#include "tests/lib/crowd.h"
#include "tests/lib/db.h"
#include "tests/lib/pair.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { N_READERS = 2, SHUT_OUT_MS = 10000, REST_MS = 300, MANY_TRIES = 100 };

/* -- connections -------------------------------------------------------- */

static PGconn *
hold_one(struct fault_state *f)
{
	PGconn *conn = NULL;

	if (f->n_held < FAULT_MAX_CONNECTIONS)
		conn = PQconnectdb(sandbox_conninfo(f->p->s->box));
	if (PQstatus(conn) == CONNECTION_OK) {
		f->held[f->n_held++] = conn;
		return conn;
	}
	PQfinish(conn);
	return NULL;
}

void
fault_clear(struct fault_state *f)
{
	while (f->n_held > 0)
		PQfinish(f->held[--f->n_held]);
}

static int
let_go(struct fault_state *f)
{
	fault_clear(f);
	return 0;
}

static int
run(PGconn *conn, const char *sql)
{
	PGresult *res = PQexec(conn, sql);
	ExecStatusType status = PQresultStatus(res);

	PQclear(res);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return 0;
	fprintf(stderr, "chaos: %s", PQerrorMessage(conn));
	return -1;
}

/* -- PostgreSQL --------------------------------------------------------- */

static int
restart_postgres(struct fault_state *f)
{
	struct cluster *c = sandbox_cluster(f->p->s->box);

	cluster_halt(c, CLUSTER_FAST);
	return cluster_start(c);
}

static int
crash_postgres(struct fault_state *f)
{
	struct cluster *c = sandbox_cluster(f->p->s->box);

	cluster_halt(c, CLUSTER_IMMEDIATE);
	return cluster_start(c);
}

/* The connections of the first orchestrator. */
static int
kill_backend(struct fault_state *f)
{
	int64_t n = db_int(f->p->s->db,
	    "select count(*) filter (where pg_terminate_backend(pid)) "
	    "from pg_stat_activity "
	    "where application_name = 'orchestratord-1'");

	if (n > 0)
		return 0;
	fprintf(stderr, "chaos: %ld backends killed\n", (long)n);
	return -1;
}

/* Every slot that comes free is taken. */
static int
take_slots(struct fault_state *f)
{
	while (hold_one(f) != NULL)
		;
	return 0;
}

static int
count_first(struct fault_state *f)
{
	return db_int(f->p->s->db,
	    "select count(*) from pg_stat_activity "
	    "where application_name = 'orchestratord-1'");
}

/* All slots are gone, and with them the first orchestrator's: its place is
 * taken before it comes back, sooner or later. */
static int
exhaust_slots(struct fault_state *f)
{
	int64_t until_us = clock_mono_us() + SHUT_OUT_MS * 1000LL;
	size_t n;

	take_slots(f);
	n = f->n_held;
	while (n > 0 && clock_mono_us() < until_us) {
		if (count_first(f) > 0)
			kill_backend(f);
		if (hold_one(f) != NULL && count_first(f) == 0)
			return take_slots(f);
	}
	fprintf(stderr, "chaos: it cannot be shut out\n");
	return -1;
}

static int
free_slots(struct fault_state *f)
{
	int n = count_first(f);

	fault_clear(f);
	if (n == 0)
		return 0;
	fprintf(stderr, "chaos: it was not shut out\n");
	return -1;
}

/* A snapshot, and locks on what is under way, held by one who does nothing. */
static int
idle_in_transaction(struct fault_state *f)
{
	PGconn *conn = hold_one(f);

	/* What changed since the snapshot cannot be locked: another one. */
	for (int i = 0; conn != NULL && i < MANY_TRIES; i++) {
		if (run(conn, "begin isolation level repeatable read") != 0)
			return -1;
		if (run(conn, "select id from job where finished_at is null "
			      "for update skip locked limit 20") == 0)
			return 0;
		run(conn, "rollback");
	}
	return -1;
}

/* One old snapshot that reads it all again and again, and others that count:
 * none comes to an end before the fault does. */
static int
read_much(struct fault_state *f)
{
	static const char heavy[] =
	    "select count(*), sum(a.miner_ms), max(b.finished_at) "
	    "from attempt a, attempt b, generate_series(1, 1000000) "
	    "where a.hotkey <= b.hotkey";

	for (int i = 0; i < N_READERS; i++) {
		PGconn *conn = hold_one(f);

		if (conn == NULL ||
		    run(conn, "begin isolation level repeatable read") ||
		    PQsendQuery(conn, heavy) != 1)
			return -1;
	}
	return 0;
}

static int
stop_reading(struct fault_state *f)
{
	char why[256];
	int failed = 0;

	for (size_t i = 0; i < f->n_held; i++) {
		PGcancel *cancel = PQgetCancel(f->held[i]);

		PQconsumeInput(f->held[i]);
		if (!PQisBusy(f->held[i])) {
			fprintf(stderr, "chaos: a reader was not at work\n");
			failed = -1;
		}
		PQcancel(cancel, why, sizeof(why));
		PQfreeCancel(cancel);
	}
	fault_clear(f);
	return failed;
}

/* -- our own ------------------------------------------------------------ */

static int
kill_one(struct fault_state *f)
{
	pair_kill(f->p, 0);
	return 0;
}

static int
start_again(struct fault_state *f)
{
	return pair_start(f->p, 0);
}

/* One, then the other: both have just been started when it ends. */
static int
kill_each(struct fault_state *f)
{
	for (int i = 0; i < 2; i++) {
		pair_kill(f->p, i);
		pair_rest(REST_MS);
		if (pair_start(f->p, i) != 0)
			return -1;
	}
	return 0;
}

static int
kill_signer(struct fault_state *f)
{
	suite_kill(f->p->s, SUITE_SIGNER);
	return 0;
}

static int
start_signer(struct fault_state *f)
{
	return suite_start(f->p->s, SUITE_SIGNER);
}

/* -- the others --------------------------------------------------------- */

static int
lose_redis(struct fault_state *f)
{
	if (sandbox_redis(f->p->s->box, "FLUSHALL") != 0)
		return -1;
	sandbox_redis_halt(f->p->s->box);
	return 0;
}

static int
start_redis(struct fault_state *f)
{
	return sandbox_redis_start(f->p->s->box);
}

static int
lose_miners(struct fault_state *f)
{
	crowd_close(f->p->crowd, f->p->s->n_miners / 2, true);
	return 0;
}

static int
find_miners(struct fault_state *f)
{
	crowd_close(f->p->crowd, 0, false);
	return 0;
}

const struct fault faults[] = {
    {"postgres restart", restart_postgres, NULL, NULL},
    {"postgres crash", crash_postgres, NULL, NULL},
    {"one backend killed", kill_backend, NULL, NULL},
    {"slots exhausted", exhaust_slots, take_slots, free_slots},
    {"orchestrator killed", kill_one, NULL, start_again},
    {"repeated kills", kill_each, kill_each, NULL},
    {"idle in transaction", idle_in_transaction, NULL, let_go},
    {"active readers", read_much, NULL, stop_reading},
    {"redis lost", lose_redis, NULL, start_redis},
    {"signer killed", kill_signer, NULL, start_signer},
    {"half the miners dead", lose_miners, NULL, find_miners},
    {NULL, NULL, NULL, NULL},
};
