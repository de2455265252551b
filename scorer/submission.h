/*
 * Submissions: models that miners commit to on chain and that a service
 * outside scores (Dippy's older generation, SN11). Which of them count.
 *
 * A commitment is the text
 *
 *   namespace:name:chat_template:hotkey:hash:competition_id
 *
 * where None stands for what is absent. The hash must be the first 16 hex
 * digits of sha256("namespace name chat_template hotkey") as an integer, with
 * the hotkey that committed, so that a copied text is of no use.
 *
 * Pure. The sum itself is the caller's: the scorer is arithmetic alone.
 */
#ifndef SCORER_SUBMISSION_H
#define SCORER_SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum {
	SUBMISSION_MAX_TEXT = 512, /* bytes of a commitment's largest field */
	SUBMISSION_MAX_NAME = 96,  /* letters of a word; Hugging Face's */
	SUBMISSION_REPO = 2 * SUBMISSION_MAX_NAME + 2,
	SUBMISSION_HASH = 17, /* as 16 hex digits */
};

/* -- the text ------------------------------------------------------------ */

/* Its words; "" for one that is absent. */
struct submission_words {
	char namespace[SUBMISSION_MAX_NAME + 1];
	char name[SUBMISSION_MAX_NAME + 1];
	char chat_template[SUBMISSION_MAX_NAME + 1];
	char hotkey[SUBMISSION_MAX_NAME + 1];
	char competition[SUBMISSION_MAX_NAME + 1];
	uint64_t hash;
};

/*
 * Each word is of letters, digits, dots, dashes and underscores, the hash a
 * decimal integer of 64 bits without leading zeros. Only hotkey and
 * competition_id may be absent, the latter with its colon, too. 0, or -1 and
 * why.
 */
int submission_parse(const char *text, struct submission_words *, struct err *);

/* Whose sum must begin with the hash's 16 digits; the caller frees. */
char *submission_hashed(const struct submission_words *, const char *hotkey);

/* NULL, or what is wrong with a text that `hotkey` committed, `expected` being
 * the hash as it must be. */
const char *submission_wrong(
    const struct submission_words *, const char *hotkey, uint64_t expected);

void submission_print_hash(uint64_t, char out[SUBMISSION_HASH]);
/* Of exactly 16 hex digits in lower case. 0, or -1. */
int submission_read_hash(const char *, uint64_t *);

/* -- what became of it --------------------------------------------------- */

enum submission_state {
	SUBMISSION_NONE,    /* nothing was committed to */
	SUBMISSION_WRONG,   /* the text breaks a rule */
	SUBMISSION_UNASKED, /* the service has not answered yet */
	SUBMISSION_UNKNOWN, /* it said a word that is not known */
	SUBMISSION_QUEUED,
	SUBMISSION_PRECHECK,
	SUBMISSION_RUNNING,
	SUBMISSION_COMPLETED,
	SUBMISSION_FAILED,
	N_SUBMISSION_STATES,
};

/* "none", "completed"; and back, -1 if there is no such state. */
const char *submission_state_name(enum submission_state);
int submission_state_of(const char *name);
/* Of the service's word: "COMPLETED"; what is not known is UNKNOWN. */
enum submission_state submission_status_of(const char *word);
/* Nothing more is to come: it is asked for again only now and then. */
bool submission_is_final(enum submission_state);

struct submission {
	int state;     /* enum submission_state; NONE: the rest is unused */
	double score;  /* of COMPLETED, not negative */
	int64_t block; /* of the commitment */
	int64_t at_us; /* the service's last answer; INT64_MIN: none */
	/* Of a text that is not WRONG: */
	uint64_t hash;
	char repo[SUBMISSION_REPO]; /* "namespace/name" */
};

/* -- which count --------------------------------------------------------- */

struct submission_rule {
	double from_block; /* earlier ones are of an epoch that is over */
	double max_age_s;  /* of the service's last answer; 0: any */
};

/*
 * why[i]: NULL if entry i counts, else why not. Counts: COMPLETED with its
 * score, FAILED with 0, committed to from the rule's block on and not later
 * than `block`, answered not too long ago, no duplicate. A duplicate has the
 * hash or the repository of one that was committed to in an earlier block,
 * whatever the service says of that one; of the same block both count.
 * Upper and lower case are alike in repositories, as where they lie. What is
 * WRONG or of another time makes nobody a duplicate.
 *
 * Rules: Dippy's SN11 validator to 2025-07; that what is known stands while
 * the service is away, and for how long, is ours. O(n log n).
 */
void submission_check(const struct submission_rule *, int64_t block,
    int64_t at_us, const struct submission *const *, size_t n,
    const char **why);

/* 0 unless it is COMPLETED. */
double submission_score(const struct submission *);

#endif
