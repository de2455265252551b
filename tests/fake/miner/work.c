/*
 * Requests checked, inputs fetched, pictures drawn. What wants a program of
 * its own is in work_speech.c.
 */
#include "tests/fake/miner/work.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/http_client.h"
#include "common/log.h"
#include "tests/fake/miner/job.h"
#include "tests/fake/miner/picture.h"
#include "tests/fake/miner/work_speech.h"

enum {
	MAX_FETCH = 64 << 20,
	FETCH_MS = 30000,
	DIPPY_SIDE = 1024,
	DIPPY_SEED = 42,
};

void
work_fail(struct job *job, const char *error, const char *detail)
{
	log_warn("miner.failed", "job=%s why=\"%s\" detail=\"%s\"", job->id,
	    error, detail);
	job->outcome.error = error;
	job_worked(job);
}

/* -- checking ----------------------------------------------------------- */

static const char *
check_side(const json_t *side)
{
	if (side == NULL || json_is_null(side))
		return NULL;
	if (!json_is_integer(side) || json_integer_value(side) < PICTURE_MIN ||
	    json_integer_value(side) > PICTURE_MAX)
		return "width, height: 64 to 2048 is wanted";
	return NULL;
}

static const char *
check_picture(const json_t *body)
{
	const char *wrong = check_side(json_object_get(body, "width"));

	if (!json_is_string(json_object_get(body, "prompt")))
		return "prompt: a string is wanted";
	if (wrong == NULL)
		wrong = check_side(json_object_get(body, "height"));
	return wrong;
}

const char *
work_check(enum task task, const json_t *body)
{
	const json_t *params = json_object_get(body, "params");
	const json_t *input = json_object_get(body, "input");

	switch (task) {
	case TASK_TRANSCRIBE:
		if (!json_is_string(json_object_get(input, "url")))
			return "input.url: a string is wanted";
		return NULL;
	case TASK_SPEAK:
		if (!json_is_string(json_object_get(params, "text")))
			return "params.text: a string is wanted";
		return NULL;
	case TASK_EDIT:
		if (!json_is_integer(json_object_get(body, "seed")))
			return "seed: a number is wanted";
		return check_picture(body);
	case TASK_GENERATE:
		return check_picture(body);
	case N_TASKS:
		break;
	}
	return "no such task";
}

/* -- pictures ----------------------------------------------------------- */

static int64_t
number(const struct job *job, const char *name, int64_t otherwise)
{
	const json_t *v = json_object_get(job->body, name);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

/* All that a picture follows from: prompt, seed, and the input's bytes. */
static void
picture_seed(const struct job *job, uint8_t out[32])
{
	const char *prompt =
	    json_string_value(json_object_get(job->body, "prompt"));
	int64_t seed = number(job, "seed", 0);
	crypto_hash_sha256_state state;
	char text[32];

	/* Dippy's miners take 0 and null for 42. */
	snprintf(text, sizeof(text), "%lld",
	    (long long)(seed != 0 ? seed : DIPPY_SEED));
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(
	    &state, (const uint8_t *)prompt, strlen(prompt) + 1);
	crypto_hash_sha256_update(
	    &state, (const uint8_t *)text, strlen(text) + 1);
	if (job->input.len > 0)
		crypto_hash_sha256_update(
		    &state, job->input.data, job->input.len);
	crypto_hash_sha256_final(&state, out);
}

static void
render(struct job *job)
{
	uint8_t seed[32];

	picture_seed(job, seed);
	if (picture_render(seed, number(job, "width", DIPPY_SIDE),
		number(job, "height", DIPPY_SIDE), &job->outcome.file) != 0) {
		work_fail(job, "the picture failed", "png");
		return;
	}
	job->outcome.type = "image/png";
	job_worked(job);
}

/* -- fetching ----------------------------------------------------------- */

static void
do_work(struct job *job)
{
	switch (job->task) {
	case TASK_TRANSCRIBE:
		work_transcribe(job);
		break;
	case TASK_SPEAK:
		work_speak(job);
		break;
	case TASK_GENERATE:
	case TASK_EDIT:
		render(job);
		break;
	case N_TASKS:
		break;
	}
}

static bool
is_as_promised(const struct job *job)
{
	const char *digest = json_string_value(
	    json_object_get(json_object_get(job->body, "input"), "sha256"));
	uint8_t want[32], got[32];

	if (digest == NULL)
		return true;
	crypto_hash_sha256(got, job->input.data, job->input.len);
	return hex_decode_exact(digest, want, sizeof(want)) == 0 &&
	       memcmp(got, want, sizeof(got)) == 0;
}

static void
on_fetched(const struct http_answer *answer, void *arg)
{
	struct job *job = arg;
	char detail[128];

	job->call = NULL;
	if (answer->status != 200) {
		snprintf(detail, sizeof(detail), "http=%d %s", answer->status,
		    answer->status == 0 ? answer->why : "");
		work_fail(job, "the input cannot be fetched", detail);
		return;
	}
	buf_add(&job->input, answer->body, answer->len);
	if (!is_as_promised(job))
		work_fail(job, "the input differs from its sha256", "sha256");
	else
		do_work(job);
}

static const char *
input_url(const struct job *job)
{
	const json_t *from =
	    job->is_dippy
		? json_object_get(job->body, "image_url")
		: json_object_get(json_object_get(job->body, "input"), "url");

	return json_string_value(from);
}

void
work_start(struct job *job)
{
	struct http_call_options options = {
	    .method = "GET",
	    .url = input_url(job),
	    .timeout_ms = FETCH_MS,
	    .max_answer = MAX_FETCH,
	};

	if (options.url == NULL) {
		do_work(job);
		return;
	}
	job->call =
	    http_call_start(job->miner->client, &options, on_fetched, job);
}
