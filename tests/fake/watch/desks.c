/* What is asked, and what a service makes of it in the mode it is in. */
#include "tests/fake/watch/desks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/fake/watch/answers.h"
#include "tests/fake/watch/story.h"
#include "tests/fake/watch/world.h"

enum { MAX_BATCH = 50, MAX_FRAMES = 100, MAX_SAMPLE = 1000 };

void
desk_reply(struct http_req *req, int status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	http_reply(req, status, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

void
desk_refuse(struct http_req *req, int status, const char *word)
{
	desk_reply(req, status, json_pack("{s:s}", "detail", word));
}

json_t *
desk_body(struct http_req *req)
{
	size_t len;
	const void *body = http_req_body(req, &len);

	return json_loadb(body, len, 0, NULL);
}

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* -- modes ------------------------------------------------------------------
 */

static void
on_gone(struct http_req *req, void *arg)
{
	(void)arg;
	http_reply(req, 503, "text/plain", "", 0);
}

static void
limit(struct http_req *req, const json_t *mode)
{
	json_int_t seconds =
	    json_integer_value(json_object_get(mode, "retry_after"));
	char *value = xasprintf("%d", seconds > 0 ? (int)seconds : 1);

	http_reply_header(req, "Retry-After", value);
	desk_refuse(req, 429, "Too many requests");
	free(value);
}

/* Whether the service's mode has answered. */
static bool
act(struct http_req *req, const json_t *mode)
{
	static const char lost[] = "<html><h1>404 Not Found</h1></html>";
	const char *name = text_of(mode, "mode");
	json_int_t status = json_integer_value(json_object_get(mode, "status"));

	if (strcmp(name, "fail") == 0)
		desk_refuse(
		    req, status > 0 ? (int)status : 503, "out of order");
	else if (strcmp(name, "limit") == 0)
		limit(req, mode);
	else if (strcmp(name, "lost") == 0)
		http_reply(req, 404, "text/html", lost, strlen(lost));
	else if (strcmp(name, "garbage") == 0)
		http_reply(req, 200, "application/json", "{\"view_c", 8);
	else if (strcmp(name, "slow") == 0)
		http_req_on_gone(req, on_gone, NULL);
	else if (strcmp(name, "empty") == 0)
		desk_reply(req, 200, json_object());
	else
		return false;
	return true;
}

static bool
has_key(struct http_req *req, const json_t *script)
{
	const char *key = text_of(script, "key");
	const char *given = http_req_header(req, "Authorization");
	char *wanted = xasprintf("Bearer %s", key);
	bool is_good =
	    *key == '\0' || (given != NULL && strcmp(given, wanted) == 0);

	free(wanted);
	return is_good;
}

/* Whether the request has been answered; counts it. */
static bool
is_answered(struct world *w, enum world_service service, struct http_req *req)
{
	const json_t *mode = world_mode(w, service);

	if (!has_key(req, w->desks[service].script)) {
		desk_refuse(req, 401, "Unauthorized");
		return true;
	}
	return act(req, mode);
}

static bool
is_form(const struct world *w, const char *form)
{
	return strcmp(text_of(w->desks[WORLD_TRACKER].script, "form"), form) ==
	       0;
}

/* -- the tracker ------------------------------------------------------------
 */

/* One post as the tracker names it: the numbers, or {"detail"}. */
static json_t *
look_up(struct world *w, const json_t *asked, bool with_media, int *status)
{
	char *platform = xasprintf("%s/%s", text_of(asked, "platform"),
	    text_of(asked, "content_type"));
	const char *word = NULL;
	json_t *metrics = answer_metrics(w, platform,
	    text_of(asked, "content_id"), with_media, status, &word);

	free(platform);
	w->desks[WORLD_TRACKER].contents++;
	return metrics != NULL ? metrics : json_pack("{s:s}", "detail", word);
}

static json_t *
look_up_for_batch(struct world *w, json_t *asked, bool with_media)
{
	int status;
	json_t *found = look_up(w, asked, with_media, &status);
	json_t *result = json_pack("{s:s, s:s, s:s, s:i}", "platform",
	    text_of(asked, "platform"), "content_type",
	    text_of(asked, "content_type"), "content_id",
	    text_of(asked, "content_id"), "status", status);

	if (status == 200)
		json_object_set(result, "metrics", found);
	else
		json_object_update(result, found);
	json_decref(found);
	return result;
}

static void
answer_batch(
    struct world *w, struct http_req *req, const json_t *list, bool with_media)
{
	json_t *results = json_array(), *asked;
	size_t i;

	json_array_foreach(list, i, asked) json_array_append_new(
	    results, look_up_for_batch(w, asked, with_media));
	desk_reply(req, 200, json_pack("{s:o}", "results", results));
}

void
desk_post_metrics(struct http_req *req, void *arg)
{
	struct world *w = arg;
	json_t *body = desk_body(req);
	const json_t *list = json_object_get(body, "contents");
	bool with_media = json_is_true(json_object_get(body, "get_direct_url"));
	json_t *found;
	int status;

	if (is_answered(w, WORLD_TRACKER, req)) {
		json_decref(body);
		return;
	}
	if (is_form(w, "get")) {
		desk_refuse(req, 405, "Method Not Allowed");
	} else if (is_form(w, "path")) {
		desk_refuse(req, 404, "Not Found");
	} else if (list != NULL && !is_form(w, "post") &&
		   json_array_size(list) <= MAX_BATCH) {
		answer_batch(w, req, list, with_media);
	} else if (*text_of(body, "content_id") == '\0') {
		desk_refuse(req, 422, "Field required: content_id");
	} else {
		found = look_up(w, body, with_media, &status);
		desk_reply(req, status, found);
	}
	json_decref(body);
}

static void
answer_get(struct world *w, struct http_req *req, const char *platform,
    const char *type, const char *id)
{
	json_t *asked, *found;
	int status;

	if (is_answered(w, WORLD_TRACKER, req))
		return;
	if (platform == NULL || type == NULL || id == NULL) {
		desk_refuse(req, 422, "Field required");
		return;
	}
	asked = json_pack("{s:s, s:s, s:s}", "platform", platform,
	    "content_type", type, "content_id", id);
	found = look_up(w, asked, true, &status);
	json_decref(asked);
	desk_reply(req, status, found);
}

void
desk_get_metrics(struct http_req *req, void *arg)
{
	answer_get(arg, req, http_req_param(req, "platform"),
	    http_req_param(req, "type"), http_req_param(req, "id"));
}

void
desk_query_metrics(struct http_req *req, void *arg)
{
	struct world *w = arg;

	if (is_form(w, "path")) {
		desk_refuse(req, 404, "Not Found");
		return;
	}
	answer_get(w, req, http_req_query(req, "platform"),
	    http_req_query(req, "content_type"),
	    http_req_query(req, "content_id"));
}

/* -- the others -------------------------------------------------------------
 */

void
desk_detect(struct http_req *req, void *arg)
{
	struct world *w = arg;
	const char *url = http_req_query(req, "url");
	const char *wanted = http_req_query(req, "num_frames");
	long frames = wanted != NULL ? strtol(wanted, NULL, 10) : 10;
	const json_t *story;
	bool is_direct;

	if (is_answered(w, WORLD_DETECTOR, req))
		return;
	w->desks[WORLD_DETECTOR].contents++;
	story = url != NULL ? world_media(w, url, &is_direct) : NULL;
	if (url == NULL || frames < 1 || frames > MAX_FRAMES)
		desk_refuse(req, 422, "Field required: url");
	else if (story == NULL)
		desk_refuse(req, 404, "Media not found");
	else if (story_flag(story, "undecodable"))
		desk_refuse(req, 500, "Cannot open the video");
	else
		desk_reply(req, 200,
		    answer_detection(
			story, world_same(w, story), is_direct, frames));
}

void
desk_moderate(struct http_req *req, void *arg)
{
	struct world *w = arg;
	json_t *body = desk_body(req);
	char *platform = xasprintf(
	    "%s/%s", text_of(body, "platform"), text_of(body, "content_type"));
	const json_t *story =
	    world_content(w, platform, text_of(body, "content_id"));

	free(platform);
	if (is_answered(w, WORLD_MODERATOR, req)) {
		json_decref(body);
		return;
	}
	w->desks[WORLD_MODERATOR].contents++;
	if (*text_of(body, "content_id") == '\0')
		desk_refuse(req, 422, "Field required: content_id");
	else if (story == NULL)
		desk_refuse(req, 404, "Post not found");
	else
		desk_reply(req, 200, answer_verdict(story));
	json_decref(body);
}

void
desk_followers(struct http_req *req, void *arg)
{
	struct world *w = arg;
	json_t *body = desk_body(req);
	json_int_t sample = json_integer_value(json_object_get(body, "sample"));

	if (is_answered(w, WORLD_AUDIENCE, req)) {
		json_decref(body);
		return;
	}
	w->desks[WORLD_AUDIENCE].contents++;
	if (*text_of(body, "account") == '\0' || sample < 0 ||
	    sample > MAX_SAMPLE)
		desk_refuse(req, 422, "Field required: account");
	else
		desk_reply(req, 200,
		    answer_followers(w, text_of(body, "platform"),
			text_of(body, "account"), (long)sample));
	json_decref(body);
}

/* -- gists ------------------------------------------------------------------
 */

static char *
etag_of(const char *text)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3;
	return xasprintf("\"%016" PRIx64 "\"", h);
}

static void
send_gist(struct world *w, struct http_req *req, const char *text)
{
	const char *known = http_req_header(req, "If-None-Match");
	char *etag = etag_of(text);

	http_reply_header(req, "ETag", etag);
	http_reply_header(req, "Cache-Control", "max-age=300");
	if (known != NULL && strcmp(known, etag) == 0) {
		http_reply(req, 304, NULL, "", 0);
	} else {
		w->desks[WORLD_GISTS].contents++;
		http_reply(
		    req, 200, "text/plain; charset=utf-8", text, strlen(text));
	}
	free(etag);
}

void
desk_gist(struct http_req *req, void *arg)
{
	struct world *w = arg;
	char *key = xasprintf(
	    "%s/%s", http_req_param(req, "user"), http_req_param(req, "id"));
	const json_t *gist = json_object_get(w->gists, key);
	const char *redirect = text_of(gist, "redirect");
	json_int_t status = json_integer_value(json_object_get(gist, "status"));
	const json_t *text = json_object_get(gist, "text");

	free(key);
	if (is_answered(w, WORLD_GISTS, req))
		return;
	if (*redirect != '\0') {
		http_reply_header(req, "Location", redirect);
		http_reply(req, 302, "text/plain", "", 0);
	} else if (status > 0) {
		http_reply(req, (int)status, "text/plain", "no", 2);
	} else if (!json_is_string(text)) {
		http_reply(req, 404, "text/plain", "404: Not Found", 14);
	} else {
		send_gist(w, req, json_string_value(text));
	}
}

/* -- what nobody needs ------------------------------------------------------
 */

void
desk_health(struct http_req *req, void *arg)
{
	(void)arg;
	desk_reply(req, 200,
	    json_pack("{s:s, s:[s,s,s,s], s:b}", "status", "healthy",
		"supported_platforms", "youtube", "instagram", "tiktok", "x",
		"redis_connected", 0));
}

void
desk_platforms(struct http_req *req, void *arg)
{
	static const char platforms[] =
	    "{\"supported_platforms\": {\"youtube\": "
	    "{\"supported_content_types\": [\"video\", \"short\"]}, "
	    "\"instagram\": {\"supported_content_types\": [\"post\", "
	    "\"reel\"]}, \"tiktok\": {\"supported_content_types\": "
	    "[\"video\"]}, \"x\": {\"supported_content_types\": "
	    "[\"post\"]}}}";

	(void)arg;
	http_reply(req, 200, "application/json", platforms, strlen(platforms));
}
