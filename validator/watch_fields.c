/* Numbers, verdicts and followers, each as its service writes it. */
#include "validator/watch_fields.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "validator/watch_date.h"

enum {
	HIDDEN_LIKES = 3, /* what Instagram says of likes that are hidden */
	HASH_DIGITS = 16,
	MAX_TEXT = 4096, /* of a follower */
};

static const double greatest_count = 1e15;
/* A mean may be rounded. */
static const double slack = 1e-3;

/* -- one field --------------------------------------------------------------
 */

static bool
is_unknown(const json_t *value)
{
	return value == NULL || json_is_null(value);
}

/* Not said, null and -1: not known. */
static int
read_count(const json_t *body, const char *name, int64_t *out, struct err *err)
{
	const json_t *value = json_object_get(body, name);
	double n;

	*out = -1;
	if (is_unknown(value))
		return 0;
	if (!json_is_number(value))
		return err_set(err, "%s is no number", name);
	n = json_number_value(value);
	if (!(n >= -1 && n <= greatest_count) || n != floor(n))
		return err_set(err, "%s is no count", name);
	*out = (int64_t)n;
	return 0;
}

/* 0 to 1. */
static int
read_share(const json_t *value, const char *name, double *out, struct err *err)
{
	if (!json_is_number(value))
		return err_set(err, "%s is no number", name);
	*out = json_number_value(value);
	if (!(*out >= 0 && *out <= 1))
		return err_set(err, "%s is not within 0 and 1", name);
	return 0;
}

/* NULL: not said. The caller's. */
static int
read_text(const json_t *body, const char *name, size_t most, char **out,
    struct err *err)
{
	const json_t *value = json_object_get(body, name);

	*out = NULL;
	if (is_unknown(value))
		return 0;
	if (!json_is_string(value))
		return err_set(err, "%s is no text", name);
	if (json_string_length(value) > most)
		return err_set(err, "%s is too long", name);
	*out = xstrdup(json_string_value(value));
	return 0;
}

/* A name without blanks and control characters; "": not said. */
static int
read_name(const json_t *body, const char *name, char out[WATCH_ACCOUNT],
    struct err *err)
{
	const json_t *value = json_object_get(body, name);
	const char *text;

	out[0] = '\0';
	if (is_unknown(value))
		return 0;
	text = json_string_value(value);
	if (text == NULL)
		return err_set(err, "%s is no text", name);
	if (strlen(text) >= WATCH_ACCOUNT)
		return err_set(err, "%s is too long", name);
	for (const char *p = text; *p != '\0'; p++) {
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return err_set(err, "%s is no name", name);
	}
	snprintf(out, WATCH_ACCOUNT, "%s", text);
	return 0;
}

static int
read_date(const json_t *body, const char *name, int64_t *us, struct err *err)
{
	const json_t *value = json_object_get(body, name);

	*us = 0;
	if (is_unknown(value) ||
	    strcmp(json_is_string(value) ? json_string_value(value) : "?",
		"") == 0)
		return 0;
	if (!json_is_string(value) ||
	    watch_date(json_string_value(value), us) != 0)
		return err_set(err, "%s is no date", name);
	return 0;
}

/* -- the tracker ------------------------------------------------------------
 */

static bool
is_instagram(const char *platform)
{
	return strncmp(platform, "instagram/", 10) == 0;
}

/*
 * One field for each platform and never another in its place: plays and views
 * differ, and a change from one to the other would look like growth.
 */
static int
read_numbers(const char *platform, const json_t *body, struct watch_metrics *m,
    struct err *err)
{
	const char *views =
	    is_instagram(platform) ? "video_play_count" : "view_count";

	if (read_count(body, views, &m->views, err) != 0 ||
	    read_count(body, "like_count", &m->likes, err) != 0 ||
	    read_count(body, "comment_count", &m->comments, err) != 0 ||
	    read_count(body, "owner_follower_count", &m->followers, err) != 0)
		return -1;
	if (is_instagram(platform) && m->likes == HIDDEN_LIKES)
		m->likes = -1;
	if (m->followers == 0)
		m->followers = -1; /* what trackers say that do not know */
	if (m->views < 0 && m->likes < 0 && m->comments < 0)
		return err_set(err, "no numbers");
	return 0;
}

static int
read_media_url(const json_t *body, struct watch_metrics *m, struct err *err)
{
	if (read_text(body, "crawl_video_url", WATCH_MAX_URL, &m->media_url,
		err) != 0)
		return -1;
	if (m->media_url == NULL || strncmp(m->media_url, "https://", 8) == 0)
		return 0;
	free(m->media_url);
	m->media_url = NULL;
	return 0;
}

int
watch_read_metrics(const char *platform, const json_t *body,
    struct watch_metrics *m, struct err *err)
{
	if (read_numbers(platform, body, m, err) != 0 ||
	    read_name(body, "owner_username", m->account, err) != 0 ||
	    read_name(body, "owner_id", m->account_id, err) != 0 ||
	    read_date(body, "published_at", &m->published_us, err) != 0 ||
	    read_text(body, "caption", WATCH_MAX_CAPTION, &m->caption, err) !=
		0)
		return -1;
	return read_media_url(body, m, err);
}

