/*
 * Other programs, run beside the loop: started, waited for by SIGCHLD, killed
 * at their deadline.
 */
#ifndef MINER_CHILD_H
#define MINER_CHILD_H

#include <stdbool.h>

struct child;
struct children;
struct event_base;

struct children *children_new(struct event_base *);
void children_free(struct children *); /* kills what runs; NULL is fine */

/* ok: it exited with 0. Called once, later; not after child_cancel. */
typedef void child_on_end(bool ok, void *arg);

/* argv[0] is looked up in PATH; stdout goes to the file of that name. */
struct child *child_start(struct children *, const char *const *argv,
    const char *out_path, int timeout_ms, child_on_end *, void *arg);
void child_cancel(struct child *); /* kills it; NULL is fine */

#endif
