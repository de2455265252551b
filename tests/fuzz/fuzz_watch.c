/*
 * What the services that watch posts answer, and what they are asked.
 *
 * The first byte chooses. What is sound comes with 200 and is within its
 * limits; what is gone with a status that may say so; all else says why and
 * holds nothing. A date is the same when it is written again; a request is
 * one line of a URL and JSON.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/err.h"
#include "tests/fuzz/input.h"
#include "validator/watch_answer.h"
#include "validator/watch_date.h"
#include "validator/watch_wire.h"

static const char *const platforms[] = {
    "instagram/reel", "youtube/short", "x/post", "x"};

/* -- answers ----------------------------------------------------------------
 */

static void
check_name(const char *name)
{
	for (; *name != '\0'; name++)
		input_must((unsigned char)*name > ' ', "a name has no blanks");
}

static void
check_metrics(const struct watch_metrics *m)
{
	input_must(m->views >= -1 && m->likes >= -1 && m->comments >= -1,
	    "counts are counts");
	input_must(m->views >= 0 || m->likes >= 0 || m->comments >= 0,
	    "there is a number");
	input_must(m->followers == -1 || m->followers > 0,
	    "followers are known or not");
	input_must(m->published_us >= 0, "a date is after 1970");
	input_must(
	    m->caption == NULL || strlen(m->caption) <= WATCH_MAX_CAPTION,
	    "a caption has its limit");
	input_must(
	    m->media_url == NULL || strncmp(m->media_url, "https://", 8) == 0,
	    "media are at https");
	check_name(m->account);
	check_name(m->account_id);
}

static void
check_audience(const struct watch_audience *a)
{
	input_must(a->n <= WATCH_MAX_FOLLOWERS, "a sample has its limit");
	for (size_t i = 0; i < a->n; i++)
		input_must(a->sample[i].followers >= -1 &&
			       a->sample[i].following >= -1 &&
			       a->sample[i].posts >= -1 &&
			       a->sample[i].created_us >= 0,
		    "counts are counts");
}

static void
check_sound(enum watch_service service, const struct watch_answer *a)
{
	input_must(a->status == 200, "what is sound comes with 200");
	switch (service) {
	case WATCH_TRACKER:
		check_metrics(&a->metrics);
		return;
	case WATCH_DETECTOR:
		input_must(a->detection.score >= 0 && a->detection.score <= 1,
		    "a score is a share");
		input_must(a->detection.frames > 0, "of frames");
		return;
	case WATCH_MODERATOR:
		input_must(isnan(a->verdict.score) ||
			       (a->verdict.score >= 0 && a->verdict.score <= 1),
		    "a score is a share");
		check_name(a->verdict.categories);
		return;
	case WATCH_AUDIENCE:
		check_audience(&a->audience);
		return;
	case WATCH_SERVICES:
		return;
	}
}

static void
check_answer(enum watch_service service, struct watch_answer *a)
{
	if (a->outcome == WATCH_OK)
		check_sound(service, a);
	else
		input_must(a->why[0] != '\0' && a->metrics.caption == NULL &&
			       a->metrics.media_url == NULL &&
			       a->audience.sample == NULL,
		    "what is not sound says why, and holds nothing");
	if (a->outcome == WATCH_GONE)
		input_must(a->status == 404 || a->status == 410,
		    "only these say gone");
	input_must(
	    a->outcome == WATCH_UNAVAILABLE || a->blame == WATCH_BLAME_NOBODY,
	    "nobody is to blame for an answer");
	watch_answer_clear(a);
}

/* A platform, a status, a body. */
static void
answer(enum watch_service service, struct input *in)
{
	const char *platform = platforms[input_byte(in) % 4];
	int status = 100 + input_u16(in) % 500;
	uint8_t *body = input_copy(in);
	struct watch_answer a;

	watch_read(service, platform, status, body, in->len, &a);
	check_answer(service, &a);
	free(body);
}

static void
batch(struct input *in)
{
	static const char *const ids[] = {"1", "2", "", "\xc3\xbc"};
	uint8_t *body = input_copy(in);
	struct watch_answer a;
	struct err err = {""};
	struct watch_batch *read = watch_read_batch(body, in->len, &err);

	input_must(read != NULL || err.text[0] != '\0', "it says why");
	for (int i = 0; read != NULL && i < 16; i++) {
		watch_batch_answer(read, platforms[i / 4], ids[i % 4], &a);
		check_answer(WATCH_TRACKER, &a);
	}
	watch_batch_free(read);
	free(body);
}

/* -- dates ------------------------------------------------------------------
 */

static void
date(struct input *in)
{
	char *text = input_text(in), again[64];
	int64_t us, same;
	time_t s;
	struct tm tm;

	if (watch_date(text, &us) == 0) {
		input_must(us >= 0, "a date is after 1970");
		s = us / 1000000;
		gmtime_r(&s, &tm);
		snprintf(again, sizeof(again),
		    "%04d-%02d-%02dT%02d:%02d:%02d.%06" PRId64 "Z",
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		    tm.tm_min, tm.tm_sec, us % 1000000);
		if (tm.tm_year + 1900 <= 9999)
			input_must(watch_date(again, &same) == 0 && same == us,
			    "it is the same when it is written again");
	}
	free(text);
}

/* -- requests ---------------------------------------------------------------
 */

static void
check_request(struct watch_request *r)
{
	json_t *body;

	input_must(r->path[0] == '/', "a path begins with a slash");
	for (const char *p = r->path; *p != '\0'; p++)
		input_must(*p > ' ' && *p < 0x7f, "a path is ASCII");
	input_must(strstr(r->path, "/../") == NULL, "a path leads nowhere");
	if (r->body != NULL) {
		body = json_loads(r->body, 0, NULL);
		input_must(json_is_object(body), "a body is JSON");
		json_decref(body);
	}
	watch_request_clear(r);
}

/* The texts are UTF-8, as everything that comes out of JSON and rows. */
static void
request(struct input *in)
{
	const char *platform = platforms[input_byte(in) % 4];
	enum watch_form form = input_byte(in) % WATCH_FORMS;
	char *text = input_text(in);
	struct watch_question q = {.platform = platform,
	    .id = text,
	    .url = text,
	    .caption = text,
	    .account = text};
	const struct watch_question *const two[] = {&q, &q};
	struct watch_request r;
	json_t *is_utf8 = json_string(text);

	if (is_utf8 != NULL) {
		watch_wire_metrics(
		    form, two, form == WATCH_FORM_BATCH ? 2 : 1, &r);
		check_request(&r);
		watch_wire_moderate(&q, &r);
		check_request(&r);
		watch_wire_followers(&q, 50, &r);
		check_request(&r);
	}
	watch_wire_detect(&q, 10, &r);
	check_request(&r);
	input_must(*watch_form_name(watch_form_next(form)) != '\0',
	    "forms have names");
	(void)watch_form_is_refused(form, 400 + (unsigned char)*text, false);
	json_decref(is_utf8);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = {data, len};
	int choice = input_byte(&in) % 7;

	if (choice < WATCH_SERVICES)
		answer(choice, &in);
	else if (choice == 4)
		batch(&in);
	else if (choice == 5)
		date(&in);
	else
		request(&in);
	return 0;
}
