/*
 * InfiniteVibe's collections (SN89): what was measured of miners' posts, and
 * with that whose post it was first.
 *
 * A claim is unlisted until the miner's gist, read by validatord, lists the
 * post; then it keeps the block that its first measurement was at. Times are
 * made into blocks by 12 s each, back from the newest snapshot.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/engage_tag.h"
#include "subnetctl/import_field.h"
#include "validator/claim_message.h"

enum { MAX_CONTENT = 512, MAX_MEASURED = 65536, MAX_TIME = 32 };

static const int64_t block_us = 12 * INT64_C(1000000);

/* -- blocks and buckets --------------------------------------------------- */

/* Below 0: before the chain began. */
static int64_t
block_at(const struct import_view *view, int64_t at_us)
{
	return view->block - (view->block_us - at_us) / block_us;
}

static int64_t
bucket_at(const struct import_view *view, int64_t at_us)
{
	return block_at(view, at_us) / view->bucket_blocks;
}

/* -- a post --------------------------------------------------------------- */

struct post {
	enum claim_platform platform;
	char content[CLAIM_CONTENT];
	const char *hotkey;
	int64_t first_us;      /* claimed */
	int64_t proven_bucket; /* -1: not proven */
	char owner[CLAIM_ACCOUNT];
	int64_t published_us; /* 0: not known */
};

static enum import_outcome
read_content(const json_t *record, const char *platform, struct post *p,
    struct import_why *why)
{
	int found = platform != NULL ? claim_platform_find(platform) : -1;
	const char *content;
	struct err err;

	if (found < 0)
		return import_refuse(why, "platform",
		    "\"%.40s\" is no platform that posts are taken of",
		    platform != NULL ? platform : "");
	if (import_need_text(record, "content_id", MAX_CONTENT, &content,
		why) != IMPORT_TAKEN)
		return IMPORT_REFUSED;
	p->platform = (enum claim_platform)found;
	if (claim_content(p->platform, content, p->content, &err) != 0)
		return import_refuse(why, "content_id", "%.150s", err.text);
	return IMPORT_TAKEN;
}

static json_t *
text_or_null(const char *text)
{
	return text[0] != '\0' ? json_string(text) : json_null();
}

static void
add_post(const struct post *p, struct import_rows *rows)
{
	import_add_row(rows, IMPORT_POSTS,
	    json_pack("{s:s, s:s, s:s, s:o, s:o, s:I}", "site",
		claim_platform_site(p->platform), "content", p->content,
		"platform", claim_platform_name(p->platform), "owner",
		text_or_null(p->owner), "published_us",
		import_us_or_null(p->published_us), "first_us",
		(json_int_t)p->first_us));
}

static void
add_claim(const struct import_view *view, const struct post *p,
    struct import_rows *rows)
{
	import_add_row(rows, IMPORT_CLAIMS,
	    json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o}", "site",
		claim_platform_site(p->platform), "content", p->content,
		"platform", claim_platform_name(p->platform), "hotkey",
		p->hotkey, "first_us", (json_int_t)p->first_us, "block",
		(json_int_t)block_at(view, p->first_us), "bucket",
		(json_int_t)bucket_at(view, p->first_us), "proven_bucket",
		p->proven_bucket >= 0 ? json_integer(p->proven_bucket)
				      : json_null()));
}

/* -- what was measured ---------------------------------------------------- */

/* A row of the collection, by its time. */
struct measured {
	int64_t at_us;
	const json_t *metric;
};

/* "2025-07-01-10-05", of UTC. */
static bool
time_of_key(const char *key, int64_t *us)
{
	int year, month, day, hour, minute, used = 0;
	char text[MAX_TIME * 2];

	if (strlen(key) != 16 ||
	    sscanf(key, "%4d-%2d-%2d-%2d-%2d%n", &year, &month, &day, &hour,
		&minute, &used) != 5 ||
	    used != 16)
		return false;
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:00Z", year,
	    month, day, hour, minute);
	return import_time_of(text, us);
}

