/* Which outcome an answer is; what is in it is read by watch_read_*.c. */
#include "validator/watch_answer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "validator/watch_fields.h"

const char *
watch_service_name(enum watch_service service)
{
	static const char *const names[WATCH_SERVICES] = {
	    [WATCH_TRACKER] = "tracker",
	    [WATCH_DETECTOR] = "detector",
	    [WATCH_MODERATOR] = "moderator",
	    [WATCH_AUDIENCE] = "audience",
	};

	return names[service];
}

const char *
watch_outcome_name(enum watch_outcome outcome)
{
	switch (outcome) {
	case WATCH_OK:
		return "ok";
	case WATCH_GONE:
		return "gone";
	case WATCH_UNAVAILABLE:
		break;
	}
	return "unavailable";
}

/* -- outcomes ---------------------------------------------------------------
 */

static void
begin(struct watch_answer *a, int status)
{
	memset(a, 0, sizeof(*a));
	a->status = status;
	a->outcome = WATCH_UNAVAILABLE;
}

static void blame(struct watch_answer *a, enum watch_blame whose,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void
blame(struct watch_answer *a, enum watch_blame whose, const char *fmt, ...)
{
	va_list ap;

	a->outcome = WATCH_UNAVAILABLE;
	a->blame = whose;
	va_start(ap, fmt);
	vsnprintf(a->why, sizeof(a->why), fmt, ap);
	va_end(ap);
}

/*
 * Whether the service itself speaks: {"detail": ".."} or {"error": ".."} in
 * words of its own. What a proxy or a web framework says of a path that it
 * does not know says nothing of a post.
 */
static bool
is_own_word(const json_t *body)
{
	static const char *const not_own[] = {
	    "Not Found", "Method Not Allowed", "Internal Server Error"};
	const json_t *word = json_object_get(body, "detail");
	const char *text;

	if (word == NULL)
		word = json_object_get(body, "error");
	text = json_string_value(word);
	if (text == NULL || *text == '\0')
		return false;
	/* Problem details speak of a request. */
	if (json_object_get(body, "instance") != NULL)
		return false;
	for (size_t i = 0; i < sizeof(not_own) / sizeof(not_own[0]); i++) {
		if (strcmp(text, not_own[i]) == 0)
			return false;
	}
	return true;
}

static bool
is_of_the_question(int status)
{
	return status == 400 || status == 409 || status == 413 ||
	       status == 415 || status == 422;
}

/* An answer that is not 200. body may be NULL: no JSON. */
static void
read_refusal(const json_t *body, struct watch_answer *a)
{
	if ((a->status == 404 || a->status == 410) && is_own_word(body)) {
		a->outcome = WATCH_GONE;
		snprintf(
		    a->why, sizeof(a->why), "the service says %d", a->status);
		return;
	}
	if (is_of_the_question(a->status))
		blame(a, WATCH_BLAME_QUESTION, "it answered %d", a->status);
	else if (a->status == 500 && is_own_word(body))
		blame(a, WATCH_BLAME_EITHER, "it answered 500");
	else
		blame(a, WATCH_BLAME_SERVICE, "it answered %d", a->status);
}

static int
read_fields(enum watch_service service, const char *platform,
    const json_t *body, struct watch_answer *a, struct err *err)
{
	switch (service) {
	case WATCH_TRACKER:
		return watch_read_metrics(platform, body, &a->metrics, err);
	case WATCH_DETECTOR:
		return watch_read_detection(body, &a->detection, err);
	case WATCH_MODERATOR:
		return watch_read_verdict(body, &a->verdict, err);
	case WATCH_AUDIENCE:
		return watch_read_audience(body, &a->audience, err);
	case WATCH_SERVICES:
		break;
	}
	return err_set(err, "no such service");
}

static void
read_sound(enum watch_service service, const char *platform, const json_t *body,
    struct watch_answer *a)
{
	struct err err;

	if (!json_is_object(body))
		blame(a, WATCH_BLAME_SERVICE, "no JSON object");
	else if (read_fields(service, platform, body, a, &err) != 0)
		blame(a, WATCH_BLAME_EITHER, "%s", err.text);
	else
		a->outcome = WATCH_OK;
	if (a->outcome == WATCH_OK)
		return;
	watch_metrics_clear(&a->metrics);
	watch_audience_clear(&a->audience);
}

void
watch_read(enum watch_service service, const char *platform, int status,
    const void *bytes, size_t len, struct watch_answer *a)
{
	json_t *body = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);

	begin(a, status);
	if (status == 200)
		read_sound(service, platform, body, a);
	else
		read_refusal(body, a);
	json_decref(body);
}

