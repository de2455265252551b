/*
 * The S3 client against somebody else's server: what is put is there, in one
 * piece or in parts; what fails for a while is done in the end; and what is
 * refused says why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/s3.h"
#include "common/xalloc.h"
#include "tests/lib/fetch.h"
#include "tests/lib/patience.h"
#include "tests/lib/s3_server.h"
#include "tests/lib/sandbox.h"

#define MIB (1024ul * 1024)

enum { PATIENCE_S = 60, PARTS = 5 };

struct world {
	struct sandbox *box;
	struct s3_server *server;
	struct event_base *base;
	struct s3 *s3;
	struct s3_op *op;
	/* a file, and how the operation ended */
	FILE *file;
	uint64_t file_bytes;
	char sha256[65];
	int endings;
	enum s3_outcome outcome;
	uint64_t bytes;
	char why[512];
	/* what was got */
	crypto_hash_sha256_state got;
	uint64_t got_bytes;
	bool cancels, pauses;
};

static const struct s3_options keys = {.store = "s3://files/some/place",
    .region = "us-east-1",
    .key_id = "S3RVER",
    .secret = "S3RVER",
    .path_style = true,
    .part_above = 8 * MIB,
    .part_bytes = 5 * MIB,
    .retry_ms = 1};

static struct s3 *
client(struct world *w, struct s3_options o)
{
	struct s3 *s3;
	struct err err;

	o.endpoint = s3_server_url(w->server);
	s3 = s3_new(w->base, &o, &err);
	assert_non_null(s3);
	return s3;
}

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "s3"};
	struct world *w = xcalloc(1, sizeof(*w));

	w->box = sandbox_new(&o);
	w->server = s3_server_start(w->box);
	*state = w;
	return w->server != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	int failed;

	s3_server_free(w->server);
	failed = sandbox_end(w->box, false);
	free(w);
	return failed;
}

static int
begin(void **state)
{
	struct world *w = *state;

	w->base = event_base_new();
	w->s3 = client(w, keys);
	w->endings = 0;
	w->got_bytes = 0;
	w->cancels = w->pauses = false;
	crypto_hash_sha256_init(&w->got);
	s3_server_heal(w->server);
	return 0;
}

static int
end(void **state)
{
	struct world *w = *state;

	s3_free(w->s3);
	event_base_free(w->base);
	if (w->file != NULL)
		fclose(w->file);
	w->file = NULL;
	return 0;
}

/* A file of so many random bytes. */
static void
make_file(struct world *w, uint64_t bytes)
{
	uint8_t *data = xmalloc(bytes + 1), hash[32];

	if (w->file != NULL)
		fclose(w->file);
	w->file = tmpfile();
	w->file_bytes = bytes;
	randombytes_buf(data, bytes);
	assert_int_equal(fwrite(data, 1, bytes, w->file), bytes);
	assert_int_equal(fflush(w->file), 0);
	crypto_hash_sha256(hash, data, bytes);
	hex_encode(hash, 32, w->sha256);
	free(data);
}

static void
on_done(const struct s3_result *result, void *arg)
{
	struct world *w = arg;

	w->endings++;
	w->outcome = result->outcome;
	w->bytes = result->bytes;
	snprintf(w->why, sizeof(w->why), "%s", result->why);
	w->op = NULL;
	event_base_loopbreak(w->base);
}

static void
on_data(const void *data, size_t len, void *arg)
{
	struct world *w = arg;

	crypto_hash_sha256_update(&w->got, data, len);
	w->got_bytes += len;
	if (w->cancels)
		s3_cancel(w->op);
	else if (w->pauses)
		s3_pause(w->op);
	if (w->cancels || w->pauses)
		event_base_loopbreak(w->base);
}

static void
run(struct world *w)
{
	patience_dispatch(w->base, PATIENCE_S);
}

static enum s3_outcome
put(struct world *w, const char *key)
{
	s3_put(
	    w->s3, key, fileno(w->file), w->file_bytes, w->sha256, on_done, w);
	run(w);
	return w->outcome;
}

