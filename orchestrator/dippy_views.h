/*
 * What Dippy's orchestrator lets anybody read, in its shapes: jobs without
 * their prompts, miners, scores, failed audits, the latest candidates.
 */
#ifndef ORCHESTRATOR_DIPPY_VIEWS_H
#define ORCHESTRATOR_DIPPY_VIEWS_H

struct http_req;

void dippy_job(struct http_req *, void *orchestrator);
void dippy_recent(struct http_req *, void *orchestrator);
void dippy_miners(struct http_req *, void *orchestrator);
void dippy_scores(struct http_req *, void *orchestrator);
void dippy_audit_failures(struct http_req *, void *orchestrator);
void dippy_candidates(struct http_req *, void *orchestrator);

#endif