static int
by_time(const void *a, const void *b)
{
	const struct measured *x = a, *y = b;

	return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

/* In the order of time; the caller frees. NULL: a key is no time, what stands
 * there is no object, or there are too many. */
static struct measured *
sorted(const json_t *by_key, struct import_why *why)
{
	static const char field[] = "platform_metrics_by_interval";
	size_t n = json_object_size(by_key), i = 0;
	struct measured *all;
	const char *key;
	json_t *metric;

	if (n == 0 || n > MAX_MEASURED) {
		import_refuse(why, field, "it has %zu intervals: 1 to %d", n,
		    MAX_MEASURED);
		return NULL;
	}
	all = xcalloc(n, sizeof(*all));
	json_object_foreach((json_t *)by_key, key, metric)
	{
		if (!time_of_key(key, &all[i].at_us) ||
		    !json_is_object(metric)) {
			import_refuse(why, field,
			    "\"%.30s\" is no time, as 2025-07-01-10-05, with "
			    "an object",
			    key);
			free(all);
			return NULL;
		}
		all[i++].metric = metric;
	}
	qsort(all, n, sizeof(*all), by_time);
	return all;
}

/* The first of these that is a number and not below 0, which stands for
 * hidden; null. */
static json_t *
count_of(const json_t *metric, const char *const *names)
{
	int64_t count;

	for (; *names != NULL; names++) {
		if (import_int(metric, *names, &count) && count >= 0)
			return json_integer(count);
	}
	return json_null();
}

/* Upstream writes 0 where it does not know. */
static json_t *
above_0(const json_t *metric, const char *name)
{
	double value;

	return import_real(metric, name, &value) && value > 0 ? json_real(value)
							      : json_null();
}

static json_t *
followers_of(const json_t *metric)
{
	int64_t count;

	return import_int(metric, "owner_follower_count", &count) && count > 0
		   ? json_integer(count)
		   : json_null();
}

static void
add_observation(const struct import_view *view, const struct post *p,
    const struct measured *m, struct import_rows *rows)
{
	static const char *const views[] = {
	    "video_play_count", "view_count", "video_view_count", NULL};
	static const char *const likes[] = {"like_count", NULL};
	static const char *const comments[] = {"comment_count", NULL};

	import_add_row(rows, IMPORT_OBSERVATIONS,
	    json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}",
		"site", claim_platform_site(p->platform), "content", p->content,
		"bucket", (json_int_t)bucket_at(view, m->at_us), "block",
		(json_int_t)block_at(view, m->at_us), "at_us",
		(json_int_t)m->at_us, "views", count_of(m->metric, views),
		"likes", count_of(m->metric, likes), "comments",
		count_of(m->metric, comments), "followers",
		followers_of(m->metric), "ai", above_0(m->metric, "ai_score")));
}

/* Of those of one bucket the last; none of what is too old to be kept. */
static void
add_observations(const struct import_view *view, const struct post *p,
    const struct measured *all, size_t n, struct import_rows *rows)
{
	int64_t first = bucket_at(view, view->block_us) - view->keep_buckets;

	for (size_t i = 0; i < n; i++) {
		int64_t bucket = bucket_at(view, all[i].at_us);

		if (bucket < first ||
		    (i + 1 < n && bucket_at(view, all[i + 1].at_us) == bucket))
			continue;
		add_observation(view, p, &all[i], rows);
	}
}

/* -- whose it is ---------------------------------------------------------- */

/* Is the hotkey's tag in the caption, and no other's? */
static bool
has_tag(const char *hotkey, const json_t *metric)
{
	static const char phrase[] = "@infinitevibe.ai on #bittensor";
	const char *caption = import_text(metric, "caption"), *first;

	if (caption == NULL ||
	    !engage_tag_is_in(hotkey, caption, strlen(caption)))
		return false;
	first = strcasestr(caption, phrase);
	return first != NULL && strcasestr(first + 1, phrase) == NULL;
}

/* Since when it has been there without a break; -1. */
static int64_t
proven_since(const struct import_view *view, const char *hotkey,
    const struct measured *all, size_t n)
{
	int64_t since = -1;

	for (size_t i = 0; i < n; i++) {
		if (!has_tag(hotkey, all[i].metric))
			since = -1;
		else if (since < 0)
			since = bucket_at(view, all[i].at_us);
	}
	return since;
}

static void
read_owner(const json_t *metric, struct post *p)
{
	const char *owner = import_text(metric, "owner_username");
	struct err err;

	if (owner == NULL ||
	    claim_account(p->platform, owner, p->owner, &err) != 0)
		p->owner[0] = '\0';
	if (!import_time(metric, "published_at", &p->published_us))
		p->published_us = 0;
}

