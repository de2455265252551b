/*
 * A throw-away Redis: a Unix socket in a directory, nothing written to disk.
 * Private to the sandbox.
 */
#ifndef TESTS_SANDBOX_REDIS_H
#define TESTS_SANDBOX_REDIS_H

struct redisd;

struct redisd *redisd_new(const char *dir); /* not started yet */
void redisd_free(struct redisd *);	    /* stops it; NULL is fine */
const char *redisd_url(const struct redisd *);
int redisd_start(struct redisd *); /* until it answers. 0, or -1 */
void redisd_halt(struct redisd *); /* SIGKILL */
/* Its integer, 0 for any other good answer, -1 for a bad one. */
long long redisd_command(struct redisd *, const char *command);
char *redisd_text(struct redisd *, const char *command);

#endif
