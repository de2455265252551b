/*
 * Work that takes long or runs other programs, in a child process: it may use
 * so much time, memory and disk, and is killed with all it has started when
 * its time is up.
 *
 * A child is a fork of ours that runs one function and says on a pipe what
 * came of it. It has a folder of its own, which is taken away after it.
 */
#ifndef VALIDATOR_CHALLENGE_CHILD_H
#define VALIDATOR_CHALLENGE_CHILD_H

#include <jansson.h>
#include <stddef.h>

struct buf;
struct challenge_child;
struct err;
struct event_base;

/* What runs in the child: an object, or NULL and why not. folder is there,
 * empty, without a slash at its end. */
typedef json_t *challenge_child_work(
    const void *order, const char *folder, struct err *);

/* result is borrowed, NULL if there is none; then why says it. */
typedef void challenge_child_on_done(
    const json_t *result, const char *why, void *arg);

/* order is borrowed until on_done was called, which is once and later. NULL,
 * and why, if there can be no child. */
struct challenge_child *challenge_child_start(struct event_base *,
    challenge_child_work *, const void *order, int deadline_ms,
    challenge_child_on_done *, void *arg, struct err *);

/* Kill it; nobody is called back. NULL is fine. */
void challenge_child_cancel(struct challenge_child *);

/*
 * For the work itself: run a program, found in PATH, to its end. input: its
 * standard input, -1: none. output gets what it wrote, NULL: nobody does.
 * -1 and why if it could not be run or its status is not 0.
 */
int challenge_child_run(
    const char *const *argv, int input, struct buf *output, struct err *);

/* Whether PATH has a program of that name. */
int challenge_child_finds(const char *program);

#endif
