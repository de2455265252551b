/* The door of those who look after the process. */
#include "orchestrator/health.h"

#include "common/service.h"

const struct http_route health_routes[] = {
    {"GET", "/livez", 0, false, service_livez},
    {"GET", "/readyz", 0, false, service_readyz},
    {"GET", "/healthz", 0, false, service_readyz},
    {"GET", "/metrics", 0, false, service_metrics},
    {NULL, NULL, 0, false, NULL},
};
