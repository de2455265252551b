/*
 * /v1/keys, for admins: keys made, listed, revoked, and their quotas.
 *
 * A secret is in the answer that makes its key, and nowhere else. As the
 * routes take admins alone, nobody makes a key of a role above their own.
 */
#ifndef ORCHESTRATOR_KEYS_API_H
#define ORCHESTRATOR_KEYS_API_H

#include <jansson.h>
#include <stdint.h>

#include "common/api_key.h"
#include "common/http_server.h"
#include "orchestrator/job.h"

struct err;

enum {
	KEYS_API_MAX_BODY = 65536,
	KEYS_API_MAX_NAME = 100, /* bytes */
	KEYS_API_LIMIT = 50,	 /* of a page */
	KEYS_API_MAX_LIMIT = 500,
};

extern const struct http_route keys_routes[];

/* What a request to make a key says: {"role", "name"?, "tenant"?,
 * "expires_in_s"?, "quotas"?}. Pure; -1: the field, the limit, the fix. */
struct keys_wish {
	enum role role;
	char name[KEYS_API_MAX_NAME + 1];
	char tenant[JOB_MAX_TENANT + 1]; /* "": the key's id */
	int64_t expires_us;		 /* wall; 0: never */
	const json_t *quotas;		 /* borrowed; NULL: none */
};
int keys_api_read(
    const json_t *request, int64_t now_us, struct keys_wish *, struct err *);

#endif
