/*
 * The kinds of job: data, read from the kinds file into the table kind, and
 * from there into memory. A new kind needs no new C.
 */
#ifndef ORCHESTRATOR_KINDS_H
#define ORCHESTRATOR_KINDS_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct kind {
	char *name;
	char *protocol;
	char *path;
	char *capacity_key;
	int64_t deadline_ms, attempt_ms, answer_ms;
	int retry_budget;
	int miners_min, miners_wanted, miners_max;
	json_t *input_types; /* empty: takes no file */
	int64_t max_input_bytes;
	json_t *output_types; /* empty: the result is JSON */
	int64_t max_output_bytes;
	json_t *params;
	json_t *aliases;   /* names beside its own */
	json_t *openai;	   /* openai_kind.h */
	json_t *wire;	   /* data for its protocol; {}: none */
	bool is_speech;	   /* its results are spoken: by its scoring */
	bool hedge;	   /* a slow attempt gets a second one beside it */
	int pull_capacity; /* of a miner that does not say, at once */
};

struct kinds {
	struct kind *items;
	size_t n;
};

/* The kinds file's text as the rows of table kind, for sql_kind_seed. The
 * caller frees; NULL and the reason, naming kind and field, if it is bad. */
char *kinds_rows(const char *text, int netuid, struct err *);

/* From the rows of sql_kind_list. */
struct kinds *kinds_from_rows(const PGresult *);
void kinds_free(struct kinds *); /* NULL is fine */

/* NULL if there is none of that name, or kinds is NULL: not read yet. */
const struct kind *kinds_find(const struct kinds *, const char *name);
/* Its miners ask for their work, and are not sent it. */
bool kind_is_pulled(const struct kind *);
bool kind_takes(const struct kind *, const char *media_type);
bool kind_gives(const struct kind *, const char *media_type);

#endif
