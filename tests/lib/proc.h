/*
 * A program run by a test or by the demonstration: started, watched by what
 * it logs, signalled, stopped. Always by its own pid.
 *
 * Its stdout and stderr are appended to a log file, from which proc_wait_event
 * reads; a child never waits for us to read. It dies with its parent. Its
 * environment is a clean one, so that a test does not depend on who runs it.
 */
#ifndef TESTS_PROC_H
#define TESTS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct proc;

enum { PROC_WAIT_MS = 30000 }; /* the deadline where a call is given 0 */

struct proc_options {
	const char *name;	 /* for messages */
	const char *log;	 /* file, appended to */
	const char *const *argv; /* ends with NULL; [0] may be in PATH */
	const char *const
	    *env;	 /* "NAME=value", beside the clean ones, or NULL */
	const char *cwd; /* NULL: ours */
	uid_t uid;	 /* 0: as we are; else this user and gid */
	gid_t gid;
	int death_signal; /* it gets this when we die; 0: SIGKILL */
};

/* NULL, with a line on stderr, if it cannot be started. */
struct proc *proc_start(const struct proc_options *);
/* Kills it if it still runs; NULL is fine. */
void proc_free(struct proc *);

pid_t proc_pid(const struct proc *);
const char *proc_name(const struct proc *);
bool proc_is_alive(struct proc *);

/*
 * The next line of this event behind those already waited for, with all the
 * pairs ("id=7 to=DONE", in any order; NULL: any). Borrowed until the next
 * call. NULL if the time is up or the program has ended without it.
 */
const char *proc_wait_event(
    struct proc *, const char *event, const char *pairs, int timeout_ms);
/* As proc_wait_event, of what is there now. */
const char *proc_find_event(
    struct proc *, const char *event, const char *pairs);
/* How many such lines there are in all; moves nothing. */
size_t proc_count_events(struct proc *, const char *event, const char *pairs);
/* Let waiting begin again at the first line, or behind the last so far. */
void proc_rewind(struct proc *);
void proc_skip_to_now(struct proc *);

/* The value of "key=" in a line, without quotes; -1 if there is none. */
int proc_value(const char *line, const char *key, char *out, size_t size);

/* The last lines of its log on stderr. */
void proc_show_log(struct proc *, size_t n_lines);

void proc_signal(struct proc *, int signal);
/* The exit status, 128 + signal if one ended it, -1 if it still runs. */
int proc_wait(struct proc *, int timeout_ms);
int proc_stop(struct proc *); /* SIGTERM, after PROC_WAIT_MS SIGKILL */
int proc_kill(struct proc *); /* SIGKILL */

/* Run to the end, and what it wrote; both texts are the caller's to free. */
struct proc_output {
	int status; /* as proc_wait */
	char *out, *err;
};
void proc_run(
    const struct proc_options *, int timeout_ms, struct proc_output *);
void proc_output_clear(struct proc_output *);

/* A short rest between two looks at a condition that has a deadline. */
void proc_nap(void);

#endif
