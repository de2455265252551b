/*
 * The OpenAPI 3.1 document of all doors. Each door has a part of it in
 * orchestrator/openapi/, JSON with tags, paths, components, and the codes of
 * problems (RFC 9457) that it answers with beside those of other parts; the
 * Makefile makes them into openapi_parts. Pure.
 *
 *   "x-problems": {"bad_key": {"status": 422, "help": "a sentence"}}
 *
 * is all of a code: it is in the schema of problems, it has the page
 * /errors/CODE, which is the problem's type, and it stays what it is.
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

/* What the document says of a code, borrowed; NULL: there is none. */
const json_t *openapi_problem(const json_t *document, const char *code);

#endif
