/*
 * A miner's answer to a recording, in the forms that clients of
 * /v1/audio/transcriptions ask for. Pure.
 *
 * The answer is {"text", "segments"?: [{"start", "end", "text"}], "words"?:
 * [{"word", "start", "end"}], "language"?, "duration"?}, times in seconds.
 * Times are the miner's or there are none: nothing here makes one up.
 */
#ifndef ORCHESTRATOR_TRANSCRIPT_H
#define ORCHESTRATOR_TRANSCRIPT_H

#include <jansson.h>
#include <stdbool.h>

struct buf;
struct err;

enum transcript_form {
	TRANSCRIPT_JSON,
	TRANSCRIPT_TEXT,
	TRANSCRIPT_SRT,	    /* SubRip */
	TRANSCRIPT_VTT,	    /* WebVTT */
	TRANSCRIPT_VERBOSE, /* verbose_json */
};

struct transcript_ask {
	enum transcript_form form;
	bool segments, words; /* of TRANSCRIPT_VERBOSE */
	const char *task;     /* "transcribe", "translate" */
	const char *language; /* where the answer names none; NULL: unknown */
};

/* Their names, in that order; ends with NULL. And the types of media. */
extern const char *const transcript_forms[];
const char *transcript_type(enum transcript_form);

/* The answer in that form. -1, and a sentence that says what of it is
 * missing, if the answer does not have what the form needs. */
int transcript_write(const json_t *answer, const struct transcript_ask *,
    struct buf *, struct err *);

/* "00:02:05,500": whole milliseconds, the rest cut off; hours as many as
 * there are. point is ',' or '.'. */
void transcript_time(double s, char point, struct buf *);

#endif
