/*
 * Kinds of job for daemon tests: short times, small work, and a name in
 * /capacity of their own, so that a test says which miners may draw them
 * (development miners: --offer).
 */
#ifndef TESTS_KINDS_H
#define TESTS_KINDS_H

#include <stddef.h>

enum kind_work {
	WORK_PICTURE,	/* of 64 by 64, over Dippy's protocol */
	WORK_UNWELCOME, /* the same, where only JPEG is taken: it gives PNG */
	WORK_SPEECH,	/* over the native protocol */
	WORK_TEXT,	/* the same, with JSON for a result */
	WORK_ASKED,	/* the same, of miners that ask for it: Violet's */
};

struct kind_row {
	const char *name;
	const char *offer; /* what a miner's /capacity must have */
	enum kind_work work;
	const char *attempt, *answer, *deadline; /* "2s" */
	int budget;				 /* of retries */
	int wanted;				 /* miners; at least one */
};

/* A file of them in the build directory, name.json; the caller frees its
 * path. NULL, having said why. */
char *kinds_write(const char *name, const struct kind_row *, size_t n);

/* A job of a kind, as JSON text of one's own; the caller frees. */
char *kinds_job(const struct kind_row *);

#endif
