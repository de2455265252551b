/*
 * A node's address: "ws://host:port/path" or "wss://host", or "http://" or
 * "https://" for one that is asked by POST alone, taken apart.
 */
#ifndef SUBTENSOR_WS_URL_H
#define SUBTENSOR_WS_URL_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct ws_url {
	bool is_tls;
	bool is_http;	/* no WebSocket is wanted */
	char host[256]; /* a name, an IPv4 or, without brackets, an IPv6 */
	uint16_t port;	/* 80 and 443 if the URL has none */
	char path[512]; /* with the query; "/" if there is none */
};

/* 0, or -1 and why. Users, fragments and control characters are refused. */
int ws_url_parse(const char *, struct ws_url *, struct err *);

/* The same place for HTTP POST: "http://host:port/path". The caller frees. */
char *ws_url_post(const struct ws_url *);

/* The Host header's value: port and brackets where they belong. */
void ws_url_host(const struct ws_url *, char *out, unsigned size);

#endif
