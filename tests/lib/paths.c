/* Where things are. */
#include "tests/lib/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/proc.h"

char *
paths_build(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *last = NULL;

	if (len < 0)
		return xstrdup("build");
	path[len] = '\0';
	for (char *p = path; (p = strstr(p, "/tests/")) != NULL; p++)
		last = p;
	if (last != NULL)
		*last = '\0';
	return xstrdup(last != NULL ? path : "build");
}

char *
paths_program(const char *name)
{
	char *build = paths_build();
	char *path = xasprintf("%s/%s", build, name);

	free(build);
	return path;
}

int
paths_mkdir(const char *path)
{
	char *copy = xstrdup(path);
	int failed = 0;

	for (char *p = copy + 1; *p != '\0' && !failed; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		failed = mkdir(copy, 0755) != 0 && errno != EEXIST;
		*p = '/';
	}
	failed = failed || (mkdir(copy, 0755) != 0 && errno != EEXIST);
	free(copy);
	return failed ? -1 : 0;
}

bool
paths_is_open(const char *path)
{
	char *copy = xstrdup(path);
	bool open = true;

	for (char *p = copy + 1; open; p++) {
		struct stat st;
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		open = stat(copy, &st) == 0 && (st.st_mode & S_IXOTH) != 0;
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return open;
}

char *
paths_make_tmp(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path = xasprintf("%s/subnetd-XXXXXX", tmp != NULL ? tmp : "/tmp");

	if (strlen(path) > PATHS_MAX_DIR || !paths_is_open(tmp ? tmp : "/")) {
		free(path);
		path = xstrdup("/tmp/subnetd-XXXXXX");
	}
	if (mkdtemp(path) != NULL && chmod(path, 0755) == 0)
		return path;
	fprintf(stderr, "paths: cannot make %s: %s\n", path, strerror(errno));
	free(path);
	return NULL;
}

/* A path nobody has yet: a process may want several of one name. */
static char *
make_under(const char *parent, const char *name)
{
	char *path = xasprintf("%s/%s-%d", parent, name, (int)getpid());

	for (int i = 2; paths_mkdir(parent) == 0; i++) {
		if (mkdir(path, 0755) == 0)
			return path;
		if (errno != EEXIST)
			break;
		free(path);
		path = xasprintf("%s/%s-%d-%d", parent, name, (int)getpid(), i);
	}
	free(path);
	return NULL;
}

char *
paths_make_dir(const char *parent, const char *name)
{
	char *path = parent[0] == '/' ? make_under(parent, name) : NULL;

	if (path == NULL)
		return paths_make_tmp();
	if (strlen(path) <= PATHS_MAX_DIR)
		return path;
	rmdir(path);
	free(path);
	return paths_make_tmp();
}

void
paths_remove(const char *path)
{
	const char *argv[] = {"rm", "-rf", "--", path, NULL};
	struct proc_options o = {.name = "rm", .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	if (got.status != 0)
		fprintf(stderr, "paths: cannot remove %s: %s\n", path, got.err);
	proc_output_clear(&got);
}
