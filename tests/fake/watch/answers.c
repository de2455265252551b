/* The services' answers, in the forms that upstream's have. */
#include "tests/fake/watch/answers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/fake/watch/story.h"
#include "tests/fake/watch/world.h"

enum { DAY_S = 86400, HOUR_S = 3600 };

static json_t *
date_of(double seconds)
{
	time_t s = (time_t)seconds;
	struct tm tm;
	char text[32];

	gmtime_r(&s, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

static const char *
owner_of(const json_t *story)
{
	const char *account = story_text(story, "account");

	return *account != '\0' ? account : "someone";
}

/* The platform of "instagram/reel". */
static void
first_part(const char *platform, char *out, size_t size)
{
	snprintf(out, size, "%.*s", (int)strcspn(platform, "/"), platform);
}

static const json_t *
account_of(const struct world *w, const json_t *story)
{
	char platform[32];

	first_part(story_text(story, "platform"), platform, sizeof(platform));
	return world_account(w, platform, owner_of(story));
}

static json_t *
count(double n)
{
	return json_integer((json_int_t)floor(n));
}

static void
set_views(json_t *out, const json_t *story, const char *platform, double views)
{
	bool is_instagram = strcmp(platform, "instagram") == 0;

	if (story_flag(story, "withheld"))
		return;
	if (!is_instagram) {
		json_object_set_new(out, "view_count", count(views));
		return;
	}
	json_object_set_new(out, "video_play_count", count(views));
	json_object_set_new(out, "video_view_count", count(views * .8));
}

static void
set_owner(json_t *out, const struct world *w, const json_t *story)
{
	const json_t *account = account_of(w, story);
	const char *id = json_string_value(json_object_get(account, "id"));

	json_object_set_new(
	    out, "owner_username", json_string(owner_of(story)));
	if (id != NULL)
		json_object_set_new(out, "owner_id", json_string(id));
	json_object_set_new(out, "owner_follower_count",
	    count(story_followers(account, w->hour)));
}

static json_t *
metrics_of(const struct world *w, const json_t *story, const struct moment *m,
    bool with_media)
{
	double published = story_number(story, "published", 0);
	json_t *out = json_object();
	char platform[32], *media = world_media_url(story);

	first_part(story_text(story, "platform"), platform, sizeof(platform));
	json_object_set(
	    out, "platform_name", json_object_get(story, "platform"));
	json_object_set_new(
	    out, "caption", json_string(story_text(story, "caption")));
	set_views(out, story, platform, m->views);
	json_object_set_new(out, "like_count",
	    count(story_number(story, "hidden", floor(m->likes))));
	json_object_set_new(out, "comment_count", count(m->comments));
	json_object_set_new(
	    out, "published_at", date_of(w->start_s + published * HOUR_S));
	set_owner(out, w, story);
	json_object_set_new(out, "is_comment_disabled", json_false());
	json_object_set_new(
	    out, "crawl_video_url", json_string(with_media ? media : ""));
	json_object_set_new(out, "ai_score", json_real(0));
	free(media);
	return out;
}

json_t *
answer_metrics(const struct world *w, const char *platform, const char *id,
    bool with_media, int *status, const char **word)
{
	const json_t *story = world_content(w, platform, id);
	struct moment m = {0};

	if (story != NULL)
		story_at(story, w->hour, &m);
	if (story == NULL || m.is_gone) {
		*status = 404;
		*word = "Post not found";
		return NULL;
	}
	if (m.is_failing) {
		*status = 500;
		*word = "Failed to get metadata: the run has failed";
		return NULL;
	}
	*status = 200;
	return metrics_of(w, story, &m, with_media);
}

json_t *
answer_detection(
    const json_t *story, const json_t *same, bool is_direct, long frames)
{
	double posted = story_number(story, "ai", .95);
	double score =
	    is_direct ? story_number(story, "direct_ai", posted) : posted;
	json_t *per_frame = json_array();
	char hash[17];

	snprintf(hash, sizeof(hash), "%016" PRIx64, story_hash(story, same));
	for (long i = 0; i < frames; i++)
		json_array_append_new(per_frame, json_real(score));
	return json_pack("{s:f, s:o, s:b, s:s}", "mean_ai_generated", score,
	    "per_frame", per_frame, "cached", 0, "perceptual_hash", hash);
}

json_t *
answer_verdict(const json_t *story)
{
	if (story_flag(story, "illicit"))
		return json_pack("{s:s, s:[s], s:f}", "verdict", "illicit",
		    "categories", "violence", "score", .97);
	return json_pack(
	    "{s:s, s:[], s:f}", "verdict", "clean", "categories", "score", .01);
}

/* -- followers --------------------------------------------------------------
 */

static uint32_t
mix(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7feb352d;
	x ^= x >> 15;
	x *= 0x846ca68b;
	return x ^ x >> 16;
}

/* Made in a row on one day, follow thousands, post nothing. */
static json_t *
bot(const struct world *w, uint32_t i)
{
	double created = w->start_s - 20.0 * DAY_S;
	char name[32];

	snprintf(name, sizeof(name), "user%09u", 123456789 + i);
	return json_pack("{s:s, s:i, s:i, s:i, s:s, s:s, s:o, s:o}", "username",
	    name, "follower_count", 5, "following_count", 2000, "posts_count",
	    0, "bio", "", "location", "", "account_creation_date",
	    date_of(created), "last_post_date", date_of(created));
}

/* Names, places and habits as people have them. */
static json_t *
person(const struct world *w, uint32_t i)
{
	static const char *const syllables[] = {"an", "ko", "mi", "ra", "sol",
	    "te", "vi", "lu", "dor", "ey", "fin", "gar", "hu", "jo", "pe",
	    "qua"};
	static const char *const places[] = {"Lisbon", "Osaka", "Lima", "Oslo",
	    "Austin", "Pune", "Accra", "", "Lyon", "Izmir"};
	uint32_t r = mix(i + 1), s = mix(r), t = mix(s);
	double age_days = 100 + r % 2000, idle_days = s % 25;
	char name[64];

	snprintf(name, sizeof(name), "%s%s%s%s_%u", syllables[r % 16],
	    syllables[s % 16], syllables[t % 16], syllables[(r >> 4) % 16],
	    t % 97);
	return json_pack("{s:s, s:i, s:i, s:i, s:s, s:s, s:o, s:o}", "username",
	    name, "follower_count", 50 + (int)(r % 900), "following_count",
	    80 + (int)(s % 700), "posts_count", 1 + (int)(t % 400), "bio",
	    r % 4 != 0 ? "likes the sea" : "", "location", places[t % 10],
	    "account_creation_date", date_of(w->start_s - age_days * DAY_S),
	    "last_post_date",
	    date_of(w->start_s + w->hour * HOUR_S - idle_days * DAY_S));
}

static json_t *
follower(const struct world *w, const char *audience, uint32_t i)
{
	json_t *one;

	if (strcmp(audience, "bots") == 0 ||
	    (strcmp(audience, "mixed") == 0 && i % 2 == 0))
		return bot(w, i);
	one = person(w, i);
	if (strcmp(audience, "nulls") != 0)
		return one;
	if (i % 3 == 0)
		json_object_set_new(one, "location", json_null());
	if (i % 3 == 1)
		json_object_set_new(one, "last_post_date", json_null());
	if (i % 3 == 2)
		json_object_set_new(one, "bio", json_null());
	return one;
}

json_t *
answer_followers(
    const struct world *w, const char *platform, const char *name, long sample)
{
	const json_t *account = world_account(w, platform, name);
	const char *audience =
	    json_string_value(json_object_get(account, "audience"));
	double followers = story_followers(account, w->hour);
	json_t *list = json_array();

	if (audience == NULL)
		audience = "real";
	if (strcmp(audience, "empty") == 0)
		sample = 0;
	if (sample > (long)followers)
		sample = (long)followers;
	for (long i = 0; i < sample; i++)
		json_array_append_new(list, follower(w, audience, (uint32_t)i));
	return json_pack("{s:o, s:o}", "follower_count", count(followers),
	    "followers", list);
}

json_t *
answer_state(const struct world *w, const json_t *story)
{
	char *media = world_media_url(story);
	struct moment m;
	json_t *out;

	story_at(story, w->hour, &m);
	out = json_pack("{s:o, s:o, s:o, s:o, s:s, s:s}", "views",
	    count(m.views), "likes", count(m.likes), "comments",
	    count(m.comments), "followers",
	    count(story_followers(account_of(w, story), w->hour)), "state",
	    m.is_gone	   ? "gone"
	    : m.is_failing ? "failing"
			   : "ok",
	    "media_url", media);
	free(media);
	return out;
}
