/*
 * Violet's door, in its own words: tasks, which are our jobs; their types,
 * which are our kinds; and answers as its clients and miners know them.
 *
 * One file a thing: violet_form takes tasks, violet_tasks and violet_files are
 * read by clients, violet_miner gives miners their work, violet_content what
 * it works on, and violet_response takes what they made of it;
 * violet_validator, violet_board and violet_health are for validators and
 * whoever watches; violet_routes puts them together, and says what there is
 * not; the words are in violet_words, the answers in violet. docs/violet.md has
 * it all.
 */
#ifndef ORCHESTRATOR_VIOLET_H
#define ORCHESTRATOR_VIOLET_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/http_server.h"
#include "orchestrator/states.h"

struct kind;
struct orchestrator;
struct pg_answer;
struct refusal;

extern const struct http_route violet_routes[];

enum { VIOLET_MAX_UID = 65535 };

/* -- types of tasks ------------------------------------------------------ */

struct violet_type {
	const char *name;  /* of the type: "text_translation" */
	const char *path;  /* in paths: "text-translation" */
	const char *kind;  /* of job: "text.translate" */
	const char *model; /* what is said to do it where none was asked for */
	const char *file;  /* the form's part; NULL: the field text */
	const char *media; /* how the file's type begins; NULL: any */
	bool by_name;	   /* or a name with an extension will do */
	const char *sort;  /* "an audio file" */
	const char *const *extensions; /* of the file's name */
	uint64_t max_file;	       /* bytes */
	int min_text;		       /* characters, blanks at the ends not */
	bool has_target;	       /* a second language */
	const char *field; /* what a miner's answer has; NULL: a file */
};

/* NULL: there is none. */
const struct violet_type *violet_type_by_path(const char *path);
const struct violet_type *violet_type_of(const char *kind);
const struct violet_type *violet_types(size_t *n);

/* -- words --------------------------------------------------------------- */

/* A job's state as the status of a task; the states of one status, as the
 * text of an array for a query: NULL if there is no such status. */
const char *violet_status(enum job_state);
const char *violet_states(const char *status);

/* low, normal, high, urgent; -1, or 0 and points as our jobs have them. */
int violet_priority(const char *word, int *points);
const char *violet_priority_word(int64_t points);

/* "20 chars"; words are parted by blanks. Of UTF-8. */
size_t violet_length(const char *text);
size_t violet_words(const char *text);

/* "2026-01-01T00:00:00.000000Z"; 0: null. */
json_t *violet_time(int64_t wall_us);
json_t *violet_text_or_null(const char *);

/* Every character but letters, digits, "_", "-" and "." made "_"; a name that
 * is empty is unnamed_file.wav. */
void violet_safe_name(const char *name, char *out, size_t size);

/* Whether it may stand in a row. */
bool violet_is_utf8(const char *);

/* Whether text is a whole number from least to most. */
bool violet_number(const char *text, int64_t least, int64_t most, int64_t *out);

/* -- answers ------------------------------------------------------------- */

void violet_reply(struct http_req *, int status, json_t *body); /* taken */
/* {"detail"}. */
void violet_refuse(struct http_req *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* To who sent JSON. */
extern const char violet_send_a_form[];
/* What a form or a job was refused for: bad input is 400, whatever it is; a
 * quota that is spent, or the same request under way, are what they are. */
void violet_refuse_input(struct http_req *, const struct refusal *);
/* Whether there is an answer to go on with; else the request was answered. */
bool violet_is_read(struct http_req *, const struct pg_answer *);

/* Whose tasks may be seen by whoever asks: a tenant's; NULL: everybody's. */
const char *violet_tenant(const struct http_req *);

/* Where a job's input or an attempt's result can be had for a while; the
 * caller frees. */
char *violet_file_url(const struct orchestrator *, const char *file_id);
/* As the one above, and it is good until then. */
bool violet_file_is_signed(const struct orchestrator *, struct http_req *,
    const char *file_id, int64_t *until_s);

#endif
