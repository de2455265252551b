/*
 * The routes of the API, and whose keys each takes: what api.c is held to.
 */
#ifndef TESTS_API_ROUTES_H
#define TESTS_API_ROUTES_H

#include <stddef.h>

struct api_route {
	const char *method, *path;
	unsigned roles; /* common/api_key.h; 0: nobody is asked for a key */
};

extern const struct api_route api_routes_known[];
extern const size_t n_api_routes;

#endif
