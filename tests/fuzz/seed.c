/*
 * seed FOLDER: writes FOLDER/fuzz_x/seed-n for every fuzzer, for libFuzzer to
 * begin with.
 */
#include "tests/fuzz/seed.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/xalloc.h"

struct writer {
	const char *folder;
	unsigned n;
};

static void
write_seed(const char *fuzzer, const uint8_t *data, size_t len, void *arg)
{
	struct writer *w = arg;
	char *folder = xasprintf("%s/fuzz_%s", w->folder, fuzzer);
	char *path = xasprintf("%s/seed-%u", folder, w->n++);
	FILE *f;

	mkdir(folder, 0777);
	f = fopen(path, "wb");
	if (f == NULL || (len > 0 && fwrite(data, 1, len, f) != len) ||
	    fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	free(folder);
	free(path);
}

int
main(int argc, char **argv)
{
	struct writer w = {.folder = argv[argc > 1]};
	struct seeds s = {write_seed, &w};

	if (argc != 2 || sodium_init() < 0) {
		fprintf(stderr, "usage: seed FOLDER\n");
		return 64;
	}
	mkdir(w.folder, 0777);
	seed_all(&s);
	printf("%u seeds\n", w.n);
	return 0;
}
