/*
 * For whoever watches: GET /api/v1/health, /health, /metrics/json,
 * /api/v1/metrics/json and /api/v1/validator/integration.
 *
 * Healthy is said of what was looked at: a database that is away is not.
 */
#ifndef ORCHESTRATOR_VIOLET_HEALTH_H
#define ORCHESTRATOR_VIOLET_HEALTH_H

struct http_req;

void violet_health_short(struct http_req *, void *orchestrator);
void violet_health_long(struct http_req *, void *orchestrator);
void violet_health_metrics(struct http_req *, void *orchestrator);
void violet_health_integration(struct http_req *, void *orchestrator);

#endif
