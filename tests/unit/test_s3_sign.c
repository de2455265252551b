/*
 * Signatures against the examples of Amazon's S3 API reference ("Signature
 * Calculations for the Authorization Header", "Authenticating Requests: Using
 * Query Parameters").
 */
#include "common/s3_sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

static const struct s3_keys keys = {"us-east-1", "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
static const int64_t now_s = 1369353600; /* 2013-05-24T00:00:00Z */
static const char host[] = "examplebucket.s3.amazonaws.com";
static const char nothing[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void
check_authorization(const struct s3_request *req, const char *signed_headers,
    const char *signature)
{
	char *value = s3_authorization(req, &keys, now_s), expected[512];

	snprintf(expected, sizeof(expected),
	    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/"
	    "us-east-1/s3/aws4_request, SignedHeaders=%s, Signature=%s",
	    signed_headers, signature);
	assert_string_equal(value, expected);
	free(value);
}

static void
a_range_is_asked_for(void **state)
{
	static const struct s3_pair headers[] = {{"range", "bytes=0-9"}};
	const struct s3_request req = {.method = "GET",
	    .host = host,
	    .path = "/test.txt",
	    .headers = headers,
	    .n_headers = 1,
	    .payload = nothing};

	(void)state;
	check_authorization(&req, "host;range;x-amz-content-sha256;x-amz-date",
	    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

static void
a_file_is_put(void **state)
{
	static const struct s3_pair headers[] = {
	    {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
	    {"date", "Fri, 24 May 2013 00:00:00 GMT"}};
	struct buf path = {0};
	struct s3_request req = {.method = "PUT",
	    .host = host,
	    .headers = headers,
	    .n_headers = 2,
	    .payload = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8"
		       "b803f8b072"};

	(void)state;
	s3_encode(&path, "/test$file.text", true);
	req.path = buf_str(&path);
	assert_string_equal(req.path, "/test%24file.text");
	check_authorization(&req,
	    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
	    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
	buf_free(&path);
}

static void
queries_are_sorted_and_empty_values_keep_their_sign(void **state)
{
	static const struct s3_pair lifecycle[] = {{"lifecycle", ""}};
	static const struct s3_pair list[] = {
	    {"prefix", "J"}, {"max-keys", "2"}};
	struct s3_request req = {.method = "GET",
	    .host = host,
	    .path = "/",
	    .query = lifecycle,
	    .n_query = 1,
	    .payload = nothing};

	(void)state;
	check_authorization(&req, "host;x-amz-content-sha256;x-amz-date",
	    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
	req.query = list;
	req.n_query = 2;
	check_authorization(&req, "host;x-amz-content-sha256;x-amz-date",
	    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

static void
a_url_is_signed_for_a_day(void **state)
{
	const struct s3_request req = {
	    .method = "GET", .host = host, .path = "/test.txt"};
	char *query = s3_presign(&req, &keys, now_s, 86400);

	(void)state;
	assert_string_equal(query,
	    "X-Amz-Algorithm=AWS4-HMAC-SHA256"
	    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2F"
	    "s3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
	    "&X-Amz-SignedHeaders=host&X-Amz-Signature="
	    "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
	free(query);
}

/* What else goes into a signature: each of these changes it. */
static void
nothing_signed_can_be_changed(void **state)
{
	static const struct s3_pair some[] = {{"a", "b"}};
	const struct s3_request good = {
	    .method = "GET", .host = host, .path = "/x", .payload = nothing};
	const struct s3_keys others[] = {{"eu-west-1", keys.id, keys.secret},
	    {keys.region, keys.id, "other"},
	    {keys.region, "other", keys.secret}};
	struct s3_request changed[6];
	char *first = s3_authorization(&good, &keys, now_s), *other;

	(void)state;
	for (int i = 0; i < 6; i++)
		changed[i] = good;
	changed[0].method = "PUT";
	changed[1].host = "other.example.org";
	changed[2].path = "/y";
	changed[3].payload = s3_unsigned;
	changed[4].query = some;
	changed[4].n_query = 1;
	changed[5].headers = some;
	changed[5].n_headers = 1;
	for (int i = 0; i < 9; i++) {
		other = i < 6 ? s3_authorization(&changed[i], &keys, now_s)
			      : s3_authorization(&good, &others[i - 6], now_s);
		assert_string_not_equal(first, other);
		free(other);
	}
	other = s3_authorization(&good, &keys, now_s + 1);
	assert_string_not_equal(first, other);
	free(other);
	free(first);
}

static void
unusual_characters_are_encoded(void **state)
{
	static const struct {
		const char *text, *kept, *all;
	} cases[] = {
	    {"a/b.c-d_e~f", "a/b.c-d_e~f", "a%2Fb.c-d_e~f"},
	    {"a b+c", "a%20b%2Bc", "a%20b%2Bc"},
	    {"\xc3\xa4*'()!", "%C3%A4%2A%27%28%29%21", "%C3%A4%2A%27%28%29%21"},
	    {"%41?&=#\x01\x7f", "%2541%3F%26%3D%23%01%7F",
		"%2541%3F%26%3D%23%01%7F"},
	    {"", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = {0};

		s3_encode(&out, cases[i].text, true);
		assert_string_equal(buf_str(&out), cases[i].kept);
		buf_reset(&out);
		s3_encode(&out, cases[i].text, false);
		assert_string_equal(buf_str(&out), cases[i].all);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_range_is_asked_for),
	    cmocka_unit_test(a_file_is_put),
	    cmocka_unit_test(
		queries_are_sorted_and_empty_values_keep_their_sign),
	    cmocka_unit_test(a_url_is_signed_for_a_day),
	    cmocka_unit_test(nothing_signed_can_be_changed),
	    cmocka_unit_test(unusual_characters_are_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
