/*
 * Which URLs the HTTP client takes. libcurl parses, and is later given the
 * parsed form, so that what is checked here is what is connected to.
 */
#include "common/http_client_impl.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/err.h"
#include "common/xalloc.h"

/* The host is an address, in one of the forms libcurl has normalised. */
static int
check_literal(struct http_call *call)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	const struct sockaddr *sa;

	if (inet_pton(AF_INET, call->host, &in.sin_addr) == 1)
		sa = (struct sockaddr *)&in;
	else if (inet_pton(AF_INET6, call->host, &in6.sin6_addr) == 1)
		sa = (struct sockaddr *)&in6;
	else
		return 0;
	call->is_literal = true;
	if (call->client->options.allow_private || http_address_is_public(sa))
		return 0;
	return http_call_blame(
	    call, "refused_address", "%s is not a public address", call->host);
}

/* A part of the URL; the caller frees by curl_free(). NULL: absent. */
static char *
part(struct http_call *call, CURLUPart what)
{
	char *text = NULL;

	if (curl_url_get(call->url, what, &text, CURLU_DEFAULT_PORT) !=
	    CURLUE_OK)
		return NULL;
	return text;
}

static bool
has_part(struct http_call *call, CURLUPart what)
{
	char *text = part(call, what);

	curl_free(text);
	return text != NULL;
}

static bool
has_scheme(struct http_call *call, const char *name)
{
	char *scheme = part(call, CURLUPART_SCHEME);
	bool has = scheme != NULL && strcmp(scheme, name) == 0;

	curl_free(scheme);
	return has;
}

static int
check_scheme(struct http_call *call)
{
	const struct http_client_options *options = &call->client->options;

	if (has_scheme(call, "https") ||
	    (has_scheme(call, "http") &&
		(options->allow_private || options->allow_plain)))
		return 0;
	return http_call_blame(call, "bad_url", "the URL must be https");
}

/* No name server has a say in where plain HTTP goes. */
static int
check_plain(struct http_call *call)
{
	if (call->client->options.allow_private || call->is_literal ||
	    has_scheme(call, "https"))
		return 0;
	return http_call_blame(
	    call, "bad_url", "the URL must be https, or its host an address");
}

/* The host as it is to be looked up. */
static int
take_host(struct http_call *call)
{
	char *host = part(call, CURLUPART_HOST);
	char *port = part(call, CURLUPART_PORT);
	size_t len = host != NULL ? strlen(host) : 0;
	bool ok = len > 0 && len < 256 && port != NULL && host[len - 1] != '.';

	for (size_t i = 0; i < len; i++)
		if (host[i] <= ' ' || host[i] >= 0x7f)
			ok = false;
	if (ok && host[0] == '[')
		call->host = xstrndup(host + 1, len - 2);
	else if (ok)
		call->host = xstrdup(host);
	call->port = port != NULL ? atoi(port) : 0;
	curl_free(host);
	curl_free(port);
	if (!ok || call->port < 1 || call->port > 65535)
		return http_call_blame(
		    call, "bad_url", "the URL has no usable host");
	return 0;
}

int
http_call_check_url(struct http_call *call, const char *url)
{
	call->url = curl_url();
	if (curl_url_set(call->url, CURLUPART_URL, url, 0) != CURLUE_OK)
		return http_call_blame(
		    call, "bad_url", "the URL cannot be parsed");
	if (has_part(call, CURLUPART_USER) ||
	    has_part(call, CURLUPART_PASSWORD) ||
	    has_part(call, CURLUPART_ZONEID))
		return http_call_blame(
		    call, "bad_url", "the URL has a user, password or zone");
	if (check_scheme(call) != 0 || take_host(call) != 0)
		return -1;
	if (check_literal(call) != 0)
		return -1;
	return check_plain(call);
}

char *
http_url_clean(const char *url, bool allow_private, struct err *err)
{
	struct http_client client = {.options.allow_private = allow_private};
	struct http_call call = {.client = &client};
	char *text = NULL, *clean = NULL;

	if (http_call_check_url(&call, url) != 0)
		err_set(err, "%s", call.detail);
	else if (curl_url_set(call.url, CURLUPART_FRAGMENT, NULL, 0) !=
		     CURLUE_OK ||
		 curl_url_get(call.url, CURLUPART_URL, &text, 0) != CURLUE_OK)
		err_set(err, "the URL cannot be parsed");
	if (text != NULL)
		clean = xstrdup(text);
	curl_free(text);
	curl_url_cleanup(call.url);
	free(call.host);
	return clean;
}
