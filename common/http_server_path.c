/* Request targets: splitting, strict decoding, matching with routes. */
#include "common/http_server_path.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistr.h>

#include "common/hex.h"
#include "common/http_server_guard.h"
#include "common/xalloc.h"

static const struct http_fault bad_target = {
    400, "bad_target", "the request target is not a path of this server"};
static const struct http_fault bad_escape = {
    400, "bad_target", "a percent escape in the request target is malformed"};
static const struct http_fault bad_text = {
    400, "bad_target", "the request target's percent escapes are not UTF-8"};
static const struct http_fault bad_path = {400, "bad_target",
    "the path has an empty, dot or control segment or an encoded slash"};

/* The byte a %xx stands for, or -1. */
static int
unescape(const char *p)
{
	uint8_t byte;

	if (p[1] == '\0' || p[2] == '\0' || p[2] == 'x' ||
	    hex_decode((char[]){p[1], p[2], '\0'}, &byte, 1) != 1)
		return -1;
	return byte;
}

static bool
is_decodable(const char *s)
{
	for (; (s = strchr(s, '%')) != NULL; s++)
		if (unescape(s) <= 0)
			return false;
	return true;
}

static void
decode(char *s, bool plus_is_space)
{
	char *out = s;

	for (; *s != '\0'; s++) {
		if (*s == '%') {
			*out++ = unescape(s);
			s += 2;
		} else {
			*out++ = *s == '+' && plus_is_space ? ' ' : *s;
		}
	}
	*out = '\0';
}

/* Decoded; without escapes it is ASCII. */
static bool
is_text(const char *s)
{
	return u8_check((const uint8_t *)s, strlen(s)) == NULL;
}

static bool
is_query_text(const char *query)
{
	char *copy;
	bool is;

	if (query == NULL || strchr(query, '%') == NULL)
		return true;
	copy = xstrdup(query);
	decode(copy, true);
	is = is_text(copy);
	free(copy);
	return is;
}

static bool
has_encoded_slash(const char *path)
{
	for (; (path = strchr(path, '%')) != NULL; path++)
		if (unescape(path) == '/')
			return true;
	return false;
}

/* The decoded path: no control characters, no empty or dot segments. */
static bool
is_clean(const char *path)
{
	size_t len;

	for (const char *p = path; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	for (; *path == '/'; path += 1 + len) {
		len = strcspn(path + 1, "/");
		if ((len == 0 && path[1] == '/') ||
		    (len == 1 && path[1] == '.') ||
		    (len == 2 && path[1] == '.' && path[2] == '.'))
			return false;
	}
	return true;
}

/* http://host/path is taken if the host is the one in Host. */
static char *
skip_origin(char *target, const char *host)
{
	size_t scheme = strcspn(target, ":"), len;
	char *authority;

	if (strncmp(target + scheme, "://", 3) != 0 ||
	    (strncasecmp(target, "http", scheme) != 0 &&
		strncasecmp(target, "https", scheme) != 0) ||
	    scheme < 4)
		return NULL;
	authority = target + scheme + 3;
	len = strcspn(authority, "/?");
	if (host == NULL || len != strlen(host) ||
	    strncasecmp(authority, host, len) != 0)
		return NULL;
	if (authority[len] == '/')
		return authority + len;
	authority[len - 1] = '/';
	return authority + len - 1;
}

const struct http_fault *
http_path_split(char *target, const char *host, char **path, char **query)
{
	if (target[0] != '/')
		target = skip_origin(target, host);
	if (target == NULL)
		return &bad_target;
	*path = target;
	*query = strchr(target, '?');
	if (*query != NULL)
		*(*query)++ = '\0';
	if (!is_decodable(*path) || (*query != NULL && !is_decodable(*query)))
		return &bad_escape;
	if (has_encoded_slash(*path))
		return &bad_path;
	decode(*path, false);
	if (!is_clean(*path))
		return &bad_path;
	return is_text(*path) && is_query_text(*query) ? NULL : &bad_text;
}

struct http_header *
http_path_query(char *query, size_t *n)
{
	struct http_header *pairs;
	size_t max = 1;
	char *next, *value;

	for (const char *p = query; *p != '\0'; p++)
		max += *p == '&';
	pairs = xcalloc(max, sizeof(*pairs));
	for (*n = 0; query != NULL; query = next) {
		next = strchr(query, '&');
		if (next != NULL)
			*next++ = '\0';
		value = strchr(query, '=');
		if (value != NULL)
			*value++ = '\0';
		else
			value = query + strlen(query);
		if (query[0] == '\0')
			continue;
		decode(query, true);
		decode(value, true);
		pairs[(*n)++] = (struct http_header){query, value};
	}
	return pairs;
}

bool
http_path_match(const char *pattern, const char *path,
    struct http_param params[HTTP_MAX_PARAMS], size_t *n)
{
	const char *p = path;

	for (*n = 0; *pattern != '\0';) {
		size_t name, len;

		if (*pattern != '{') {
			if (*pattern++ != *p++)
				return false;
			continue;
		}
		name = strcspn(pattern, "}");
		len = strcspn(p, "/");
		if (len == 0 || *n == HTTP_MAX_PARAMS)
			return false;
		params[(*n)++] =
		    (struct http_param){pattern + 1, name - 1, p - path};
		pattern += name + 1;
		p += len;
	}
	return *p == '\0';
}
