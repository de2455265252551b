/*
 * Answers to the page, kept for a moment: however many look at the same thing,
 * PostgreSQL is asked once in that time, and one question is under way for all
 * who wait for it.
 *
 * An answer is of who may read it: what is asked says so (page_ask.h).
 */
#ifndef ORCHESTRATOR_PAGE_CACHE_H
#define ORCHESTRATOR_PAGE_CACHE_H

struct http_req;
struct orchestrator;
struct page_ask;
struct page_cache;

struct page_cache *page_cache_new(struct orchestrator *);
void page_cache_free(struct page_cache *); /* answers nobody; NULL is fine */

/* Answers the request, now or when the rows are there. */
void page_cache_reply(
    struct page_cache *, struct http_req *, const struct page_ask *);

/* What is kept has changed: it is asked for again. */
void page_cache_stale(struct page_cache *);

#endif
