/*
 * Chain weather: how each endpoint stands, written down every minute for
 * dashboards.
 */
#ifndef WEIGHTSETTER_WEATHER_H
#define WEIGHTSETTER_WEATHER_H

#include <stdint.h>

struct endpoints;
struct event_base;
struct store;
struct weather;

/* netuid: whose rows they are. */
struct weather *weather_new(
    struct event_base *, struct endpoints *, struct store *, uint16_t netuid);
void weather_free(struct weather *); /* NULL is fine */

/* A URL's scheme, host and port: what else it has may be a secret. The caller
 * frees. */
char *weather_name(const char *url);

#endif
