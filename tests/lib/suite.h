/*
 * The whole suite in a sandbox: a development chain, development miners and
 * the four daemons, for daemon tests and the demonstration.
 *
 * Ports are chosen once, so that a daemon that was killed comes back where
 * miners and clients look for it. Everything ends with suite_end, or with us.
 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <stdbool.h>
#include <stddef.h>

struct db;
struct proc;
struct sandbox;

enum { SUITE_MAX_MINERS = 12, SUITE_NETUID = 1, SUITE_MAX_FLAGS = 8 };

enum suite_daemon {
	SUITE_SIGNER,
	SUITE_WEIGHTSETTER,
	SUITE_ORCHESTRATOR,
	SUITE_VALIDATOR,
	N_SUITE_DAEMONS,
};

struct suite_miner {
	double alpha;			    /* stake */
	const char *flags[SUITE_MAX_FLAGS]; /* of tests/fake/miner */
	int port;     /* not 0: no program; the test listens there itself */
	bool is_axon; /* it serves an axon there, and commits to nothing */
};

struct suite_options {
	const char *name;
	const char *dir; /* NULL: one of its own */
	bool durable;	 /* PostgreSQL syncs to disk */
	size_t n_miners;
	struct suite_miner miners[SUITE_MAX_MINERS];
	int block_ms;	    /* 0: 1000; below 0: blocks are made when told */
	const char *kinds;  /* NULL: deploy/kinds.json */
	const char *policy; /* NULL: deploy/policies/default.ini */
	const char *ini;    /* more configuration, or NULL */
	bool leave_stopped[N_SUITE_DAEMONS]; /* the test starts these */
};

struct suite {
	struct sandbox *box;
	struct db *db;
	struct proc *chain;
	struct proc *miners[SUITE_MAX_MINERS];
	struct proc *daemons[N_SUITE_DAEMONS]; /* NULL: not running */
	size_t n_miners;
	int miner_ports[SUITE_MAX_MINERS];
	char miner_hotkeys[SUITE_MAX_MINERS][64];
	char hotkey[64]; /* the validator's */
	char *ini;	 /* path of the configuration */
	char *api_url;	 /* "http://127.0.0.1:NNNN" */
	char *chain_url; /* "http://127.0.0.1:NNNN", WebSocket, too */
	int ports[4];	 /* API and metrics, in order of the daemons */
};

/* Start it all and wait until it is ready. NULL, having said why. */
struct suite *suite_new(const struct suite_options *);
int suite_end(struct suite *, bool failed); /* as sandbox_end */

/* Start a daemon with the suite's configuration (and wait for its
 * service.ready); kill it, or ask it to stop. 0, or -1 having said why. */
int suite_start(struct suite *, enum suite_daemon);
void suite_kill(struct suite *, enum suite_daemon);
int suite_stop(struct suite *, enum suite_daemon); /* its exit status */

/* Add lines to the configuration, for daemons started from now on; what was
 * said before gives way. 0, or -1. */
int suite_configure(struct suite *, const char *ini);

/* Wait until the orchestrator answers ready and n miners are up. */
int suite_wait_ready(struct suite *, size_t n_miners);

/* A call of the chain's dev_ methods or any other; 0, or -1. params is JSON
 * text. */
int suite_chain_call(struct suite *, const char *method, const char *params);

/* POST /v1/jobs; id gets the job's. Its HTTP status, 0 if there is none. */
int suite_submit(struct suite *, const char *job_json, char id[40]);
/* The same with a file as input. */
int suite_submit_file(struct suite *, const char *job_json, const void *file,
    size_t len, const char *type, char id[40]);

#endif
