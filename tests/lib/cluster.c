/* A throw-away PostgreSQL cluster. */
#include "tests/lib/cluster.h"

#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/cluster_template.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"

struct cluster {
	char *home; /* NULL, or a temporary one outside the given dir */
	char *dir;  /* of the socket; owned by the server's user */
	char *data; /* dir/data */
	char *log;
	char *conninfo;
	bool durable;
	struct proc *server;
};

void
cluster_user(uid_t *uid, gid_t *gid)
{
	const struct passwd *pw = NULL;

	*uid = 0;
	*gid = 0;
	if (getuid() != 0)
		return;
	pw = getpwnam("postgres");
	if (pw == NULL)
		pw = getpwnam("nobody");
	if (pw == NULL)
		return;
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
}

char *
cluster_program(const char *name)
{
	char *path = NULL;
	glob_t found;

	if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) == 0) {
		const char *last = found.gl_pathv[found.gl_pathc - 1];

		path = xasprintf(
		    "%.*s/%s", (int)(strrchr(last, '/') - last), last, name);
		globfree(&found);
	}
	return path != NULL ? path : xstrdup(name);
}

char *
cluster_conninfo_of(const struct cluster *c, const char *database)
{
	return xasprintf(
	    "host=%s port=5432 user=subnetd dbname=%s", c->dir, database);
}

const char *
cluster_conninfo(const struct cluster *c)
{
	return c->conninfo;
}

/* -- the server --------------------------------------------------------- */

static int
await_answer(struct cluster *c)
{
	int64_t until = clock_mono_us() + PROC_WAIT_MS * 1000LL;
	char *conninfo = cluster_conninfo_of(c, "postgres");
	PGPing ping = PQPING_NO_RESPONSE;

	while (proc_is_alive(c->server) && clock_mono_us() < until) {
		ping = PQping(conninfo);
		if (ping == PQPING_OK)
			break;
		proc_nap();
	}
	free(conninfo);
	if (ping == PQPING_OK)
		return 0;
	proc_show_log(c->server, 20);
	return -1;
}

int
cluster_start(struct cluster *c)
{
	char *program = cluster_program("postgres");
	char *sockets = xasprintf("unix_socket_directories=%s", c->dir);
	const char *sync = c->durable ? "fsync=on" : "fsync=off";
	const char *argv[] = {program, "-D", c->data, "-p", "5432", "-c",
	    "listen_addresses=", "-c", sockets, "-c", sync, "-c",
	    c->durable ? "full_page_writes=on" : "full_page_writes=off", "-c",
	    "max_connections=60", "-c", "shared_buffers=32MB", "-c",
	    "autovacuum_naptime=10s", "-c", "timezone=UTC", NULL};
	struct proc_options o = {.name = "postgres",
	    .log = c->log,
	    .argv = argv,
	    .cwd = c->dir,
	    .death_signal = SIGQUIT};

	cluster_user(&o.uid, &o.gid);
	c->server = proc_start(&o);
	free(program);
	free(sockets);
	if (c->server == NULL)
		return -1;
	return await_answer(c);
}

bool
cluster_is_up(const struct cluster *c)
{
	return c->server != NULL;
}

void
cluster_halt(struct cluster *c, enum cluster_stop how)
{
	static const int signals[] = {SIGINT, SIGQUIT, SIGKILL};

	if (c->server == NULL)
		return;
	proc_signal(c->server, signals[how]);
	if (proc_wait(c->server, 0) < 0)
		proc_kill(c->server);
	proc_free(c->server);
	c->server = NULL;
}

/* -- the whole ---------------------------------------------------------- */

struct cluster *
cluster_new_bare(const char *dir, bool durable)
{
	struct cluster *c = xcalloc(1, sizeof(*c));
	uid_t uid;
	gid_t gid;

	cluster_user(&uid, &gid);
	if (uid != 0 && !paths_is_open(dir))
		c->home = paths_make_tmp();
	c->dir = xasprintf("%s/pg", c->home != NULL ? c->home : dir);
	c->data = xasprintf("%s/data", c->dir);
	c->log = xasprintf("%s/postgres.log", dir);
	c->conninfo = cluster_conninfo_of(c, "subnetd");
	c->durable = durable;
	if (mkdir(c->dir, 0755) == 0 &&
	    (uid == 0 || chown(c->dir, uid, gid) == 0))
		return c;
	fprintf(stderr, "cluster: cannot make %s\n", c->dir);
	cluster_free(c, true);
	return NULL;
}

struct cluster *
cluster_new(const char *dir, bool durable)
{
	char *template = template_get();
	struct cluster *c;

	if (template == NULL)
		return NULL;
	c = cluster_new_bare(dir, durable);
	if (c != NULL &&
	    (template_copy(template, c->data) != 0 || cluster_start(c) != 0)) {
		cluster_free(c, true);
		c = NULL;
	}
	free(template);
	return c;
}

void
cluster_free(struct cluster *c, bool remove)
{
	if (c == NULL)
		return;
	cluster_halt(c, CLUSTER_FAST);
	if (remove)
		paths_remove(c->home != NULL ? c->home : c->dir);
	free(c->home);
	free(c->dir);
	free(c->data);
	free(c->log);
	free(c->conninfo);
	free(c);
}

const char *
cluster_dir(const struct cluster *c)
{
	return c->dir;
}

const char *
cluster_data(const struct cluster *c)
{
	return c->data;
}
