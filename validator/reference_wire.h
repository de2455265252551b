/*
 * What a reference service (any that speaks OpenAI's API) is asked, and the
 * text in its answer.
 *
 * Pure. Transcripts: POST /v1/audio/transcriptions with the job's own file.
 * Summaries and translations: POST /v1/chat/completions with a fixed prompt
 * and the job's text, at temperature 0. Parameters and answers may be
 * anybody's; sizes are looked at first.
 */
#ifndef VALIDATOR_REFERENCE_WIRE_H
#define VALIDATOR_REFERENCE_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

struct err;

enum {
	REFERENCE_MAX_FILE = 25 << 20,	/* bytes: what services take */
	REFERENCE_MAX_ANSWER = 4 << 20, /* likewise: what we take */
};

struct reference_models {
	const char *speech, *text;
};

struct reference_question {
	const char *scoring;
	const char *params;	/* the job's, JSON */
	const char *input_type; /* of its file, "audio/wav" */
	const void *input;	/* NULL: it has none */
	size_t input_len;
};

struct reference_request {
	const char *path;	/* a constant: "/v1/chat/completions" */
	char content_type[128]; /* a header line */
	struct buf body;
};

/* Whether the job's file is what is asked about. */
bool reference_wire_wants_file(const char *scoring);

/* boundary: letters that are not in the file, as far as anybody knows. -1, and
 * why, if that is nothing to ask a service about; clear it in either case. */
int reference_wire_build(const struct reference_question *,
    const struct reference_models *, const char *boundary,
    struct reference_request *, struct err *);
void reference_request_clear(struct reference_request *);

/* The text of a good answer; the caller frees. NULL, and why, if it is none. */
char *reference_wire_text(
    const char *scoring, const void *body, size_t len, struct err *);

/* Where to ask: a service's base, with or without "/v1" behind it, and a path.
 * The caller frees. */
char *reference_wire_url(const char *base, const char *path);

#endif
