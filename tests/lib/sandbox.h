/*
 * A private place for a test or a demonstration: a directory, PostgreSQL,
 * Redis, and the programs started in it. Unix sockets only; nothing of the
 * system is used or touched.
 *
 * sandbox_end stops everything, by pid, last started first. The directory is
 * under <build>/sandbox; all of it is kept, and named on stderr, after a
 * failure or if KEEP is set, and else the logs.
 */
#ifndef TESTS_SANDBOX_H
#define TESTS_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

struct cluster;
struct proc;
struct proc_output;
struct sandbox;

struct sandbox_options {
	const char *name;
	const char *dir; /* NULL: one of its own; else emptied and kept */
	bool postgres, redis;
	bool durable; /* PostgreSQL syncs to disk */
};

/* NULL, with lines on stderr. */
struct sandbox *sandbox_new(const struct sandbox_options *);
/* -1, having said why, if it was told that the test failed, or a program ended
 * badly when it was stopped or crashed before. NULL is fine. */
int sandbox_end(struct sandbox *, bool failed);

const char *sandbox_dir(const struct sandbox *);
const char *sandbox_conninfo(const struct sandbox *);
const char *sandbox_redis_url(const struct sandbox *); /* "unix:/..." */
struct cluster *sandbox_cluster(const struct sandbox *);

/* dir/name; the caller frees. */
char *sandbox_path(const struct sandbox *, const char *name);
/* Write a file of that name; the caller frees its path. NULL. */
char *sandbox_write(
    const struct sandbox *, const char *name, mode_t, const char *text);

/* Start a program, argv[0] being its path; its log is dir/name.log. It is the
 * sandbox's, until sandbox_drop. */
struct proc *sandbox_start(struct sandbox *, const char *name,
    const char *const *argv, const char *const *env);
void sandbox_drop(struct sandbox *, struct proc *); /* kills and frees */

/* bin/subnetctl with these arguments, on this sandbox. */
void sandbox_ctl(
    const struct sandbox *, const char *const *args, struct proc_output *);

int sandbox_redis_start(struct sandbox *); /* until it answers. 0, or -1 */
void sandbox_redis_halt(struct sandbox *); /* SIGKILL: all it had is gone */
/* A command, "FLUSHALL" or "XLEN subnetd:jobs"; its integer, 0 for any other
 * good answer, -1 for a bad one. */
long long sandbox_redis(struct sandbox *, const char *command);
/* The same, of a text; the caller's to free, NULL if it is none. */
char *sandbox_redis_text(struct sandbox *, const char *command);

#endif
