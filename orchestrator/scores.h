/*
 * GET /v1/scores/{hotkey}?limit=N&before=ATTEMPT: what the latest round says
 * of a miner, for everybody. What a miner must not learn is left out by the
 * statement (score_show.sql); a page is bounded here.
 */
#ifndef ORCHESTRATOR_SCORES_H
#define ORCHESTRATOR_SCORES_H

struct http_req;

enum { SCORES_LIMIT = 50, SCORES_MAX_LIMIT = 500 };

void scores_show(struct http_req *, void *orchestrator);

#endif
