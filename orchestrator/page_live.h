/*
 * The page's stream of server-sent events: GET /v1/page/live.
 *
 *   now    every two seconds: what GET /v1/page/now says; a comment instead,
 *          where that takes longer
 *   away   the database is away, and no figures are read
 *   news   {"of": "scores" | "chain"}: there is another round, or block
 *   job    {"id", "state"}: the job that was asked for has changed
 *
 * The figures are read once for all who watch, and not at all while nobody
 * does. A stream says the latest ones when it begins, so that whoever comes
 * back has missed nothing: there is nothing to resume.
 */
#ifndef ORCHESTRATOR_PAGE_LIVE_H
#define ORCHESTRATOR_PAGE_LIVE_H

struct http_req;
struct orchestrator;
struct page_live;

enum { PAGE_MAX_WATCHERS = 256 };

struct page_live *page_live_new(struct orchestrator *);
void page_live_free(struct page_live *);  /* ends nothing; NULL is fine */
void page_live_drain(struct page_live *); /* all streams end */

/* Begin a stream; job: a job's id that is watched, or NULL. */
void page_live_begin(struct page_live *, struct http_req *, const char *job);

void page_live_news(struct page_live *, const char *of);

#endif
