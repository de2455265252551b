/* The HTTP API: the doors, put together. */
#include "orchestrator/api.h"

#include <string.h>

#include "common/xalloc.h"
#include "orchestrator/docs.h"
#include "orchestrator/health.h"
#include "orchestrator/intake.h"
#include "orchestrator/v1.h"

static const struct http_route *const doors[] = {
    v1_routes,
    intake_routes,
    health_routes,
    docs_routes,
    NULL,
};

static size_t
count(const struct http_route *routes)
{
	size_t n = 0;

	while (routes[n].method != NULL)
		n++;
	return n;
}

struct http_route *
api_routes(void)
{
	struct http_route *all;
	size_t n = 0;

	for (int i = 0; doors[i] != NULL; i++)
		n += count(doors[i]);
	all = xcalloc(n + 1, sizeof(*all));
	n = 0;
	for (int i = 0; doors[i] != NULL; i++) {
		memcpy(all + n, doors[i], count(doors[i]) * sizeof(*all));
		n += count(doors[i]);
	}
	return all;
}
