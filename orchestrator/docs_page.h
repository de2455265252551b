/*
 * The OpenAPI document as a page to be read: HTML without scripts, images or
 * anything from elsewhere. Pure.
 */
#ifndef ORCHESTRATOR_DOCS_PAGE_H
#define ORCHESTRATOR_DOCS_PAGE_H

#include <jansson.h>

struct buf;

void docs_page(struct buf *, const json_t *document);
/* Of one code of the document (openapi_problem). */
void docs_problem_page(struct buf *, const char *code, const json_t *problem);

#endif
