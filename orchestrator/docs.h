/*
 * The door of those who want to know how to ask: /openapi.json, /docs, and a
 * page for each code of an error.
 */
#ifndef ORCHESTRATOR_DOCS_H
#define ORCHESTRATOR_DOCS_H

#include "common/http_server.h"

struct docs;
struct err;

extern const struct http_route docs_routes[];

/* Made once. NULL and the reason if the document is not whole. */
struct docs *docs_new(struct err *);
void docs_free(struct docs *); /* NULL is fine */

#endif
