/*
 * bin/subnetctl as a tool: run to its end with arguments and bytes on stdin,
 * and what it wrote. For the commands that need no database.
 *
 * Quick enough for thousands of runs; one that does not end in TOOL_WAIT_MS
 * is killed.
 */
#ifndef TESTS_TOOL_H
#define TESTS_TOOL_H

#include <jansson.h>
#include <stddef.h>

enum { TOOL_WAIT_MS = 60000, TOOL_MAX_ARGS = 128 };

struct tool_answer {
	int status; /* 128 + signal if one ended it */
	char *out, *err;
	json_t *json; /* what out is; NULL if it is no JSON object */
};

/* args are NULL-terminated, without the program; in may be NULL. */
void tool_run(const char *const *args, const void *in, size_t in_len,
    struct tool_answer *);
/* With stdout being a file of this path; out is empty then. */
void tool_run_to(
    const char *path, const char *const *args, struct tool_answer *);
void tool_answer_clear(struct tool_answer *);

#endif
