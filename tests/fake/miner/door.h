/*
 * Where a miner is asked. Every request but those for its health is signed.
 */
#ifndef MINER_DOOR_H
#define MINER_DOOR_H

struct http_route;

/* For an HTTP server whose arg is the struct miner. */
const struct http_route *door_routes(void);

#endif
