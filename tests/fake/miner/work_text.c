/* Texts in, texts out, and weights of nothing. */
#include "tests/fake/miner/work_text.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "tests/fake/miner/job.h"
#include "tests/fake/miner/tool.h"
#include "tests/fake/miner/work.h"

/* Behind the last full stop of the first third; of the whole if there is
 * none. */
static size_t
summary_length(const char *text)
{
	size_t len = strlen(text), end = 0;

	for (size_t i = 0; i < len; i++) {
		if (strchr(".!?", text[i]) == NULL)
			continue;
		if (end > 0 && i + 1 > len / 3)
			break;
		end = i + 1;
	}
	return end > 0 ? end : len;
}

void
work_summarize(struct job *job)
{
	const char *text = tool_param(job, "text", "");

	work_done(
	    job, json_pack("{s:s%, s:s}", "text", text, summary_length(text),
		     "model", "stand-in: the first sentences"));
}

static char *
translated(const struct job *job, const char *text)
{
	return xasprintf(
	    "[%s] %s", tool_param(job, "target_language", "?"), text);
}

void
work_translate(struct job *job)
{
	char *text = translated(job, tool_param(job, "text", ""));

	work_done(job, json_pack("{s:s, s:s}", "text", text, "model",
			   "stand-in: not translated"));
	free(text);
}

void
work_translate_document(struct job *job)
{
	char *text = translated(job, buf_str(&job->input));

	buf_printf(&job->outcome.file, "stand-in: not translated\n%s", text);
	free(text);
	job->outcome.type = "text/plain";
	job_worked(job);
}

void
work_train(struct job *job)
{
	static const char label[] = "stand-in: no weights"; /* and its NUL */
	const char *prompt = tool_param(job, "prompt", "");
	uint8_t hash[32];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, job->input.data, job->input.len);
	crypto_hash_sha256_update(
	    &state, (const uint8_t *)prompt, strlen(prompt));
	crypto_hash_sha256_final(&state, hash);
	buf_add(&job->outcome.file, label, sizeof(label));
	buf_add(&job->outcome.file, hash, sizeof(hash));
	job->outcome.type = "application/octet-stream";
	job_worked(job);
}
