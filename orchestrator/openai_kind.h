/*
 * Which kinds answer the OpenAI door's endpoints, and what a request's fields
 * are as parameters: data of the kinds file, none of it in C. Pure.
 *
 *   "aliases": ["tts-1"],            model names beside the kind's own
 *   "openai": {
 *     "speech": {                    an endpoint that the kind answers
 *       "params": {"language": "en"},          where the request has none
 *       "fields": {"input": "text"},           the parameter of a field
 *       "choices": {"voice": {"alloy": {"voice": "slt"}}},
 *                                     the parameters that a value stands for
 *       "then": {"kind": "text.translate", "params": {..}},
 *                                     a second job, of the first one's text
 *       "b64_json": ["gpt-image-1"]}}  models that answer so where not asked
 */
#ifndef ORCHESTRATOR_OPENAI_KIND_H
#define ORCHESTRATOR_OPENAI_KIND_H

#include <jansson.h>
#include <stdbool.h>

struct err;
struct kind;
struct kinds;

enum openai_endpoint {
	OPENAI_TRANSCRIPTIONS,
	OPENAI_TRANSLATIONS,
	OPENAI_SPEECH,
	OPENAI_GENERATIONS,
	OPENAI_EDITS,
	N_OPENAI_ENDPOINTS,
};

const char *openai_endpoint_name(enum openai_endpoint);

/* Of the kinds file: each kind's members, and all together. 0, or -1 and what
 * is wrong with which. */
int openai_kind_check(const json_t *kind, struct err *);
int openai_kinds_check(const json_t *file, struct err *);

/* The kind that a model is at an endpoint, by name or alias. NULL: none. */
const struct kind *openai_kind_find(
    const struct kinds *, enum openai_endpoint, const char *model);
/* Whether any kind answers there. */
bool openai_kind_any(const struct kinds *, enum openai_endpoint);
/* The kind's table for an endpoint; NULL if it does not answer there. */
const json_t *openai_kind_table(const struct kind *, enum openai_endpoint);
/* Whether a list of names, as "b64_json", has this one. */
bool openai_kind_lists(const json_t *table, const char *list, const char *name);

/* {"object": "list", "data": [..]}, or one of it, NULL if there is none of
 * that name. The caller decrefs. */
json_t *openai_models(const struct kinds *);
json_t *openai_model(const struct kinds *, const char *id);

#endif
