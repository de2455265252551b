/*
 * The HTTP API: the table of routes, and the handlers that only read.
 */
#ifndef ORCHESTRATOR_API_H
#define ORCHESTRATOR_API_H

#include "common/http_server.h"

/* The routes of all doors as one table, as http_server_new takes it; the
 * caller frees. */
struct http_route *api_routes(void);

#endif
