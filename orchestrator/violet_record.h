/*
 * A row of a task (sql/queries/violet_task.sql) as Violet's readers know it.
 * Pure, but for the time until which its signed URLs are good.
 */
#ifndef ORCHESTRATOR_VIOLET_RECORD_H
#define ORCHESTRATOR_VIOLET_RECORD_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdint.h>

struct orchestrator;
struct violet_type;

/* The row's type; NULL if it is none of Violet's. */
const struct violet_type *violet_record_type(const PGresult *, int row);
const char *violet_record_status(const PGresult *, int row);

/* What stands in every record of a task: the fields of a job's row, for lists
 * of miners, too. */
json_t *violet_record_base(const PGresult *, int row);
/* The record in full, with its input; inputs and results that are files are
 * signed URLs. */
json_t *violet_record(const struct orchestrator *, const PGresult *, int row);

/* The input as {input_text} or {input_file}; file_url is taken. */
void violet_record_add_input(
    json_t *record, const PGresult *, int row, char *file_url);
/* What is said of a text that somebody gave. */
json_t *violet_record_text(const char *content_id, const json_t *params);

/* "<id>.wav", by its type; the caller frees. */
char *violet_record_file_name(const char *id, const char *type);
/* A file as {"file_id", "file_name", ..}; url is taken. */
json_t *violet_record_file(
    const char *id, const char *type, int64_t bytes, char *url);

/* A miner's answer as its own output_data would be: what we keep as text under
 * Violet's name for it, and a file as its signed URL. answer is one of the
 * row's answers. */
json_t *violet_record_output(const struct orchestrator *,
    const struct violet_type *, const json_t *answer);
/* The best answer, borrowed from answers; NULL if there is none. */
const json_t *violet_record_best(const json_t *answers, const char *best);
/* The row's answers; the caller's. */
json_t *violet_record_answers(const PGresult *, int row);

#endif
