/*
 * Submissions in PostgreSQL. As validator/store.h: each call answers once,
 * later, and what is handed out is borrowed for that call.
 */
#ifndef VALIDATOR_STORE_SUBMISSIONS_H
#define VALIDATOR_STORE_SUBMISSIONS_H

#include "validator/store.h"

struct submissions_answer;
struct submissions_text;

struct store_submission {
	const char *hotkey, *text;
	int64_t block;	   /* of one that is new */
	const char *query; /* of one to ask about */
	const char *state; /* likewise: what is known of it */
};

/* n of them, or why not. */
typedef void store_on_submissions(
    const struct store_submission *, size_t n, const char *why, void *arg);

enum { STORE_MAX_SUBMISSIONS = 256 }; /* at once */

/* Commitments that may be submissions and are not noted as they are now. */
void store_read_submissions(struct store *, store_on_submissions *, void *arg);
void store_note_submission(struct store *, const struct store_submission *,
    const struct submissions_text *, int64_t now_us, store_on_written *,
    void *arg);

/* At most so many of those due: asked about before the one time, and not
 * final or answered before the other. */
void store_claim_submissions(struct store *, int64_t now_us,
    int64_t asked_before_us, int64_t answered_before_us, size_t most,
    store_on_submissions *, void *arg);

/* What the service said; or that it said nothing, and why. STORE_TAKEN: there
 * is another submission by now. */
void store_answer_submission(struct store *, const char *hotkey,
    const char *text, const struct submissions_answer *, int64_t now_us,
    store_on_written *, void *arg);
void store_leave_submission(struct store *, const char *hotkey,
    const char *text, const char *why, store_on_written *, void *arg);

#endif
