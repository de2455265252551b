/*
 * A miner's callbacks, of every form, good and bad.
 */
#ifndef TESTS_CALLBACK_H
#define TESTS_CALLBACK_H

#include <stddef.h>

struct hand_task;

/* What the orchestrator says to one. */
struct callback_told {
	int status;
	char word[32];	  /* "status" or "code" of the answer */
	char detail[512]; /* "detail" or "message" of it */
};

/* To a task's URL, with this secret (NULL: without the header). */
void callback_json(const struct hand_task *, const char *secret,
    const char *json, struct callback_told *);
/* A part of that name with these bytes. */
void callback_file(const struct hand_task *, const char *secret,
    const char *part, const char *type, const void *, size_t len,
    struct callback_told *);
/* Any body; type NULL: without the header. */
void callback_raw(const struct hand_task *, const char *secret,
    const char *type, const void *, size_t len, struct callback_told *);

/* Dippy's form; NULL leaves a field out. */
struct callback_dippy {
	const char *job_id, *status, *error;
	const char *image_type;
	const void *image;
	size_t len;
};
void callback_dippy(const struct hand_task *, const char *secret,
    const struct callback_dippy *, struct callback_told *);

#endif
