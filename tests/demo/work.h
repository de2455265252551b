/*
 * The demonstration's jobs: recordings to transcribe, sentences to speak,
 * images to render; submitted and watched over HTTP as a client would.
 */
#ifndef TESTS_DEMO_WORK_H
#define TESTS_DEMO_WORK_H

#include <stddef.h>

enum { WORK_MAX = 64 };

struct work {
	const char *api_url;
	char ids[WORK_MAX][40];
	size_t n;
};

/* What the last look at all jobs counted, by state's name. */
struct tally {
	size_t over, done;
	char line[512]; /* for a person */
};

/* Make the recordings in dir and submit everything. 0, or -1 having said
 * why. */
int work_submit(struct work *, const char *api_url, const char *dir);

/* Look at every job. 0, or -1 having said why. */
int work_look(struct work *, struct tally *);

#endif
