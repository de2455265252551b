/* URLs of nodes, by libevent's parser. */
#include "subtensor/ws_url.h"

#include <event2/http.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/err.h"
#include "common/xalloc.h"

enum { PORT_WS = 80, PORT_WSS = 443 };

static int
take_scheme(const char *scheme, struct ws_url *url)
{
	static const struct {
		const char *name;
		bool is_tls, is_http;
	} schemes[] = {
	    {"ws", false, false},
	    {"wss", true, false},
	    {"http", false, true},
	    {"https", true, true},
	};

	for (size_t i = 0; scheme != NULL && i < 4; i++) {
		if (strcasecmp(scheme, schemes[i].name) != 0)
			continue;
		url->is_tls = schemes[i].is_tls;
		url->is_http = schemes[i].is_http;
		return 0;
	}
	return -1;
}

static int
take_host(const char *host, struct ws_url *url)
{
	size_t len = host == NULL ? 0 : strlen(host);

	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof(url->host))
		return -1;
	memcpy(url->host, host, len);
	url->host[len] = '\0';
	return 0;
}

static int
take_port(int port, struct ws_url *url)
{
	if (port == 0 || port > UINT16_MAX)
		return -1;
	if (port < 0)
		port = url->is_tls ? PORT_WSS : PORT_WS;
	url->port = (uint16_t)port;
	return 0;
}

static int
take_path(const struct evhttp_uri *uri, struct ws_url *url)
{
	const char *path = evhttp_uri_get_path(uri);
	const char *query = evhttp_uri_get_query(uri);
	int n;

	if (path == NULL || path[0] == '\0')
		path = "/";
	n = snprintf(url->path, sizeof(url->path), "%s%s%s", path,
	    query == NULL ? "" : "?", query == NULL ? "" : query);
	return n < (int)sizeof(url->path) ? 0 : -1;
}

static int
take_all(const struct evhttp_uri *uri, struct ws_url *url)
{
	if (take_scheme(evhttp_uri_get_scheme(uri), url) != 0 ||
	    take_host(evhttp_uri_get_host(uri), url) != 0 ||
	    take_port(evhttp_uri_get_port(uri), url) != 0)
		return -1;
	if (evhttp_uri_get_userinfo(uri) != NULL ||
	    evhttp_uri_get_fragment(uri) != NULL)
		return -1;
	return take_path(uri, url);
}

int
ws_url_parse(const char *text, struct ws_url *url, struct err *err)
{
	struct evhttp_uri *uri = evhttp_uri_parse(text);
	int rc = -1;

	memset(url, 0, sizeof(*url));
	if (uri != NULL)
		rc = take_all(uri, url);
	if (uri != NULL)
		evhttp_uri_free(uri);
	if (rc != 0)
		return err_set(err,
		    "\"%.200s\" is not a ws://, wss://, http:// or "
		    "https:// URL",
		    text);
	return 0;
}

char *
ws_url_post(const struct ws_url *url)
{
	char host[300];

	ws_url_host(url, host, sizeof(host));
	return xasprintf(
	    "%s://%s%s", url->is_tls ? "https" : "http", host, url->path);
}

void
ws_url_host(const struct ws_url *url, char *out, unsigned size)
{
	bool is_v6 = strchr(url->host, ':') != NULL;
	const char *open = is_v6 ? "[" : "", *close = is_v6 ? "]" : "";

	if (url->port == (url->is_tls ? PORT_WSS : PORT_WS))
		snprintf(out, size, "%s%s%s", open, url->host, close);
	else
		snprintf(
		    out, size, "%s%s%s:%u", open, url->host, close, url->port);
}
