/* AWS Signature Version 4: a request in one canonical form, hashed, and that
 * signed by a key made of the secret, the day and the region. */
#include "common/s3_sign.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"

enum { HASH = crypto_hash_sha256_BYTES, HEX = 2 * HASH + 1 };

const char s3_unsigned[] = "UNSIGNED-PAYLOAD";

/* What is signed: the request with the pairs we add. */
struct canonical {
	const struct s3_request *req;
	struct s3_pair query[S3_MAX_PAIRS], headers[S3_MAX_PAIRS];
	size_t n_query, n_headers;
	const char *payload;
	char date[S3_DATE_TEXT];
	char *scope; /* "20130524/us-east-1/s3/aws4_request" */
};

void
s3_encode(struct buf *out, const char *text, bool keep_slashes)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *text != '\0'; text++) {
		if (strchr(plain, *text) != NULL ||
		    (keep_slashes && *text == '/'))
			buf_add_byte(out, *text);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
	}
}

void
s3_date(int64_t now_s, char out[S3_DATE_TEXT])
{
	time_t t = now_s;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, S3_DATE_TEXT, "%Y%m%dT%H%M%SZ", &tm);
}

static int
by_name(const void *a, const void *b)
{
	const struct s3_pair *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->value, y->value);
}

void
s3_query(struct buf *out, const struct s3_pair *pairs, size_t n)
{
	struct s3_pair sorted[S3_MAX_PAIRS];

	assert(n <= S3_MAX_PAIRS);
	if (n == 0)
		return;
	/* No name of ours has a character that encoding moves. */
	memcpy(sorted, pairs, n * sizeof(*pairs));
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_byte(out, '&');
		s3_encode(out, sorted[i].name, false);
		buf_add_byte(out, '=');
		s3_encode(out, sorted[i].value, false);
	}
}

static void
sha256_hex(const void *data, size_t len, char out[HEX])
{
	uint8_t hash[HASH];

	crypto_hash_sha256(hash, data, len);
	hex_encode(hash, sizeof(hash), out);
}

static void
hmac(uint8_t out[HASH], const void *key, size_t key_len, const char *text)
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_len);
	crypto_auth_hmacsha256_update(
	    &state, (const uint8_t *)text, strlen(text));
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

/* "host;range;x-amz-date", of sorted headers. */
static void
signed_names(const struct canonical *c, struct buf *out)
{
	for (size_t i = 0; i < c->n_headers; i++)
		buf_printf(out, "%s%s", i > 0 ? ";" : "", c->headers[i].name);
}

static void
canonical_init(struct canonical *c, const struct s3_request *req,
    const struct s3_keys *keys, int64_t now_s)
{
	*c = (struct canonical){.req = req, .payload = req->payload};
	assert(req->n_query + 6 <= S3_MAX_PAIRS &&
	       req->n_headers + 3 <= S3_MAX_PAIRS);
	s3_date(now_s, c->date);
	c->scope = xasprintf("%.8s/%s/s3/aws4_request", c->date, keys->region);
	if (req->n_query > 0)
		memcpy(
		    c->query, req->query, req->n_query * sizeof(*req->query));
	c->n_query = req->n_query;
}

static void
add_header(struct canonical *c, const char *name, const char *value)
{
	c->headers[c->n_headers++] = (struct s3_pair){name, value};
}

static void
add_query(struct canonical *c, const char *name, const char *value)
{
	c->query[c->n_query++] = (struct s3_pair){name, value};
}

/* The hash of the canonical request. */
static void
hash_request(const struct canonical *c, char out[HEX])
{
	struct buf text = {0};

	buf_printf(&text, "%s\n%s\n", c->req->method, c->req->path);
	s3_query(&text, c->query, c->n_query);
	buf_add_byte(&text, '\n');
	for (size_t i = 0; i < c->n_headers; i++)
		buf_printf(
		    &text, "%s:%s\n", c->headers[i].name, c->headers[i].value);
	buf_add_byte(&text, '\n');
	signed_names(c, &text);
	buf_printf(&text, "\n%s", c->payload);
	sha256_hex(text.data, text.len, out);
	buf_free(&text);
}

static void
sign(const struct canonical *c, const struct s3_keys *keys, char out[HEX])
{
	char day[9], request[HEX];
	char *key = xasprintf("AWS4%s", keys->secret), *text;
	uint8_t hash[HASH];

	memcpy(day, c->date, 8);
	day[8] = '\0';
	hash_request(c, request);
	text = xasprintf(
	    "AWS4-HMAC-SHA256\n%s\n%s\n%s", c->date, c->scope, request);
	hmac(hash, key, strlen(key), day);
	hmac(hash, hash, HASH, keys->region);
	hmac(hash, hash, HASH, "s3");
	hmac(hash, hash, HASH, "aws4_request");
	hmac(hash, hash, HASH, text);
	hex_encode(hash, HASH, out);
	sodium_memzero(hash, sizeof(hash));
	sodium_memzero(key, strlen(key));
	free(key);
	free(text);
}

char *
s3_authorization(
    const struct s3_request *req, const struct s3_keys *keys, int64_t now_s)
{
	char signature[HEX], *value;
	struct buf names = {0};
	struct canonical c;

	canonical_init(&c, req, keys, now_s);
	add_header(&c, "host", req->host);
	add_header(&c, "x-amz-content-sha256", req->payload);
	add_header(&c, "x-amz-date", c.date);
	for (size_t i = 0; i < req->n_headers; i++)
		add_header(&c, req->headers[i].name, req->headers[i].value);
	qsort(c.headers, c.n_headers, sizeof(*c.headers), by_name);
	sign(&c, keys, signature);
	signed_names(&c, &names);
	value = xasprintf("AWS4-HMAC-SHA256 Credential=%s/%s, "
			  "SignedHeaders=%s, Signature=%s",
	    keys->id, c.scope, buf_str(&names), signature);
	buf_free(&names);
	free(c.scope);
	return value;
}

char *
s3_presign(const struct s3_request *req, const struct s3_keys *keys,
    int64_t now_s, int expires_s)
{
	char signature[HEX], expires[16], *credential;
	struct buf text = {0};
	struct canonical c;

	canonical_init(&c, req, keys, now_s);
	c.payload = s3_unsigned;
	snprintf(expires, sizeof(expires), "%d", expires_s);
	credential = xasprintf("%s/%s", keys->id, c.scope);
	add_header(&c, "host", req->host);
	add_query(&c, "X-Amz-Algorithm", "AWS4-HMAC-SHA256");
	add_query(&c, "X-Amz-Credential", credential);
	add_query(&c, "X-Amz-Date", c.date);
	add_query(&c, "X-Amz-Expires", expires);
	add_query(&c, "X-Amz-SignedHeaders", "host");
	sign(&c, keys, signature);
	s3_query(&text, c.query, c.n_query);
	buf_printf(&text, "&X-Amz-Signature=%s", signature);
	free(credential);
	free(c.scope);
	return buf_take_str(&text);
}
