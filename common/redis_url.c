/* URLs of Redis, by libevent's parser. */
#include "common/redis_url.h"

#include <event2/http.h>
#include <stdint.h>
#include <string.h>

const char redis_url_refused[] =
    "redis.url must be redis://host:port or unix:/path, without a password, a "
    "database number or TLS";

enum { PORT = 6379 };

static int
take_host(const char *host, size_t len, struct redis_url *url)
{
	if (len == 0 || len >= sizeof(url->host))
		return -1;
	memcpy(url->host, host, len);
	url->host[len] = '\0';
	return 0;
}

static int
take_all(const struct evhttp_uri *uri, struct redis_url *url)
{
	const char *scheme = evhttp_uri_get_scheme(uri);
	const char *host = evhttp_uri_get_host(uri);
	const char *path = evhttp_uri_get_path(uri);
	size_t is_bracketed = host != NULL && host[0] == '[';

	if (scheme == NULL || strcmp(scheme, "redis") != 0 || host == NULL ||
	    evhttp_uri_get_userinfo(uri) != NULL ||
	    evhttp_uri_get_query(uri) != NULL ||
	    evhttp_uri_get_fragment(uri) != NULL)
		return -1;
	if (strcmp(path, "") != 0 && strcmp(path, "/") != 0 &&
	    strcmp(path, "/0") != 0)
		return -1;
	url->port = evhttp_uri_get_port(uri);
	if (url->port < 0)
		url->port = PORT;
	if (url->port == 0 || url->port > UINT16_MAX)
		return -1;
	return take_host(
	    host + is_bracketed, strlen(host) - 2 * is_bracketed, url);
}

int
redis_url_parse(const char *text, struct redis_url *url)
{
	struct evhttp_uri *uri;
	int rc;

	if (strncmp(text, "unix:", 5) == 0) {
		url->port = 0;
		return take_host(text + 5, strlen(text + 5), url);
	}
	uri = evhttp_uri_parse(text);
	if (uri == NULL)
		return -1;
	rc = take_all(uri, url);
	evhttp_uri_free(uri);
	return rc;
}
