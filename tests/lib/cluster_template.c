/*
 * The migrated cluster that all others are copies of: made once by whoever
 * comes first, under a lock, and put in place by a rename.
 */
#include "tests/lib/cluster_template.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"

enum { HASH_BYTES = 8 };

static int
run(const char *const *argv, uid_t uid, gid_t gid, const char *cwd)
{
	struct proc_options o = {
	    .name = argv[0], .argv = argv, .uid = uid, .gid = gid, .cwd = cwd};
	struct proc_output got;
	int status;

	proc_run(&o, 4 * PROC_WAIT_MS, &got);
	status = got.status;
	if (status != 0)
		fprintf(stderr, "%s: exit %d\n%s%s", argv[0], status, got.out,
		    got.err);
	proc_output_clear(&got);
	return status == 0 ? 0 : -1;
}

int
template_copy(const char *from, const char *to)
{
	const char *argv[] = {"cp", "-a", from, to, NULL};

	return run(argv, 0, 0, NULL);
}

static char *
template_path(const char *build)
{
	uint8_t hash[32];
	char hex[2 * HASH_BYTES + 1];
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	for (size_t i = 0; i < n_sql_migrations; i++)
		crypto_generichash_update(&state,
		    (const uint8_t *)sql_migrations[i].text,
		    strlen(sql_migrations[i].text) + 1);
	crypto_generichash_final(&state, hash, sizeof(hash));
	hex_encode(hash, HASH_BYTES, hex);
	return xasprintf("%s/pgtemplate-%s", build, hex);
}

static int
init_data(struct cluster *c)
{
	char *initdb = cluster_program("initdb");
	const char *argv[] = {initdb, "-D", cluster_data(c), "-A", "trust",
	    "-U", "subnetd", "-E", "UTF8", "--locale=C", "-N",
	    "--wal-segsize=4", NULL};
	uid_t uid;
	gid_t gid;
	int failed;

	cluster_user(&uid, &gid);
	failed = run(argv, uid, gid, cluster_dir(c));
	free(initdb);
	return failed;
}

static int
make_databases(struct cluster *c)
{
	char *conninfo = cluster_conninfo_of(c, "postgres");
	struct db *db = db_open(conninfo);
	int failed = db == NULL ||
		     db_exec(db, "create database subnetd") != 0 ||
		     db_exec(db, "create database empty") != 0;

	db_close(db);
	free(conninfo);
	return failed ? -1 : 0;
}

static int
migrate(struct cluster *c)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[] = {program, "migrate", "-c", "/dev/null", "--db.url",
	    cluster_conninfo(c), NULL};
	int failed = run(argv, 0, 0, NULL);

	free(program);
	return failed;
}

/* In a directory of its own, then moved to path. */
static int
template_make(const char *build, const char *path)
{
	char *dir, *sandbox = xasprintf("%s/sandbox", build);
	char *fresh = xasprintf("%s.new", path);
	struct cluster *c = NULL;
	int failed = -1;

	dir = paths_make_dir(sandbox, "template");
	if (dir == NULL)
		goto out;
	c = cluster_new_bare(dir, false);
	if (c == NULL || init_data(c) != 0 || cluster_start(c) != 0 ||
	    make_databases(c) != 0 || migrate(c) != 0)
		goto out;
	cluster_halt(c, CLUSTER_FAST);
	paths_remove(fresh);
	if (template_copy(cluster_data(c), fresh) == 0)
		failed = rename(fresh, path);
out:
	cluster_free(c, true);
	if (dir != NULL)
		paths_remove(dir);
	free(dir);
	free(sandbox);
	free(fresh);
	return failed;
}

char *
template_get(void)
{
	char *build = paths_build();
	char *path = template_path(build);
	char *lock_path = xasprintf("%s/pgtemplate.lock", build);
	int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (lock < 0 || flock(lock, LOCK_EX) != 0)
		fprintf(stderr, "template: cannot lock %s: %s\n", lock_path,
		    strerror(errno));
	else if (access(path, F_OK) != 0 && template_make(build, path) != 0)
		fprintf(stderr, "template: cannot make %s\n", path);
	if (lock >= 0)
		close(lock);
	free(lock_path);
	free(build);
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}
