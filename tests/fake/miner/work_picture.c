/* Pictures that follow from their request. */
#include "tests/fake/miner/work_picture.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "tests/fake/miner/job.h"
#include "tests/fake/miner/picture.h"
#include "tests/fake/miner/work.h"

enum { DIPPY_SIDE = 1024, DIPPY_SEED = 42 };

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

const char *
work_check_picture(const json_t *body)
{
	const char *wrong = check_side(json_object_get(body, "width"));

	if (!json_is_string(json_object_get(body, "prompt")))
		return "prompt: a string is wanted";
	if (wrong == NULL)
		wrong = check_side(json_object_get(body, "height"));
	return wrong;
}

const char *
work_check_edit(const json_t *body)
{
	if (!json_is_integer(json_object_get(body, "seed")))
		return "seed: a number is wanted";
	return work_check_picture(body);
}

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

void
work_picture(struct job *job)
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
