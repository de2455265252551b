/*
 * The weight-setter's world, for its daemon tests: a development chain with a
 * validator and some miners, PostgreSQL, Redis, signerd and weightsetterd.
 * There is no validatord: the test writes weight vectors itself.
 *
 * weights_rig_audit is what must hold whatever happened: what the chain took
 * of ours has each one row in the ledger (which by its index has never two in
 * flight), and every row that is proven is what the chain's storage held.
 */
#ifndef TESTS_WEIGHTS_RIG_H
#define TESTS_WEIGHTS_RIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct proc;
struct sandbox;

enum { WEIGHTS_RIG_NETUID = 1, WEIGHTS_RIG_FLAGS = 8, WEIGHTS_RIG_MOST = 4 };

struct weights_rig_options {
	const char *name;
	size_t n_miners;      /* uids 1 to n, uid 0 is ours; 0: 4 */
	int block_ms;	      /* 0: 100; below 0: blocks are made when told */
	const char *hyper;    /* members of hyperparameters, or NULL: tempo 20,
			       * rate limit 5, no commit-reveal */
	const char *scenario; /* the whole scenario instead; NULL: none. What
			       * %s in it stands for is our hotkey */
	const char *ini;      /* more configuration, or NULL */
	size_t endpoints;     /* of the chain that weightsetterd is given, at
			       * most WEIGHTS_RIG_MOST; 0: 1. There is one
			       * more, for the test alone, that is always well */
	const char *chain_flags[WEIGHTS_RIG_FLAGS]; /* more of devchain's */
	bool leave_stopped;			    /* weightsetterd */
};

struct weights_rig {
	struct sandbox *box;
	struct db *db;
	struct proc *chain, *signer, *setter; /* setter NULL: not running */
	char hotkey[64];
	char *ini;	 /* path of the configuration */
	char *chain_url; /* "http://127.0.0.1:NNNN", the test's own */
	uint64_t ports[WEIGHTS_RIG_MOST + 1];
	size_t n_endpoints; /* weightsetterd's, the first of the ports */
	size_t n_miners;
};

/* NULL, having said why. */
struct weights_rig *weights_rig_new(const struct weights_rig_options *);
int weights_rig_end(struct weights_rig *, bool failed); /* as sandbox_end */

/* weightsetterd: started and ready; has read the chain; killed; asked to end.
 * weights_rig_new waits until it has read the chain. */
int weights_rig_start(struct weights_rig *);
int weights_rig_synced(struct weights_rig *);
void weights_rig_kill(struct weights_rig *);
int weights_rig_stop(struct weights_rig *);
/* Lines for the configuration that the next start reads. */
int weights_rig_configure(struct weights_rig *, const char *ini);

/* What endpoint i does from now on: "{\"mute\": true}", "{}" is well; see
 * devchain's README. 0, or -1. */
int weights_rig_endpoint(struct weights_rig *, size_t i, const char *faults);
/* The number of the endpoint in a line's url=, or -1. */
int weights_rig_endpoint_of(const struct weights_rig *, const char *line);

/* Call the chain; the result is the caller's, NULL with a line on stderr. */
json_t *weights_rig_call(
    struct weights_rig *, const char *method, const char *params_json);
/* The same, of a call whose result does not matter. 0, or -1. */
int weights_rig_tell(
    struct weights_rig *, const char *method, const char *params_json);
/* The number of the best and of the finalized block. */
int64_t weights_rig_best(struct weights_rig *);
int64_t weights_rig_finalized(struct weights_rig *);
/* Until the finalized block is at least that. 0, or -1. */
int weights_rig_wait_block(struct weights_rig *, int64_t number);

/*
 * A vector for the miners, uid i + 1 getting weights[i], as validatord would
 * write it; weightsetterd is told. NULL weights: 1, 2, 3, ... `id` gets its.
 */
int weights_rig_vector(struct weights_rig *, uint16_t netuid, uint8_t mecid,
    const double *weights, char id[40]);

/* Until a row of that vector is in that state. 0, or -1 having shown the
 * ledger. */
int weights_rig_wait(struct weights_rig *, const char *vector_id,
    const char *state, int timeout_ms);

/* Extrinsics of ours that the chain has taken into its pool so far. */
size_t weights_rig_accepted(struct weights_rig *);

/* What must hold. 0, or -1 having said what does not. */
int weights_rig_audit(struct weights_rig *);

/* The ledger on stderr. */
void weights_rig_show(struct weights_rig *);

#endif
