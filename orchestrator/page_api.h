/*
 * The door of the page: its files, what it shows (/v1/page/...) and what it
 * does. docs/page.md says who is shown what.
 */
#ifndef ORCHESTRATOR_PAGE_API_H
#define ORCHESTRATOR_PAGE_API_H

#include <stdbool.h>

#include "common/http_server.h"

struct orchestrator;
struct page_door;

extern const struct http_route page_routes[];

/* mode, of orchestrator.page: "public", "keys" or "off". NULL, having said
 * why, if it is none of them. The gate must be there. */
struct page_door *page_api_new(struct orchestrator *, const char *mode);
void page_api_free(struct page_door *); /* NULL is fine */
void page_api_drain(struct page_door *);

bool page_api_is_served(const struct orchestrator *);

/* There is another round ("scores") or block ("chain"). */
void page_api_news(struct orchestrator *, const char *of);
/* What was shown is not so any more. */
void page_api_changed(struct orchestrator *);

#endif
