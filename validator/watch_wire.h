/*
 * What the services that watch posts are asked, in their own forms.
 *
 * Pure. The tracker has been asked in several ways in its time; which one it
 * takes is found by asking: a form that it refuses gives way to the next.
 */
#ifndef VALIDATOR_WATCH_WIRE_H
#define VALIDATOR_WATCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "validator/watch.h"

enum watch_form {
	WATCH_FORM_BATCH, /* POST {"contents": [..]} */
	WATCH_FORM_POST,  /* POST of one */
	WATCH_FORM_PATH,  /* GET /get_metrics/{platform}/{type}/{id} */
	WATCH_FORM_QUERY, /* GET /get_metrics?platform=.. */
	WATCH_FORMS,
};

struct watch_request {
	const char *method;
	char *path; /* with its query; begins with a slash */
	char *body; /* NULL: none; else JSON */
};

/* Of the tracker in that form: more than one question only in a batch. */
void watch_wire_metrics(enum watch_form, const struct watch_question *const *,
    size_t n, struct watch_request *);
void watch_wire_detect(
    const struct watch_question *, int frames, struct watch_request *);
void watch_wire_moderate(const struct watch_question *, struct watch_request *);
void watch_wire_followers(
    const struct watch_question *, int sample, struct watch_request *);
void watch_request_clear(struct watch_request *);

/* Whether that answer means that the tracker does not take this form. gone:
 * it is the word of the tracker itself on a post. */
bool watch_form_is_refused(enum watch_form, int status, bool gone);
/* The form to try then; after the last the first. */
enum watch_form watch_form_next(enum watch_form);
const char *watch_form_name(enum watch_form);

#endif
