/*
 * Sending one set of weights, once: nonce and uids at the best block,
 * intention written down, signature, dry run, hash written down, sent, watched
 * until it is final.
 *
 * Up to the intention a failure leaves nothing behind and is told by the
 * callback. From there on the ledger's row tells everything, and this module
 * only brings it events.
 */
#ifndef WEIGHTSETTER_SUBMIT_H
#define WEIGHTSETTER_SUBMIT_H

#include <stdbool.h>
#include <stdint.h>

struct chain;
struct ledger;
struct runtime;
struct signer_client;
struct snapshot;
struct store;
struct submit;
struct uid_weights;

struct submit_parts {
	struct chain *chain;
	struct store *store;
	struct ledger *ledger;
	struct signer_client *signer;
	uint64_t era_period; /* blocks, 4 to 4096 */
	uint64_t version_key;
};

/*
 * There will be no row, and why: "node", "upgrade_in_flight",
 * "nonce_in_pool", "uid_moved", "cannot_build", "another_under_way" or
 * "not_written". After the last a row may be there all the same.
 */
typedef void submit_cb(const char *reason, void *arg);

struct submit *submit_new(const struct submit_parts *, submit_cb *, void *arg);
void submit_free(struct submit *); /* after chain and signer; NULL is fine */

/* Something is under way: nothing may be started, and a row in the ledger is
 * being looked after. */
bool submit_is_busy(const struct submit *);

/* Watch no longer what was sent: its era is over. Else nothing is done. */
void submit_abandon(struct submit *);

/* The runtime and snapshot are those of one head; copied or held. */
void submit_start(struct submit *, const struct snapshot *, struct runtime *,
    const struct uid_weights *, const char *vector_id);

#endif