void
watch_read_silence(const char *why, struct watch_answer *a)
{
	begin(a, 0);
	blame(a, WATCH_BLAME_SERVICE, "%s", why);
}

void
watch_answer_clear(struct watch_answer *a)
{
	watch_metrics_clear(&a->metrics);
	watch_audience_clear(&a->audience);
}

/* -- batches ----------------------------------------------------------------
 */

/* A result, and what names it; the texts are of its JSON. */
struct result {
	const char *site, *type, *id;
	const json_t *json;
};

struct watch_batch {
	json_t *body;
	size_t n;
	struct result results[WATCH_MAX_BATCH];
};

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

struct watch_batch *
watch_read_batch(const void *bytes, size_t len, struct err *err)
{
	json_t *body = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *list = json_object_get(body, "results");
	size_t n = json_array_size(list);
	struct watch_batch *batch;

	if (n == 0 || n > WATCH_MAX_BATCH) {
		err_set(err, "no batch of results");
		json_decref(body);
		return NULL;
	}
	batch = xcalloc(1, sizeof(*batch));
	batch->body = body;
	for (size_t i = 0; i < n; i++) {
		const json_t *json = json_array_get(list, i);

		batch->results[i] = (struct result){
		    .site = text_of(json, "platform"),
		    .type = text_of(json, "content_type"),
		    .id = text_of(json, "content_id"),
		    .json = json,
		};
	}
	batch->n = n;
	return batch;
}

void
watch_batch_free(struct watch_batch *batch)
{
	if (batch == NULL)
		return;
	json_decref(batch->body);
	free(batch);
}

/* platform is "site/type". */
static bool
is_of(const struct result *r, const char *platform, const char *id)
{
	size_t site = strlen(r->site);

	return strcmp(r->id, id) == 0 &&
	       strncmp(r->site, platform, site) == 0 && platform[site] == '/' &&
	       strcmp(r->type, platform + site + 1) == 0;
}

/* The one result of that post; NULL, and *n how many there are. */
static const json_t *
find_result(const struct watch_batch *batch, const char *platform,
    const char *id, size_t *n)
{
	const json_t *found = NULL;

	*n = 0;
	for (size_t i = 0; i < batch->n; i++) {
		if (!is_of(&batch->results[i], platform, id))
			continue;
		found = batch->results[i].json;
		++*n;
	}
	return *n == 1 ? found : NULL;
}

void
watch_batch_answer(const struct watch_batch *batch, const char *platform,
    const char *id, struct watch_answer *a)
{
	size_t n;
	const json_t *result = find_result(batch, platform, id, &n);
	json_int_t status =
	    json_integer_value(json_object_get(result, "status"));

	begin(a, status > 0 && status < 1000 ? (int)status : 0);
	if (n > 1)
		blame(a, WATCH_BLAME_SERVICE, "twice in the batch");
	else if (n == 0)
		blame(a, WATCH_BLAME_SERVICE, "not in the batch");
	else if (a->status == 200)
		read_sound(WATCH_TRACKER, platform,
		    json_object_get(result, "metrics"), a);
	else
		read_refusal(result, a);
}
