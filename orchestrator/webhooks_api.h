/*
 * /v1/webhooks: a tenant's endpoints and its secrets, over HTTP.
 */
#ifndef ORCHESTRATOR_WEBHOOKS_API_H
#define ORCHESTRATOR_WEBHOOKS_API_H

#include "common/http_server.h"

extern const struct http_route webhooks_routes[]; /* ends with a NULL method */

#endif
