/* Which bytes of a file a request asks for. */
#include "common/http_range.h"

#include <stdbool.h>
#include <string.h>

static const char digits[] = "0123456789";

/* A number at the beginning of text, and what is behind it; false if there is
 * none, or too large a one. */
static bool
take_number(const char **text, uint64_t *out)
{
	const char *p = *text;
	size_t n = strspn(p, digits);

	if (n == 0 || n > 19) /* 2^63 has 19 */
		return false;
	*out = 0;
	for (size_t i = 0; i < n; i++)
		*out = *out * 10 + (p[i] - '0');
	*text = p + n;
	return true;
}

/* Whether a list of entity tags, or "*", has this one; a weak tag is the same
 * here. */
static bool
list_has(const char *list, const char *etag)
{
	size_t len = strlen(etag);

	for (;;) {
		list += strspn(list, " \t,");
		if (list[0] == '\0')
			return false;
		if (list[0] == '*')
			return true;
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		if (strncmp(list, etag, len) == 0 &&
		    strchr(" \t,", list[len]) != NULL)
			return true;
		list += strcspn(list, ",");
	}
}

/* "-n": the last n bytes. */
static struct http_range
suffix(const char *text, uint64_t bytes)
{
	const struct http_range whole = {HTTP_RANGE_WHOLE, 0, bytes};
	const struct http_range outside = {HTTP_RANGE_OUTSIDE, 0, 0};
	uint64_t n;

	if (!take_number(&text, &n) || *text != '\0')
		return whole;
	if (n == 0)
		return outside;
	if (n > bytes)
		n = bytes;
	if (n == 0)
		return whole;
	return (struct http_range){HTTP_RANGE_PART, bytes - n, n};
}

/* "a-" or "a-b". */
static struct http_range
stretch(const char *text, uint64_t bytes)
{
	const struct http_range whole = {HTTP_RANGE_WHOLE, 0, bytes};
	const struct http_range outside = {HTTP_RANGE_OUTSIDE, 0, 0};
	uint64_t first, last = UINT64_MAX;

	if (!take_number(&text, &first) || *text++ != '-')
		return whole;
	if (*text != '\0' && (!take_number(&text, &last) || *text != '\0'))
		return whole;
	if (last < first)
		return whole;
	if (first >= bytes)
		return outside;
	if (last >= bytes)
		last = bytes - 1;
	return (struct http_range){HTTP_RANGE_PART, first, last - first + 1};
}

struct http_range
http_range_of(const char *range, const char *if_range,
    const char *if_none_match, const char *etag, uint64_t bytes)
{
	const struct http_range whole = {HTTP_RANGE_WHOLE, 0, bytes};

	if (if_none_match != NULL && list_has(if_none_match, etag))
		return (struct http_range){HTTP_RANGE_NOT_MODIFIED, 0, 0};
	if (range == NULL || strncmp(range, "bytes=", 6) != 0)
		return whole;
	/* A date never matches: files have a hash, and no date. */
	if (if_range != NULL && strcmp(if_range, etag) != 0)
		return whole;
	range += 6;
	return *range == '-' ? suffix(range + 1, bytes) : stretch(range, bytes);
}