static enum import_outcome
check_times(const struct import_view *view, const struct measured *all,
    size_t n, struct import_why *why)
{
	static const char field[] = "platform_metrics_by_interval";

	if (all[n - 1].at_us > view->block_us + block_us * view->bucket_blocks)
		return import_refuse(
		    why, field, "its last interval is ahead of the chain");
	if (block_at(view, all[0].at_us) < 0)
		return import_refuse(
		    why, field, "its first interval is before the chain began");
	return IMPORT_TAKEN;
}

static enum import_outcome
take_measured(const struct import_view *view, const json_t *record,
    const json_t *by_key, const struct measured *all, struct import_rows *rows,
    struct import_why *why)
{
	size_t n = json_object_size(by_key);
	const json_t *last = all[n - 1].metric;
	struct post p = {.first_us = all[0].at_us, .proven_bucket = -1};

	if (check_times(view, all, n, why) != IMPORT_TAKEN ||
	    import_need_hotkey(record, "hotkey", &p.hotkey, why) !=
		IMPORT_TAKEN ||
	    read_content(record, import_text(last, "platform_name"), &p, why) !=
		IMPORT_TAKEN)
		return IMPORT_REFUSED;
	if (view->takes_tags)
		p.proven_bucket = proven_since(view, p.hotkey, all, n);
	read_owner(last, &p);
	add_post(&p, rows);
	add_claim(view, &p, rows);
	add_observations(view, &p, all, n, rows);
	return IMPORT_TAKEN;
}

static enum import_outcome
take_performance(const struct import_view *view, const json_t *record,
    struct import_rows *rows, struct import_why *why)
{
	enum import_outcome got = IMPORT_REFUSED;
	struct measured *all = NULL;
	json_t *by_key;

	if (import_need_json(record, "platform_metrics_by_interval",
		JSON_OBJECT, &by_key, why) == IMPORT_TAKEN)
		all = sorted(by_key, why);
	if (all != NULL)
		got = take_measured(view, record, by_key, all, rows, why);
	free(all);
	json_decref(by_key);
	return got;
}

/* Whoever was noted first; a claim that was measured first keeps its block. */
static enum import_outcome
take_first(const struct import_view *view, const json_t *record,
    struct import_rows *rows, struct import_why *why)
{
	struct post p = {.proven_bucket = -1};

	if (import_need_hotkey(record, "hotkey", &p.hotkey, why) !=
		IMPORT_TAKEN ||
	    import_need_time(record, "claimed_at", &p.first_us, why) !=
		IMPORT_TAKEN ||
	    read_content(record, import_text(record, "platform"), &p, why) !=
		IMPORT_TAKEN)
		return IMPORT_REFUSED;
	if (p.first_us > view->block_us + block_us ||
	    block_at(view, p.first_us) < 0)
		return import_refuse(
		    why, "claimed_at", "it is not of the chain's time");
	add_post(&p, rows);
	add_claim(view, &p, rows);
	return IMPORT_TAKEN;
}

/* -- the collections ------------------------------------------------------- */

static const struct import_table tables[] = {
    {"performances", NULL, NULL, "content_id", take_performance,
	"posts, who claimed them since when, and what was measured"},
    {"unique_submissions", NULL, NULL, "content_id", take_first,
	"who claimed a post first"},
    {"submissions", NULL, NULL, "hotkey", NULL,
	"gists are read again by validatord"},
    {"follower_history", NULL, NULL, "hotkey", NULL,
	"followers stand with each measurement"},
    {"follower_analysis_errors", NULL, NULL, "hotkey", NULL, "not needed"},
    {"follower_analysis", NULL, NULL, "hotkey", NULL,
	"of posts' ids taken for accounts upstream"},
    {"engagement_rates", NULL, NULL, "hotkey", NULL,
	"made again from measurements"},
    {"bot_penalties", NULL, NULL, "hotkey", NULL,
	"accounts are looked at again by validatord"},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

const struct import_upstream import_infinitevibe = {
    .name = "infinitevibe",
    .tables = tables,
    .needs_place = true,
    .needs_policy = true,
};
