/*
 * Rows of audits. As store.h, each call answers once, later, on the loop.
 */
#ifndef VALIDATOR_STORE_AUDIT_H
#define VALIDATOR_STORE_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "validator/audit.h"
#include "validator/store.h"

struct pg_op;

enum { STORE_MAX_AUDITS = 50 }; /* read at once */

/* As a part of the operation that stores the attempt's judgement. */
void store_add_audit(struct pg_op *, const char *attempt_id,
    const struct audit_plan *, int64_t now_us);

/* An audit whose job is over. Texts are borrowed. */
struct audit_due {
	const char *attempt_id, *hotkey;
	struct audit_results results;
};

/* n of them, or why not. */
typedef void store_on_audits(
    const struct audit_due *, size_t n, const char *why, void *arg);

void store_read_audits(struct store *, store_on_audits *, void *arg);

struct audit_settled {
	const char *attempt_id;
	const struct audit_results *results;
	enum audit_verdict verdict;
	const char *why;
	int64_t expires_us; /* wall: a failure counts until then */
};

/* Batched. STORE_TAKEN: somebody else has. */
void store_settle_audit(struct store *, const struct audit_settled *,
    int64_t now_us, store_on_written *, void *arg);

#endif