static enum s3_outcome
get(struct world *w, const char *key, uint64_t offset, uint64_t len)
{
	crypto_hash_sha256_init(&w->got);
	w->got_bytes = 0;
	w->op = s3_get(w->s3, key, offset, len, on_data, on_done, w);
	run(w);
	return w->outcome;
}

/* What was got is that stretch of the file. */
static void
check_got(struct world *w, uint64_t offset, uint64_t len)
{
	uint8_t *data = xmalloc(len + 1), hash[32], got[32];

	assert_int_equal(w->got_bytes, len);
	assert_int_equal(
	    pread(fileno(w->file), data, len, offset), (ssize_t)len);
	crypto_hash_sha256(hash, data, len);
	crypto_hash_sha256_final(&w->got, got);
	assert_memory_equal(got, hash, 32);
	free(data);
}

/* -- what works --------------------------------------------------------- */

static void
what_was_put_is_got(void **state)
{
	static const struct {
		const char *key;
		uint64_t bytes;
	} files[] = {{"ab/one.txt", 5}, {"empty", 0}, {"mib", MIB},
	    {"odd \xc3\xa4+%41&=?#'()*!~", 100}};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		make_file(w, files[i].bytes);
		assert_int_equal(put(w, files[i].key), S3_DONE);
		assert_int_equal(get(w, files[i].key, 0, S3_WHOLE), S3_DONE);
		check_got(w, 0, files[i].bytes);
		assert_int_equal(w->bytes, files[i].bytes);
	}
	assert_int_equal(
	    s3_server_count(w->server, "PUT /files/some/place/ab/one.txt$"), 1);
}

static void
a_stretch_is_got(void **state)
{
	static const struct {
		uint64_t offset, len;
	} stretches[] = {{0, 1}, {1, 999}, {999999, 1}, {5, 999990}};
	struct world *w = *state;

	make_file(w, 1000000);
	assert_int_equal(put(w, "stretch"), S3_DONE);
	for (size_t i = 0; i < sizeof(stretches) / sizeof(stretches[0]); i++) {
		assert_int_equal(
		    get(w, "stretch", stretches[i].offset, stretches[i].len),
		    S3_DONE);
		assert_int_equal(w->bytes, 1000000);
		check_got(w, stretches[i].offset, stretches[i].len);
	}
}

static void
a_large_file_goes_in_parts(void **state)
{
	struct world *w = *state;

	make_file(w, (PARTS - 1) * 5 * MIB + 1);
	assert_int_equal(put(w, "large"), S3_DONE);
	assert_int_equal(
	    s3_server_count(w->server, "PUT .*/large.partNumber=[1-5]&"),
	    PARTS);
	assert_int_equal(get(w, "large", 0, S3_WHOLE), S3_DONE);
	check_got(w, 0, w->file_bytes);
}

static void
what_is_removed_is_missing(void **state)
{
	struct world *w = *state;

	make_file(w, 10);
	assert_int_equal(put(w, "gone"), S3_DONE);
	s3_head(w->s3, "gone", on_done, w);
	run(w);
	assert_int_equal(w->outcome, S3_DONE);
	assert_int_equal(w->bytes, 10);
	for (int i = 0; i < 2; i++) {
		s3_remove(w->s3, "gone", on_done, w);
		run(w);
		assert_int_equal(w->outcome, S3_DONE);
	}
	s3_head(w->s3, "gone", on_done, w);
	run(w);
	assert_int_equal(w->outcome, S3_MISSING);
	assert_int_equal(get(w, "gone", 0, S3_WHOLE), S3_MISSING);
	assert_int_equal(w->got_bytes, 0);
}

