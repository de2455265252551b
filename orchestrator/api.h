/*
 * The HTTP API: the table of routes, and the handlers that only read.
 */
#ifndef ORCHESTRATOR_API_H
#define ORCHESTRATOR_API_H

#include "common/http_server.h"

/* Of all doors, for http_server_new. */
const struct http_route *api_routes(void);

#endif
