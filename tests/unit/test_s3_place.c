/* Where objects are: buckets in hosts and in paths, prefixes, keys. */
#include "common/s3_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

static void
a_key_has_one_url(void **state)
{
	static const struct {
		const char *store, *endpoint, *region;
		bool path_style;
		const char *key, *host, *url;
	} cases[] = {
	    {"s3://files", "", "eu-west-1", false, "ab/c",
		"files.s3.eu-west-1.amazonaws.com",
		"https://files.s3.eu-west-1.amazonaws.com/ab/c"},
	    {"s3://files/", "https://minio.example.org:9000", "x", true, "ab/c",
		"minio.example.org:9000",
		"https://minio.example.org:9000/files/ab/c"},
	    {"s3://files/a/b/", "https://h:443/", "x", true, "c", "h",
		"https://h/files/a/b/c"},
	    {"s3://files/a b", "http://127.0.0.1:80", "x", true, "c+d",
		"127.0.0.1", "http://127.0.0.1/files/a%20b/c%2Bd"},
	    {"s3://my.files", "https://h", "x", true, "c", "h",
		"https://h/my.files/c"},
	    {"s3://files", "https://acc.r2.cloudflarestorage.com", "auto",
		false, "c", "files.acc.r2.cloudflarestorage.com",
		"https://files.acc.r2.cloudflarestorage.com/c"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s3_place p;
		struct err err = {""};
		char *path, *url;

		assert_true(s3_place_is(cases[i].store));
		assert_int_equal(
		    s3_place_init(&p, cases[i].store, cases[i].endpoint,
			cases[i].region, cases[i].path_style, &err),
		    0);
		path = s3_place_path(&p, cases[i].key);
		url = s3_place_url(&p, path, "");
		assert_string_equal(p.host, cases[i].host);
		assert_string_equal(url, cases[i].url);
		free(url);
		url = s3_place_url(&p, path, "q=1");
		assert_string_equal(url + strlen(cases[i].url), "?q=1");
		free(url);
		free(path);
		s3_place_clear(&p);
	}
}

static void
what_is_no_place_is_refused(void **state)
{
	static const struct {
		const char *store, *endpoint, *why;
	} cases[] = {
	    {"s3://", "", "the bucket \"\" must have 3 to 63 small letters"},
	    {"s3:///a", "", "the bucket \"\" must have"},
	    {"s3://ab", "", "the bucket \"ab\" must have"},
	    {"s3://Files", "", "the bucket \"Files\" must have"},
	    {"s3://fil_es", "", "the bucket \"fil_es\" must have"},
	    {"s3://my.files", "", "no certificate covers the dots"},
	    {"s3://files", "minio:9000", "store_endpoint must begin with"},
	    {"s3://files", "https://", "store_endpoint must be https://host"},
	    {"s3://files", "https://h/x", "store_endpoint must be"},
	    {"s3://files", "https://u:p@h", "store_endpoint must be"},
	    {"s3://files", "https://h?x", "store_endpoint must be"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s3_place p;
		struct err err = {""};

		assert_int_equal(s3_place_init(&p, cases[i].store,
				     cases[i].endpoint, "x", false, &err),
		    -1);
		assert_non_null(strstr(err.text, cases[i].why));
	}
	assert_false(s3_place_is("/var/lib/files"));
	assert_false(s3_place_is("s3:/files"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_has_one_url),
	    cmocka_unit_test(what_is_no_place_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
