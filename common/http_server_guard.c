/* What a request must look like before libhttp-parser may see it. */
#include "common/http_server_guard.h"

#include <string.h>
#include <strings.h>

enum { MAX_CHUNK_DIGITS = 15 };

const struct http_fault http_fault_bare_lf = {
    400, "bare_lf", "a line ends in LF without CR"};
const struct http_fault http_fault_long_head = {
    431, "headers_too_large", "the headers are too long or too many"};
const struct http_fault http_fault_large_body = {
    413, "body_too_large", "the body is larger than this route takes"};

static const struct http_fault bad_request_line = {
    400, "bad_request_line", "the request line is malformed"};
static const struct http_fault bad_version = {
    505, "version_not_supported", "only HTTP/1.1 and HTTP/1.0 are spoken"};
static const struct http_fault bad_method = {
    501, "method_not_implemented", "the method is not known"};
static const struct http_fault folded = {
    400, "folded_header", "a header line begins with a blank"};
static const struct http_fault bad_name = {
    400, "malformed_header", "a header's name is malformed"};
static const struct http_fault bad_value = {
    400, "malformed_header", "a header's value has a control character"};
static const struct http_fault bad_chunk = {
    400, "bad_chunk", "a chunk is malformed"};
static const struct http_fault bad_trailer = {
    400, "bad_trailer", "a trailer would change the request"};
static const struct http_fault bad_host = {
    400, "bad_host", "Host must be given once and be a host"};
static const struct http_fault bad_length = {400, "bad_content_length",
    "Content-Length must be given once, in decimal digits"};
static const struct http_fault two_lengths = {
    400, "ambiguous_length", "Content-Length and Transfer-Encoding together"};
static const struct http_fault old_chunked = {
    400, "ambiguous_length", "Transfer-Encoding in HTTP/1.0"};
static const struct http_fault bad_coding = {501,
    "transfer_coding_not_implemented",
    "the only Transfer-Encoding known is chunked, once"};
static const struct http_fault bad_expect = {
    417, "expectation_failed", "the only Expect known is 100-continue"};
static const struct http_fault repeated = {
    400, "repeated_header", "a header that may come once came twice"};

static bool
is_tchar(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

bool
http_guard_is_token(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_tchar(p[i]))
			return false;
	return n > 0;
}

static bool
is_digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return n > 0;
}

/* Field text: blanks, tabs, what can be seen, and bytes above ASCII. */
static bool
is_text(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)p[i] < 0x20 && p[i] != '\t') ||
		    p[i] == 0x7f)
			return false;
	return true;
}

int
http_guard_line(const char *p, size_t n, size_t *len)
{
	const char *lf = memchr(p, '\n', n);

	if (lf == NULL)
		return 0;
	if (lf == p || lf[-1] != '\r')
		return -1;
	*len = lf - p - 1;
	return 1;
}

const struct http_fault *
http_guard_first_byte(char c)
{
	return is_tchar(c) ? NULL : &bad_request_line;
}

static const struct http_fault *
check_version(const char *p, size_t n)
{
	if (n != 8 || memcmp(p, "HTTP/", 5) != 0 || !is_digits(p + 5, 1) ||
	    p[6] != '.' || !is_digits(p + 7, 1))
		return &bad_request_line;
	if (p[5] != '1' || (p[7] != '0' && p[7] != '1'))
		return &bad_version;
	return NULL;
}

const struct http_fault *
http_guard_request_line(const char *p, size_t n)
{
	const char *end = p + n, *target, *version;

	target = memchr(p, ' ', n);
	if (target == NULL || !http_guard_is_token(p, target - p))
		return &bad_request_line;
	target++;
	version = memchr(target, ' ', end - target);
	if (version == NULL || version == target)
		return &bad_request_line;
	for (const char *c = target; c < version; c++)
		if (*c <= ' ' || *c >= 0x7f || *c == '#')
			return &bad_request_line;
	version++;
	if (check_version(version, end - version) != NULL)
		return check_version(version, end - version);
	if (target - p == 8 && memcmp(p, "CONNECT", 7) == 0)
		return &bad_method;
	return NULL;
}

const struct http_fault *
http_guard_header_line(const char *p, size_t n)
{
	const char *colon = memchr(p, ':', n);

	if (n > 0 && (p[0] == ' ' || p[0] == '\t'))
		return &folded;
	if (colon == NULL || !http_guard_is_token(p, colon - p))
		return &bad_name;
	return is_text(colon, n - (colon - p)) ? NULL : &bad_value;
}

const struct http_fault *
http_guard_trailer_line(const char *p, size_t n)
{
	static const char *const framing[] = {
	    "content-length", "transfer-encoding", "host"};
	const struct http_fault *fault = http_guard_header_line(p, n);
	size_t name;

	if (fault != NULL)
		return fault;
	name = (const char *)memchr(p, ':', n) - p;
	for (size_t i = 0; i < sizeof(framing) / sizeof(framing[0]); i++)
		if (name == strlen(framing[i]) &&
		    strncasecmp(p, framing[i], name) == 0)
			return &bad_trailer;
	return NULL;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* Digits and nothing else, or an extension that we ignore. */
const struct http_fault *
http_guard_chunk_line(const char *p, size_t n)
{
	size_t digits = 0;

	while (digits < n && is_hex(p[digits]))
		digits++;
	if (digits == 0 || digits > MAX_CHUNK_DIGITS)
		return &bad_chunk;
	if (digits < n && (p[digits] != ';' || !is_text(p, n)))
		return &bad_chunk;
	return NULL;
}

static size_t
count(
    const struct http_header *h, size_t n, const char *name, const char **value)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(h[i].name, name) != 0)
			continue;
		if (found++ == 0)
			*value = h[i].value;
	}
	return found;
}

static bool
is_host(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				      "-._~!$&'()*+,;=%[]:";

	return s[0] != '\0' && s[strspn(s, allowed)] == '\0';
}

static const struct http_fault *
check_framing(const struct http_header *h, size_t n, bool is_http_1_0)
{
	const char *length = NULL, *coding = NULL;
	size_t lengths = count(h, n, "Content-Length", &length);
	size_t codings = count(h, n, "Transfer-Encoding", &coding);

	if (lengths > 0 && codings > 0)
		return &two_lengths;
	if (lengths > 1 ||
	    (lengths == 1 &&
		(!is_digits(length, strlen(length)) || strlen(length) > 18)))
		return &bad_length;
	if (codings > 0 && is_http_1_0)
		return &old_chunked;
	if (codings > 1 || (codings == 1 && strcasecmp(coding, "chunked") != 0))
		return &bad_coding;
	return NULL;
}

const struct http_fault *
http_guard_headers(const struct http_header *h, size_t n, bool is_http_1_0)
{
	static const char *const once[] = {"Authorization", "Content-Type",
	    "Expect", "X-API-Key", "Idempotency-Key"};
	const struct http_fault *fault = check_framing(h, n, is_http_1_0);
	const char *host = NULL, *value = NULL;
	size_t hosts = count(h, n, "Host", &host);

	if (fault != NULL)
		return fault;
	if (hosts > 1 || (hosts == 0 && !is_http_1_0) ||
	    (hosts == 1 && !is_host(host)))
		return &bad_host;
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		if (count(h, n, once[i], &value) > 1)
			return &repeated;
	if (!is_http_1_0 && count(h, n, "Expect", &value) == 1 &&
	    strcasecmp(value, "100-continue") != 0)
		return &bad_expect;
	return NULL;
}
