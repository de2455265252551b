/* The HTTP API: the doors, put together. */
#include "orchestrator/api.h"

#include <assert.h>
#include <stddef.h>

#include "common/service.h"
#include "orchestrator/dippy.h"
#include "orchestrator/docs.h"
#include "orchestrator/files.h"
#include "orchestrator/intake.h"
#include "orchestrator/keys_api.h"
#include "orchestrator/openai.h"
#include "orchestrator/page_api.h"
#include "orchestrator/v1.h"
#include "orchestrator/violet.h"
#include "orchestrator/webhooks_api.h"

static const struct http_route *const doors[] = {
    v1_routes,
    keys_routes,
    files_routes,
    webhooks_routes,
    openai_routes,
    intake_routes,
    dippy_routes,
    violet_routes,
    service_routes,
    docs_routes,
    page_routes,
};

enum { MAX_ROUTES = 256 };

const struct http_route *
api_routes(void)
{
	static struct http_route all[MAX_ROUTES + 1];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		for (const struct http_route *r = doors[i]; r->method != NULL;
		     r++) {
			assert(n < MAX_ROUTES);
			all[n++] = *r;
		}
	}
	all[n] = (struct http_route){0};
	return all;
}
