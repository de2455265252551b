/* Where objects are. */
#include "common/s3_place.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/s3_sign.h"
#include "common/xalloc.h"

static const char scheme[] = "s3://";
static const char bucket_characters[] =
    "abcdefghijklmnopqrstuvwxyz0123456789.-";
static const char host_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";

bool
s3_place_is(const char *store)
{
	return strncmp(store, scheme, strlen(scheme)) == 0;
}

static int
check_bucket(const char *bucket, bool in_host, struct err *err)
{
	size_t len = strlen(bucket);

	if (len < 3 || len > 63 ||
	    bucket[strspn(bucket, bucket_characters)] != '\0')
		return err_set(err,
		    "the bucket \"%s\" must have 3 to 63 small letters, "
		    "digits, dots and dashes",
		    bucket);
	if (in_host && strchr(bucket, '.') != NULL)
		return err_set(err,
		    "no certificate covers the dots of the bucket \"%s\" in a "
		    "host's name: set store_path_style = yes",
		    bucket);
	return 0;
}

/* "https://host:port"; the caller frees. */
static char *
take_host(struct s3_place *p, const char *endpoint, struct err *err)
{
	bool is_http = strncmp(endpoint, "http://", 7) == 0;
	bool is_https = strncmp(endpoint, "https://", 8) == 0;
	const char *host = endpoint + (is_https ? 8 : 7);
	const char *common_port = is_https ? ":443" : ":80";
	size_t len;

	if (!is_http && !is_https) {
		err_set(err, "store_endpoint must begin with https://");
		return NULL;
	}
	len = strspn(host, host_characters);
	if (len == 0 || (host[len] != '\0' && strcmp(host + len, "/") != 0)) {
		err_set(err,
		    "store_endpoint must be https://host or https://host:port, "
		    "without a path");
		return NULL;
	}
	p->is_https = is_https;
	/* As it stands in the Host header. */
	if (len > strlen(common_port) &&
	    strncmp(host + len - strlen(common_port), common_port,
		strlen(common_port)) == 0)
		len -= strlen(common_port);
	return xstrndup(host, len);
}

/* "/a/b/" of "s3://bucket/a/b/" as "a/b/". */
static char *
take_prefix(const char *rest)
{
	size_t len;

	rest += strspn(rest, "/");
	len = strlen(rest);
	while (len > 0 && rest[len - 1] == '/')
		len--;
	return xasprintf("%.*s%s", (int)len, rest, len > 0 ? "/" : "");
}

int
s3_place_init(struct s3_place *p, const char *store, const char *endpoint,
    const char *region, bool path_style, struct err *err)
{
	const char *name = store + strlen(scheme);
	size_t len = strcspn(name, "/");
	char *bucket = xstrndup(name, len), *host = NULL;
	char *amazon = xasprintf("https://s3.%s.amazonaws.com", region);

	*p = (struct s3_place){0};
	if (strlen(name + len) > S3_MAX_KEY / 2)
		err_set(
		    err, "the prefix is longer than %d bytes", S3_MAX_KEY / 2);
	else
		host =
		    take_host(p, endpoint[0] != '\0' ? endpoint : amazon, err);
	if (host != NULL &&
	    check_bucket(bucket, !path_style && p->is_https, err) == 0) {
		p->host = path_style ? xstrdup(host)
				     : xasprintf("%s.%s", bucket, host);
		p->base = path_style ? xasprintf("/%s", bucket) : xstrdup("");
		p->prefix = take_prefix(name + len);
	}
	free(amazon);
	free(bucket);
	free(host);
	return p->host != NULL ? 0 : -1;
}

void
s3_place_clear(struct s3_place *p)
{
	free(p->host);
	free(p->base);
	free(p->prefix);
	*p = (struct s3_place){0};
}

char *
s3_place_path(const struct s3_place *p, const char *key)
{
	struct buf path = {0};

	buf_printf(&path, "%s/", p->base);
	s3_encode(&path, p->prefix, true);
	s3_encode(&path, key, true);
	return buf_take_str(&path);
}

char *
s3_place_url(const struct s3_place *p, const char *path, const char *query)
{
	return xasprintf("%s://%s%s%s%s", p->is_https ? "https" : "http",
	    p->host, path, query[0] != '\0' ? "?" : "", query);
}
