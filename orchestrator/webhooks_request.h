/*
 * What a client asks for of a webhook: checked, with the field, the limit and
 * the fix where it is wrong. Pure.
 */
#ifndef ORCHESTRATOR_WEBHOOKS_REQUEST_H
#define ORCHESTRATOR_WEBHOOKS_REQUEST_H

#include <jansson.h>
#include <stdbool.h>

struct err;

enum { WEBHOOKS_MAX_URL = 2048 }; /* bytes */

/* A URL to be told at, in the one form it is kept in; the caller frees. NULL
 * and why: not https (private: http, too, and private addresses), a user in
 * it, an address within. Where a name leads is not asked here. field is its
 * name in the request. */
char *webhooks_url(
    const json_t *url, const char *field, bool private, struct err *);

/* {"url", "events"?, "tenant"?}: the members are the caller's to clear. */
struct webhooks_request {
	char *url;
	json_t *events; /* an array of names; empty: all */
	char tenant[65];
};

int webhooks_request_parse(
    const json_t *, bool private, struct webhooks_request *, struct err *);
void webhooks_request_clear(struct webhooks_request *);

/* A tenant's name: up to 64 letters, digits, ".", "_", "-"; "": nobody's. */
bool webhooks_tenant_is_valid(const char *);

#endif
