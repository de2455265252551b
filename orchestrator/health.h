/*
 * The door of those who look after the process: whether it is well, and its
 * figures.
 */
#ifndef ORCHESTRATOR_HEALTH_H
#define ORCHESTRATOR_HEALTH_H

#include "common/http_server.h"

extern const struct http_route health_routes[];

#endif
