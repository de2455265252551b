/*
 * The HTTP API: the doors, put together. A door is a table of routes in a file
 * of its own; one more is one more line in api.c.
 */
#ifndef ORCHESTRATOR_API_H
#define ORCHESTRATOR_API_H

#include "common/http_server.h"

/* Of all doors, for http_server_new. */
const struct http_route *api_routes(void);

#endif
