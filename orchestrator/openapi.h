/*
 * The OpenAPI 3.1 document of all doors. Each door has a part of it in
 * orchestrator/openapi/, JSON with tags, paths and components; the Makefile
 * makes them into openapi_parts. Pure.
 */
#ifndef ORCHESTRATOR_OPENAPI_H
#define ORCHESTRATOR_OPENAPI_H

#include <jansson.h>
#include <stddef.h>

struct err;

struct openapi_part {
	const char *name; /* of its file */
	const char *text;
};
extern const struct openapi_part openapi_parts[];
extern const size_t n_openapi_parts;

/* All of them as one document, which the caller decrefs. NULL and the reason
 * if one is no JSON, or has what another has, too. */
json_t *openapi_document(struct err *);

#endif
