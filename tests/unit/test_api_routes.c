/*
 * The routes of all doors: each takes the roles that it is known to take, or
 * anybody; a new one must be written down (tests/lib/api_routes.c) before it
 * is open.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "orchestrator/api.h"
#include "tests/lib/api_routes.h"

static const struct api_route *
known(const char *method, const char *path)
{
	for (size_t i = 0; i < n_api_routes; i++) {
		if (strcmp(api_routes_known[i].method, method) == 0 &&
		    strcmp(api_routes_known[i].path, path) == 0)
			return &api_routes_known[i];
	}
	return NULL;
}

static void
each_route_is_known_with_its_roles(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct http_route *r = api_routes(); r->method != NULL;
	     r++) {
		const struct api_route *k = known(r->method, r->path);

		if (k == NULL)
			fail_msg("%s %s is not known", r->method, r->path);
		if (k->roles != r->roles)
			fail_msg("%s %s takes %u, not %u", r->method, r->path,
			    r->roles, k->roles);
		n++;
	}
	/* None twice, and none that is gone. */
	assert_int_equal(n, n_api_routes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_route_is_known_with_its_roles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
