/* A private place for a test or a demonstration. */
#include "tests/lib/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/cluster.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox_dir.h"
#include "tests/lib/sandbox_redis.h"

enum { MAX_PROCS = 64, MAX_ARGS = 32 };

struct sandbox {
	char *dir;
	bool keep; /* the directory */
	struct cluster *cluster;
	struct redisd *redis;
	struct proc *procs[MAX_PROCS];
	size_t n_procs;
};

/* -- making ------------------------------------------------------------- */

static char *
make_dir(const struct sandbox_options *o)
{
	char *build, *parent, *dir;

	if (o->dir != NULL && strlen(o->dir) <= PATHS_MAX_DIR) {
		paths_remove(o->dir);
		return paths_mkdir(o->dir) == 0 ? xstrdup(o->dir) : NULL;
	}
	build = paths_build();
	parent = xasprintf("%s/sandbox", build);
	dir = paths_make_dir(parent, o->name);
	free(parent);
	free(build);
	return dir;
}

struct sandbox *
sandbox_new(const struct sandbox_options *o)
{
	struct sandbox *sb = xcalloc(1, sizeof(*sb));

	/* As in the daemons: a server that goes away is not our end. */
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0); /* results survive a crash */
	sb->dir = make_dir(o);
	sb->keep = o->dir != NULL;
	if (sb->dir == NULL)
		goto fail;
	if (o->postgres) {
		sb->cluster = cluster_new(sb->dir, o->durable);
		if (sb->cluster == NULL)
			goto fail;
	}
	if (o->redis) {
		sb->redis = redisd_new(sb->dir);
		if (redisd_start(sb->redis) != 0)
			goto fail;
	}
	return sb;
fail:
	sandbox_end(sb, true);
	return NULL;
}

/* Stop what still runs. Under a sanitizer a leak shows in how it ends. */
static int
stop_procs(struct sandbox *sb)
{
	int failed = 0;

	while (sb->n_procs > 0) {
		struct proc *p = sb->procs[--sb->n_procs];
		bool was_alive = proc_is_alive(p);
		int status = proc_stop(p);

		if (was_alive && status != 0 && status != 128 + SIGTERM) {
			fprintf(stderr, "sandbox: %s ended with status %d\n",
			    proc_name(p), status);
			failed = -1;
		}
		proc_free(p);
	}
	return failed;
}

int
sandbox_end(struct sandbox *sb, bool failed)
{
	bool remove;

	if (sb == NULL)
		return 0;
	if (stop_procs(sb) != 0)
		failed = true;
	redisd_free(sb->redis);
	if (sb->dir != NULL && sandbox_dir_audit(sb->dir) != 0)
		failed = true;
	remove = !failed && !sb->keep && getenv("KEEP") == NULL;
	cluster_free(sb->cluster, remove);
	if (failed && sb->dir != NULL)
		fprintf(stderr, "sandbox: the logs are in %s\n", sb->dir);
	if (remove && sb->dir != NULL)
		sandbox_dir_clear(sb->dir);
	free(sb->dir);
	free(sb);
	return failed ? -1 : 0;
}

/* -- asking ------------------------------------------------------------- */

const char *
sandbox_dir(const struct sandbox *sb)
{
	return sb->dir;
}

const char *
sandbox_conninfo(const struct sandbox *sb)
{
	return sb->cluster != NULL ? cluster_conninfo(sb->cluster) : "";
}

const char *
sandbox_redis_url(const struct sandbox *sb)
{
	return sb->redis != NULL ? redisd_url(sb->redis) : "";
}

struct cluster *
sandbox_cluster(const struct sandbox *sb)
{
	return sb->cluster;
}

char *
sandbox_path(const struct sandbox *sb, const char *name)
{
	return xasprintf("%s/%s", sb->dir, name);
}

char *
sandbox_write(
    const struct sandbox *sb, const char *name, mode_t mode, const char *text)
{
	char *path = sandbox_path(sb, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	bool ok = fd >= 0 && fchmod(fd, mode) == 0 &&
		  write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	if (ok)
		return path;
	fprintf(
	    stderr, "sandbox: cannot write %s: %s\n", path, strerror(errno));
	free(path);
	return NULL;
}

/* -- programs ----------------------------------------------------------- */

struct proc *
sandbox_start(struct sandbox *sb, const char *name, const char *const *argv,
    const char *const *env)
{
	char *log = xasprintf("%s/%s.log", sb->dir, name);
	struct proc_options o = {
	    .name = name, .log = log, .argv = argv, .env = env};
	struct proc *p = NULL;

	if (sb->n_procs < MAX_PROCS)
		p = proc_start(&o);
	if (p != NULL)
		sb->procs[sb->n_procs++] = p;
	free(log);
	return p;
}

void
sandbox_drop(struct sandbox *sb, struct proc *p)
{
	for (size_t i = 0; i < sb->n_procs; i++) {
		if (sb->procs[i] != p)
			continue;
		memmove(sb->procs + i, sb->procs + i + 1,
		    (--sb->n_procs - i) * sizeof(p));
		break;
	}
	proc_free(p);
}

void
sandbox_ctl(
    const struct sandbox *sb, const char *const *args, struct proc_output *got)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[MAX_ARGS] = {program, "-c", "/dev/null", "--db.url",
	    sandbox_conninfo(sb), "--redis.url", sandbox_redis_url(sb)};
	struct proc_options o = {.name = "subnetctl", .argv = argv};
	size_t n = 7;

	for (; *args != NULL && n < MAX_ARGS - 1; args++)
		argv[n++] = *args;
	proc_run(&o, 0, got);
	free(program);
}

/* -- Redis -------------------------------------------------------------- */

int
sandbox_redis_start(struct sandbox *sb)
{
	return redisd_start(sb->redis);
}

void
sandbox_redis_halt(struct sandbox *sb)
{
	redisd_halt(sb->redis);
}

long long
sandbox_redis(struct sandbox *sb, const char *command)
{
	return redisd_command(sb->redis, command);
}

char *
sandbox_redis_text(struct sandbox *sb, const char *command)
{
	return redisd_text(sb->redis, command);
}
