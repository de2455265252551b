/*
 * A job of another system's that is over, and its attempts, as rows of ours.
 * Pure.
 */
#ifndef SUBNETCTL_IMPORT_PAST_H
#define SUBNETCTL_IMPORT_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "subnetctl/import.h"

enum {
	IMPORT_MAX_JSON = 1024 * 1024, /* bytes of parameters, or a result */
};

/* What became of one. */
struct import_end {
	const char *state, *reason; /* NULL: there is none */
};

struct import_job {
	const char *id, *kind, *tenant;
	bool is_audit;
	int priority;
	json_t *params; /* borrowed */
	int64_t created_us, deadline_us, finished_us;
	const char *best; /* an attempt's id; "": none */
	struct import_end end;
};

struct import_attempt {
	const char *upstream; /* its receipt says so */
	const char *id, *hotkey;
	struct import_end end;
	/* 0: not known, but for prepared and finished */
	int64_t prepared_us, sent_us, accepted_us, received_us, finished_us;
	double miner_ms; /* NaN: not measured */
	json_t *result;	 /* borrowed; NULL: none */
};

enum import_verdict { IMPORT_UNJUDGED, IMPORT_FAILURE, IMPORT_SUCCESS };

void import_add_job(struct import_rows *, const struct import_job *);
void import_add_attempt(struct import_rows *, const struct import_job *,
    const struct import_attempt *);
/* What counts in scores; of the attempt's end. */
void import_add_judgement(struct import_rows *, const struct import_job *,
    const struct import_attempt *, enum import_verdict);

/* One that was made or ended a day from now, or later, is refused: it would
 * stand before all others, and never be old. */
enum import_outcome import_check_past(
    const struct import_view *, const struct import_job *, struct import_why *);

/* Does it take more than IMPORT_MAX_JSON bytes? */
bool import_is_long(const json_t *);

#endif
