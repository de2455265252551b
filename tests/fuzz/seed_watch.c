/* Seeds of what the services that watch posts say and are asked. */
#include "tests/fuzz/seed.h"

#include <string.h>

static void
put_all(const struct seeds *s, const uint8_t head[4], const char *const *texts,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		seed_put(s, "watch", head, 4, texts[i], strlen(texts[i]));
}

#define PUT_ALL(s, head, texts)                                                \
	put_all(s, head, texts, sizeof(texts) / sizeof(texts[0]))

static void
numbers(const struct seeds *s)
{
	static const uint8_t reel[] = {0, 0, 100, 0}, post[] = {0, 2, 100, 0};
	static const char *const reels[] = {
	    "{\"platform_name\":\"instagram/reel\",\"caption\":\"Hi\","
	    "\"comment_count\":7,\"like_count\":3,\"video_play_count\":1234,"
	    "\"owner_username\":\"alice\",\"owner_id\":\"9\","
	    "\"owner_follower_count\":5000,\"published_at\":"
	    "\"2026-01-02T03:04:05+00:00\",\"crawl_video_url\":"
	    "\"https://cdn.example.org/a.mp4\"}",
	    "{\"video_play_count\":5,\"like_count\":-1}"};
	static const char *const posts[] = {"{\"view_count\":1.5}",
	    "{\"view_count\":1e15,\"owner_follower_count\":0}",
	    "{\"view_count\":\"5\"}", "{\"view_count\":-2}", "{}", "[]", "{",
	    "{\"view_count\":5,\"owner_username\":\"a b\"}",
	    "{\"view_count\":5,\"owner_username\":5}",
	    "{\"view_count\":5,\"caption\":5}",
	    "{\"view_count\":5,\"published_at\":\"\"}",
	    "{\"view_count\":5,\"published_at\":\"x\"}",
	    "{\"view_count\":5,\"crawl_video_url\":\"http://a\"}"};

	PUT_ALL(s, reel, reels);
	PUT_ALL(s, post, posts);
}

static void
verdicts(const struct seeds *s)
{
	static const uint8_t detector[] = {1, 0, 100, 0},
			     moderator[] = {2, 0, 100, 0},
			     audience[] = {3, 0, 100, 0};
	static const char *const detections[] = {
	    "{\"mean_ai_generated\":0.75,\"per_frame\":[0.5,1.0],"
	    "\"cached\":true,\"perceptual_hash\":\"00ff00ff00ff00fe\"}",
	    "{\"mean_ai_generated\":0.969,\"per_frame\":[]}",
	    "{\"mean_ai_generated\":1,\"per_frame\":[1],"
	    "\"perceptual_hash\":\"1\"}",
	    "{\"mean_ai_generated\":0.1,\"per_frame\":[0.9]}",
	    "{\"mean_ai_generated\":7}", "{\"mean_ai_generated\":\"1\"}"};
	static const char *const judged[] = {
	    "{\"verdict\":\"illicit\",\"categories\":[\"a\",\"B\",\"c-d\"],"
	    "\"score\":0.97}",
	    "{\"verdict\":\"clean\"}", "{\"verdict\":\"maybe\"}", "{}",
	    "{\"verdict\":\"clean\",\"score\":\"1\"}"};
	static const char *const followers[] = {
	    "{\"follower_count\":9,\"followers\":[{\"username\":\"u\","
	    "\"follower_count\":5,\"following_count\":2000,\"posts_count\":0,"
	    "\"bio\":\"\",\"location\":null,\"account_creation_date\":"
	    "\"2026-01-01\",\"last_post_date\":null},{}]}",
	    "{\"followers\":[1]}", "{\"followers\":{}}",
	    "{\"follower_count\":-7,\"followers\":[]}",
	    "{\"followers\":[{\"bio\":1}]}",
	    "{\"followers\":[{\"account_creation_date\":1}]}"};

	PUT_ALL(s, detector, detections);
	PUT_ALL(s, moderator, judged);
	PUT_ALL(s, audience, followers);
}

/* 404, 500, 422, 503, .. of each service. */
static void
refusals(const struct seeds *s)
{
	static const char *const words[] = {"{\"detail\":\"Post not found\"}",
	    "{\"detail\":\"Not Found\"}", "{\"error\":\"no\"}",
	    "{\"detail\":\"x\",\"instance\":\"/\"}", "<html>", ""};
	static const int statuses[] = {404, 410, 500, 422, 503};

	for (uint8_t service = 0; service < 4; service++) {
		for (size_t i = 0; i < 5; i++) {
			const int n = statuses[i] - 100;
			const uint8_t head[] = {
			    service, 0, (uint8_t)(n & 0xff), (uint8_t)(n >> 8)};

			PUT_ALL(s, head, words);
		}
	}
}

#define POST(id, rest)                                                         \
	"{\"platform\":\"x\",\"content_type\":\"post\",\"content_id\":\"" id   \
	"\"," rest "}"

static void
batches(const struct seeds *s)
{
	static const char *const texts[] = {
	    "{\"results\":[" POST("1",
		"\"status\":200,\"metrics\":{\"view_count\":1}") "," POST("2",
		"\"status\":404,\"detail\":\"gone\"") "]}",
	    "{\"results\":[" POST(
		"1", "\"status\":500,\"detail\":\"x\"") "," POST("2",
		"\"status\":200") "," POST("2", "\"status\":200") "]}",
	    "{\"results\":[]}", "{\"results\":7}", "["};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		seed_text(s, "watch", "\4", texts[i]);
}

static void
dates(const struct seeds *s)
{
	static const char *const texts[] = {"2026-01-31T10:00:00Z",
	    "2024-02-29 23:59:60.123456+05:30", "2025-12-31T22:30:00-0130",
	    "2026-01-31", "2026-02-30", "2026-02-29",
	    "1970-01-01T00:00:00+01:00", "2026-01-31T10:61:00Z",
	    "2026-01-31T25:00:00Z", "2026-01-31T10:00:00.Z",
	    "2026-01-31T10:00:00+99:00", "2026-13-01", "x"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		seed_text(s, "watch", "\5", texts[i]);
}

static void
requests(const struct seeds *s)
{
	for (uint8_t form = 0; form < 4; form++) {
		const uint8_t head[] = {6, form, form};

		seed_put(s, "watch", head, 3, "../a b?c#d\xc3\xbc\"", 13);
		seed_put(s, "watch", head, 3, "\xff", 1);
	}
}

void
seed_watch(const struct seeds *s)
{
	numbers(s);
	verdicts(s);
	refusals(s);
	batches(s);
	dates(s);
	requests(s);
}