static void
a_url_gives_the_object_to_anybody(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char *url, *type;

	make_file(w, 100);
	assert_int_equal(put(w, "a b"), S3_DONE);
	url = s3_url(w->s3, "a b", "audio/wav", clock_wall_us() / 1000000, 60);
	assert_int_equal(fetch_get(url, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.len, 100);
	type = fetch_header(&answer, "Content-Type");
	assert_string_equal(type, "audio/wav");
	free(type);
	fetch_clear(&answer);
	url[strlen(url) - 1] ^= 1;
	assert_int_equal(fetch_get(url, &answer), 0);
	assert_int_equal(answer.status, 403);
	fetch_clear(&answer);
	free(url);
	url = s3_url(
	    w->s3, "a b", "audio/wav", clock_wall_us() / 1000000 - 120, 60);
	assert_int_equal(fetch_get(url, &answer), 0);
	assert_int_equal(answer.status, 403);
	fetch_clear(&answer);
	free(url);
}

/* -- what goes wrong ---------------------------------------------------- */

static void
what_fails_for_a_while_is_done(void **state)
{
	struct world *w = *state;

	make_file(w, MIB);
	s3_server_fail(w->server, "PUT .*/tried", 1, 500, "InternalError");
	s3_server_fail(w->server, "PUT .*/tried", 2, 503, "SlowDown");
	s3_server_cut(w->server, "PUT .*/tried", 1, 100000);
	assert_int_equal(put(w, "tried"), S3_DONE);
	assert_int_equal(s3_server_count(w->server, "PUT .*/tried"), 5);
	s3_server_fail(w->server, "GET .*/tried", 2, 503, "SlowDown");
	assert_int_equal(get(w, "tried", 0, S3_WHOLE), S3_DONE);
	check_got(w, 0, MIB);
}

static void
a_get_that_breaks_off_goes_on_where_it_was(void **state)
{
	struct world *w = *state;

	make_file(w, 4 * MIB);
	assert_int_equal(put(w, "cut"), S3_DONE);
	s3_server_cut(w->server, "GET .*/cut", 3, 1000000);
	assert_int_equal(get(w, "cut", 0, S3_WHOLE), S3_DONE);
	check_got(w, 0, 4 * MIB);
	assert_int_equal(s3_server_count(w->server, "GET .*/cut"), 4);
	s3_server_cut(w->server, "GET .*/cut", 2, 1000000);
	assert_int_equal(get(w, "cut", 17, 3 * MIB), S3_DONE);
	check_got(w, 17, 3 * MIB);
}

static void
a_part_that_breaks_off_is_sent_again(void **state)
{
	struct world *w = *state;

	make_file(w, (PARTS - 1) * 5 * MIB + 1);
	s3_server_cut(w->server, "PUT .*/parts.partNumber=2&", 2, MIB);
	s3_server_fail(
	    w->server, "PUT .*/parts.partNumber=4&", 1, 503, "SlowDown");
	assert_int_equal(put(w, "parts"), S3_DONE);
	assert_int_equal(
	    s3_server_count(w->server, "PUT .*/parts.partNumber="), PARTS + 3);
	assert_int_equal(
	    s3_server_count(w->server, "DELETE .*/parts.uploadId="), 0);
	assert_int_equal(get(w, "parts", 0, S3_WHOLE), S3_DONE);
	check_got(w, 0, w->file_bytes);
}

static void
an_upload_that_cannot_be_is_aborted(void **state)
{
	struct world *w = *state;

	make_file(w, (PARTS - 1) * 5 * MIB + 1);
	s3_server_fail(
	    w->server, "PUT .*/never.partNumber=3&", 1, 403, "AccessDenied");
	assert_int_equal(put(w, "never"), S3_FAILED);
	assert_string_equal(w->why, "PUT: 403 AccessDenied");
	/* On our own time; what is asked next is asked after it. */
	assert_int_equal(get(w, "never", 0, S3_WHOLE), S3_MISSING);
	for (int i = 0; i < 1000 && s3_server_count(w->server,
					"DELETE .*/never.uploadId=") == 0;
	     i++)
		event_base_loop(w->base, EVLOOP_NONBLOCK);
	assert_int_equal(
	    s3_server_count(w->server, "DELETE .*/never.uploadId="), 1);
}

/* The answer to its completing is lost, and the second time there is no such
 * upload any more. */
static void
an_upload_completed_unheard_is_done(void **state)
{
	struct world *w = *state;

	make_file(w, (PARTS - 1) * 5 * MIB + 1);
	s3_server_cut(w->server, "POST .*/unheard.uploadId=", 1, 1);
	assert_int_equal(put(w, "unheard"), S3_DONE);
	assert_int_equal(
	    s3_server_count(w->server, "POST .*/unheard.uploadId="), 2);
	assert_int_equal(s3_server_count(w->server, "HEAD .*/unheard"), 1);
	assert_int_equal(get(w, "unheard", 0, S3_WHOLE), S3_DONE);
	check_got(w, 0, w->file_bytes);
}

static void
what_fails_always_fails(void **state)
{
	struct world *w = *state;

	make_file(w, 10);
	s3_server_fail(w->server, "PUT .*/always", 99, 503, "SlowDown");
	assert_int_equal(put(w, "always"), S3_FAILED);
	assert_string_equal(w->why, "PUT: 503 SlowDown");
	assert_int_equal(s3_server_count(w->server, "PUT .*/always"), 7);
}

static void
a_wrong_key_is_refused_at_once(void **state)
{
	static const struct {
		const char *id, *secret, *why;
	} wrong[] = {{"NOBODY", "S3RVER", "PUT: 403 InvalidAccessKeyId"},
	    {"S3RVER", "wrong", "PUT: 403 SignatureDoesNotMatch"}};
	struct world *w = *state;

	make_file(w, 10);
	for (int i = 0; i < 2; i++) {
		struct s3_options o = keys;

		o.key_id = wrong[i].id;
		o.secret = wrong[i].secret;
		s3_free(w->s3);
		w->s3 = client(w, o);
		assert_int_equal(put(w, "refused"), S3_FAILED);
		assert_string_equal(w->why, wrong[i].why);
	}
	assert_int_equal(s3_server_count(w->server, "PUT .*/refused"), 2);
}

static void
another_bucket_is_not_missing_files(void **state)
{
	struct world *w = *state;
	struct s3_options o = keys;

	o.store = "s3://other";
	s3_free(w->s3);
	w->s3 = client(w, o);
	assert_int_equal(get(w, "x", 0, S3_WHOLE), S3_FAILED);
	assert_string_equal(w->why, "GET: 404 NoSuchBucket");
}

static void
what_is_cancelled_says_nothing(void **state)
{
	struct world *w = *state;

	make_file(w, 20 * MIB);
	assert_int_equal(put(w, "cancelled"), S3_DONE);
	w->endings = 0;
	s3_cancel(s3_head(w->s3, "cancelled", on_done, w));
	s3_cancel(s3_put(w->s3, "no", fileno(w->file), w->file_bytes, w->sha256,
	    on_done, w));
	w->cancels = true;
	get(w, "cancelled", 0, S3_WHOLE);
	assert_true(w->got_bytes > 0);
	assert_true(w->got_bytes < 20 * MIB);
	w->cancels = false;
	assert_int_equal(w->endings, 0);
	/* One that is under way when all ends. */
	w->pauses = true;
	get(w, "cancelled", 0, S3_WHOLE);
	assert_int_equal(w->endings, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_was_put_is_got),
	    TEST(a_stretch_is_got),
	    TEST(a_large_file_goes_in_parts),
	    TEST(what_is_removed_is_missing),
	    TEST(a_url_gives_the_object_to_anybody),
	    TEST(what_fails_for_a_while_is_done),
	    TEST(a_get_that_breaks_off_goes_on_where_it_was),
	    TEST(a_part_that_breaks_off_is_sent_again),
	    TEST(an_upload_that_cannot_be_is_aborted),
	    TEST(an_upload_completed_unheard_is_done),
	    TEST(what_fails_always_fails),
	    TEST(a_wrong_key_is_refused_at_once),
	    TEST(another_bucket_is_not_missing_files),
	    TEST(what_is_cancelled_says_nothing),
	};

	if (!s3_server_can_run())
		return 77;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
