/* libcurl's multi interface on our loop. */
#include "common/http_client.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>

#include "common/http_client_impl.h"
#include "common/xalloc.h"

/* A socket libcurl wants watched. */
struct watch {
	struct http_client *client;
	struct event *ev;
};

void
http_client_enter(struct http_client *client)
{
	client->busy++;
}

CURL *
http_client_take_easy(struct http_client *client)
{
	CURL *easy = client->n_idle > 0 ? client->idle[--client->n_idle]
					: curl_easy_init();

	if (easy == NULL)
		abort();
	return easy;
}

void
http_client_give_easy(struct http_client *client, CURL *easy)
{
	if (client->n_idle == HTTP_IDLE_HANDLES) {
		curl_easy_cleanup(easy);
		return;
	}
	curl_easy_reset(easy);
	client->idle[client->n_idle++] = easy;
}

static void
destroy(struct http_client *client)
{
	while (!LIST_EMPTY(&client->calls))
		http_call_free(LIST_FIRST(&client->calls));
	while (client->n_idle > 0)
		curl_easy_cleanup(client->idle[--client->n_idle]);
	curl_multi_cleanup(client->multi);
	http_names_free(client->names);
	event_free(client->timer);
	free(client->ca_file);
	free(client);
	curl_global_cleanup();
}

void
http_client_leave(struct http_client *client)
{
	if (--client->busy == 0 && client->dead)
		destroy(client);
}

void
http_client_free(struct http_client *client)
{
	if (client == NULL)
		return;
	client->dead = true;
	if (client->busy == 0)
		destroy(client);
}

/* Tell what has ended. A callback may cancel others, or free the client. */
static void
tell(struct http_client *client)
{
	struct CURLMsg *msg;
	int left;

	while (!client->dead &&
	       (msg = curl_multi_info_read(client->multi, &left)) != NULL) {
		struct http_call *call;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(
		    msg->easy_handle, CURLINFO_PRIVATE, (char **)&call);
		http_pieces_over(call, msg->data.result);
	}
}

static void
act(struct http_client *client, curl_socket_t fd, int what)
{
	int running;

	http_client_enter(client);
	curl_multi_socket_action(client->multi, fd, what, &running);
	tell(client);
	http_client_leave(client);
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;
	int bits = 0;

	if (what & EV_READ)
		bits |= CURL_CSELECT_IN;
	if (what & EV_WRITE)
		bits |= CURL_CSELECT_OUT;
	act(watch->client, fd, bits);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

/* libcurl says what it wants to know of a socket. */
static int
watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	struct http_client *client = arg;
	struct watch *watch = known;
	short events = EV_PERSIST;

	(void)easy;
	if (watch != NULL)
		event_free(watch->ev);
	if (what == CURL_POLL_REMOVE) {
		free(watch);
		curl_multi_assign(client->multi, fd, NULL);
		return 0;
	}
	if (watch == NULL) {
		watch = xcalloc(1, sizeof(*watch));
		watch->client = client;
		curl_multi_assign(client->multi, fd, watch);
	}
	if (what & CURL_POLL_IN)
		events |= EV_READ;
	if (what & CURL_POLL_OUT)
		events |= EV_WRITE;
	watch->ev = event_new(client->base, fd, events, on_socket, watch);
	event_add(watch->ev, NULL);
	return 0;
}

static int
set_timer(CURLM *multi, long ms, void *arg)
{
	struct http_client *client = arg;
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	(void)multi;
	if (ms < 0)
		event_del(client->timer);
	else
		event_add(client->timer, &tv);
	return 0;
}

struct http_client *
http_client_new(
    struct event_base *base, const struct http_client_options *options)
{
	struct http_client *client = xcalloc(1, sizeof(*client));

	/* A server that hangs up is an error of write(), not a signal. */
	signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	client->base = base;
	client->options = *options;
	if (options->ca_file != NULL)
		client->ca_file = xstrdup(options->ca_file);
	client->names = http_names_new(base, options->nameserver);
	client->timer = evtimer_new(base, on_timer, client);
	LIST_INIT(&client->calls);
	client->multi = curl_multi_init();
	if (client->multi == NULL)
		abort();
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
	curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
	    (long)options->max_connections);
	curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
	    (long)options->max_host_connections);
	curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS,
	    (long)(options->max_idle > 0 ? options->max_idle
					 : options->max_connections));
	return client;
}
