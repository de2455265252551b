/*
 * A job's input read whole into memory, for wire formats that send it along:
 * from the folder or the storage, by a deadline, and only if it is what its
 * hash says.
 */
#ifndef ORCHESTRATOR_INPUT_LOAD_H
#define ORCHESTRATOR_INPUT_LOAD_H

#include <stddef.h>
#include <stdint.h>

struct input_load;
struct job;
struct orchestrator;

/* Of a job that has one, of the bytes it says. on_done runs once, later: why
 * is NULL and the bytes are borrowed, or it says what was the matter. */
struct input_load *input_load_start(struct orchestrator *, const struct job *,
    int64_t timeout_ms,
    void (*on_done)(const char *why, const void *, size_t, void *arg),
    void *arg);
void input_load_cancel(struct input_load *);

#endif
