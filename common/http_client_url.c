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

#include "common/xalloc.h"

/* The host is an address, in one of the forms libcurl has normalised. */
static bool
is_literal(const char *host, struct sockaddr_storage *out)
{
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	out->ss_family = AF_INET;
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1)
		return true;
	out->ss_family = AF_INET6;
	return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1;
}

static int
check_address(struct http_call *call)
{
	struct sockaddr_storage address;
	const struct sockaddr *sa = (struct sockaddr *)&address;

	call->is_literal = is_literal(call->host, &address);
	if (!call->is_literal)
		return 0;
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

/* Nobody else's name server has a say in where plain HTTP goes. */
static bool
may_be_plain(const struct http_call *call)
{
	const struct http_client_options *options = &call->client->options;
	struct sockaddr_storage address;

	return options->allow_private ||
	       (options->allow_plain && is_literal(call->host, &address));
}

static int
check_scheme(struct http_call *call)
{
	char *scheme = part(call, CURLUPART_SCHEME);
	bool ok = scheme != NULL &&
		  (strcmp(scheme, "https") == 0 ||
		      (strcmp(scheme, "http") == 0 && may_be_plain(call)));

	curl_free(scheme);
	return ok ? 0
		  : http_call_blame(call, "bad_url", "the URL must be https");
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
	if (take_host(call) != 0 || check_scheme(call) != 0)
		return -1;
	return check_address(call);
}
