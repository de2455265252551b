/* The table of tasks; requests checked, inputs fetched. */
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
#include "tests/fake/miner/work_picture.h"
#include "tests/fake/miner/work_sound.h"
#include "tests/fake/miner/work_speech.h"
#include "tests/fake/miner/work_text.h"

enum { MAX_FETCH = 64 << 20, FETCH_MS = 30000 };

/* -- checking ------------------------------------------------------------- */

static const char *
check_input(const json_t *body)
{
	const json_t *input = json_object_get(body, "input");

	return json_is_string(json_object_get(input, "url"))
		   ? NULL
		   : "input.url: a string is wanted";
}

static const char *
check_text(const json_t *body)
{
	const json_t *params = json_object_get(body, "params");

	return json_is_string(json_object_get(params, "text"))
		   ? NULL
		   : "params.text: a string is wanted";
}

const struct task tasks[N_TASKS] = {
    {"audio.transcribe", "audio.transcribe", false, check_input,
	work_transcribe},
    {"video.transcribe", "video.transcribe", false, check_input,
	work_transcribe},
    {"audio.speak", "audio.speak", false, check_text, work_speak},
    {"audio.enhance", "audio.enhance", false, check_input, work_enhance},
    {"audio.analyze", "audio.analyze", false, check_input, work_analyze},
    {"text.summarize", "text.summarize", false, check_text, work_summarize},
    {"text.translate", "text.translate", false, check_text, work_translate},
    {"document.translate", "document.translate", false, check_input,
	work_translate_document},
    {"lora.train", "lora.train", false, check_input, work_train},
    {"inference", "base-h100_pcie", true, work_check_picture, work_picture},
    {"edit", "img-h100_pcie", true, work_check_edit, work_picture},
};

const struct task *
task_find(const char *name)
{
	for (size_t i = 0; i < N_TASKS; i++)
		if (strcmp(tasks[i].name, name) == 0)
			return &tasks[i];
	return NULL;
}

/* -- ends ------------------------------------------------------------------ */

void
work_fail(struct job *job, const char *error, const char *detail)
{
	log_warn("miner.failed", "job=%s why=\"%s\" detail=\"%s\"", job->id,
	    error, detail);
	job->outcome.error = error;
	job_worked(job);
}

void
work_done(struct job *job, json_t *output)
{
	job->outcome.output = output;
	job_worked(job);
}

/* -- fetching ------------------------------------------------------------- */

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
		job->task->run(job);
}

static const char *
input_url(const struct job *job)
{
	const json_t *from =
	    job->task->is_dippy
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
		job->task->run(job);
		return;
	}
	job->call =
	    http_call_start(job->miner->client, &options, on_fetched, job);
}
