/*
 * What Violet's clients read of their tasks: GET /api/v1/task/{id}/status,
 * /task/{id}/responses, /tasks/{id}, /tasks, and /{type}/{id}/result.
 *
 * The rows are read for each; nothing is remembered, so that no status is
 * older than its answer.
 */
#ifndef ORCHESTRATOR_VIOLET_TASKS_H
#define ORCHESTRATOR_VIOLET_TASKS_H

struct http_req;

void violet_tasks_status(struct http_req *, void *orchestrator);
void violet_tasks_responses(struct http_req *, void *orchestrator);
void violet_tasks_show(struct http_req *, void *orchestrator);
void violet_tasks_list(struct http_req *, void *orchestrator);
void violet_tasks_result(struct http_req *, void *orchestrator);

#endif
