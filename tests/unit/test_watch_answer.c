/* What services say of posts: which outcome it is, and what is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "validator/watch_answer.h"
#include "validator/watch_date.h"

static const char reel[] = "instagram/reel";

static struct watch_answer
ask(enum watch_service service, const char *platform, int status,
    const char *body)
{
	struct watch_answer a;

	watch_read(service, platform, status, body, strlen(body), &a);
	return a;
}

/* -- outcomes ---------------------------------------------------------------
 */

#define OWN "{\"detail\": \"Post not found\"}"

static const struct {
	int status;
	const char *body;
	enum watch_outcome outcome;
	enum watch_blame blame;
} said[] = {
    {404, OWN, WATCH_GONE, WATCH_BLAME_NOBODY},
    {410, OWN, WATCH_GONE, WATCH_BLAME_NOBODY},
    {404, "{\"error\": \"deleted\"}", WATCH_GONE, WATCH_BLAME_NOBODY},
    /* A proxy's, a framework's, a wrong path's: of no post. */
    {404, "<h1>404</h1>", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {404, "", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {404, "{}", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {404, "[\"detail\"]", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {404, "{\"detail\": \"\"}", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {404, "{\"detail\": 7}", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {404, "{\"detail\": \"Not Found\"}", WATCH_UNAVAILABLE,
	WATCH_BLAME_SERVICE},
    {404, "{\"detail\": \"no such path\", \"instance\": \"/x\"}",
	WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {403, OWN, WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {401, OWN, WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {429, OWN, WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {302, "", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {400, OWN, WATCH_UNAVAILABLE, WATCH_BLAME_QUESTION},
    {422, OWN, WATCH_UNAVAILABLE, WATCH_BLAME_QUESTION},
    {500, OWN, WATCH_UNAVAILABLE, WATCH_BLAME_EITHER},
    {500, "Internal Server Error", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {502, OWN, WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {503, "", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {204, "", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {200, "", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {200, "{\"view_c", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {200, "[]", WATCH_UNAVAILABLE, WATCH_BLAME_SERVICE},
    {200, "{}", WATCH_UNAVAILABLE, WATCH_BLAME_EITHER},
};

static void
only_a_services_own_word_is_gone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		for (int s = 0; s < WATCH_SERVICES; s++) {
			struct watch_answer a =
			    ask(s, reel, said[i].status, said[i].body);

			if (a.outcome != said[i].outcome ||
			    a.blame != said[i].blame)
				fail_msg("%d %s: %s, %d", said[i].status,
				    said[i].body, watch_outcome_name(a.outcome),
				    a.blame);
			assert_int_equal(a.status, said[i].status);
			assert_string_not_equal(a.why, "");
			watch_answer_clear(&a);
		}
	}
}

static void
silence_is_unavailable(void **state)
{
	struct watch_answer a;

	(void)state;
	watch_read_silence("timeout", &a);
	assert_int_equal(a.outcome, WATCH_UNAVAILABLE);
	assert_int_equal(a.blame, WATCH_BLAME_SERVICE);
	assert_int_equal(a.status, 0);
	assert_string_equal(a.why, "timeout");
}

/* -- numbers ----------------------------------------------------------------
 */

static void
a_reel_has_its_numbers(void **state)
{
	static const char body[] =
	    "{\"platform_name\": \"instagram/reel\", \"caption\": \"Hi\", "
	    "\"comment_count\": 7, \"like_count\": 80, "
	    "\"video_play_count\": 1234, \"video_view_count\": 900, "
	    "\"owner_username\": \"alice.films\", \"owner_id\": \"99\", "
	    "\"owner_follower_count\": 5000, "
	    "\"published_at\": \"2026-01-02T03:04:05+00:00\", "
	    "\"crawl_video_url\": \"https://cdn.example.org/a.mp4\", "
	    "\"ai_score\": 0.0, \"more\": [1]}";
	struct watch_answer a = ask(WATCH_TRACKER, reel, 200, body);

	(void)state;
	assert_int_equal(a.outcome, WATCH_OK);
	assert_int_equal(a.metrics.views, 1234);
	assert_int_equal(a.metrics.likes, 80);
	assert_int_equal(a.metrics.comments, 7);
	assert_int_equal(a.metrics.followers, 5000);
	assert_string_equal(a.metrics.account, "alice.films");
	assert_string_equal(a.metrics.account_id, "99");
	assert_string_equal(a.metrics.caption, "Hi");
	assert_string_equal(
	    a.metrics.media_url, "https://cdn.example.org/a.mp4");
	assert_int_equal(a.metrics.published_us, 1767323045000000);
	watch_answer_clear(&a);
	assert_null(a.metrics.caption);
}

static const struct {
	const char *platform, *body;
	int64_t views, likes, comments, followers;
} counts[] = {
    {"youtube/short", "{\"view_count\": 5, \"like_count\": 3}", 5, 3, -1, -1},
    {"youtube/video", "{\"view_count\": 5.0, \"video_play_count\": 9}", 5, -1,
	-1, -1},
    /* Plays and views differ: one never stands for the other. */
    {"instagram/reel", "{\"view_count\": 5, \"comment_count\": 0}", -1, -1, 0,
	-1},
    {"instagram/reel", "{\"video_view_count\": 5, \"like_count\": 9}", -1, 9,
	-1, -1},
    /* Hidden likes. */
    {"instagram/reel", "{\"video_play_count\": 5, \"like_count\": -1}", 5, -1,
	-1, -1},
    {"instagram/post", "{\"video_play_count\": 5, \"like_count\": 3}", 5, -1,
	-1, -1},
    {"instagram/post", "{\"video_play_count\": 5, \"like_count\": 4}", 5, 4, -1,
	-1},
    {"tiktok/video", "{\"view_count\": 5, \"like_count\": -1}", 5, -1, -1, -1},
    {"x/post", "{\"view_count\": 5, \"like_count\": null}", 5, -1, -1, -1},
    /* A tracker that does not know the followers says 0. */
    {"x/post", "{\"view_count\": 0, \"owner_follower_count\": 0}", 0, -1, -1,
	-1},
    {"x/post", "{\"view_count\": 1e15, \"owner_follower_count\": 1}",
	1000000000000000, -1, -1, 1},
};

static void
what_is_withheld_is_unknown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct watch_answer a =
		    ask(WATCH_TRACKER, counts[i].platform, 200, counts[i].body);

		if (a.outcome != WATCH_OK)
			fail_msg("%s: %s", counts[i].body, a.why);
		assert_int_equal(a.metrics.views, counts[i].views);
		assert_int_equal(a.metrics.likes, counts[i].likes);
		assert_int_equal(a.metrics.comments, counts[i].comments);
		assert_int_equal(a.metrics.followers, counts[i].followers);
		watch_answer_clear(&a);
	}
}

static const char *const faulty_metrics[] = {
    "{\"view_count\": \"5\"}",
    "{\"view_count\": true}",
    "{\"view_count\": -2}",
    "{\"view_count\": 1.5}",
    "{\"view_count\": 1e16}",
    "{\"view_count\": 5, \"view_count\": 6}",
    "{\"view_count\": 5, \"like_count\": {}}",
    "{\"view_count\": 5, \"comment_count\": -3}",
    "{\"view_count\": 5, \"owner_follower_count\": []}",
    "{\"view_count\": 5, \"caption\": 5}",
    "{\"view_count\": 5, \"caption\": \"a\\u0000b\"}",
    "{\"view_count\": 5, \"owner_username\": \"a b\"}",
    "{\"view_count\": 5, \"owner_username\": 5}",
    "{\"view_count\": 5, \"owner_id\": 5}",
    "{\"view_count\": 5, \"published_at\": \"yesterday\"}",
    "{\"view_count\": 5, \"published_at\": 5}",
    "{\"view_count\": null}",
};

static void
a_field_that_is_not_what_it_should_be_makes_it_unavailable(void **state)
{
	(void)state;
	for (size_t i = 0;
	     i < sizeof(faulty_metrics) / sizeof(faulty_metrics[0]); i++) {
		struct watch_answer a =
		    ask(WATCH_TRACKER, "x/post", 200, faulty_metrics[i]);

		if (a.outcome != WATCH_UNAVAILABLE)
			fail_msg("%s is taken", faulty_metrics[i]);
		assert_null(a.metrics.caption);
	}
}

static void
long_texts_are_refused(void **state)
{
	static const char *const names[] = {
	    "caption", "owner_username", "crawl_video_url"};
	char *text = malloc(WATCH_MAX_CAPTION + 2);

	(void)state;
	memset(text, 'a', WATCH_MAX_CAPTION + 1);
	text[WATCH_MAX_CAPTION + 1] = '\0';
	for (size_t i = 0; i < 3; i++) {
		json_t *body =
		    json_pack("{s:i, s:s}", "view_count", 5, names[i], text);
		char *bytes = json_dumps(body, 0);
		struct watch_answer a =
		    ask(WATCH_TRACKER, "x/post", 200, bytes);

		assert_int_equal(a.outcome, WATCH_UNAVAILABLE);
		free(bytes);
		json_decref(body);
	}
	free(text);
}

static void
only_https_media_are_kept(void **state)
{
	struct watch_answer a = ask(WATCH_TRACKER, "x/post", 200,
	    "{\"view_count\": 5, \"crawl_video_url\": \"file:///etc/passwd\", "
	    "\"published_at\": \"\"}");

	(void)state;
	assert_int_equal(a.outcome, WATCH_OK);
	assert_null(a.metrics.media_url);
	assert_int_equal(a.metrics.published_us, 0);
	watch_answer_clear(&a);
}

/* -- verdicts ---------------------------------------------------------------
 */

static void
a_detection_is_a_mean_and_a_hash(void **state)
{
	struct watch_answer a = ask(WATCH_DETECTOR, reel, 200,
	    "{\"mean_ai_generated\": 0.75, \"per_frame\": [0.5, 1.0], "
	    "\"cached\": true, \"perceptual_hash\": \"00ff00ff00ff00fE\"}");

	(void)state;
	assert_int_equal(a.outcome, WATCH_OK);
	assert_true(a.detection.score == .75);
	assert_int_equal(a.detection.frames, 2);
	assert_true(a.detection.has_hash);
	assert_true(a.detection.hash == 0x00ff00ff00ff00feu);
	watch_answer_clear(&a);
	a = ask(WATCH_DETECTOR, reel, 200,
	    "{\"mean_ai_generated\": 1, \"per_frame\": [1], "
	    "\"perceptual_hash\": \"0000000000000000\"}");
	assert_int_equal(a.outcome, WATCH_OK);
	assert_false(a.detection.has_hash);
}

static const char *const no_detections[] = {
    /* What a detector says that could look at nothing. */
    "{\"mean_ai_generated\": 0.969, \"per_frame\": [], \"cached\": true}",
    "{\"mean_ai_generated\": 0.969}",
    "{\"mean_ai_generated\": 0.969, \"per_frame\": 0.969}",
    "{\"per_frame\": [0.5]}",
    "{\"mean_ai_generated\": \"0.5\", \"per_frame\": [0.5]}",
    "{\"mean_ai_generated\": 1.5, \"per_frame\": [1.5]}",
    "{\"mean_ai_generated\": -0.1, \"per_frame\": [0.5]}",
    "{\"mean_ai_generated\": 0.9, \"per_frame\": [0.1, 0.2]}",
    "{\"mean_ai_generated\": 0.1, \"per_frame\": [0.3, 0.2]}",
    "{\"mean_ai_generated\": 0.5, \"per_frame\": [0.5, null]}",
    "{\"mean_ai_generated\": 0.5, \"per_frame\": [0.5, 2]}",
    "{\"mean_ai_generated\": 1, \"per_frame\": [1], "
    "\"perceptual_hash\": \"12\"}",
    "{\"mean_ai_generated\": 1, \"per_frame\": [1], "
    "\"perceptual_hash\": \"zz00000000000000\"}",
    "{\"mean_ai_generated\": 1, \"per_frame\": [1], "
    "\"perceptual_hash\": 12}",
};

static void
no_frame_is_no_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(no_detections) / sizeof(no_detections[0]);
	     i++) {
		struct watch_answer a =
		    ask(WATCH_DETECTOR, reel, 200, no_detections[i]);

		if (a.outcome != WATCH_UNAVAILABLE)
			fail_msg("%s is taken", no_detections[i]);
	}
}

static void
a_verdict_is_clean_or_illicit(void **state)
{
	struct watch_answer a = ask(WATCH_MODERATOR, reel, 200,
	    "{\"verdict\": \"illicit\", \"score\": 0.97, \"categories\": "
	    "[\"violence\", \"<b>\", 5, \"self-harm\"]}");

	(void)state;
	assert_int_equal(a.outcome, WATCH_OK);
	assert_true(a.verdict.is_illicit);
	assert_true(a.verdict.score == .97);
	assert_string_equal(a.verdict.categories, "violence,self-harm");
	a = ask(WATCH_MODERATOR, reel, 200, "{\"verdict\": \"clean\"}");
	assert_int_equal(a.outcome, WATCH_OK);
	assert_false(a.verdict.is_illicit);
	assert_true(isnan(a.verdict.score));
	a = ask(WATCH_MODERATOR, reel, 200, "{\"verdict\": \"maybe\"}");
	assert_int_equal(a.outcome, WATCH_UNAVAILABLE);
	a = ask(WATCH_MODERATOR, reel, 200, "{\"verdict\": true}");
	assert_int_equal(a.outcome, WATCH_UNAVAILABLE);
	a = ask(WATCH_MODERATOR, reel, 200,
	    "{\"verdict\": \"clean\", \"score\": 7}");
	assert_int_equal(a.outcome, WATCH_UNAVAILABLE);
}

static void
categories_end_where_there_is_no_room(void **state)
{
	json_t *list = json_array(), *body;
	struct watch_answer a;
	char *bytes;

	(void)state;
	for (int i = 0; i < 40; i++)
		json_array_append_new(list, json_string("weapons"));
	body =
	    json_pack("{s:s, s:o}", "verdict", "illicit", "categories", list);
	bytes = json_dumps(body, 0);
	a = ask(WATCH_MODERATOR, reel, 200, bytes);
	assert_int_equal(a.outcome, WATCH_OK);
	assert_int_equal(strlen(a.verdict.categories), 8 * 15 + 7);
	free(bytes);
	json_decref(body);
}

/* -- followers --------------------------------------------------------------
 */

static void
followers_may_lack_anything(void **state)
{
	struct watch_answer a = ask(WATCH_AUDIENCE, reel, 200,
	    "{\"follower_count\": 900, \"followers\": [{\"username\": \"u1\", "
	    "\"follower_count\": 5, \"following_count\": 2000, "
	    "\"posts_count\": 0, \"bio\": \"\", \"location\": null, "
	    "\"account_creation_date\": \"2026-01-01\", "
	    "\"last_post_date\": null}, {}]}");

	(void)state;
	assert_int_equal(a.outcome, WATCH_OK);
	assert_int_equal(a.audience.followers, 900);
	assert_int_equal(a.audience.n, 2);
	assert_string_equal(a.audience.sample[0].username, "u1");
	assert_string_equal(a.audience.sample[0].bio, "");
	assert_null(a.audience.sample[0].location);
	assert_int_equal(a.audience.sample[0].following, 2000);
	assert_int_equal(a.audience.sample[0].created_us, 1767225600000000);
	assert_int_equal(a.audience.sample[0].last_post_us, 0);
	assert_null(a.audience.sample[1].username);
	assert_int_equal(a.audience.sample[1].posts, -1);
	watch_answer_clear(&a);
	assert_null(a.audience.sample);
}

static void
faulty_followers_are_no_sample(void **state)
{
	static const char *const faulty[] = {
	    "{\"followers\": [7]}",
	    "{\"followers\": {}}",
	    "{\"follower_count\": -7, \"followers\": []}",
	    "{\"followers\": [{\"username\": \"a\"}, {\"bio\": 1}]}",
	    "{\"followers\": [{\"username\": \"a\", \"posts_count\": 1.5}]}",
	    "{\"followers\": [{\"last_post_date\": \"never\"}]}",
	    "{\"followers\": [{\"account_creation_date\": 1}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++) {
		struct watch_answer a =
		    ask(WATCH_AUDIENCE, reel, 200, faulty[i]);

		if (a.outcome != WATCH_UNAVAILABLE)
			fail_msg("%s is taken", faulty[i]);
		assert_null(a.audience.sample);
	}
}

static void
too_many_followers_are_no_sample(void **state)
{
	json_t *list = json_array(), *body;
	struct watch_answer a;
	char *bytes;

	(void)state;
	for (int i = 0; i <= WATCH_MAX_FOLLOWERS; i++)
		json_array_append_new(list, json_object());
	body = json_pack("{s:o}", "followers", list);
	bytes = json_dumps(body, 0);
	a = ask(WATCH_AUDIENCE, reel, 200, bytes);
	assert_int_equal(a.outcome, WATCH_UNAVAILABLE);
	free(bytes);
	json_decref(body);
}

/* -- batches ----------------------------------------------------------------
 */

#define POST(id, rest)                                                         \
	"{\"platform\": \"x\", \"content_type\": \"post\", \"content_id\": "   \
	"\"" id "\", " rest "}"

static const char batch[] = "{\"results\": [" POST(
    "2", "\"status\": 404, \"detail\": \"Post not found\"") "," POST("1",
    "\"status\": 200, \"metrics\": {\"view_count\": 11}") "," POST("3",
    "\"status\": 500, \"detail\": \"the run failed\"") "," POST("4",
    "\"status\": 200, \"metrics\": {\"view_count\": \"a\"}") "," POST("5",
    "\"status\": 200, \"metrics\": {\"view_count\": 1}") "," POST("5",
    "\"status\": 200, \"metrics\": {\"view_count\": 2}") "," POST("6",
    "\"metrics\": {\"view_count\": 2}") "," POST("7",
    "\"status\": 404") "," POST("8", "\"status\": 200") ", 7, null]}";

static void
each_post_of_a_batch_has_its_own_answer(void **state)
{
	static const struct {
		const char *platform, *id;
		enum watch_outcome outcome;
		const char *why;
	} posts[] = {
	    {"x/post", "1", WATCH_OK, ""},
	    {"x/post", "2", WATCH_GONE, "the service says 404"},
	    {"x/post", "3", WATCH_UNAVAILABLE, "it answered 500"},
	    {"x/post", "4", WATCH_UNAVAILABLE, "view_count is no number"},
	    {"x/post", "5", WATCH_UNAVAILABLE, "twice in the batch"},
	    {"x/post", "6", WATCH_UNAVAILABLE, "it answered 0"},
	    {"x/post", "7", WATCH_UNAVAILABLE, "it answered 404"},
	    {"x/post", "8", WATCH_UNAVAILABLE, "no JSON object"},
	    {"x/post", "9", WATCH_UNAVAILABLE, "not in the batch"},
	    {"x/video", "1", WATCH_UNAVAILABLE, "not in the batch"},
	    {"tiktok/post", "1", WATCH_UNAVAILABLE, "not in the batch"},
	    {"x", "1", WATCH_UNAVAILABLE, "not in the batch"},
	};
	struct watch_answer a;
	struct err err;
	struct watch_batch *read = watch_read_batch(batch, strlen(batch), &err);

	(void)state;
	assert_non_null(read);
	for (size_t i = 0; i < sizeof(posts) / sizeof(posts[0]); i++) {
		watch_batch_answer(read, posts[i].platform, posts[i].id, &a);
		assert_int_equal(a.outcome, posts[i].outcome);
		assert_string_equal(a.why, posts[i].why);
		if (a.outcome == WATCH_OK)
			assert_int_equal(a.metrics.views, 11);
		watch_answer_clear(&a);
	}
	watch_batch_free(read);
}

static void
what_has_no_results_is_no_batch(void **state)
{
	static const char *const faulty[] = {"", "[]", "{}", "{\"results\": 5}",
	    "{\"results\": []}", "{\"results\": [1"};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++)
		assert_null(
		    watch_read_batch(faulty[i], strlen(faulty[i]), &err));
}

static void
a_batch_has_no_more_than_was_asked(void **state)
{
	json_t *list = json_array(), *body;
	struct err err;
	char *bytes;

	(void)state;
	for (int i = 0; i <= WATCH_MAX_BATCH; i++)
		json_array_append_new(list, json_object());
	body = json_pack("{s:o}", "results", list);
	bytes = json_dumps(body, 0);
	assert_null(watch_read_batch(bytes, strlen(bytes), &err));
	free(bytes);
	json_decref(body);
}

/* -- dates ------------------------------------------------------------------
 */

static const struct {
	const char *text;
	int64_t us; /* -1: none */
} dates[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01", 0},
    {"2026-01-01", 1767225600000000},
    {"2026-01-01 00:00:01", 1767225601000000},
    {"2026-01-01T00:00:00.25Z", 1767225600250000},
    {"2026-01-01T00:00:00.1234567+00:00", 1767225600123456},
    {"2026-01-01T02:00:00+02:00", 1767225600000000},
    {"2025-12-31T22:30:00-0130", 1767225600000000},
    {"2024-02-29T00:00:00Z", 1709164800000000},
    {"2026-02-29T00:00:00Z", -1},
    {"2026-13-01", -1},
    {"2026-00-01", -1},
    {"2026-01-00", -1},
    {"2026-01-32", -1},
    {"1969-12-31", -1},
    {"1970-01-01T00:00:00+01:00", -1},
    {"2026-01-01T24:00:00Z", -1},
    {"2026-01-01T00:60:00Z", -1},
    {"2026-01-01T00:00:61Z", -1},
    {"2026-01-01T00:00", -1},
    {"2026-01-01T00:00:00.Z", -1},
    {"2026-01-01T00:00:00Zx", -1},
    {"2026-01-01T00:00:00+0", -1},
    {"2026-01-01T00:00:00+25:00", -1},
    {"2026-01-01x", -1},
    {"2026-1-1", -1},
    {"", -1},
    {"26-01-01", -1},
};

static void
dates_are_read_as_they_are_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		int64_t us = -1;
		int failed = watch_date(dates[i].text, &us);

		if (failed != (dates[i].us < 0 ? -1 : 0) ||
		    (!failed && us != dates[i].us))
			fail_msg("%s: %d, %lld", dates[i].text, failed,
			    (long long)us);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_a_services_own_word_is_gone),
	    cmocka_unit_test(silence_is_unavailable),
	    cmocka_unit_test(a_reel_has_its_numbers),
	    cmocka_unit_test(what_is_withheld_is_unknown),
	    cmocka_unit_test(
		a_field_that_is_not_what_it_should_be_makes_it_unavailable),
	    cmocka_unit_test(long_texts_are_refused),
	    cmocka_unit_test(only_https_media_are_kept),
	    cmocka_unit_test(a_detection_is_a_mean_and_a_hash),
	    cmocka_unit_test(no_frame_is_no_verdict),
	    cmocka_unit_test(a_verdict_is_clean_or_illicit),
	    cmocka_unit_test(categories_end_where_there_is_no_room),
	    cmocka_unit_test(followers_may_lack_anything),
	    cmocka_unit_test(faulty_followers_are_no_sample),
	    cmocka_unit_test(too_many_followers_are_no_sample),
	    cmocka_unit_test(each_post_of_a_batch_has_its_own_answer),
	    cmocka_unit_test(what_has_no_results_is_no_batch),
	    cmocka_unit_test(a_batch_has_no_more_than_was_asked),
	    cmocka_unit_test(dates_are_read_as_they_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
