/*
 * What the tasks share that run other programs: a job's parameters, its
 * files, and a program beside the loop.
 */
#ifndef MINER_TOOL_H
#define MINER_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/fake/miner/child.h"

struct buf;
struct job;

/* Names of the files a job may leave in its directory; ends with NULL. */
extern const char *const tool_files[];
extern const char tool_in[]; /* the input as it came */
extern const char tool_in_wav[], tool_out_wav[], tool_in_txt[], tool_out_txt[];

/* A text parameter of the request, or that if there is none. */
const char *tool_param(
    const struct job *, const char *name, const char *otherwise);

/* 0, or -1. */
int tool_write(const struct job *, const char *name, const void *, size_t);
int tool_read(const struct job *, const char *name, struct buf *);

/* argv[0] is looked up in PATH; stdout goes to tool_out_txt. Not beyond the
 * job's own deadline. */
void tool_run(struct job *, const char *const *argv, child_on_end *);

#endif
