/* What every daemon does around its own work. */
#include "common/service.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/notify.h"
#include "common/self_metrics.h"

extern char **environ;

enum { EXIT_USAGE = 64 };

static void
set_log_level(const struct config *config)
{
	if (config_bool(config, "logging.debug") ||
	    config_bool(config, "logging.trace"))
		log_set_level(LOG_DEBUG);
	else
		log_set_level(
		    config_bool(config, "logging.info") ? LOG_INFO : LOG_WARN);
}

/* -- signals ------------------------------------------------------------ */

static void
on_term(evutil_socket_t fd, short what, void *arg)
{
	struct service *s = arg;

	(void)what;
	if (s->draining) {
		/* At once: what matters is in PostgreSQL. */
		log_warn("service.stopped", "why=\"second signal\"");
		_exit(EXIT_SUCCESS);
	}
	s->draining = true;
	log_info("service.draining", "signal=%d", (int)fd);
	notify_stopping(s->notify);
	if (s->on_drain != NULL)
		s->on_drain(s->arg);
	else
		service_stop(s);
}

static void
on_key_changed(const char *key, bool taken, void *arg)
{
	(void)arg;
	if (taken)
		log_info("config.changed", "key=%s", key);
	else
		log_warn("config.needs_restart", "key=%s", key);
}

static void
reload(struct service *s)
{
	struct err err;

	if (config_reload(s->config, on_key_changed, NULL, &err) != 0) {
		log_error("config.refused", "why=\"%s\"", err.text);
		self_metrics_reloaded(s->self, true);
		return;
	}
	self_metrics_reloaded(s->self, false);
	set_log_level(s->config);
	log_info("config.reloaded", "pid=%d", (int)getpid());
	if (s->on_reload != NULL)
		s->on_reload(s->arg);
}

static void
on_hup(evutil_socket_t fd, short what, void *arg)
{
	struct service *s = arg;

	(void)fd;
	(void)what;
	notify_reloading(s->notify, clock_mono_us());
	reload(s);
	notify_reloaded(s->notify);
}

/* Caught from the start, answered once the loop runs: a daemon told to end
 * before it is ready takes itself down all the same. */
static void
catch_signals(struct service *s)
{
	s->signals[0] = evsignal_new(s->base, SIGTERM, on_term, s);
	s->signals[1] = evsignal_new(s->base, SIGINT, on_term, s);
	s->signals[2] = evsignal_new(s->base, SIGHUP, on_hup, s);
	for (int i = 0; i < SERVICE_SIGNALS; i++)
		evsignal_add(s->signals[i], NULL);
}

/* -- what it waits for -------------------------------------------------- */

static void add_missing(const struct service *, struct buf *);

static void
list_missing(struct buf *missing, void *service)
{
	add_missing(service, missing);
}

static void
open_notify(struct service *s)
{
	const struct notify_setup setup = {s->base, list_missing, s};
	struct err err;

	s->notify = notify_new(&setup, &err);
	if (err.text[0] != '\0')
		log_warn("service.unheard", "why=\"%s\"", err.text);
}

/* -- the life of a daemon ------------------------------------------------ */

/* libpq and hiredis ask for a name while the loop stands still: where nobody
 * answers, that is for a second, not for half a minute. The environment is
 * changed here alone, as setenv() may move it and the configuration keeps it.
 */
static char **
bounded_environ(void)
{
	setenv("RES_OPTIONS", "timeout:1 attempts:1", 0);
	return environ;
}

int
service_init(struct service *s, const char *program, const char *section,
    const struct config_key *keys, int argc, char **argv)
{
	struct config_request request = {
	    section, program, keys, argc, argv, bounded_environ()};
	struct err err;

	s->program = program;
	log_init(program, LOG_INFO);
	switch (config_load(&request, &s->config, &err)) {
	case CONFIG_EXIT_BAD:
		log_fatal("config.refused", "why=\"%s\"", err.text);
		return EXIT_USAGE;
	case CONFIG_EXIT_OK:
		config_free(s->config);
		s->config = NULL;
		return 0;
	case CONFIG_RUN:
		break;
	}
	set_log_level(s->config);
	signal(SIGPIPE, SIG_IGN);
	if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		log_fatal("service.library", "why=\"cannot be initialised\"");
		return EXIT_FAILURE;
	}
	s->base = event_base_new();
	s->metrics = metrics_new();
	s->self = self_metrics_new(s->metrics, clock_wall_us());
	catch_signals(s);
	open_notify(s);
	return -1;
}

int
service_run(struct service *s, const char *metrics_key)
{
	const char *address = config_str(s->config, metrics_key);
	struct err err;
	int failed = 0;

	if (address[0] != '\0') {
		s->http = http_server_new(
		    s->base, service_routes, &http_default_limits, s);
		failed = http_server_listen(s->http, address, &err);
	}
	if (failed)
		log_fatal("service.listen", "address=%s why=\"%s\"", address,
		    err.text);
	else {
		log_info("service.ready", "pid=%d metrics_port=%d",
		    (int)getpid(),
		    s->http != NULL ? http_server_port(s->http) : 0);
		notify_ready(s->notify);
		event_base_dispatch(s->base);
	}
	log_info("service.stopped", "pid=%d", (int)getpid());
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

void
service_stop(struct service *s)
{
	event_base_loopbreak(s->base);
}

void
service_clear(struct service *s)
{
	notify_free(s->notify);
	http_server_free(s->http);
	self_metrics_free(s->self);
	metrics_free(s->metrics);
	config_free(s->config);
	for (int i = 0; i < SERVICE_SIGNALS && s->signals[i] != NULL; i++)
		event_free(s->signals[i]);
	if (s->base != NULL)
		event_base_free(s->base);
	libevent_global_shutdown();
	curl_global_cleanup();
}

/* -- health ------------------------------------------------------------- */

static void
show_livez(struct http_req *req, void *service)
{
	(void)service;
	http_reply(req, 200, "text/plain", "ok\n", 3);
}

/* A line for each thing that it needs and has not. */
static void
add_missing(const struct service *s, struct buf *missing)
{
	if (s->draining)
		buf_add_str(missing, "draining\n");
	if (s->check_ready != NULL)
		s->check_ready(missing, s->arg);
}

static void
show_readyz(struct http_req *req, void *service)
{
	struct buf missing = {0};

	add_missing(service, &missing);
	if (missing.len == 0) {
		http_reply(req, 200, "text/plain", "ready\n", 6);
	} else {
		http_reply_header(req, "Retry-After", "1");
		http_reply(req, 503, "text/plain", missing.data, missing.len);
	}
	buf_free(&missing);
}

static void
show_metrics(struct http_req *req, void *service)
{
	struct service *s = service;
	struct buf missing = {0}, text = {0};

	add_missing(s, &missing);
	self_metrics_read(s->self, missing.len == 0);
	metrics_print(s->metrics, clock_wall_us(), &text);
	http_reply(req, 200, "text/plain; version=0.0.4", text.data, text.len);
	buf_free(&missing);
	buf_free(&text);
}

const struct http_route service_routes[] = {
    {"GET", "/livez", 0, false, show_livez, 0},
    {"GET", "/readyz", 0, false, show_readyz, 0},
    {"GET", "/healthz", 0, false, show_readyz, 0},
    {"GET", "/metrics", 0, false, show_metrics, 0},
    {NULL, NULL, 0, false, NULL, 0},
};
