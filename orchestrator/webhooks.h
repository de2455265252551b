/*
 * Webhooks delivered from the outbox (table webhook_delivery): any instance
 * takes what is due, signs it and sends it, and writes down what came of it.
 *
 * A delivery that was taken is its taker's for twice the time that a try may
 * last; if the taker dies, another sends it, with the same id. Of one
 * receiver a few are under way at once here, so that a slow one takes no
 * other's place. The client is one of its own: public addresses only, no
 * redirects (common/http_client.h).
 */
#ifndef ORCHESTRATOR_WEBHOOKS_H
#define ORCHESTRATOR_WEBHOOKS_H

#include <jansson.h>
#include <stdint.h>

struct err;
struct http_client;
struct orchestrator;
struct webhooks;
struct webhooks_key;

struct webhooks_options {
	int timeout_ms;	  /* of a try */
	int64_t first_ms; /* to the second one; webhooks_plan.h */
};

/* Without a key there is nothing to sign with, and nothing is taken. */
struct webhooks *webhooks_new(struct orchestrator *,
    const struct webhooks_key *, const struct webhooks_options *);
void webhooks_free(struct webhooks *); /* NULL is fine */

/* Something may be due now: a job has ended. */
void webhooks_kick(struct webhooks *);

/* The member webhook_url of the request for a job, in the form it is kept in,
 * the caller's to free; NULL if there is none. 0, or -1 and why. */
int webhooks_take(
    struct orchestrator *, const json_t *request, char **url, struct err *);

/* For webhooks_api.c: the key, and the client that deliveries go by. */
const struct webhooks_key *webhooks_key(const struct webhooks *);
struct http_client *webhooks_client(struct webhooks *);

#endif
