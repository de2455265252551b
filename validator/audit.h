/*
 * Audits: a share of what miners delivered is done again by a miner that the
 * operator trusts, where the same work must give the same result.
 *
 * Pure: which attempts are done again, and what the two results come to. An
 * audit without a result says nothing about anybody; only the trusted miner
 * is ever believed, and nobody's own claim.
 */
#ifndef VALIDATOR_AUDIT_H
#define VALIDATOR_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct judge_case;

enum {
	AUDIT_MAX_TRUSTED = 16,
	AUDIT_MAX_HOTKEY = 64,
	AUDIT_MAX_WHY = 120,
	AUDIT_PHASH_BITS = 64,
};

struct audit_rule {
	char trusted[AUDIT_MAX_TRUSTED][AUDIT_MAX_HOTKEY];
	size_t n_trusted; /* 0: nothing is audited */
	double rate;	  /* share of the attempts */
	int64_t budget;	  /* audits an hour at most */
	int distance;	  /* bits by which like pictures may differ */
};

/* Hotkeys separated by spaces or commas. 0, or -1 and why. */
int audit_trust(struct audit_rule *, const char *hotkeys, struct err *);

/* -- before --------------------------------------------------------------- */

struct audit_plan {
	const char *trusted; /* the rule's: who does it again */
	int64_t seed;	     /* that was sent; -1: the parameters' own */
	int64_t budget;
};

/*
 * Whether an attempt is done again: it was delivered, by a miner that is not
 * trusted itself; its kind is deterministic and the seed known; and it is
 * drawn by its id, the same at every instance.
 */
bool audit_plan(
    const struct judge_case *, const struct audit_rule *, struct audit_plan *);

/* -- after ---------------------------------------------------------------- */

enum audit_verdict { AUDIT_PASSED, AUDIT_FAILED, AUDIT_VOID };

/* NULL where there is none. */
struct audit_results {
	bool is_lost; /* the attempt is history, and not kept any more */
	const char *own_sha256, *trusted_sha256;
	/* Of a picture, by our own measure: 16 hex digits; and whether it shows
	 * nothing, of which a hash says nothing. */
	const char *own_phash, *trusted_phash;
	bool own_blank, trusted_blank;
};

/*
 * The same bytes, or pictures that look the same (scorer/picture.h), pass.
 * Void: the trusted miner has no result, the attempt is lost, or one picture
 * alone was measured. Who delivered and has no result fails.
 */
enum audit_verdict audit_compare(
    const struct audit_results *, int distance, char why[AUDIT_MAX_WHY]);

const char *audit_verdict_name(enum audit_verdict); /* as in audit.state */

#endif
