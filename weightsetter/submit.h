/*
 * Sending one row, once: the endpoints agree on the head, nonce and uids at
 * the best block, the commit sealed, the intention written down, signature,
 * dry run, hash written down, sent, watched until it is final.
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
struct ledger_row;
struct runtime;
struct signer_client;
struct snapshot;
struct store;
struct submit;

struct submit_parts {
	struct chain *chain;
	struct store *store;
	struct ledger *ledger;
	struct signer_client *signer;
};

/* What is to be sent, by a snapshot and the runtime it was read by; both are
 * held until it has been sent. */
struct submit_order {
	struct ledger_row *row; /* taken: who, what and by which call */
	struct snapshot *at;
	struct runtime *runtime;
	uint64_t era_period; /* blocks, 4 to 4096 */
};

/*
 * There will be no row, and why: "endpoints_disagree", "endpoints_unsure",
 * "node", "upgrade_in_flight", "nonce_in_pool", "uid_moved", "clock_skew",
 * what reveal_plan() says, "cannot_build", "another_under_way" or
 * "not_written". After the last a row may be there all the same. The row is
 * borrowed.
 */
typedef void submit_cb(
    const struct ledger_row *, const char *reason, void *arg);

struct submit *submit_new(const struct submit_parts *, submit_cb *, void *arg);
void submit_free(struct submit *); /* after chain and signer; NULL is fine */

/* Something is under way: nothing may be started, and a row in the ledger is
 * being looked after. */
bool submit_is_busy(const struct submit *);

/* Watch no longer what was sent: its era is over. Else nothing is done. */
void submit_abandon(struct submit *);

void submit_start(struct submit *, const struct submit_order *);

#endif
