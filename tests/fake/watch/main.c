/*
 * The services that watch posts, as scripted: the script's routes, and the
 * program (README.md).
 */
#include <event2/event.h>
#include <jansson.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "tests/fake/watch/answers.h"
#include "tests/fake/watch/desks.h"
#include "tests/fake/watch/world.h"

enum { MAX_SCRIPT = 32 << 20, MAX_BODY = 1 << 20, EXIT_USAGE = 64 };

/* -- the script -------------------------------------------------------------
 */

/* failed: what came of it; json, which is taken, is what was put. */
static void
end_put(struct http_req *req, json_t *json, int failed, const struct err *err)
{
	json_decref(json);
	if (failed)
		desk_refuse(req, 400, err->text);
	else
		desk_reply(req, 200, json_object());
}

static void
put_number(struct http_req *req, const char *name, double *number)
{
	json_t *json = desk_body(req);
	const json_t *value = json_object_get(json, name);
	struct err err = {"no number"};
	bool is_good = json_is_number(value);

	if (is_good)
		*number = json_number_value(value);
	end_put(req, json, !is_good, &err);
}

static void
put_hour(struct http_req *req, void *arg)
{
	struct world *w = arg;

	put_number(req, "hour", &w->hour);
}

static void
put_start(struct http_req *req, void *arg)
{
	struct world *w = arg;

	put_number(req, "start", &w->start_s);
}

static void
put_contents(struct http_req *req, void *arg)
{
	json_t *json = desk_body(req);
	struct err err = {""};

	end_put(req, json, world_put_contents(arg, json, &err), &err);
}

static void
put_accounts(struct http_req *req, void *arg)
{
	json_t *json = desk_body(req);
	struct err err = {""};

	end_put(req, json, world_put_accounts(arg, json, &err), &err);
}

static void
put_gists(struct http_req *req, void *arg)
{
	json_t *json = desk_body(req);
	struct err err = {""};

	end_put(req, json, world_put_gists(arg, json, &err), &err);
}

static void
put_service(struct http_req *req, void *arg)
{
	json_t *json = desk_body(req);
	struct err err = {""};
	const char *name = http_req_param(req, "name");

	end_put(req, json, world_put_service(arg, name, json, &err), &err);
}

static void
get_asked(struct http_req *req, void *arg)
{
	const struct world *w = arg;
	json_t *out = json_pack("{s:f}", "hour", w->hour);

	for (size_t i = 0; i < WORLD_SERVICES; i++)
		json_object_set_new(out, world_service_name(i),
		    json_pack("{s:I, s:I}", "requests",
			(json_int_t)w->desks[i].requests, "contents",
			(json_int_t)w->desks[i].contents));
	desk_reply(req, 200, out);
}

static void
get_content(struct http_req *req, void *arg)
{
	const struct world *w = arg;
	char *platform = xasprintf("%s/%s", http_req_param(req, "platform"),
	    http_req_param(req, "type"));
	const json_t *story =
	    world_content(w, platform, http_req_param(req, "id"));

	free(platform);
	if (story == NULL)
		desk_refuse(req, 404, "nobody scripted it");
	else
		desk_reply(req, 200, answer_state(w, story));
}

static void
delete_world(struct http_req *req, void *arg)
{
	struct world *w = arg;

	world_clear(w);
	world_init(w);
	desk_reply(req, 200, json_object());
}

static const struct http_route routes[] = {
    {"POST", "/get_metrics", MAX_BODY, false, desk_post_metrics, 0},
    {"GET", "/get_metrics", 0, false, desk_query_metrics, 0},
    {"GET", "/get_metrics/{platform}/{type}/{id}", 0, false, desk_get_metrics,
	0},
    {"POST", "/detect", MAX_BODY, false, desk_detect, 0},
    {"POST", "/moderate", MAX_BODY, false, desk_moderate, 0},
    {"POST", "/get_followers", MAX_BODY, false, desk_followers, 0},
    {"GET", "/health", 0, false, desk_health, 0},
    {"GET", "/platforms", 0, false, desk_platforms, 0},
    {"PUT", "/hour", MAX_BODY, false, put_hour, 0},
    {"PUT", "/start", MAX_BODY, false, put_start, 0},
    {"PUT", "/contents", MAX_SCRIPT, false, put_contents, 0},
    {"PUT", "/accounts", MAX_SCRIPT, false, put_accounts, 0},
    {"PUT", "/gists", MAX_SCRIPT, false, put_gists, 0},
    {"PUT", "/services/{name}", MAX_BODY, false, put_service, 0},
    {"GET", "/asked", 0, false, get_asked, 0},
    {"GET", "/contents/{platform}/{type}/{id}", 0, false, get_content, 0},
    {"DELETE", "/world", 0, false, delete_world, 0},
    {"GET", "/{user}/{id}/raw", 0, false, desk_gist, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

/* -- the program ------------------------------------------------------------
 */

static void
on_term(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

static int
serve(struct world *w, const char *address, struct err *err)
{
	struct event_base *base = event_base_new();
	struct http_server *server =
	    http_server_new(base, routes, &http_default_limits, w);
	int failed = http_server_listen(server, address, err);
	struct event *term;

	if (!failed) {
		log_info(
		    "watch.listening", "port=%d", http_server_port(server));
		term = evsignal_new(base, SIGTERM, on_term, base);
		event_add(term, NULL);
		event_base_dispatch(base);
		event_free(term);
	}
	http_server_free(server);
	event_base_free(base);
	return failed;
}

int
main(int argc, char **argv)
{
	struct world w;
	struct err err = {""};
	int failed;

	log_init("watch", LOG_INFO);
	if (argc != 2 || sodium_init() < 0)
		return EXIT_USAGE;
	world_init(&w);
	failed = serve(&w, argv[1], &err);
	if (failed)
		log_fatal("watch.listen", "why=\"%s\"", err.text);
	world_clear(&w);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
