/*
 * A main for the fuzz targets where libFuzzer is missing, and for running
 * saved inputs under a debugger: each argument is a file to try.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_FILE = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
main(int argc, char **argv)
{
	uint8_t *input = malloc(MAX_FILE);

	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t n;

		if (f == NULL) {
			perror(argv[i]);
			return 1;
		}
		n = fread(input, 1, MAX_FILE, f);
		fclose(f);
		LLVMFuzzerTestOneInput(input, n);
		printf("%s\n", argv[i]);
	}
	free(input);
	return 0;
}
