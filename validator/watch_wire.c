/* Requests as texts. */
#include "validator/watch_wire.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"

/* The parts of "instagram/reel": the first's length, and the second. */
static const char *
split(const char *platform, size_t *len)
{
	*len = strcspn(platform, "/");
	return platform[*len] == '/' ? platform + *len + 1 : "";
}

static void
add_encoded(struct buf *out, const char *text, size_t len)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c != '\0' && strchr(plain, c) != NULL)
			buf_add_byte(out, c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

static void
add_part(struct buf *out, const char *before, const char *text, size_t len)
{
	buf_add_str(out, before);
	add_encoded(out, text, len);
}

static json_t *
name_post(const struct watch_question *q)
{
	size_t len;
	const char *type = split(q->platform, &len);

	return json_pack("{s:s%, s:s, s:s}", "platform", q->platform, len,
	    "content_type", type, "content_id", q->id);
}

static void
finish(struct watch_request *r, const char *path, json_t *body)
{
	r->method = "POST";
	r->path = xstrdup(path);
	r->body = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
}

/* -- the tracker ------------------------------------------------------------
 */

/* A JSON string; ids have nothing that would have to be escaped. */
static void
add_string(struct buf *out, const char *text, size_t len)
{
	json_t *odd;
	char *escaped;
	size_t i = 0;

	while (i < len && text[i] >= ' ' && text[i] < 0x7f && text[i] != '"' &&
	       text[i] != '\\')
		i++;
	if (i == len) {
		buf_add_byte(out, '"');
		buf_add(out, text, len);
		buf_add_byte(out, '"');
		return;
	}
	odd = json_stringn(text, len);
	escaped = json_dumps(odd, JSON_ENCODE_ANY);
	buf_add_str(out, escaped != NULL ? escaped : "\"\"");
	free(escaped);
	json_decref(odd);
}

/* By hand, as there are many of them. */
static void
ask_batch(const struct watch_question *const *questions, size_t n,
    struct watch_request *r)
{
	struct buf body = {0};
	size_t len;

	buf_add_str(&body, "{\"contents\":[");
	for (size_t i = 0; i < n; i++) {
		const struct watch_question *q = questions[i];
		const char *type = split(q->platform, &len);

		buf_add_str(
		    &body, i > 0 ? ",{\"platform\":" : "{\"platform\":");
		add_string(&body, q->platform, len);
		buf_add_str(&body, ",\"content_type\":");
		add_string(&body, type, strlen(type));
		buf_add_str(&body, ",\"content_id\":");
		add_string(&body, q->id, strlen(q->id));
		buf_add_byte(&body, '}');
	}
	buf_add_str(&body, questions[0]->wants_media
			       ? "],\"get_direct_url\":true}"
			       : "],\"get_direct_url\":false}");
	r->method = "POST";
	r->path = xstrdup("/get_metrics");
	r->body = buf_take_str(&body);
}

static void
ask_one(const struct watch_question *q, struct watch_request *r)
{
	json_t *body = name_post(q);

	json_object_set_new(
	    body, "get_direct_url", json_boolean(q->wants_media));
	finish(r, "/get_metrics", body);
}

static void
ask_by_url(
    const struct watch_question *q, bool is_query, struct watch_request *r)
{
	size_t len;
	const char *type = split(q->platform, &len);
	struct buf path = {0};

	add_part(&path, is_query ? "/get_metrics?platform=" : "/get_metrics/",
	    q->platform, len);
	add_part(&path, is_query ? "&content_type=" : "/", type, strlen(type));
	add_part(&path, is_query ? "&content_id=" : "/", q->id, strlen(q->id));
	r->method = "GET";
	r->path = buf_take_str(&path);
	r->body = NULL;
}

void
watch_wire_metrics(enum watch_form form,
    const struct watch_question *const *questions, size_t n,
    struct watch_request *r)
{
	switch (form) {
	case WATCH_FORM_BATCH:
		ask_batch(questions, n, r);
		return;
	case WATCH_FORM_POST:
		ask_one(questions[0], r);
		return;
	case WATCH_FORM_PATH:
	case WATCH_FORM_QUERY:
	case WATCH_FORMS:
		break;
	}
	ask_by_url(questions[0], form == WATCH_FORM_QUERY, r);
}

bool
watch_form_is_refused(enum watch_form form, int status, bool gone)
{
	switch (form) {
	case WATCH_FORM_BATCH:
		return status == 400 || status == 404 || status == 405 ||
		       status == 413 || status == 422;
	case WATCH_FORM_POST:
	case WATCH_FORM_PATH:
	case WATCH_FORM_QUERY:
	case WATCH_FORMS:
		break;
	}
	return status == 405 || (status == 404 && !gone);
}

enum watch_form
watch_form_next(enum watch_form form)
{
	return (form + 1) % WATCH_FORMS;
}

const char *
watch_form_name(enum watch_form form)
{
	static const char *const names[WATCH_FORMS] = {
	    [WATCH_FORM_BATCH] = "batch",
	    [WATCH_FORM_POST] = "post",
	    [WATCH_FORM_PATH] = "path",
	    [WATCH_FORM_QUERY] = "query",
	};

	return names[form];
}

/* -- the others -------------------------------------------------------------
 */

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

void
watch_wire_detect(
    const struct watch_question *q, int frames, struct watch_request *r)
{
	struct buf path = {0};
	const char *url = or_empty(q->url);

	add_part(&path, "/detect?url=", url, strlen(url));
	buf_printf(&path, "&num_frames=%d", frames);
	r->method = "POST";
	r->path = buf_take_str(&path);
	r->body = NULL;
}

void
watch_wire_moderate(const struct watch_question *q, struct watch_request *r)
{
	json_t *body = name_post(q);

	if (q->url != NULL)
		json_object_set_new(body, "url", json_string(q->url));
	if (q->caption != NULL)
		json_object_set_new(body, "caption", json_string(q->caption));
	finish(r, "/moderate", body);
}

void
watch_wire_followers(
    const struct watch_question *q, int sample, struct watch_request *r)
{
	size_t len;

	(void)split(q->platform, &len);
	finish(r, "/get_followers",
	    json_pack("{s:s%, s:s, s:i}", "platform", q->platform, len,
		"account", or_empty(q->account), "sample", sample));
}

void
watch_request_clear(struct watch_request *r)
{
	free(r->path);
	free(r->body);
}
