/*
 * Jobs played from their beginning to their end by hand, and what must have
 * come of them.
 *
 * Whatever returns an int returns 0, or -1 having said on stderr what is
 * otherwise.
 */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include <stdbool.h>

struct callback_told;
struct hand_task;
struct rig;
struct suite;

/* A job of a kind with text.translate's parameters; more: further fields. */
#define PLAY_TRANSLATE(kind, more)                                             \
	"{\"kind\":\"" kind                                                    \
	"\",\"params\":{\"text\":\"good day\",\"language\":\"en\","            \
	"\"target_language\":\"de\"}" more "}"
#define PLAY_OUTPUT "{\"output\":{\"text\":\"guten Tag\"}}"

/* A task that its miner has accepted; NULL, having said why. */
struct hand_task *play_accepted(
    struct rig *, const char *job_json, char id[40]);
/* One translation, submitted, answered and done: the suite is well. */
int play_job(struct rig *);

int play_told(const struct callback_told *, int status, const char *word);
/* What hangs on an attempt is as it was (attempt_all). */
int play_unchanged(struct suite *, const char *attempt_id, const char *before);
/* It is in that state, for that reason (NULL: none). */
int play_ended(struct suite *, const char *attempt_id, const char *state,
    const char *reason);
/* There is one verdict on it, and it says that. */
int play_judged(struct suite *, const char *attempt_id, bool success);
/* The job has expired, and nobody was asked. */
int play_asked_nobody(struct suite *, const char *job_id);
/* What the API answers there. */
int play_get(struct suite *, const char *path, int status);

#endif
