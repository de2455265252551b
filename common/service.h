/*
 * What every daemon does around its own work: configuration, log, one loop,
 * signals, a small HTTP server with /livez, /readyz and /metrics, and telling
 * the service manager how it goes, if there is one.
 *
 * main() is then: service_init, wire the parts, service_run, take them down,
 * service_clear.
 */
#ifndef COMMON_SERVICE_H
#define COMMON_SERVICE_H

#include <stdbool.h>

#include "common/http_server.h"

struct buf;
struct config;
struct config_key;
struct event;
struct event_base;
struct http_server;
struct metrics;
struct notify;
struct self_metrics;

enum { SERVICE_SIGNALS = 3 };

struct service {
	const char *program;
	struct event_base *base;
	struct config *config;
	struct metrics *metrics;
	struct self_metrics *self;
	struct http_server *http; /* of metrics and health */
	struct notify *notify;	  /* NULL: no service manager asked */
	struct event *signals[SERVICE_SIGNALS];
	bool draining;
	/* Ask whether all it needs is there; adds what is missing, a line
	 * each. NULL: always ready. */
	void (*check_ready)(struct buf *missing, void *arg);
	/* SIGTERM or SIGINT: stop taking work; call service_stop when done.
	 * NULL: stop at once. */
	void (*on_drain)(void *arg);
	void (*on_reload)(void *arg); /* after SIGHUP was read; NULL is fine */
	void *arg;
};

/*
 * Read the configuration, make the loop, catch signals. Returns -1 to go on,
 * else the code to exit with (0 after -n, -p, --help; 64 for bad
 * configuration).
 */
int service_init(struct service *, const char *program, const char *section,
    const struct config_key *keys, int argc, char **argv);

/* Listen for metrics and health at config key `metrics_key` ("" is off), log
 * service.ready, run the loop until service_stop. Returns the exit code. */
int service_run(struct service *, const char *metrics_key);
void service_stop(struct service *);
void service_clear(struct service *);

/* The routes of health, /livez, /readyz, /healthz and /metrics, for other
 * servers: arg of such a server must point to something that begins with the
 * service. */
extern const struct http_route service_routes[];

#endif
