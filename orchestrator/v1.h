/*
 * The door of clients and dashboards: /v1.
 */
#ifndef ORCHESTRATOR_V1_H
#define ORCHESTRATOR_V1_H

#include "common/http_server.h"

extern const struct http_route v1_routes[];

#endif
