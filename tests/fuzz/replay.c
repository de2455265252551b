/*
 * A main for the fuzz targets without libFuzzer.
 *
 * With arguments it tries those files, and all in those folders. Without, it
 * tries the seeds of the target it is named after ("test_fuzz_ss58") and
 * writes TAP: so they run on any machine, with every build.
 */
#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/xalloc.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/seed.h"

enum { MAX_FILE = 1 << 20 };

struct replay {
	const char *fuzzer;
	unsigned n;
};

/* In memory of its exact size, so that a step too far is noticed. */
static void
try(const uint8_t *data, size_t len)
{
	uint8_t *copy = len > 0 ? xmemdup(data, len) : xmalloc(0);

	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void
try_seed(const char *fuzzer, const uint8_t *data, size_t len, void *arg)
{
	struct replay *r = arg;

	if (strcmp(fuzzer, r->fuzzer) != 0)
		return;
	try(data, len);
	r->n++;
}

static int
try_seeds(const char *program)
{
	const char *name = strstr(program, "fuzz_");
	struct replay r = {.fuzzer = name != NULL ? name + 5 : ""};
	struct seeds s = {try_seed, &r};

	/* The last one counts: the folder may be called so, too. */
	while ((name = strstr(r.fuzzer, "fuzz_")) != NULL)
		r.fuzzer = name + 5;
	seed_all(&s);
	printf("1..1\n%sok 1 - %u seeds\n", r.n > 0 ? "" : "not ", r.n);
	return r.n > 0 ? 0 : 1;
}

static void
try_file(const char *path)
{
	uint8_t *input = xmalloc(MAX_FILE);
	FILE *f = fopen(path, "rb");

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	try(input, fread(input, 1, MAX_FILE, f));
	fclose(f);
	free(input);
}

static unsigned
try_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *file = xasprintf("%s/%s", path, entry->d_name);

		if (entry->d_name[0] != '.') {
			try_file(file);
			n++;
		}
		free(file);
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	struct stat st;

	if (sodium_init() < 0)
		return 1;
	if (argc < 2)
		return try_seeds(argv[0]);
	for (int i = 1; i < argc; i++) {
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			printf("%s: %u\n", argv[i], try_folder(argv[i]));
		} else {
			try_file(argv[i]);
			printf("%s\n", argv[i]);
		}
	}
	return 0;
}
