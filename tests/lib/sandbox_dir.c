/* What is left in a sandbox's directory. */
#include "tests/lib/sandbox_dir.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/paths.h"

/* What nobody's log may say. */
static const char *const marks[] = {"ERROR: AddressSanitizer",
    "ERROR: LeakSanitizer", "SUMMARY: UndefinedBehaviorSanitizer",
    ": runtime error: ", "Assertion `", "fatal memory.exhausted",
    "double free or corruption", "stack smashing detected", NULL};

static bool
is_log(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".log") == 0;
}

static bool
is_marked(const char *line)
{
	for (int i = 0; marks[i] != NULL; i++) {
		if (strstr(line, marks[i]) != NULL)
			return true;
	}
	return false;
}

static int
audit_log(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	int found = 0;

	while (f != NULL && getline(&line, &cap, f) > 0) {
		if (!is_marked(line))
			continue;
		fprintf(stderr, "sandbox: %s: %s", path, line);
		found = -1;
	}
	if (f != NULL)
		fclose(f);
	free(line);
	return found;
}

int
sandbox_dir_audit(const char *dir)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	int found = 0;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		char *path;

		if (!is_log(entry->d_name))
			continue;
		path = xasprintf("%s/%s", dir, entry->d_name);
		if (audit_log(path) != 0)
			found = -1;
		free(path);
	}
	if (d != NULL)
		closedir(d);
	return found;
}

void
sandbox_dir_clear(const char *dir)
{
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL) {
		char *path = xasprintf("%s/%s", dir, entry->d_name);

		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0 && !is_log(entry->d_name))
			paths_remove(path);
		free(path);
	}
	if (d != NULL)
		closedir(d);
	rmdir(dir); /* if there was no log */
}
