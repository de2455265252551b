/*
 * Answers made of a row: one that is there, or why there is none.
 */
#ifndef ORCHESTRATOR_REPLY_ROW_H
#define ORCHESTRATOR_REPLY_ROW_H

#include <stdbool.h>

#include "common/pg.h"

struct http_req;

/* True if there is a row to answer with; else it was answered: 404 "no such
 * job", of what "job", or 503. */
bool reply_has_row(
    struct http_req *, const struct pg_answer *, const char *what);

/* The row's column body, JSON, as the answer; or as above. */
void reply_row(struct http_req *, const struct pg_answer *, const char *what);

#endif