void
watch_metrics_clear(struct watch_metrics *m)
{
	free(m->caption);
	free(m->media_url);
	m->caption = m->media_url = NULL;
}

/* -- the detector -----------------------------------------------------------
 */

static int
read_hash(const json_t *body, struct watch_detection *d, struct err *err)
{
	const json_t *value = json_object_get(body, "perceptual_hash");
	const char *text = json_string_value(value);

	if (is_unknown(value))
		return 0;
	if (text == NULL || strlen(text) != HASH_DIGITS ||
	    strspn(text, "0123456789abcdefABCDEF") != HASH_DIGITS)
		return err_set(err, "perceptual_hash is not 16 hex digits");
	d->hash = strtoull(text, NULL, 16);
	/* A picture that shows nothing is like all that show nothing. */
	d->has_hash = d->hash != 0 && d->hash != UINT64_MAX;
	return 0;
}

/* Detectors of old say a mean even of no frames: that is no verdict. */
static int
read_frames(const json_t *body, struct watch_detection *d, struct err *err)
{
	const json_t *frames = json_object_get(body, "per_frame");
	double least = 1, most = 0, one;

	d->frames = json_array_size(frames);
	if (d->frames == 0)
		return err_set(err, "no frame was looked at");
	if (d->frames > WATCH_MAX_FRAMES)
		return err_set(err, "too many frames");
	for (size_t i = 0; i < d->frames; i++) {
		if (read_share(
			json_array_get(frames, i), "per_frame", &one, err) != 0)
			return -1;
		least = one < least ? one : least;
		most = one > most ? one : most;
	}
	if (d->score < least - slack || d->score > most + slack)
		return err_set(err, "the mean is not of the frames");
	return 0;
}

int
watch_read_detection(
    const json_t *body, struct watch_detection *d, struct err *err)
{
	if (read_share(json_object_get(body, "mean_ai_generated"),
		"mean_ai_generated", &d->score, err) != 0 ||
	    read_frames(body, d, err) != 0)
		return -1;
	return read_hash(body, d, err);
}

/* -- the moderator ----------------------------------------------------------
 */

static bool
is_word(const char *text)
{
	return text != NULL && *text != '\0' &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
				 "0123456789_-")] == '\0';
}

/* Those that are words, as far as there is room. */
static void
read_categories(const json_t *list, struct watch_verdict *v)
{
	size_t used = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (!is_word(word) ||
		    used + strlen(word) + 2 > sizeof(v->categories))
			continue;
		used += (size_t)snprintf(v->categories + used,
		    sizeof(v->categories) - used, "%s%s", used > 0 ? "," : "",
		    word);
	}
}

int
watch_read_verdict(const json_t *body, struct watch_verdict *v, struct err *err)
{
	const char *verdict =
	    json_string_value(json_object_get(body, "verdict"));
	const json_t *score = json_object_get(body, "score");

	v->score = NAN;
	if (verdict == NULL)
		return err_set(err, "no verdict");
	v->is_illicit = strcmp(verdict, "illicit") == 0;
	if (!v->is_illicit && strcmp(verdict, "clean") != 0)
		return err_set(err, "neither clean nor illicit");
	read_categories(json_object_get(body, "categories"), v);
	if (is_unknown(score))
		return 0;
	return read_share(score, "score", &v->score, err);
}

/* -- followers --------------------------------------------------------------
 */

static int
read_follower(const json_t *body, struct watch_follower *f, struct err *err)
{
	if (!json_is_object(body))
		return err_set(err, "a follower is no object");
	if (read_text(body, "username", MAX_TEXT, &f->username, err) != 0 ||
	    read_text(body, "bio", MAX_TEXT, &f->bio, err) != 0 ||
	    read_text(body, "location", MAX_TEXT, &f->location, err) != 0 ||
	    read_count(body, "follower_count", &f->followers, err) != 0 ||
	    read_count(body, "following_count", &f->following, err) != 0 ||
	    read_count(body, "posts_count", &f->posts, err) != 0)
		return -1;
	if (read_date(body, "account_creation_date", &f->created_us, err) != 0)
		return -1;
	return read_date(body, "last_post_date", &f->last_post_us, err);
}

int
watch_read_audience(
    const json_t *body, struct watch_audience *a, struct err *err)
{
	const json_t *list = json_object_get(body, "followers");
	size_t n = json_array_size(list);

	if (read_count(body, "follower_count", &a->followers, err) != 0)
		return -1;
	if (!json_is_array(list))
		return err_set(err, "no followers");
	if (n > WATCH_MAX_FOLLOWERS)
		return err_set(err, "too many followers");
	a->sample = xcalloc(n + 1, sizeof(*a->sample));
	for (; a->n < n; a->n++) {
		if (read_follower(json_array_get(list, a->n), &a->sample[a->n],
			err) != 0) {
			a->n++;
			return -1;
		}
	}
	return 0;
}

void
watch_audience_clear(struct watch_audience *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->sample[i].username);
		free(a->sample[i].bio);
		free(a->sample[i].location);
	}
	free(a->sample);
	a->sample = NULL;
	a->n = 0;
}
