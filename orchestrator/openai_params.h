/*
 * A request's fields at the OpenAI door as the parameters of a job, by the
 * kind's table for the endpoint (openai_kind.h). Pure.
 */
#ifndef ORCHESTRATOR_OPENAI_PARAMS_H
#define ORCHESTRATOR_OPENAI_PARAMS_H

#include <jansson.h>
#include <stdbool.h>

struct form;
struct kind;

/* A request's fields: those of a form, or of a JSON object. */
struct openai_fields {
	const struct form *form; /* or NULL */
	const json_t *json;	 /* or NULL */
};

/* A field's value, the caller's to decref; a form's are texts, or true
 * where the bytes are none. NULL: absent or null. */
json_t *openai_field(const struct openai_fields *, const char *name);

/* What is wrong with a request, in the words of its client. */
struct openai_fault {
	char param[64]; /* the field; "": none */
	char why[512];
};
/* Always -1. */
int openai_fault_set(struct openai_fault *, const char *param, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* The parameters of a job, unchecked; the caller decrefs. A field of neither
 * the choices nor the kind's parameters is passed over. NULL, and the fault. */
json_t *openai_params(const struct kind *, const json_t *table,
    const struct openai_fields *, struct openai_fault *);

/* The name a client knows a parameter by. */
const char *openai_field_of(const json_t *table, const char *param);

/* Whether a field means something to the kind there. */
bool openai_has_field(
    const struct kind *, const json_t *table, const char *field);

#endif
