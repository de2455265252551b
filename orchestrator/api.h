/*
 * The HTTP API: the doors, put together. A door is a table of routes in a file
 * of its own; one more is one more line in api.c.
 */
#ifndef ORCHESTRATOR_API_H
#define ORCHESTRATOR_API_H

#include "common/http_server.h"

/* The routes of all doors as one table, as http_server_new takes it; the
 * caller frees. */
struct http_route *api_routes(void);

#endif
